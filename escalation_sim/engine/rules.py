"""Looking at the rules: which are triggered, put on hold, or called off by what has changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from escalation_sim.engine.agenda import WAITING
from escalation_sim.engine.firing import Firing
from escalation_sim.engine.occurrences import Occurrences
from escalation_sim.engine.streams import Streams

if TYPE_CHECKING:
    from escalation_sim.engine.replication import Replication
    from escalation_sim.engine.watch import Key


class Rules:
    """The rules of one replication."""

    def __init__(self, run: Replication) -> None:
        self.run = run
        self.rules = run.model.rules
        self.occurrences = Occurrences(run)
        self.states = self.occurrences.states
        self.streams = Streams(run, self.occurrences)
        self.firing = Firing(run, self.occurrences, self.streams)
        self.on_change = {i for i, r in enumerate(self.rules) if r.on_change is not None}

    def look(self, touched: set[Key], values: set[int], generation: int) -> None:
        """Look at the rules whose conditions were touched, or that wait for these changes."""
        again, self.firing.again = self.firing.again, set()
        wanted = {i for kind, i in touched if kind in ("when", "unless", "rate")} | again
        if values:
            wanted |= {i for i in self.on_change if self.rules[i].on_change in values}
        for i in sorted(wanted):
            rule, state = self.rules[i], self.states[i]
            self.run.at = rule
            if rule.unless is not None and ("unless", i) in touched:
                self._unless(i)
            if rule.rate is not None:
                self.streams.look(i, generation)
                continue
            held = state.truth
            if ("when", i) in touched:
                self._when(i, generation)
            if rule.on_change is not None:
                if rule.on_change in values and self.run.tests["when", i]():
                    self.occurrences.trigger(i, generation)
            elif i in again and held and state.truth and state.waiting is None:
                self.occurrences.trigger(i, generation)

    def _when(self, i: int, generation: int) -> None:
        rule, state = self.rules[i], self.states[i]
        truth = bool(self.run.tests["when", i]())
        if truth == state.truth:
            return
        state.truth = truth
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
        if not self.run.tests["unless", i]():
            return
        state = self.states[i]
        waiting = None if self.rules[i].rate is not None else state.waiting
        for instance in [x for x in (waiting, *state.beside) if x]:
            self.occurrences.call_off(instance, "its `unless` came true", unless=True)
