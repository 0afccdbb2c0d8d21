"""Intervals of 95 % for what only a sample is known of. They tell sampling error and nothing else.

Every function returns the lower and the upper end.
"""

from __future__ import annotations

import math

LEVEL = 0.95
"""The share of such intervals that hold the true value."""

Z = 1.959963984540054
"""The normal quantile of (1 + LEVEL) / 2."""


def wilson(count: int, of: int, z: float = Z) -> tuple[float, float]:
    """Return Wilson's interval of a share: inside 0 to 1, and never of no width.

    E. B. Wilson, "Probable Inference, the Law of Succession, and Statistical Inference" (1927).
    With `of` 0 nothing is known: 0 to 1.
    """
    if of == 0:
        return 0.0, 1.0
    share, square = count / of, z * z
    middle = (share + square / (2 * of)) / (1 + square / of)
    half = z * math.sqrt(share * (1 - share) / of + square / (4 * of * of)) / (1 + square / of)
    low = 0.0 if count == 0 else max(0.0, middle - half)
    high = 1.0 if count == of else min(1.0, middle + half)
    return low, high


def paired_difference(gained: int, lost: int, of: int, z: float = Z) -> tuple[float, float]:
    """Return the interval of a difference of two shares of the same `of` replications.

    `gained` have it only on the second side, `lost` only on the first. Bonett and Price's adjusted
    Wald interval: "Adjusted Wald Confidence Interval for a Difference of Binomial Proportions Based
    on Paired Data" (2012).
    """
    if of == 0:
        return -1.0, 1.0
    up, down = (gained + 1) / (of + 2), (lost + 1) / (of + 2)
    half = z * math.sqrt((up + down - (up - down) ** 2) / (of + 2))
    return max(-1.0, up - down - half), min(1.0, up - down + half)


def mean_and_spread(n: int, total: int, squares: int) -> tuple[float | None, float | None]:
    """Return the mean and the sample standard deviation from exact sums; None where undefined."""
    if n == 0:
        return None, None
    try:
        if n == 1:
            return float(total), None
        # exact up to the last step: whole numbers know no cancellation
        return total / n, math.sqrt((n * squares - total * total) / (n * (n - 1)))
    except OverflowError:
        return None, None


def of_mean(mean: float, sd: float, n: int, z: float = Z) -> tuple[float, float]:
    """Return the normal interval of a mean of `n` values."""
    half = z * sd / math.sqrt(n)
    return mean - half, mean + half
