"""Values: every text has the value Python would give it, and types never surprise at run time."""

import math
import pickle

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from escalation_sim.expression.evaluate import EvaluationFault, evaluator, value_of
from escalation_sim.expression.types import DURATION, FLAG, NUMBER, TIME
from tests.expression.support import (
    SIGHTS,
    TYPES,
    Fault,
    Sight,
    check,
    names,
    oracle,
    texts,
    understood,
)

SCOPE = names()
PYTHON = {"flag": bool, "number": float, "rate": float, "duration": int, "level": int}


def value(text, wanted=NUMBER, sight=None, **how):
    return value_of(understood(text, wanted, **how), sight or Sight())


@given(st.sampled_from(sorted(TYPES)).flatmap(lambda k: st.tuples(st.just(k), texts(k))), SIGHTS)
@settings(max_examples=600, deadline=None, derandomize=True)
def test_a_text_has_the_value_that_python_gives_it(drawn, sight):
    kind, text = drawn
    tree, found = check(text, TYPES[kind], scope=SCOPE)
    if found:
        assert {d.code for d in found} <= {"expression-too-long", "expression-too-deep"}
        return
    try:
        expected = oracle(text, sight)
    except Fault:
        with pytest.raises(EvaluationFault):
            value_of(tree, sight)
        return
    got = value_of(tree, sight)
    assert got == expected
    assert type(got) is PYTHON[kind]


@pytest.mark.parametrize(
    ("text", "wanted", "expected"),
    [
        ("7 / 2", NUMBER, 3.5),
        ("2 - 3 - 4", NUMBER, -5.0),
        ("1h / 7", DURATION, 9),
        ("since / 4", DURATION, 23),
        ("-since / 4", DURATION, -22),
        ("1 / (0.5 / 1h)", DURATION, 120),
        ("floor(-0.5)", NUMBER, -1.0),
        ("abs(-since)", DURATION, 90),
        ("was(n)", NUMBER, 1.0),
        ("now + 3h", TIME, 280),
        ("council.weight", NUMBER, 2.0),
        ("council.size", NUMBER, 2.0),
        ("clock >= 30min", FLAG, True),
        ("clock > 30min", FLAG, False),
        ("idle < 30min", FLAG, False),
        ("idle != 30min", FLAG, False),
        ("not idle < 30min", FLAG, True),
        ("ever(calm)", FLAG, False),
    ],
)
def test_values_follow_the_contract(text, wanted, expected):
    assert value(text, wanted, effects=True) == expected


@pytest.mark.parametrize(
    "text",
    [
        "n / 0", "n / (m - m)", "since / wait * 0 / 0", "1e300 * 1e300", "exp(1000)", "log(0)",
        "log(-1)", "sqrt(-1)", "1e308 + 1e308", "n / 1e-320 / 1e-320", "-1e308 - 1e308",
    ],
)  # fmt: skip
def test_what_cannot_be_computed_is_a_fault(text):
    with pytest.raises(EvaluationFault):
        value(text)


@pytest.mark.parametrize(
    "text", ["since * 1e300", "since + since", "since / 1e-300", "now + since"]
)
def test_durations_do_not_grow_past_counting(text):
    sight = Sight()
    sight["since"] = 2**53
    with pytest.raises(EvaluationFault):
        value(text, TIME, sight)


def test_only_what_is_needed_is_evaluated():
    assert value("calm or 1 / 0 > 1", FLAG) is True
    assert value("hot and 1 / 0 > 1", FLAG) is False
    assert value("n if calm else 1 / 0") == 2.0
    assert value("1 / 0 if hot else n") == 2.0


def test_an_evaluator_sees_the_view_as_it_then_is():
    sight = Sight()
    answer = evaluator(understood("n > 1 and clock >= 30min"), sight)
    assert answer() is True
    sight["n"] = 0.0
    assert answer() is False


def test_zero_is_the_same_from_both_sides():
    assert value("0 * -1 == 0", FLAG) is True
    assert math.copysign(1, value("abs(0 * -1)")) == 1.0


@given(texts("flag"))
@settings(max_examples=100, deadline=None, derandomize=True)
def test_trees_survive_pickling(text):
    tree, found = check(text, scope=SCOPE)
    assert found or pickle.loads(pickle.dumps(tree)) == tree  # noqa: S301 - our own bytes
