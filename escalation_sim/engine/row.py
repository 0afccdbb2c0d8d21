"""What a study keeps of one replication: plain numbers, the same from either engine."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

Fault = Literal["none", "expression", "livelock", "too many items", "too many timers", "other"]
"""What stopped a replication; the number in a `Row` is the place in this list."""

FAULTS: tuple[Fault, ...] = get_args(Fault)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One replication in numbers. Times are ticks; -1 stands for never.

    `outcome` is an index into the model's outcomes; their number stands for the fallback, or for no
    outcome. `firsts` holds the first entry into each rung, ladder after ladder, rung after rung
    (`Model.ladders` in order; the rung a ladder starts on has 0). `results` are as in
    `Run.results`, None for what never came. `ties` counts flagged ties.

    `path` tells the sequence of joint rungs apart and nothing of time: from 0, at the end of each
    tick, `address.fold(path, 0, ladder, rung, 0)` for every ladder that stands elsewhere than at
    the end of the tick before, in the model's order, both as indices.

    `fault` is an index into `FAULTS`; with one, only `replication` and `fault` mean anything.
    """

    replication: int
    outcome: int = 0
    ended_at: int = 0
    firing_digest: int = 0
    path: int = 0
    ties: int = 0
    firsts: tuple[int, ...] = ()
    results: tuple[float | None, ...] = ()
    fault: int = 0
