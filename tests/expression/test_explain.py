"""The decisive parts of a condition: what made it true or false, and how far it is from turning."""

from fractions import Fraction

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from escalation_sim.expression import checked
from escalation_sim.expression.explain import decisive, truth
from tests.expression.support import SIGHTS, TICK, VARIABLES, Sight, check, names, texts, understood

SCOPE = names()
FLAGS = ("calm", "hot")


def parts(text, sight=None):
    return decisive(understood(text), sight or Sight(), Fraction(TICK))


def simple(depth):
    """Return conditions made of flags, numbers and `and`, `or`, `not`."""
    leaf = st.sampled_from(["calm", "hot", "n > 1", "m <= 5", "severity >= minor", "quiet"])
    if depth == 0:
        return leaf
    less = simple(depth - 1)
    return st.one_of(
        leaf,
        st.builds("({}) {} ({})".format, less, st.sampled_from(["and", "or"]), less),
        st.builds("not ({})".format, less),
    )


@given(simple(4), SIGHTS, SIGHTS)
@settings(max_examples=400, deadline=None, derandomize=True)
def test_nothing_but_the_decisive_parts_decides(text, sight, other):
    tree, found = check(text, scope=SCOPE)
    assume(not found)
    before = truth(tree, sight)
    read = {
        node.index
        for part in decisive(tree, sight, Fraction(TICK))
        for node in checked.walk(part.reads)
        if isinstance(node, checked.Variable)
    }
    for i in range(len(VARIABLES)):
        if i not in read:
            sight.values[i] = other.values[i]
    assert truth(tree, sight) == before


@given(texts("flag"), SIGHTS)
@settings(max_examples=300, deadline=None, derandomize=True)
def test_every_condition_has_decisive_parts_with_what_they_read(text, sight):
    tree, found = check(text, scope=SCOPE)
    assume(not found)
    shown = decisive(tree, sight, Fraction(TICK))
    assert shown
    for part in shown:
        assert part.text
        assert part.holds == truth(part.reads, sight)
        assert part.gap >= 0
        assert part.unit in ("ticks", "levels", "number", "flag")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("calm and hot", [("hot", False)]),
        ("hot and n > 5 and calm", [("hot", False), ("n > 5", False)]),
        ("calm and n > 1", [("calm", True), ("n > 1", True)]),
        ("calm or hot", [("calm", True)]),
        ("hot or n > 5", [("hot", False), ("n > 5", False)]),
        ("not (calm or hot)", [("calm", True)]),
        ("not hot", [("not hot", True)]),
        ("not (hot and calm)", [("hot", False)]),
        ("quiet", [("calm", True), ("n > 1", True)]),
    ],
)
def test_the_parts_that_settle_a_condition_are_shown(text, expected):
    assert [(p.text, p.holds) for p in parts(text)] == expected


def test_a_part_of_a_definition_says_where_it_stands():
    assert [p.within for p in parts("quiet and calm")] == [("quiet",), ("quiet",), ()]


@pytest.mark.parametrize(
    ("text", "gap", "unit"),
    [
        ("clock >= 72h", 72 * 60 - 30, "ticks"),
        ("clock > 30min", 1, "ticks"),
        ("clock < 30min", 1, "ticks"),
        ("since >= 2h", 30, "ticks"),
        ("severity >= extensive", 1, "levels"),
        ("severity > extensive", 2, "levels"),
        ("n > 5", 3, "number"),
        ("idle >= 1h", float("inf"), "ticks"),
        ("hot", 1, "flag"),
        ("n / 0 > 1", float("inf"), "number"),
    ],
)
def test_the_gap_says_how_far_a_part_is_from_turning(text, gap, unit):
    (part,) = parts(text)
    assert (part.gap, part.unit) == (gap, unit)


def test_what_was_read_is_told_in_words():
    (part,) = parts("severity >= reported and not calm or n * p > 99 + council.joined")[-1:]
    assert dict(part.values) == {"n": "2", "p": "0.5", "council.joined": "1"}
    (part,) = parts("clock >= wait")
    assert dict(part.values) == {"clock": "30 min", "wait": "2 h"}
    (part,) = parts("idle >= wait")
    assert dict(part.values) == {"idle": "not running", "wait": "2 h"}


def test_a_condition_that_cannot_be_computed_counts_as_false():
    assert truth(understood("n / 0 > 1"), Sight()) is False
    assert truth(understood("calm"), Sight()) is True
