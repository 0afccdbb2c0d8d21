"""What the tree holds: texts as written, places, aliases, and limits at their very edge."""

import pytest

from escalation_sim.errors import ScenarioError
from escalation_sim.location import Span
from escalation_sim.source import limits, reader
from escalation_sim.source.tree import Listing, Mapping, Scalar, at, plain


def read(text: str) -> Mapping:
    return reader.loads(text.encode(), "x.yaml")[0]


def codes(text: str) -> list[str]:
    with pytest.raises(ScenarioError) as caught:
        read(text)
    return [problem.code for problem in caught.value.diagnostics]


def corners(span: Span) -> tuple[int, int, int, int]:
    return span.line, span.column, span.end_line, span.end_column


def test_scalars_keep_their_text_and_say_whether_they_were_quoted():
    tree = read("a: 1e3\nb: 'x'\nc: \"y\\n\"\nd: |\n  z\ne: null\nf: true\n")
    found = {key.text: (value.text, value.plain) for key, value in tree}
    assert found == {
        "a": ("1e3", True),
        "b": ("x", False),
        "c": ("y\n", False),
        "d": ("z\n", False),
        "e": ("null", True),
        "f": ("true", True),
    }
    assert tree.get("a").number == 1000
    assert tree.get("e").is_null
    assert tree.get("f").flag is True
    assert tree.get("b").number is None


@pytest.mark.parametrize("text", ["1e400", "-1e999", "1" * 400, "abc", "1h"])
def test_what_is_no_finite_number_has_no_number(text):
    assert read(f"a: {text}\n").get("a").number is None


@pytest.mark.parametrize("text", ["-0.0", "1e-320", "9223372036854775808", "9007199254740993"])
def test_numbers_at_the_edge_are_numbers(text):
    assert read(f"a: {text}\n").get("a").number == float(text)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ((), (2, 1, 16, 7)),
        (("title",), (2, 8, 2, 15)),
        (("quoted",), (3, 9, 3, 14)),
        (("block",), (4, 8, 5, 9)),
        (("folded",), (7, 9, 8, 9)),
        (("flow",), (9, 7, 10, 12)),
        (("flow", 0), (9, 8, 9, 9)),
        (("flow", 1), (9, 11, 10, 11)),
        (("flow", 1, "b"), (10, 6, 10, 10)),
        (("list",), (12, 1, 13, 4)),
        (("list", 1), (13, 3, 13, 4)),
        (("map",), (15, 3, 16, 7)),
        (("map", "d"), (16, 6, 16, 7)),
    ],
)
def test_spans_enclose_exactly_what_was_written(path, expected):
    tree = read(
        "# head\n"
        "title: A title  # comment\n"
        "quoted: 'x y'\n"
        "block: |\n"
        "  line 1\n"
        "\n"
        "folded: >-\n"
        "  line 1\n"
        "flow: [x, {a: 1,\n"
        "  b: null}]\n"
        "list:\n"
        "- x\n"
        "- y\n"
        "map:\n"
        "  c: 1\n"
        "  d: 2\n"
        "\n"
        "# end\n"
    )
    node = at(tree, path)
    assert node is not None
    assert corners(node.span) == expected


def test_anchors_stand_outside_of_the_spans():
    tree = read("a: &x  [1]\nb: &y # comment\n  c: 1\nd: &z\n  text\n&k e: *x\n")
    assert corners(tree.get("a").span) == (1, 8, 1, 11)
    assert corners(tree.get("b").span) == (3, 3, 3, 7)
    assert corners(tree.get("d").span) == (5, 3, 5, 7)
    assert corners(tree.key("e").span) == (6, 4, 6, 5)


def test_an_alias_gives_the_node_with_the_place_where_it_was_written():
    tree = read("a: &x {b: 1}\nc: [*x, *x]\n")
    assert at(tree, ("c", 0)) is tree.get("a")
    assert corners(tree.get("c").span) == (2, 4, 2, 12)


def test_lists_and_mappings_know_whether_they_were_in_brackets():
    tree = read("a: [1]\nb:\n  - 1\nc: {d: 1}\ne:\n  f: 1\n")
    assert [value.flow for _, value in tree] == [True, False, True, False]
    assert not tree.flow
    assert read("{a: 1}").flow


def test_a_pair_in_a_list_is_a_mapping():
    tree = read("a: [b: 1, c]\n")
    assert isinstance(at(tree, ("a", 0)), Mapping)
    assert corners(at(tree, ("a", 0)).span) == (1, 5, 1, 9)


def test_plain_gives_dicts_and_lists():
    assert plain(read("a: [1, {b: x}]\n")) == {"a": [Scalar("1", None), {"b": Scalar("x", None)}]}


@pytest.mark.parametrize(
    "text", ["a: {}\n", "{}", "--- {}", "---\na: []\n...\n", "a: 1", "a: ''\n"]
)
def test_small_documents_are_welcome(text):
    assert isinstance(read(text), Mapping)


def test_line_ends_of_all_three_kinds_give_the_same_tree_and_places():
    text = "a: 1\nb:\n  - |\n    x\n    y\n  - z\n"
    trees = [read(text.replace("\n", end)) for end in ("\n", "\r\n", "\r")]
    assert trees[0] == trees[1] == trees[2]
    spans = [corners(at(tree, ("b", 1)).span) for tree in trees]
    assert spans == [(6, 5, 6, 6)] * 3


def test_keys_equal_after_normalisation_are_one_key_and_case_makes_two():
    assert codes("\u00e9: 1\ne\u0301: 2\n") == ["duplicate-key"]
    assert read("tier: 1\nTier: 2\n").keys() == ["tier", "Tier"]


