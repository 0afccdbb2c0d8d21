"""Working off a study: chunks in, aggregates out, whoever did the work."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from escalation_sim.chance.address import LARGEST_SEED, seed_problem
from escalation_sim.errors import UsageError
from escalation_sim.studies import crew
from escalation_sim.studies.aggregate import empty, reduced
from escalation_sim.studies.chunks import Task, missing, packed, usual_size, work
from escalation_sim.studies.engines import chosen
from escalation_sim.studies.interrupts import Interrupts
from escalation_sim.studies.manifest import manifest_of
from escalation_sim.studies.pairs import PairTask, no_pairs, work_pairs
from escalation_sim.studies.shape import shape_of
from escalation_sim.studies.store import begin

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator
    from pathlib import Path

    from escalation_sim.model.model import Model
    from escalation_sim.studies.aggregate import Aggregate
    from escalation_sim.studies.chunks import Chunk
    from escalation_sim.studies.design import Design
    from escalation_sim.studies.engines import Choice, Name
    from escalation_sim.studies.pairs import PairAggregate
    from escalation_sim.studies.store import Store

TaskT = TypeVar("TaskT", bound="crew.Labelled")
AnswerT = TypeVar("AnswerT")

FEW = 2_000
"""Replications up to which starting other processes is not worth it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """How a study is to be worked off; nothing here can change what comes of it."""

    engine: Choice = "auto"
    workers: int | None = None
    """Processes; None for as many as there are cores, or none for a short study."""

    chunk: int | None = None
    """Replications of a chunk; None for a usual number."""

    out: Path | None = None
    resume: bool = False
    cluster: str = ""
    """The address of a dask.distributed scheduler; empty for this machine."""

    watch: Callable[[int, int], None] | None = None
    """Is told how many replications are done, and of how many."""

    tell: Callable[[str], None] = field(default=lambda _: None)
    """Is told what somebody should know."""


@dataclass(slots=True, kw_only=True)
class Ensemble:
    """What came of a study: one aggregate for each design point."""

    design: Design
    runs: int
    """Replications asked for at each design point."""

    seed: int
    engine: Name
    engine_seconds: float = 0.0
    workers: int = 1
    aggregates: list[Aggregate]

    @property
    def complete(self) -> bool:
        """Whether every replication is there."""
        return all(a.runs + a.failed == self.runs for a in self.aggregates)

    @property
    def digest(self) -> str:
        """One word for the whole result, the same whoever worked it off: 16 hex digits."""
        plain = [
            [self.design.model(i).hash, aggregate.as_plain()]
            for i, aggregate in enumerate(self.aggregates)
        ]
        text = json.dumps([self.seed, plain], separators=(",", ":"))
        return hashlib.blake2b(text.encode(), digest_size=8, person=b"study-1").hexdigest()


class StudyInterrupted(KeyboardInterrupt):
    """Ctrl-C during a study; `ensemble` holds what was finished."""

    def __init__(self, ensemble: Ensemble) -> None:
        self.ensemble = ensemble
        super().__init__("the study was interrupted")


def answers_of(
    work: Callable[[TaskT], AnswerT], tasks: Iterable[TaskT], order: Order, workers: int
) -> Generator[AnswerT]:
    """Return the answers to all tasks, in whatever order they come."""
    if order.cluster:
        from escalation_sim.studies.cluster import on_cluster  # noqa: PLC0415 - an extra

        return on_cluster(work, tasks, order.cluster)
    if workers == 1:
        return crew.here(work, tasks)
    return crew.processes(work, tasks, workers)


def run_pairs(
    first: Model, second: Model, *, runs: int, seed: int = 1, order: Order | None = None
) -> tuple[PairAggregate, Name]:
    """Work off `runs` replications of two models side by side; return what differs.

    Also returns the engine's name. Raises UsageError for what makes no sense together.
    """
    order = order or Order()
    check(runs, seed, order)
    if first.seconds_per_tick != second.seconds_per_tick:
        raise UsageError("the two scenarios have ticks of different lengths; give both the same")
    engine = chosen(order.engine, (first, second), total=2 * runs, tell=order.tell)
    size = order.chunk or usual_size(runs, engine)
    models = packed(first), packed(second)
    tasks = (
        PairTask(first=c.first, count=c.count, models=models, engine=engine, seed=seed)
        for c in missing((), 1, runs, size)
    )
    found, done = no_pairs(first, second), 0
    answers = answers_of(work_pairs, tasks, order, workers_for(order, 2 * runs))
    try:
        for answer in answers:
            found.add(answer.aggregate)
            done += answer.count
            if order.watch:
                order.watch(done, runs)
    finally:
        answers.close()
    return found, engine


