"""Every example in the README and in docs is run, and what the pages say of it must be so."""

import ast
import re

import pytest
from pydantic import BaseModel

from escalation_sim.scenario import elements
from tests.docs.snippets import ROOT, blocks, pages, play

LANGUAGE = (ROOT / "docs" / "language.md").read_text("utf-8")

ALL = [(page, i) for page in pages() for i in range(len(blocks(page)))]

REFRESH = "run `python docs/refresh.py` if the change is meant"


@pytest.fixture(scope="module")
def played(tmp_path_factory):
    """Play each page once, when its first block is asked for."""
    done = {}

    def of(page):
        if page not in done:
            done[page] = play(page, tmp_path_factory.mktemp("page"))
        return done[page]

    return of


@pytest.mark.parametrize(
    ("page", "number"), ALL, ids=[f"{page.name}:{blocks(page)[i].line}" for page, i in ALL]
)
def test_a_block_does_what_the_page_says(played, page, number):
    found = played(page)[number]
    assert not found.faults, "\n".join([str(found.block), *found.faults])
    if found.fresh is not None:
        assert found.fresh == found.block.text, f"{found.block}: {REFRESH}"


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.name)
def test_no_fence_of_a_page_is_overlooked(page):
    lines = re.findall(r"^\s*(?:```|~~~)", page.read_text("utf-8"), re.MULTILINE)
    assert len(lines) == 2 * len(blocks(page))


def test_the_pages_with_examples_are_played():
    assert {page.name for page, _ in ALL} >= {"README.md", "language.md"}


# the reference and the code


def keys_of(model):
    return {field.alias or name for name, field in model.model_fields.items()}


COMMON = {"label", "short", "why", "claim"}
LAW = keys_of(elements.Law)

SECTIONS = {
    "Keys of any entry": COMMON,
    "The head": keys_of(elements.Document),
    "`time`": keys_of(elements.Time),
    "`parties`": (keys_of(elements.Party) | keys_of(elements.Member)) - COMMON,
    "`parameters`": keys_of(elements.Parameter) - COMMON - LAW,
    "Laws of chance": LAW,
    "`situation`": keys_of(elements.Situation) - COMMON,
    "`ladders`": (keys_of(elements.Ladder) - COMMON) | keys_of(elements.Rung),
    "`definitions`": (keys_of(elements.Definition) | keys_of(elements.Reading)) - COMMON,
    "`clocks`": keys_of(elements.Clock) - COMMON,
    "`red_lines`": keys_of(elements.RedLine) - COMMON,
    "`rules`": (keys_of(elements.Rule) | keys_of(elements.Option)) - COMMON,
    "`outcomes`": keys_of(elements.Outcome) - COMMON,
    "`results`": keys_of(elements.Result) - COMMON,
    "`expect`": keys_of(elements.Expectation),
}
"""What the tables under each heading of the reference must list, no more and no less."""


def tables_under(heading):
    """Return the code in the first column of all key tables under a heading."""
    start = LANGUAGE.index(f"\n### {heading}\n")
    end = re.compile(r"^##?#? ", re.MULTILINE).search(LANGUAGE, start + 5)
    found = set()
    for table in re.findall(
        r"^\| key\b.*\n\|[-|]+\|\n((?:\|.*\n)+)", LANGUAGE[start : end.start()], re.MULTILINE
    ):
        for row in table.splitlines():
            found |= set(re.findall(r"`([^`]+)`", row.split("|")[1]))
    return found


@pytest.mark.parametrize("heading", SECTIONS)
def test_the_reference_lists_each_key_and_no_other(heading):
    assert tables_under(heading) == SECTIONS[heading]


def test_every_model_of_the_file_is_in_the_reference():
    models = {
        m for m in vars(elements).values()
        if isinstance(m, type) and issubclass(m, BaseModel) and m.__module__ == elements.__name__
    }  # fmt: skip
    known = (
        "Element Described Sourced Law Document Time Party Member Parameter Situation Ladder Rung "
        "Definition Reading Clock RedLine Rule Option Outcome Result Expectation"
    )
    assert {m.__name__ for m in models} == set(known.split())


def test_every_function_and_unit_is_in_the_reference():
    from escalation_sim.expression.checker import FUNCTIONS  # noqa: PLC0415
    from escalation_sim.expression.lexer import UNITS  # noqa: PLC0415

    for name in FUNCTIONS:
        assert re.search(rf"`{name}\(", LANGUAGE), name
    for unit in UNITS:
        assert f"`{unit}`" in LANGUAGE, unit


def test_every_kind_of_record_is_in_the_table_of_the_trace():
    from escalation_sim.trace import records  # noqa: PLC0415

    listed = re.findall(r"^- ([^:]+):", records.__doc__ or "", re.MULTILINE)
    kinds = {kind for line in listed for kind in re.findall(r"`([a-z_]+)`", line)}
    table = LANGUAGE[LANGUAGE.index("| kind | about") :].partition("\n\n")[0]
    rows = [row.split("|")[1] for row in table.splitlines()[2:]]
    assert {kind for row in rows for kind in re.findall(r"`([a-z_]+)`", row)} == kinds


# codes and links


def literals():
    """Return every text literal of the package."""
    found = set()
    for path in (ROOT / "escalation_sim").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.add(node.value)
    return found


def test_every_error_code_on_the_pages_exists():
    known = literals()
    used = set()
    for page in pages():
        text = page.read_text("utf-8")
        used |= set(re.findall(r"(?:error|warning)\[([a-z-]+)\]", text)) - {"code"}
        for block in blocks(page):
            for name in ("error", "warning", "stops"):
                used |= set(block.named(name).split())
    assert used
    assert used <= known


MADE_BY_THE_MAIN_JOB = {"docs/images/ladder.png"}


def anchor(heading):
    """Return the anchor that a heading gets on the usual sites."""
    plain = re.sub(r"[^\w\- ]", "", heading.lower())
    return plain.replace(" ", "-")


@pytest.mark.parametrize(
    "page",
    pages(),
    ids=lambda p: str(p.relative_to(ROOT)),
)
def test_every_link_leads_somewhere(page):
    text = re.sub(r"^```.*?^```", "", page.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match(r"[a-z]+:", target):
            continue
        name, _, place = target.partition("#")
        path = (page.parent / name).resolve() if name else page
        if str(path.relative_to(ROOT)) in MADE_BY_THE_MAIN_JOB:
            continue
        assert path.exists(), f"{target} leads nowhere"
        if place:
            headings = re.findall(r"^#+ (.+)$", path.read_text("utf-8"), re.MULTILINE)
            assert place in {anchor(h) for h in headings}, f"{target} leads nowhere"


def test_decisions_are_numbered_without_gaps():
    numbers = [int(p.name[:4]) for p in sorted((ROOT / "docs" / "decisions").glob("[0-9]*.md"))]
    assert numbers == list(range(1, len(numbers) + 1))
