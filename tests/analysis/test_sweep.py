"""Sweeps: shares and paired changes along an input, and where one outcome overtakes another."""

import json

import numpy as np
import pytest

from escalation_sim import UsageError, compare, study
from escalation_sim.analysis.sweep import overtakings, sweep_of
from tests.studies.support import write

DIAL = """\
schema: 1
title: a dial
time: {horizon: 20h, tick: 1h}
parameters:
  p: {value: 0.5, range: [0, 1]}
  wait: {value: 4h, range: [1h, 10h]}
situation: {x: 0}
rules: {a: {when: now >= wait, chance: p, do: {x: 1}}}
outcomes: {up: {when: x == 1}, down: otherwise}
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("sweep")
    (path / "dial.yaml").write_text(DIAL, "utf-8")
    write(path)
    return path


@pytest.fixture(scope="module")
def found(folder):
    values = ["1", "0.2", "0", "0.8"]
    return study(folder / "dial.yaml", runs=1500, seed=5, sweep={"p": values}), values


def test_shares_agree_with_the_study_and_stand_in_order_of_the_values(found):
    made, _ = found
    sweep = sweep_of(made)
    assert [s.value for s in sweep.steps] == [0, 0.2, 0.8, 1]
    points = {p.point.settings[0][1]: p for p in made.points}
    for step in sweep.steps:
        assert step.shares == points[step.text].outcomes
    assert (sweep.base, sweep.unit, sweep.basis) == (0.5, "", "assumed")
    assert sweep.shares["up"].count == study_count(made)


def study_count(made):
    """Return what the scenario as written gives, from a study of its own."""
    return study(made.written, runs=made.runs, seed=made.seed).points[0].outcomes["up"].count


def test_changes_are_those_of_a_comparison_with_the_scenario_as_written(found, folder):
    sweep = sweep_of(found[0])
    other = compare(folder / "dial.yaml", runs=1500, seed=5, set_b={"p": 0.8}).outcomes["up"]
    change = sweep.steps[2].against["up"]
    assert (change.difference, change.low, change.high) == (
        other.difference, other.low, other.high,
    )  # fmt: skip


def test_the_point_where_one_overtakes_another_is_found_with_its_interval(found):
    [point] = sweep_of(found[0]).overtakings
    assert (point.before, point.after) == ("down", "up")
    assert point.low < 0.5 < point.high
    assert point.low < point.at < point.high
    assert point.share == pytest.approx(0.5)
    assert point.high - point.low < 0.1


def test_intervals_of_the_point_hold_the_true_one_as_often_as_they_should():
    chance = np.random.default_rng(11)
    x = np.linspace(0, 1, 6)
    held = 0
    for trial in range(120):
        # a run ends in 1 where its own number lies below the input: true point 0.5
        marks = (chance.random(300) < x[:, None]).astype(int)
        [point, *_] = overtakings(x, marks, [(0, "a"), (1, "b")], seed=trial)
        held += point.low <= 0.5 <= point.high
    assert 106 <= held <= 120  # 0.95 of 120, less 3.3 standard errors


def test_an_interval_that_leaves_the_sweep_is_open():
    # equal but for a few: no sample can tell on which side the lines cross
    marks = np.array([[0] * 51 + [1] * 49, [0] * 49 + [1] * 51])
    [point] = overtakings([0.0, 1.0], marks, [(0, "a"), (1, "b")])
    assert point.at == pytest.approx(0.5)
    assert (point.low, point.high) == (None, None)


def test_lines_that_only_touch_do_not_overtake_and_those_that_cross_twice_do_twice():
    def marks_of(shares):
        return np.array([[1] * round(100 * s) + [0] * round(100 - 100 * s) for s in shares])

    ends = [(0, "a"), (1, "b")]
    assert overtakings([0, 1, 2], marks_of([0.4, 0.5, 0.4]), ends) == []
    twice = overtakings([0, 1, 2], marks_of([0.4, 0.6, 0.4]), ends)
    assert sorted((o.at, o.before, o.after) for o in twice) == [
        (pytest.approx(0.5), "a", "b"), (pytest.approx(1.5), "b", "a"),
    ]  # fmt: skip
    [flat] = overtakings([0, 1, 2, 3], marks_of([0.4, 0.5, 0.5, 0.6]), ends)
    assert flat.at == pytest.approx(1.5)


def test_durations_are_hours_whatever_their_unit(folder):
    values = ["60min", "1d", "120min"]
    sweep = sweep_of(study(folder / "dial.yaml", runs=50, sweep={"wait": values}))
    assert [s.value for s in sweep.steps] == [1, 2, 24]
    assert (sweep.unit, sweep.base) == ("h", 4)
    assert sweep.steps[2].shares["up"].count == 0


def test_what_is_no_sweep_along_numbers_is_refused(folder):
    path = folder / "letter.yaml"
    for made in (
        study(path, runs=5),
        study(path, runs=5, sweep={"patience": ["2h"]}),
        study(path, runs=5, sweep={"patience": ["2h", "3h"], "reply_chance": [0.1, 0.2]}),
        study(path, runs=5, sweep={"patience": ["2h", "3h"]}, without="each"),
    ):
        with pytest.raises(UsageError, match="several values of one input"):
            sweep_of(made)
    with pytest.raises(UsageError, match="one value only"):
        sweep_of(study(path, runs=5, sweep={"patience": ["2h", "120min"]}))
    with pytest.raises(UsageError, match="is no number"):
        sweep_of(study(path, runs=5, sweep={"patience": ["2h", "1h + 30min"]}))


def test_the_json_is_plain(found):
    data = json.loads(json.dumps(sweep_of(found[0]).as_json()))
    assert data["overtakings"][0]["after"] == "up"
    assert set(data["steps"][0]["outcomes"]["up"]) >= {"share", "difference", "change_low"}
