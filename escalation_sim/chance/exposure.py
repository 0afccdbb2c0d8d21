"""Rates by exposure: how a Poisson stream on ticks is kept without ever drawing anew.

A rule with a rate has a standing sequence of unit exponentials E1, E2, …; its exposure grows by
rate × ticks while its condition holds, and firing k comes at the first tick with exposure
≥ E1 + … + Ek. A change of rate changes only how fast the exposure grows from then on.

The exposure is brought up to date only when the rate changes and at firings, always by `grow`, so
every engine computes the same doubles. Rates are per tick; ticks are whole numbers.
"""

from __future__ import annotations

import math

NEVER = 2**62
"""A number of ticks, and a tick, beyond every horizon."""


def grow(exposure: float, rate: float, ticks: int) -> float:
    """Return the exposure `ticks` later at `rate` per tick: the product first, then the sum."""
    return exposure + rate * ticks


def ticks_until(exposure: float, target: float, rate: float) -> int:
    """Return the smallest n ≥ 0 with grow(exposure, rate, n) ≥ target, or `NEVER`.

    Exactly so in double arithmetic: `grow` never falls as n rises, hence a division that is off by
    one is put right by a look at its neighbours, and one that is further off (an exposure so large
    that many ticks add nothing to it) by halving. `NEVER` stands for a rate that is not above 0 and
    for a target out of reach. Exposure and target must be finite.
    """
    if exposure >= target:
        return 0
    if not grow(exposure, rate, NEVER) >= target or not rate > 0.0:
        return NEVER
    low, high = 0, NEVER  # grow(low) < target <= grow(high), throughout
    quotient = (target - exposure) / rate
    if quotient < NEVER - 2:
        guess = math.floor(quotient)
        for n in range(max(guess - 1, 1), guess + 3):
            if grow(exposure, rate, n) >= target:
                high = min(high, n)
            else:
                low = n
    while high - low > 1:
        middle = low + (high - low) // 2
        if grow(exposure, rate, middle) >= target:
            high = middle
        else:
            low = middle
    return high
