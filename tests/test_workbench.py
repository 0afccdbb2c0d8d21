"""The package from Python: load, simulate, plot, and how they show themselves in a notebook."""

from __future__ import annotations

import pickle
import re

import pytest

import escalation_sim
from escalation_sim import RunError, ScenarioError, UsageError, library, load, plot, simulate
from escalation_sim.engine.simulate import Simulator

HOSTILE = """\
schema: 1
title: "<script>alert(1)</script>"
about: "<img src=x onerror=alert(2)>"
time: {horizon: 2d}
situation: {x: 0}
script: {1h: {x: 1}}
rules: {a: {when: x > 0, note: "</td><b onclick=alert(3)>"}}
"""


def test_three_lines_give_a_run_and_its_picture():
    run = simulate(load("01"), seed=7)
    figure = plot(run)
    assert run.outcome == "ended_before_third_phase"
    assert figure.get_size_inches()[0] == pytest.approx(7.2)


@pytest.mark.parametrize(
    "name", ["01", "1", "01-reported-plan", "reported-plan", "01-reported-plan.yaml"]
)
def test_a_shipped_scenario_is_found_by_number_and_name_from_anywhere(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert load(name).name == "01-reported-plan"


def test_a_file_beside_you_comes_before_a_shipped_one(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "01").write_text("schema: 1\ntitle: mine\ntime: {horizon: 1d}\n", encoding="utf-8")
    assert load("01").title == "mine"


def test_changes_and_readings_are_given_by_name():
    model = load(
        "01",
        set={"compliance": 0.5, "rules.stand_down": None},
        reading={"third_phase_due": "within"},
    )
    assert model.readings["third_phase_due"] == "within"
    assert [p.value for p in model.parameters if p.id == "compliance"] == [0.5]
    assert "stand_down" not in [r.id for r in model.rules]
    assert model.changes == (
        "compliance=0.5",
        "rules.stand_down=null",
        "reading.third_phase_due=within",
    )


def test_errors_carry_all_problems_with_their_places(tmp_path):
    path = tmp_path / "bad.yaml"
    path.write_text(
        "schema: 1\ntitle: t\ntime: {horizon: 1d}\n"
        "rules: {a: {when: y, note: z, x: 1}, b: {note: c}}\n",
        encoding="utf-8",
    )
    with pytest.raises(ScenarioError) as caught:
        load(path)
    assert [(d.code, d.span.line) for d in caught.value.diagnostics] == [
        ("unknown-key", 4),
        ("rule-shape", 4),
    ]
    assert str(path) in str(caught.value)


def test_a_seed_that_is_no_whole_number_is_refused():
    for seed in (-1, 2**63, 1.5, True, "1"):
        with pytest.raises(UsageError, match="seed"):
            simulate(load("01"), seed=seed)
        with pytest.raises(UsageError, match="replication"):
            simulate(load("01"), replication=seed)


def test_runs_and_models_show_themselves_escaped(tmp_path):
    path = tmp_path / "hostile.yaml"
    path.write_text(HOSTILE, encoding="utf-8")
    model = load(path)
    for html in (model._repr_html_(), simulate(model)._repr_html_()):
        assert not re.search(r"<(script|img|b )", html)
        assert "&lt;script&gt;" in html
    assert "illustrative, not a forecast" in simulate(model)._repr_html_()


def test_models_and_runs_travel_between_processes():
    model = load("01")
    again = pickle.loads(pickle.dumps(model))  # noqa: S301 - our own value
    assert again == model
    here, there = simulate(model, seed=3), simulate(again, seed=3)
    assert here.trace_digest == there.trace_digest
    assert pickle.loads(pickle.dumps(here)).firing_digest == here.firing_digest  # noqa: S301


def test_one_failed_replication_leaves_the_others_alone(tmp_path):
    path = tmp_path / "some.yaml"
    path.write_text(
        "schema: 1\ntitle: t\ntime: {horizon: 1d}\n"
        "situation: {x: {draw: {empirical: [0, 1]}}, y: 0}\n"
        "rules: {a: {when: true, do: {y: 1 / x}}}\n",
        encoding="utf-8",
    )
    simulator = Simulator(load(path))
    ends = []
    for replication in range(40):
        try:
            ends.append(simulator.run(1, replication).why_ended)
        except RunError as error:
            ends.append(error.diagnostic.code)
    assert set(ends) == {"quiet", "arithmetic"}
    fresh = [
        Simulator(load(path)).run(1, r).trace_digest for r, end in enumerate(ends) if end == "quiet"
    ]
    assert fresh == [
        simulator.run(1, r).trace_digest for r, end in enumerate(ends) if end == "quiet"
    ]


def test_the_order_in_which_replications_run_does_not_matter():
    simulator = Simulator(load("01"))
    forwards = [simulator.run(5, r).trace_digest for r in range(12)]
    backwards = [simulator.run(5, r).trace_digest for r in reversed(range(12))]
    assert forwards == backwards[::-1]
    assert len(set(forwards)) == 12


def test_only_what_is_promised_is_exported():
    for name in escalation_sim.__all__:
        assert getattr(escalation_sim, name).__doc__
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        escalation_sim.nonsense  # noqa: B018 - asking is the test


def test_shipped_files_are_there():
    assert library.scenarios()[0].name == "01-reported-plan.yaml"
    assert (library.folder("seeds") / "claims.yaml").is_file()
    assert library.find_scenario("99") is None
