"""Kernels as plain Python, over lists: slow, and word for word what is compiled."""

from __future__ import annotations
import __future__

import math
from typing import TYPE_CHECKING, Any

from escalation_sim.chance import address, exposure, functions, laws, quantiles
from escalation_sim.engine.compiled import kit
from escalation_sim.engine.compiled.kernel import ENTRY

if TYPE_CHECKING:
    from collections.abc import Callable

BUILT_IN = {
    "abs": abs,
    "float": float,
    "int": int,
    "max": max,
    "min": min,
    "range": range,
}

SCOPE: dict[str, Any] = {
    "math": math,
    "EMPTY_DIGEST": address.EMPTY_DIGEST,
    "fold": address.fold,
    "run_key": address.run_key,
    "uniform": address.uniform,
    "word": address.word,
    "NEVER": exposure.NEVER,
    "grow": exposure.grow,
    "ticks_until": exposure.ticks_until,
    "log": functions.log,
    "ticks": laws.ticks,
    "empirical_index": quantiles.empirical_index,
    "erlang_quantile": quantiles.erlang_quantile,
    "exponential_quantile": quantiles.exponential_quantile,
    "lognormal_quantile": quantiles.lognormal_quantile,
    "normal_quantile_above_zero": quantiles.normal_quantile_above_zero,
    "triangular_quantile": quantiles.triangular_quantile,
    "uniform_quantile": quantiles.uniform_quantile,
    "weibull_quantile": quantiles.weibull_quantile,
    **{name: getattr(kit, name) for name in vars(kit) if name not in ("Ints", "Words", "Reals")},
}
"""Every name a kernel may use that is not its own."""


def plain_function(text: str) -> Callable[..., None]:
    """Return the entry of a kernel as a Python function over lists.

    The text sees the names of `SCOPE` and six built-in functions, and nothing else.
    """
    scope: dict[str, Any] = {**SCOPE, "__builtins__": BUILT_IN}
    flags = __future__.annotations.compiler_flag
    code = compile(text, "<kernel>", "exec", flags=flags, dont_inherit=True)
    exec(code, scope)  # noqa: S102 - the text is ours, see `draft`
    function: Callable[..., None] = scope[ENTRY]
    return function
