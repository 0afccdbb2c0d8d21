"""How one variable went in a run: its level at every tick, one net change a tick."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

    from escalation_sim.model.model import Variable
    from escalation_sim.trace.run import Run


@dataclass(frozen=True, slots=True)
class Change:
    """One net change: from level to level, at a tick."""

    tick: int
    before: int
    after: int

    @property
    def rises(self) -> bool:
        """Whether it goes up."""
        return self.after > self.before


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch at one level, in ticks."""

    begin: int
    end: int
    level: int


@dataclass(frozen=True, slots=True)
class History:
    """A variable's levels over a run. Flags are the levels 0 and 1."""

    begin: int
    changes: tuple[Change, ...]
    touched: frozenset[int]
    """Levels it was at, also those it was at for no time."""

    def at(self, tick: int) -> int:
        """Return the level after everything at a tick."""
        level = self.begin
        for change in self.changes:
            if change.tick > tick:
                break
            level = change.after
        return level

    def before(self, tick: int) -> int:
        """Return the level before anything at a tick."""
        return self.at(tick - 1)

    def first_at(self, level: int) -> int | None:
        """Return the tick at which the variable first stood at a level, if it did."""
        if self.begin == level:
            return 0
        return next((c.tick for c in self.changes if c.after == level), None)

    @property
    def top(self) -> int:
        """The highest level it stood at."""
        return max((self.begin, *(c.after for c in self.changes)))

    @property
    def moved(self) -> bool:
        """Whether it ever changed."""
        return bool(self.changes)

    def change_at(self, tick: int) -> Change | None:
        """Return the net change at a tick, if there was one."""
        return next((c for c in self.changes if c.tick == tick), None)

    def segments(self, end: int) -> list[Segment]:
        """Return the stretches from tick 0 to `end`; one at the end itself has no length."""
        found = []
        since, level = 0, self.begin
        for change in self.changes:
            if change.tick > since:
                found.append(Segment(since, change.tick, level))
            since, level = change.tick, change.after
        return [*found, Segment(since, max(end, since), level)]


def of_ladder(run: Run, variable: Variable) -> History:
    """Return how a ladder went; its stays are kept with or without a trace."""
    stays = [stay for stay in run.stays if stay.ladder == variable.id]
    levels = [(stay.entered, variable.levels.index(stay.rung)) for stay in stays]
    if not levels:
        start = int(variable.start)
        return History(start, (), frozenset({start}))
    return _netted(levels[0][1], levels[1:])


def of_situation(run: Run, variable: Variable) -> History | None:
    """Return how a levelled or flag situation went, from the trace; None without one."""
    if not run.records:
        return None
    start = _level(variable, variable.start)
    moves: list[tuple[int, int]] = []
    for record in run.records:
        if variable.id in record.writes:
            level = _level(variable, record.writes[variable.id][1])
            if record.kind == "begin":
                start = level
            else:
                moves.append((record.tick, level))
    return _netted(start, moves)


def _level(variable: Variable, value: Any) -> int:
    """Return a written value as a level; records name levels, the model numbers them."""
    if isinstance(value, str):
        return variable.levels.index(value)
    return int(value)


def _netted(begin: int, moves: Iterable[tuple[int, int]]) -> History:
    """Return a history with one change a tick; what cancels out within a tick is gone."""
    last: dict[int, int] = {}
    touched = {begin}
    for tick, level in moves:
        last[tick] = level
        touched.add(level)
    changes, before = [], begin
    for tick, after in sorted(last.items()):
        if after != before:
            changes.append(Change(tick, before, after))
        before = after
    return History(begin, tuple(changes), frozenset(touched))
