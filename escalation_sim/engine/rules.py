"""The rules of one replication: from trigger through delays to firing, or to being called off."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from escalation_sim.chance import address
from escalation_sim.chance.exposure import NEVER, grow, ticks_until
from escalation_sim.chance.functions import log
from escalation_sim.engine.agenda import AFTER, DEADLINE, DONE, READY, WAITING, Instance
from escalation_sim.expression.evaluate import EvaluationFault

if TYPE_CHECKING:
    from escalation_sim.engine.decide import Throw
    from escalation_sim.engine.replication import Replication
    from escalation_sim.engine.watch import Key
    from escalation_sim.model.model import Option, Rule

MOST_AT_ONE_TICK = 1_000
"""Firings of one rule at one tick beyond which a run is in a circle that never ends."""


@dataclass(slots=True)
class RuleState:
    """Where one rule stands. Rates also keep their exposure: see `chance.exposure`."""

    truth: bool = False
    count: int = 0
    waiting: Instance | None = None
    beside: list[Instance] = field(default_factory=list)
    fired_here: int = 0
    again: bool = False
    exposure: float = 0.0
    target: float = 0.0
    rate: float = 0.0
    since: int = 0


class Rules:
    """What looking at the rules, and letting them fire, does."""

    def __init__(self, run: Replication) -> None:
        self.run = run
        self.world = run.world
        self.rules = run.model.rules
        self.deeds = run.prepared.deeds
        self.states = [RuleState() for _ in self.rules]
        self.on_change = {i for i, r in enumerate(self.rules) if r.on_change is not None}
        self.again: set[int] = set()
        self.fired_here: set[int] = set()
        self.recent: list[str] = []

    def new_tick(self) -> None:
        """Forget how often each rule has fired at the last tick."""
        for i in self.fired_here:
            self.states[i].fired_here = 0
        self.fired_here.clear()
        self.recent.clear()

    # looking

    def look(self, touched: set[Key], values: set[int], generation: int) -> None:
        """Look at the rules whose conditions were touched, or that wait for these changes."""
        again, self.again = self.again, set()
        wanted = {i for kind, i in touched if kind in ("when", "unless", "rate")} | again
        if values:
            wanted |= {i for i in self.on_change if self.rules[i].on_change in values}
        for i in sorted(wanted):
            rule, state = self.rules[i], self.states[i]
            self.run.at = rule
            if rule.unless is not None and ("unless", i) in touched:
                self._unless(i)
            if rule.rate is not None:
                self._rate(i, generation)
                continue
            if ("when", i) in touched:
                self._when(i, generation)
            if rule.on_change is not None:
                if rule.on_change in values and self.run.tests["when", i]():
                    self._trigger(i, generation)
            elif i in again and state.truth and state.waiting is None:
                self._trigger(i, generation)

    def _when(self, i: int, generation: int) -> None:
        rule, state = self.rules[i], self.states[i]
        truth = bool(self.run.tests["when", i]())
        if truth == state.truth:
            return
        state.truth = truth
        on_hold = [x for x in (state.waiting, *state.beside) if x and x.stage == WAITING]
        for instance in on_hold:
            instance.off_wanted = not truth
            if not truth:
                self.run.suspects.append(instance)
                self.run.move_wanted = True
        if not truth or on_hold or rule.on_change is not None:
            return
        if rule.every is not None:
            self._interval(i)
        else:
            self._trigger(i, generation)

    def _unless(self, i: int) -> None:
        if not self.run.tests["unless", i]():
            return
        state = self.states[i]
        waiting = None if self.rules[i].rate is not None else state.waiting
        for instance in [x for x in (waiting, *state.beside) if x]:
            self.call_off(instance, "its `unless` came true", unless=True)

    def _rate(self, i: int, generation: int) -> None:
        state = self.states[i]
        truth = bool(self.run.tests["when", i]())
        rate = float(self.run.tests["rate", i]()) if truth else 0.0
        if rate < 0:
            raise EvaluationFault("a rate below 0")
        state.truth = truth
        if rate == state.rate:
            return
        now = self.world.now
        state.exposure = grow(state.exposure, state.rate, now - state.since)
        state.since, state.rate = now, rate
        if state.waiting is None or state.waiting.stage != READY:
            self._next_of_stream(i, generation)

    def _next_of_stream(self, i: int, generation: int) -> None:
        """Put the next firing of a stream where its exposure will reach the target."""
        state, deeds = self.states[i], self.deeds[i]
        instance = state.waiting
        if instance is None:
            state.count += 1
            instance = Instance(i, state.count, WAITING, throws=True)
            u = self.world.uniform(deeds.sites["rate"], state.count)
            state.target += -log(1.0 - u)
        else:
            instance.stage = DONE
            instance = Instance(i, instance.occurrence, WAITING, throws=True)
        state.waiting = instance
        wait = ticks_until(state.exposure, state.target, state.rate)
        if wait >= NEVER:
            return
        instance.due = self.world.now + wait
        if wait == 0:
            self.run.agenda.make_ready(generation, instance)
        else:
            self.run.agenda.at(instance.due, instance, WAITING)

    # triggering and waiting

    def _trigger(self, i: int, generation: int) -> None:
        rule, state, deeds = self.rules[i], self.states[i], self.deeds[i]
        state.count += 1
        instance = Instance(i, state.count)
        instance.was = self._snapshot(i)
        if rule.on_change is None and state.waiting is not None:
            self._record(
                "ignored", instance, told="it still waits", waiting=state.waiting.occurrence
            )
            return
        if rule.unless is not None and self.run.tests["unless", i]():
            self._record("triggered", instance)
            self.call_off(instance, "its `unless` was true already", unless=True)
            return
        throw = deeds.throw(instance.occurrence)
        if throw is not None and not throw.succeeds:
            self._record("chance_failed", instance, throw=throw)
            return
        self._begin(instance, generation, throw)

    def _begin(self, instance: Instance, generation: int, throw: Throw | None) -> None:
        """Let an occurrence wait in its `for`, or else go on to its `after`."""
        i, now = instance.rule, self.world.now
        rule, deeds = self.rules[i], self.deeds[i]
        if rule.on_change is None:
            self.states[i].waiting = instance
        else:
            self._put_beside(instance)
        self._set_deadline(instance)
        if deeds.has("for"):
            instance.stage, instance.due = WAITING, now + deeds.length("for", instance.occurrence)
        instance.record = self._record("triggered", instance, throw=throw, due=instance.due)
        if instance.stage == WAITING:
            self._wait(instance)
        else:
            self._after(instance, generation)
        self._watch_deadline(instance)

    def _set_deadline(self, instance: Instance) -> None:
        """Draw the `within` of an occurrence; it runs from the trigger."""
        deeds = self.deeds[instance.rule]
        if deeds.has("within"):
            length = deeds.length("within", instance.occurrence)
            instance.deadline = self.world.now + length

    def _watch_deadline(self, instance: Instance) -> None:
        """Let the occurrence lapse at its deadline, last in that tick."""
        if instance.deadline == self.world.now:
            self.run.lapsing.append(instance)
        elif instance.deadline < NEVER:
            self.run.agenda.at(instance.deadline, instance, DEADLINE)

    def _wait(self, instance: Instance) -> None:
        """Put an occurrence on hold; it matures when the clocks move at its tick."""
        if instance.due <= self.world.now:
            self.run.suspects.append(instance)
            self.run.move_wanted = True
        else:
            self.run.agenda.at(instance.due, instance, WAITING)

    def _after(self, instance: Instance, generation: int) -> None:
        deeds = self.deeds[instance.rule]
        length = deeds.length("after", instance.occurrence) if deeds.has("after") else 0
        if length == 0:
            self.run.agenda.make_ready(generation, instance)
            return
        instance.stage, instance.due = AFTER, self.world.now + length
        instance.record = self._record("waits", instance, due=instance.due)
        self.run.agenda.at(instance.due, instance, AFTER)

    def _interval(self, i: int) -> None:
        """Begin one interval of an `every`; each is an occurrence of its own."""
        state, deeds = self.states[i], self.deeds[i]
        state.count += 1
        instance = Instance(i, state.count, WAITING, throws=True)
        instance.due = self.world.now + deeds.length("every", state.count)
        state.waiting = instance
        instance.record = self._record("triggered", instance, due=instance.due)
        if self.rules[i].unless is not None and self.run.tests["unless", i]():
            self.call_off(instance, "its `unless` was true already", unless=True)
            return
        self._wait(instance)

    def mature(self, instance: Instance) -> None:
        """Let a `for` or an `every` that has lasted go on; it is not tested again."""
        i = instance.rule
        if self.rules[i].every is None:
            self._after(instance, 1)
            return
        self._put_beside(instance)
        self.run.agenda.make_ready(1, instance)
        self._interval(i)

    def _put_beside(self, instance: Instance) -> None:
        """Let an occurrence wait beside others of its rule, up to `at_most`."""
        rule, state = self.rules[instance.rule], self.states[instance.rule]
        if state.waiting is instance:
            state.waiting = None
        if len(state.beside) >= rule.at_most:
            raise self.run.fault(
                "too-many",
                f"more than {rule.at_most} of this rule wait side by side",
                "raise `at_most`, or let the rule start less often",
            )
        state.beside.append(instance)

    def call_off(
        self, instance: Instance, why: str, *, failing: bool = False, unless: bool = False
    ) -> None:
        """End an occurrence without firing, and keep what called it off."""
        self._over(instance)
        recorder = self.run.recorder
        if recorder is None:
            return
        rule = self.rules[instance.rule]
        node = rule.unless if unless and rule.unless is not None else rule.when
        reads, causes = recorder.reasons(node)
        self.run.last_change = self.world.now
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

    def _over(self, instance: Instance) -> None:
        state = self.states[instance.rule]
        instance.stage = DONE
        if state.waiting is instance:
            state.waiting = None
        elif instance in state.beside:
            state.beside.remove(instance)

    # firing

    def take(self, generation: int, instance: Instance) -> None:
        """Take one rule item: throw its chance if that is still to be done, then act."""
        i = instance.rule
        rule = self.rules[i]
        self.run.at = rule
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
        rule, state, deeds = self.rules[i], self.states[i], self.deeds[i]
        instance.throws = False
        instance.was = self._snapshot(i)
        if rule.rate is not None:
            state.exposure = grow(state.exposure, state.rate, self.world.now - state.since)
            state.since = self.world.now
            self._put_beside(instance)
            instance.stage = READY
            self._next_of_stream(i, generation + 1)
        throw = deeds.throw(instance.occurrence)
        if rule.unless is not None and self.run.tests["unless", i]():
            self.call_off(instance, "its `unless` was true", unless=True)
            return False
        if throw is not None and not throw.succeeds:
            self._over(instance)
            self._record("chance_failed", instance, throw=throw)
            return False
        if rule.rate is not None or throw is not None:
            instance.record = self._record("triggered", instance, throw=throw)
        if not deeds.has("after"):
            return True
        self._set_deadline(instance)
        self._after(instance, generation + 1)
        self._watch_deadline(instance)
        return False

    def _act(self, instance: Instance, ties: list[str]) -> None:
        rule, deeds = self.rules[instance.rule], self.deeds[instance.rule]
        self.world.was = instance.was
        asked = self._ask(rule, instance)
        choice = deeds.choose(instance.occurrence)
        option = choice.option
        changes = [] if rule.options and option is None else deeds.changes(option)
        data: dict[str, Any] = {"asked": asked, "ties": ties or None}
        if rule.options or rule.otherwise:
            data["open"] = list(choice.open)
            data["weights"] = list(choice.weights) or None
            data["drawn"] = choice.drawn
        self._fire(instance, option, changes, data)

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
        option = rule.lapsed or rule.otherwise
        self.world.was = instance.was
        changes = self.deeds[instance.rule].changes(option) if option else []
        self._fire(instance, option, changes, {"lapsed": True})

    def _fire(
        self,
        instance: Instance,
        option: Option | None,
        changes: list[tuple[int, Any]],
        data: dict[str, Any],
    ) -> None:
        run, i = self.run, instance.rule
        rule, state = self.rules[i], self.states[i]
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
            occurrence=instance.occurrence,
            option=option.id if option else None,
            note=note or None,
            **data,
        )
        if run.recorder and rule.ask is not None and data.get("asked"):
            run.recorder.writers["party", rule.ask] = record
        self._over(instance)
        if rule.again:
            self.again.add(i)
        self._count(i, state)

    def _count(self, i: int, state: RuleState) -> None:
        """Stop a run in which one rule fires for ever at one instant."""
        state.fired_here += 1
        self.fired_here.add(i)
        self.recent = [*self.recent[-12:], self.rules[i].id]
        if state.fired_here > MOST_AT_ONE_TICK:
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

    # keeping what happens

    def _snapshot(self, i: int) -> dict[int, Any]:
        values = self.world.values
        return {v: values[v] for v in self.run.prepared.remembered[i]}

    def _record(
        self,
        kind: str,
        instance: Instance,
        *,
        throw: Throw | None = None,
        due: int = NEVER,
        told: str | None = None,
        waiting: int | None = None,
    ) -> int:
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
