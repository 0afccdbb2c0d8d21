"""Which ladder stands where: above the strip, below it, as marks on another, or as a lane."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from escalation_sim.figures import bearings, history

if TYPE_CHECKING:
    from escalation_sim.figures.history import History
    from escalation_sim.model.model import Variable
    from escalation_sim.trace.run import Run

Side = Literal["up", "down"]


@dataclass(frozen=True, slots=True)
class Ladder:
    """A ladder with its history; `sourced` are the rungs that a source speaks of."""

    index: int
    variable: Variable
    history: History
    sourced: frozenset[int]

    @property
    def holder(self) -> str:
        """The id of the party whose ladder it is, or nothing."""
        return self.variable.party


@dataclass(frozen=True, slots=True)
class Anchored:
    """A ladder shown as marks on a rung of another: its rises end as that rung is reached."""

    ladder: Ladder
    side: Side
    level: int


@dataclass(frozen=True, slots=True)
class Layout:
    """Where each ladder of a run stands."""

    up: Ladder | None
    down: Ladder | None
    anchored: tuple[Anchored, ...]
    lanes: tuple[Ladder, ...]
    """Ladders that moved and stand nowhere else."""

    strip: tuple[Variable, History] | None

    def at(self, side: Side) -> Ladder | None:
        """Return the ladder on a side."""
        return self.up if side == "up" else self.down

    @property
    def both(self) -> tuple[tuple[Side, Ladder], ...]:
        """The ladders drawn as stairs, with their sides."""
        sides: tuple[tuple[Side, Ladder | None], ...] = (("up", self.up), ("down", self.down))
        return tuple((side, ladder) for side, ladder in sides if ladder is not None)


def layout(run: Run) -> Layout:
    """Return where each ladder of a run stands.

    A written `side` counts first. Else the first ladder goes up and the next of another party
    down. One that stands on no side and only rises, ending as a stair takes a step, is shown as
    marks on that rung; others that moved get a lane of their own.
    """
    ladders = [
        Ladder(i, v, history.of_ladder(run, v), frozenset(bearings.sourced_levels(run.model, i)))
        for i, v in run.model.ladders
    ]
    up = _of_side(ladders, "up") or next((x for x in ladders if not x.variable.side), None)
    free = [x for x in ladders if not x.variable.side and x is not up]
    down = _of_side(ladders, "down") or next(
        (x for x in free if up is None or not up.holder or x.holder != up.holder), None
    )
    anchored, lanes = [], []
    for ladder in ladders:
        if ladder is up or ladder is down or not ladder.history.moved:
            continue
        mark = _anchor(ladder, up, down)
        if mark is None:
            lanes.append(ladder)
        else:
            anchored.append(mark)
    return Layout(up, down, tuple(anchored), tuple(lanes), _strip(run))


def _of_side(ladders: list[Ladder], side: Side) -> Ladder | None:
    return next((x for x in ladders if x.variable.side == side), None)


def _anchor(ladder: Ladder, up: Ladder | None, down: Ladder | None) -> Anchored | None:
    """Return the rung on which a ladder's rises end, if it only rises and one fits."""
    changes = ladder.history.changes
    if not all(change.rises for change in changes):
        return None
    sides: tuple[tuple[Side, Ladder | None], ...] = (("up", up), ("down", down))
    for side, stair in sides:
        step = stair.history.change_at(changes[-1].tick) if stair else None
        if step is not None and step.rises:
            return Anchored(ladder, side, step.after)
    return None


def _strip(run: Run) -> tuple[Variable, History] | None:
    """Return the situation that gives the strip: the one marked so, else the first with levels."""
    levelled = [v for v in run.model.variables if v.section == "situation" and v.levels]
    chosen = next((v for v in levelled if v.strip), levelled[0] if levelled else None)
    if chosen is None:
        return None
    past = history.of_situation(run, chosen)
    return None if past is None else (chosen, past)
