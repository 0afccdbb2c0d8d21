"""The piece of work of a study: some replications of one design point."""

from __future__ import annotations

import pickle
import time
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from escalation_sim.studies.aggregate import reduced
from escalation_sim.studies.engines import engine_for
from escalation_sim.studies.shape import shape_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from escalation_sim.model.model import Model
    from escalation_sim.studies.aggregate import Aggregate
    from escalation_sim.studies.engines import Engine, Name
    from escalation_sim.studies.shape import Shape

LEAST_CHUNK, MOST_CHUNK = 100, 2_000
LEAST_COMPILED_CHUNK, MOST_COMPILED_CHUNK = 20_000, 200_000


@dataclass(frozen=True, slots=True, order=True)
class Chunk:
    """Replications `first` to `first + count - 1` of a design point."""

    point: int
    first: int
    count: int

    @property
    def end(self) -> int:
        """The replication after the last one."""
        return self.first + self.count


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """A chunk with all that is needed to work it off anywhere."""

    chunk: Chunk
    model: bytes
    """The model, packed by `packed`: values of this program on their way to its own workers."""

    engine: Name
    seed: int
    keep: bool
    """Whether the rows are wanted for the store."""

    @property
    def label(self) -> str:
        """What is worked at, in words."""
        return replications_text(self.chunk)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came of a chunk: the aggregate, the engine's seconds, and the rows as a file's bytes."""

    chunk: Chunk
    aggregate: Aggregate
    seconds: float
    data: bytes = b""


def replications_text(chunk: Chunk) -> str:
    """Return which replications a chunk has, in words."""
    return f"replications {chunk.first} to {chunk.end - 1} of design point {chunk.point}"


def work(task: Task) -> Answer:
    """Work off a task; the same task gives the same answer, on any worker."""
    engine, shape = _prepared(task.model, task.engine)
    begun = time.perf_counter()
    columns = engine.columns(task.seed, task.chunk.first, task.chunk.count)
    seconds = time.perf_counter() - begun
    data = b""
    if task.keep:
        from escalation_sim.studies.files import as_bytes  # noqa: PLC0415 - loads numpy

        data = as_bytes(columns)
    return Answer(chunk=task.chunk, aggregate=reduced(columns, shape), seconds=seconds, data=data)


@lru_cache(maxsize=8)
def _prepared(model: bytes, engine: Name) -> tuple[Engine, Shape]:
    found = unpacked(model)
    return engine_for(found, engine), shape_of(found)


def packed(model: Model) -> bytes:
    """Return a model as bytes for a worker of this program; they are never written anywhere."""
    return pickle.dumps(model, protocol=pickle.HIGHEST_PROTOCOL)


def unpacked(data: bytes) -> Model:
    """Return the model that `packed` gave."""
    model: Model = pickle.loads(data)  # noqa: S301 - from `packed`, in memory or on our own pipe
    return model


def usual_size(runs: int, engine: Name) -> int:
    """Return how many replications a chunk has unless somebody says otherwise."""
    if engine == "compiled":
        return min(max(runs // 5_000, LEAST_COMPILED_CHUNK), MOST_COMPILED_CHUNK)
    return min(max(runs // 100, LEAST_CHUNK), MOST_CHUNK)


def missing(done: Iterable[Chunk], points: int, runs: int, size: int) -> Iterator[Chunk]:
    """Yield the chunks still to be done, in order: what lies between those that are done."""
    known: dict[int, list[Chunk]] = {}
    for chunk in done:
        known.setdefault(chunk.point, []).append(chunk)
    for point in range(points):
        at = 0
        for chunk in [*sorted(known.get(point, ())), Chunk(point, runs, 0)]:
            while at < chunk.first:
                count = min(size, chunk.first - at)
                yield Chunk(point, at, count)
                at += count
            at = chunk.end
