"""The flip: the smallest single change, found by replaying and true when it is tried."""

import json

import pytest

from escalation_sim import RunError, UsageError, load, simulate
from escalation_sim.analysis.flip import flip_of
from escalation_sim.scenario.load import load_scenario
from tests.analysis.what_matters import read

STEPS = """
parameters:
  deadline: {value: 20h, range: [0h, 100h]}
  strength: {value: 0.3, range: [0, 1]}
  unused: {value: 1h, range: [1h, 9h]}
situation: {asked: true}
ladders: {tone: {rungs: [kind, firm, harsh]}}
definitions: {counts: {readings: {always: true, never: false}}}
rules:
  remind: {when: counts and now >= deadline and strength < 0.55, do: {tone: at least firm}}
  settle: {when: now >= 64h, do: {asked: false}}
outcomes: {settled: {when: not asked}}
"""


def test_the_edge_of_a_range_is_found_to_a_thousandth():
    found = flip_of(read(STEPS), "tone.firm")
    assert found.hours == 20
    by_name = {c.name: c for c in found.changes}
    assert by_name["strength"].size == pytest.approx(0.25, abs=2 / 1024)
    assert float(by_name["strength"].options.rpartition("=")[2]) >= 0.55
    # at 64 h the run ends before the reminder, or with it: which, the replay knows
    assert by_name["deadline"].after in ("64 h", "65 h")
    assert by_name["deadline"].size == pytest.approx(0.44, abs=0.011)
    assert found.smallest == by_name["strength"]
    assert set(by_name) == {"strength", "deadline", "counts", "remind"}


def test_changes_stand_from_the_smallest_on_and_whole_changes_last():
    sizes = [c.size for c in flip_of(read(STEPS), "tone.firm").changes]
    kinds = [c.kind for c in flip_of(read(STEPS), "tone.firm").changes]
    assert sizes == sorted(sizes)
    assert kinds == ["value", "value", "reading", "without"]


def test_a_rung_that_was_never_entered_can_be_caused():
    found = flip_of(read(STEPS, set={"strength": 0.9}), "tone.firm")
    assert found.hours is None
    assert [c.name for c in found.changes] == ["strength"]
    assert found.smallest.hours == 20
    assert found.smallest.size == pytest.approx(0.35, abs=2 / 1024)


def test_a_rung_nothing_leads_to_has_no_single_change():
    found = flip_of(read(STEPS), "tone.harsh")
    assert found.smallest is None
    assert found.as_json()["smallest"] == "no single change"
    assert found.searched.rules == 2


def test_a_window_inside_a_range_is_found_where_it_is_wider_than_the_grid():
    window = STEPS.replace("strength < 0.55", "(strength < 0.5 or strength > 0.7)")
    change = flip_of(read(window), "tone.firm").smallest
    assert change.name == "strength"
    assert change.size == pytest.approx(0.2, abs=2 / 1024)


def test_every_change_does_what_is_said_when_it_is_tried_as_written(tmp_path):
    path = tmp_path / "letter.yaml"
    path.write_text(
        """\
schema: 1
title: a letter
time: {horizon: 60h, tick: 1min}
parameters:
  patience: {value: 20h, range: [1h, 50h]}
  answer_time: {exponential: 20h, range: [1h, 80h]}
  pause: {uniform: [1h, 9h], range: [0h, 40h]}
  reply_chance: {value: 0.6, range: [0, 1]}
situation: {asked: true, answered: false}
ladders: {tone: {rungs: [kind, firm, harsh]}}
definitions: {late: {readings: {soon: now >= patience, whenever: now >= 2 * patience}}}
rules:
  answer: {when: asked, after: answer_time, chance: reply_chance, do: {answered: true}}
  remind: {when: late and not answered, do: {tone: firm}}
  insist: {when: tone == firm, after: pause, do: {tone: harsh}}
outcomes: {settled: {when: answered}, open: otherwise}
""",
        "utf-8",
    )
    scenario = load_scenario(path)
    tried = 0
    for replication in range(6):
        found = flip_of(scenario, "tone.harsh", replication=replication)
        for change in found.changes:
            words = change.options.split()
            pairs = [pair.split("=", 1) for pair in words[1::2]]
            given = {"set": {}, "reading": {}}
            for option, (name, value) in zip(words[::2], pairs, strict=True):
                given[option.removeprefix("--")][name] = value
            run = simulate(load(path, **given), replication=replication)
            hours = [run.hours(s.entered) for s in run.stays if s.rung == "harsh"]
            assert (hours[0] if hours else None) == change.hours
            assert (change.hours is None) != (found.hours is None)
            tried += 1
    assert tried > 10


def test_changes_that_make_no_sense_are_counted_and_left_out():
    found = flip_of(
        read(
            "parameters: {pace: {value: 4h, range: [0h, 8h]}}\nsituation: {a: 0}\n"
            "ladders: {tone: {rungs: [kind, firm]}}\nrules: {x: {every: pace, do: {tone: firm}}}"
        ),
        "tone.firm",
    )
    assert found.searched.impossible == 1
    assert [c.name for c in found.changes] == ["x"]


def test_what_is_no_rung_or_no_run_is_refused():
    with pytest.raises(UsageError, match="there is no rung"):
        flip_of(read(STEPS), "tone.loud")
    broken = STEPS.replace("do: {asked: false}", "do: {asked: 1 / (strength - strength) > 0}")
    with pytest.raises(RunError, match="by zero"):
        flip_of(read(broken), "tone.firm")


def test_the_json_is_plain():
    data = json.loads(json.dumps(flip_of(read(STEPS), "tone.firm").as_json()))
    assert data["smallest"]["name"] == "strength"
    assert data["searched"]["places_of_each"] == 17
    assert data["wanted"] == "never entered"
