"""Laws of chance as a scenario writes them: kinds, their arguments, samples and means.

A law is pure numbers. Where it stands for a duration its unit-carrying arguments are in ticks, and
so are its samples, before `ticks` rounds them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING

from escalation_sim.chance import quantiles
from escalation_sim.chance.exposure import NEVER
from escalation_sim.chance.functions import exp, gamma_function, normal_cdf, normal_density

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

MOST_STEPS = 100
"""The greatest number of steps of an Erlang law."""

LARGEST = 1e150
"""The greatest size of an argument: squares and products of two stay finite."""

_ABOVE_ZERO = frozenset({"shape", "scale", "median", "sigma", "sd"})
_NEVER = float(NEVER)
_LAST_UNIFORM = 1.0 - 2.0**-53


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of law: its code for `sample_scalar`, and its arguments by name, in order.

    `carries_unit` says of each argument whether it is of the sampled sort (a duration or a number)
    or always a pure number. `repeats` marks the kind that takes any number of its one argument.
    """

    code: int
    arguments: tuple[str, ...]
    carries_unit: tuple[bool, ...]
    repeats: bool = False


KINDS: dict[str, Kind] = {
    "uniform": Kind(quantiles.UNIFORM, ("low", "high"), (True, True)),
    "triangular": Kind(quantiles.TRIANGULAR, ("low", "likely", "high"), (True, True, True)),
    "exponential": Kind(quantiles.EXPONENTIAL, ("mean",), (True,)),
    "erlang": Kind(quantiles.ERLANG, ("steps", "mean"), (False, True)),
    "weibull": Kind(quantiles.WEIBULL, ("shape", "scale"), (False, True)),
    "lognormal": Kind(quantiles.LOGNORMAL, ("median", "sigma"), (True, False)),
    "normal": Kind(quantiles.NORMAL, ("mean", "sd"), (True, True)),
    "empirical": Kind(quantiles.EMPIRICAL, ("values",), (True,), repeats=True),
}
"""Every kind of law, by the name it has in a scenario."""


_QUANTILES: dict[int, tuple[Callable[..., float], int]] = {
    quantiles.UNIFORM: (quantiles.uniform_quantile, 2),
    quantiles.TRIANGULAR: (quantiles.triangular_quantile, 3),
    quantiles.EXPONENTIAL: (quantiles.exponential_quantile, 1),
    quantiles.WEIBULL: (quantiles.weibull_quantile, 2),
    quantiles.LOGNORMAL: (quantiles.lognormal_quantile, 2),
    quantiles.NORMAL: (quantiles.normal_quantile_above_zero, 3),
}
"""Quantile functions, and how many arguments they take before u; Erlang's wants whole steps."""


def ticks(x: float) -> int:
    """Return the whole number of ticks for a drawn duration: floor(x + ½), from 0 to `NEVER`.

    The half is compared, not added, so that no sum is rounded up to the next tick. nan gives 0.
    """
    if not x > 0.0:
        return 0
    if x >= _NEVER:
        return NEVER
    whole = int(x)
    return whole + 1 if x - whole >= 0.5 else whole


def problem(kind: str, arguments: Sequence[float]) -> str | None:
    """Return what is wrong with a law of this kind and these arguments, in words, or None."""
    known = KINDS.get(kind)
    if known is None:
        return f"there is no law `{kind}`"
    if known.repeats:
        if not arguments:
            return f"`{kind}` needs at least one value"
        names = known.arguments * len(arguments)
    elif len(arguments) != len(known.arguments):
        wanted = len(known.arguments)
        listed = ", ".join(f"`{name}`" for name in known.arguments)
        return (
            f"`{kind}` takes {wanted} number{'s' * (wanted > 1)} ({listed}), not {len(arguments)}"
        )
    else:
        names = known.arguments
    for name, value in zip(names, arguments, strict=True):
        found = _argument_problem(name, value)
        if found is not None:
            return found
    return _joint_problem(kind, tuple(float(value) for value in arguments))


def _argument_problem(name: str, value: float) -> str | None:
    """Return what is wrong with one argument by itself."""
    if not -LARGEST <= value <= LARGEST:
        return f"`{name}` must be a finite number, not beyond {LARGEST:g}"
    if name == "steps" and not (1 <= value <= MOST_STEPS and value == math.floor(value)):
        return f"`steps` must be a whole number from 1 to {MOST_STEPS}"
    if name == "mean" and value < 0:
        return "`mean` must not be negative"
    if name in _ABOVE_ZERO and not value > 0:
        return f"`{name}` must be greater than 0"
    return None


