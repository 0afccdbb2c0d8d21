"""Two scenarios on the same random numbers: differences, pairs, and where one run parts."""

import json
import statistics

import pytest

from escalation_sim import UsageError, compare, load, simulate
from escalation_sim.analysis.parting import parting_of
from escalation_sim.errors import ScenarioError
from escalation_sim.scenario.differences import edits_between, with_edit
from escalation_sim.scenario.load import load_scenario
from escalation_sim.studies.aggregate import empty
from escalation_sim.studies.arrays import as_arrays, from_arrays
from escalation_sim.studies.engines import SimpyEngine
from escalation_sim.studies.ensemble import Order, run_pairs
from escalation_sim.studies.pairs import common_of, compared
from escalation_sim.studies.shape import shape_of
from tests.studies.support import SMALL, rows_of, write

RUNS = 400


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    return write(tmp_path_factory.mktemp("compare"))


@pytest.fixture(scope="module")
def found(path):
    return compare(path, runs=RUNS, set_b={"patience": "10h"})


@pytest.fixture(scope="module")
def pairs(path):
    sides = rows_of(load(path), RUNS), rows_of(load(path, set={"patience": "10h"}), RUNS)
    return [(a, b) for a, b in zip(*sides, strict=True) if not a.fault and not b.fault]


def test_a_scenario_compared_with_itself_differs_nowhere(path):
    found = compare(path, path, runs=100)
    assert (found.changed.count, found.moves, found.edits, found.parting) == (0, {}, (), None)
    for change in found.outcomes.values():
        assert (change.difference, change.gained, change.lost) == (0, 0, 0)
        assert change.low < 0 < change.high


def test_shares_and_differences_are_those_of_the_pairs(found, pairs):
    assert found.pairs == len(pairs) == RUNS - found.failed
    for number, (id_, change) in enumerate(found.outcomes.items()):
        first = sum(a.outcome == number for a, _ in pairs)
        second = sum(b.outcome == number for _, b in pairs)
        assert (change.first.count, change.second.count) == (first, second), id_
        assert change.gained - change.lost == second - first
        assert change.low <= change.difference <= change.high
    for number, change in enumerate(found.rungs.values()):
        gained = sum(a.firsts[number] < 0 <= b.firsts[number] for a, b in pairs)
        lost = sum(b.firsts[number] < 0 <= a.firsts[number] for a, b in pairs)
        assert (change.gained, change.lost) == (gained, lost)
    assert sum(found.moves.values()) == sum(a.outcome != b.outcome for a, b in pairs)


def test_numbers_are_compared_pair_by_pair(found, pairs):
    change = found.results["hours_firm"]
    differences = [b.results[1] - a.results[1] for a, b in pairs]
    assert change.both == len(pairs)
    assert change.difference == pytest.approx(statistics.fmean(differences))
    assert change.sd == pytest.approx(statistics.stdev(differences))
    first = found.results["first_harsh"]
    both = [(a.results[0], b.results[0]) for a, b in pairs]
    twice = [b - a for a, b in both if a is not None and b is not None]
    assert first.both == len(twice)
    assert first.gained == sum(a is None and b is not None for a, b in both)
    assert first.difference == pytest.approx(statistics.fmean(twice))


def test_a_change_is_counted_once_and_named(found, pairs):
    changed = [a.replication for a, b in pairs if a != b]
    assert found.changed.count == len(changed)
    assert list(found.examples) == changed[:10]
    otherwise = [a.replication for a, b in pairs if a.outcome != b.outcome]
    assert list(found.ended_otherwise_examples) == otherwise[:10]


def test_pairing_narrows_the_interval(found):
    change = found.results["hours_firm"]
    apart = (change.first.sd**2 + change.second.sd**2) ** 0.5
    assert 0 < change.sd < apart


@pytest.mark.parametrize("order", [{"workers": 2, "chunk": 7}, {"chunk": 1}, {"chunk": 1000}])
def test_workers_and_chunks_do_not_show(path, order):
    first, second = load(path), load(path, set={"patience": "10h"})
    expected, _ = run_pairs(first, second, runs=100)
    assert run_pairs(first, second, runs=100, order=Order(**order))[0] == expected


