"""The project's own functions, held against the standard library and SciPy."""

from __future__ import annotations

import ast
import inspect
import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import special
from scipy import stats as scipy_stats

from escalation_sim.chance import address, exposure, functions, quantiles
from escalation_sim.chance.functions import (
    exp,
    gamma_cdf_integer,
    gamma_function,
    gamma_quantile_integer,
    log,
    normal_cdf,
    normal_density,
    normal_quantile,
    power_of_two,
)

STEPS = [1, 2, 3, 5, 10, 30, 99, 100]
GRID = [(k + 0.5) / 400 for k in range(400)]
TAILS = [2.0**-k for k in range(2, 54)]
UNIFORMS = st.integers(0, 2**52 - 1).map(lambda k: (k + 0.5) * 2.0**-52)


def ulps(got: float, expected: float) -> float:
    return abs(got - expected) / math.ulp(expected)


def close(got: float, expected: float, relative: float) -> bool:
    return math.isclose(got, expected, rel_tol=relative, abs_tol=0.0)


def test_powers_of_two_are_exact():
    for exponent in range(-1022, 1024):
        assert power_of_two(exponent) == math.ldexp(1.0, exponent)


@given(st.floats(-745.0, 709.7))
def test_exp_is_within_an_ulp(x):
    # the library is itself within an ulp, so two apart at most; a subnormal's ulp is the least one
    assert ulps(exp(x), math.exp(x)) <= 2.0


@given(st.floats(min_value=0.0, exclude_min=True, allow_infinity=False))
def test_log_is_within_an_ulp(x):
    assert ulps(log(x), math.log(x)) <= 2.0


@given(st.floats(0.5, 2.0))
def test_log_is_within_an_ulp_near_one(x):
    assert ulps(log(x), math.log(x)) <= 2.0


def test_exp_and_log_at_the_ends():
    assert exp(0.0) == 1.0
    assert exp(709.782712893384) == pytest.approx(1.797693134862273e308, rel=1e-13)
    assert exp(709.79) == math.inf
    assert exp(math.inf) == math.inf
    assert exp(-745.13) == 5e-324
    assert exp(-745.14) == 0.0
    assert exp(-math.inf) == 0.0
    assert log(1.0) == 0.0
    assert log(0.0) == log(-0.0) == -math.inf
    assert log(math.inf) == math.inf
    assert log(5e-324) == pytest.approx(-744.4400719213812, rel=1e-15)
    assert math.isnan(log(-1.0))
    assert math.isnan(log(-math.inf))


def test_nan_stays_nan():
    for function in (exp, log, normal_cdf, normal_density, normal_quantile, gamma_function):
        assert math.isnan(function(math.nan)), function


def test_the_rounding_of_subnormal_results_happens_once():
    for x in np.linspace(-745.0, -708.5, 500):
        assert abs(exp(x) - math.exp(x)) <= 5e-324


@given(st.floats(-38.0, 38.0))
def test_normal_cdf_keeps_its_tails(x):
    # the logarithm of the tail is what SciPy knows to full accuracy that far out
    if x < -37.5:
        assert normal_cdf(x) <= 1e-307
    else:
        assert close(normal_cdf(x), math.exp(special.log_ndtr(x)), 3e-13)


def test_normal_cdf_by_the_complementary_error_function():
    for x in np.linspace(-8.0, 8.0, 4001):
        assert close(normal_cdf(x), 0.5 * math.erfc(-x * math.sqrt(0.5)), 3e-14)


def test_normal_cdf_and_density_at_the_ends():
    assert normal_cdf(0.0) == 0.5
    assert normal_cdf(-40.0) == normal_cdf(-math.inf) == 0.0
    assert normal_cdf(40.0) == normal_cdf(math.inf) == 1.0
    assert normal_density(0.0) == pytest.approx(1.0 / math.sqrt(2.0 * math.pi), rel=1e-15)
    assert (
        normal_density(3.0) == normal_density(-3.0) == pytest.approx(0.0044318484119380075, 1e-15)
    )
    assert normal_density(-math.inf) == normal_density(math.inf) == 0.0


