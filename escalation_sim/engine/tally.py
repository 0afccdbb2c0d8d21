"""What is read off a run while it goes: stays on rungs, results, and how long outcomes have held.

Everything here is taken once, at the end of a tick.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from escalation_sim.chance import address
from escalation_sim.chance.exposure import NEVER
from escalation_sim.expression.evaluate import evaluator
from escalation_sim.expression.types import DURATION, RATE, TIME
from escalation_sim.trace.run import Stay

if TYPE_CHECKING:
    from escalation_sim.engine.world import World
    from escalation_sim.model.model import Entry, Model, Outcome


class Tally:
    """The results of one replication, kept up to date at the end of each worked tick."""

    def __init__(self, model: Model, world: World) -> None:
        self.model = model
        self.world = world
        self.tests = [evaluator(r.what, world) for r in model.results]
        self.ends = [evaluator(o.when, world) for o in model.outcomes]
        self.holds = [
            evaluator(o.hold, world) if o.hold is not None else None for o in model.outcomes
        ]
        self.moments = sorted({r.at for r in model.results if r.at is not None})
        self.ladders = model.ladders
        self.begin()

    def begin(self) -> None:
        """Make everything new."""
        self.at: Entry | None = None
        count = len(self.model.results)
        self.truth = [False] * count
        self.sums: list[float] = [0.0] * count
        self.values: list[float | None] = [None] * count
        self.since = [-1] * len(self.model.outcomes)
        self.fired = [0] * len(self.model.rules)
        self.crossings: list[list[int]] = [[] for _ in self.model.red_lines]
        self.last = 0
        self.stays: list[Stay] = []
        self.open: dict[int, int] = {}
        self.firsts = {v: [0, *([-1] * (len(ladder.levels) - 1))] for v, ladder in self.ladders}
        self.path = 0
        self.rungs = [0] * len(self.ladders)

    def moved(self, variable: int, old: int, tick: int) -> None:
        """Keep the stays of a ladder that moved from one rung to another."""
        ladder = self.model.variables[variable]
        entered = self.open.get(variable, 0)
        self.stays.append(Stay(ladder.id, ladder.levels[old], entered, tick))
        self.open[variable] = tick
        firsts, rung = self.firsts[variable], int(self.world.values[variable])
        if firsts[rung] < 0:
            firsts[rung] = tick

    def close(self, tick: int) -> Outcome | None:
        """Take everything at the end of a tick; return the outcome that is now true, if any."""
        self._add_until(tick)
        self._go_on()
        for i, result in enumerate(self.model.results):
            self.at = result
            if result.kind in ("first", "total", "count", "share"):
                now = bool(self.tests[i]())
                if result.kind == "first" and now and self.values[i] is None:
                    self.values[i] = self.model.hours(tick)
                elif result.kind == "count" and now and not self.truth[i]:
                    self.sums[i] += 1
                self.truth[i] = now
            elif result.kind == "value" and (result.at is None or tick <= result.at):
                self.values[i] = self._number(i)
        found: Outcome | None = None
        for i, outcome in enumerate(self.model.outcomes):
            self.at = outcome
            if not self.ends[i]():
                self.since[i] = -1
                continue
            if self.since[i] < 0:
                self.since[i] = tick
            if found is None and tick >= self.since[i] + self._hold(i):
                found = outcome
        return found

    def _go_on(self) -> None:
        """Fold the ladders that stand elsewhere than a tick ago into the path."""
        for i, (variable, _) in enumerate(self.ladders):
            rung = int(self.world.values[variable])
            if rung != self.rungs[i]:
                self.rungs[i] = rung
                self.path = address.fold(self.path, 0, i, rung, 0)

    def _hold(self, outcome: int) -> int:
        hold = self.holds[outcome]
        return int(hold()) if hold is not None else 0

    def next_after(self, now: int) -> int:
        """Return the next tick at which an outcome's hold or a value is due, or `NEVER`."""
        soonest = NEVER
        for i, since in enumerate(self.since):
            if since >= 0 and now < since + self._hold(i) < soonest:
                soonest = since + self._hold(i)
        return soonest

    def _add_until(self, tick: int) -> None:
        for i, result in enumerate(self.model.results):
            if result.kind == "total" and self.truth[i]:
                self.sums[i] += tick - self.last
        self.last = tick

    def _number(self, i: int) -> float:
        value = float(self.tests[i]())
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
        for variable, ladder in self.ladders:
            rung = ladder.levels[int(self.world.values[variable])]
            self.stays.append(Stay(ladder.id, rung, self.open.get(variable, 0), None))
        self.stays.sort(key=lambda s: s.entered)
        rule_at = {r.id: i for i, r in enumerate(self.model.rules)}
        line_at = {r.id: i for i, r in enumerate(self.model.red_lines)}
        for i, result in enumerate(self.model.results):
            match result.kind:
                case "total":
                    self.values[i] = self.model.hours(self.sums[i])
                case "count":
                    self.values[i] = self.sums[i]
                case "count_rule":
                    self.values[i] = float(self.fired[rule_at[result.target]])
                case "count_line":
                    self.values[i] = float(len(self.crossings[line_at[result.target]]))
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

    def results(self) -> dict[str, float | None]:
        """Return the results by id: times in hours, None for what never came."""
        return {r.id: self.values[i] for i, r in enumerate(self.model.results)}
