"""Two models on the same random numbers: what differs, replication by replication."""

from __future__ import annotations

import heapq
import time
from collections import Counter
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from escalation_sim.studies.aggregate import Aggregate, Spread, parts_of, reduced, spread_of
from escalation_sim.studies.chunks import unpacked
from escalation_sim.studies.engines import engine_for
from escalation_sim.studies.shape import shape_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from escalation_sim.model.model import Model
    from escalation_sim.studies.columns import Columns
    from escalation_sim.studies.engines import Engine, Name
    from escalation_sim.studies.shape import Measure, Shape

MOST_EXAMPLES = 10
"""Most replications named as examples: those with the least numbers."""


@dataclass(frozen=True, slots=True)
class Common:
    """What two models share, as index of the one and index of the other."""

    rungs: tuple[tuple[int, int], ...]
    results: tuple[tuple[int, int], ...]
    ends: tuple[tuple[int, ...], tuple[int, ...]]
    """For each side, the number of each of its outcomes in a common list."""

    same_ladders: bool


def common_of(first: Model, second: Model) -> Common:
    """Return what can be compared: rungs and outcomes by id, results by id and kind."""
    rungs = [[f"{v.id}.{rung}" for _, v in m.ladders for rung in v.levels] for m in (first, second)]
    results = [
        [(r.id, measure) for r, measure in zip(m.results, shape_of(m).results, strict=True)]
        for m in (first, second)
    ]
    ends = [[o.id for o in m.outcomes] + [m.fallback] for m in (first, second)]
    listed = list(dict.fromkeys((*ends[0], *ends[1])))
    return Common(
        rungs=_matched(rungs[0], rungs[1]),
        results=_matched(results[0], results[1]),
        ends=(
            tuple(listed.index(e) for e in ends[0]),
            tuple(listed.index(e) for e in ends[1]),
        ),
        same_ladders=rungs[0] == rungs[1],
    )


def _matched(mine: Sequence[Any], theirs: Sequence[Any]) -> tuple[tuple[int, int], ...]:
    return tuple((i, theirs.index(one)) for i, one in enumerate(mine) if one in theirs)


@dataclass(slots=True)
class Paired:
    """One column on both sides: who has a value where, and the differences, second less first."""

    both: int = 0
    lost: int = 0
    """Only the first side has a value."""

    gained: int = 0
    """Only the second side has one."""

    differences: Spread = field(default_factory=Spread)

    def add(self, other: Paired) -> None:
        """Add what other replications gave."""
        self.both += other.both
        self.lost += other.lost
        self.gained += other.gained
        self.differences.add(other.differences)


@dataclass(slots=True)
class PairAggregate:
    """What remains of many pairs: exact whole numbers, as in `Aggregate`.

    `moves` counts pairs of outcomes by their numbers in the common list. Pairs of which one side
    failed are only counted.
    """

    sides: tuple[Aggregate, Aggregate]
    rungs: list[Paired]
    results: list[Paired]
    moves: Counter[tuple[int, int]] = field(default_factory=Counter)
    pairs: int = 0
    failed: int = 0
    changed: int = 0
    changed_first: list[int] = field(default_factory=list)
    ended_otherwise_first: list[int] = field(default_factory=list)

    def add(self, other: PairAggregate) -> None:
        """Add the pairs of another chunk."""
        for mine, theirs in zip(self.sides, other.sides, strict=True):
            mine.add(theirs)
        for one, more in zip(
            (*self.rungs, *self.results), (*other.rungs, *other.results), strict=True
        ):
            one.add(more)
        self.moves.update(other.moves)
        self.pairs += other.pairs
        self.failed += other.failed
        self.changed += other.changed
        self.changed_first = least_of(self.changed_first, other.changed_first)
        self.ended_otherwise_first = least_of(
            self.ended_otherwise_first, other.ended_otherwise_first
        )


def least_of(*numbers: Iterable[int]) -> list[int]:
    """Return the least of some numbers, as many as are named as examples."""
    return heapq.nsmallest(MOST_EXAMPLES, (n for some in numbers for n in some))


@dataclass(frozen=True, slots=True, kw_only=True)
class PairTask:
    """Some replications of two models, with all that is needed to work them off anywhere."""

    first: int
    count: int
    models: tuple[bytes, bytes]
    engine: Name
    seed: int

    @property
    def label(self) -> str:
        """What is worked at, in words."""
        return f"replications {self.first} to {self.first + self.count - 1}"


