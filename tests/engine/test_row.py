"""A replication as a row of numbers, against the same replication traced."""

import pytest
from hypothesis import given

from escalation_sim.chance import address
from escalation_sim.engine import replication as engine_replication
from escalation_sim.engine.row import FAULTS, Row
from escalation_sim.engine.simulate import Simulator
from escalation_sim.errors import RunError, UsageError
from tests.semantics.test_random_scenarios import HORIZON, always, scenarios
from tests.support import SHIPPED, load, scenario

TWO_LADDERS = """
    ladders:
      alert: {rungs: [calm, watch, alarm]}
      response: {rungs: [none, talk, act]}
    rules:
      rise: {when: "true", after: 5h, do: {alert: watch}}
      rise_on: {when: alert == watch, do: {alert: alarm}}
      talk: {when: alert == alarm, after: {uniform: [1h, 9h]}, do: {response: talk}}
      rest: {when: response == talk, after: 3h, do: {alert: calm, response: none}}
      again: {when: ever(response == talk) and alert == calm, after: 4h, do: {alert: watch}}
    outcomes: {over: {when: ever(response == talk) and alert == alarm, for: 2h}, open: otherwise}
    results: {when_talked: {first: response == talk}, alarmed: {total: alert == alarm}}
"""


def written_again(run):
    """Return the row that the records of a traced run and its results call for."""
    model = run.model
    ladders = [variable for _, variable in model.ladders]
    at = {ladder.id: 0 for ladder in ladders}
    firsts = {ladder.id: [0] + [-1] * (len(ladder.levels) - 1) for ladder in ladders}
    ends = {}
    for record in run.records:
        if record.kind == "begin":
            continue
        for name, (_, after) in record.writes.items():
            if name not in at:
                continue
            rung = next(x.levels for x in ladders if x.id == name).index(after)
            if firsts[name][rung] < 0:
                firsts[name][rung] = record.tick
            ends.setdefault(record.tick, {})[name] = rung
    path = 0
    for _, moved in sorted(ends.items()):
        for i, ladder in enumerate(ladders):
            rung = moved.get(ladder.id, at[ladder.id])
            if rung != at[ladder.id]:
                path = address.fold(path, 0, i, rung, 0)
                at[ladder.id] = rung
    outcomes = [outcome.id for outcome in model.outcomes]
    return Row(
        replication=run.replication,
        outcome=outcomes.index(run.outcome) if run.outcome in outcomes else len(outcomes),
        ended_at=run.ended_at,
        firing_digest=int(run.firing_digest, 16),
        path=path,
        ties=run.ties,
        firsts=tuple(tick for ticks in firsts.values() for tick in ticks),
        results=tuple(run.results.values()),
    )


def firsts_of(run):
    """Return the first entry into each rung by the stays of a run."""
    found = {}
    for stay in run.stays:
        found.setdefault((stay.ladder, stay.rung), stay.entered)
    rungs = [(ladder.id, rung) for _, ladder in run.model.ladders for rung in ladder.levels]
    return tuple(found.get(rung, -1) for rung in rungs)


def row(text, **how):
    """Return the first replication of a scenario given as text, as a row."""
    return Simulator(scenario(text, **how)).row(1, 0)


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_a_row_says_what_the_traced_run_says_in_every_shipped_scenario(path):
    simulator = Simulator(load(path))
    for replication in range(25):
        run = simulator.run(5, replication)
        found = simulator.row(5, replication)
        assert found == written_again(run)
        assert found.firsts == firsts_of(run)


@always
@given(scenarios())
def test_a_row_says_what_the_traced_run_says_in_any_scenario(text):
    simulator = Simulator(scenario(text, horizon=f"{HORIZON}h"))
    try:
        run = simulator.run(3, 0)
    except RunError:
        assert FAULTS[simulator.row(3, 0).fault] != "none"
        return
    assert simulator.row(3, 0) == written_again(run)
    assert simulator.row(3, 0).firsts == firsts_of(run)


def test_two_ladders_over_many_replications():
    simulator = Simulator(scenario(TWO_LADDERS))
    rows = [simulator.row(1, r) for r in range(40)]
    assert rows == [written_again(simulator.run(1, r)) for r in range(40)]
    assert len({r.path for r in rows}) == 1, "the path knows nothing of time"
    assert len({r.firsts for r in rows}) > 1


