"""Models of one scenario at many places of its inputs, most of them without compiling again.

A study compiles every design point. Where each of thousands of replications has a point of its
own, that would be most of the work; so a parameter's number is put into a compiled model instead.
Whether that gives the same model is not believed but tried: both ways are compared at places along
all ranges, under every reading, and what does not come out equal is compiled each time. So are the
ends themselves, where a scenario may make no sense any more.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field, fields, replace
from typing import TYPE_CHECKING, overload

from escalation_sim.errors import ScenarioError
from escalation_sim.studies.design import Point, model_at

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from escalation_sim.chance.laws import Law
    from escalation_sim.model.model import Delay, Model
    from escalation_sim.scenario.load import Scenario
    from escalation_sim.studies.varying import Varying

MOST_KEPT = 256
"""Compiled models kept; others are compiled again when they are needed."""

_TRIED_AT = (0.02, 0.35, 0.99)
_APART = 0.6180339887498949
"""Where ranges are tried, and how far apart, so that no two are at one place by design."""

_TOLD = frozenset({"hash", "changes", "inputs", "parameters"})
"""Fields that say what was changed, beside the parameters, which are compared by value."""


@dataclass(slots=True)
class Variants:
    """A scenario whose `inputs` can be anywhere; `model` gives the model there."""

    scenario: Scenario
    inputs: Sequence[Varying]
    compiled: set[str] = field(default_factory=set)
    """Names of parameters that have to be compiled in."""

    _models: OrderedDict[Point, Model] = field(default_factory=OrderedDict)
    _tried: set[tuple[str, str]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._try(Point())

    def model(self, places: Mapping[str, float]) -> Model:
        """Return the model with inputs at places, by id; others are as written.

        Raises ScenarioError where a place makes no sense.
        """
        moved = [v for v in self.inputs if places.get(v.id, v.written) != v.written]
        around = _joined([v.point(places[v.id]) for v in moved if v.kind == "reading"])
        for reading in around.readings:
            if reading not in self._tried:
                self._tried.add(reading)
                self._try(Point(readings=(reading,)))
        ranges = [v for v in moved if v.kind != "reading"]
        slow = [v for v in ranges if v.id in self.compiled or places[v.id] in v.ends]
        base = self._compiled(_joined([around, *(v.point(places[v.id]) for v in slow)]))
        put = [v for v in ranges if v not in slow]
        return with_numbers(base, {v.id: places[v.id] for v in put}) if put else base

    def _compiled(self, point: Point) -> Model:
        found = self._models.get(point)
        if found is None:
            found = self._models[point] = model_at(self.scenario, point)
            if len(self._models) > MOST_KEPT:
                self._models.popitem(last=False)
        return found

    def _try(self, around: Point) -> None:
        """Find out which parameters have to be compiled in, with readings as at a point."""
        base = self._compiled(around)
        ranges = [v for v in self.inputs if v.kind != "reading" and v.id not in self.compiled]
        for part in _TRIED_AT:
            if not self._alike(base, around, ranges, part):
                self.compiled |= {v.id for v in ranges if not self._alike(base, around, [v], part)}
                rest = [v for v in ranges if v.id not in self.compiled]
                if not self._alike(base, around, rest, part):
                    self.compiled |= {v.id for v in rest}

    def _alike(self, base: Model, around: Point, ranges: Sequence[Varying], part: float) -> bool:
        """Whether a number put in gives the same model as one that is compiled in."""
        places = {v.id: v.at((part + k * _APART) % 1) for k, v in enumerate(ranges)}
        try:
            compiled = model_at(
                self.scenario, _joined([around, *(v.point(places[v.id]) for v in ranges)])
            )
            put = with_numbers(base, places)
        except (ScenarioError, ValueError):
            return False
        return same_work(compiled, put)


def _joined(points: Sequence[Point]) -> Point:
    return Point(
        settings=tuple(s for p in points for s in p.settings),
        readings=tuple(r for p in points for r in p.readings),
    )


def same_work(first: Model, second: Model) -> bool:
    """Whether two models run alike: all is equal but where it is written and on what it rests."""
    numbers = [[(p.id, p.type, p.value, p.law) for p in m.parameters] for m in (first, second)]
    return numbers[0] == numbers[1] and all(
        getattr(first, f.name) == getattr(second, f.name)
        for f in fields(first)
        if f.compare and f.name not in _TOLD
    )


def with_numbers(model: Model, places: Mapping[str, float]) -> Model:
    """Return a model with other values of constants and means of laws, in ticks or plain numbers.

    The register of inputs and the hash are those of the model as it was. Raises ValueError for a
    mean that a law cannot have.
    """
    parameters, laws = list(model.parameters), {}
    for index, parameter in enumerate(parameters):
        if parameter.id not in places:
            continue
        place = places[parameter.id]
        if parameter.law is None:
            whole = isinstance(parameter.value, int)
            parameters[index] = replace(parameter, value=round(place) if whole else place)
        else:
            laws[index] = parameter.law.with_mean(place)
            parameters[index] = replace(parameter, law=laws[index])
    return replace(
        model,
        parameters=tuple(parameters),
        variables=tuple(
            replace(v, law=laws[v.parameter]) if v.parameter in laws else v for v in model.variables
        ),
        script=tuple(replace(s, time=_delay(s.time, laws)) for s in model.script),
        rules=tuple(
            replace(
                rule,
                wait=_delay(rule.wait, laws),
                after=_delay(rule.after, laws),
                every=_delay(rule.every, laws),
                within=_delay(rule.within, laws),
            )
            if any(
                d is not None and d.parameter in laws
                for d in (rule.wait, rule.after, rule.every, rule.within)
            )
            else rule
            for rule in model.rules
        ),
    )


@overload
def _delay(delay: Delay, laws: Mapping[int, Law]) -> Delay: ...
@overload
def _delay(delay: None, laws: Mapping[int, Law]) -> None: ...
def _delay(delay: Delay | None, laws: Mapping[int, Law]) -> Delay | None:
    if delay is None or delay.parameter is None or delay.parameter not in laws:
        return delay
    return replace(delay, law=laws[delay.parameter])
