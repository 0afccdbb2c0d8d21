"""When: the share of runs that have reached each rung, or have ended, by each hour."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from escalation_sim.analysis.intervals import wilson
from escalation_sim.analysis.study import ends_of
from escalation_sim.studies.shape import shape_of

if TYPE_CHECKING:
    from escalation_sim.analysis.study import Share, StudyPoint
    from escalation_sim.studies.aggregate import Spread
    from escalation_sim.studies.shape import Measure


@dataclass(frozen=True, slots=True)
class Curve:
    """How many of `of` runs have something behind them by each hour of `hours`.

    The hours are the ends of bins that anything falls into, so that the counts there are exact;
    between two of them the curve stays where it is, to within a bin.
    """

    id: str
    label: str
    of: int
    hours: tuple[float, ...]
    counts: tuple[int, ...]
    share: Share
    """The share at the horizon, as in the study's table."""

    def by(self, hour: float) -> int:
        """Return how many have it behind them by an hour."""
        place = bisect_right(self.hours, hour + 1e-9)
        return self.counts[place - 1] if place else 0

    @property
    def median_hours(self) -> float | None:
        """The hour by which half of all runs have it behind them; None where fewer ever do."""
        return next(
            (h for h, n in zip(self.hours, self.counts, strict=True) if 2 * n >= self.of), None
        )

    @property
    def bands(self) -> list[tuple[float, float]]:
        """Wilson's 95 % interval of the share at each hour of `hours`."""
        return [wilson(count, self.of) for count in self.counts]

    def as_json(self) -> dict[str, Any]:
        """Return plain data: for each hour the count, the share and its interval."""
        bands = self.bands
        return {
            "label": self.label,
            "of": self.of,
            "hours": list(self.hours),
            "counts": list(self.counts),
            "share": [count / self.of for count in self.counts],
            "low": [low for low, _ in bands],
            "high": [high for _, high in bands],
            "median_hours": self.median_hours,
        }


@dataclass(frozen=True, slots=True)
class Timing:
    """The curves of one design point.

    `rungs` by first entry, in the order of the ladders; `ends` by the hour of the end, an outcome
    each. A run that ends in the outcome for the rest ends when nothing more happens.
    """

    label: str
    runs: int
    horizon_hours: float
    bin_hours: float
    rungs: tuple[Curve, ...]
    ends: tuple[Curve, ...]

    def as_json(self) -> dict[str, Any]:
        """Return plain data; times in hours."""
        return {
            "point": self.label,
            "runs": self.runs,
            "horizon_hours": self.horizon_hours,
            "bin_hours": self.bin_hours,
            "level": 0.95,
            "rungs": {curve.id: curve.as_json() for curve in self.rungs},
            "ends": {curve.id: curve.as_json() for curve in self.ends},
        }


def timing_of(point: StudyPoint) -> Timing:
    """Return the curves of a design point, from what its study has counted: no run is repeated."""
    measure = shape_of(point.model).times
    found = point.aggregate
    rungs = zip(point.rungs.items(), found.rungs, strict=True)
    ends = zip(ends_of(point.model), found.ended_in, strict=True)
    return Timing(
        label=point.label,
        runs=point.runs,
        horizon_hours=point.model.hours(point.model.horizon),
        bin_hours=float(measure.width * measure.per_part),
        rungs=tuple(
            _curve(id_, reached.share, spread, measure) for (id_, reached), spread in rungs
        ),
        ends=tuple(
            _curve(id_, point.outcomes[id_], spread, measure) for (id_, _), spread in ends if id_
        ),
    )


def _curve(id_: str, share: Share, spread: Spread, measure: Measure) -> Curve:
    bins = sorted(spread.bins)
    return Curve(
        id=id_,
        label=share.label,
        of=share.of,
        hours=tuple(float(bin_ * measure.width * measure.per_part) for bin_ in bins),
        counts=tuple(accumulate(spread.bins[bin_] for bin_ in bins)),
        share=share,
    )
