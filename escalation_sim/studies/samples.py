"""Replications at sampled places of the inputs, for indices of variance.

Each row of a sample is run at A, at B, and at A with one part of it as in B. Chance is an input
like the others: its place is the number of the replication, whose random numbers are the same
wherever that number stands.
"""

from __future__ import annotations

import pickle
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

from escalation_sim.engine.simulate import Simulator
from escalation_sim.errors import StudyError
from escalation_sim.studies.ensemble import Order, answers_of, check, workers_for
from escalation_sim.studies.variants import Variants

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from escalation_sim.engine.row import Row
    from escalation_sim.scenario.load import Scenario
    from escalation_sim.studies.targets import Target
    from escalation_sim.studies.varying import Varying

Places = tuple[float, ...]
"""One place for each input, in order."""

Swap = tuple[frozenset[int], bool]
"""Which inputs, by index, are as in B instead of A; and whether chance is."""

ROWS_OF_TASK = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One row: the inputs at A and at B. Its number gives the two replications."""

    number: int
    a: Places
    b: Places


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleTask:
    """Some rows with all that is needed to work them off anywhere."""

    scenario: bytes
    samples: tuple[Sample, ...]
    swaps: tuple[Swap, ...]
    targets: tuple[Target, ...]
    seed: int

    @property
    def label(self) -> str:
        """What is worked at, in words."""
        return f"samples {self.samples[0].number} to {self.samples[-1].number}"


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleAnswer:
    """For each row its number and its hits, None where a replication failed.

    `hits[k][t]` is 1 where the row with the k-th swap has the t-th target, else 0.
    """

    rows: tuple[tuple[int, tuple[tuple[int, ...], ...] | None], ...]


def packed_variants(scenario: Scenario, inputs: Sequence[Varying]) -> bytes:
    """Return a scenario and its inputs as bytes for a worker of this program."""
    register = scenario.register
    if register is not None:  # its read-only maps cannot be packed
        register = replace(
            register,
            origins=dict(register.origins),
            open_questions=dict(register.open_questions),
            claims=dict(register.claims),
        )
    plain = replace(scenario, register=register, _entries={})
    return pickle.dumps((plain, tuple(inputs)), protocol=pickle.HIGHEST_PROTOCOL)


@lru_cache(maxsize=1)
def _variants(packed: bytes) -> Variants:
    scenario, inputs = pickle.loads(packed)  # noqa: S301 - from `packed_variants`
    return Variants(scenario, inputs)


def work_samples(task: SampleTask) -> SampleAnswer:
    """Work off a task; the same task gives the same answer, on any worker."""
    variants = _variants(task.scenario)
    return SampleAnswer(rows=tuple((s.number, _hits(variants, task, s)) for s in task.samples))


def _hits(
    variants: Variants, task: SampleTask, sample: Sample
) -> tuple[tuple[int, ...], ...] | None:
    names = [v.id for v in variants.inputs]
    simulators: dict[Places, Simulator] = {}
    rows: dict[tuple[Places, int], Row] = {}
    found = []
    for swapped, other_chance in task.swaps:
        places = tuple(sample.b[i] if i in swapped else sample.a[i] for i in range(len(names)))
        replication = 2 * sample.number + other_chance
        row = rows.get((places, replication))
        if row is None:
            simulator = simulators.get(places)
            if simulator is None:
                model = variants.model(dict(zip(names, places, strict=True)))
                simulator = simulators[places] = Simulator(model)
            row = rows[places, replication] = simulator.row(task.seed, replication)
        if row.fault:
            return None
        found.append(tuple(int(target.hit(row)) for target in task.targets))
    return tuple(found)


def sampled(
    scenario: Scenario,
    inputs: Sequence[Varying],
    draws: Iterator[tuple[Sequence[float], Sequence[float]]],
    swaps: Sequence[Swap],
    targets: Sequence[Target],
    *,
    count: int,
    seed: int = 1,
    order: Order | None = None,
) -> tuple[list[tuple[tuple[int, ...], ...]], int]:
    """Return the hits of `count` rows in order of their numbers, and how many were left out.

    `draws` yields for each row the parts of the way along every range, at A and at B. A row of
    which a replication fails is left out and another drawn. Raises StudyError if most are.
    """
    order = order or Order()
    check(count, seed, order)
    packed = packed_variants(scenario, inputs)
    good: dict[int, tuple[tuple[int, ...], ...]] = {}
    begun = 0
    workers = workers_for(order, count * len(swaps))
    while len(good) < count:
        wanted = count - len(good)
        if begun + wanted > 2 * count:
            raise StudyError("more than half of all samples could not be carried out")
        fresh = []
        for number in range(begun, begun + wanted):
            a, b = next(draws)
            fresh.append(
                Sample(
                    number=number,
                    a=tuple(v.at(p) for v, p in zip(inputs, a, strict=True)),
                    b=tuple(v.at(p) for v, p in zip(inputs, b, strict=True)),
                )
            )
        begun += wanted
        tasks = (
            SampleTask(
                scenario=packed,
                samples=tuple(fresh[i : i + ROWS_OF_TASK]),
                swaps=tuple(swaps),
                targets=tuple(targets),
                seed=seed,
            )
            for i in range(0, len(fresh), ROWS_OF_TASK)
        )
        answers = answers_of(work_samples, tasks, order, workers)
        done = 0
        try:
            for answer in answers:
                good |= {number: hits for number, hits in answer.rows if hits is not None}
                done += len(answer.rows)
                if order.watch:
                    order.watch((count - wanted + done) * len(swaps), count * len(swaps))
        finally:
            answers.close()
    return [good[number] for number in sorted(good)], begun - count
