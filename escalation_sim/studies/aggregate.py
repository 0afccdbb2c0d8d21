"""What remains of many replications: whole numbers that add up the same in any order."""

from __future__ import annotations

import math
import sys
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from escalation_sim.chance.address import MASK64, fold
from escalation_sim.engine.row import FAULTS
from escalation_sim.studies.shape import RELATIVE

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from escalation_sim.studies.columns import Columns
    from escalation_sim.studies.shape import Measure, Shape

MOST_PATHS = 10_000
"""Most different paths that are counted; beyond, none is."""

_LIVED, _FAILED = 0, 1


@dataclass(slots=True)
class Spread:
    """The distribution of one column, in whole parts: sums, and a count for each bin."""

    n: int = 0
    total: int = 0
    squares: int = 0
    least: int | None = None
    greatest: int | None = None
    bins: Counter[int] = field(default_factory=Counter)

    def add(self, other: Spread) -> None:
        """Add what other replications gave."""
        self.n += other.n
        self.total += other.total
        self.squares += other.squares
        for bounds, pick in (("least", min), ("greatest", max)):
            known = [b for b in (getattr(self, bounds), getattr(other, bounds)) if b is not None]
            setattr(self, bounds, pick(known) if known else None)
        self.bins.update(other.bins)

    def quantile(self, part: float, measure: Measure) -> float | None:
        """Return the value that `part` of the replications do not exceed, to within its bin."""
        if not self.n or self.least is None or self.greatest is None:
            return None
        wanted = max(1, math.ceil(part * self.n - 1e-9))
        seen = 0
        for bin_ in sorted(self.bins):
            seen += self.bins[bin_]
            if seen >= wanted:
                parts = min(max(_inside(bin_, measure.width), self.least), self.greatest)
                return float(parts * measure.per_part)
        raise AssertionError("the bins hold fewer than the spread")

    def as_plain(self) -> list[Any]:
        """Return everything as plain data in a fixed order, for the digest."""
        bounds = [self.least, self.greatest]
        return [self.n, self.total, self.squares, *bounds, sorted(self.bins.items())]


