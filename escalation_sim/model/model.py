"""The Model: what a run needs to know and nothing else. All of it is frozen and picklable.

Things are referred to by index: variables, parameters, clocks, latches, parties. Times and
durations are whole ticks.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from html import escape
from pathlib import PurePath
from typing import TYPE_CHECKING, Literal

from escalation_sim.expression.checked import ALWAYS, NEVER, Checked, Constant
from escalation_sim.expression.types import DURATION, NUMBER

if TYPE_CHECKING:
    from collections.abc import Mapping
    from fractions import Fraction

    from escalation_sim.chance.laws import Law
    from escalation_sim.expression.checked import Value
    from escalation_sim.expression.types import Type
    from escalation_sim.location import Span

Basis = Literal["reported", "declared", "derived", "assumed"]

Kind = Literal["parameter", "member", "constant", "definition"]
"""Kinds of input."""

ZERO = Constant(0, DURATION, "0h")
ONE = Constant(1.0, NUMBER, "1")


def place_of(span: Span) -> str:
    """Return `file:line`, the file without its folder."""
    return f"{PurePath(span.file.name).name}:{span.line}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What everything written in a scenario has: an id, words, a basis and a place."""

    id: str
    label: str
    span: Span = field(repr=False, compare=False)
    short: str = ""
    why: str = ""
    claims: tuple[str, ...] = ()
    basis: Basis = "assumed"

    @property
    def where(self) -> str:
        """`file:line`, the file without its folder, so that traces are alike everywhere."""
        return place_of(self.span)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter(Entry):
    """A constant in `value`, or a law of chance that is drawn where it is used."""

    type: Type
    value: Value
    law: Law | None = None
    low: Value | None = None
    high: Value | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Variable(Entry):
    """A situation or a ladder. Levels are indices into `levels`, from low to high.

    With a law it is drawn at the start; `parameter` is where the law comes from, if it is named.
    """

    section: Literal["situation", "ladders"]
    type: Type
    levels: tuple[str, ...] = ()
    level_labels: tuple[str, ...] = ()
    level_shorts: tuple[str, ...] = ()
    start: Value = 0
    law: Law | None = None
    parameter: int | None = None
    site: str = ""
    known_to: frozenset[str] | None = None
    party: str = ""
    side: Literal["up", "down", "none", ""] = ""
    strip: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Member(Entry):
    """One member: `joins` is looked at when the party is asked; `weight` is constant in a run."""

    joins: Checked
    weight: Checked = ONE


