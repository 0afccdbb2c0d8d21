"""`escalation-sim matters` and `flip`: what they print, write and refuse."""

from __future__ import annotations

import json
import re
import sys

import pytest

from tests.studies.support import SMALL


@pytest.fixture
def letter(write):
    text = SMALL.replace("patience: 20h", "patience: {value: 20h, range: [1h, 50h]}")
    if "range:" not in text:
        text = re.sub(r"patience:.*", "patience: {value: 20h, range: [1h, 50h]}", text, count=1)
    return write("letter.yaml", text)


def test_matters_shows_each_input_at_its_ends_and_which_changes_the_word(call, letter):
    answer = call("matters", letter, "--runs", 200, "--workers", 1)
    assert (answer.code, answer.err) == (0, "")
    lines = answer.out.splitlines()
    assert re.fullmatch(
        r"scenario letter · 200 runs at each of \d design points · seed 1 · engine simpy", lines[1]
    )
    assert re.match(r"rung tone\.\w+: \d+ % \(\d+–\d+ %\) as written, \w+", lines[2])
    assert any(re.search(r"^patience +assumed +1 h +\d+ % +\+\d+\.\d", line) for line in lines)
    assert "→" in answer.out
    assert lines[-1] == "illustrative, not a forecast"


def test_matters_takes_the_variance_apart_and_draws_the_tornado(call, letter, tmp_path):
    figure = tmp_path / "tornado.svg"
    answer = call(
        "matters", letter, "--runs", 40, "--sobol", "--samples", 16, "--figure", figure,
        "--outcome", "settled", "--json",
    )  # fmt: skip
    data = json.loads(answer.out)
    assert answer.err == f"figure written to {figure}\n"
    assert figure.read_text("utf-8").startswith("<?xml")
    assert data["target"]["id"] == "settled"
    assert data["variance"]["samples"] == 16
    assert {i["input"] for i in data["variance"]["indices"]} >= {"patience", "chance"}
    assert set(data["variance"]["parts"]) >= {"assumed", "sourced", "chance", "together"}
    assert "variance by" in call("matters", letter, "--runs", 20, "--sobol", "--samples", 8).out


def test_readings_can_be_left_as_they_are(call, letter):
    data = json.loads(call("matters", letter, "--runs", 5, "--no-readings", "--json").out)
    assert [bar["kind"] for bar in data["bars"]] == ["value"]


def test_what_matters_refuses_is_said_before_anything_is_run(call, letter, monkeypatch):
    for options, said in (
        (("--rung", "tone.loud"), "there is no rung `tone.loud`"),
        (("--outcome", "x"), "there is no outcome `x`"),
        (("--sobol", "--samples", 100), "power of 2"),
        (("--figure", "x.gif"), "is no picture file"),
    ):
        answer = call("matters", letter, *options)
        assert answer.code == 2
        assert said in answer.err
    monkeypatch.setitem(sys.modules, "scipy.stats", None)
    answer = call("matters", letter, "--sobol")
    assert answer.code == 2
    assert "install escalation-sim[statistics]" in answer.err


def test_flip_says_what_would_have_turned_the_run_round_and_what_was_searched(call, letter):
    answer = call("flip", letter, "tone.harsh", "--replication", 3)
    assert (answer.code, answer.err) == (0, "")
    assert re.search(r"smallest change found: .*; then (never entered|entered at)", answer.out)
    assert "  try it: --" in answer.out
    assert re.search(r"in \d+ replays on the same random numbers: 1 range, ", answer.out)
    assert "17 places evenly spread" in answer.out
    data = json.loads(call("flip", letter, "tone.harsh", "--replication", 3, "--json").out)
    assert data["smallest"] == data["changes"][0]


def test_flip_says_plainly_that_no_single_change_does_it(call, letter):
    answer = call("flip", letter, "tone.kind", "--replication", 3)
    assert "no single change of those tried keeps it from being entered" in answer.out


def test_flip_refuses_what_is_no_rung(call, letter):
    for rung, said in (("harsh", "write LADDER.RUNG"), ("tone.loud", "there is no rung")):
        answer = call("flip", letter, rung)
        assert answer.code == 2
        assert said in answer.err
