"""The numeric core, compiled by numba, gives the very bits plain Python gives.

Runs where numba is installed (the extra of the fast engine) and is skipped elsewhere. Each function
is compiled as it stands, for explicit argument types: words unsigned, counts signed, the rest
doubles. `njit` alone would take a literal 0 for a signed number and shift its words wrongly.
"""

from __future__ import annotations

import types

import numpy as np
import pytest

from escalation_sim.chance import address, exposure, functions, laws, quantiles

numba = pytest.importorskip("numba")

WORD, WHOLE, REAL = "uint64", "int64", "float64"
SIGNATURES = {
    address: {
        "mix": (WORD, [WORD]),
        "run_key": (WORD, [WORD] * 2),
        "word": (WORD, [WORD] * 4),
        "uniform": (REAL, [WORD]),
        "fold": (WORD, [WORD] * 5),
    },
    functions: {
        "power_of_two": (REAL, [WHOLE]),
        "exp": (REAL, [REAL]),
        "log": (REAL, [REAL]),
        "normal_density": (REAL, [REAL]),
        "normal_cdf": (REAL, [REAL]),
        "_quantile_middle": (REAL, [REAL]),
        "_quantile_tail": (REAL, [REAL]),
        "_quantile_far_tail": (REAL, [REAL]),
        "normal_quantile": (REAL, [REAL]),
        "gamma_function": (REAL, [REAL]),
        "_gamma_lower": (REAL, [WHOLE, REAL]),
        "_gamma_upper": (REAL, [WHOLE, REAL]),
        "_factorial": (REAL, [WHOLE]),
        "gamma_cdf_integer": (REAL, [WHOLE, REAL]),
        "_gamma_start": (REAL, [WHOLE, REAL]),
        "gamma_quantile_integer": (REAL, [WHOLE, REAL]),
    },
    exposure: {
        "grow": (REAL, [REAL, REAL, WHOLE]),
        "ticks_until": (WHOLE, [REAL, REAL, REAL]),
    },
    quantiles: {
        "uniform_quantile": (REAL, [REAL] * 3),
        "triangular_quantile": (REAL, [REAL] * 4),
        "exponential_quantile": (REAL, [REAL] * 2),
        "erlang_quantile": (REAL, [WHOLE, REAL, REAL]),
        "weibull_quantile": (REAL, [REAL] * 3),
        "lognormal_quantile": (REAL, [REAL] * 3),
        "normal_share_below_zero": (REAL, [REAL] * 2),
        "normal_quantile_above_zero": (REAL, [REAL] * 4),
        "sample_scalar": (REAL, [WHOLE] + [REAL] * 4),
        "empirical_index": (WHOLE, [WHOLE, REAL]),
    },
    laws: {"ticks": (WHOLE, [REAL])},
}


@pytest.fixture(scope="module")
def compiled():
    """Compile every function, callees first, over copies of the modules' globals."""
    done = {}
    for module, signatures in SIGNATURES.items():
        scope = {**vars(module), **done}
        for name, (result, arguments) in signatures.items():
            plain = types.FunctionType(getattr(module, name).__code__, scope, name)
            done[name] = scope[name] = numba.njit(f"{result}({', '.join(arguments)})")(plain)
    return done


def test_addresses_agree(compiled):
    rows = np.random.default_rng(1).integers(0, 2**64, (5_000, 5), dtype=np.uint64)
    for a, b, c, d, e in rows.tolist():
        for name, arguments in (("mix", (a,)), ("run_key", (a >> 1, b >> 1))):
            assert compiled[name](*arguments) == getattr(address, name)(*arguments)
        w = compiled["word"](a, b, c, d & 7)
        assert w == address.word(a, b, c, d & 7)
        assert compiled["uniform"](w) == address.uniform(w)
        assert compiled["fold"](a, b, c, d, e) == address.fold(a, b, c, d, e)


def test_functions_agree(compiled):
    draw = np.random.default_rng(2).uniform
    for _ in range(5_000):
        for name, x in (
            ("exp", draw(-746.0, 710.0)),
            ("exp", draw(-40.0, 4.0)),
            ("log", functions.exp(draw(-745.0, 709.0))),
            ("log", draw(0.0, 2.0)),
            ("normal_density", draw(-40.0, 40.0)),
            ("normal_cdf", draw(-40.0, 10.0)),
            ("normal_quantile", draw(0.0, 1.0)),
            ("normal_quantile", functions.exp(draw(-700.0, 0.0))),
            ("gamma_function", draw(0.0, 172.0)),
        ):
            assert compiled[name](x).hex() == getattr(functions, name)(x).hex(), (name, x)
        steps, x = int(draw(1.0, 101.0)), draw(0.0, 150.0)
        expected = functions.gamma_cdf_integer(steps, x)
        assert compiled["gamma_cdf_integer"](steps, x).hex() == expected.hex()
        duration = functions.exp(draw(-3.0, 50.0))
        assert compiled["ticks"](duration) == laws.ticks(duration)


def test_samples_agree(compiled):
    rng = np.random.default_rng(3)
    sample = compiled["sample_scalar"]
    for _ in range(2_000):
        u = address.uniform(int(rng.integers(0, 2**64, dtype=np.uint64)))
        low, likely, high = sorted(rng.uniform(-5.0, 50.0) for _ in range(3))
        mean, width = rng.uniform(0.0, 9.0), rng.uniform(0.1, 4.0)
        share = quantiles.normal_share_below_zero(mean, width)
        assert compiled["normal_share_below_zero"](mean, width).hex() == share.hex()
        for code, a, b, c in (
            (quantiles.UNIFORM, low, high, 0.0),
            (quantiles.TRIANGULAR, low, likely, high),
            (quantiles.EXPONENTIAL, mean, 0.0, 0.0),
            (quantiles.ERLANG, float(rng.integers(1, 101)), mean, 0.0),
            (quantiles.WEIBULL, width, mean, 0.0),
            (quantiles.LOGNORMAL, mean, width, 0.0),
            (quantiles.NORMAL, mean, width, share),
        ):
            assert sample(code, a, b, c, u).hex() == quantiles.sample_scalar(code, a, b, c, u).hex()
        count = int(rng.integers(1, 1001))
        assert compiled["empirical_index"](count, u) == quantiles.empirical_index(count, u)


def test_exposures_agree(compiled):
    rng = np.random.default_rng(4)
    for _ in range(5_000):
        exposed, target = rng.uniform(0.0, 9.0), rng.uniform(0.0, 12.0)
        rate = 10.0 ** rng.uniform(-22.0, 2.0)
        n = exposure.ticks_until(exposed, target, rate)
        assert compiled["ticks_until"](exposed, target, rate) == n
        assert compiled["grow"](exposed, rate, n).hex() == exposure.grow(exposed, rate, n).hex()
