"""Firing: what happens when an occurrence of a rule is taken, or when its deadline lapses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from escalation_sim.chance import address
from escalation_sim.engine.agenda import READY, Instance

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
        self.world = run.world
        self.rules = run.model.rules
        self.deeds = run.prepared.deeds
        self.occurrences = occurrences
        self.streams = streams
        self.again: set[int] = set()
        self.fired_here: dict[int, int] = {}
        self.recent: list[str] = []

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
        ties = [
            self.rules[other.rule].id
            for other in self.run.agenda.waiting_with(generation)
            if (min(i, other.rule), max(i, other.rule)) in self.run.model.conflicts
        ]
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
        if rule.unless is not None and self.run.tests["unless", i]():
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
        if not deeds.has("after"):
            return True
        self.occurrences.set_deadline(instance)
        self.occurrences.after(instance, generation + 1)
        self.occurrences.watch_deadline(instance)
        return False

    def _act(self, instance: Instance, ties: list[str]) -> None:
        rule, deeds = self.rules[instance.rule], self.deeds[instance.rule]
        self.world.was = instance.was
        asked = self._ask(rule, instance)
        choice = deeds.choose(instance.occurrence)
        option = choice.option
        reads = self._reads(rule, option)
        changes = [] if rule.options and option is None else deeds.changes(option)
        data: dict[str, Any] = {"asked": asked, "ties": ties or None}
        if rule.options or rule.otherwise:
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

    def _ask(self, rule: Rule, instance: Instance) -> dict[str, Any] | None:
        if rule.ask is None:
            return None
        party = self.run.model.parties[rule.ask]
        throws = self.deeds[instance.rule].ask(instance.occurrence)
        row = self.world.joined[rule.ask]
        for m, throw in enumerate(throws):
            row[m] = throw.succeeds
        self.run.changed.add(("party", rule.ask))
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
        self.world.was = instance.was
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
        rule = self.rules[i]
        run.digest = address.fold(
            run.digest,
            self.world.now,
            run.prepared.rule_keys[i],
            instance.occurrence,
            run.prepared.option_keys[option.id] if option else 0,
        )
        run.tally.fired[i] += 1
        run.last_change = self.world.now
        note = option.note if option and option.note else rule.note
        claims = option.claims if option and option.claims else rule.claims
        causes = (instance.record,) if instance.record >= 0 else ()
        record = run.apply(
            changes,
            "fired",
            f"rules.{rule.id}",
            rule,
            causes=causes,
            claims=claims,
            reads=reads,
            occurrence=instance.occurrence,
            option=option.id if option else None,
            note=note or None,
            **data,
        )
        if run.recorder and rule.ask is not None and data.get("asked"):
            run.recorder.writers["party", rule.ask] = record
        self.occurrences.over(instance)
        if rule.again:
            self.again.add(i)

    def _count(self, i: int) -> None:
        """Stop a run in which one rule fires for ever at one instant."""
        self.fired_here[i] = self.fired_here.get(i, 0) + 1
        self.recent = [*self.recent[-12:], self.rules[i].id]
        if self.fired_here[i] > MOST_AT_ONE_TICK:
            ring = self.recent[-1:]
            for id_ in reversed(self.recent[:-1]):
                if id_ == ring[-1]:
                    break
                ring.insert(0, id_)
            raise self.run.fault(
                "livelock",
                f"`{self.rules[i].id}` fired more than {MOST_AT_ONE_TICK:,} times at one instant",
                " → ".join([*ring, ring[0]]) + "; give one of them a delay",
            )
