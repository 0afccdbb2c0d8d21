"""The same reductions for numpy arrays: exact whole numbers, without a loop over replications."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np

from escalation_sim.chance.address import fold
from escalation_sim.engine.row import FAULTS
from escalation_sim.studies.aggregate import Aggregate, Spread, empty, joined_paths, spread_of
from escalation_sim.studies.columns import Columns
from escalation_sim.studies.shape import RELATIVE

if TYPE_CHECKING:
    from escalation_sim.studies.shape import Shape

    Array = np.ndarray[Any, np.dtype[Any]]

ROWS_AT_ONCE = 2**17
"""Replications reduced together: few enough for the sums below to stay in 64 bits."""

_LIMB = 22
"""Binary digits of a limb: 2^17 products of two limbs fit into 63 bits."""

_EXACT = 2.0**53
_NARROW = 2**20
"""Bins counted in a table; more are counted by sorting."""


def reduced_arrays(columns: Columns, shape: Shape) -> Aggregate:
    """Return the aggregate of a chunk of arrays."""
    found = empty(shape)
    for start in range(0, len(columns), ROWS_AT_ONCE):
        found.add(_block(columns, slice(start, start + ROWS_AT_ONCE), shape))
    return found


def _block(columns: Columns, rows: slice, shape: Shape) -> Aggregate:
    fault = columns.fault[rows]
    fine = fault == 0
    every = bool(fine.all())

    def of(column: Array) -> Array:
        """Return one column of the replications that came to an end."""
        return column[rows] if every else column[rows][fine]

    outcome, path, replication = of(columns.outcome), of(columns.path), of(columns.replication)
    ended = of(columns.ended_at)
    rungs = []
    for column in columns.firsts:
        first = of(column)
        rungs.append(spread_of_array(first[first >= 0], shape.times.width))
    return Aggregate(
        outcomes=_counts(outcome, shape.outcomes),
        faults=_counts(fault, len(FAULTS)),
        rungs=rungs,
        results=[
            _result(of(column), measure.scale, measure.width)
            for column, measure in zip(columns.results, shape.results, strict=True)
        ],
        ended=spread_of_array(ended, shape.times.width),
        ended_in=[
            spread_of_array(ended[outcome == end], shape.times.width)
            for end in range(shape.outcomes)
        ],
        tied=int((of(columns.ties) > 0).sum()),
        paths=_paths(path, replication),
        rows=_words(columns, rows, fine),
    )


def _counts(column: Array, kinds: int) -> list[int]:
    return [int(n) for n in np.bincount(column, minlength=kinds)]


def _words(columns: Columns, rows: slice, fine: Array) -> int:
    """Return the sum of the rows' words modulo 2^64; `fold` works on whole arrays."""
    fields = (
        np.where(fine, 0, 1),
        columns.replication[rows],
        np.where(fine, columns.firing_digest[rows], 0),
        np.where(fine, columns.outcome[rows], columns.fault[rows]),
        np.where(fine, columns.path[rows], 0),
    )
    words: Any = fold(*(f.astype(np.uint64) for f in fields))  # type: ignore[arg-type]
    return int(words.sum(dtype=np.uint64))


def _paths(path: Array, replication: Array) -> dict[int, tuple[int, int]] | None:
    if not len(path):
        return {}
    kinds, which, counts = np.unique(path, return_inverse=True, return_counts=True)
    least = np.full(len(kinds), np.iinfo(np.int64).max)
    np.minimum.at(least, which, replication)
    told = zip(kinds.tolist(), counts.tolist(), least.tolist(), strict=True)
    return joined_paths({}, {kind: (count, first) for kind, count, first in told})


def _result(column: Array, scale: float, width: int) -> Spread:
    parts = whole_parts(column[~np.isnan(column)], scale)
    return spread_of(parts, width) if isinstance(parts, list) else spread_of_array(parts, width)


