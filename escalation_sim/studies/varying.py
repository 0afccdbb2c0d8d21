"""What can be varied in a scenario: parameters along their declared ranges, clauses by reading."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

from escalation_sim.expression.text import number_text, value_text
from escalation_sim.expression.types import DURATION
from escalation_sim.studies.design import Point

if TYPE_CHECKING:
    from fractions import Fraction

    from escalation_sim.model.model import Basis, Clause, Model, Parameter

Kind = Literal["value", "mean", "reading"]
"""A parameter's value, the mean of its law, or how a clause is read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Varying:
    """An input with a declared range, or a clause with several readings.

    `places` are what it can be, by number: a range has the places from `low` to `high`, in ticks
    where it is a duration; a clause's places are the numbers of its readings. `written` is its
    place in the scenario.
    """

    id: str
    label: str
    short: str
    kind: Kind
    basis: Basis
    where: str
    low: float
    high: float
    written: float
    readings: tuple[str, ...] = ()
    seconds_per_tick: Fraction | None = None
    """The length of a tick where the input is a duration, else None."""

    @property
    def assumed(self) -> bool:
        """Whether it rests on no source; which of several readings is meant rests on none."""
        return self.basis == "assumed"

    @property
    def name(self) -> str:
        """The name as a user would write it to change it."""
        return f"{self.id}.mean" if self.kind == "mean" else self.id

    @property
    def ends(self) -> tuple[float, ...]:
        """The places a tornado looks at: both ends of the range, or every other reading."""
        if self.kind == "reading":
            return tuple(float(i) for i in range(len(self.readings)) if i != self.written)
        return (self.low, self.high)

    def at(self, part: float) -> float:
        """Return the place a share of the way from the low to the high end; readings share it.

        What is neither 0 nor 1 is not rounded to an end, where there is a tick between.
        """
        if self.kind == "reading":
            return float(min(int(part * len(self.readings)), len(self.readings) - 1))
        place = self.low + part * (self.high - self.low)
        if self.seconds_per_tick is None:
            return place
        inside = 0 < part < 1 and self.high - self.low >= 2
        whole = float(round(place))
        return min(max(whole, self.low + 1), self.high - 1) if inside else whole

    def size(self, place: float) -> float:
        """Return how far a place is from the written one, in widths of the range; a reading's is 1.

        Above 1 where the written value lies outside the range.
        """
        if self.kind == "reading":
            return float(place != self.written)
        width = self.high - self.low
        return abs(place - self.written) / width if width else 0.0

    def point(self, place: float) -> Point:
        """Return the design point that has the input at a place and all else as written."""
        if self.kind == "reading":
            return Point(readings=((self.id, self.readings[int(place)]),))
        path = f"parameters.{self.name}"
        return Point(settings=((path, self.spelled(place)),))

    def spelled(self, place: float) -> str:
        """Return a place exactly, as it is written in a scenario or after `--set`."""
        if self.kind == "reading":
            return self.readings[int(place)]
        if self.seconds_per_tick is None:
            return format(Decimal(repr(place)), "f")
        seconds = round(place) * self.seconds_per_tick
        for size, unit in ((86_400, "d"), (3600, "h"), (60, "min")):
            if seconds >= size * (2 if unit == "d" else 1) and (seconds / size).denominator == 1:
                return f"{seconds // size}{unit}"
        exact = Decimal(seconds.numerator) / Decimal(seconds.denominator)
        return f"{exact.normalize():f}{'s' if seconds else 'h'}"

    def shown(self, place: float) -> str:
        """Return a place as a reader says it: `6 h`, `0.3`, the name of a reading."""
        if self.kind == "reading":
            return self.readings[int(place)]
        if self.seconds_per_tick is None:
            return number_text(float(f"{place:.4g}"))
        return value_text(round(place), DURATION, (), self.seconds_per_tick)


def varying_of(model: Model, *, readings: bool = True) -> tuple[Varying, ...]:
    """Return what can be varied in a model: its ranges, then its clauses of several readings."""
    found = [_parameter(model, p) for p in model.parameters if p.low is not None]
    if readings:
        found += [_clause(c) for c in model.clauses if len(c.readings) > 1]
    return tuple(v for v in found if v.low < v.high)


def _parameter(model: Model, parameter: Parameter) -> Varying:
    assert parameter.low is not None  # noqa: S101
    assert parameter.high is not None  # noqa: S101
    law = parameter.law
    return Varying(
        id=parameter.id,
        label=parameter.label,
        short=parameter.short,
        kind="value" if law is None else "mean",
        basis=parameter.basis,
        where=parameter.where,
        low=float(parameter.low),
        high=float(parameter.high),
        written=float(parameter.value if law is None else law.mean),
        seconds_per_tick=model.seconds_per_tick if parameter.type == DURATION else None,
    )


def _clause(clause: Clause) -> Varying:
    return Varying(
        id=clause.id,
        label=clause.label,
        short=clause.short,
        kind="reading",
        basis="assumed",
        where=clause.where,
        low=0.0,
        high=float(len(clause.readings) - 1),
        written=float(clause.readings.index(clause.chosen)),
        readings=clause.readings,
    )
