"""The clocks of one replication: when they start, stand, go on, pause and are reset."""

from __future__ import annotations

from typing import TYPE_CHECKING

from escalation_sim.chance.exposure import NEVER
from escalation_sim.engine.world import IDLE, RUNNING, STANDING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from escalation_sim.engine.replication import Replication
    from escalation_sim.expression.checked import Checked


class Clocks:
    """What looking at the clocks, and moving them, does."""

    def __init__(self, run: Replication) -> None:
        self.run = run
        self.world = run.world
        self.clocks = run.model.clocks
        self.lulls = run.prepared.lulls
        self.watches = run.prepared.watches

    def look(self, touched: Iterable[int]) -> None:
        """See whether clocks start or go on; stops and pauses wait until the clocks move."""
        watches = self.watches
        for i in touched:
            hand = self.world.clocks[i]
            self.run.at = self.clocks[i]
            if watches.pauses[i]():
                if not hand.paused:
                    hand.pause_wanted = self.run.move_wanted = True
                continue
            hand.pause_wanted = False
            if hand.paused:
                hand.unpause(self.world.now)
                self._changed(i, "clock_unpaused", self.clocks[i].pause)
            until = watches.stops[i]()
            if hand.state == RUNNING:
                hand.stop_wanted = bool(until)
                self.run.move_wanted |= hand.stop_wanted
            elif hand.state == STANDING:
                if not until:
                    hand.bridge()
                    self._changed(i, "clock_resumed", self.clocks[i].until)
            elif not until and watches.starts[i]():
                hand.start(self.world.now)
                self._changed(i, "clock_started", self.clocks[i].from_)

    def settle(self) -> None:
        """Let pauses and stops take effect, and reset what has stood longer than its lull."""
        now = self.world.now
        for i, hand in enumerate(self.world.clocks):
            self.run.at = self.clocks[i]
            if hand.pause_wanted and not hand.paused:
                hand.pause(now)
                self._changed(i, "clock_paused", self.clocks[i].pause)
            elif hand.stop_wanted and hand.state == RUNNING and not hand.paused:
                hand.stand(now, max(0, int(self.lulls[i]())))
                self._changed(i, "clock_stopped", self.clocks[i].until)
            if hand.state == STANDING and not hand.paused and hand.lull_ends <= now:
                hand.reset()
                self._changed(i, "clock_reset", self.clocks[i].until)
        self.run.move_wanted = False

    def make_exact(self) -> None:
        """Move every running hand onto the tick."""
        now = self.world.now
        for i, hand in enumerate(self.world.clocks):
            if hand.state == RUNNING and not hand.paused and hand.exact_at != now:
                hand.exact_at = now
                self.run.touch(self.watches.of_clocks[i])

    def next_lull(self) -> int:
        """Return the tick at which the next lull runs out, or `NEVER`."""
        return min(
            (h.lull_ends for h in self.world.clocks if h.state == STANDING and not h.paused),
            default=NEVER,
        )

    def _changed(self, i: int, kind: str, because: Checked) -> None:
        run = self.run
        run.touch(self.watches.of_clocks[i])
        run.move_wanted = True
        run.last_change = self.world.now
        if run.recorder:
            reads, causes = run.recorder.reasons(because)
            hand = self.world.clocks[i]
            shown = None if hand.state == IDLE else max(hand.shown(self.world.now) or 0, 0)
            clock = self.clocks[i]
            started = run.recorder.writers.get(("clock", i))
            if started is not None and started not in causes:
                causes = tuple(sorted({*causes, started}, reverse=True))
            stands = kind in ("clock_stopped", "clock_paused") and hand.state != IDLE
            number = run.recorder.add(
                kind,
                f"clocks.{clock.id}",
                clock,
                causes,
                reads,
                hand=shown,
                short=True if stands and not hand.exact(self.world.now) else None,
            )
            run.recorder.writers["clock", i] = number
