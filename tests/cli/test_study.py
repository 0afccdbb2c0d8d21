"""`escalation-sim study`: what it prints, keeps and refuses."""

from __future__ import annotations

import contextlib
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from escalation_sim import figures
from escalation_sim.cli.study_figures import KINDS
from tests.studies.support import SMALL, environment


@pytest.fixture
def letter(write):
    return write("letter.yaml", SMALL)


def test_a_study_shows_shares_with_intervals_and_words_times_and_results(call, letter):
    answer = call("study", letter, "--runs", 400, "--seed", 3)
    assert (answer.code, answer.err) == (0, "")
    lines = answer.out.splitlines()
    assert lines[0] == "A letter and its answer"
    assert re.fullmatch(
        r"scenario letter · 400 runs · seed 3 · engine simpy · digest [0-9a-f]{16}", lines[1]
    )
    assert lines[2] == "readings: one clause in the first reading"
    table = {line.split("  ")[0]: line for line in lines if line}
    assert re.search(r"\d+ %  \(\d+–\d+ %\)  \w+", table["settled"])
    assert re.search(r"\d+ %  \(\d+–\d+ %\)  .*\d h  +[\d.]+–[\d.]+ h", table["tone: Harsh"])
    assert re.search(r"\d+\.\d h  \([\d.]+–[\d.]+\)", table["first harsh"])
    assert lines.count("illustrative, not a forecast") == 1
    assert answer.out.count("ICD 203") == 3  # two heads of columns, and the note
    assert "runs could not be carried out" in answer.out
    assert "inputs assumed" in answer.out


def test_the_json_is_the_whole_result_and_nothing_else(call, letter):
    data = json.loads(call("study", letter, "--runs", 20, "--json").out)
    assert list(data["points"][0]["outcomes"]) == ["settled", "open"]
    assert data["runs"] == 20
    again = json.loads(call("study", letter, "--runs", 20, "--json", "--chunk", 3).out)
    assert again["digest"] == data["digest"]


def test_several_points_stand_side_by_side(call, letter):
    answer = call(
        "study", letter, "--runs", 30, "--reading", "late=all", "--sweep", "patience=5h,50h"
    )
    assert answer.code == 0
    assert "30 runs at each of 4 design points" in answer.out
    starts = [line.split("  ")[0] for line in answer.out.splitlines()]
    assert starts.count("late=soon, patience=5h") == 3  # outcomes, rungs, results
    assert "late=whenever, patience=50h" in starts
    assert "readings:" not in answer.out


def test_a_rule_that_never_matters_is_seen_at_once(call, write):
    path = write(
        "spare.yaml",
        SMALL.replace("rules:\n", "rules:\n  spare: {when: luck > 99, note: nothing}\n"),
    )
    answer = call("study", path, "--runs", 30, "--without", "each")
    assert "without spare (no run differs)" in answer.out
    assert "without answer (no run differs)" not in answer.out
    assert "without remind" in answer.out


def test_nothing_is_rounded_to_0_or_100_per_cent(call, letter):
    answer = call("study", letter, "--runs", 50, "--set", "reply_chance=0")
    assert "none of " in answer.out
    assert "all of " in answer.out
    assert not re.search(r"(?<![\d.])(0|100) % ", answer.out)


def test_a_study_is_kept_and_gone_on_with(call, letter, tmp_path):
    out = tmp_path / "kept"
    first = call("study", letter, "--runs", 40, "--out", out)
    assert (first.code, first.err) == (0, f"runs kept in {out}\n")
    refused = call("study", letter, "--runs", 40, "--out", out)
    assert (refused.code, refused.out) == (2, "")
    assert "`--resume` goes on with it" in refused.err
    longer = call("study", letter, "--runs", 60, "--out", out, "--resume", "--json")
    whole = call("study", letter, "--runs", 60, "--json")
    assert json.loads(longer.out)["digest"] == json.loads(whole.out)["digest"]
    changed = call("study", letter, "--runs", 60, "--out", out, "--resume", "--set", "patience=9h")
    assert changed.code == 1
    assert "  - parameters.patience.value: 20h → 9h\n" in changed.err
    assert changed.out == ""


def test_an_interrupted_study_without_a_folder_shows_what_was_finished(call, letter, monkeypatch):
    def interrupting(_self, done, _total):
        if done >= 40:
            raise KeyboardInterrupt

    monkeypatch.setattr("escalation_sim.cli.sheets.Progress.__call__", interrupting)
    answer = call("study", letter, "--runs", 1000, "--chunk", 20)
    assert answer.code == 130
    assert "interrupted after 40 of 1,000 runs" in answer.out
    assert "with `--out DIR` a study can be gone on with" in answer.err


def test_damage_is_told(call, letter, tmp_path):
    out = tmp_path / "kept"
    call("study", letter, "--runs", 20, "--out", out)
    chunk = next((out / "chunks").iterdir())
    chunk.write_bytes(chunk.read_bytes()[:99])
    answer = call("study", letter, "--runs", 20, "--out", out, "--resume")
    assert answer.code == 0
    assert f"chunk `{chunk.name}` is damaged and is computed again" in answer.err


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--runs", "0"], "0 is not in the range"),
        (["--resume"], "name it with `--out`"),
        (["--sweep", "patience"], "needs the form NAME=VALUE"),
        (["--sweep", "patience=,"], "give values"),
        (["--without", "nobody"], "no rule `nobody`"),
        (["--reading", "late=never"], "never"),
        (["--set", "nothing=1"], "nothing is called `nothing`"),
        (["--engine", "steam"], "'steam' is not one of"),
        (["--words", "kahn"], "'kahn' is not one of"),
        (["--workers", "0"], "0 is not in the range"),
    ],
)
def test_what_makes_no_sense_is_refused_with_a_reason(call, letter, options, message):
    answer = call("study", letter, *options)
    assert answer.code == 2
    assert message in answer.err
    assert answer.out == ""


