"""One run: the model, the address of its random numbers, how it went and how it ended."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from escalation_sim.chance.address import CONTRACT
from escalation_sim.trace.timeline import html_of

if TYPE_CHECKING:
    from escalation_sim.model.model import Model
    from escalation_sim.trace.records import Record


@dataclass(frozen=True, slots=True)
class Stay:
    """One stay on a rung: entered and left in ticks; `left` is None if it never was."""

    ladder: str
    rung: str
    entered: int
    left: int | None


@dataclass(frozen=True, slots=True)
class ClockEnd:
    """A clock at the end of a run: `hand` in ticks, None if it shows nothing."""

    running: bool
    hand: int | None
    resets: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One replication. `records` is empty when the run was not traced."""

    model: Model = field(repr=False)
    seed: int
    replication: int
    outcome: str | None
    ended_at: int
    why_ended: Literal["outcome", "quiet", "horizon"]
    pending: tuple[str, ...]
    stays: tuple[Stay, ...] = field(repr=False)
    crossings: dict[str, tuple[int, ...]]
    clocks: dict[str, ClockEnd] = field(repr=False)
    results: dict[str, float | None]
    firing_digest: str
    trace_digest: str
    ties: int
    records: tuple[Record, ...] = field(repr=False)

    def hours(self, ticks: float) -> float:
        """Return ticks as hours."""
        return self.model.hours(ticks)

    def header(self) -> dict[str, Any]:
        """Return what a trace says of itself in its first line."""
        return header_of(self.model, self.seed, self.replication)

    def _repr_html_(self) -> str:
        return html_of(self, ILLUSTRATIVE)

    def as_json(self) -> dict[str, Any]:
        """Return the run as plain data; times in hours."""
        model = self.model
        count, of = model.assumed
        return {
            "scenario": model.name,
            "title": model.title,
            "seed": self.seed,
            "replication": self.replication,
            "readings": model.readings,
            "changes": list(model.changes),
            "model_hash": model.hash,
            "firing_digest": self.firing_digest,
            "trace_digest": self.trace_digest,
            "outcome": self.outcome,
            "ended_at": self.hours(self.ended_at),
            "why_ended": self.why_ended,
            "pending": list(self.pending),
            "rungs": [
                {
                    "ladder": stay.ladder,
                    "rung": stay.rung,
                    "entered": self.hours(stay.entered),
                    "left": None if stay.left is None else self.hours(stay.left),
                }
                for stay in self.stays
            ],
            "red_lines": [
                {"id": line, "crossed_at": [self.hours(t) for t in ticks]}
                for line, ticks in self.crossings.items()
            ],
            "clocks": {
                name: {
                    "running": clock.running,
                    "hours": None if clock.hand is None else self.hours(clock.hand),
                    "resets": clock.resets,
                }
                for name, clock in self.clocks.items()
            },
            "results": self.results,
            "ties": self.ties,
            "assumed": {"count": count, "of": of},
            "note": ILLUSTRATIVE,
        }


ILLUSTRATIVE = "illustrative, not a forecast"
"""Stands on every figure, page and report."""


def header_of(model: Model, seed: int, replication: int) -> dict[str, Any]:
    """Return a trace's header: what was run, so that a reader needs nothing else."""
    return {
        "format": 1,
        "contract": CONTRACT,
        "scenario": model.name,
        "title": model.title,
        "model_hash": model.hash,
        "files": [list(f) for f in model.files],
        "changes": list(model.changes),
        "readings": model.readings,
        "seed": seed,
        "replication": replication,
        "seconds_per_tick": str(model.seconds_per_tick),
        "horizon": model.horizon,
        "ladders": {v.id: list(v.levels) for _, v in model.ladders},
        "note": ILLUSTRATIVE,
    }
