"""What is translated gives the very bits that Python gives."""

import ctypes
import math

import numpy as np
import pytest

from escalation_sim.chance import address, exposure, functions, laws, quantiles
from escalation_sim.engine.compiled import kit
from escalation_sim.engine.compiled.machine import Machine, object_of
from escalation_sim.engine.compiled.translate import Program, Untranslatable

CTYPES = {"int": ctypes.c_int64, "float": ctypes.c_double, "word": ctypes.c_uint64}

NUMERIC = {
    address: ("mix", "run_key", "word", "uniform", "fold"),
    exposure: ("grow", "ticks_until"),
    functions: ("exp", "log", "normal_density", "normal_cdf", "normal_quantile",
        "gamma_function", "gamma_cdf_integer", "gamma_quantile_integer"),
    quantiles: ("uniform_quantile", "triangular_quantile", "exponential_quantile",
        "erlang_quantile", "weibull_quantile", "lognormal_quantile",
        "normal_quantile_above_zero", "empirical_index"),
    laws: ("ticks",),
    kit: ("log_between", "drawn_exponential", "due_key", "later"),
}  # fmt: skip


class Translated:
    """Functions of a text as machine code, callable with Python's numbers."""

    def __init__(self, text, scope, entries, words=("address",)):
        from llvmlite import binding  # noqa: PLC0415

        program = Program(words=words)
        program.add_source(text, scope, entries)
        machine = Machine.here()
        self.engine = binding.create_mcjit_compiler(binding.parse_assembly(""), machine.target())
        data = object_of(program.module(), machine)
        self.engine.add_object_file(binding.ObjectFileRef.from_data(data))
        self.engine.finalize_object()
        for name in entries:
            signature = program.signatures[name]
            kinds = [CTYPES[k] for k in signature.parameters]
            function = ctypes.CFUNCTYPE(CTYPES[signature.result], *kinds)
            setattr(self, name, function(self.engine.get_function_address(name)))


@pytest.fixture(scope="module")
def numeric():
    """Make one entry around every numeric function of the package."""
    lines, scope, entries = [], {}, []
    for module, names in NUMERIC.items():
        word = module is address
        for name in names:
            function = getattr(module, name)
            scope[name] = function
            kinds = {k: ("word" if word and v == "int" else v)
                     for k, v in function.__annotations__.items()}  # fmt: skip
            result = kinds.pop("return")
            given = ", ".join(f"{k}: {v}" for k, v in kinds.items())
            lines.append(
                f"def call_{name}({given}) -> {result}:\n    return {name}({', '.join(kinds)})"
            )
            entries.append(f"call_{name}")
    return Translated("\n".join(lines), scope, entries)


def same(one, other):
    return one == other or (one != one and other != other)


def test_addresses_agree(numeric):
    for row in np.random.default_rng(1).integers(0, 2**64, (2_000, 5), dtype=np.uint64).tolist():
        assert numeric.call_mix(row[0]) == address.mix(row[0])
        assert numeric.call_run_key(*row[:2]) == address.run_key(*row[:2])
        word = address.word(*row[:4])
        assert numeric.call_word(*row[:4]) == word
        assert numeric.call_uniform(word) == address.uniform(word)
        assert numeric.call_fold(*row) == address.fold(*row)


def test_functions_and_laws_agree(numeric):
    draw = np.random.default_rng(2).uniform
    for _ in range(2_000):
        u = address.uniform(int(draw(0, 2**63)))
        a, b, c = sorted(draw(0.1, 50.0) for _ in range(3))
        steps = int(draw(1, 101))
        for name, given in (
            ("exp", (draw(-746.0, 710.0),)),
            ("log", (functions.exp(draw(-745.0, 709.0)),)),
            ("log", (draw(-1.0, 2.0),)),
            ("normal_density", (draw(-40.0, 40.0),)),
            ("normal_cdf", (draw(-40.0, 10.0),)),
            ("normal_quantile", (u,)),
            ("gamma_function", (draw(0.0, 172.0),)),
            ("gamma_cdf_integer", (steps, draw(0.0, 150.0))),
            ("gamma_quantile_integer", (steps, u)),
        ):
            expected = getattr(functions, name)(*given)
            assert same(getattr(numeric, f"call_{name}")(*given), expected), (name, given)
        for name, given in (
            ("uniform_quantile", (a, b, u)),
            ("triangular_quantile", (a, b, c, u)),
            ("exponential_quantile", (a, u)),
            ("erlang_quantile", (steps, a, u)),
            ("weibull_quantile", (a, b, u)),
            ("lognormal_quantile", (a, 0.5, u)),
            ("normal_quantile_above_zero", (a, b, quantiles.normal_share_below_zero(a, b), u)),
            ("empirical_index", (steps, u)),
        ):
            expected = getattr(quantiles, name)(*given)
            assert same(getattr(numeric, f"call_{name}")(*given), expected), (name, given)
        x = functions.exp(draw(-3.0, 50.0))
        assert numeric.call_ticks(x) == laws.ticks(x)
        rate, target = 10.0 ** draw(-22.0, 2.0), draw(0.0, 12.0)
        n = exposure.ticks_until(a, target, rate)
        assert numeric.call_ticks_until(a, target, rate) == n
        assert numeric.call_drawn_exponential(a, b, u) == kit.drawn_exponential(a, b, u)