def spread_of(parts: Sequence[int], width: int) -> Spread:
    """Return the spread of whole parts."""
    if not parts:
        return Spread()
    binned = (-(-p // width) for p in parts) if width != RELATIVE else map(relative_bin, parts)
    return Spread(
        n=len(parts),
        total=sum(parts),
        squares=sum(p * p for p in parts),
        least=min(parts),
        greatest=max(parts),
        bins=Counter(binned),
    )


def relative_bin(parts: int) -> int:
    """Return the bin of a number where bins widen with it: its first eight binary digits."""
    size = abs(parts)
    shift = max(0, size.bit_length() - 8)
    number = (shift << 8) + (size >> shift)
    return number if parts >= 0 else -number


def _inside(bin_: int, width: int) -> int:
    """Return the parts that stand for a bin: its middle, or its start where bins are relative.

    The bin of a number is the number of widths it takes to cover it, so that 0 has its own.
    """
    if width != RELATIVE:
        return bin_ * width - (width // 2 if bin_ else 0)
    shift, first = divmod(abs(bin_), 256)
    return (first << shift) * (1 if bin_ >= 0 else -1)


@dataclass(slots=True)
class Aggregate:
    """All that is kept of the replications of one design point.

    `outcomes` counts by index, the rest last; `rungs` and `results` are in the model's order.
    `paths` holds for each path its count and the least replication that took it, or is None where
    there are too many. `rows` is the sum of the rows' words modulo 2^64.
    """

    outcomes: list[int]
    rungs: list[Spread]
    results: list[Spread]
    faults: list[int] = field(default_factory=lambda: [0] * len(FAULTS))
    ended: Spread = field(default_factory=Spread)
    tied: int = 0
    paths: dict[int, tuple[int, int]] | None = field(default_factory=dict)
    rows: int = 0

    @property
    def runs(self) -> int:
        """Replications that came to an end."""
        return self.faults[0]

    @property
    def failed(self) -> int:
        """Replications that were stopped by a fault."""
        return sum(self.faults[1:])

    def add(self, other: Aggregate) -> None:
        """Add the replications of another chunk of the same point."""
        self.outcomes = [a + b for a, b in zip(self.outcomes, other.outcomes, strict=True)]
        self.faults = [a + b for a, b in zip(self.faults, other.faults, strict=True)]
        mine = (self.ended, *self.rungs, *self.results)
        theirs = (other.ended, *other.rungs, *other.results)
        for spread, more in zip(mine, theirs, strict=True):
            spread.add(more)
        self.tied += other.tied
        self.rows = (self.rows + other.rows) & MASK64
        self.paths = joined_paths(self.paths, other.paths)

    def as_plain(self) -> list[Any]:
        """Return everything the digest covers as plain data in a fixed order: all but ties."""
        spreads = [s.as_plain() for s in (self.ended, *self.rungs, *self.results)]
        paths = None if self.paths is None else sorted(self.paths.items())
        return [self.outcomes, self.faults, spreads, paths, self.rows]


def empty(shape: Shape) -> Aggregate:
    """Return the aggregate of no replications."""
    return Aggregate(
        outcomes=[0] * shape.outcomes,
        rungs=[Spread() for _ in range(shape.rungs)],
        results=[Spread() for _ in shape.results],
    )


def joined_paths(
    mine: dict[int, tuple[int, int]] | None, theirs: dict[int, tuple[int, int]] | None
) -> dict[int, tuple[int, int]] | None:
    """Add up two counts of paths; None if there are too many, whichever comes first."""
    if mine is None or theirs is None:
        return None
    for path, (count, least) in theirs.items():
        known = mine.get(path)
        mine[path] = (known[0] + count, min(known[1], least)) if known else (count, least)
    return mine if len(mine) <= MOST_PATHS else None


def reduced(columns: Columns, shape: Shape) -> Aggregate:
    """Return the aggregate of a chunk; lists and arrays give the same."""
    if not columns.are_lists:
        from escalation_sim.studies.arrays import reduced_arrays  # noqa: PLC0415 - loads numpy

        return reduced_arrays(columns, shape)
    found = empty(shape)
    for fault in columns.fault:
        found.faults[fault] += 1
    for outcome, fault, ties in zip(columns.outcome, columns.fault, columns.ties, strict=True):
        if not fault:
            found.outcomes[outcome] += 1
            found.tied += ties > 0
    ended = [t for t, fault in zip(columns.ended_at, columns.fault, strict=True) if not fault]
    found.ended = spread_of(ended, shape.times.width)
    found.rungs = [
        spread_of([t for t in column if t >= 0], shape.times.width) for column in columns.firsts
    ]
    found.results = [
        spread_of(parts_of(column, measure.scale), measure.width)
        for column, measure in zip(columns.results, shape.results, strict=True)
    ]
    paths: dict[int, tuple[int, int]] = {}
    rows = 0
    for replication, firing, outcome, path, fault in zip(
        columns.replication,
        columns.firing_digest,
        columns.outcome,
        columns.path,
        columns.fault,
        strict=True,
    ):
        if fault:
            rows += fold(_FAILED, replication, 0, fault, 0)
            continue
        rows += fold(_LIVED, replication, firing, outcome, path)
        count, least = paths.get(path, (0, replication))
        paths[path] = (count + 1, min(least, replication))
    found.rows = rows & MASK64
    found.paths = joined_paths({}, paths)
    return found


def parts_of(column: Iterable[float | None], scale: float) -> list[int]:
    """Return the values that came, in whole parts; what is too large is the largest number."""
    most = sys.float_info.max
    return [
        round(min(max(value * scale, -most), most))
        for value in column
        if value is not None and not math.isnan(value)
    ]