@given(st.floats(min_value=1e-300, max_value=1.0, exclude_max=True))
def test_normal_quantile_agrees_with_scipys(p):
    expected = float(special.ndtri(p))
    assert abs(normal_quantile(p) - expected) <= 2e-14 * abs(expected) + 1e-16


@given(UNIFORMS)
def test_normal_quantile_undoes_normal_cdf_and_is_odd(p):
    x = normal_quantile(p)
    assert normal_quantile(1.0 - p) == -x
    lower = -abs(x)
    expected = min(p, 1.0 - p)
    # an error e of x turns into a relative error of the tail of about e · (|x| + 1)
    assert close(normal_cdf(lower), expected, 2e-14 + 1e-15 * (1.0 + x * x))


def test_normal_quantile_at_the_ends():
    assert normal_quantile(0.5) == 0.0
    assert normal_quantile(0.0) == -math.inf
    assert normal_quantile(1.0) == math.inf
    assert math.isnan(normal_quantile(-0.1))
    assert math.isnan(normal_quantile(1.1))
    assert normal_quantile(5e-324) == pytest.approx(-38.467405617144344, rel=1e-14)


@given(st.floats(1e-6, 171.6))
def test_gamma_function_agrees_with_the_library(x):
    assert close(gamma_function(x), math.gamma(x), 1e-14)


def test_gamma_function_at_whole_numbers_and_at_the_ends():
    for n in range(1, 19):
        assert gamma_function(float(n)) == math.factorial(n - 1)
    assert gamma_function(0.5) == pytest.approx(math.sqrt(math.pi), rel=1e-15)
    assert gamma_function(172.0) == math.inf
    assert gamma_function(math.inf) == math.inf
    assert gamma_function(1e-310) == math.inf
    assert math.isnan(gamma_function(0.0))
    assert math.isnan(gamma_function(-0.5))


@pytest.mark.parametrize("steps", STEPS)
def test_gamma_cdf_agrees_with_scipys(steps):
    for x in np.geomspace(steps * 1e-3, steps * 8.0, 200):
        expected = float(special.gammainc(steps, x))
        assert abs(gamma_cdf_integer(steps, x) - expected) <= 3e-13 * expected


@pytest.mark.parametrize("steps", STEPS)
def test_gamma_cdf_at_the_ends(steps):
    for x in (-1.0, 0.0, math.nan):
        assert gamma_cdf_integer(steps, x) == 0.0
    for x in (1400.0, 1e300, math.inf):
        assert gamma_cdf_integer(steps, x) == 1.0


@pytest.mark.parametrize("steps", STEPS)
def test_gamma_quantile_agrees_with_scipys(steps):
    for u in [*GRID, *TAILS]:
        got = gamma_quantile_integer(steps, u)
        if steps > 1:
            assert close(got, float(special.gammaincinv(steps, u)), 3e-13), u
        upper = gamma_quantile_integer(steps, 1.0 - u)
        assert close(upper, float(special.gammainccinv(steps, u)), 3e-13), u


@given(st.integers(1, 100), UNIFORMS)
def test_gamma_quantile_undoes_gamma_cdf(steps, u):
    x = gamma_quantile_integer(steps, u)
    density = float(scipy_stats.gamma.pdf(x, steps))
    error = gamma_cdf_integer(steps, x) - u
    assert abs(error) <= 3e-14 * x * density + 3e-14 * u


@given(st.integers(2, 100), st.floats(min_value=1e-300, max_value=1e-17))
def test_gamma_quantile_is_sound_far_below_what_is_ever_drawn(steps, u):
    assert close(gamma_cdf_integer(steps, gamma_quantile_integer(steps, u)), u, 1e-10)


