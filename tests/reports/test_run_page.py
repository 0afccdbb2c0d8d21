"""The page of one run: everything it rests on is on it, and what it says is what the run says."""

import re
import shlex

import pytest

from escalation_sim import __version__
from escalation_sim.cli.app import run_app
from escalation_sim.reports import page_of
from escalation_sim.reports.happened import MOST_ROWS
from escalation_sim.trace.timeline import timeline
from escalation_sim.workbench import load, simulate
from tests.reports.reading import read
from tests.support import run as run_of


@pytest.fixture(scope="module")
def climbed():
    """A run in which rungs were climbed, a red line crossed and claims cited."""
    return simulate(load("03"), seed=4)


@pytest.fixture(scope="module")
def page(climbed):
    return read(page_of(climbed))


def cells(element):
    """Return the rows of all tables in an element as lists of texts."""
    return [[cell.text for cell in row.all("td")] for row in element.all("tr") if row.all("td")]


def test_a_page_has_its_sections_in_this_order(page):
    sections = page.one("main").all("section")
    assert [(s.attributes["id"], s.all("h2")[0].text) for s in sections] == [
        ("question", "The question"),
        ("figure", "The run"),
        ("timeline", "What happened"),
        ("why", "Why so far and no further"),
        ("lines", "Red lines and clocks"),
        ("readings", "Readings"),
        ("assumptions", "Register of assumptions"),
        ("sources", "Sources"),
        ("reproduce", "How to reproduce it"),
    ]
    assert len(page.all("h1")) == 1
    links = [a.attributes["href"] for a in page.one("nav").all("a")]
    assert links == [f"#{s.attributes['id']}" for s in sections]


def test_the_question_is_the_scenario_s_own(page, climbed):
    assert page.one("h1").text == climbed.model.title
    assert climbed.model.about.strip() in page.one("section", id="question").text
    assert climbed.model.zero in page.one("section", id="question").text


def test_the_outcome_is_said_in_a_sentence(page, climbed):
    lead = page.one("p", class_="lead").text
    assert climbed.model.outcome_label(climbed.outcome) in lead
    assert "Response got to Coordinated response at 123.07 h" in lead
    assert "Russia stayed at No answer to troops" in lead


def test_every_input_is_listed_with_value_range_basis_and_place(page, climbed):
    rows = cells(page.one("section", id="assumptions"))
    assert len(rows) == len(climbed.model.inputs)
    for given in climbed.model.inputs:
        row = next(r for r in rows if r[0].startswith(given.id) and r[1] == given.text and r[3])
        assert row[3].startswith(given.basis)
        line = given.where.removeprefix(f"{climbed.model.files[0][0]}:")
        assert row[4].endswith(line)
        for claim in given.claims:
            assert claim in row[3]
    ranges = {row[0]: row[2].replace("\u00a0", " ") for row in rows}
    assert ranges["parameters.patience"] == "0 h to 72 h"
    assert "within" in ranges["definitions.third_phase_dueExtensive and beyond 72 hours"]


def test_the_reasons_of_assumptions_are_told(page, climbed):
    told = page.one("section", id="assumptions").text
    whys = [p.why for p in climbed.model.parameters if p.why]
    assert len(whys) > 20
    assert all(why in told for why in whys)


def test_the_bases_are_counted_and_add_up(page, climbed):
    tally = page.one("ul", class_="tally").all("li")
    counted = {li.text.split()[0].lstrip("0123456789"): int(li.one("b").text) for li in tally}
    assert list(counted) == ["reported", "declared", "derived", "assumed"]
    assert sum(counted.values()) == len(climbed.model.inputs)
    assert (counted["assumed"], len(climbed.model.inputs)) == climbed.model.assumed


def test_every_claim_that_is_cited_is_told_with_all_that_the_register_says(page, climbed):
    sources = page.one("section", id="sources")
    assert len(sources.all("article")) == len(climbed.model.claims) > 10
    assert len(climbed.model.sources) == len(climbed.model.claims)
    for source in climbed.model.sources:
        said = sources.one("article", id=f"claim-{source.id}").text
        for part in (source.statement, source.by, source.grade, source.origin, source.kind):
            assert part in said
        for part in (*source.leaves_open, *source.chain, *source.contested_by, source.grade_note):
            assert part in said


