"""What a question is about: whether a replication ends in an outcome, or ever enters a rung."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from escalation_sim.engine.row import Row


@dataclass(frozen=True, slots=True)
class Target:
    """An outcome or a rung by its place in a row: `index` is that in `outcome` or in `firsts`."""

    kind: Literal["outcome", "rung"]
    id: str
    label: str
    index: int

    def hit(self, row: Row) -> bool:
        """Whether a row that came to an end has it."""
        if self.kind == "outcome":
            return row.outcome == self.index
        return row.firsts[self.index] >= 0

    def hits(self, columns: Any) -> Any:
        """Return for each replication of a chunk whether it has it: an array of flags.

        What that says of a replication that failed means nothing.
        """
        import numpy as np  # noqa: PLC0415

        if self.kind == "outcome":
            return np.asarray(columns.outcome) == self.index
        return np.asarray(columns.firsts[self.index]) >= 0