def test_arrays_are_compared_as_lists_are(path):
    models = load(path), load(path, reading={"late": "whenever"})
    columns = [SimpyEngine(m).columns(1, 0, 80) for m in models]
    shapes = shape_of(models[0]), shape_of(models[1])
    common = common_of(*models)
    arrays = [from_arrays(as_arrays(c)) for c in columns]
    assert compared(*arrays, shapes, common) == compared(*columns, shapes, common)
    assert compared(*columns, shapes, common).sides[0] != empty(shapes[0])


def test_turning_the_sides_round_turns_the_signs_round(path, found):
    other = compare(path, runs=RUNS, set_a={"patience": "10h"})
    for id_, change in found.outcomes.items():
        back = other.outcomes[id_]
        assert back.difference == -change.difference
        assert (back.gained, back.lost) == (change.lost, change.gained)
        assert (back.low, back.high) == (pytest.approx(-change.high), pytest.approx(-change.low))


def test_files_with_other_rungs_outcomes_and_results_are_compared_in_what_they_share(path):
    text = SMALL.replace("rungs: [kind, firm,", "rungs: [kind, polite, firm,")
    text = text.replace("settled: {when", "answered_at_last: {when").replace(
        "  reminders:", "  notes:"
    )
    other = write(path.parent, text, "other.yaml")
    found = compare(path, other, runs=60)
    assert list(found.outcomes) == ["settled", "open", "answered_at_last"]
    assert found.outcomes["settled"].second.count == 0
    moved = found.moves["settled", "answered_at_last"]
    assert moved == found.outcomes["settled"].first.count
    assert list(found.rungs) == ["tone.kind", "tone.firm", "tone.harsh"]
    assert all(c.difference == 0 for c in found.rungs.values())
    assert "reminders" not in found.results
    assert found.names == ("letter", "other")
    assert found.changed.count == moved


def test_files_with_other_ticks_cannot_be_paired(path):
    other = write(path.parent, SMALL.replace("tick: 1min", "tick: 2min"), "ticks.yaml")
    with pytest.raises(UsageError, match="ticks of different lengths"):
        compare(path, other, runs=3)


def test_the_json_holds_everything(found):
    data = json.loads(json.dumps(found.as_json(), allow_nan=False))
    assert data["edits"] == ["parameters.patience.value: 20h → 10h"]
    assert set(data["outcomes"]["settled"]) == {
        "first", "second", "difference", "low", "high", "gained", "lost",
    }  # fmt: skip
    assert data["parting"]["edits"][0]["path"] == "parameters.patience"
    assert data["second"]["changes"] == ["patience=10h"]
    assert "illustrative" in found._repr_html_()


# where they part


def parting(path, number=None, **how):
    return compare(path, runs=40, replication=number, **how).parting


def test_two_runs_part_where_their_traces_do(path, found):
    parting_ = found.parting
    runs = [
        simulate(load(path, set=s), replication=parting_.replication)
        for s in ({}, {"patience": "10h"})
    ]
    happened = [[(r.tick, r.kind, r.about) for r in run.records] for run in runs]
    same = next(i for i, (a, b) in enumerate(zip(*happened, strict=False)) if a != b)
    assert parting_.first.about == happened[0][same][2]
    assert parting_.second.about == happened[1][same][2]
    assert parting_.hours == min(happened[0][same][0], happened[1][same][0]) / 60


def test_the_first_run_that_ends_otherwise_is_explained_unless_one_is_named(path):
    found = compare(path, runs=60, set_b={"reply_chance": 0.3})
    assert found.parting.replication == found.ended_otherwise_examples[0]
    assert parting(path, 7, set_b={"patience": "10h"}).replication == 7


def test_the_edit_that_did_it_is_found_among_others(path):
    edits = {"patience": "10h", "rules.insist.after": "2h", "reply_chance": "0.55"}
    guilty = parting(path, set_b=edits).edits
    alone = {
        name: parting_of(
            load(path), load(path, set={name: value}), seed=1,
            replication=parting(path, set_b=edits).replication,
        )
        for name, value in edits.items()
    }  # fmt: skip
    whole = parting(path, set_b=edits)
    expected = {
        name for name, alone_ in alone.items()
        if alone_ and (alone_.first, alone_.hours) == (whole.first, whole.hours)
    }  # fmt: skip
    names = {"parameters.patience": "patience", "parameters.reply_chance": "reply_chance",
             "rules.insist": "rules.insist.after"}  # fmt: skip
    assert expected
    assert {names[edit.path] for edit in guilty} == expected