@dataclass(frozen=True, slots=True, kw_only=True)
class Party(Entry):
    """Someone who acts; `members` decide together when the party is asked."""

    members: tuple[Member, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause(Entry):
    """A definition: the chosen reading's sentence, and the names of all readings."""

    body: Checked
    public: bool = False
    readings: tuple[str, ...] = ()
    chosen: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock(Entry):
    """`from_` starts it, `until` stops it; `lull` bridges a stop, `pause` holds everything."""

    from_: Checked
    until: Checked
    lull: Checked = ZERO
    pause: Checked = NEVER
    public: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RedLine(Entry):
    """A declared line; `crossed` turning true is a crossing."""

    holder: str
    crossed: Checked
    declares: str = ""


@dataclass(frozen=True, slots=True)
class Delay:
    """A length drawn or looked at when it begins: a law, a law parameter, or an expression."""

    law: Law | None = None
    parameter: int | None = None
    value: Checked | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class Effect:
    """`variable` becomes `value`, or is raised (`least`) or lowered (`most`) to it."""

    variable: int
    mode: Literal["set", "least", "most"]
    value: Checked


@dataclass(frozen=True, slots=True, kw_only=True)
class Script(Entry):
    """What happens by itself at a time; a law is drawn once a run. `id` is the key as written."""

    time: Delay
    effects: tuple[Effect, ...]
    site: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Option(Entry):
    """One way a rule can go: open if `condition`, weighed by `weight` where it counts."""

    condition: Checked = ALWAYS
    weight: Checked | None = None
    effects: tuple[Effect, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule(Entry):
    """What changes the situation; see the language reference for the fields' meaning."""

    by: str = ""
    when: Checked = ALWAYS
    has_when: bool = True
    on_change: int | None = None
    wait: Delay | None = None
    after: Delay | None = None
    every: Delay | None = None
    rate: Checked | None = None
    chance: Checked | None = None
    unless: Checked | None = None
    again: bool = False
    at_most: int = 64
    within: Delay | None = None
    ask: int | None = None
    options: tuple[Option, ...] = ()
    otherwise: Option | None = None
    lapsed: Option | None = None
    effects: tuple[Effect, ...] = ()
    note: str = ""
    site: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome(Entry):
    """An end of the run; `hold` is how long `when` must have held."""

    when: Checked
    hold: Checked | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Result(Entry):
    """What is read off a run. `kind` says which of the other fields matters."""

    kind: Literal["first", "total", "count", "count_rule", "count_line", "value", "share", "ends"]
    what: Checked = NEVER
    target: str = ""
    at: int | None = None
    given: str = ""


@dataclass(frozen=True, slots=True)
class Input:
    """One input of the model, for the register of assumptions: a number or sentence it rests on."""

    id: str
    kind: Kind
    text: str
    basis: Basis
    claims: tuple[str, ...]
    where: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """A scenario ready to run. `hash` is the same for the same content and readings."""

    name: str
    title: str
    about: str
    hash: str
    files: tuple[tuple[str, str], ...]
    changes: tuple[str, ...]
    seconds_per_tick: Fraction
    horizon: int
    zero: str
    parties: tuple[Party, ...]
    parameters: tuple[Parameter, ...]
    variables: tuple[Variable, ...]
    clauses: tuple[Clause, ...]
    clocks: tuple[Clock, ...]
    red_lines: tuple[RedLine, ...]
    script: tuple[Script, ...]
    rules: tuple[Rule, ...]
    outcomes: tuple[Outcome, ...]
    fallback: str
    fallback_label: str
    results: tuple[Result, ...]
    latches: tuple[Checked, ...]
    """The conditions of all `ever(...)`, in the order of their numbers."""

    latch_places: tuple[str, ...]
    """Where each of them is written first, as `file:line`."""

    inputs: tuple[Input, ...]
    conflicts: frozenset[tuple[int, int]]
    claims: Mapping[str, str]
    """Statements of the register that the scenario cites, by claim id."""

    sites: Mapping[str, int]
    """The key of every random site, by name."""

    span: Span = field(repr=False, compare=False)
    """The place of the scenario's title, for faults that have no better one."""

    @property
    def readings(self) -> dict[str, str]:
        """The chosen reading of every clause that has several."""
        return {c.id: c.chosen for c in self.clauses if len(c.readings) > 1}

    @property
    def readings_text(self) -> str:
        """The chosen readings in words: those that are not their clause's first, and the rest."""
        several = [c for c in self.clauses if len(c.readings) > 1]
        chosen = [f"{c.id}={c.chosen}" for c in several if c.chosen != c.readings[0]]
        rest = len(several) - len(chosen)
        if rest:
            others = "other " if chosen else ""
            clauses = f"{rest} {others}clauses" if rest > 1 else f"one {others}clause"
            chosen.append(f"{clauses} in the first reading")
        return ", ".join(chosen)

    def outcome_label(self, id_: str | None) -> str:
        """Return the words for an outcome, the one for the rest included; empty for none."""
        if id_ and id_ == self.fallback:
            return self.fallback_label
        return next((o.label for o in self.outcomes if o.id == id_), id_ or "")

    @property
    def ladders(self) -> tuple[tuple[int, Variable], ...]:
        """The ladders with their variable indices."""
        return tuple((i, v) for i, v in enumerate(self.variables) if v.section == "ladders")

    def hours(self, ticks: float) -> float:
        """Return ticks as hours, rounded once."""
        over, under = ticks.as_integer_ratio()
        tick = self.seconds_per_tick
        return (over * tick.numerator) / (under * tick.denominator * 3600)

    def _repr_html_(self) -> str:
        count, of = self.assumed
        lines = [
            f"<b>{escape(self.title)}</b>",
            escape(self.about),
            f"{len(self.rules)} rules, {len(self.ladders)} ladders, {len(self.clocks)} clocks",
            f"{len(self.red_lines)} red lines; {count} of {of} inputs assumed",
            f"readings: {escape(self.readings_text)}" if self.readings else "",
            f"<small>scenario {escape(self.name)} · model {self.hash[:8]}</small>",
        ]
        return "<div>" + "<br>".join(line for line in lines if line) + "</div>"

    @property
    def assumed(self) -> tuple[int, int]:
        """How many inputs are assumed, and how many there are."""
        return sum(i.basis == "assumed" for i in self.inputs), len(self.inputs)
