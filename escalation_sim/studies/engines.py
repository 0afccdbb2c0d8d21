"""Which engine works off a chunk: one small protocol, and the choice between those there are."""

from __future__ import annotations

from dataclasses import fields
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Literal, Protocol

from escalation_sim.engine.simulate import Simulator
from escalation_sim.errors import UsageError
from escalation_sim.studies.columns import Columns, columns_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from escalation_sim.model.model import Model

Choice = Literal["auto", "simpy", "compiled"]
Name = Literal["simpy", "compiled"]

WORTH_COMPILING = 20_000
"""Replications from which on the compiled engine's start is worth waiting for."""


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


class CompiledEngine:
    """The compiled engine, whose tables are columns already."""

    def __init__(self, model: Model) -> None:
        room = _compiled_room()
        assert room is not None  # noqa: S101 - `chosen` has seen it
        self.engine = room.engine_for(model)

    def columns(self, seed: int, first: int, count: int) -> Columns:
        """Return `count` replications of a seed from `first` on, in order."""
        table = self.engine.columns(seed, first, count)
        return Columns(**{f.name: getattr(table, f.name) for f in fields(Columns)})


def engine_for(model: Model, name: Name) -> Engine:
    """Return the engine of this name for a model."""
    return CompiledEngine(model) if name == "compiled" else SimpyEngine(model)


def chosen(
    choice: Choice, models: Iterable[Model], *, total: int, tell: Callable[[str], None]
) -> Name:
    """Return the engine for all these models and `total` replications.

    Left to itself it is the compiled one where that is worth its start and takes all models; if
    it does not, `tell` is told why. Raises UsageError if the compiled engine is asked for and
    refuses one.
    """
    if choice == "simpy" or (choice == "auto" and total < WORTH_COMPILING):
        return "simpy"
    room = _compiled_room()
    if room is None:
        why: str | None = "this installation has no compiled engine"
    else:
        why = next((reason for model in models if (reason := room.refusal(model))), None)
    if why is None:
        return "compiled"
    if choice == "compiled":
        raise UsageError(f"--engine compiled: {why}")
    if room is not None:
        tell(f"the compiled engine is not used: {why}")
    return "simpy"


def _compiled_room() -> Any:
    """Return the room of the compiled engine, None where there is none."""
    if find_spec("escalation_sim.engine.compiled") is None:
        return None
    return import_module("escalation_sim.engine.compiled")
