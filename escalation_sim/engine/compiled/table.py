"""Replications as columns: where kernels write, and how ticks become the numbers of a `Row`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from escalation_sim.engine.compiled.kernel import ENDED_AT, FAULT, FIRSTS, OUTCOME, TIED
from escalation_sim.engine.row import Row
from escalation_sim.expression.types import DURATION, RATE, TIME

if TYPE_CHECKING:
    from escalation_sim.model.model import Model, Result

    Array = np.ndarray[Any, np.dtype[Any]]

_EXACT = 2**53
"""Whole numbers below it are exact in double precision."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Replications side by side; each column means what the field of `Row` of its name means.

    `firsts` has a row for each rung and `results` one for each result. What never came is -1 in
    `firsts` and nan in `results`. Digests and paths are uint64, results float64, all others int64.
    """

    replication: Array
    outcome: Array
    ended_at: Array
    firing_digest: Array
    path: Array
    ties: Array
    firsts: Array
    results: Array
    fault: Array

    def __len__(self) -> int:
        """How many replications."""
        return len(self.replication)

    def row(self, i: int) -> Row:
        """Return one of the replications."""
        replication, fault = int(self.replication[i]), int(self.fault[i])
        if fault:
            return Row(replication=replication, fault=fault)
        results = self.results[:, i].tolist()
        return Row(
            replication=replication,
            outcome=int(self.outcome[i]),
            ended_at=int(self.ended_at[i]),
            firing_digest=int(self.firing_digest[i]),
            path=int(self.path[i]),
            ties=int(self.ties[i]),
            firsts=tuple(self.firsts[:, i].tolist()),
            results=tuple(None if value != value else value for value in results),  # noqa: PLR0124
        )


def table_of(model: Model, first: int, wholes: Array, words: Array, reals: Array) -> Table:
    """Return what a kernel wrote as a table; `reals` is brought into hours in place."""
    fault = wholes[FAULT]
    results = reals[: len(model.results)]
    for i, result in enumerate(model.results):
        _finish(model, result, results[i], wholes[OUTCOME])
    failed = np.flatnonzero(fault)
    if len(failed):
        wholes[:FAULT, failed] = 0
        wholes[FIRSTS:, failed] = -1
        words[:, failed] = 0
        results[:, failed] = np.nan
    return Table(
        replication=np.arange(first, first + len(fault), dtype=np.int64),
        outcome=wholes[OUTCOME],
        ended_at=wholes[ENDED_AT],
        firing_digest=words[0],
        path=words[1],
        ties=wholes[TIED],
        firsts=wholes[FIRSTS:],
        results=results,
        fault=fault,
    )


def _finish(model: Model, result: Result, column: Array, outcome: Array) -> None:
    """Bring one result into the units of a run; leave it empty where it is not asked for."""
    if result.kind == "ends":
        column[:] = outcome == _outcome_at(model, result.target)
    elif result.kind in ("first", "total") or (
        result.kind == "value" and result.what.type in (DURATION, TIME)
    ):
        _into_hours(model, column)
    elif result.kind == "value" and result.what.type == RATE:
        column *= 86_400
        column /= float(model.seconds_per_tick)
    if result.given:
        column[outcome != _outcome_at(model, result.given)] = np.nan


def _is_length(result: Result) -> bool:
    return result.kind == "value" and result.what.type in (DURATION, TIME)


def _outcome_at(model: Model, id_: str) -> int:
    """Return the number of an outcome in a row; -1 for one that never comes."""
    for i, outcome in enumerate(model.outcomes):
        if outcome.id == id_:
            return i
    return len(model.outcomes) if id_ == model.fallback else -1


def _into_hours(model: Model, column: Array) -> None:
    """Turn ticks into hours as `Model.hours` does: one rounding of the exact quotient."""
    hours = model.seconds_per_tick / 3600
    over, under = hours.numerator, hours.denominator
    there = ~np.isnan(column)
    most = float(np.abs(column[there]).max(initial=0.0))
    if most * over < _EXACT and under < _EXACT:
        column *= over
        column /= under
        return
    column[there] = [model.hours(int(ticks)) for ticks in column[there].tolist()]
