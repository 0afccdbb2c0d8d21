"""The reference ladder of the benchmarks gives the known chances."""

import math
from pathlib import Path

import pytest

from escalation_sim.engine.simulate import Simulator
from escalation_sim.workbench import load

SCENARIO = Path(__file__).parents[2] / "benchmarks" / "reference_ladder.yaml"
RUNS = 8_000


@pytest.fixture(scope="module")
def simulator():
    return Simulator(load(SCENARIO))


def test_chances_lie_within_four_standard_errors_of_twenty_million_runs_elsewhere(simulator):
    model = simulator.model
    rows = [simulator.row(1, replication) for replication in range(RUNS)]
    rungs = [f"{ladder.id}.{rung}" for _, ladder in model.ladders for rung in ladder.levels]
    top = rungs.index("response.coordinated_response")
    clash = [outcome.id for outcome in model.outcomes].index("clash")
    for known, seen in (
        (0.0818, sum(row.firsts[top] >= 0 for row in rows)),
        (0.0903, sum(row.outcome == clash for row in rows)),
    ):
        assert abs(seen - RUNS * known) <= 4 * math.sqrt(RUNS * known * (1 - known))


def test_it_ends_contained_or_in_a_clash_or_stays_open(simulator):
    assert [outcome.id for outcome in simulator.model.outcomes] == ["contained", "clash"]
    assert simulator.model.fallback == "open"