def test_depth_is_allowed_up_to_the_limit_and_no_further():
    def nested(depth: int) -> str:
        return "{a: " * depth + "1" + "}" * depth

    assert read(nested(limits.DEPTH))
    assert codes(nested(limits.DEPTH + 1)) == ["too-deep"]


def test_depth_counts_what_aliases_bring_in():
    def doubled(depth: int) -> str:
        return "x: &x " + "[" * 32 + "]" * 32 + "\ny: " + "[" * depth + "*x" + "]" * depth + "\n"

    assert read(doubled(limits.DEPTH - 33))
    assert codes(doubled(limits.DEPTH - 32)) == ["too-deep"]


def test_values_are_allowed_up_to_the_limit_and_no_further():
    # the root, ten lists below it, and a last one
    size = (limits.NODES - 2) // 10 - 1
    rows = "".join(f"k{i}: [{'x,' * size}]\n" for i in range(10))
    missing = limits.NODES - 2 - 10 * (size + 1)
    assert read(rows + f"last: [{'x,' * missing}]\n")
    assert codes(rows + f"last: [{'x,' * (missing + 1)}]\n") == ["too-many-nodes"]


def test_values_count_again_at_each_alias():
    base = "x: &x [" + "a," * 999 + "]\n"  # 1,000 values, and the root
    assert read(base + "y: [" + "*x," * 98 + "]\n")
    assert codes(base + "y: [" + "*x," * 99 + "]\n") == ["too-many-nodes"]


def test_texts_are_allowed_up_to_the_limit_and_no_further():
    assert read("a: " + "x" * limits.SCALAR_LENGTH)
    assert codes("a: " + "x" * (limits.SCALAR_LENGTH + 1)) == ["too-long"]
    assert read("x" * limits.KEY_LENGTH + ": 1")
    assert codes("x" * (limits.KEY_LENGTH + 1) + ": 1") == ["too-long"]


def test_problems_are_collected_up_to_the_limit_and_then_reading_stops():
    assert codes("a: ~\n" + "".join(f"k{i}: ~\n" for i in range(limits.PROBLEMS - 2))) == (
        ["ambiguous-value"] * (limits.PROBLEMS - 1)
    )
    found = codes("".join(f"k{i}: ~\n" for i in range(limits.PROBLEMS + 5)))
    assert found == ["ambiguous-value"] * limits.PROBLEMS + ["too-many-problems"]


def test_a_large_file_of_ordinary_entries_is_no_false_alarm():
    rule = (
        "  rule_{}:\n"
        "    when: reported > none and clock >= 72h\n"
        "    do: {{response: at least warning}}\n"
    )
    text = "rules:\n" + "".join(rule.format(i) for i in range(9_800))
    assert len(text) > 900_000
    rules = read(text).get("rules")
    assert isinstance(rules, Mapping)
    assert len(rules.entries) == 9_800


def test_an_alias_bomb_is_named_at_the_line_that_crosses():
    text = "a: &a [x, x]\n" + "".join(
        f"k{i}: &k{i} [*{'a' if i == 0 else f'k{i - 1}'}, {'*a' if i == 0 else f'*k{i - 1}'}]\n"
        for i in range(30)
    )
    with pytest.raises(ScenarioError) as caught:
        read(text)
    (problem,) = caught.value.diagnostics
    assert (problem.code, problem.span.line) == ("too-many-nodes", 15)


@pytest.mark.parametrize(
    "text",
    [
        "v: {value: triangular(2h, 6h, 24h)}",
        "v: {value: triangular(2h, 6h, 24h), claim: x}",
        "v: {a: {value: max(a, b)}, c: 1}",
        "v: [max(a, b), c]",
        "v: [f(a: 1, b)]",
        "v: {a: f(g(x, y), z)}",
        "v: {a: f(x, x, x, x)}",
        "v: {a: f(no, 010, ~)}",
        "v: {a: (b}",
        "v: {a: b), c: 1}",
        "v: {a: f([1], 2)}",
        "v: {f(a, b): 1}",
    ],
)
def test_round_brackets_cut_by_a_comma_are_one_problem(text):
    assert codes(text) == ["unquoted-bracket"]


@pytest.mark.parametrize(
    "text",
    [
        "v: triangular(2h, 6h, 24h)",
        "v: {triangular: [2h, 6h, 24h]}",
        "v: {when: ever(a) and (b or (c)), for: 6h}",
        "v: ['max(a, b)', \"f(x\"]",
        "v: [a (b), c]",
    ],
)
def test_round_brackets_that_close_are_welcome(text):
    assert read(text)


def test_two_cut_texts_in_one_brace_are_two_problems():
    assert codes("v: {a: f(x, y), b: f(x, y)}") == ["unquoted-bracket"] * 2


def test_problems_come_in_the_order_of_the_text_with_the_syntax_error_among_them():
    assert codes("a: yes\na: 1\nb: 'x' y\n") == ["ambiguous-value", "duplicate-key", "yaml"]


def test_an_empty_list_item_differs_from_an_empty_list():
    assert isinstance(read("a: []\n").get("a"), Listing)
    assert codes("a:\n  -\n") == ["empty-value"]


def test_a_path_that_leads_nowhere_gives_nothing():
    tree = read("a: [1]\n")
    assert at(tree, ("a", 0)) == Scalar("1", tree.span)
    for path in (("b",), ("a", 1), ("a", "x"), (0,), ("a", 0, "x")):
        assert at(tree, path) is None


@pytest.mark.parametrize("error", [ValueError("x"), RecursionError(), IndexError(), KeyError("x")])
def test_whatever_pyyaml_lets_out_becomes_a_scenario_error(monkeypatch, error):
    def broken(_text, **_options):
        raise error

    monkeypatch.setattr("yaml.parse", broken)
    assert codes("a: 1\n") == ["yaml"]
