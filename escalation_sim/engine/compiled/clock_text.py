"""Writing the clocks of a kernel: looked at, settled, moved, and the ticks at which they matter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from escalation_sim.engine.compiled import kit
from escalation_sim.engine.compiled.rule_places import LAST, MOVE
from escalation_sim.engine.watch import SOONEST
from escalation_sim.expression import checked

if TYPE_CHECKING:
    from collections.abc import Iterable

    from escalation_sim.engine.compiled.draft import Draft
    from escalation_sim.engine.compiled.phrases import Phrases
    from escalation_sim.expression.checked import Checked


class ClockText:
    """One clock of a draft."""

    def __init__(self, draft: Draft, phrases: Phrases, index: int) -> None:
        self.draft = draft
        self.phrases = phrases
        self.index = index
        self.clock = draft.model.clocks[index]
        self.at, lull = draft.clocks[index]
        self.lull = f"S[{lull}]"
        self.state = self.part(kit.STATE)
        self.paused = self.part(kit.PAUSED_AT)
        self.pauses = self.clock.pause != checked.NEVER

    def part(self, part: int) -> str:
        """Return one part of the clock as it is written."""
        return f"S[{self.at + part}]"

    def _changed(self) -> None:
        line = self.draft.out.line
        line(*self.draft.change(("clock", self.index)))
        line(f"{MOVE} = 1", f"{LAST} = now")

    def look(self, places: list[int]) -> None:
        """Write what looking at the clock does; `places` hold what has changed."""
        clock, draft = self.clock, self.draft
        keys = draft.reads(clock.from_, clock.until, clock.pause)
        with draft.out.block(f"if {draft.touches(places, keys)}:"):
            if not self.pauses:
                self._start_or_stop()
                return
            with draft.out.block(f"if {self.phrases.of(clock.pause)}:"):
                with draft.out.block(f"if {self.paused} < 0:"):
                    draft.out.line(f"{self.part(kit.PAUSE_WANTED)} = 1", f"{MOVE} = 1")
            with draft.out.block("else:"):
                draft.out.line(f"{self.part(kit.PAUSE_WANTED)} = 0")
                with draft.out.block(f"if {self.paused} >= 0:"):
                    self._unpause()
                self._start_or_stop()

    def _unpause(self) -> None:
        out = self.draft.out
        base = self.part(kit.BASE)
        out.line(f"gone = now - {self.paused}", f"{base} = {base} + gone")
        with out.block(f"if {self.state} == {kit.STANDING}:"):
            out.line(f"{self.lull} = {self.lull} + gone")
        with out.block(f"elif {self.part(kit.HELD_EXACT)} != 0:"):
            out.line(f"{self.part(kit.EXACT_AT)} = now")
        out.line(f"{self.paused} = -1")
        self._changed()

    def _start_or_stop(self) -> None:
        out, stop = self.draft.out, self.part(kit.STOP_WANTED)
        out.line(f"u = {self.phrases.of(self.clock.until)}")
        with out.block(f"if {self.state} == {kit.RUNNING}:"):
            out.line(f"{stop} = 1 if u else 0")
            with out.block("if u:"):
                out.line(f"{MOVE} = 1")
        with out.block(f"elif {self.state} == {kit.STANDING}:"):
            with out.block("if not u:"):
                out.line(f"{self.state} = {kit.RUNNING}", f"{self.lull} = NEVER")
                self._changed()
        with out.block("elif not u:"):
            with out.block(f"if {self.phrases.of(self.clock.from_)}:"):
                out.line(
                    f"{self.state} = {kit.RUNNING}",
                    f"{self.part(kit.BASE)} = now",
                    f"{self.part(kit.EXACT_AT)} = -1",
                    f"{stop} = 0",
                )
                self._changed()

    def settle(self) -> None:
        """Write how pauses and stops take effect, and how a clock is reset."""
        out, stop = self.draft.out, self.part(kit.STOP_WANTED)
        head = "if"
        if self.pauses:
            wanted = self.part(kit.PAUSE_WANTED)
            with out.block(f"if {wanted} != 0 and {self.paused} < 0:"):
                with out.block(f"if {self.state} == {kit.RUNNING}:"):
                    out.line(f"hold_hand(S, {self.at}, now)")
                out.line(f"{self.paused} = now", f"{wanted} = 0", f"{stop} = 0")
                self._changed()
            head = "elif"
        goes = f"{self.state} == {kit.RUNNING}" + (f" and {self.paused} < 0" * self.pauses)
        with out.block(f"{head} {stop} != 0 and {goes}:"):
            out.line(
                f"lull = max(0, {self.phrases.of(self.clock.lull)})",
                f"hold_hand(S, {self.at}, now)",
                f"{self.state} = {kit.STANDING}",
                f"{stop} = 0",
                f"{self.lull} = now + lull",
            )
            self._changed()
        with out.block(f"if {self._stands()} and {self.lull} <= now:"):
            out.line(f"{self.state} = {kit.IDLE}", f"{self.lull} = NEVER")
            self._changed()

    def _stands(self) -> str:
        return f"{self.state} == {kit.STANDING}" + (f" and {self.paused} < 0" * self.pauses)

    def _runs(self) -> str:
        return f"{self.state} == {kit.RUNNING}" + (f" and {self.paused} < 0" * self.pauses)

    def move(self) -> None:
        """Write how the hand is moved onto the tick."""
        exact_at = self.part(kit.EXACT_AT)
        with self.draft.out.block(f"if {self._runs()} and {exact_at} != now:"):
            self.draft.out.line(f"{exact_at} = now")
            self.draft.out.line(*self.draft.change(("clock", self.index)))

    def next_tick(self, thresholds: dict[Checked, set[int]]) -> None:
        """Write when a lull ends or a comparison with the clock can turn."""
        out = self.draft.out
        with out.block(f"if {self._stands()}:"):
            out.line(f"soonest = min(soonest, {self.lull})")
        if not thresholds:
            return
        with out.block(f"if {self._runs()}:"):
            for threshold, offsets in thresholds.items():
                out.line(f"w = {self.part(kit.BASE)} + {self.phrases.of(threshold)}")
                write_soonest(self.draft, offsets)


def write_soonest(draft: Draft, offsets: Iterable[int]) -> None:
    """Write that the run wakes `offsets` ticks after `w`, if that is still to come."""
    for offset in sorted(offsets):
        reached = "w" if offset == 0 else f"w + {offset}"
        with draft.out.block(f"if now < {reached} and {reached} < soonest:"):
            draft.out.line(f"soonest = {reached}")


def turns_of(
    trees: Iterable[Checked],
) -> tuple[dict[int, dict[Checked, set[int]]], dict[Checked, set[int]]]:
    """Return at which lengths comparisons with each clock, and with `now`, can turn.

    With each length stand the ticks after reaching it, as in `engine.watch`.
    """
    clocks: dict[int, dict[Checked, set[int]]] = {}
    nows: dict[Checked, set[int]] = {}
    for tree in trees:
        for node in checked.walk(tree):
            match node:
                case checked.ClockTest():
                    known = clocks.setdefault(node.index, {}).setdefault(node.threshold, set())
                    known.update(SOONEST[node.operator])
                case checked.Test(left=left, right=right):
                    for side, other in ((left, right), (right, left)):
                        if isinstance(side, checked.Now) and not isinstance(other, checked.Now):
                            nows.setdefault(other, set()).update((0, 1))
                case _:
                    pass
    return clocks, nows
