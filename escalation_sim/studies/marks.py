"""Which replications have something, at every design point: what pairs of points are made of."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from escalation_sim.studies.chunks import missing, packed, unpacked, usual_size
from escalation_sim.studies.engines import chosen, engine_for
from escalation_sim.studies.ensemble import Order, answers_of, check, workers_for

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from escalation_sim.model.model import Model
    from escalation_sim.studies.engines import Engine, Name
    from escalation_sim.studies.targets import Target

    Array = np.ndarray[Any, np.dtype[Any]]

FAILED = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkTask:
    """Some replications of one design point; without a target, their outcomes are wanted."""

    point: int
    first: int
    count: int
    model: bytes
    engine: Name
    seed: int
    target: Target | None

    @property
    def label(self) -> str:
        """What is worked at, in words."""
        last = self.first + self.count - 1
        return f"replications {self.first} to {last} of design point {self.point}"


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkAnswer:
    """The marks of some replications: bytes of int16."""

    point: int
    first: int
    count: int
    marks: bytes


def work_marks(task: MarkTask) -> MarkAnswer:
    """Work off a task; the same task gives the same answer, on any worker."""
    columns = _prepared(task.model, task.engine).columns(task.seed, task.first, task.count)
    marks = task.target.hits(columns) if task.target else np.asarray(columns.outcome)
    marks = np.where(np.asarray(columns.fault) != 0, FAILED, marks)
    return MarkAnswer(
        point=task.point,
        first=task.first,
        count=task.count,
        marks=marks.astype("<i2").tobytes(),
    )


@lru_cache(maxsize=4)
def _prepared(model: bytes, engine: Name) -> Engine:
    return engine_for(unpacked(model), engine)


def marks_of(
    models: Sequence[Model],
    target: Target | None,
    *,
    runs: int,
    seed: int = 1,
    order: Order | None = None,
) -> tuple[Array, Name]:
    """Return a row for each model with the mark of each replication, and the engine's name.

    A mark is 1 where a replication has the target and 0 where not; without a target it is the
    index of its outcome. It is -1 where the replication failed. Raises UsageError, StudyError.
    """
    order = order or Order()
    check(runs, seed, order)
    total = runs * len(models)
    engine = chosen(order.engine, models, total=total, tell=order.tell)
    size = order.chunk or usual_size(runs, engine)

    def tasks() -> Iterator[MarkTask]:
        point, model = -1, b""
        for chunk in missing((), len(models), runs, size):
            if chunk.point != point:
                point, model = chunk.point, packed(models[chunk.point])
            yield MarkTask(
                point=point,
                first=chunk.first,
                count=chunk.count,
                model=model,
                engine=engine,
                seed=seed,
                target=target,
            )

    found = np.full((len(models), runs), FAILED, dtype=np.int16)
    done = 0
    answers = answers_of(work_marks, tasks(), order, workers_for(order, total))
    try:
        for answer in answers:
            found[answer.point, answer.first : answer.first + answer.count] = np.frombuffer(
                answer.marks, dtype="<i2"
            )
            done += answer.count
            if order.watch:
                order.watch(done, total)
    finally:
        answers.close()
    return found, engine
