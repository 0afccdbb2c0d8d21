"""Occurrences of rules: from a trigger through delays to being due, or to being called off."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from escalation_sim.chance.exposure import NEVER
from escalation_sim.engine.agenda import AFTER, DEADLINE, DONE, WAITING, Instance

if TYPE_CHECKING:
    from collections.abc import Mapping

    from escalation_sim.engine.decide import Throw
    from escalation_sim.engine.replication import Replication


class Occurrences:
    """The states of all rules that anything has concerned, and what moves one occurrence on."""

    def __init__(self, run: Replication) -> None:
        self.run = run
        self.agenda = run.agenda
        self.world = run.world
        self.rules = run.model.rules
        self.deeds = run.prepared.deeds
        self.remembered = run.prepared.remembered
        self.unless = run.prepared.watches.unless
        self.counts: dict[int, int] = {}
        """Occurrences so far, by rule."""

        self.waiting: dict[int, Instance] = {}
        """The one that a rule waits for, or whose interval runs."""

        self.beside: dict[int, list[Instance]] = {}
        """Those that wait side by side."""

    def begin(self) -> None:
        """Forget everything."""
        self.counts.clear()
        self.waiting.clear()
        self.beside.clear()

    def next(self, i: int) -> int:
        """Count one more occurrence of a rule; return its number."""
        number = self.counts[i] = self.counts.get(i, 0) + 1
        return number

    def held(self, i: int) -> list[Instance]:
        """Return what waits of a rule."""
        waiting = self.waiting.get(i)
        beside = self.beside.get(i, ())
        return [*beside] if waiting is None else [waiting, *beside]

    def trigger(self, i: int, generation: int) -> None:
        """Begin an occurrence: it is ignored, called off, fails its chance, or waits."""
        rule = self.rules[i]
        self.run.last_change = self.world.now
        number = self.counts[i] = self.counts.get(i, 0) + 1
        instance = Instance(i, number)
        if self.remembered[i]:
            instance.was = self.snapshot(i)
        if rule.on_change is None and i in self.waiting:
            waiting = self.waiting[i].occurrence
            self.record("ignored", instance, told="it still waits", waiting=waiting)
            return
        if rule.unless is not None and self.unless[i]():
            instance.record = self.record("triggered", instance)
            self.call_off(instance, "its `unless` was true already", unless=True)
            return
        throw = None
        if rule.chance is not None:
            throw = self.deeds[i].throw(instance.occurrence)
            if throw is not None and not throw.succeeds:
                self.record("chance_failed", instance, throw=throw)
                return
        if rule.on_change is None:
            self.waiting[i] = instance
        else:
            self.put_beside(instance)
        self._begin(instance, generation, throw)

    def _begin(self, instance: Instance, generation: int, throw: Throw | None) -> None:
        """Let an occurrence wait in its `for`, or else go on to its `after`."""
        deeds, run = self.deeds[instance.rule], self.run
        if deeds.within is not None:
            self.set_deadline(instance)
        if deeds.wait is not None:
            instance.stage = WAITING
            instance.due = self.world.now + deeds.wait(instance.occurrence)
        if run.recorder:
            instance.record = self.record("triggered", instance, throw=throw, due=instance.due)
        if instance.stage == WAITING:
            self._wait(instance)
        else:
            self.after(instance, generation)
        if deeds.within is not None:
            self.watch_deadline(instance)

    def set_deadline(self, instance: Instance) -> None:
        """Draw the `within` of an occurrence; it runs from the trigger."""
        within = self.deeds[instance.rule].within
        assert within is not None  # noqa: S101 - who calls has looked
        instance.deadline = self.world.now + within(instance.occurrence)

    def watch_deadline(self, instance: Instance) -> None:
        """Let the occurrence lapse at its deadline, last in that tick."""
        if instance.deadline == self.world.now:
            self.run.lapsing.append(instance)
        else:
            self.agenda.at(instance.deadline, instance, DEADLINE)

    def _wait(self, instance: Instance) -> None:
        """Put an occurrence on hold; it matures when the clocks move at its tick."""
        if instance.due <= self.world.now:
            self.run.suspects.append(instance)
            self.run.move_wanted = True
        else:
            self.agenda.at(instance.due, instance, WAITING)

    def after(self, instance: Instance, generation: int) -> None:
        """Let the `after` begin; without one, or with none left, the occurrence is due now."""
        after = self.deeds[instance.rule].after
        length = after(instance.occurrence) if after is not None else 0
        if length == 0:
            self.agenda.make_ready(generation, instance)
            return
        run, now = self.run, self.world.now
        run.last_change = now
        instance.stage, instance.due = AFTER, now + length
        if run.recorder:
            instance.record = self.record("waits", instance, due=instance.due)
        self.agenda.at(instance.due, instance, AFTER)

    def interval(self, i: int) -> None:
        """Begin one interval of an `every`; each is an occurrence of its own."""
        every = self.deeds[i].every
        assert every is not None  # noqa: S101 - who calls has looked
        instance = Instance(i, self.next(i), WAITING, throws=True)
        instance.due = self.world.now + every(instance.occurrence)
        self.waiting[i] = instance
        instance.record = self.record("triggered", instance, due=instance.due)
        if self.rules[i].unless is not None and self.unless[i]():
            self.call_off(instance, "its `unless` was true already", unless=True)
            return
        self._wait(instance)

    def mature(self, instance: Instance) -> None:
        """Let a `for` or an `every` that has lasted go on; it is not tested again."""
        i = instance.rule
        if self.rules[i].every is None:
            self.after(instance, 1)
            return
        self.put_beside(instance)
        self.agenda.make_ready(1, instance)
        self.interval(i)

    def put_beside(self, instance: Instance) -> None:
        """Let an occurrence wait beside others of its rule, up to `at_most`."""
        i = instance.rule
        rule = self.rules[i]
        if self.waiting.get(i) is instance:
            del self.waiting[i]
        beside = self.beside.setdefault(i, [])
        if len(beside) >= rule.at_most:
            raise self.run.fault(
                "too-many",
                f"more than {rule.at_most} of this rule wait side by side",
                "raise `at_most`, or let the rule start less often",
            )
        beside.append(instance)

    def call_off(
        self, instance: Instance, why: str, *, failing: bool = False, unless: bool = False
    ) -> None:
        """End an occurrence without firing, and keep what called it off."""
        self.over(instance)
        self.run.last_change = self.world.now
        recorder = self.run.recorder
        if recorder is None:
            return
        rule = self.rules[instance.rule]
        node = rule.unless if unless and rule.unless is not None else rule.when
        reads, causes = recorder.reasons(node)
        recorder.add(
            "called_off",
            f"rules.{rule.id}",
            rule,
            (*causes, instance.record),
            reads,
            occurrence=instance.occurrence,
            why=why,
            due=instance.due if instance.due < NEVER else None,
            failing=recorder.failing(node) if failing else None,
        )

    def over(self, instance: Instance) -> None:
        """End an occurrence."""
        i = instance.rule
        instance.stage = DONE
        if self.waiting.get(i) is instance:
            del self.waiting[i]
        elif i in self.beside and instance in self.beside[i]:
            self.beside[i].remove(instance)

    def snapshot(self, i: int) -> Mapping[int, Any] | None:
        """Return the values that the rule's `was(...)` will ask for; None if it asks for none."""
        values = self.world.values
        return {v: values[v] for v in self.remembered[i]} or None

    def record(
        self,
        kind: str,
        instance: Instance,
        *,
        throw: Throw | None = None,
        due: int = NEVER,
        told: str | None = None,
        waiting: int | None = None,
    ) -> int:
        """Keep a record of an occurrence; return its id (-1 untraced)."""
        run = self.run
        run.last_change = self.world.now
        recorder = run.recorder
        if recorder is None:
            return -1
        rule = self.rules[instance.rule]
        if kind == "waits":
            reads: dict[str, str] = {}
            causes: tuple[int, ...] = (instance.record,) if instance.record >= 0 else ()
        else:
            reads, causes = recorder.reasons(rule.when) if rule.has_when else ({}, ())
            if rule.on_change is not None:
                writer = recorder.writers.get(("value", rule.on_change))
                if writer is not None:
                    causes = tuple(dict.fromkeys((writer, *causes)))
        return recorder.add(
            kind,
            f"rules.{rule.id}",
            rule,
            causes,
            reads,
            occurrence=instance.occurrence,
            chance=[throw.drawn, throw.threshold] if throw else None,
            due=due if due < NEVER else None,
            deadline=instance.deadline if instance.deadline < NEVER else None,
            why=told,
            waiting=waiting,
        )
