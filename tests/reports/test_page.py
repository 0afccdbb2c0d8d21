"""Any page: one file that fetches nothing, runs nothing, and is the same twice."""

import itertools
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from escalation_sim.engine.simulate import Simulator
from escalation_sim.errors import UsageError
from escalation_sim.reports import page_of
from escalation_sim.reports.html import Html, join, table, tag, text
from escalation_sim.reports.page import POLICY
from escalation_sim.reports.style import in_quotes, style
from escalation_sim.workbench import load, simulate, study
from tests.reports.reading import dangers, read
from tests.studies.support import write

ATTACKS = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "</style><script>alert(1)</script>",
    "</title><svg onload=alert(1)>",
    "' onmouseover='alert(1)",
    '" autofocus onfocus="alert(1)',
    "<a href=javascript:alert(1)>x</a>",
    "<iframe src=//evil.example></iframe>",
    "<link rel=stylesheet href=http://evil.example>",
    "<meta http-equiv=refresh content=0;url=http://evil.example>",
    "--><script>alert(1)</script><!--",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<style>*{background:url(http://evil.example)}</style>",
    '"; } body { background: url(http://evil.example) } x { content: "',
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "<base href=http://evil.example>",
    "<form action=http://evil.example><button>",
    "<math><mtext></p><style><img src=x onerror=alert(1)>",
    "{{7*7}}${7*7}",
    "<details open ontoggle=alert(1)>",
)


def attacks():
    """Yield attacks without end, each another one."""
    for number in itertools.count():
        yield f"{ATTACKS[number % len(ATTACKS)]} {number}"


def hostile(folder):
    """Write a scenario and a register whose every text is an attack; return its path and texts."""
    used = []
    endless = attacks()

    def bad():
        used.append(next(endless))
        return "'" + used[-1].replace("'", "''") + "'"

    rules = "\n".join(
        f"  r{i}: {{label: {bad()}, why: {bad()}, when: now >= {i}h, note: {bad()}}}"
        for i in range(30)
    )
    parameters = "\n".join(
        f"  p{i}: {{value: {i + 2}, label: {bad()}, why: {bad()}, range: [0, 99], claim: c.c{i}}}"
        for i in range(15)
    )
    rungs = ", ".join(f"{{g{i}: {{label: {bad()}, short: {bad()}}}}}" for i in range(6))
    scenario = f"""\
schema: 1
title: {bad()}
about: {bad()}
sources: claims.yaml
time: {{zero: {bad()}, horizon: 4d}}
parties: {{one: {{name: {bad()}, short: {bad()}}}, two: {{name: {bad()}}}}}
parameters:
{parameters}
situation:
  s: {{levels: [low, high], label: {bad()}, why: {bad()}, strip: true}}
ladders:
  up: {{party: one, label: {bad()}, side: up, rungs: [{rungs}]}}
definitions:
  d: {{label: {bad()}, why: {bad()}, readings: {{a: s == high, b: s == low}}}}
clocks:
  k: {{label: {bad()}, why: {bad()}, while: d}}
red_lines:
  line: {{label: {bad()}, holder: two, crossed: up >= g2, declares: {bad()}, claim: c.c1}}
  other: {{label: {bad()}, holder: one, crossed: up >= g5 and now < 1h, declares: {bad()}}}
script: {{2h: {{s: high}}}}
rules:
  climb: {{when: d, after: 1h, do: {{up: g2}}, why: {bad()}}}
  late: {{label: {bad()}, when: k == 5h, note: {bad()}}}
{rules}
outcomes:
  done: {{label: {bad()}, why: {bad()}, when: up == g5}}
  rest: otherwise
results:
  first: {{first: up >= g2, label: {bad()}}}
"""
    claims = "\n".join(
        f"""\
  c.c{i}:
    by: {bad()}
    statement: {bad()}
    kind: {("reported", "declared")[i % 2]}
    origin: o
    grade: {{reliability: C, credibility: 3}}
    grade_note: {bad()}
    leaves_open: [q]
    contested_by: [c.c{(i + 1) % 15}]
    when: {bad()}"""
        for i in range(15)
    )
    (folder / "claims.yaml").write_text(
        f"schema: 1\ntitle: {bad()}\nabout: {bad()}\norigins:\n"
        f"  o: {{name: {bad()}, chain: [{bad()}, {bad()}], note: {bad()}}}\n"
        f"open_questions: {{q: {bad()}}}\nclaims:\n{claims}\n",
        "utf-8",
    )
    path = folder / '"><img src=x onerror=alert(1)>.yaml'
    path.write_text(scenario, "utf-8")
    return path, used


def test_two_hundred_hostile_texts_run_nothing_and_fetch_nothing(tmp_path):
    path, used = hostile(tmp_path)
    assert len(used) >= 200
    model = load(path)
    for page in (page_of(simulate(model)), page_of(study(model, runs=3))):
        root = read(page)
        assert dangers(root) == []
        assert "evil.example" not in root.one("style").text


def test_hostile_texts_are_shown_as_they_were_written(tmp_path):
    path, _ = hostile(tmp_path)
    model = load(path)
    shown = read(page_of(simulate(model))).one("body").text
    assert model.title in shown
    assert model.about in shown
    for statement in model.claims.values():
        assert statement in shown
    for parameter in model.parameters:
        assert parameter.why in shown


def small_run(folder, seed=3):
    return simulate(load(write(folder)), seed=seed)


def pages(folder):
    """Yield a page of each sort."""
    yield page_of(small_run(folder))
    yield page_of(simulate(load("01"), seed=7))
    yield page_of(study(write(folder), runs=40))
    yield page_of(
        study(write(folder), runs=20, reading={"late": "all"}, sweep={"patience": ["5h"]})
    )


@pytest.fixture(scope="module")
def every_page(tmp_path_factory):
    return list(pages(tmp_path_factory.mktemp("pages")))


def test_a_page_needs_nothing_else_and_nothing_in_it_can_run(every_page):
    for page in every_page:
        root = read(page)
        assert dangers(root) == []
        policy = root.one("meta", **{"http-equiv": "Content-Security-Policy"})
        assert policy.attributes["content"] == POLICY
        assert POLICY.startswith("default-src 'none'; style-src 'unsafe-inline'; img-src data:")


def test_the_check_for_dangers_sees_them():
    assert dangers(read("<p onclick='x'><a href='https://x'>a</a></p><script>1</script>")) == [
        "p onclick",
        "a href=https://x",
        "<script>",
    ]
    assert dangers(read("<style>p { background: url(x) }</style>")) == ["url("]


def test_ids_are_unique_and_every_link_leads_to_one(every_page):
    for page in every_page:
        elements = read(page).all()
        ids = [e.attributes["id"] for e in elements if "id" in e.attributes]
        assert len(ids) == len(set(ids))
        links = {e.attributes["href"][1:] for e in elements if "href" in e.attributes}
        clips = set(re.findall(r"url\(#([^)]+)\)", page))
        assert links | clips <= set(ids)


def test_the_same_result_gives_the_same_bytes(tmp_path):
    first, second = list(pages(tmp_path)), list(pages(tmp_path))
    assert first == second
    assert len(set(first)) == len(first)


def test_a_page_says_nothing_of_machine_engine_or_day(tmp_path):
    path = write(tmp_path)
    text_ = page_of(study(path, runs=30, engine="simpy", chunk=7))
    assert text_ == page_of(study(path, runs=30, engine="simpy"))
    assert str(tmp_path) not in text_
    assert not re.search(r"\b20\d\d-\d\d-\d\d\b", text_)


def test_every_printed_sheet_says_that_it_is_no_forecast(every_page):
    said = in_quotes("Illustrative, not a forecast")
    for page in every_page:
        css = read(page).one("style").text
        sheet = re.search(r"@page \{(.*?)\n@media print", css, re.DOTALL)[1]
        assert "size: A4" in sheet
        for corner in ("@top-right", "@bottom-left"):
            assert f'{corner} {{ content: "{said}"' in sheet
        assert "counter(page)" in sheet
        body = read(page).one("body")
        for part in ("header", "footer"):
            assert body.one(part).one("strong").text == "illustrative, not a forecast"


def test_heads_of_tables_repeat_and_rows_do_not_break_in_print(every_page):
    css = read(every_page[0]).one("style").text
    printed = css[css.index("@media print") :]
    assert "thead { display: table-header-group; }" in printed
    assert re.search(r"figure, tr,[^{]*\{ break-inside: avoid; \}", printed)


@given(st.text())
def test_any_text_comes_back_as_text(words):
    shown = read(str(tag("p", words))).one("p")
    assert shown.all() == []
    if words.isprintable():
        assert shown.text == words


@given(st.text())
def test_any_attribute_stays_one_attribute(words):
    element = read(str(tag("p", "x", id=words or "y"))).one("p")
    assert set(element.attributes) == {"id"}


@given(st.text())
@settings(max_examples=200)
def test_a_title_cannot_leave_its_place_in_the_styles(title):
    told = in_quotes(title)
    assert re.fullmatch(r"(?:[A-Za-z0-9 ]|\\[0-9a-f]{6} )*", told)
    assert style(title).count("{") == style("x").count("{")


def test_a_css_text_reads_back_as_it_was():
    told = in_quotes('A, "b" – c')
    read_back = re.sub(r"\\([0-9a-f]{6}) ", lambda m: chr(int(m[1], 16)), told)
    assert read_back == 'A, "b" – c'


def test_direction_marks_and_controls_are_made_visible():
    assert text("a\u202eb\x00c") == "a\\u202eb\\x00c"


def test_only_html_goes_in_unescaped():
    assert tag("b", "<", Html("<i></i>")) == "<b>&lt;<i></i></b>"
    assert join(["<", Html("<br>")], Html("<br>")) == "&lt;<br><br>"
    assert join(["a", "b"], "<") == "a&lt;b"
    cell = read(str(table(("x", ">n"), [("<b>", "1")]))).all("td")
    assert [c.text for c in cell] == ["<b>", "1"]
    assert cell[1].attributes["class"] == "number"


def test_a_run_without_a_trace_is_refused(tmp_path):
    untraced = Simulator(load(write(tmp_path))).run(3, 0, trace=False)
    with pytest.raises(UsageError, match="not traced"):
        page_of(untraced)
