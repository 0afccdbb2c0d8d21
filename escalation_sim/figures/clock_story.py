"""How a clock went in a run: when it began, ran, stood and was reset, and what it reached."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from escalation_sim.expression import checked
from escalation_sim.figures import bearings, history

if TYPE_CHECKING:
    from escalation_sim.expression.checked import Checked
    from escalation_sim.figures.bearings import Length
    from escalation_sim.model.model import Clock, Model, Rule
    from escalation_sim.trace.run import Run


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch in which the hand runs, or stands still; `base` is when it would have read 0."""

    begin: int
    end: int
    runs: bool
    base: int


@dataclass(frozen=True, slots=True)
class Event:
    """Something to mark: what a clock did, or what happened at a length it reached."""

    tick: int
    kind: Literal["start", "missed", "met", "expired", "reset"]
    length: int = 0
    """The length concerned, in ticks; 0 for a start and a reset."""

    rule: int | None = None
    """The rule that was late or was set off, by index."""

    fired: bool = False
    """Whether that rule did something."""


@dataclass(slots=True)
class Life:
    """A clock from one start to its reset, or to the end of the run."""

    begin: int
    spans: list[Span] = field(default_factory=list)
    reset: int | None = None

    def last(self, end: int) -> int:
        """Return the tick at which this life ends."""
        return end if self.reset is None else self.reset

    def reaches(self, ticks: int, operator: str) -> int | None:
        """Return when the hand reaches a length; a mark passed while standing is never `==`."""
        for i, span in enumerate(self.spans):
            if not span.runs:
                continue
            due = span.base + ticks
            last = i == len(self.spans) - 1 and self.reset is None
            if due < span.begin:
                return span.begin if operator != "==" else None
            if due < span.end or (last and due == span.end):
                return due
        return None


@dataclass(frozen=True, slots=True)
class ClockStory:
    """One clock of a run, with all there is to draw."""

    index: int
    clock: Clock
    lengths: tuple[Length, ...]
    lives: tuple[Life, ...]
    events: tuple[Event, ...]
    sourced: bool
    """Whether the clock, or a length it is compared with, rests on a source."""

    @property
    def matters(self) -> bool:
        """Whether something came of it: a length reached or missed, or a reset."""
        return any(e.kind in ("missed", "expired", "reset") for e in self.events)


def stories(run: Run, end: int) -> list[ClockStory]:
    """Return the clocks that something reads, in the scenario's order, up to the tick `end`."""
    model = run.model
    if not run.records:
        return []
    lengths = bearings.lengths(model)
    found = []
    for index in sorted(bearings.clocks_read(model)):
        clock = model.clocks[index]
        lives = tuple(_lives(run, clock, end))
        marks = lengths.get(index, ())
        sourced = bearings.rests_on_source(clock.basis) or any(m.sourced for m in marks)
        events = tuple(_events(run, lives, marks))
        found.append(ClockStory(index, clock, marks, lives, events, sourced))
    return found


def _lives(run: Run, clock: Clock, end: int) -> list[Life]:
    """Return a clock's lives, from the records about it."""
    lives: list[Life] = []
    since = base = 0
    runs = paused = False
    paused_at = 0
    for record in run.records:
        if record.about != f"clocks.{clock.id}":
            continue
        tick, kind = record.tick, record.kind
        if kind == "clock_started":
            lives.append(Life(tick))
            since, base, runs = tick, tick, True
            continue
        if lives and lives[-1].reset is None:
            lives[-1].spans.append(Span(since, tick, runs and not paused, base))
        since = tick
        if kind == "clock_paused":
            paused, paused_at = True, tick
        elif kind == "clock_unpaused":
            paused = False
            base += tick - paused_at
        elif kind in ("clock_stopped", "clock_resumed"):
            runs = kind == "clock_resumed"
        elif kind == "clock_reset" and lives:
            lives[-1].reset = tick
            runs = False
    if lives and lives[-1].reset is None:
        lives[-1].spans.append(Span(since, end, runs and not paused, base))
    return lives


def _events(run: Run, lives: tuple[Life, ...], lengths: tuple[Length, ...]) -> list[Event]:
    found: list[Event] = []
    for life in lives:
        found.append(Event(life.begin, "start"))
        for length in lengths:
            found += _at_length(run, life, length)
        if life.reset is not None:
            found.append(Event(life.reset, "reset"))
    return sorted(found, key=lambda event: event.tick)