def test_the_timeline_has_every_telling_row(page, climbed):
    rows = cells(page.one("section", id="timeline"))
    expected = timeline(climbed)
    assert [row[:2] for row in rows] == [[r.time, r.text] for r in expected]
    for row, of_run in zip(rows, expected, strict=True):
        assert row[2].startswith(of_run.basis)
        assert all(claim in row[2] for claim in of_run.claims)


def test_each_rung_is_explained_or_why_it_was_not_reached(page):
    why = page.one("section", id="why")
    assert [h.text for h in why.all("h3")] == ["Response", "Western force", "Russia"]
    rows = cells(why)
    assert [row[2] for row in rows] == [
        "Diplomatic warning",
        "Ukrainian engagement",
        "Coordinated response",
        "Authorised",
        "In place",
    ]
    assert "warn: response monitoring → diplomatic_warning" in rows[0][3]
    heads = [h.text for h in why.all("h4")]
    assert heads == [
        "What led to Coordinated response",
        "What led to In place",
        "Why not Strikes beyond the troops",
    ]
    chain = why.all("ol")[0].all("li")
    assert "the script: severity none → extensive" in chain[0].text
    assert "because of 2, 3, 4" in chain[-1].text
    assert "its chance failed" in why.all("ul", class_="missing")[0].text


def test_red_lines_and_clocks_are_told_with_late_marks():
    late = read(page_of(simulate(load("01"), seed=7)))
    lines = cells(late.one("section", id="lines"))
    assert lines[0][0] == "Western troops in Ukraine"
    assert lines[0][3].startswith("not crossed")
    assert "force == in_place is false" in lines[0][3]
    breach = next(row for row in lines if row[0].startswith("Breach"))
    assert "reset once" in breach[3]
    missed = run_of(
        """
        situation: {asked: false, answered: false}
        clocks: {asking: {while: asked}}
        script: {2h: {asked: true}, 9h: {answered: true}}
        rules: {late: {when: asking == 5h and not answered, note: no answer in time}}
        """
    )
    told = cells(read(page_of(missed)).one("section", id="lines"))
    assert "late: 5 h missed at 7 h (late)" in told[0][2]


def test_the_command_gives_the_run_again(capsys):
    run = simulate(
        load("04", set={"compliance": 0.6}, reading={"third_phase_due": "within"}),
        seed=3,
        replication=2,
    )
    section = read(page_of(run)).one("section", id="reproduce")
    program, *words = shlex.split(section.one("pre").text)
    assert program == "escalation-sim"
    with pytest.raises(SystemExit) as leaving:
        run_app([*words, "--json"])
    assert leaving.value.code == 0
    out = capsys.readouterr().out
    for digest in (run.model.hash, run.firing_digest, run.trace_digest):
        assert digest in out
        assert digest in section.text
    for name, digest in run.model.files:
        assert name in section.text
        assert digest in section.text
    assert f"escalation-sim {__version__}" in section.text
    assert "third_phase_due=within" in section.text


def test_the_figure_is_drawn_in_the_page_and_told_in_words(page):
    svg = page.one("figure").one("svg")
    assert svg.attributes["role"] == "img"
    assert "Response got to Coordinated response" in svg.attributes["aria-label"]
    assert len(svg.all("path")) > 100
    assert not svg.all("style")
    assert not svg.all("metadata")


def test_a_scenario_with_nothing_in_it_has_a_page():
    root = read(page_of(run_of("rules: {}")))
    said = root.one("main").text
    assert "The scenario has no ladder." in said
    assert "The scenario has neither red lines nor clocks." in said
    assert "No claim of a register is cited: everything here is assumed." in said
    assert "0 of 0 inputs assumed" in said


def test_a_very_long_run_says_what_it_leaves_out():
    run = run_of(
        """
        situation: {count: 0}
        rules: {tick: {when: true, every: 30min, do: {count: count + 1}}}
        """,
        tick="30min",
    )
    section = read(page_of(run)).one("section", id="timeline")
    assert len(cells(section)) == MOST_ROWS
    more = len(timeline(run)) - MOST_ROWS
    assert f"{more} later rows are left out" in section.text
    assert re.search(r"\bshows them\b", section.text)
