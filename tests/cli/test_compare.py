"""`escalation-sim compare`: what it prints and refuses."""

from __future__ import annotations

import json
import re

import pytest

from tests.studies.support import SMALL


@pytest.fixture
def letter(write):
    return write("letter.yaml", SMALL)


def test_a_comparison_shows_both_sides_the_difference_and_what_did_it(call, letter):
    answer = call("compare", letter, "--runs", 200, "--set-b", "reply_chance=0.3")
    assert (answer.code, answer.err) == (0, "")
    lines = answer.out.splitlines()
    assert re.fullmatch(r"scenario letter · \d+ pairs of runs · seed 1 · engine simpy", lines[1])
    assert lines[2:5] == [
        "first: as written", "second: reply_chance=0.3",
        "differs in parameters.reply_chance.value: 0.6 → 0.3",
    ]  # fmt: skip
    settled = next(line for line in lines if line.startswith("settled"))
    assert re.search(
        r"\d+\.\d %  \d+\.\d %  +−\d+\.\d  \(−\d+\.\d to −\d+\.\d\)  +0  +\d+", settled
    )
    assert re.search(r"something differs in \d+ pairs: \d+ % \(\d+–\d+ %\)", answer.out)
    assert re.search(r"another outcome in \d+: .*; settled → open \d+", answer.out)
    assert re.search(r"replication \d+ parts at [\d.]+ (h|min):", answer.out)
    assert "  because of parameters.reply_chance.value: 0.6 → 0.3  [--set]" in lines
    assert lines[-1] == "illustrative, not a forecast"


def test_two_files_two_readings_and_two_sets_of_changes_are_compared(call, letter, write):
    other = write("other.yaml", SMALL.replace("after: {exponential: 20h}", "after: 5h"))
    files = json.loads(call("compare", letter, other, "--runs", 20, "--json").out)
    assert (files["first"]["name"], files["second"]["name"]) == ("letter", "other")
    assert files["edits"] == [
        "rules.answer.after.exponential: 20h → not there", "rules.answer.after: not there → 5h",
    ]  # fmt: skip
    assert files["parting"]["edits"][0]["where"] == "other.yaml:15"
    one = call("compare", letter, "--runs", 20, "--reading-b", "late=whenever", "--json")
    assert json.loads(one.out)["edits"] == ["reading.late: soon → whenever"]
    two = call(
        "compare", letter, "--runs", 20, "--set", "reply_chance=0.1",
        "--set-a", "patience=1h", "--set-b", "patience=2h", "--json",
    )  # fmt: skip
    data = json.loads(two.out)
    assert data["first"]["changes"] == ["reply_chance=0.1", "patience=1h"]
    assert data["edits"] == ["parameters.patience.value: 1h → 2h"]


def test_one_replication_can_be_chosen(call, letter):
    options = ("--runs", 5, "--set-b", "patience=1h", "--json", "--replication", 11)
    data = json.loads(call("compare", letter, *options).out)
    assert data["parting"]["replication"] == 11
    assert data["parting"]["second"]["text"].startswith("remind")


def test_the_same_twice_says_so(call, letter):
    answer = call("compare", letter, letter, "--runs", 10)
    assert "the two say the same" in answer.out
    assert "something differs in 0 pairs: none of" in answer.out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "say what is different with --set-b"),
        (["-"], "standard input can be read only once"),
        (["nowhere.yaml"], "there is no file `nowhere.yaml`"),
        (["--set-b", "patinece=1h"], "nothing is called `patinece`"),
    ],
)
def test_what_makes_no_sense_is_refused(call, letter, arguments, message):
    answer = call("compare", *(["-", *arguments] if arguments == ["-"] else [letter, *arguments]))
    assert answer.code == 2
    assert message in answer.err


def test_the_differences_are_drawn(call, letter, tmp_path):
    figure = tmp_path / "difference.pdf"
    answer = call("compare", letter, "--runs", 20, "--set-b", "patience=5h", "--figure", figure)
    assert (answer.code, answer.err) == (0, f"figure written to {figure}\n")
    assert figure.read_bytes().startswith(b"%PDF")
