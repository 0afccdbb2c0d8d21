"""`escalation-sim run`: what it prints, writes and refuses."""

from __future__ import annotations

import json

import pytest

from escalation_sim import load, simulate
from escalation_sim.trace.records import digest_of, read_lines

LADDER = """\
schema: 1
title: A library asks for a book back
time: {horizon: 30d}
situation: {overdue: false}
ladders: {reminders: {rungs: [none_sent, letter, fine]}}
clocks: {late_clock: {while: overdue}}
red_lines: {fined: {crossed: reminders == fine}}
script: {1d: {overdue: true}, 4d: {overdue: false}}
rules:
  write: {when: late_clock >= 1d, do: {reminders: letter}}
  fine: {when: late_clock >= 2d, do: {reminders: fine}}
  forget: {when: not overdue and reminders > none_sent, for: 1d, do: {reminders: none_sent}}
outcomes: {settled: {when: ever(overdue) and not overdue, for: 3d}, open: otherwise}
results:
  days_late: {total: overdue}
  letters: {count: write}
  never_so: {first: reminders < none_sent}
"""


def test_a_run_as_json_holds_what_was_promised(call, write):
    answer = call("run", write("library.yaml", LADDER), "--seed", 3, "--replication", 2, "--json")
    assert (answer.code, answer.err) == (0, "")
    data = json.loads(answer.out)
    assert data["scenario"] == "library"
    assert (data["seed"], data["replication"], data["readings"]) == (3, 2, {})
    assert (data["outcome"], data["ended_at"], data["why_ended"]) == ("settled", 168.0, "outcome")
    assert data["rungs"] == [
        {"ladder": "reminders", "rung": "none_sent", "entered": 0.0, "left": 48.0},
        {"ladder": "reminders", "rung": "letter", "entered": 48.0, "left": 72.0},
        {"ladder": "reminders", "rung": "fine", "entered": 72.0, "left": 120.0},
        {"ladder": "reminders", "rung": "none_sent", "entered": 120.0, "left": None},
    ]
    assert data["red_lines"] == [{"id": "fined", "crossed_at": [72.0]}]
    assert data["clocks"] == {"late_clock": {"running": False, "hours": None, "resets": 1}}
    assert data["results"] == {"days_late": 72.0, "letters": 1.0, "never_so": None}
    # 1d, 4d; 1d, 2d; 1d; 3d: six written lengths, none with a claim
    assert data["assumed"] == {"count": 6, "of": 6}
    for key in ("model_hash", "firing_digest", "trace_digest"):
        assert len(data[key]) == 16
        int(data[key], 16)


def test_a_line_crossed_twice_is_listed_twice(call, write):
    text = LADDER.replace("script: {", "script: {10d: {overdue: true}, ").replace(
        "for: 3d}, open", "for: 30d}, open"
    )
    data = json.loads(call("run", write("twice.yaml", text), "--json").out)
    assert data["red_lines"] == [{"id": "fined", "crossed_at": [72.0, 288.0]}]
    assert (data["why_ended"], data["outcome"]) == ("quiet", "open")


def test_the_timeline_names_time_deed_place_and_basis(call, write):
    answer = call("run", write("library.yaml", LADDER))
    assert answer.code == 0
    lines = answer.out.splitlines()
    assert lines[0] == "A library asks for a book back"
    assert any(
        " ".join(line.split()) == "48 h write: reminders none_sent → letter library.yaml:10 assumed"
        for line in lines
    )
    assert lines[-1] == "illustrative, not a forecast"
    assert "\x1b" not in answer.out


def test_all_records_show_what_did_not_happen_too(call):
    short = call("run", "01", "--seed", 7).out
    long = call("run", "01", "--seed", 7, "--all").out
    assert "called off" not in short
    assert "called off" in long


