"""The compiled engine: replications of one model, a block at a time, on one thread or several."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import numpy as np

from escalation_sim.chance.address import seed_problem
from escalation_sim.engine.compiled.kernel import ENTRY, FIRSTS, TABLES
from escalation_sim.engine.compiled.table import Table, table_of
from escalation_sim.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from escalation_sim.engine.compiled.kernel import Kernel
    from escalation_sim.engine.row import Row
    from escalation_sim.model.model import Model

    Array = np.ndarray[Any, np.dtype[Any]]

BLOCK = 4_096
"""Replications of one call: their columns stay in a processor's cache."""


class CompiledEngine:
    """Replications of one model by its kernel; safe to use from several threads at once."""

    def __init__(self, model: Model, kernel: Kernel, call: Callable[..., None]) -> None:
        self.model = model
        self._kernel = kernel
        self._call = call
        self._given = (
            np.array(kernel.wholes, dtype=np.int64),
            np.array([*kernel.reals, 0.0], dtype=np.float64),
            np.array([*kernel.keys, 0], dtype=np.uint64),
            np.array([*kernel.site_keys, 0], dtype=np.uint64),
            np.array([*kernel.site_laws, 0.0], dtype=np.float64),
        )
        self._tables = np.ones(kernel.tables + 1, dtype=np.float64)
        self._call(TABLES, *(a.ctypes.data for a in (*self._given[:2], self._tables)))
        rungs = sum(len(ladder.levels) for _, ladder in model.ladders)
        self._whole_columns = FIRSTS + rungs
        self._real_columns = max(1, len(model.results))

    def columns(self, seed: int, first: int, count: int, *, threads: int = 1) -> Table:
        """Return `count` replications of a seed from `first` on, in order.

        `threads` share the work; what comes out is the same. Raises UsageError for a seed or a
        replication that is no whole number from 0 to 2^63 - 1.
        """
        for name, number in (
            ("seed", seed),
            ("replication", first),
            ("replication", first + count),
        ):
            if problem := seed_problem(number):
                raise UsageError(f"{name}: {problem}")
        wholes = np.empty((self._whole_columns, count), dtype=np.int64)
        words = np.empty((2, count), dtype=np.uint64)
        reals = np.empty((self._real_columns, count), dtype=np.float64)

        def work(start: int, stop: int) -> None:
            room = (
                np.zeros(max(1, self._kernel.rows), dtype=np.int64),
                np.zeros(max(1, self._kernel.row_reals), dtype=np.float64),
            )
            for at in range(start, stop, BLOCK):
                self._block(
                    seed, first, slice(at, min(at + BLOCK, stop)), room, (wholes, words, reals)
                )

        if threads <= 1 or count <= BLOCK:
            work(0, count)
        else:
            share = -(-count // threads)
            with ThreadPoolExecutor(threads) as pool:
                starts = range(0, count, share)
                for done in [pool.submit(work, s, min(s + share, count)) for s in starts]:
                    done.result()
        return table_of(self.model, first, wholes, words, reals)

    def row(self, seed: int, replication: int) -> Row:
        """Return one replication in numbers."""
        return self.columns(seed, replication, 1).row(0)

    def _block(
        self,
        seed: int,
        first: int,
        part: slice,
        room: tuple[Array, Array],
        into: tuple[Array, Array, Array],
    ) -> None:
        """Work off some replications, each into its place in the columns."""
        given = [array.ctypes.data for array in (*room, *self._given, self._tables)]
        places = [array.ctypes.data + part.start * array.itemsize for array in into]
        size = into[0].shape[1]
        self._call(ENTRY, seed, first + part.start, part.stop - part.start, size, *given, *places)
