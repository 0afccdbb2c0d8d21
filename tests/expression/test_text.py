"""The canonical text of a tree means the tree."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from escalation_sim.expression.text import hours_text, number_text, text_of, value_text
from escalation_sim.expression.types import ANY, DURATION, FLAG, NUMBER, RATE, TIME
from tests.expression.support import TYPES, check, names, texts, understood

SCOPE = names()


@given(st.sampled_from(sorted(TYPES)).flatmap(lambda k: st.tuples(st.just(k), texts(k))))
@settings(max_examples=500, deadline=None, derandomize=True)
def test_canonical_text_parses_back_to_an_equal_tree(drawn):
    kind, text = drawn
    tree, found = check(text, TYPES[kind], scope=SCOPE)
    if found:
        return
    canonical = text_of(tree)
    again, found = check(canonical, TYPES[kind], scope=SCOPE)
    assert found == []
    assert again == tree
    assert text_of(again) == canonical


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("((calm)and(hot))", "calm and hot"),
        ("calm or (hot and calm)", "calm or hot and calm"),
        ("(calm or hot) and calm", "(calm or hot) and calm"),
        ("not (calm and hot)", "not (calm and hot)"),
        ("(not calm) == hot", "(not calm) == hot"),
        ("72h<=clock", "clock >= 72h"),
        ("n-(m-1)", "n - (m - 1)"),
        ("(n-m)-1", "n - m - 1"),
        ("-(n+1)", "-(n + 1)"),
        ("-(-n)", "-(-n)"),
        ("(n)*(m+1)", "n * (m + 1)"),
        ("n if(calm)else m", "n if calm else m"),
        ("(n if calm else m)+1", "(n if calm else m) + 1"),
        ("ever( (n>1) )", "ever(n > 1)"),
        ("max(n,min(m,1))", "max(n, min(m, 1))"),
        ("was( n )", "was(n)"),
        ("council . uk", "council.uk"),
    ],
)
def test_canonical_text_has_no_more_brackets_than_needed(text, canonical):
    assert text_of(understood(text, ANY, effects=True)) == canonical


@pytest.mark.parametrize(
    ("value", "kind", "levels", "said"),
    [
        (True, FLAG, (), "true"),
        (False, FLAG, (), "false"),
        (1, TYPES["level"], ("none", "minor"), "minor"),
        (4320, DURATION, (), "72 h"),
        (90, TIME, (), "1.5 h"),
        (40, DURATION, (), "40 min"),
        (0, DURATION, (), "0 h"),
        (-60, DURATION, (), "-1 h"),
        (0.5, NUMBER, (), "0.5"),
        (3.0, NUMBER, (), "3"),
        (1 / 1440, RATE, (), "1 / 1d"),
    ],
)
def test_values_are_written_as_a_person_would(value, kind, levels, said):
    assert value_text(value, kind, levels, Fraction(60)) == said


@pytest.mark.parametrize(
    ("seconds", "said"), [(3, "3 s"), (59, "59 s"), (60, "1 min"), (3599, "60 min"), (3600, "1 h")]
)
def test_lengths_are_written_in_their_own_unit(seconds, said):
    assert hours_text(Fraction(seconds)) == said


@pytest.mark.parametrize(
    ("value", "said"), [(1e15, "1e+15"), (1234567.0, "1234567"), (1 / 3, "0.333333")]
)
def test_numbers_are_written_short(value, said):
    assert number_text(value) == said
