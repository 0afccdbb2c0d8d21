"""The world at any time of a run, rebuilt from its records alone.

A Replay is a View: conditions of the model can be evaluated in it, which is how `why` finds the
part of a condition that was false, and how near it came.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from escalation_sim.expression.evaluate import EvaluationFault, value_of
from escalation_sim.expression.view import View

if TYPE_CHECKING:
    from collections.abc import Iterator

    from escalation_sim.expression.checked import Value
    from escalation_sim.model.model import Model
    from escalation_sim.trace.records import Record
    from escalation_sim.trace.run import Run


class _Hand:
    """One clock as its records tell it: running from `base`, or showing `held`."""

    __slots__ = ("base", "exact", "held", "paused_at", "running", "shows")

    def __init__(self) -> None:
        self.shows = False
        self.running = False
        self.base = 0
        self.held = 0
        self.exact = True
        self.paused_at = -1

    def follow(self, record: Record) -> None:
        """Take over what a record says."""
        match record.kind:
            case "clock_started":
                self.shows, self.running, self.base = True, True, record.tick
            case "clock_stopped":
                self.running, self.held = False, int(record.data.get("hand", 0))
                self.exact = not record.data.get("short")
            case "clock_resumed":
                self.running = True
            case "clock_reset":
                self.shows = self.running = False
            case "clock_paused":
                self.paused_at = record.tick
                if self.running:
                    self.held = int(record.data.get("hand", 0))
                    self.exact = not record.data.get("short")
            case "clock_unpaused":
                self.base += record.tick - self.paused_at
                self.paused_at = -1


class Replay(View):
    """The world of a traced run; `to` moves it to the end of a tick, forwards only."""

    def __init__(self, run: Run) -> None:
        model = run.model
        self.model: Model = model
        self.values: list[Value] = [v.start for v in model.variables]
        self.parameters: list[Value] = [p.value for p in model.parameters]
        self.latches: list[bool] = [False] * len(model.latches)
        self.joined: list[list[bool]] = [[False] * len(p.members) for p in model.parties]
        self.weights: list[list[float]] = [[1.0] * len(p.members) for p in model.parties]
        self.was: dict[int, Value] = {}
        self.now = 0
        self._hands = [_Hand() for _ in model.clocks]
        self._records = run.records
        self._next = 0
        self._variables = {v.id: i for i, v in enumerate(model.variables)}
        self._clocks = {c.id: i for i, c in enumerate(model.clocks)}
        self._rules = {r.id: r for r in model.rules}
        for party, row in zip(model.parties, self.weights, strict=True):
            for m, member in enumerate(party.members):
                try:
                    row[m] = float(value_of(member.weight, self))
                except EvaluationFault:
                    row[m] = 0.0

    def hand(self, clock: int) -> int | None:
        """Return what a clock shows at the end of the tick."""
        hand = self._hands[clock]
        if not hand.shows:
            return None
        if not hand.running or hand.paused_at >= 0:
            return hand.held
        return self.now - hand.base

    def to(self, tick: int) -> Replay:
        """Move to the end of `tick`."""
        while self._next < len(self._records) and self._records[self._next].tick <= tick:
            self.follow(self._records[self._next])
            self._next += 1
        self.now = tick
        return self

    def before(self, record: Record) -> Replay:
        """Move to just before a record, within its tick."""
        while self._next < record.id:
            self.follow(self._records[self._next])
            self._next += 1
        self.now = record.tick
        return self

    def exact(self, clock: int) -> bool:
        """Whether the hand is on its tick: a running one is, at the end of a tick."""
        hand = self._hands[clock]
        return hand.exact if not hand.running or hand.paused_at >= 0 else True

    def ends(self, until: int) -> Iterator[Replay]:
        """Go through the ends of the worked ticks."""
        for tick in sorted({r.tick for r in self._records if r.tick <= until}):
            yield self.to(tick)

    def moments(self, until: int) -> Iterator[Replay]:
        """Go through the run: at the end of each worked tick, and just before the next."""
        ticks = sorted({r.tick for r in self._records if r.tick <= until} | {until})
        for i, tick in enumerate(ticks):
            yield self.to(tick)
            following = ticks[i + 1] if i + 1 < len(ticks) else until
            if following - 1 > tick:
                self.now = following - 1
                yield self

    def follow(self, record: Record) -> None:
        """Take over what one record changed."""
        for name, (_, new) in record.writes.items():
            index = self._variables[name]
            levels = self.model.variables[index].levels
            self.values[index] = levels.index(new) if levels else new
        section, _, name = record.about.partition(".")
        if record.kind == "latched":
            self.latches[int(name)] = True
        elif section == "clocks":
            self._hands[self._clocks[name]].follow(record)
        self.follow_asked(record)

    def follow_asked(self, record: Record) -> None:
        """Take over who joined when a firing asked a party, and nothing else."""
        asked: dict[str, Any] | None = record.data.get("asked")
        rule = self._rules.get(record.about.partition(".")[2])
        if asked and rule is not None and rule.ask is not None:
            for m, member in enumerate(self.model.parties[rule.ask].members):
                self.joined[rule.ask][m] = bool(asked[member.id][0])