def test_what_nobody_would_draw_is_translated_too(numeric):
    for x in (math.inf, -math.inf, math.nan, 0.0, -0.0, 5e-324, 1.7976931348623157e308):
        assert same(numeric.call_log(x), functions.log(x))
        assert same(numeric.call_exp(x), functions.exp(x))
    assert numeric.call_ticks(math.inf) == laws.ticks(math.inf)
    assert numeric.call_ticks(math.nan) == 0
    assert numeric.call_later(5, exposure.NEVER) == exposure.NEVER


SMALL = """
def branches(a: int, b: int) -> int:
    c = 0
    while True:
        c += 1
        if c > 100 or a == b:
            break
        if a > b:
            a -= 3
            continue
        a, b = b, a
    return c * 1000 + a - b

def loops(n: int) -> int:
    total = 0
    for i in range(n, 0, -2):
        if i == 3:
            continue
        if i == 11:
            break
        total = total + i * i
    for i in range(4):
        total = total ^ (i << 2)
    return total

def mixed(a: int, x: float) -> float:
    y = a if a > 3 else x
    flag = not a > 2 and (x < 1.0 or a == 0)
    z = -x if flag else abs(x) / 2
    return y + z + max(a, 1) + min(x, 0.5) + float(a >> 1) + (a // 2)

def arrays(n: int) -> int:
    S = ints(5)
    F = reals(3)
    for i in range(5):
        S[i] = i * n
    F[1] = 0.5
    fill(S, F)
    return S[4] + S[0] * 7 + int(F[1] * 10.0)

def fill(S: Ints, F: Reals) -> None:
    S[0] = 3
    F[1] = F[1] * 3.0
    if S[4] > 40:
        return
    S[4] = S[4] - 1

def chained(x: float, a: int) -> int:
    return 1 if 0.0 < x <= 1.0 < a < 5 else 0
"""


def test_the_small_part_of_python_means_what_it_means_in_python():
    scope = {"ints": kit.ints, "reals": kit.reals, "Ints": list, "Reals": list}
    plain = dict(scope)
    exec(SMALL, plain)  # noqa: S102 - the text stands above
    names = ("branches", "loops", "mixed", "arrays", "chained")
    made = Translated(SMALL, scope, names)
    for a in range(-6, 14):
        assert made.arrays(a) == plain["arrays"](a)
        assert made.loops(a) == plain["loops"](a)
        for b in range(-3, 5):
            assert made.branches(a, b) == plain["branches"](a, b)
            assert made.mixed(a, b / 3) == plain["mixed"](a, b / 3)
            assert made.chained(b / 3, a) == plain["chained"](b / 3, a)


@pytest.mark.parametrize(
    "line",
    [
        "return a ** 2",
        "return a % 3",
        "return a // 3",
        "return a.real",
        "return [a][0]",
        "return unknown",
        "return print(a)",
        "return 'a'",
        "assert a",
        "x = lambda: a",
        "return 2 ** 70",
        "import os",
        "try:\n        pass\n    finally:\n        pass",
    ],
)
def test_anything_else_is_not_translated(line):
    with pytest.raises(Untranslatable):
        Program().add_source(f"def f(a: int) -> int:\n    {line}\n", {}, ("f",))


def test_parameters_have_plain_kinds():
    for head in ("def f(a) -> int:", "def f(a: str) -> int:", "def f(a: int):"):
        with pytest.raises(Untranslatable):
            Program().add_source(f"{head}\n    return 1\n", {}, ("f",))
