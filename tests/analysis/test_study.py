"""A study as tables: shares, times and results say what the rows say."""

import dataclasses
import json
import statistics

import pytest
from jsonschema import validate

from escalation_sim import StudyError, UsageError, load, study
from escalation_sim.analysis.study import study_of
from escalation_sim.studies.ensemble import run_study
from tests.studies.support import SMALL, rows_of, small_design, studied, write
from tests.support import whole

NUMBER = {"type": ["number", "null"]}
SHARE = {
    "type": "object",
    "required": ["count", "share", "low", "high", "word"],
    "properties": {"count": {"type": "integer"}, "share": NUMBER, "low": NUMBER, "high": NUMBER},
}
NUMBERS = {
    "type": "object",
    "required": ["n", "never", "mean", "sd", "se", "low", "high", "quantiles", "bin_width"],
    "properties": {"quantiles": {"required": ["0.05", "0.25", "0.5", "0.75", "0.95"]}},
}
PROMISED = {
    "type": "object",
    "required": [
        "scenario", "runs", "seed", "engine", "engine_seconds", "digest", "scale", "points", "note",
    ],
    "properties": {
        "runs": {"type": "integer"},
        "engine": {"enum": ["simpy", "compiled"]},
        "engine_seconds": {"type": "number", "exclusiveMinimum": 0},
        "digest": {"type": "string", "pattern": "^[0-9a-f]{16}$"},
        "points": {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "required": [
                    "set", "readings", "runs", "outcomes", "results", "rungs", "tie_flagged",
                    "failed", "assumed",
                ],
                "properties": {
                    "outcomes": {"additionalProperties": SHARE},
                    "results": {"additionalProperties": NUMBERS},
                    "rungs": {
                        "additionalProperties": {
                            **SHARE,
                            "required": [*SHARE["required"], "first_hours"],
                            "properties": {**SHARE["properties"], "first_hours": NUMBERS},
                        }
                    },
                },
            },
        },
    },
}  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("study")
    write(path)
    return path


@pytest.fixture(scope="module")
def found(folder):
    return study(folder / "letter.yaml", runs=600, seed=4)


@pytest.fixture(scope="module")
def rows(folder):
    return [r for r in rows_of(load(folder / "letter.yaml"), 600, seed=4) if not r.fault]


def test_the_json_holds_what_was_promised(found):
    data = json.loads(json.dumps(found.as_json()))
    validate(data, PROMISED)
    assert data["points"][0]["readings"] == {"late": "soon"}
    assert set(data["points"][0]["outcomes"]) == {"settled", "open"}
    assert set(data["points"][0]["rungs"]) == {"tone.kind", "tone.firm", "tone.harsh"}
    assert data["note"] == "illustrative, not a forecast"


def test_shares_are_those_of_the_runs_that_came_to_an_end(found, rows):
    point = found.points[0]
    assert (point.runs, point.failed) == (len(rows), 600 - len(rows))
    assert point.faults == {"expression": point.failed}
    for number, share in enumerate(point.outcomes.values()):
        assert share.count == sum(r.outcome == number for r in rows)
        assert share.share == share.count / len(rows)
        assert 0 < share.low < share.share < share.high < 1
    assert sum(s.count for s in point.outcomes.values()) == len(rows)