RISING = {
    "exp": (exp, np.linspace(-740.0, 709.0, 20_001)),
    "log": (log, np.geomspace(1e-300, 1e300, 20_001)),
    "normal_cdf": (normal_cdf, np.linspace(-37.0, 6.0, 20_001)),
    "normal_quantile": (normal_quantile, np.linspace(1e-9, 1.0 - 1e-9, 20_001)),
    "normal_quantile, tail": (normal_quantile, np.geomspace(1e-300, 0.4, 20_001)),
    **{
        f"gamma_quantile {n}": (
            lambda u, n=n: gamma_quantile_integer(n, u),
            np.linspace(0.0005, 0.9995, 1_000),
        )
        for n in STEPS
    },
}


@pytest.mark.parametrize("name", list(RISING))
def test_they_rise(name):
    function, points = RISING[name]
    values = [function(float(x)) for x in points]
    assert all(a < b for a, b in pairwise(values))


@pytest.mark.parametrize(
    ("function", "seam"),
    [
        (normal_quantile, 0.075),
        (normal_quantile, 0.925),
        (normal_quantile, math.exp(-25.0)),
        (normal_cdf, -1.75),
        (normal_cdf, 1.75),
        (log, math.sqrt(2.0)),
        (exp, 0.5 * math.log(2.0)),
        (lambda u: gamma_quantile_integer(7, u), 0.5),
        (lambda x: gamma_cdf_integer(7, x), 7.0),
    ],
)
def test_they_rise_across_the_seams_between_two_formulas(function, seam):
    points = [seam * (1.0 + k * 1e-12) for k in range(-50, 51)]
    values = [function(x) for x in sorted(points)]
    assert all(a < b for a, b in pairwise(values))


def test_the_numeric_core_uses_nothing_that_differs_between_platforms():
    """No power, no remainder, no exception, and of `math` only floor, sqrt and the constants."""
    loaders_own = {"site_key", "seed_problem", "hex16"}
    seen = 0
    for module in (address, exposure, functions, quantiles):
        for function in ast.parse(inspect.getsource(module)).body:
            if not isinstance(function, ast.FunctionDef) or function.name in loaders_own:
                continue
            seen += 1
            for node in ast.walk(function):
                assert not isinstance(node, (ast.Pow, ast.Mod, ast.Raise, ast.Try, ast.Dict))
                if isinstance(node, ast.Attribute):
                    assert node.value.id == "math"
                    assert node.attr in {"floor", "sqrt", "inf", "nan"}
    assert seen > 30


FROZEN = {
    "exp": (exp, [(-21.114259052528254,), (0.3,), (300.7,)]),
    "log": (log, [(1.4070622014328988,), (0.3,), (1e-310,)]),
    "normal_cdf": (normal_cdf, [(-1.3,), (-7.7,), (0.3,)]),
    "normal_quantile": (normal_quantile, [(0.3,), (0.01,), (1e-20,)]),
    "gamma_function": (gamma_function, [(1.7,), (0.2,), (33.3,)]),
    "gamma_quantile": (gamma_quantile_integer, [(3, 0.2), (3, 0.9), (60, 0.01)]),
}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("exp", ["0x1.73d8b0ae459f6p-31", "0x1.599058c8c1a96p+0", "0x1.c3714f17ae742p+433"]),
        ("log", ["0x1.5db3388843e14p-2", "-0x1.34378fcbda721p+0", "-0x1.64e69394d9508p+9"]),
        ("normal_cdf", ["0x1.8c7eaa3883ad8p-4", "0x1.ea3af26486198p-48", "0x1.3c5ee2cc40b79p-1"]),
        (
            "normal_quantile",
            ["-0x1.0c7e39582c5fap-1", "-0x1.29c5c4630ff0ep+1", "-0x1.2865170b43a4bp+3"],
        ),
        (
            "gamma_function",
            ["0x1.d1391892f7afep-1", "0x1.25d0622505413p+2", "0x1.2069372b95fbbp+119"],
        ),
        (
            "gamma_quantile",
            ["0x1.88f8a82845ec8p+0", "0x1.54a0e57b7559cp+2", "0x1.5bb17038d33b0p+5"],
        ),
    ],
)
def test_contract_1_freezes_their_bytes(name, expected):
    function, arguments = FROZEN[name]
    assert [function(*a).hex() for a in arguments] == expected
