"""The shipped scenarios and the reference ladder, from both engines."""

from pathlib import Path

import pytest

from escalation_sim.engine.compiled import engine_for, refusal
from escalation_sim.workbench import load
from tests.compiled.both import SEED, plain_table, rows_of, simpy_rows
from tests.support import SHIPPED

LADDER = Path(__file__).parents[2] / "benchmarks" / "reference_ladder.yaml"


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_a_shipped_scenario_runs_alike_through_the_kernel_as_plain_python(path):
    model = load(path)
    assert refusal(model) is None
    assert rows_of(plain_table(model, 40)) == simpy_rows(model, 40)


@pytest.mark.parametrize("path", [SHIPPED[0], SHIPPED[-1], LADDER], ids=lambda path: path.stem)
def test_a_scenario_runs_alike_as_machine_code(path, kernel_cache):
    model = load(path)
    table = engine_for(model, cache=kernel_cache).columns(SEED, 0, 1_000)
    assert rows_of(table) == simpy_rows(model, 1_000)


def test_every_reading_of_the_reported_plan_runs_alike():
    for reading in ("floor", "within", "checkpoint", "sustained"):
        model = load("01", reading={"third_phase_due": reading})
        assert rows_of(plain_table(model, 60)) == simpy_rows(model, 60), reading