KEYS = """\
schema: 1
title: two keys
time: {horizon: 9h, tick: 1h}
parameters: {left: 9h, right: 9h}
situation: {open: false}
rules: {turn: {when: now >= left and now >= right, do: {open: true}}}
"""


def test_edits_that_only_work_together_are_not_blamed_alone(tmp_path):
    path = write(tmp_path, KEYS, "keys.yaml")
    together = compare(path, runs=1, set_b={"left": "2h", "right": "3h"}).parting
    assert (together.second.about, together.hours) == ("rules.turn", 3.0)
    assert together.edits == ()


def test_edits_of_how_a_run_begins_are_all_blamed_and_no_other(tmp_path):
    text = KEYS.replace("{open: false}", "{open: false, a: 1, b: 2, c: 3}")
    path = write(tmp_path, text, "keys.yaml")
    edits = {"situation.a": "7", "situation.b": "8", "left": "1h"}
    found = compare(path, runs=1, set_b=edits, replication=0).parting
    assert found.second.text == "the run begins with a 7, b 8"
    assert [edit.path for edit in found.edits] == ["situation.a", "situation.b"]


def test_a_situation_that_only_one_side_has_is_no_difference_by_itself(tmp_path):
    path = write(tmp_path, KEYS, "keys.yaml")
    text = KEYS.replace("{open: false}", "{open: false, more: 1}").replace("left: 9h", "left: 3h")
    other = write(tmp_path, text.replace("right: 9h", "right: 2h"), "more.yaml")
    found = compare(path, other, runs=1).parting
    assert (found.hours, found.second.about) == (3.0, "rules.turn")


def test_a_reading_is_told_by_both_its_names(path):
    found = compare(path, runs=40, reading_b={"late": "whenever"})
    assert found.edits == ("reading.late: soon → whenever",)
    assert found.parting.edits[0].lines == found.edits
    assert found.names == ("as written", "late=whenever")


def test_a_rule_left_out_is_an_edit(path):
    found = compare(path, runs=40, set_b={"rules.insist": None})
    assert found.edits[0].startswith("rules.insist.when: tone == firm → not there")
    assert found.parting.first.about == "rules.insist"
    assert found.parting.edits[0].where == "letter.yaml:17"


def test_of_models_nobody_knows_the_edits(path):
    found = compare(load(path), load(path, set={"patience": "10h"}), runs=40)
    assert (found.edits, found.parting.edits) == ((), ())
    with pytest.raises(UsageError, match="cannot be changed"):
        compare(load(path), runs=4, set_b={"patience": "1h"})


def test_an_edit_makes_the_one_scenario_of_the_other(path):
    first = load_scenario(path)
    second = load_scenario(
        path, settings=[("patience", "3h"), ("rules.divide", "null"), ("rules.insist.after", "1h")],
        readings=[("late", "whenever")],
    )  # fmt: skip
    edits = edits_between(first, second)
    assert {".".join(e.path) for e in edits} == {
        "parameters.patience", "rules.divide", "rules.insist", "reading.late",
    }  # fmt: skip
    changed = first
    for edit in edits:
        changed = with_edit(changed, edit)
    assert edits_between(changed, second) == ()
    for edit in edits_between(second, first):
        changed = with_edit(changed, edit)
    assert edits_between(changed, first) == ()


def test_titles_and_expectations_are_no_edits(path):
    text = SMALL.replace("A letter and its answer", "Another title")
    other = write(path.parent, text + "expect: {a: {never: answered}}\n", "titled.yaml")
    assert edits_between(load_scenario(path), load_scenario(other)) == ()


def test_a_side_that_is_no_scenario_is_an_error(path):
    with pytest.raises(ScenarioError):
        compare(path, runs=3, set_b={"pateince": "10h"})
