"""From a marked tree to a checked document: what is left out, and what is said about it."""

from pathlib import Path

import pytest

from escalation_sim.scenario import shape
from escalation_sim.scenario.load import load_scenario
from escalation_sim.scenario.merge import in_full
from escalation_sim.scenario.shape import document_of
from escalation_sim.source.reader import loads


def read(text):
    return document_of(in_full(loads(text.encode(), "file")[0]))


def test_entries_with_faults_are_left_out_and_remembered_and_the_rest_is_kept():
    document, found, broken = read(
        "situation: {calm: true, hot: {strts: true}}\n"
        "rules: {good: {when: calm}, bad: {wehn: calm}, Worse: {when: calm}}"
    )
    assert list(document.situation) == ["calm"]
    assert list(document.rules) == ["good"]
    assert broken == {"hot", "bad", "Worse"}
    assert [(d.code, d.span.line, d.span.column) for d in found] == [
        ("bad-id", 2, 48), ("unknown-key", 1, 31), ("unknown-key", 2, 35),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "help_"),
    [
        ("rule: {}", "did you mean `rules`?"),
        ("rules: {r: {aftr: 3h}}", "did you mean `after`?"),
        ("rules: {r: {choose: {a: {wieght: 3}}}}", "did you mean `weight`?"),
        ("rules: {r: {after: {unifrm: [1h, 2h]}}}", "did you mean `uniform`?"),
        ("parties: {p: {members: {m: {join: 0.5}}}}", "did you mean `joins`?"),
        ("definitions: {d: {readings: {r: {whn: x}}}}", "did you mean `when`?"),
        ("situation: {s: {draw: {normall: [1, 2]}}}", "did you mean `normal`?"),
        ("ladders: {l: {rungs: [{a: {labl: x}}]}}", "did you mean `label`?"),
        ("time: {horizn: 3d}", "did you mean `horizon`?"),
        (
            "clocks: {c: {for: 3h}}",
            "lengths stand where the clock is read, as in `my_clock >= 72h`",
        ),
        ("rules: {r: {priority: 3}}", "rules due at one instant act in the order of the file"),
        ("ladders: {l: {rungs: [{a: {q: x}}]}}", "keys are `label`, `short`"),
    ],
)
def test_an_unknown_key_gets_the_help_that_belongs_to_its_place(text, help_):
    _, (fault,), _ = read(text)
    assert (fault.code, fault.help) == ("unknown-key", help_)


@pytest.mark.parametrize(
    ("text", "message", "help_"),
    [
        ("rules: []", "`rules` is a map of keys and values, this is a list", "{when: …, do: …}`"),
        ("clocks: {c: x}", "a clock is a map of keys and values, this is `x`", "`c: {while: …}`"),
        ("time: 3d", "`time` is a map of keys and values, this is `3d`", "{horizon: 30d}`"),
        ("rules: {r: {do: x}}", "`do` is a map of keys and values", "`situation: value`"),
        ("parameters: {p: {uniform: 3}}", "a list is needed here, this is `3`", "[low, high]`"),
        ("situation: {s: {levels: a}}", "a list is needed here, this is `a`", "from low to high"),
        ("parameters: {p: {value: [3h]}}", "an expression is needed here", "without the brackets"),
        ("rules: {r: {on_change: a > b}}", "`a > b` is no id", "stands under `when`"),
        ("rules: {r: {after: [1h, 2h]}}", "an expression is needed here", "`{uniform: [1h, 2h]}`"),
        ("extends: [a, b]", "a text is needed here, this is a list", "name one file"),
        ("schema: one", "a whole number is needed here, this is `one`", "`schema: 1`"),
        ("rules: {r: null}", "`null` removes what a parent has", "leave the line out"),
        ("rules: {r: {after: null}}", "`null` removes what a parent has", "leave the line out"),
        ("expect: {e: {runs: 1.5}}", "a whole number is needed here", "digits only"),
    ],
)
def test_a_value_of_the_wrong_shape_is_told_what_would_be_right(text, message, help_):
    _, (fault,), _ = read(text)
    assert fault.message.startswith(message)
    assert fault.help.endswith(help_) or help_ in fault.help


@pytest.mark.parametrize(
    "text",
    [
        "time: {anchors: {D-Day: 6d}}",
        "parties: {p: {members: {A: 0.5}}}",
        "definitions: {d: {readings: {a-b: x}}}",
        "rules: {r: {choose: {send troops: 1}}}",
        "ladders: {l: {rungs: [low, {Very High: {label: x}}]}}",
        "ladders: {l: {rungs: [low, High]}}",
        "situation: {s: {levels: [low, High]}}",
        "outcomes: {class: x}",
    ],
)
def test_ids_are_ids_everywhere(text):
    _, (fault,), _ = read(text)
    assert fault.code == "bad-id"


@pytest.mark.parametrize(
    ("text", "entry"),
    [
        ("Größe", "grosse"), ("hot-line", "hot_line"), ("ｃａｌｍ", "calm"), ("É", "e"),
        ("Two Words", "two_words"),
    ],
)  # fmt: skip
def test_a_name_that_is_nearly_an_id_gets_the_id(text, entry):
    _, (fault,), _ = read(f"situation: {{{text}: true}}")
    assert fault.help.endswith(f"as in `{entry}`")


def test_sections_and_lists_have_a_largest_size():
    rules = "".join(f"  r{i}: {{when: x}}\n" for i in range(shape.MOST_ENTRIES + 1))
    _, (fault,), _ = read("rules:\n" + rules)
    assert (fault.code, fault.message) == ("too-many", "`rules` has 1,001 entries, more than 1,000")
    levels = ", ".join(f"a{i}" for i in range(shape.MOST_INSIDE + 1))
    _, (fault,), _ = read(f"situation: {{s: [{levels}]}}")
    assert (fault.code, fault.span.line) == ("too-many", 1)


def test_no_more_than_a_hundred_problems_are_told():
    rules = "".join(f"  r{i}: {{whn: x}}\n" for i in range(200))
    document, found, broken = read("rules:\n" + rules)
    assert (len(found), len(broken), document.rules) == (shape.MOST_PROBLEMS, 200, {})


def test_every_key_of_the_whole_sheet_is_known():
    sheet = Path(__file__).parents[1] / "bad" / "good" / "the-whole-sheet.yaml"
    assert load_scenario(sheet).faults == ()
