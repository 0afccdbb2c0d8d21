"""The world during a run: everything that changes, and the only functions that change it.

It is a View, so conditions read it directly. Lists keep their identity from one replication to the
next, because prepared conditions hold on to them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from escalation_sim.chance.address import run_key, uniform, word
from escalation_sim.chance.exposure import NEVER
from escalation_sim.chance.laws import ticks
from escalation_sim.expression.types import DURATION
from escalation_sim.expression.view import View
from escalation_sim.trace.run import ClockEnd

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from escalation_sim.expression.checked import Value
    from escalation_sim.model.model import Model

IDLE, RUNNING, STANDING = 0, 1, 2

NOTHING: Mapping[int, Value] = {}
"""The memory of a rule that asks for no `was`."""


@dataclass(slots=True)
class ClockHand:
    """One clock. While it runs its hand is `now - base`; standing or paused it shows `held`.

    Until the clocks move in a tick, a running hand shows one tick less: just short of the tick.
    """

    state: int = IDLE
    base: int = 0
    held: int = 0
    """What a standing or paused hand shows, in ticks."""

    held_exact: bool = False
    """Whether it was on its tick when it stopped or paused."""

    exact_at: int = -1
    """The tick at which the clocks last moved this hand."""

    paused_at: int = -1
    """The tick at which the pause took effect, or -1."""

    lull_ends: int = NEVER
    stop_wanted: bool = False
    pause_wanted: bool = False
    resets: int = 0

    @property
    def paused(self) -> bool:
        """Whether a pause is in effect."""
        return self.paused_at >= 0

    def shown(self, now: int) -> int | None:
        """Return what the hand shows, in ticks; None when it is not running or standing."""
        if self.state == IDLE:
            return None
        if self.state == STANDING or self.paused_at >= 0:
            return self.held
        return self._running(now)

    def exact(self, now: int) -> bool:
        """Whether the hand is on its tick: moved there, or stopped after it was."""
        if self.state == STANDING or self.paused_at >= 0:
            return self.held_exact
        return self.exact_at == now

    def _running(self, now: int) -> int:
        hand = now - self.base
        return hand if self.exact_at == now else hand - 1

    def at_end(self, now: int) -> ClockEnd:
        """Return what the clock is at the end of the run; a running hand is on its tick."""
        running = self.state == RUNNING and not self.paused
        hand = now - self.base if running else self.shown(now)
        return ClockEnd(running, None if hand is None else max(hand, 0), self.resets)

    def start(self, now: int) -> None:
        """Begin at 0."""
        self.state, self.base, self.exact_at = RUNNING, now, -1
        self.stop_wanted = False

    def stand(self, now: int, lull: int) -> None:
        """Stop the hand where it shows; after `lull` ticks the clock is reset."""
        self.held, self.held_exact = self._running(now), self.exact_at == now
        self.state, self.stop_wanted, self.lull_ends = STANDING, False, now + lull

    def bridge(self) -> None:
        """Go on after a lull, the pause counted in."""
        self.state, self.lull_ends = RUNNING, NEVER

    def reset(self) -> None:
        """Forget everything; the clock is not running."""
        self.state, self.lull_ends = IDLE, NEVER
        self.resets += 1

    def pause(self, now: int) -> None:
        """Hold hand and lull."""
        if self.state == RUNNING:
            self.held, self.held_exact = self._running(now), self.exact_at == now
        self.paused_at, self.pause_wanted, self.stop_wanted = now, False, False

    def unpause(self, now: int) -> None:
        """Let hand and lull go on as if the pause had not been."""
        gone = now - self.paused_at
        self.base += gone
        if self.state == STANDING:
            self.lull_ends += gone
        elif self.held_exact:
            self.exact_at = now
        self.paused_at = -1


class World(View):
    """The state of one replication. `begin` makes it new; the other mutators change one thing."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.starts: list[Value] = [v.start for v in model.variables]
        self.values: list[Value] = [*self.starts]
        self.drawn = [
            (i, v.law, model.sites[v.site], v.type == DURATION)
            for i, v in enumerate(model.variables)
            if v.law is not None
        ]
        self.parameters: list[Value] = [p.value for p in model.parameters]
        self.latches: list[bool] = [False] * len(model.latches)
        self.joined: list[list[bool]] = [[False] * len(p.members) for p in model.parties]
        self.weights: list[list[float]] = [[1.0] * len(p.members) for p in model.parties]
        self.was: Mapping[int, Value] = NOTHING
        self.now = 0
        self.clocks = [ClockHand() for _ in model.clocks]
        self.key = 0

    def begin(self, seed: int, replication: int) -> None:
        """Make the world new, with starting values drawn for this replication."""
        self.key = run_key(seed, replication)
        self.now = 0
        self.was = NOTHING
        self.values[:] = self.starts
        for i, law, site, whole in self.drawn:
            drawn = law.sample(self.uniform(site, 0))
            self.values[i] = ticks(drawn) if whole else drawn
        self.latches[:] = [False] * len(self.latches)
        for row in self.joined:
            row[:] = [False] * len(row)
        for i in range(len(self.clocks)):
            self.clocks[i] = ClockHand()

    def hand(self, clock: int) -> int | None:
        """Return what a clock shows, in ticks; None if it is not running or standing."""
        return self.clocks[clock].shown(self.now)

    def exact(self, clock: int) -> bool:
        """Whether the hand is on its tick rather than just short of the next."""
        return self.clocks[clock].exact(self.now)

    def uniform(self, site: int, occurrence: int, index: int = 0) -> float:
        """Return the uniform at an address of this replication."""
        return uniform(word(self.key, site, occurrence, index))

    def write(self, changes: Iterable[tuple[int, Value]]) -> list[tuple[int, Value, Value]]:
        """Set variables together; return those that this changed, with old and new values."""
        values = self.values
        written: list[tuple[int, Value, Value]] = []
        for variable, new in changes:
            old = values[variable]
            if old != new:
                values[variable] = new
                written.append((variable, old, new))
        return written
