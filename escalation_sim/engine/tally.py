"""What is read off a run while it goes: stays on rungs, results, and how long outcomes have held.

Everything here is taken once, at the end of a tick; only what reads something that has changed
since is asked again.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from escalation_sim.chance import address
from escalation_sim.chance.exposure import NEVER
from escalation_sim.expression.evaluate import evaluator
from escalation_sim.expression.types import DURATION, RATE, TIME
from escalation_sim.trace.run import Stay

if TYPE_CHECKING:
    from escalation_sim.engine.watch import Watches
    from escalation_sim.engine.world import World
    from escalation_sim.model.model import Entry, Model, Outcome

MOST_STEPS = 4_096
"""How many steps of paths are kept, so that common ones are folded once for many replications."""


class Tally:
    """The results of one replication, kept up to date at the end of each worked tick.

    `since` holds when the outcomes that now hold began to. `stale` holds the readouts (results, and
    after them outcomes) to be asked again at the end of this tick; whoever changes something that
    they read puts them in.
    """

    def __init__(self, model: Model, world: World, watches: Watches) -> None:
        self.model = model
        self.world = world
        self.asked = watches.readouts
        self.everything = watches.at_start.readouts
        self.holds = [
            evaluator(o.hold, world) if o.hold is not None else None for o in model.outcomes
        ]
        self.totals = [i for i, r in enumerate(model.results) if r.kind == "total"]
        self.ladders = model.ladders
        self.ranks = {variable: i for i, (variable, _) in enumerate(self.ladders)}
        self.step = lru_cache(MOST_STEPS)(_step)
        rules = {r.id: i for i, r in enumerate(model.rules)}
        lines = {r.id: i for i, r in enumerate(model.red_lines)}
        self.targets = [
            {"count_rule": rules, "count_line": lines}.get(r.kind, {}).get(r.target, -1)
            for r in model.results
        ]
        self.counted = {rules[r.target] for r in model.results if r.kind == "count_rule"}
        self.begin()

    def begin(self) -> None:
        """Make everything new."""
        self.at: Entry | None = None
        count = len(self.model.results)
        self.truth = [False] * count
        self.sums: list[float] = [0.0] * count
        self.values: list[float | None] = [None] * count
        self.since: dict[int, int] = {}
        self.fired = dict.fromkeys(self.counted, 0)
        self.crossings: list[list[int]] = [[] for _ in self.model.red_lines]
        self.last = 0
        self.moves: list[tuple[int, int, int]] = []
        self.firsts = [[0] + [-1] * (len(ladder.levels) - 1) for _, ladder in self.ladders]
        self.path = 0
        self.rungs = [0] * len(self.ladders)
        self.moving = False
        self.stale = set(self.everything)

    def moved(self, variable: int, old: int, new: int, tick: int) -> None:
        """Keep that a ladder moved from one rung to another."""
        self.moving = True
        self.moves.append((variable, old, tick))
        firsts = self.firsts[self.ranks[variable]]
        if firsts[new] < 0:
            firsts[new] = tick

    def close(self, tick: int) -> Outcome | None:
        """Take everything at the end of a tick; return the outcome that is now true, if any."""
        if self.totals:
            self._add_until(tick)
        if self.moving:
            self._go_on()
        stale, since = self.stale, self.since
        if not stale and not since:
            return None
        results = len(self.model.results)
        for i in sorted(stale):
            if i < results:
                self._read(i, tick)
        found: Outcome | None = None
        for i, outcome in enumerate(self.model.outcomes):
            if results + i in stale:
                self.at = outcome
                if not self.asked[results + i]():
                    since.pop(i, None)
                else:
                    since.setdefault(i, tick)
            if i in since and found is None:
                self.at = outcome
                if tick >= since[i] + self._hold(i):
                    found = outcome
        stale.clear()
        self.at = None
        return found

    def _read(self, i: int, tick: int) -> None:
        """Ask for one result again."""
        self.at = result = self.model.results[i]
        if result.kind in ("first", "total", "count", "share"):
            now = bool(self.asked[i]())
            if result.kind == "first" and now and self.values[i] is None:
                self.values[i] = self.model.hours(tick)
            elif result.kind == "count" and now and not self.truth[i]:
                self.sums[i] += 1
            self.truth[i] = now
        elif result.kind == "value" and (result.at is None or tick <= result.at):
            self.values[i] = self._number(i)

    def _go_on(self) -> None:
        """Fold the ladders that stand elsewhere than a tick ago into the path."""
        self.moving = False
        for i, (variable, _) in enumerate(self.ladders):
            rung = int(self.world.values[variable])
            if rung != self.rungs[i]:
                self.rungs[i] = rung
                self.path = self.step(self.path, i, rung)

    def _hold(self, outcome: int) -> int:
        hold = self.holds[outcome]
        return int(hold()) if hold is not None else 0

    def next_after(self, now: int) -> int:
        """Return the next tick at which an outcome's hold is due, or `NEVER`."""
        soonest = NEVER
        for i, since in self.since.items():
            due = since + self._hold(i)
            if now < due < soonest:
                soonest = due
        return soonest

    def _add_until(self, tick: int) -> None:
        for i in self.totals:
            if self.truth[i]:
                self.sums[i] += tick - self.last
        self.last = tick

    def _number(self, i: int) -> float:
        value = float(self.asked[i]())
        kind = self.model.results[i].what.type
        if kind in (DURATION, TIME):
            return self.model.hours(value)
        if kind == RATE:
            return value * 86_400 / float(self.model.seconds_per_tick)
        return value

    def finish(self, ended_at: int, outcome: str | None, *, stands: bool) -> None:
        """Close the run; a world that stands still goes on being what it is to the horizon."""
        until = self.model.horizon if stands else ended_at
        self._add_until(until)
        for i, result in enumerate(self.model.results):
            match result.kind:
                case "total":
                    self.values[i] = self.model.hours(self.sums[i])
                case "count":
                    self.values[i] = self.sums[i]
                case "count_rule":
                    self.values[i] = float(self.fired[self.targets[i]])
                case "count_line":
                    self.values[i] = float(len(self.crossings[self.targets[i]]))
                case "share":
                    self.values[i] = float(self.truth[i])
                case "ends":
                    self.values[i] = float(outcome == result.target)
                case "value" if result.at is not None and result.at > until:
                    self.values[i] = None
                case _:
                    pass
            if result.given and result.given != outcome:
                self.values[i] = None

    def stays(self) -> tuple[Stay, ...]:
        """Return every stay on a rung, in the order of entry."""
        found: list[Stay] = []
        entered = dict.fromkeys(self.ranks, 0)
        for variable, rung, tick in self.moves:
            ladder = self.model.variables[variable]
            found.append(Stay(ladder.id, ladder.levels[rung], entered[variable], tick))
            entered[variable] = tick
        for variable, ladder in self.ladders:
            rung = int(self.world.values[variable])
            found.append(Stay(ladder.id, ladder.levels[rung], entered[variable], None))
        found.sort(key=lambda s: s.entered)
        return tuple(found)

    def results(self) -> dict[str, float | None]:
        """Return the results by id: times in hours, None for what never came."""
        return {r.id: self.values[i] for i, r in enumerate(self.model.results)}


def _step(path: int, ladder: int, rung: int) -> int:
    return address.fold(path, 0, ladder, rung, 0)