def test_errors_of_the_scenario_are_shown_with_their_places(call, write):
    answer = call("study", write("bad.yaml", SMALL.replace("when: asked,", "when: asekd,")))
    assert answer.code == 1
    assert "bad.yaml:15:" in answer.err


def test_the_scale_of_words_can_be_chosen(call, letter):
    answer = call("study", letter, "--runs", 100, "--words", "ipcc")
    assert "words: IPCC" in answer.out
    assert "ICD" not in answer.out


def test_a_scenario_from_standard_input_can_be_studied(call, monkeypatch):
    import io  # noqa: PLC0415
    import sys  # noqa: PLC0415

    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(SMALL.encode())))
    data = json.loads(call("study", "-", "--runs", 10, "--sweep", "patience=1h,2h", "--json").out)
    assert [p["set"] for p in data["points"]] == [{"patience": "1h"}, {"patience": "2h"}]


def test_a_table_of_all_runs_is_written_on_demand(call, letter, tmp_path):
    out, table = tmp_path / "kept", tmp_path / "rows.csv"
    assert call("study", letter, "--runs", 12, "--out", out, "--table", table).code == 0
    assert len(table.read_text("utf-8").splitlines()) == 13
    assert "give both" in call("study", letter, "--table", table).err
    refused = call("study", letter, "--out", tmp_path / "b", "--table", tmp_path / "rows.xls")
    assert (refused.code, "ends in .csv, .parquet" in refused.err) == (2, True)
    assert not (tmp_path / "b").exists()


@pytest.mark.skipif(os.name != "posix", reason="needs a pseudo-terminal")
def test_a_terminal_shows_how_far_it_is_how_fast_and_how_long_still(letter):
    import pty  # noqa: PLC0415 - not on every system

    mine, theirs = pty.openpty()
    command = [sys.executable, "-m", "escalation_sim", "study", letter, "--runs", "3000", "--json"]
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=theirs,
        cwd=Path(__file__).parents[2],
        env=environment(TERM="xterm", COLUMNS="100", NO_COLOR="1"),
    ) as process:
        os.close(theirs)
        shown = b""
        with contextlib.suppress(OSError):  # how the end of a terminal is told
            while more := os.read(mine, 65_536):
                shown += more
        os.close(mine)
        out = process.communicate()[0]
    assert process.returncode == 0
    assert json.loads(out)["complete"] is True
    text = shown.decode()
    assert "of 3,000 runs" in text
    assert re.search(r"\d/s", text)
    assert re.search(r"\d\d:\d\d", text)


def test_show_picks_outcomes_rungs_and_results(call):
    whole = call("study", "01", "--runs", 20).out
    show = ("--show", "open,third_phase", "--show", "force.in_place")
    picked = call("study", "01", "--runs", 20, *show).out
    for label in ("time in breach", "late responses", "Response: Diplomatic warning"):
        assert label in whole
        assert label not in picked
    for label in ("open", "start of the third phase", ": In place"):
        assert label in picked
    several = call("study", "01", "--runs", 20, *show, "--sweep", "quorum=4,5").out
    assert "late responses" not in several
    assert "start of the third phase" in several


def test_show_refuses_what_is_not_there_before_anything_is_run(call):
    answer = call("study", "01", "--runs", 100_000_000, "--show", "third_phas")
    assert answer.code == 2
    assert "there is nothing called `third_phas` to show; did you mean `third_phase`?" in answer.err


@pytest.mark.parametrize("kind", ["timing", "paths"])
def test_a_study_is_drawn_and_its_paths_are_written(call, letter, tmp_path, kind):
    figure, paths = tmp_path / "study.png", tmp_path / "paths.json"
    answer = call(
        "study", letter, "--runs", 20, "--figure", figure, "--figure-kind", kind, "--paths", paths
    )
    assert answer.code == 0
    assert answer.err.splitlines() == [
        f"figure written to {figure}",
        f"paths written to {paths}",
    ]
    assert figure.read_bytes().startswith(b"\x89PNG")
    told = json.loads(paths.read_text("utf-8"))
    assert sum(path["count"] for path in told["paths"]) == told["graph"]["runs"]


def test_readings_are_drawn_where_there_is_a_point_for_each(call, letter, tmp_path):
    figure = tmp_path / "readings.svg"
    asked = ("--figure", figure, "--figure-kind", "readings")
    answer = call("study", letter, "--runs", 5, "--reading", "late=all", *asked)
    assert answer.code == 0
    assert figure.read_text("utf-8").startswith("<?xml")
    refused = call("study", letter, "--runs", 5, *asked)
    assert refused.code == 2
    assert "--reading CLAUSE=all" in refused.err


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        (("--figure", "study.txt"), "is no picture file"),
        (("--figure", "x.png", "--figure-kind", "pie"), "is not one of"),
        (("--figure-kind", "paths"), "name the file with `--figure`"),
        (("--paths", "paths.csv"), "paths are written as .graphml or .json"),
    ],
)
def test_files_that_cannot_be_written_are_refused_before_anything_is_run(
    call, letter, options, problem
):
    answer = call("study", letter, "--runs", 10**9, *options)
    assert answer.code == 2
    assert problem in answer.err


def test_every_kind_of_figure_has_its_function():
    assert all(callable(getattr(figures, name)) for name in KINDS.values())
