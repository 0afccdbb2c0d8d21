"""Looking at the rules: which are triggered, put on hold, or called off by what has changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from escalation_sim.engine.agenda import WAITING
from escalation_sim.engine.firing import Firing
from escalation_sim.engine.occurrences import Occurrences
from escalation_sim.engine.streams import Streams
from escalation_sim.engine.watch import UNLESS, WHEN

if TYPE_CHECKING:
    from collections.abc import Iterable

    from escalation_sim.engine.agenda import Instance
    from escalation_sim.engine.replication import Replication


class Rules:
    """The rules of one replication."""

    def __init__(self, run: Replication) -> None:
        self.run = run
        self.rules = run.model.rules
        self.watches = run.prepared.watches
        self.on_change = run.prepared.on_change
        self.occurrences = Occurrences(run)
        self.states = self.occurrences.states
        self.streams = Streams(run, self.occurrences)
        self.firing = Firing(run, self.occurrences, self.streams)

    def begin(self) -> None:
        """Forget everything."""
        self.occurrences.begin()
        self.streams.begin()
        self.firing.begin()

    def look(self, touched: Iterable[tuple[int, int]], values: set[int], generation: int) -> None:
        """Look at the rules whose conditions were touched, or that wait for these changes."""
        again = self.firing.take_again()
        if again or values:
            wanted = dict(touched)
            for i in again:
                wanted.setdefault(i, 0)
            for variable in values:
                for i in self.on_change[variable]:
                    wanted.setdefault(i, 0)
            touched = sorted(wanted.items())
        for i, what in touched:
            rule = self.rules[i]
            self.run.at = rule
            if what & UNLESS and rule.unless is not None:
                self._unless(i)
            if rule.rate is not None:
                self.streams.look(i, generation)
            elif rule.on_change is not None:
                if what & WHEN:
                    self._when(i, generation)
                if rule.on_change in values and self.watches.when[i]():
                    self.occurrences.trigger(i, generation)
            else:
                held = i in again and self.states[i].truth
                if what & WHEN:
                    self._when(i, generation)
                if held and self.states[i].truth and self.states[i].waiting is None:
                    self.occurrences.trigger(i, generation)

    def _when(self, i: int, generation: int) -> None:
        truth = bool(self.watches.when[i]())
        state = self.states[i]
        if truth == state.truth:
            return
        state.truth = truth
        rule = self.rules[i]
        on_hold: list[Instance] = []
        if rule.wait is not None or rule.every is not None:
            on_hold = [x for x in (state.waiting, *state.beside) if x and x.stage == WAITING]
        if on_hold and not truth:
            self.run.suspects.extend(on_hold)
            self.run.move_wanted = True
        if not truth or on_hold or rule.on_change is not None:
            return
        if rule.every is not None:
            self.occurrences.interval(i)
        else:
            self.occurrences.trigger(i, generation)

    def _unless(self, i: int) -> None:
        if not self.watches.unless[i]():
            return
        state = self.states[i]
        waiting = None if self.rules[i].rate is not None else state.waiting
        for instance in [x for x in (waiting, *state.beside) if x]:
            self.occurrences.call_off(instance, "its `unless` came true", unless=True)
