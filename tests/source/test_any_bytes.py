"""Whatever the bytes, the reader gives a tree or a ScenarioError, and agrees with PyYAML."""

import string

import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from escalation_sim.errors import ScenarioError
from escalation_sim.location import SourceFile
from escalation_sim.source import reader, traps
from escalation_sim.source.tree import Listing, Mapping, Node, Scalar

SCENARIO = """\
# a comment
title: A breach # and another
about: |
  Two lines
  of text
time: {zero: 'it''s on', horizon: 30d}
situation:
  severity: {levels: [none, minor, extensive], known_to: &who [russia, "a \\"b\\""]}
  reported: {like: severity, known_to: *who}
rules:
  warn:
    when: severity > none and
      (reported > none or (now > 3h))
    do:
    - {a: ever(b)}
    - >-
      folded
      text
gone: null
"""
TOKENS = [
    *"[]{},:?-!&*#|>%@`'\"()<=~\\/.\t\r",
    *string.digits[:3],
    "a",
    "no",
    "null",
    " ",
    "  ",
    "\n",
    "\n  ",
    ": ",
    "- ",
    "? ",
    "<<: ",
    "*who",
    "&who ",
    "!!set ",
    "---\n",
    "...\n",
    "%YAML 1.1\n",
    "\\U00110000",
    "\\ud800",
    "\u00a0",
    "\u2028",
    "é",
    "\N{GRINNING FACE}",
    "24:00",
    "010",
]


def texts(node: Node):
    match node:
        case Mapping():
            return {key.text: texts(value) for key, value in node}
        case Listing():
            return [texts(item) for item in node.items]
        case Scalar():
            return node.text


def scalars(node: Node):
    match node:
        case Mapping():
            for key, value in node:
                yield key
                yield from scalars(value)
        case Listing():
            for item in node.items:
                yield from scalars(item)
        case Scalar():
            yield node


def read_or_refuse(read, *given):
    """Return what `read` gives, or None; a refusal has problems with places in the file."""
    problems = None
    try:
        return read(*given)
    except ScenarioError as error:
        problems = error.diagnostics
    assert problems
    for problem in problems:
        span = problem.span
        assert span.line >= 1
        assert span.column >= 1
        assert (span.line, span.column) <= (span.end_line, span.end_column)
        assert problem.message == " ".join(problem.message.split())
        assert problem.code.replace("-", "").isalpha()
        assert problem.render().startswith(f"x.yaml:{span.line}:{span.column}: error[")
    return None


def check_agreement(data: bytes) -> None:
    read = read_or_refuse(reader.loads, data, "x.yaml")
    if read is None:
        return
    tree, file = read
    assert texts(tree) == yaml.BaseLoader(data.decode()).get_single_data()
    for scalar in scalars(tree):
        span = scalar.span
        if span.line == span.end_line:
            written = file.line(span.line)[span.column - 1 : span.end_column - 1]
            if scalar.plain:
                assert written == scalar.text
            else:
                assert written[0] in "'\"|>"


@given(st.binary(max_size=200))
@example(b"\xff\xfea\x00")
@example(b"\xef\xbb\xbf")
def test_random_bytes_never_raise_anything_but_a_scenario_error(data):
    read_or_refuse(reader.loads, data, "x.yaml")


@given(st.text(max_size=200))
def test_random_text_never_raises_anything_but_a_scenario_error(text):
    read_or_refuse(reader.loads, text.encode("utf-8", "surrogatepass"), "x.yaml")


@given(st.text(max_size=60))
def test_even_text_that_was_never_decoded_raises_nothing_else(text):
    read_or_refuse(reader.parse, text, SourceFile.of("x.yaml", text))


@given(st.lists(st.sampled_from(TOKENS), max_size=40))
@settings(max_examples=1500)
def test_random_yaml_tokens_are_refused_or_read_as_pyyaml_reads_them(tokens):
    check_agreement("".join(tokens).encode())


@given(
    st.lists(
        st.tuples(st.integers(0, len(SCENARIO)), st.integers(0, 6), st.sampled_from(["", *TOKENS])),
        min_size=1,
        max_size=4,
    )
)
@settings(max_examples=1500, deadline=None)
def test_a_damaged_scenario_is_refused_or_read_as_pyyaml_reads_it(damages):
    text = SCENARIO
    for place, removed, put in damages:
        text = text[:place] + put + text[place + removed :]
    check_agreement(text.encode("utf-8", "surrogatepass"))


def test_the_undamaged_scenario_is_read_as_pyyaml_reads_it():
    check_agreement(SCENARIO.encode())
    assert reader.loads(SCENARIO.encode(), "x.yaml")


SAFE_CHARACTERS = st.characters(
    codec="utf-8",
    exclude_categories=("Cc", "Cs", "Zl", "Zp", "Cn", "Co"),
    exclude_characters="()\ufeff\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069",
)
SAFE_TEXT = st.text(SAFE_CHARACTERS, max_size=30).filter(
    lambda text: traps.refused(text) is None and text.strip(" ") == text.strip()
)
KEYS = st.text(string.ascii_letters + " :-#'", min_size=1, max_size=12).filter(
    lambda text: traps.refused(text) is None and text not in ("true", "false", "null")
)
TREES = st.recursive(
    SAFE_TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=20,
)


@given(st.dictionaries(KEYS, TREES, max_size=5), st.sampled_from([True, False, None]))
@settings(deadline=None)
def test_a_tree_written_as_yaml_is_read_back_as_that_tree(tree, flow):
    text = yaml.safe_dump(tree, default_flow_style=flow, allow_unicode=True, sort_keys=False)
    read, _ = reader.loads(text.encode(), "x.yaml")
    assert texts(read) == tree