def _at_length(run: Run, life: Life, length: Length) -> list[Event]:
    """Return what came of one length in one life: missed, met, or run out."""
    model = run.model
    found: list[Event] = []
    ran_out: list[Event] = []
    for i, operator in length.rules:
        rule = model.rules[i]
        due = life.reaches(length.ticks, operator)
        if is_deadline(rule, operator):
            missed = due is not None and _fired(run, rule, due)
            met = _met_at(run, rule, life)
            if missed and due is not None:
                found.append(Event(due, "missed", length.ticks, i, fired=True))
            if met is not None and (missed or due is None or met <= due):
                found.append(Event(met, "met", length.ticks, i, fired=missed))
        elif due is not None:
            fired = _set_off(run, rule, due)
            ran_out.append(Event(due, "expired", length.ticks, i, fired=fired))
    if ran_out:
        found.append(next((e for e in ran_out if e.fired), ran_out[0]))
    elif not length.rules and (due := life.reaches(length.ticks, ">=")) is not None:
        found.append(Event(due, "expired", length.ticks))
    return found


def is_deadline(rule: Rule, operator: str) -> bool:
    """Whether a rule notes that a deadline was missed, by the way it is written."""
    return operator == "==" and bool(rule.note) and not any(bearings.effects_of(rule))


def _fired(run: Run, rule: Rule, tick: int) -> bool:
    return any(
        r.kind == "fired" and r.tick == tick and r.about == f"rules.{rule.id}" for r in run.records
    )


def _set_off(run: Run, rule: Rule, tick: int) -> bool:
    """Whether a rule was triggered by its clock at a tick (or the next), and fired later."""
    about = f"rules.{rule.id}"
    begun = {
        r.data.get("occurrence")
        for r in run.records
        if r.about == about and r.kind == "triggered" and r.tick in (tick, tick + 1)
    }
    return any(
        r.about == about and r.kind == "fired" and r.data.get("occurrence") in begun
        for r in run.records
    )


def _met_at(run: Run, rule: Rule, life: Life) -> int | None:
    """Return when, since a life began, the rest of a deadline's condition first turned false."""
    times = [
        tick
        for term in _terms(rule.when)
        if (tick := _turns_false(run, term, life.begin)) is not None
    ]
    return min(times, default=None)


def _terms(node: Checked) -> list[Checked]:
    """Return the terms of a condition joined by `and`, looking through names."""
    match node:
        case checked.Named(body=body):
            return _terms(body)
        case checked.Row(operator="and", terms=terms):
            return [inner for term in terms for inner in _terms(term)]
        case _:
            return [node]


def _turns_false(run: Run, term: Checked, since: int) -> int | None:
    """Return when a simple term was first false after it had been true at `since`."""
    match term:
        case checked.Test(operator=operator, left=checked.Variable() as var, right=right):
            limit = bearings.constant(run.model, right)
        case checked.Negation(operand=checked.Variable() as var):
            operator, limit = "==", 0.0
        case checked.Variable() as var:
            operator, limit = "!=", 0.0
        case _:
            return None
    variable = run.model.variables[var.index]
    if limit is None or (not variable.levels and variable.type.kind != "flag"):
        return None
    past = (
        history.of_ladder(run, variable)
        if variable.section == "ladders"
        else history.of_situation(run, variable)
    )
    if past is None or not _holds(past.at(since), operator, limit):
        return None
    later = (c for c in past.changes if c.tick > since)
    return next((c.tick for c in later if not _holds(c.after, operator, limit)), None)


def _holds(value: float, operator: str, limit: float) -> bool:
    return {
        "<": value < limit,
        "<=": value <= limit,
        "==": value == limit,
        "!=": value != limit,
        ">": value > limit,
        ">=": value >= limit,
    }[operator]


def concerned_level(model: Model, rule: Rule, variable: int) -> int | None:
    """Return the rung of a ladder a rule is about: one it leads to, or one it found missing."""
    level = bearings.highest_effect(model, rule, variable)
    if level is not None:
        return level
    for term in _terms(rule.when):
        match term:
            case checked.Test(
                operator="<", left=checked.Variable(index=index), right=checked.Constant(value=v)
            ) if index == variable:
                return int(v)
            case _:
                continue
    return None