@dataclass(frozen=True, slots=True, kw_only=True)
class PairAnswer:
    """What came of some pairs."""

    count: int
    aggregate: PairAggregate
    seconds: float


def work_pairs(task: PairTask) -> PairAnswer:
    """Work off a task; the same task gives the same answer, on any worker."""
    engines, shapes, common = _prepared(task.models, task.engine)
    begun = time.perf_counter()
    first, second = (e.columns(task.seed, task.first, task.count) for e in engines)
    seconds = time.perf_counter() - begun
    found = compared(first, second, shapes, common)
    return PairAnswer(count=task.count, aggregate=found, seconds=seconds)


@lru_cache(maxsize=4)
def _prepared(
    models: tuple[bytes, bytes], engine: Name
) -> tuple[tuple[Engine, Engine], tuple[Shape, Shape], Common]:
    first, second = (unpacked(m) for m in models)
    return (
        (engine_for(first, engine), engine_for(second, engine)),
        (shape_of(first), shape_of(second)),
        common_of(first, second),
    )


def no_pairs(first: Model, second: Model) -> PairAggregate:
    """Return the aggregate of no pairs."""
    from escalation_sim.studies.aggregate import empty  # noqa: PLC0415 - only here

    common = common_of(first, second)
    return PairAggregate(
        sides=(empty(shape_of(first)), empty(shape_of(second))),
        rungs=[Paired() for _ in common.rungs],
        results=[Paired() for _ in common.results],
    )


def compared(
    first: Columns, second: Columns, shapes: tuple[Shape, Shape], common: Common
) -> PairAggregate:
    """Return what two chunks of the same replications say side by side.

    Arrays and lists give the same.
    """
    if not (first.are_lists or second.are_lists):
        from escalation_sim.studies.pair_arrays import compared_arrays  # noqa: PLC0415 - numpy

        return compared_arrays(first, second, shapes, common)
    one, other = first.as_lists(), second.as_lists()
    fine = [i for i in range(len(one)) if not one.fault[i] and not other.fault[i]]
    same = {
        i
        for i in fine
        if one.firing_digest[i] == other.firing_digest[i]
        and one.ended_at[i] == other.ended_at[i]
        and (not common.same_ladders or one.path[i] == other.path[i])
    }
    found = PairAggregate(
        sides=(reduced(first, shapes[0]), reduced(second, shapes[1])),
        rungs=[
            _paired(
                [one.firsts[a][i] if one.firsts[a][i] >= 0 else None for i in fine],
                [other.firsts[b][i] if other.firsts[b][i] >= 0 else None for i in fine],
                shapes[0].times,
            )
            for a, b in common.rungs
        ],
        results=[
            _paired(
                [one.results[a][i] for i in fine],
                [other.results[b][i] for i in fine],
                shapes[0].results[a],
            )
            for a, b in common.results
        ],
        pairs=len(fine),
        failed=len(one) - len(fine),
    )
    ends, other_ends = common.ends
    moved, otherwise = [], []
    for i in fine:
        end, other_end = ends[one.outcome[i]], other_ends[other.outcome[i]]
        found.moves[end, other_end] += 1
        if end != other_end:
            otherwise.append(one.replication[i])
        if end != other_end or i not in same or _differs(one, other, i, common):
            moved.append(one.replication[i])
    found.changed = len(moved)
    found.changed_first = least_of(moved)
    found.ended_otherwise_first = least_of(otherwise)
    return found


def _differs(one: Columns, other: Columns, i: int, common: Common) -> bool:
    """Whether a rung or a result differs in a pair of which the same rules fired."""
    return any(one.firsts[a][i] != other.firsts[b][i] for a, b in common.rungs) or any(
        one.results[a][i] != other.results[b][i] for a, b in common.results
    )


def _paired(mine: list[float | None], theirs: list[float | None], measure: Measure) -> Paired:
    found = Paired()
    first, second = [], []
    for a, b in zip(mine, theirs, strict=True):
        if a is not None and b is not None:
            first.append(a)
            second.append(b)
        else:
            found.lost += a is not None
            found.gained += b is not None
    found.both = len(first)
    sides = (parts_of(first, measure.scale), parts_of(second, measure.scale))
    found.differences = spread_of([b - a for a, b in zip(*sides, strict=True)], measure.width)
    return found
