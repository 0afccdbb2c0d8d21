"""Rates: Poisson streams on ticks, kept by exposure (see `chance.exposure`)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from escalation_sim.chance.exposure import NEVER, grow, ticks_until
from escalation_sim.chance.functions import log
from escalation_sim.engine.agenda import DONE, READY, WAITING, Instance
from escalation_sim.expression.evaluate import EvaluationFault

if TYPE_CHECKING:
    from escalation_sim.engine.occurrences import Occurrences
    from escalation_sim.engine.replication import Replication


@dataclass(slots=True)
class Stream:
    """How far one stream is: its exposure at `since`, growing at `rate` per tick to `target`."""

    exposure: float = 0.0
    target: float = 0.0
    rate: float = 0.0
    since: int = 0


class Streams:
    """The next firing of every rule with a rate."""

    def __init__(self, run: Replication, occurrences: Occurrences) -> None:
        self.run = run
        self.world = run.world
        self.occurrences = occurrences
        self.deeds = run.prepared.deeds
        self.watches = run.prepared.watches
        self.streams: defaultdict[int, Stream] = defaultdict(Stream)

    def begin(self) -> None:
        """Forget everything."""
        self.streams.clear()

    def look(self, i: int, generation: int) -> None:
        """Take over a new rate; the exposure so far stays."""
        stream = self.streams[i]
        truth = bool(self.watches.when[i]())
        rate = float(self.watches.rate[i]()) if truth else 0.0
        if rate < 0:
            raise EvaluationFault("a rate below 0", "keep it up, as in `max(0 / 1d, x)`")
        if rate == stream.rate:
            return
        now = self.world.now
        stream.exposure = grow(stream.exposure, stream.rate, now - stream.since)
        stream.since, stream.rate = now, rate
        waiting = self.occurrences.waiting.get(i)
        if waiting is None or waiting.stage != READY:
            self.next(i, generation)

    def next(self, i: int, generation: int) -> None:
        """Put the next firing of a stream where its exposure will reach the target."""
        stream, deeds = self.streams[i], self.deeds[i]
        instance = self.occurrences.waiting.get(i)
        if instance is None:
            instance = Instance(i, self.occurrences.next(i), WAITING, throws=True)
            u = self.world.uniform(deeds.sites["rate"], instance.occurrence)
            stream.target += -log(1.0 - u)
        else:
            instance.stage = DONE
            instance = Instance(i, instance.occurrence, WAITING, throws=True)
        self.occurrences.waiting[i] = instance
        wait = ticks_until(stream.exposure, stream.target, stream.rate)
        if wait >= NEVER:
            return
        instance.due = self.world.now + wait
        if wait == 0:
            self.run.agenda.make_ready(generation, instance)
        else:
            self.run.agenda.at(instance.due, instance, WAITING)

    def fired(self, i: int) -> None:
        """Bring the exposure up to a firing at this tick."""
        stream = self.streams[i]
        stream.exposure = grow(stream.exposure, stream.rate, self.world.now - stream.since)
        stream.since = self.world.now
