"""Looking at the rules: which are triggered, put on hold, or called off by what has changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from escalation_sim.engine.agenda import WAITING
from escalation_sim.engine.firing import Firing
from escalation_sim.engine.occurrences import Occurrences
from escalation_sim.engine.streams import Streams
from escalation_sim.engine.watch import CLOSELY, UNLESS, WHEN

if TYPE_CHECKING:
    from collections.abc import Iterable

    from escalation_sim.engine.agenda import Instance
    from escalation_sim.engine.replication import Replication


class Rules:
    """The rules of one replication; `holding` are those whose `when` was true when last seen."""

    def __init__(self, run: Replication) -> None:
        self.run = run
        self.rules = run.model.rules
        self.when = run.prepared.watches.when
        self.unless = run.prepared.watches.unless
        self.on_change = run.prepared.on_change
        self.holding: set[int] = set()
        self.occurrences = Occurrences(run)
        self.streams = Streams(run, self.occurrences)
        self.firing = Firing(run, self.occurrences, self.streams)

    def begin(self) -> None:
        """Forget everything."""
        self.holding.clear()
        self.occurrences.begin()
        self.streams.begin()
        self.firing.begin()

    def look(self, touched: Iterable[tuple[int, int]], values: set[int], generation: int) -> None:
        """Look at the rules whose conditions were touched, or that wait for these changes."""
        again = self.firing.again
        if again or values:
            self.firing.again = set()
            wanted = dict(touched)
            for i in again:
                wanted.setdefault(i, CLOSELY)
            for variable in values:
                for i in self.on_change[variable]:
                    wanted.setdefault(i, CLOSELY)
            touched = sorted(wanted.items())
        run, rules, when, holding = self.run, self.rules, self.when, self.holding
        for i, what in touched:
            run.at = rules[i]
            if what != WHEN:
                self._look_closely(i, what, values, again, generation)
            elif when[i]():
                if i not in holding:
                    self._turn(i, generation, now=True)
            elif i in holding:
                self._turn(i, generation, now=False)

    def _look_closely(
        self, i: int, what: int, values: set[int], again: set[int], generation: int
    ) -> None:
        """Look at a rule that more than a turn of its `when` can start or call off."""
        rule = self.rules[i]
        if what & UNLESS and self.unless[i]():
            self._call_off(i)
        if rule.rate is not None:
            self.streams.look(i, generation)
            return
        held = i in self.holding
        if what & WHEN and bool(self.when[i]()) is not held:
            self._turn(i, generation, now=not held)
        if rule.on_change is not None:
            if rule.on_change in values and self.when[i]():
                self.occurrences.trigger(i, generation)
        elif i in again and held and i in self.holding and i not in self.occurrences.waiting:
            self.occurrences.trigger(i, generation)

    def _turn(self, i: int, generation: int, *, now: bool) -> None:
        """See to a rule whose `when` has turned true or false."""
        rule = self.rules[i]
        if now:
            self.holding.add(i)
        else:
            self.holding.remove(i)
        on_hold: list[Instance] = []
        if rule.wait is not None or rule.every is not None:
            on_hold = [x for x in self.occurrences.held(i) if x.stage == WAITING]
        if on_hold and not now:
            self.run.suspects.extend(on_hold)
            self.run.move_wanted = True
        if not now or on_hold or rule.on_change is not None:
            return
        if rule.every is not None:
            self.occurrences.interval(i)
        else:
            self.occurrences.trigger(i, generation)

    def _call_off(self, i: int) -> None:
        """Call off what waits of a rule whose `unless` is true."""
        for instance in self.occurrences.held(i):
            if not (self.rules[i].rate is not None and instance is self.occurrences.waiting.get(i)):
                self.occurrences.call_off(instance, "its `unless` came true", unless=True)
