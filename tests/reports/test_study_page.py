"""The page of a study: its shares are the study's, and the command gives the study again."""

import re
import shlex

import pytest

from escalation_sim.analysis.cells import result_cells, share_cells
from escalation_sim.cli.app import run_app
from escalation_sim.errors import UsageError
from escalation_sim.figures.ladder import ladder_figure
from escalation_sim.reports.drawings import Drawing
from escalation_sim.reports.study_page import study_page
from escalation_sim.workbench import load, simulate, study
from tests.reports.reading import dangers, read
from tests.reports.test_run_page import cells
from tests.studies.support import write


@pytest.fixture
def letter(tmp_path):
    return write(tmp_path)


def test_a_page_has_its_sections_in_this_order(letter):
    page = read(study_page(study(letter, runs=30)))
    assert [h.text for h in page.one("main").all("h2")] == [
        "The question",
        "Outcomes",
        "Figures",
        "Rungs",
        "Results",
        "Readings",
        "Register of assumptions",
        "Sources",
        "How to reproduce it",
    ]


def test_shares_stand_with_interval_word_and_count(letter):
    found = study(letter, runs=200)
    page = read(study_page(found, ()))
    rows = cells(page.one("section", id="outcomes"))
    for row, share in zip(rows, found.points[0].outcomes.values(), strict=True):
        shown, interval = share_cells(share)
        assert row == [share.label, shown, interval, "", share.word, f"{share.count:,}"]
    rungs = cells(page.one("section", id="rungs"))
    assert [row[0] for row in rungs] == ["tone: firm", "tone: Harsh"]
    results = cells(page.one("section", id="results"))
    assert results == [list(result_cells(n)) for n in found.points[0].results.values()]
    assert "could not be carried out" in page.one("section", id="outcomes").text


def test_a_bar_is_as_long_as_its_share(letter):
    found = study(letter, runs=200)
    bars = read(study_page(found, ())).one("section", id="outcomes").all("svg")
    for bar, share in zip(bars, found.points[0].outcomes.values(), strict=True):
        length = float(bar.one("rect", class_="share").attributes["width"])
        assert length == pytest.approx(100 * share.count / share.of, abs=0.006)
        line = bar.one("line").attributes
        assert float(line["x1"]) == pytest.approx(100 * share.low, abs=0.006)
        assert float(line["x2"]) == pytest.approx(100 * share.high, abs=0.006)


def test_design_points_stand_in_rows(letter):
    found = study(letter, runs=30, reading={"late": "all"}, sweep={"patience": ["5h", "50h"]})
    page = read(study_page(found, ()))
    rows = cells(page.one("section", id="outcomes"))
    assert [row[0].removesuffix("no run differs") for row in rows] == [
        p.label for p in found.points
    ]
    first = next(iter(found.points[0].outcomes.values()))
    assert rows[0][1] == "".join(share_cells(first))
    assert not page.all("section", id="readings")


def test_no_table_has_more_columns_than_fit_a_sheet():
    found = study("01", runs=2, reading={"third_phase_due": "all"})
    page = read(study_page(found, ()))
    for table in page.all("table", class_="points"):
        assert len(table.all("th")) <= 6
    shown = {h.text for h in page.one("section", id="rungs").all("th")}
    assert {r.share.label for id_, r in found.points[0].rungs.items()} - shown == {
        "Response: Monitoring",
        "Western force: Absent",
        "Russia: No answer to troops",
    }


@pytest.mark.parametrize(
    "how",
    [
        {},
        {"set": {"patience": "10h"}},
        {"reading": {"late": "all"}, "sweep": {"patience": ["5h", "50h"]}},
        {"reading": {"late": "whenever"}},
        {"without": "each"},
        {"without": ["remind", "divide"]},
        {"words": "ipcc"},
    ],
    ids=lambda how: " ".join(how) or "as written",
)
def test_the_command_gives_the_study_again(letter, monkeypatch, capsys, how):
    found = study(letter, runs=12, seed=9, **how)
    section = read(study_page(found, ())).one("section", id="reproduce")
    program, *words = shlex.split(section.one("pre").text)
    assert program == "escalation-sim"
    monkeypatch.chdir(letter.parent)
    with pytest.raises(SystemExit):
        run_app([*words, "--json"])
    told = re.search(r'"digest": "(\w+)"', capsys.readouterr().out)[1]
    assert told == found.digest
    assert found.digest in section.text
    assert all(p.model.hash in section.text for p in found.points)


def test_figures_are_taken_from_the_list_and_left_out_where_there_is_nothing_to_draw(letter):
    def nothing(_study):
        raise UsageError("nothing to draw")

    run = simulate(load(letter), seed=3)
    kinds = [
        Drawing("one", "The first figure.", lambda _: ladder_figure(run)),
        Drawing("none", "Never seen.", nothing),
        Drawing("two", "The second figure.", lambda _: ladder_figure(run)),
    ]
    root = read(study_page(study(letter, runs=5), kinds))
    drawn = root.one("section", id="figures").all("figure")
    assert [f.one("figcaption").text for f in drawn] == ["The first figure.", "The second figure."]
    ids = [e.attributes["id"] for f in drawn for e in f.all() if "id" in e.attributes]
    assert len(ids) == len(set(ids)) > 0
    assert all(i.startswith(("one-", "two-")) for i in ids)
    assert dangers(root) == []


def test_each_kind_of_figure_is_drawn_where_it_says_something():
    def kinds(found):
        figures = read(study_page(found)).one("section", id="figures").all("figcaption")
        return [f.text.partition(" ")[0] for f in figures]

    assert kinds(study("01", runs=20)) == ["When", "Which"]
    assert kinds(study("01", runs=5, sweep={"compliance": [0.2, 0.6]}))[0] == "Shares"
    assert kinds(study("01", runs=5, reading={"third_phase_due": "all"}))[0] == "The"