def whole_parts(values: Array, scale: float) -> Array | list[int]:
    """Return `parts_of` values, as a list where they are too large for exact arrays."""
    most = np.finfo(float).max
    with np.errstate(over="ignore"):
        parts = np.rint(np.clip(values * scale, -most, most))
    if len(parts) and np.abs(parts).max() >= _EXACT:
        return [int(part) for part in parts.tolist()]
    whole: Array = parts.astype(np.int64)
    return whole


def spread_of_array(parts: Array, width: int) -> Spread:
    """Return `spread_of` whole parts below 2^53 in size, of at most `ROWS_AT_ONCE` replications."""
    if not len(parts):
        return Spread()
    low, high = int(parts.min()), int(parts.max())
    return Spread(
        n=len(parts),
        total=sum(int(limb.sum()) << shift for limb, shift in _limbs(parts, low, high)),
        squares=_squares(parts, low, high),
        least=low,
        greatest=high,
        bins=_bins(parts, width),
    )


def _limbs(parts: Array, low: int, high: int) -> list[tuple[Array, int]]:
    """Cut whole numbers into limbs, so that sums of their products stay in 64 bits."""
    mask = (1 << _LIMB) - 1
    if -mask <= low and high <= mask:
        return [(parts, 0)]
    return [
        (parts & mask, 0),
        ((parts >> _LIMB) & mask, _LIMB),
        (parts >> (2 * _LIMB), 2 * _LIMB),
    ]


def _squares(parts: Array, low: int, high: int) -> int:
    limbs = _limbs(parts, low, high)
    total = 0
    for i, (left, left_shift) in enumerate(limbs):
        for right, right_shift in limbs[i:]:
            product = int(np.dot(left, right)) << (left_shift + right_shift)
            total += product if left is right else 2 * product
    return total


def _bins(parts: Array, width: int) -> Counter[int]:
    binned = -(-parts // width) if width != RELATIVE else _relative(parts)
    low, high = int(binned.min()), int(binned.max())
    if high - low < _NARROW:
        table = np.bincount(binned - low)
        hit = np.flatnonzero(table)
        return Counter(dict(zip((hit + low).tolist(), table[hit].tolist(), strict=True)))
    kinds, counts = np.unique(binned, return_counts=True)
    return Counter(dict(zip(kinds.tolist(), counts.tolist(), strict=True)))


def _relative(parts: Array) -> Array:
    """Return `relative_bin` of each; below 2^53 a float's exponent is its number of digits."""
    size = np.abs(parts)
    shift = np.maximum(np.frexp(size.astype(np.float64))[1].astype(np.int64) - 8, 0)
    number: Array = (shift << 8) + (size >> shift)
    return np.where(parts >= 0, number, -number)


# what a store keeps

TYPES: dict[str, str] = {
    "replication": "<i8",
    "outcome": "<i4",
    "ended_at": "<i8",
    "firing_digest": "<u8",
    "path": "<u8",
    "ties": "<i4",
    "firsts": "<i8",
    "results": "<f8",
    "fault": "<i1",
}
"""The columns of a stored chunk and their types; `firsts` and `results` have a row for each."""


def as_arrays(columns: Columns) -> dict[str, Array]:
    """Return the columns as arrays of the stored types; what never came is nan."""
    count = len(columns)
    found = {}
    for name, kind in TYPES.items():
        column = getattr(columns, name)
        if name in ("firsts", "results"):
            if columns.are_lists and name == "results":
                column = [[np.nan if v is None else v for v in one] for one in column]
            found[name] = np.asarray(column, dtype=kind).reshape(len(column), count)
        else:
            found[name] = np.asarray(column, dtype=kind)
    return found


def from_arrays(arrays: dict[str, Any]) -> Columns:
    """Return stored arrays as columns; raises KeyError or ValueError where they are none."""
    columns = Columns(**{name: arrays[name] for name in TYPES})
    count = len(columns)
    for name, kind in TYPES.items():
        array = arrays[name]
        if array.dtype != np.dtype(kind) or array.shape[-1] != count:
            raise ValueError(f"the column {name} has another type or length")
    return columns