def run_study(design: Design, *, runs: int, seed: int = 1, order: Order | None = None) -> Ensemble:
    """Work off `runs` replications at each design point, and return what came of them.

    Raises UsageError for numbers that make no sense, StudyError where the store or the workers
    fail, StudyInterrupted on Ctrl-C.
    """
    order = order or Order()
    check(runs, seed, order)
    models = (design.model(i) for i in range(len(design.points)))
    total = runs * len(design.points)
    engine = chosen(order.engine, models, total=total, tell=order.tell)
    ensemble = Ensemble(
        design=design,
        runs=runs,
        seed=seed,
        engine=engine,
        workers=workers_for(order, total),
        aggregates=[empty(shape_of(design.model(i))) for i in range(len(design.points))],
    )
    store = None
    if order.out is not None:
        store = begin(order.out, manifest_of(design, runs=runs, seed=seed), resume=order.resume)
    try:
        with Interrupts() as interrupts:
            try:
                _work_off(ensemble, order, store, interrupts)
            except KeyboardInterrupt:
                raise StudyInterrupted(ensemble) from None
    finally:
        if store is not None:
            store.close()
    return ensemble


def _work_off(
    ensemble: Ensemble, order: Order, store: Store | None, interrupts: Interrupts
) -> None:
    design, runs = ensemble.design, ensemble.runs
    done = _taken_over(ensemble, store, order) if store else []
    count, total = sum(c.count for c in done), runs * len(design.points)
    size = order.chunk or usual_size(runs, ensemble.engine)
    tasks = _tasks(ensemble, missing(done, len(design.points), runs, size), keep=store is not None)
    if order.watch:
        order.watch(count, total)
    answers = answers_of(work, tasks, order, ensemble.workers)
    try:
        for answer in answers:
            with interrupts.held():
                if store:
                    store.commit(answer.chunk, answer.data)
                ensemble.aggregates[answer.chunk.point].add(answer.aggregate)
                ensemble.engine_seconds += answer.seconds
                count += answer.chunk.count
            if order.watch:
                order.watch(count, total)
    finally:
        answers.close()


def _tasks(ensemble: Ensemble, chunks: Iterable[Chunk], *, keep: bool) -> Iterator[Task]:
    point, model = -1, b""
    for chunk in chunks:
        if chunk.point != point:
            point, model = chunk.point, packed(ensemble.design.model(chunk.point))
        yield Task(chunk=chunk, model=model, engine=ensemble.engine, seed=ensemble.seed, keep=keep)


def _taken_over(ensemble: Ensemble, store: Store, order: Order) -> list[Chunk]:
    """Add the chunks that are in the store, one at a time; return which they are."""
    done = []
    for chunk, columns in store.finished(order.tell):
        if chunk.point < len(ensemble.aggregates) and chunk.end <= ensemble.runs:
            shape = shape_of(ensemble.design.model(chunk.point))
            ensemble.aggregates[chunk.point].add(reduced(columns, shape))
            done.append(chunk)
    return done


def check(runs: int, seed: int, order: Order) -> None:
    """Raise UsageError for numbers that make no sense."""
    if problem := seed_problem(seed):
        raise UsageError(f"seed: {problem}")
    for name, number in (("runs", runs), ("workers", order.workers), ("chunk", order.chunk)):
        if number is None:
            continue
        if isinstance(number, bool) or not isinstance(number, int) or number < 1:
            raise UsageError(f"{name} must be a whole number from 1 on")
    if runs > LARGEST_SEED:
        raise UsageError("that many runs have no numbers")
    if order.resume and order.out is None:
        raise UsageError("--resume goes on with a folder: name it with --out")


def workers_for(order: Order, total: int) -> int:
    """Return how many processes work off so many replications."""
    if order.workers is not None:
        return order.workers
    if total <= FEW:
        return 1
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity else os.cpu_count() or 1
