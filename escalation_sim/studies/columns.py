"""A chunk of replications as columns: what an engine gives, and what a store keeps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from escalation_sim.engine.row import Row

Numbers = Any
"""One column: a list of Python's numbers, or a numpy array. All of a chunk's are of one kind."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """Replications side by side; each column means what the field of `Row` of its name means.

    `firsts` has a column for each rung and `results` one for each result, so that `firsts[rung][i]`
    is of the same replication as `outcome[i]`. What never came is -1 in `firsts`; in `results` it
    is None in lists and nan in arrays. Arrays: digests and paths are uint64, results float64,
    everything else signed integers; `firsts` and `results` have two axes.
    """

    replication: Numbers
    outcome: Numbers
    ended_at: Numbers
    firing_digest: Numbers
    path: Numbers
    ties: Numbers
    firsts: Sequence[Numbers]
    results: Sequence[Numbers]
    fault: Numbers

    def __len__(self) -> int:
        """How many replications."""
        return len(self.replication)

    @property
    def are_lists(self) -> bool:
        """Whether the columns are lists rather than arrays."""
        return isinstance(self.replication, list)

    def as_lists(self) -> Columns:
        """Return the same as lists of Python's numbers."""
        if self.are_lists:
            return self
        return Columns(
            replication=self.replication.tolist(),
            outcome=self.outcome.tolist(),
            ended_at=self.ended_at.tolist(),
            firing_digest=self.firing_digest.tolist(),
            path=self.path.tolist(),
            ties=self.ties.tolist(),
            firsts=[column.tolist() for column in self.firsts],
            results=[
                [None if value != value else value for value in column.tolist()]  # noqa: PLR0124
                for column in self.results
            ],
            fault=self.fault.tolist(),
        )


def columns_of(rows: Iterable[Row], rungs: int, results: int) -> Columns:
    """Return rows as columns of lists; a row with a fault is filled up with what never came."""
    found = list(rows)
    nowhere: tuple[int, ...] = (-1,) * rungs
    nothing: tuple[None, ...] = (None,) * results
    firsts = [r.firsts if not r.fault else nowhere for r in found]
    read = [r.results if not r.fault else nothing for r in found]
    return Columns(
        replication=[r.replication for r in found],
        outcome=[r.outcome for r in found],
        ended_at=[r.ended_at for r in found],
        firing_digest=[r.firing_digest for r in found],
        path=[r.path for r in found],
        ties=[r.ties for r in found],
        firsts=[list(column) for column in zip(*firsts, strict=True)] if found else [[]] * rungs,
        results=[list(column) for column in zip(*read, strict=True)] if found else [[]] * results,
        fault=[r.fault for r in found],
    )
