"""Texts become tokens with right columns, or one fault that says what to write instead."""

from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from escalation_sim.expression.lexer import LONGEST, UNITS, SyntaxFault, tokens

WORDS = (
    "calm", "n", "x_1", "and", "or", "not", "if", "else", "true", "false", "72h", "1.5d", "30min",
    "3", "0.5", ".5", "1e6", "2.5e-3", "(", ")", ",", "+", "-", "*", "/", "<", "<=", "==", "!=",
    ">=", ">", ".",
)  # fmt: skip


def kinds(text):
    return [(token.kind, token.text + token.unit) for token in tokens(text)[:-1]]


def fault_of(text):
    with pytest.raises(SyntaxFault) as caught:
        tokens(text)
    return caught.value


def test_names_numbers_durations_words_and_operators_are_told_apart():
    assert kinds("calm and not n>=72h*1.5") == [
        ("name", "calm"), ("word", "and"), ("word", "not"), ("name", "n"), ("operator", ">="),
        ("duration", "72h"), ("operator", "*"), ("number", "1.5"),
    ]  # fmt: skip


@pytest.mark.parametrize("unit", UNITS)
def test_a_number_directly_before_a_unit_is_a_duration(unit):
    assert kinds(f"2.5{unit}") == [("duration", f"2.5{unit}")]


@pytest.mark.parametrize("text", ["1e6", "1E6", "1e-6", "1.5e+3", ".5e1"])
def test_numbers_may_have_an_exponent(text):
    assert kinds(text) == [("number", text)]


@pytest.mark.parametrize(
    ("text", "start", "end", "hint"),
    [
        ("5m", 1, 2, "`5min`; for months write days, as in `30d`"),
        ("1month", 1, 6, "no fixed length"),
        ("2years", 1, 6, "no fixed length"),
        ("3H", 1, 2, "`3h`"),
        ("72hours", 2, 7, "`72h`"),
        ("1h30min", 1, 7, "`1h + 30min`"),
        ("1_000", 1, 5, "without `_`"),
        ("0x1f", 1, 4, "units are"),
        ("1e5h", 1, 4, "units are"),
    ],
)
def test_a_number_with_a_strange_tail_says_what_to_write(text, start, end, hint):
    fault = fault_of(text)
    assert (fault.code, fault.start, fault.end) == ("unit", start, end)
    assert hint in fault.hint


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("a = b", "=="), ("a && b", "and"), ("a || b", "or"), ("!a", "not"), ("a ** b", "multiply"),
        ("a // b", "floor"), ("a <> b", "!="), ("a => b", ">="), ("a =< b", "<="), ("a := b", "do"),
        ("a += 1", "whole new value"), ("a % b", "no remainder"), ("'a'", "no texts"),
        ("a ? b : c", "if condition else"), ("a[0]", "no lists"), ("{a}", "no maps"),
        ("a ≥ b", ">="), ("a − b", "`-`"), ("ａ", "`a`"), ("a\N{NO-BREAK SPACE}b", "ordinary"),
        ("é", "a to z"), ("a AND b", "`and`"), ("Calm", "`calm`"), ("PT3H", "`3h`"),
        ("a__b", "single `_`"),
        ("_a", "start with a letter"), ("a @ b", "made of names"),
    ],
)  # fmt: skip
def test_what_other_languages_write_is_explained(text, hint):
    assert hint in fault_of(text).hint


def test_not_equal_is_no_exclamation_mark():
    assert kinds("a != b") == [("name", "a"), ("operator", "!="), ("name", "b")]


def test_an_expression_has_at_most_a_thousand_characters():
    assert tokens(" " * LONGEST)[-1].kind == "end"
    assert fault_of(" " * (LONGEST + 1)).code == "expression-too-long"


@given(st.lists(st.sampled_from(WORDS), max_size=30))
@settings(max_examples=200, deadline=None, derandomize=True)
def test_tokens_are_the_words_of_the_text_at_their_places(words):
    text = "  ".join(words)
    found = tokens(text)
    assert [text[t.start : t.end] for t in found[:-1]] == words
    assert [t.text + t.unit for t in found[:-1]] == words
    assert (found[-1].kind, found[-1].start, found[-1].end) == ("end", len(text), len(text))


@given(
    st.text(max_size=60)
    | st.text(alphabet="abN_0159.hdmins \t\n()<>=!&|+-*/,'\"[]{}é≥", max_size=60)
)
@example("\x00")
@example("\ud800")
@example("٣h")
@example("1" * 400 + "h")
@settings(max_examples=800, deadline=None, derandomize=True)
def test_any_text_gives_tokens_or_a_fault_within_it(text):
    try:
        found = tokens(text)
    except SyntaxFault as error:
        fault = error
    else:
        assert all(before.end <= after.start for before, after in pairwise(found))
        return
    assert 0 <= fault.start <= fault.end <= len(text)
    assert str(fault) == fault.message != ""
