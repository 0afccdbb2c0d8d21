"""Whatever is written, both engines give the same rows: digests, ends, results, faults."""

import random

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from escalation_sim.engine.compiled import engine_for
from escalation_sim.errors import ScenarioError
from tests.compiled.both import SEED, plain_table, random_models, rows_of, simpy_rows
from tests.compiled.generated import text_of
from tests.support import scenario

REPLICATIONS = 20
SHARE = 250


@pytest.mark.parametrize("first", range(0, 2_000, SHARE))
def test_2000_random_scenarios_run_alike_through_the_kernel_as_plain_python(first):
    for seed, model in random_models(range(first, first + SHARE)):
        rows = rows_of(plain_table(model, REPLICATIONS))
        assert rows == simpy_rows(model, REPLICATIONS), f"scenario {seed}"


@pytest.mark.parametrize("first", range(5_000, 5_036, 6))
def test_some_dozens_of_random_scenarios_run_alike_as_machine_code(first, kernel_cache):
    for seed, model in random_models(range(first, first + 6)):
        engine = engine_for(model, cache=kernel_cache)
        rows = rows_of(engine.columns(SEED, 0, REPLICATIONS))
        assert rows == simpy_rows(model, REPLICATIONS), f"scenario {seed}"


@settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(st.randoms(use_true_random=False))
def test_scenarios_that_shrink_run_alike_through_the_kernel_as_plain_python(pick):
    text = text_of(pick)
    try:
        model = scenario(text)
    except ScenarioError:
        assume(False)
    assert rows_of(plain_table(model, 5)) == simpy_rows(model, 5), text


def test_random_scenarios_are_seldom_refused_and_seldom_stopped():
    seeds = range(100)
    models = list(random_models(seeds))
    assert len(models) >= 90
    rows = [row for _, model in models for row in simpy_rows(model, 2)]
    assert sum(row.fault == 0 for row in rows) > 0.8 * len(rows)
    assert {row.fault for row in rows} >= {0, 1}


def test_the_same_seed_writes_the_same_scenario():
    assert text_of(random.Random(7)) == text_of(random.Random(7))
