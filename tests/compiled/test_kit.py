"""Ways to the same bits that are shorter, and rows of waiting occurrences."""

import math

import numpy as np
import pytest

from escalation_sim.chance import functions, laws
from escalation_sim.chance.exposure import NEVER
from escalation_sim.engine.compiled import kit


def test_the_logarithm_by_bits_is_the_logarithm():
    rng = np.random.default_rng(1)
    near_one = [math.nextafter(1.0, 0.0), 1.0, math.nextafter(1.0, 2.0)]
    turns = [2.0**k * m for k in (-5, -1, 0, 1, 9) for m in (functions._SQRT_TWO, 0.5, 1.0)]
    around = [math.nextafter(x, d) for x in turns for d in (0.0, math.inf)]
    drawn = rng.uniform(0, 1, 20_000).tolist() + functions_of(rng, 5_000)
    for x in [*near_one, *turns, *around, *drawn, 2.0**-53, 1 - 2.0**-53]:
        assert kit.log_between(x) == functions.log(x), x.hex()


def functions_of(rng, count):
    """Numbers of every size."""
    return [functions.exp(x) for x in rng.uniform(-700, 700, count).tolist()]


def test_an_exponential_delay_is_the_laws_own():
    rng = np.random.default_rng(2)
    for mean, scale, u in rng.uniform(0, 1, (5_000, 3)).tolist():
        law = laws.Law("exponential", (mean * 1e6,), scale * 3)
        assert kit.drawn_exponential(mean * 1e6, scale * 3, u) == laws.ticks(law.sample(u))


LAWS = [
    laws.Law("erlang", (2, 36 * 3600)),
    laws.Law("erlang", (1, 50)),
    laws.Law("erlang", (80, 3.0), 1.7),
    laws.Law("weibull", (0.7, 9e5)),
    laws.Law("weibull", (2.5, 20.0)),
    laws.Law("lognormal", (1e5, 1.0)),
    laws.Law("normal", (2e4, 5e4)),
    laws.Law("normal", (3.0, 1.0)),
    laws.Law("lognormal", (1e14, 1.0)),
]


def table_of(law):
    """Make a table as a kernel does."""
    table = [1.0] * (kit.PARTS * kit.PART_SIZE)
    for part in range(kit.FIRST_PART, kit.LAST_PART):
        points = [law.sample(kit.table_point(part, j)) for j in range(kit.POINTS)]
        kit.fit(table, part * kit.PART_SIZE, points)
    return table


@pytest.mark.parametrize("law", LAWS, ids=lambda law: f"{law.kind} {law.arguments}")
def test_a_table_gives_the_right_tick_or_none(law):
    table = table_of(law)
    rng = np.random.default_rng(3)
    found = [(kit.tabled(table, 0, u), u) for u in rng.uniform(0, 1, 20_000).tolist()]
    assert all(ticks in (-1, laws.ticks(law.sample(u))) for ticks, u in found)
    settled = sum(ticks >= 0 for ticks, _ in found) / len(found)
    assert settled > 0.9 or law.arguments[0] > 1e12


def test_a_table_is_in_doubt_next_to_a_half():
    law = laws.Law("erlang", (2, 50.0))
    table = table_of(law)
    low, high = 0.3, 0.7
    for _ in range(60):  # the uniform at which the tick turns, to the last bit
        middle = (low + high) / 2
        low, high = (middle, high) if law.sample(middle) < 40.5 else (low, middle)
    assert kit.tabled(table, 0, low) == kit.tabled(table, 0, high) == -1


def test_an_empty_table_settles_nothing():
    table = [1.0] * (kit.PARTS * kit.PART_SIZE)
    assert all(kit.tabled(table, 0, u) == -1 for u in np.linspace(0.001, 0.999, 500).tolist())


def test_keys_put_earlier_ticks_then_generations_then_ranks_first():
    def key(now, length, generation, rank, horizon=100):
        return kit.due_key(now, length, generation, rank, horizon, 20, 4)

    assert key(5, 0, 3, 2) < key(5, 0, 3, 4) < key(5, 0, 4, 0) < key(5, 1, 9, 0)
    assert key(5, 1, 9, 0) == key(3, 3, 1, 0)
    assert key(5, 200, 1, 1) == key(90, 20, 1, 1)
    assert key(5, NEVER, 1, 1) == NEVER


def test_rows_keep_their_order_when_one_is_taken_out():
    width, base = 8, 4
    X = [0] * 60
    for k, key in enumerate((7, 3, 9, 3)):
        X[base + k * width + kit.KEY] = key
        X[base + k * width + kit.OCCURRENCE] = k + 1
    assert kit.least_of(X, base, width, 4, kit.KEY) == 3
    at = kit.row_with(X, base, width, 4, kit.KEY, 3)
    assert (at, X[at + kit.OCCURRENCE]) == (base + width, 2)
    assert kit.rows_with(X, base, width, 4, kit.KEY, 3) == 2
    assert kit.row_number(at, base, width) == 1
    kit.drop_row(X, base, width, 4, at)
    assert [X[base + k * width + kit.OCCURRENCE] for k in range(3)] == [1, 3, 4]
    assert kit.least_of(X, base, width, 0, kit.KEY) == NEVER


def test_the_first_fault_is_kept():
    S = [0] * 4
    assert kit.quotient(1.0, 0.0, S) == 0.0
    kit.fault(kit.LIVELOCK, S)
    assert S[kit.WRONG] == kit.EXPRESSION


@pytest.mark.parametrize(
    "call",
    [
        lambda S: kit.counted(2**53 + 1, S),
        lambda S: kit.finite(math.inf, S),
        lambda S: kit.finite(math.nan, S),
        lambda S: kit.rounded(1e300, S),
        lambda S: kit.rounded(math.nan, S),
        lambda S: kit.root(-1.0, S),
        lambda S: kit.exponential(1000.0, S),
        lambda S: kit.logarithm(0.0, S),
        lambda S: kit.not_negative(-1, S),
        lambda S: kit.weight(-0.5, S),
        lambda S: kit.probability(1.5, S),
        lambda S: kit.probability(math.nan, S),
    ],
)
def test_what_cannot_be_computed_is_a_fault(call):
    S = [0] * 4
    assert call(S) == 0
    assert S[kit.WRONG] == kit.EXPRESSION