def test_a_written_trace_reads_back_to_the_same_records_and_digest(call, tmp_path):
    target = tmp_path / "trace.jsonl"
    answer = call("run", "01", "--seed", 5, "--trace", target, "--json")
    assert answer.err == f"trace written to {target}\n"
    header, records = read_lines(target.read_text(encoding="utf-8").splitlines())
    run = simulate(load("01"), seed=5)
    assert records == list(run.records)
    assert header["note"] == "illustrative, not a forecast"
    assert digest_of(header, records) == json.loads(answer.out)["trace_digest"] == run.trace_digest


def test_settings_and_readings_reach_the_run(call):
    plain = json.loads(call("run", "01", "--json").out)
    changed = json.loads(
        call(
            "run", "01", "--set", "compliance=0", "--set", "parameters.detection_delay.mean=30h",
            "--reading", "third_phase_due=within", "--json",
        ).out
    )  # fmt: skip
    assert plain["readings"]["third_phase_due"] == "floor"
    assert changed["readings"]["third_phase_due"] == "within"
    assert changed["changes"] == [
        "compliance=0", "parameters.detection_delay.mean=30h", "reading.third_phase_due=within",
    ]  # fmt: skip
    assert plain["model_hash"] != changed["model_hash"]


def test_a_changed_value_counts_as_assumed(call):
    plain = json.loads(call("run", "01", "--json").out)["assumed"]
    changed = json.loads(call("run", "01", "--set", "extended=48h", "--json").out)["assumed"]
    assert changed == {"count": plain["count"] + 1, "of": plain["of"]}


@pytest.mark.parametrize("ending", ["png", "svg", "pdf"])
def test_a_figure_is_written_in_the_form_its_name_asks_for(call, tmp_path, ending):
    target = tmp_path / f"run.{ending}"
    answer = call("run", "01", "--figure", target)
    assert answer.code == 0
    start = {"png": b"\x89PNG", "svg": b"<?xml", "pdf": b"%PDF"}[ending]
    assert target.read_bytes().startswith(start)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["run", "01", "--figure", "run.bmp"], "`run.bmp` is no picture file"),
        (["run", "01", "--trace", "no/such/folder/t.jsonl"], "there is no folder `no/such/folder`"),
        (["run", "nowhere.yaml"], "there is no file `nowhere.yaml`"),
        (["run", "01", "--seed", "-1"], "-1 is not in the range"),
        (["run", "01", "--seed", "x"], "'x' is not a valid integer range"),
        (["run", "01", "--set", "compliance"], "`compliance` needs the form NAME=VALUE"),
        (["run", "01", "--set", "complaince=1"], "did you mean `compliance`?"),
        (["run", "01", "--set", "rules.wran.for=1h"], "did you mean `warn`?"),
        (["run", "01", "--reading", "third_phase=floor"], "did you mean `third_phase_due`?"),
        (["run", "01", "--reading", "third_phase_due=flor"], "did you mean `floor`?"),
        (["run"], "Missing argument 'FILE'"),
        (["rnu", "01"], "did you mean `run`?"),
        (["run", "01", "--sed", "1"], "No such option"),
        (["check"], "Missing argument 'FILE...'"),
        (["why", "01", "response.coordinated"], "did you mean `response.coordinated_response`?"),
        (["why", "01", "rules.wran"], "did you mean `rules.warn`?"),
        (["why", "01", "rules.warn", "--at", "72"], "give it a unit, as in `72h`"),
        (["why", "01", "rules.warn", "--at", "99d"], "the run goes from 0 h to 720 h"),
    ],
)
def test_wrong_usage_leaves_with_2_and_help_on_stderr(call, arguments, said):
    answer = call(*arguments)
    assert answer.code == 2
    assert answer.out == ""
    assert said in answer.err
    assert "Traceback" not in answer.err


def test_a_fault_during_a_run_names_time_rule_and_place(call, write):
    text = (
        "schema: 1\ntitle: Division\ntime: {horizon: 10d}\nsituation: {x: 0, y: 1}\n"
        "rules:\n  a: {when: y > 0, after: 3h, do: {y: 1 / x}}\n"
    )
    answer = call("run", write("division.yaml", text))
    assert (answer.code, answer.out) == (1, "")
    assert "division.yaml:6:3: error[arithmetic]: at 3 h in `a`: division by zero" in answer.err
