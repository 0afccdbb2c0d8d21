"""Firing: what happens when an occurrence of a rule is taken, or when its deadline lapses."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any

from escalation_sim.chance.address import fold
from escalation_sim.engine.agenda import READY, Instance
from escalation_sim.engine.decide import NO_CHOICE
from escalation_sim.engine.world import NOTHING

if TYPE_CHECKING:
    from escalation_sim.engine.occurrences import Occurrences
    from escalation_sim.engine.replication import Replication
    from escalation_sim.engine.streams import Streams
    from escalation_sim.model.model import Option, Rule

MOST_AT_ONE_TICK = 1_000
"""Firings of one rule at one tick beyond which a run is in a circle that never ends."""


class Firing:
    """Carries out what rules do; `again` holds those that start again if they still can."""

    def __init__(self, run: Replication, occurrences: Occurrences, streams: Streams) -> None:
        self.run = run
        self.agenda = run.agenda
        self.tally = run.tally
        self.world = run.world
        self.rule_keys = run.prepared.rule_keys
        self.option_keys = run.prepared.option_keys
        self.rules = run.model.rules
        self.deeds = run.prepared.deeds
        self.occurrences = occurrences
        self.streams = streams
        self.unless = run.prepared.watches.unless
        self.partners = run.prepared.partners
        self.again: set[int] = set()
        self.fired_here: dict[int, int] = {}
        self.recent: deque[int] = deque(maxlen=13)

    def begin(self) -> None:
        """Forget everything."""
        self.again = set()
        self.new_tick()

    def new_tick(self) -> None:
        """Forget how often each rule has fired at the last tick."""
        self.fired_here.clear()
        self.recent.clear()

    def take(self, generation: int, instance: Instance) -> None:
        """Take one rule item: throw its chance if that is still to be done, then act."""
        i = instance.rule
        rule = self.rules[i]
        self.run.at = rule
        self._count(i)
        if instance.throws and not self._thrown(generation, instance):
            return
        ties: list[str] = []
        partners = self.partners[i]
        if partners and self.agenda.ready:
            waiting = self.agenda.waiting_with(generation)
            ties = [self.rules[other.rule].id for other in waiting if other.rule in partners]
            self.run.ties += bool(ties)
        self._act(instance, ties)

    def _thrown(self, generation: int, instance: Instance) -> bool:
        """Throw the chance of an `every` or a rate; return whether to act at once."""
        i = instance.rule
        rule, deeds = self.rules[i], self.deeds[i]
        instance.throws = False
        instance.was = self.occurrences.snapshot(i)
        if rule.rate is not None:
            self.streams.fired(i)
            self.occurrences.put_beside(instance)
            instance.stage = READY
            self.streams.next(i, generation + 1)
        if rule.unless is not None and self.unless[i]():
            instance.record = self.occurrences.record("triggered", instance)
            self.occurrences.call_off(instance, "its `unless` was true", unless=True)
            return False
        throw = deeds.throw(instance.occurrence)
        if throw is not None and not throw.succeeds:
            self.occurrences.over(instance)
            self.occurrences.record("chance_failed", instance, throw=throw)
            return False
        if rule.rate is not None or throw is not None:
            instance.record = self.occurrences.record("triggered", instance, throw=throw)
        if deeds.after is None:
            return True
        if deeds.within is not None:
            self.occurrences.set_deadline(instance)
        self.occurrences.after(instance, generation + 1)
        if deeds.within is not None:
            self.occurrences.watch_deadline(instance)
        return False

    def _act(self, instance: Instance, ties: list[str]) -> None:
        rule, deeds = self.rules[instance.rule], self.deeds[instance.rule]
        self.world.was = instance.was or NOTHING
        asked = self._ask(rule, instance) if rule.ask is not None else None
        choice = deeds.choose(instance.occurrence) if deeds.chooses else NO_CHOICE
        option = choice.option
        traced = self.run.recorder is not None
        reads = self._reads(rule, option) if traced else {}
        changes = [] if rule.options and option is None else deeds.changes(option)
        data: dict[str, Any] = {}
        if traced:
            data = {"asked": asked, "ties": ties or None}
            if deeds.chooses:
                data["open"] = list(choice.open)
                data["weights"] = list(choice.weights) or None
                data["drawn"] = choice.drawn
        self._fire(instance, option, changes, data, reads)

    def _reads(self, rule: Rule, option: Option | None) -> dict[str, str]:
        """Return what a firing looked at: options in turn, and the values of its effects."""
        if self.run.recorder is None:
            return {}
        nodes = [node for way in rule.options for node in (way.condition, way.weight) if node]
        effects = rule.effects if option is None else option.effects
        return self.run.recorder.looked_at([*nodes, *(effect.value for effect in effects)])

    def _ask(self, rule: Rule, instance: Instance) -> dict[str, Any]:
        """Let the members decide; return what each drew, as the record keeps it."""
        assert rule.ask is not None  # noqa: S101 - who calls has looked
        party = self.run.model.parties[rule.ask]
        throws = self.deeds[instance.rule].ask(instance.occurrence)
        row = self.world.joined[rule.ask]
        for m, throw in enumerate(throws):
            row[m] = throw.succeeds
        self.run.touch(self.run.prepared.watches.of_parties[rule.ask])
        return {
            member.id: [throw.succeeds, throw.drawn, throw.threshold]
            for member, throw in zip(party.members, throws, strict=True)
        }

    def lapse(self, instance: Instance) -> None:
        """Let a deadline decide what nobody has: `lapsed`, or else `otherwise`."""
        rule = self.rules[instance.rule]
        self.run.at = rule
        self._count(instance.rule)
        option = rule.lapsed or rule.otherwise
        self.world.was = instance.was or NOTHING
        changes = self.deeds[instance.rule].changes(option) if option else []
        reads = self._reads(rule, option)
        self._fire(instance, option, changes, {"lapsed": True}, reads)

    def _fire(
        self,
        instance: Instance,
        option: Option | None,
        changes: list[tuple[int, Any]],
        data: dict[str, Any],
        reads: dict[str, str],
    ) -> None:
        run, i = self.run, instance.rule
        rule, now = self.rules[i], self.world.now
        option_key = self.option_keys[option.id] if option else 0
        run.digest = fold(run.digest, now, self.rule_keys[i], instance.occurrence, option_key)
        if i in self.tally.fired:
            self.tally.fired[i] += 1
        run.last_change = now
        written = run.write(changes)
        if run.recorder:
            record = run.recorder.add_change(
                written,
                "fired",
                f"rules.{rule.id}",
                rule,
                causes=(instance.record,) if instance.record >= 0 else (),
                claims=option.claims if option and option.claims else rule.claims,
                reads=reads,
                occurrence=instance.occurrence,
                option=option.id if option else None,
                note=(option.note if option and option.note else rule.note) or None,
                **data,
            )
            if rule.ask is not None and data.get("asked"):
                run.recorder.writers["party", rule.ask] = record
        self.occurrences.over(instance)
        if rule.again:
            self.again.add(i)

    def _count(self, i: int) -> None:
        """Stop a run in which one rule fires for ever at one instant."""
        times = self.fired_here[i] = self.fired_here.get(i, 0) + 1
        self.recent.append(i)
        if times > MOST_AT_ONE_TICK:
            recent = [self.rules[rule].id for rule in self.recent]
            ring = recent[-1:]
            for id_ in reversed(recent[:-1]):
                if id_ == ring[-1]:
                    break
                ring.insert(0, id_)
            raise self.run.fault(
                "livelock",
                f"`{self.rules[i].id}` fired more than {MOST_AT_ONE_TICK:,} times at one instant",
                " → ".join([*ring, ring[0]]) + "; give one of them a delay",
            )