def test_a_rung_passed_within_a_tick_counts_as_entered_and_leaves_no_step_in_the_path():
    found = row(TWO_LADDERS, horizon="6h")
    assert found.firsts == (0, 5, 5, 0, -1, -1)
    assert found.path == address.fold(0, 0, 0, 2, 0)


def test_a_ladder_that_is_back_at_the_end_of_the_tick_has_taken_no_step():
    found = row("""
        ladders: {alert: {rungs: [calm, watch]}}
        rules:
          up: {when: "true", after: 3h, do: {alert: watch}}
          down: {when: alert == watch, do: {alert: calm}}
    """)
    assert (found.firsts, found.path) == ((0, 3), 0)


def test_a_ladder_moved_by_the_script_at_zero_takes_a_step_there():
    found = row("""
        ladders: {alert: {rungs: [calm, watch]}}
        script: {0h: {alert: watch}}
    """)
    assert (found.firsts, found.path) == ((0, 0), address.fold(0, 0, 0, 1, 0))


def test_the_rung_a_ladder_starts_on_has_zero_and_one_never_entered_has_minus_one():
    found = row("""
        ladders: {alert: {rungs: [calm, watch, alarm]}}
        script: {3h: {alert: alarm}, 8h: {alert: calm}}
    """)
    assert found.firsts == (0, -1, 3)


def test_without_an_outcome_the_number_is_that_of_the_fallback():
    text = "situation: {a: false}\nscript: {1h: {a: true}}\n"
    for outcomes, number in (
        ("", 0),
        ("outcomes: {never: a and not a, late: now > 300h, open: otherwise}", 2),
        ("outcomes: {never: a and not a, is_so: a, open: otherwise}", 1),
    ):
        assert row(text + outcomes).outcome == number


def test_what_never_came_is_none_in_the_results():
    found = row("""
        situation: {a: false}
        script: {7h: {a: true}}
        results: {never: {first: not a and now > 9h}, once: {first: a}}
    """)
    assert found.results == (None, 7.0)


FAULTY = {
    "expression": """
        situation: {n: 0}
        rules: {divide: {when: "true", after: 2h, do: {n: 1 / n}}}
    """,
    "livelock": """
        situation: {a: false}
        rules:
          up: {when: not a, do: {a: true}}
          down: {when: a, do: {a: false}}
    """,
    "too many timers": """
        situation: {n: 0}
        rules:
          count: {when: "true", every: 1h, do: {n: n + 1}}
          wait: {on_change: n, after: 100h, at_most: 3, do: {n: 0}}
    """,
}


@pytest.mark.parametrize("fault", FAULTY)
def test_what_stops_a_replication_becomes_a_fault_with_nothing_else_said(fault):
    simulator = Simulator(scenario(FAULTY[fault]))
    with pytest.raises(RunError):
        simulator.run(1, 4)
    assert simulator.row(1, 4) == Row(replication=4, fault=FAULTS.index(fault))


def test_a_run_of_too_many_items_is_a_fault(monkeypatch):
    monkeypatch.setattr(engine_replication, "MOST_ITEMS", 50)
    text = 'situation: {n: 0}\nrules: {count: {when: "true", every: 1h, do: {n: n + 1}}}'
    assert row(text) == Row(replication=0, fault=FAULTS.index("too many items"))


def test_the_replications_after_a_fault_are_as_they_would_have_been():
    text = """
        situation: {n: 0, lot: {draw: {uniform: [0, 1]}}}
        ladders: {alert: {rungs: [calm, watch]}}
        rules:
          climb: {when: "true", after: 1h, do: {alert: watch}}
          divide: {when: lot < 0.5, after: 2h, do: {n: 1 / n}}
    """
    simulator = Simulator(scenario(text))
    rows = [simulator.row(1, r) for r in range(20)]
    assert {r.fault for r in rows} == {0, FAULTS.index("expression")}
    assert rows == [Simulator(simulator.model).row(1, r) for r in range(20)]
    assert [r.replication for r in rows] == list(range(20))


def test_a_seed_that_is_no_seed_is_refused():
    simulator = Simulator(scenario(TWO_LADDERS))
    for seed, replication in ((-1, 0), (1, 2**63), (True, 0)):
        with pytest.raises(UsageError):
            simulator.row(seed, replication)
