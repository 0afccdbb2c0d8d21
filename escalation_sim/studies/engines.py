"""Which engine works off a chunk: one small protocol, and the choice between those there are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Protocol

from escalation_sim.engine.simulate import Simulator
from escalation_sim.errors import UsageError
from escalation_sim.studies.columns import columns_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from escalation_sim.model.model import Model
    from escalation_sim.studies.columns import Columns

Choice = Literal["auto", "simpy", "compiled"]
Name = Literal["simpy", "compiled"]


class Engine(Protocol):
    """Works off replications of one model."""

    def columns(self, seed: int, first: int, count: int) -> Columns:
        """Return `count` replications of a seed from `first` on, in order."""


class SimpyEngine:
    """The engine on SimPy, one replication after the other."""

    def __init__(self, model: Model) -> None:
        self.simulator = Simulator(model)
        self.rungs = sum(len(ladder.levels) for _, ladder in model.ladders)
        self.results = len(model.results)

    def columns(self, seed: int, first: int, count: int) -> Columns:
        """Return `count` replications of a seed from `first` on, in order."""
        rows = (self.simulator.row(seed, r) for r in range(first, first + count))
        return columns_of(rows, self.rungs, self.results)


def engine_for(model: Model, name: Name) -> Engine:
    """Return the engine of this name for a model."""
    if name == "compiled":  # there is none yet, and `chosen` never names it
        raise UsageError("--engine compiled: this version has no compiled engine")
    return SimpyEngine(model)


def chosen(choice: Choice, models: Iterable[Model]) -> Name:  # noqa: ARG001 - the seam for another
    """Return the engine to use for all these models; raises UsageError if it refuses one."""
    if choice == "compiled":
        raise UsageError("--engine compiled: this version has no compiled engine")
    return "simpy"
