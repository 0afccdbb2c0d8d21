"""One replication, tick by tick: the order of things at an instant is decided in this file.

At each worked tick: the script; then the rule items, lower generation first, then rank, then
occurrence; then the clocks move; then deadlines lapse. After every item all conditions that read
something changed are looked at, and the search starts again at the first class that has something
due. When nothing is left, the tick is closed: outcomes and results are taken.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from escalation_sim.chance.address import EMPTY_DIGEST
from escalation_sim.chance.exposure import NEVER
from escalation_sim.diagnostics import Diagnostic
from escalation_sim.engine.agenda import DEADLINE, DONE, WAITING, Agenda, Instance
from escalation_sim.engine.clocks import Clocks
from escalation_sim.engine.firing import MOST_AT_ONE_TICK
from escalation_sim.engine.rules import Rules
from escalation_sim.engine.watch import NOBODY
from escalation_sim.errors import RunError
from escalation_sim.expression.evaluate import EvaluationFault
from escalation_sim.expression.text import hours_text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from escalation_sim.engine.prepared import Prepared
    from escalation_sim.engine.recorder import Recorder
    from escalation_sim.engine.watch import Readers
    from escalation_sim.expression.checked import Value
    from escalation_sim.model.model import Entry, Outcome

End = Literal["outcome", "quiet", "horizon"]

MOST_ITEMS = 10_000_000
"""Items of one run beyond which it is stopped rather than waited for."""

MOST_RECORDS = 300_000
"""Records of one traced run beyond which it is stopped rather than kept in memory."""

LONG = "something happens too often: a shorter horizon or longer delays would do"


class Replication:
    """The life of one replication: `begin`, then `work` at each tick that `next_tick` names.

    `outcome` and `why_ended` say how it ended; `recorder` is None when nothing is traced. The same
    object lives one replication after the other: building its parts costs as much as a short life.
    """

    def __init__(self, prepared: Prepared) -> None:
        self.prepared = prepared
        self.model = prepared.model
        self.world = prepared.world
        self.watches = prepared.watches
        self.of_values = prepared.watches.of_values
        self.of_now = prepared.watches.of_now
        self.of_ticks = prepared.watches.of_ticks
        self.on_change = prepared.on_change
        self.tally = prepared.tally
        self.ladders = {i for i, _ in self.model.ladders}
        self.agenda = Agenda()
        self.clocks = Clocks(self)
        self.rules = Rules(self)
        self._forget(None)

    def _forget(self, recorder: Recorder | None) -> None:
        """Be as if nothing had happened yet."""
        self.recorder = recorder
        self.changed: list[Readers] = []
        self.changed_values: set[int] = set()
        self.suspects: list[Instance] = []
        self.move_wanted = False
        self.script: dict[int, list[int]] = {}
        self.lapsing: list[Instance] = []
        self.lines = [False] * len(self.model.red_lines)
        self.digest = EMPTY_DIGEST
        self.ties = 0
        self.items = 0
        self.last_change = 0
        self.outcome: Outcome | None = None
        self.why_ended: End | None = None
        self.at: Entry | None = None
        self.agenda.begin()
        self.rules.begin()
        self.tally.begin()

    # the life of a replication

    def begin(self, seed: int, replication: int, recorder: Recorder | None = None) -> None:
        """Draw what is drawn at the start, and put the script into the agenda."""
        world, model = self.world, self.model
        self._forget(recorder)
        world.begin(seed, replication)
        if recorder:
            drawn = {
                v.id: (None, recorder.shown(i, world.values[i]))
                for i, v in enumerate(model.variables)
            }
            recorder.add("begin", "run", None, writes=drawn)
        try:
            for i, entry in enumerate(model.script):
                self.at = entry
                when = self.prepared.script_time(i)
                if when < NEVER:
                    self.script.setdefault(when, []).append(i)
        except EvaluationFault as fault:
            raise self.fault("arithmetic", str(fault), fault.hint) from None
        self.changed.append(self.watches.at_start)
        for i, _, _, _ in world.drawn:
            self.touch(self.watches.of_values[i])

    def next_tick(self) -> int | None:
        """Return the next tick to work off; None when the run has ended."""
        if self.why_ended:
            return None
        now = self.world.now
        try:
            soonest = self.agenda.next_tick()
            turns = self.watches.turns
            if turns.any:
                soonest = min(soonest, turns.next_after(now))
            if self.script:
                soonest = min(soonest, *self.script)
            if self.world.clocks:
                soonest = min(soonest, self.clocks.next_lull())
            if self.tally.since:
                soonest = min(soonest, self.tally.next_after(now))
        except EvaluationFault as fault:
            raise self.fault("arithmetic", str(fault), fault.hint) from None
        if soonest >= NEVER:
            self.why_ended = "quiet"
            return None
        return min(soonest, self.model.horizon)

    def work(self, tick: int) -> None:
        """Work off one tick and see whether the run has ended."""
        self.world.now = tick
        try:
            self._work(tick)
            self.at = None
            self.outcome = self.tally.close(tick)
        except EvaluationFault as fault:
            self.at = self.at or self.tally.at
            raise self.fault("arithmetic", str(fault), fault.hint) from None
        if self.outcome:
            self.why_ended = "outcome"
        elif tick >= self.model.horizon:
            self.why_ended = "horizon"

    def _work(self, tick: int) -> None:
        self.lapsing = []
        ready, firing = self.agenda.ready, self.rules.firing
        if firing.recent:
            firing.new_tick()
        if self.recorder:
            self.recorder.place = 0
        for instance, stage in self.agenda.take_due(tick):
            if stage == DEADLINE:
                self.lapsing.append(instance)
            elif stage == WAITING and self.model.rules[instance.rule].rate is None:
                self.suspects.append(instance)
            else:
                self.agenda.make_ready(0, instance)
        if tick in self.script:
            self._play(self.script.pop(tick))
        if self.of_now is not NOBODY:
            self.changed.append(self.of_now)
        if tick in self.of_ticks:
            self.changed.append(self.of_ticks[tick])
        self.look(1)
        moves = 0
        while True:
            item = self.agenda.take_ready() if ready else None
            if item:
                self._next_item()
                generation, instance = item
                firing.take(generation, instance)
                self.look(generation + 1)
            elif not moves or self.move_wanted:
                moves += 1
                if moves > MOST_AT_ONE_TICK:
                    raise self.fault(
                        "livelock",
                        f"the clocks moved more than {MOST_AT_ONE_TICK:,} times at one instant",
                        "a clock or an `every` that runs out at once begins again at once",
                    )
                self._next_item()
                self.move_wanted = False
                if self.suspects or self.world.clocks:
                    self._move()
                    self.look(1)
            elif self.lapsing:
                self._next_item()
                self._lapse()
                self.look(1)
            else:
                return

    def _next_item(self) -> None:
        """Count an item, give it its place among the records, and stop a run with too many."""
        self.items += 1
        if self.items > MOST_ITEMS:
            raise self.fault(
                "too-much", f"more than {MOST_ITEMS:,} things happen in this run", LONG
            )
        if self.recorder:
            self.recorder.place += 1
            if len(self.recorder.records) > MOST_RECORDS:
                message = f"more than {MOST_RECORDS:,} things to record in this run"
                raise self.fault("too-much", message, LONG)

    def _play(self, entries: Iterable[int]) -> None:
        """Do everything the script has for this tick, as one item."""
        planned: list[tuple[int, list[tuple[int, Value]]]] = []
        for i in entries:
            self.at = self.model.script[i]
            planned.append((i, self.prepared.script_changes(i)))
        for i, changes in planned:
            entry = self.model.script[i]
            written = self.write(changes)
            if self.recorder:
                self.recorder.add_change(written, "script", f"script.{entry.id}", entry)
            self.last_change = self.world.now

    def _move(self) -> None:
        """Move the clocks: lulls, pauses and resets first; then hands, `for` and `every`."""
        self.clocks.settle()
        suspects, self.suspects = self.suspects, []
        matured: list[Instance] = []
        seen: set[int] = set()
        for instance in sorted(suspects, key=lambda s: (s.rule, s.occurrence)):
            if instance.stage != WAITING or id(instance) in seen:
                continue
            seen.add(id(instance))
            self.at = self.model.rules[instance.rule]
            if not self.watches.when[instance.rule]():
                self.rules.occurrences.call_off(
                    instance, "its condition turned false", failing=True
                )
            elif instance.due <= self.world.now:
                matured.append(instance)
        self.clocks.make_exact()
        for instance in matured:
            self.rules.occurrences.mature(instance)

    def _lapse(self) -> None:
        waiting = [i for i in self.lapsing if i.stage != DONE]
        waiting.sort(key=lambda i: (i.rule, i.occurrence))
        self.lapsing = waiting[1:]
        if waiting:
            self.rules.firing.lapse(waiting[0])

    # what items do to the world

    def write(self, changes: Iterable[tuple[int, Value]]) -> list[tuple[int, Value, Value]]:
        """Write the changes together; return what really changed, with old and new values."""
        written = self.world.write(changes)
        for variable, old, new in written:
            readers = self.of_values[variable]
            if readers is not NOBODY:
                self.changed.append(readers)
            if variable in self.on_change:
                self.changed_values.add(variable)
            if variable in self.ladders:
                self.tally.moved(variable, int(old), int(new), self.world.now)
        return written

    def touch(self, readers: Readers) -> None:
        """Let the readers of something that has changed be looked at, next time."""
        if readers is not NOBODY:
            self.changed.append(readers)

    def look(self, generation: int) -> None:
        """Look at all conditions that read something changed, in rank order, once."""
        if not (self.changed or self.changed_values or self.rules.firing.again):
            return
        everyone = NOBODY
        while self.changed:
            readers = self._united(self.changed)
            self.changed = []
            for i in readers.latches:
                if not self.world.latches[i] and self.watches.latches[i]():
                    self._latch(i)
            if readers.clocks:
                self.clocks.look(readers.clocks)
            if readers.readouts:
                self.tally.stale.update(readers.readouts)
            everyone = readers if everyone is NOBODY else self._united([everyone, readers])
        values = self.changed_values
        if values:
            self.changed_values = set()
        for i in everyone.lines:
            self._line(i)
        self.rules.look(everyone.rules, values, generation)

    def _united(self, readers: list[Readers]) -> Readers:
        return readers[0] if len(readers) == 1 else self.watches.united(*readers)

    def _latch(self, i: int) -> None:
        self.world.latches[i] = True
        self.touch(self.watches.of_latches[i])
        if self.recorder:
            reads, causes = self.recorder.reasons(self.model.latches[i])
            where = self.model.latch_places[i]
            number = self.recorder.add("latched", f"ever.{i}", None, causes, reads, where=where)
            self.recorder.writers["latch", i] = number

    def _line(self, i: int) -> None:
        line = self.model.red_lines[i]
        self.at = line
        crossed = bool(self.watches.lines[i]())
        if crossed == self.lines[i]:
            return
        self.lines[i] = crossed
        self.last_change = self.world.now
        if crossed:
            self.tally.crossings[i].append(self.world.now)
        if self.recorder:
            reads, causes = self.recorder.reasons(line.crossed)
            kind = "crossed" if crossed else "uncrossed"
            self.recorder.add(kind, f"red_lines.{line.id}", line, causes, reads)

    # the end

    def pending(self) -> tuple[str, ...]:
        """Return what was still to come when the run ended, in words."""
        if self.why_ended == "quiet":
            return ()
        tick = self.model.seconds_per_tick
        said = [
            (when, f"rules.{self.model.rules[i.rule].id} at {hours_text(when * tick)}")
            for when, i in self.agenda.pending()
        ]
        said += [
            (when, f"script.{self.model.script[e].id} at {hours_text(when * tick)}")
            for when, entries in self.script.items()
            if when > self.world.now
            for e in entries
        ]
        return tuple(text for _, text in sorted(said))

    def fault(self, code: str, message: str, hint: str = "") -> RunError:
        """Return the error that stops this replication, with time, rule, file and line."""
        when = hours_text(self.world.now * self.model.seconds_per_tick)
        entry = self.at
        where = f" in `{entry.id}`" if entry else ""
        span = entry.span if entry else self.model.span
        return RunError(
            Diagnostic(code, f"at {when}{where}: {message}", span, hint), self.world.now
        )
