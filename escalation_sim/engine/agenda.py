"""What is due when: timers by tick, and the rule items ready within a tick in their fixed order."""

from __future__ import annotations

from dataclasses import dataclass
from heapq import heappop, heappush
from typing import TYPE_CHECKING

from escalation_sim.chance.exposure import NEVER

if TYPE_CHECKING:
    from collections.abc import Mapping

    from escalation_sim.expression.checked import Value

TRIGGERED, WAITING, AFTER, READY, DONE = range(5)
"""Stages of an instance: just begun, in its `for` or `every`, in its `after`, due now, over."""

DEADLINE = 5
"""The timer of a `within`, which matters until the instance is over."""


@dataclass(slots=True, eq=False)
class Instance:
    """One occurrence of a rule on its way from trigger to firing."""

    rule: int
    occurrence: int
    stage: int = TRIGGERED
    due: int = NEVER
    deadline: int = NEVER
    """Tick of the `within` deadline."""

    record: int = -1
    """The record to name as the cause of what comes next."""

    was: Mapping[int, Value] | None = None
    """What its effects remember by `was(...)`, if anything."""

    throws: bool = False
    """Its chance is thrown when it is taken (`every` and `rate`), not when it was triggered."""


class Agenda:
    """Timers of one replication. Entries of instances that have moved on are skipped."""

    def __init__(self) -> None:
        self.timers: list[tuple[int, int, int, Instance, int]] = []
        self.ready: list[tuple[int, int, int, int, Instance]] = []
        self.count = 0

    def begin(self) -> None:
        """Forget everything."""
        self.timers.clear()
        self.ready.clear()
        self.count = 0

    def at(self, tick: int, instance: Instance, stage: int) -> None:
        """Put a timer: `stage` is the stage the instance must still be in when it is due."""
        if tick < NEVER:
            self.count += 1
            heappush(self.timers, (tick, instance.rule, self.count, instance, stage))

    def next_tick(self) -> int:
        """Return the tick of the next timer that still matters, or `NEVER`."""
        timers = self.timers
        while timers:
            tick, _, _, instance, stage = timers[0]
            if _matters(instance, stage):
                return tick
            heappop(timers)
        return NEVER

    def take_due(self, tick: int) -> list[tuple[Instance, int]]:
        """Take out the timers due by `tick` that still matter, with their stages."""
        timers = self.timers
        found: list[tuple[Instance, int]] = []
        while timers and timers[0][0] <= tick:
            _, _, _, instance, stage = heappop(timers)
            if _matters(instance, stage):
                found.append((instance, stage))
        return found

    def pending(self) -> list[tuple[int, Instance]]:
        """Return what is still to come, in the order of its ticks."""
        return [
            (tick, instance)
            for tick, _, _, instance, stage in sorted(self.timers, key=lambda t: t[:3])
            if _matters(instance, stage) and stage != DEADLINE
        ]

    def make_ready(self, generation: int, instance: Instance) -> None:
        """Queue a rule item of this tick."""
        instance.stage = READY
        self.count += 1
        item = (generation, instance.rule, instance.occurrence, self.count, instance)
        heappush(self.ready, item)

    def take_ready(self) -> tuple[int, Instance] | None:
        """Take the next rule item: lower generation, then rank, then occurrence."""
        while self.ready:
            generation, _, _, _, instance = heappop(self.ready)
            if instance.stage == READY:
                return generation, instance
        return None

    def waiting_with(self, generation: int) -> list[Instance]:
        """Return the items of a generation that are still waiting, in their order."""
        return [i for g, _, _, _, i in sorted(self.ready) if g == generation and i.stage == READY]


def _matters(instance: Instance, stage: int) -> bool:
    return instance.stage == stage or (stage == DEADLINE and instance.stage != DONE)
