"""What an expression may look at while it is evaluated: a world, live or rebuilt from a trace."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from escalation_sim.expression.checked import Value


class View(Protocol):
    """A world that can be read. Lists keep their identity for the life of the view."""

    values: Sequence[Value]
    """The situation and the ladders, by variable index."""

    parameters: Sequence[Value]
    """Constant parameters, by parameter index (laws hold a 0 and are never read)."""

    latches: Sequence[bool]
    """Whether each `ever(...)` has come true."""

    joined: Sequence[Sequence[bool]]
    """For each party, which members joined when it was last asked."""

    weights: Sequence[Sequence[float]]
    """For each party, its members' weights."""

    was: Mapping[int, Value]
    """The values at the trigger of the rule that is firing, by variable index."""

    now: int
    """The tick."""

    def hand(self, clock: int) -> int | None:
        """Return what a clock shows, in ticks; None if it is not running or standing."""

    def exact(self, clock: int) -> bool:
        """Whether the hand stands on its tick rather than just short of the next."""
