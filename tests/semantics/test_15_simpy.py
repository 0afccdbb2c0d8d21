"""Point 15: SimPy keeps the time, and the order at a tick is ours."""

import ast
from pathlib import Path

import pytest
import simpy

import escalation_sim
from escalation_sim.engine import clockwork
from escalation_sim.errors import RunError
from tests.support import order, run

PACKAGE = Path(escalation_sim.__file__).parent


def test_one_file_imports_simpy():
    found = []
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            if any(name.partition(".")[0] == "simpy" for name in names):
                found.append(path.relative_to(PACKAGE).as_posix())
    assert found == ["engine/clockwork.py"]


@pytest.fixture
def visited(monkeypatch):
    """Note the times at which SimPy's environment hands over to the one process."""
    times = []

    class Environment(simpy.Environment):
        def timeout(self, delay, value=None):
            times.append(self.now + delay)
            return super().timeout(delay, value)

    monkeypatch.setattr(clockwork.simpy, "Environment", Environment)
    return times


def test_one_process_sleeps_to_the_next_tick_of_the_agenda(visited):
    run("""
        situation: {x: false}
        script: {3h: {x: true}}
        clocks: {c: {while: x}}
        rules:
          r: {when: x, after: 4h, note: x}
          s: {when: c >= 9h, note: x}
          t: {when: now >= 20h, note: x}
          u: {when: x, for: 30h, note: x}
    """)
    wanted = {3, 7, 12, 20, 33}
    assert wanted <= set(visited)
    assert visited == sorted(set(visited))
    assert set(visited) <= wanted | {t + 1 for t in wanted}


def test_the_engine_sleeps_through_empty_time(visited):
    run("rules: {r: {when: true, after: 52w, note: x}}", tick="1s", horizon="60w")
    assert visited == [52 * 7 * 24 * 3600]


def test_simpy_is_asked_for_the_horizon_and_no_further(visited):
    run("rules: {r: {when: true, after: 500h, note: x}}")
    assert visited == [200]


def test_a_horizon_includes_its_tick():
    # `environment.run(until=72)` would leave it out
    played = run("rules: {r: {when: true, after: 72h, note: x}}", horizon="72h")
    assert order(played) == [(72.0, "r")]


def test_a_losing_timer_is_not_slept_for(visited):
    played = run("""
        situation: {x: true}
        script: {5h: {x: false}}
        rules: {held: {when: x, for: 180h, note: x}}
    """)
    assert played.why_ended == "quiet"
    assert visited == [5]


def test_an_error_of_a_run_comes_through_simpy_unchanged():
    with pytest.raises(RunError) as caught:
        run(
            "situation: {zero: 0}\n"
            "rules: {r: {when: true, after: 5h, choose: {a: {if: 1 / zero > 1}}}}"
        )
    assert caught.value.diagnostic.code == "arithmetic"
    assert caught.value.tick == 5


@pytest.mark.parametrize("hours", [1, 24 * 365 * 100])
def test_very_long_runs_keep_exact_ticks(hours):
    played = run(
        f"rules: {{r: {{when: true, after: {hours}h, note: x}}}}", tick="1s", horizon=f"{hours}h"
    )
    assert [r.tick for r in played.records if r.kind == "fired"] == [hours * 3600]