def test_results_and_times_are_those_of_the_rows(found, rows):
    point = found.points[0]
    for number, numbers in enumerate(point.results.values()):
        values = [r.results[number] for r in rows if r.results[number] is not None]
        assert (numbers.n, numbers.never) == (len(values), len(rows) - len(values))
        assert numbers.mean == pytest.approx(statistics.fmean(values))
        assert numbers.sd == pytest.approx(statistics.stdev(values))
        assert numbers.se == pytest.approx(statistics.stdev(values) / len(values) ** 0.5)
        assert numbers.low < numbers.mean < numbers.high
        median = statistics.median_low(values)
        assert abs(numbers.quantiles[0.5] - median) <= (numbers.bin_width or abs(median) / 128)
    harsh = point.rungs["tone.harsh"]
    times = [r.firsts[2] / 60 for r in rows if r.firsts[2] >= 0]
    assert (harsh.share.count, harsh.first_hours.n) == (len(times), len(times))
    assert harsh.first_hours.mean == pytest.approx(statistics.fmean(times))
    assert harsh.first_hours.quantiles[0.95] == sorted(times)[-(-len(times) * 95 // 100) - 1]


def test_a_share_among_the_results_has_an_interval_inside_0_to_1_and_a_word(found, rows):
    firm = found.points[0].results["was_firm"]
    assert firm.unit == "share"
    assert firm.mean == sum(r.results[4] for r in rows) / len(rows)
    assert 0 < firm.low < firm.mean < firm.high < 1
    assert firm.word == found.scale.word(firm.mean)


def test_a_start_rung_is_entered_at_once_by_all(found):
    kind = found.points[0].rungs["tone.kind"]
    assert kind.share.share == 1
    assert kind.first_hours.quantiles[0.95] == 0


def test_what_comes_of_a_study_is_frozen_and_travels(found):
    import pickle  # noqa: PLC0415 - our own value

    with pytest.raises(dataclasses.FrozenInstanceError):
        found.runs = 3
    assert pickle.loads(pickle.dumps(found)) == found  # noqa: S301


def test_words_come_from_the_scale_that_is_named(folder):
    other = study(folder / "letter.yaml", runs=100, words="ipcc")
    assert other.as_json()["scale"] == "IPCC"
    share = other.points[0].outcomes["settled"]
    assert share.word == "about as likely as not"
    with pytest.raises(UsageError, match="icd203, ipcc"):
        study(folder / "letter.yaml", runs=1, words="kahn")


def test_points_are_paired_and_say_what_they_are(folder):
    found = study(
        folder / "letter.yaml",
        runs=60,
        set={"reply_chance": 0.5},
        reading={"late": "all"},
        sweep={"patience": ["5h", "30h"]},
        without="insist",
    )
    assert len(found.points) == 8
    last = found.points[-1].as_json()
    assert last["set"] == {"patience": "30h", "rules.insist": "null"}
    assert (last["without"], last["readings"]) == ("insist", {"late": "whenever"})
    assert found.changes == ("reply_chance=0.5",)
    assert found.points[1].rungs["tone.harsh"].share.count == 0
    assert found.points[0].label == "late=soon, patience=5h"
    # on the same random numbers: later reminders never come earlier than sooner ones
    soon, later = found.points[0].rungs["tone.firm"], found.points[4].rungs["tone.firm"]
    assert soon.share.count >= later.share.count


def test_a_model_can_be_studied_but_not_changed(folder):
    model = load(folder / "letter.yaml")
    assert study(model, runs=20).digest == study(folder / "letter.yaml", runs=20).digest
    with pytest.raises(UsageError, match="give the scenario's name or file"):
        study(model, runs=20, sweep={"patience": [1, 2]})


@pytest.mark.parametrize("runs", [0, -1, 1.5, True, "3"])
def test_numbers_of_runs_that_make_no_sense_are_refused(folder, runs):
    with pytest.raises(UsageError, match="runs"):
        study(folder / "letter.yaml", runs=runs)


def test_a_folder_is_written_and_gone_on_with_from_python(folder, tmp_path):
    out = tmp_path / "out"
    first = study(folder / "letter.yaml", runs=30, out=out)
    data = json.loads((out / "study.json").read_text("utf-8"))
    assert data["digest"] == first.digest
    lines = (out / "points.csv").read_text("utf-8").splitlines()
    assert len(lines) == 1 + 2 + 3 + 5
    chunk = next((out / "chunks").iterdir())
    chunk.write_bytes(chunk.read_bytes()[:-1])
    with pytest.warns(RuntimeWarning, match="is damaged"):
        again = study(folder / "letter.yaml", runs=30, out=out, resume=True)
    assert again.digest == first.digest
    with pytest.raises(StudyError, match="seed: 1 → 2"):
        study(folder / "letter.yaml", runs=30, seed=2, out=out, resume=True)


@pytest.mark.parametrize(
    ("outcomes", "names"),
    [
        ("", ["none"]),
        ("outcomes: {none: {when: a}}", ["none", "(none)"]),
        ("outcomes: {rest: otherwise, done: {when: a}}", ["done", "rest"]),
    ],
)
def test_runs_without_an_outcome_have_a_name(tmp_path, outcomes, names):
    path = write(tmp_path, whole("situation: {a: false}\n" + outcomes), "a.yaml")
    point = study(path, runs=3).points[0]
    assert list(point.outcomes) == names
    assert list(point.outcomes.values())[-1].count == 3


def test_a_study_in_which_every_run_fails_says_so(tmp_path):
    text = "situation: {x: 0, y: 0}\nrules: {a: {when: true, do: {y: 1 / x}}}\n"
    found = study(write(tmp_path, whole(text), "a.yaml"), runs=5)
    data = json.loads(json.dumps(found.as_json(), allow_nan=False))
    assert (data["points"][0]["runs"], data["points"][0]["failed"]) == (0, 5)
    assert data["points"][0]["outcomes"]["none"]["share"] is None


def test_ties_are_counted(tmp_path):
    text = """\
situation: {a: false, n: 0}
script: {1h: {a: true}}
rules: {up: {when: a, after: 1h, do: {n: n + 1}}, down: {when: a, after: 1h, do: {n: n * 2}}}
"""
    assert study(write(tmp_path, whole(text), "a.yaml"), runs=4).points[0].tie_flagged == 4


def test_shown_in_a_notebook_it_is_escaped(tmp_path):
    path = write(tmp_path, SMALL.replace("A letter and its answer", "<script>x</script>"), "a.yaml")
    html = study(path, runs=3)._repr_html_()
    assert "<script>" not in html
    assert "illustrative, not a forecast" in html


def test_the_tables_do_not_depend_on_who_worked_it_off(tmp_path):
    design = small_design(tmp_path)
    one = study_of(studied(tmp_path, 100, design=design))
    two = study_of(run_study(design, runs=100))
    assert one.points == two.points
