"""`escalation-sim report`: where the page goes, of what it is, and what is refused."""

from __future__ import annotations

import pytest

from tests.studies.support import SMALL


@pytest.fixture
def letter(write, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    return write("letter.yaml", SMALL)


def test_a_run_is_reported_to_the_usual_place(call, letter, tmp_path):
    answer = call("report", letter, "--seed", 3)
    page = tmp_path / "out" / "letter-report.html"
    assert (answer.code, answer.out) == (0, "")
    assert answer.err == "report written to out/letter-report.html\n"
    said = page.read_text("utf-8")
    assert "Report of one run" in said
    assert "seed 3 · replication 0" in said


def test_changes_and_readings_are_heard(call, letter, tmp_path):
    answer = call(
        "report", letter, "--seed", 3, "--replication", 4, "--set", "patience=5h",
        "--reading", "late=whenever", "--out", "page.html",
    )  # fmt: skip
    assert answer.code == 0
    said = (tmp_path / "page.html").read_text("utf-8")
    words = "letter.yaml --seed 3 --replication 4 --set patience=5h --reading late=whenever"
    assert words in said


def test_many_runs_are_reported_as_a_study(call, letter, tmp_path):
    answer = call(
        "report", letter, "--runs", 20, "--sweep", "patience=5h,20h", "--reading", "late=all"
    )
    assert answer.code == 0
    said = (tmp_path / "out" / "letter-report.html").read_text("utf-8")
    assert "Report of a study" in said
    assert "20 runs at each of 4 design points" in said


def test_a_kept_study_is_reported_without_its_numbers_being_given_again(call, letter, tmp_path):
    how = ("--sweep", "patience=5h,20h")
    call("study", letter, "--runs", 25, "--seed", 6, *how, "--out", "kept")
    before = sorted(p.name for p in (tmp_path / "kept" / "chunks").iterdir())
    assert call("report", letter, "--from", "kept", *how, "--out", "one.html").code == 0
    assert sorted(p.name for p in (tmp_path / "kept" / "chunks").iterdir()) == before
    call("report", letter, "--runs", 25, "--seed", 6, *how, "--out", "two.html")
    assert (tmp_path / "one.html").read_bytes() == (tmp_path / "two.html").read_bytes()


def test_a_folder_with_another_study_is_refused(call, letter):
    call("study", letter, "--runs", 5, "--out", "kept")
    answer = call("report", letter, "--from", "kept", "--set", "patience=3h")
    assert answer.code == 1
    assert "is another one" in answer.err
    assert "parameters.patience.value: 20h → 3h" in answer.err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--out", "page.pdf"], "`page.pdf` is no page; its name ends in .html or .htm"),
        (["--out", "nowhere/page.html"], "there is no folder `nowhere`"),
        (["--sweep", "patience=1h,2h"], "`--sweep` makes design points; say how often"),
        (["--without", "each"], "`--without` makes design points"),
        (["--reading", "late=all"], "all readings make a study; say how often with `--runs`"),
        (["--runs", "5", "--replication", "2"], "`--replication` names one run"),
        (["--from", ".", "--runs", "5"], "knows its runs and seed"),
    ],
)
def test_what_would_not_be_heard_is_refused(call, letter, tmp_path, words, said):
    answer = call("report", letter, *words)
    assert answer.code == 2
    assert said in answer.err
    assert not list(tmp_path.rglob("*.html"))


def test_a_reading_that_does_not_exist_is_an_error_of_its_own(call, letter):
    answer = call("report", letter, "--reading", "late=al")
    assert answer.code == 2
    assert "has no reading `al`" in answer.err
