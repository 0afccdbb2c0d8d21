"""The same comparison of two chunks for numpy arrays, without a loop over replications."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np

from escalation_sim.studies.aggregate import reduced, spread_of
from escalation_sim.studies.arrays import ROWS_AT_ONCE, spread_of_array, whole_parts
from escalation_sim.studies.pairs import PairAggregate, Paired, least_of
from escalation_sim.studies.shape import RELATIVE

if TYPE_CHECKING:
    from escalation_sim.studies.columns import Columns
    from escalation_sim.studies.pairs import Common
    from escalation_sim.studies.shape import Measure, Shape

    Array = np.ndarray[Any, np.dtype[Any]]


def compared_arrays(
    first: Columns, second: Columns, shapes: tuple[Shape, Shape], common: Common
) -> PairAggregate:
    """Return what two chunks of the same replications say side by side."""
    found: PairAggregate | None = None
    for start in range(0, max(len(first), 1), ROWS_AT_ONCE):
        rows = slice(start, start + ROWS_AT_ONCE)
        block = _block(_cut(first, rows), _cut(second, rows), shapes, common)
        if found is None:
            found = block
        else:
            found.add(block)
    assert found is not None  # noqa: S101 - there is at least one block
    return found


def _cut(columns: Columns, rows: slice) -> Columns:
    parts = {
        name: getattr(columns, name)[rows]
        for name in ("replication", "outcome", "ended_at", "firing_digest", "path", "ties", "fault")
    }
    return type(columns)(
        **parts,
        firsts=[column[rows] for column in columns.firsts],
        results=[column[rows] for column in columns.results],
    )


def _block(
    one: Columns, other: Columns, shapes: tuple[Shape, Shape], common: Common
) -> PairAggregate:
    fine = (one.fault == 0) & (other.fault == 0)
    differs = (one.firing_digest != other.firing_digest) | (one.ended_at != other.ended_at)
    if common.same_ladders:
        differs |= one.path != other.path
    for a, b in common.rungs:
        differs |= one.firsts[a] != other.firsts[b]
    for a, b in common.results:
        mine, theirs = one.results[a], other.results[b]
        differs |= (mine != theirs) & ~(np.isnan(mine) & np.isnan(theirs))
    replication = one.replication[fine]
    ends = np.asarray(common.ends[0])[one.outcome[fine]]
    other_ends = np.asarray(common.ends[1])[other.outcome[fine]]
    otherwise = ends != other_ends
    moved = replication[differs[fine] | otherwise]
    return PairAggregate(
        sides=(reduced(one, shapes[0]), reduced(other, shapes[1])),
        rungs=[
            _first_paired(one.firsts[a][fine], other.firsts[b][fine], shapes[0].times)
            for a, b in common.rungs
        ],
        results=[
            _result_paired(one.results[a][fine], other.results[b][fine], shapes[0].results[a])
            for a, b in common.results
        ],
        moves=_moves(ends, other_ends),
        pairs=int(fine.sum()),
        failed=len(one) - int(fine.sum()),
        changed=len(moved),
        changed_first=least_of(moved.tolist()),
        ended_otherwise_first=least_of(replication[otherwise].tolist()),
    )


def _moves(ends: Array, other_ends: Array) -> Counter[tuple[int, int]]:
    if not len(ends):
        return Counter()
    kinds = int(max(ends.max(), other_ends.max())) + 1
    counts = np.bincount(ends * kinds + other_ends)
    return Counter({divmod(int(i), kinds): int(counts[i]) for i in np.flatnonzero(counts)})


def _first_paired(mine: Array, theirs: Array, measure: Measure) -> Paired:
    has, have = mine >= 0, theirs >= 0
    both = has & have
    return Paired(
        both=int(both.sum()),
        lost=int((has & ~have).sum()),
        gained=int((have & ~has).sum()),
        differences=spread_of_array(theirs[both] - mine[both], measure.width),
    )


def _result_paired(mine: Array, theirs: Array, measure: Measure) -> Paired:
    has, have = ~np.isnan(mine), ~np.isnan(theirs)
    both = has & have
    first, second = (whole_parts(side[both], measure.scale) for side in (mine, theirs))
    if isinstance(first, list) or isinstance(second, list):
        sides = [side if isinstance(side, list) else side.tolist() for side in (first, second)]
        spread = spread_of([b - a for a, b in zip(*sides, strict=True)], measure.width)
    else:
        difference = second - first
        large = measure.width == RELATIVE and len(difference) and np.abs(difference).max() >= 2**53
        if large:
            spread = spread_of(difference.tolist(), measure.width)
        else:
            spread = spread_of_array(difference, measure.width)
    return Paired(
        both=int(both.sum()),
        lost=int((has & ~have).sum()),
        gained=int((have & ~has).sum()),
        differences=spread,
    )
