"""One uniform in, one sample out: the quantile function of each law, as plain scalar code.

Inverse transform throughout: a sample is the law's quantile at u, so samples rise with u, each
costs exactly one uniform, and two variants of a scenario that share u stay comparable. u lies
strictly between 0 and 1; the upper tails use 1 - u, which is exact for every u of `uniform`.

Arguments are taken as valid (`laws.problem` checks them); nothing here raises.
"""

from __future__ import annotations

import math

from escalation_sim.chance.functions import (
    exp,
    gamma_quantile_integer,
    log,
    normal_cdf,
    normal_quantile,
)

UNIFORM = 1
TRIANGULAR = 2
EXPONENTIAL = 3
ERLANG = 4
WEIBULL = 5
LOGNORMAL = 6
NORMAL = 7
EMPIRICAL = 8


def uniform_quantile(low: float, high: float, u: float) -> float:
    """Return the quantile of the uniform law on [low, high]; never outside it."""
    return min(low + (high - low) * u, high)


def triangular_quantile(low: float, likely: float, high: float, u: float) -> float:
    """Return the quantile of the triangular law with its peak at `likely`; never outside it."""
    width = high - low
    if not width > 0.0:
        return low
    rising = (likely - low) / width
    if u < rising:
        return min(low + width * math.sqrt(u * rising), likely)
    return max(high - width * math.sqrt((1.0 - u) * ((high - likely) / width)), likely)


def exponential_quantile(mean: float, u: float) -> float:
    """Return the quantile of the exponential law; with mean 1 the unit exponential of a rate."""
    return -mean * log(1.0 - u)


def erlang_quantile(steps: int, mean: float, u: float) -> float:
    """Return the quantile of the sum of `steps` exponentials whose total mean is `mean`."""
    return gamma_quantile_integer(steps, u) * (mean / steps)


def weibull_quantile(shape: float, scale: float, u: float) -> float:
    """Return the quantile of the Weibull law: scale · (-log(1 - u))^(1 / shape)."""
    return scale * exp(log(-log(1.0 - u)) / shape)


def lognormal_quantile(median: float, sigma: float, u: float) -> float:
    """Return the quantile of the law whose logarithm is normal around log(median)."""
    return median * exp(sigma * normal_quantile(u))


def normal_share_below_zero(mean: float, sd: float) -> float:
    """Return the part of a normal law that lies below 0, and that the cut takes away."""
    return normal_cdf(-mean / sd)


def normal_quantile_above_zero(mean: float, sd: float, share: float, u: float) -> float:
    """Return the quantile of a normal law cut below 0 and made whole again.

    `share` is what `normal_share_below_zero` gave. Each half of the parent is asked through its own
    tail, so that neither end is a difference of nearly equal numbers.
    """
    p = share + u * (1.0 - share)
    z = normal_quantile(p) if p < 0.5 else -normal_quantile((1.0 - u) * (1.0 - share))
    return max(mean + sd * z, 0.0)


def sample_scalar(code: int, a: float, b: float, c: float, u: float) -> float:
    """Return the quantile at u of the law with this code and its arguments, in their order.

    Unused arguments are ignored; `c` of the normal law is its share below zero. The empirical law,
    which has a list, goes by `empirical_index`; its code, like an unknown one, gives nan.
    """
    x = math.nan
    if code == TRIANGULAR:
        x = triangular_quantile(a, b, c, u)
    elif code == UNIFORM:
        x = uniform_quantile(a, b, u)
    elif code == EXPONENTIAL:
        x = exponential_quantile(a, u)
    elif code == ERLANG:
        x = erlang_quantile(int(a), b, u)
    elif code == WEIBULL:
        x = weibull_quantile(a, b, u)
    elif code == LOGNORMAL:
        x = lognormal_quantile(a, b, u)
    elif code == NORMAL:
        x = normal_quantile_above_zero(a, b, c, u)
    return x


def empirical_index(count: int, u: float) -> int:
    """Return which of `count` values, sorted and counted from 0, is the quantile at u."""
    return min(math.floor(u * count), count - 1)
