"""How the columns of a model are measured: units of results and widths of bins."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from escalation_sim.expression.types import DURATION, TIME

if TYPE_CHECKING:
    from escalation_sim.model.model import Model, Result

MOST_BINS, LEAST_BINS = 4096, 512
"""Bins from zero to the horizon, where there are more ticks than that."""

FIXED = 2**20
"""Parts of one in which results that are neither times nor counts are kept."""

RELATIVE = 0
"""Stands for bins that widen with the value: each less than 1/128 of it."""

_ROUND_SECONDS = (
    *(1, 2, 5, 10, 15, 30),
    *(60 * m for m in (1, 2, 5, 10, 15, 30)),
    *(3600 * h for h in (1, 2, 3, 6, 12)),
    *(86_400 * d for d in (1, 2, 7, 14, 28)),
)


@dataclass(frozen=True, slots=True)
class Measure:
    """How one column is kept: `round(value · scale)` whole parts, in bins `width` parts wide.

    `per_part` turns parts back into the value's own unit: hours, or plain numbers.
    """

    scale: float
    width: int
    per_part: Fraction
    unit: str = ""
    """`h` for hours, empty for numbers, `share` for what is 0 or 1."""

    @property
    def bin_text(self) -> str:
        """The width of a bin in words."""
        if self.width == RELATIVE:
            return "1/128 of the value"
        hours = float(self.width * self.per_part)
        return f"{hours:g} {self.unit}".rstrip() if self.unit == "h" else "exact"

    @property
    def bin_width(self) -> float | None:
        """The width of a bin in the value's own unit; None where it is relative."""
        return float(self.width * self.per_part) if self.width else None


@dataclass(frozen=True, slots=True)
class Shape:
    """What the columns of a model hold: how many outcomes and rungs, and how each is kept."""

    outcomes: int
    """With the one for the rest, which stands last."""

    rungs: int
    times: Measure
    """Of the first entries into rungs, and of the end: in ticks."""

    results: tuple[Measure, ...]


def shape_of(model: Model) -> Shape:
    """Return the shape of a model's columns."""
    hours_per_tick = model.seconds_per_tick / 3600
    times = Measure(1.0, tick_bin(model), hours_per_tick, "h")
    in_hours = Measure(float(1 / hours_per_tick), times.width, hours_per_tick, "h")
    return Shape(
        outcomes=len(model.outcomes) + 1,
        rungs=sum(len(ladder.levels) for _, ladder in model.ladders),
        times=times,
        results=tuple(_measure(result, in_hours) for result in model.results),
    )


def _measure(result: Result, in_hours: Measure) -> Measure:
    match result.kind:
        case "first" | "total":
            return in_hours
        case "count" | "count_rule" | "count_line":
            return Measure(1.0, 1, Fraction(1))
        case "share" | "ends":
            return Measure(1.0, 1, Fraction(1), "share")
        case "value" if result.what.type in (DURATION, TIME):
            return Measure(in_hours.scale, RELATIVE, in_hours.per_part, "h")
        case _:
            return Measure(float(FIXED), RELATIVE, Fraction(1, FIXED))


def tick_bin(model: Model) -> int:
    """Return the width of a bin of time in ticks: a round length, and at least one tick."""
    if model.horizon <= MOST_BINS:
        return 1
    for seconds in _ROUND_SECONDS:
        ticks = seconds / model.seconds_per_tick
        if ticks.denominator == 1 and LEAST_BINS * ticks <= model.horizon <= MOST_BINS * ticks:
            return int(ticks)
    return -(-model.horizon // MOST_BINS)
