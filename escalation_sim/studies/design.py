"""Which design points a study has: changes of one scenario, each compiled on its own."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from itertools import product
from typing import TYPE_CHECKING

from escalation_sim.diagnostics import suggest
from escalation_sim.errors import ScenarioError, UsageError
from escalation_sim.model.compiler import compile_scenario
from escalation_sim.scenario.load import changed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from escalation_sim.model.model import Model
    from escalation_sim.scenario.load import Scenario

Pairs = tuple[tuple[str, str], ...]

MOST_POINTS = 1_000
"""Most design points of one study; the models of all of them are kept in memory."""

ALL, EACH = "all", "each"


@dataclass(frozen=True, slots=True)
class Point:
    """What is different at one design point; nothing, for the scenario as it is written."""

    settings: Pairs = ()
    readings: Pairs = ()
    without: str = ""
    """The rule that is left out."""

    uncounted: tuple[str, ...] = ()
    """The results that count how often that rule fires; they go with it."""

    @property
    def every_setting(self) -> Pairs:
        """The settings, with those that leave a rule out."""
        gone = [f"rules.{self.without}"] if self.without else []
        gone += [f"results.{result}" for result in self.uncounted]
        return (*self.settings, *((path, "null") for path in gone))

    @property
    def label(self) -> str:
        """The point in words, as it would be written on the command line."""
        told = [f"{name}={value}" for name, value in (*self.readings, *self.settings)]
        if self.without:
            told.append(f"without {self.without}")
        return ", ".join(told)


@dataclass(frozen=True, slots=True)
class Design:
    """A scenario and its design points with their models, in the same order.

    A design made of a model alone has one point and no scenario.
    """

    points: tuple[Point, ...]
    models: tuple[Model, ...] = field(repr=False)
    scenario: Scenario | None = field(default=None, repr=False)
    skipped: tuple[tuple[str, str], ...] = ()
    """Rules that could not be left out, each with the reason."""

    def model(self, point: int) -> Model:
        """Return the model of a point."""
        return self.models[point]

    @property
    def base(self) -> Model:
        """The model of the first point."""
        return self.model(0)

    @property
    def written(self) -> Model:
        """The model of the scenario without what any point changes."""
        if self.scenario is None or self.points[0] == Point():
            return self.base
        return compile_scenario(self.scenario)


def model_at(scenario: Scenario, point: Point) -> Model:
    """Return the model of a scenario changed as a point says. Raises ScenarioError."""
    return compile_scenario(
        changed(scenario, settings=point.every_setting, readings=point.readings)
    )


def design_of_model(model: Model) -> Design:
    """Return the design that has one point: a model as it is."""
    return Design((Point(),), (model,))


def designed(
    scenario: Scenario,
    *,
    readings: Sequence[tuple[str, str]] = (),
    sweeps: Sequence[tuple[str, Sequence[str]]] = (),
    without: Sequence[str] = (),
) -> Design:
    """Return the design: every reading × every swept value × every rule left out.

    `readings` are pairs of clause and reading; `all` stands for each of them. `without` names
    rules, one point each; `each` stands for every rule, beside a point that leaves out none. Raises
    UsageError, or ScenarioError if a point makes no sense.
    """
    base = compile_scenario(scenario)
    choices: list[list[Point]] = [
        [Point(readings=((clause, one),)) for one in _readings(base, clause, reading)]
        for clause, reading in readings
    ]
    for path, values in sweeps:
        if not values:
            raise UsageError(f"--sweep {path}: give values, as in `{path}=1,2,3`")
        choices.append([Point(settings=((path, value),)) for value in values])
    left_out, each = _left_out(base, without)
    if left_out:
        choices.append([without_rule(base, rule) for rule in left_out])
    count = math.prod(len(c) for c in choices)
    if count > MOST_POINTS:
        raise UsageError(f"this study would have {count:,} design points; at most {MOST_POINTS:,}")
    kept: dict[Point, Model] = {}
    skipped: dict[str, str] = {}
    for point in (_joined(parts) for parts in product(*choices)):
        try:
            kept[point] = base if point == Point() else model_at(scenario, point)
        except ScenarioError as error:
            if not (each and point.without):
                raise
            skipped[point.without] = error.diagnostics[0].message
    sound = [(point, model) for point, model in kept.items() if point.without not in skipped]
    return Design(
        tuple(point for point, _ in sound),
        tuple(model for _, model in sound),
        scenario,
        tuple(skipped.items()),
    )


def _joined(parts: Sequence[Point]) -> Point:
    """Return the point that has all changes of several."""
    return Point(
        settings=tuple(s for part in parts for s in part.settings),
        readings=tuple(r for part in parts for r in part.readings),
        without="".join(part.without for part in parts),
        uncounted=tuple(u for part in parts for u in part.uncounted),
    )


def without_rule(model: Model, rule: str) -> Point:
    """Return the design point that leaves a rule out, and with it the results that count it."""
    counts = tuple(r.id for r in model.results if r.kind == "count_rule" and r.target == rule)
    return Point(without=rule, uncounted=counts)


def _readings(model: Model, clause: str, reading: str) -> tuple[str, ...]:
    """Return the readings meant; whether a single one exists is checked with the scenario."""
    known = {c.id: c.readings for c in model.clauses if len(c.readings) > 1}
    if reading != ALL or ALL in known.get(clause, ()):
        return (reading,)
    if clause not in known:
        hint = suggest(clause, list(known), "clauses with several readings are")
        raise UsageError(f"--reading: `{clause}` has no several readings; {hint}")
    return known[clause]


def _left_out(model: Model, without: Sequence[str]) -> tuple[list[str], bool]:
    """Return the rules to leave out, the empty name for none, and whether each was asked for."""
    known = [rule.id for rule in model.rules]
    each = EACH in without and EACH not in known
    for name in without:
        if name not in known and not (each and name == EACH):
            hint = suggest(name, known, "rules are")
            raise UsageError(f"--without: there is no rule `{name}`; {hint}")
    if each:
        return ["", *known], True
    return (["", *dict.fromkeys(without)] if without else []), False


def split_values(text: str) -> list[str]:
    """Cut `a,b,c` at its commas, but not at those in brackets or quotes."""
    values, depth, quote, start = [], 0, "", 0
    for i, character in enumerate(text):
        if quote:
            quote = "" if character == quote else quote
        elif character in "'\"":
            quote = character
        elif character in "[{(":
            depth += 1
        elif character in "]})":
            depth -= 1
        elif character == "," and depth == 0:
            values.append(text[start:i])
            start = i + 1
    return [v.strip() for v in (*values, text[start:]) if v.strip()]
