"""The same replications from both engines, the kernel as plain Python or as machine code."""

import random

import numpy as np

from escalation_sim.engine.compiled.kernel import FIRSTS, kernel_of
from escalation_sim.engine.compiled.plain import plain_function
from escalation_sim.engine.compiled.table import table_of
from escalation_sim.engine.simulate import Simulator
from escalation_sim.errors import ScenarioError
from tests.compiled.generated import text_of
from tests.support import scenario

SEED = 5


def plain_table(model, count, *, seed=SEED, kernel=None, text=None):
    """Return replications by the kernel, run as plain Python; `text` may replace its own."""
    kernel = kernel or kernel_of(model)
    rungs = sum(len(ladder.levels) for _, ladder in model.ladders)
    results = max(1, len(model.results))
    wholes, words = [0] * ((FIRSTS + rungs) * count), [0] * (2 * count)
    reals = [0.0] * (results * count)
    plain_function(text or kernel.text)(
        seed, 0, count, count,
        [0] * kernel.rows, [0.0] * kernel.row_reals,
        list(kernel.wholes), list(kernel.reals), list(kernel.keys),
        list(kernel.site_keys), list(kernel.site_laws), [1.0] * kernel.tables,
        wholes, words, reals,
    )  # fmt: skip
    return table_of(
        model,
        0,
        np.array(wholes, dtype=np.int64).reshape(-1, count),
        np.array(words, dtype=np.uint64).reshape(2, count),
        np.array(reals).reshape(results, count),
    )


def simpy_rows(model, count, *, seed=SEED):
    """Return replications by the engine on SimPy."""
    simulator = Simulator(model)
    return [simulator.row(seed, r) for r in range(count)]


def rows_of(table):
    """Return a table as rows."""
    return [table.row(i) for i in range(len(table))]


def random_models(seeds):
    """Yield the random scenarios that can be read, with their seeds."""
    for seed in seeds:
        try:
            yield seed, scenario(text_of(random.Random(seed)))
        except ScenarioError:
            continue