def _joint_problem(kind: str, arguments: tuple[float, ...]) -> str | None:
    """Return what is wrong with arguments that are each in order."""
    if kind in ("uniform", "triangular") and arguments[0] > arguments[-1]:
        return "`low` is greater than `high`"
    if kind == "triangular" and not arguments[0] <= arguments[1] <= arguments[2]:
        return "`likely` lies outside `low` to `high`"
    if kind in ("weibull", "lognormal"):
        top = quantiles.sample_scalar(*_scalar(kind, arguments), _LAST_UNIFORM)
        if not (_mean(kind, arguments) <= LARGEST and top <= LARGEST):
            return f"spreads so widely that its samples pass {LARGEST:g}"
    return None


def _scalar(kind: str, arguments: tuple[float, ...]) -> tuple[int, float, float, float]:
    """Return the code and three arguments `sample_scalar` wants."""
    code = KINDS[kind].code
    if code == quantiles.EMPIRICAL:
        return code, float(len(arguments)), 0.0, 0.0
    if code == quantiles.NORMAL:
        mean, sd = arguments
        return code, mean, sd, quantiles.normal_share_below_zero(mean, sd)
    a, b, c = (*arguments, 0.0, 0.0)[:3]
    return code, a, b, c


def _mean(kind: str, arguments: tuple[float, ...]) -> float:
    """Return the mean of a law that has not been scaled."""
    if kind == "weibull":
        shape, scale = arguments
        return scale * gamma_function(1.0 + 1.0 / shape)
    if kind == "lognormal":
        median, sigma = arguments
        return median * exp(0.5 * sigma * sigma)
    if kind == "normal":
        mean, sd = arguments
        return mean + sd * (normal_density(mean / sd) / normal_cdf(mean / sd))
    if kind in ("exponential", "erlang"):
        return arguments[-1]
    # uniform, triangular, empirical; the sum is exact, but equal values may still round apart
    mean = math.fsum(arguments) / len(arguments)
    return min(max(mean, min(arguments)), max(arguments))


@dataclass(frozen=True, slots=True)
class Law:
    """A law of chance: a kind, its arguments in the order of `KINDS`, and a factor on its samples.

    Bad arguments raise `ValueError` with the sentence of `problem`; a loader asks that first.
    """

    kind: str
    arguments: tuple[float, ...]
    scale: float = 1.0
    scalar: tuple[int, float, float, float] = field(init=False, repr=False, compare=False)
    """What `quantiles.sample_scalar` takes before u; multiply what it gives by `scale`."""
    values: tuple[float, ...] = field(init=False, repr=False, compare=False)
    """The sorted values of an empirical law, for `quantiles.empirical_index`; else empty."""

    def __post_init__(self) -> None:
        found = problem(self.kind, self.arguments)
        if found is not None:
            raise ValueError(found)
        if not 0.0 <= self.scale <= LARGEST:
            raise ValueError(f"`scale` must be from 0 to {LARGEST:g}")
        arguments = tuple(float(value) for value in self.arguments)
        object.__setattr__(self, "arguments", arguments)
        object.__setattr__(self, "scale", float(self.scale))
        object.__setattr__(self, "scalar", _scalar(self.kind, arguments))
        object.__setattr__(
            self, "values", tuple(sorted(arguments)) if KINDS[self.kind].repeats else ()
        )

    def sample(self, u: float) -> float:
        """Return the sample, which is the quantile, at u; 0 < u < 1, not checked."""
        if self.values:
            return self.values[quantiles.empirical_index(len(self.values), u)] * self.scale
        code, a, b, c = self.scalar
        return quantiles.sample_scalar(code, a, b, c, u) * self.scale

    quantile = sample

    def sampler(self) -> Callable[[float], float]:
        """Return what `sample` does as one function, for whoever samples very often."""
        code, a, b, c = self.scalar
        if self.scale != 1.0 or self.values:
            return self.sample
        if code == quantiles.ERLANG:
            return partial(quantiles.erlang_quantile, int(a), b)
        quantile, taken = _QUANTILES[code]
        return partial(quantile, *(a, b, c)[:taken])

    @property
    def mean(self) -> float:
        """The exact mean of the samples; of the normal law as it is after the cut."""
        return _mean(self.kind, self.arguments) * self.scale

    @property
    def bounds(self) -> tuple[float, float]:
        """The least and the greatest value samples can take or come near (may be inf)."""
        if self.kind in ("uniform", "triangular"):
            return self.arguments[0] * self.scale, self.arguments[-1] * self.scale
        if self.values:
            return self.values[0] * self.scale, self.values[-1] * self.scale
        return 0.0, math.inf if self.mean > 0.0 else 0.0

    def with_mean(self, target: float) -> Law:
        """Return this law with all samples scaled by target / mean, so that its mean is `target`.

        A mean of 0 cannot be scaled, nor can a mean change its sign; either raises `ValueError`.
        """
        mean = self.mean
        if mean == 0.0:
            raise ValueError("a law whose mean is 0 cannot be scaled to another mean")
        factor = self.scale * (target / mean)
        if factor < 0.0:
            raise ValueError("a law cannot be scaled to a mean of the other sign")
        return replace(self, scale=factor)
