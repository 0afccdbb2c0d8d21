"""Shares, times and results as cells of a table, in the terminal or on a page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from escalation_sim.expression.text import number_text

if TYPE_CHECKING:
    from escalation_sim.analysis.study import Numbers, Reached, Share


def times_cells(reached: Reached) -> tuple[str, str]:
    """Return when a rung is first reached: the median, and from 5 to 95 %."""
    numbers = reached.first_hours
    if not numbers.n:
        return "", ""
    low, middle, high = (numbers.quantiles[q] or 0.0 for q in (0.05, 0.5, 0.95))
    return time_text(middle), f"{number_text(round(low, 1))}–{time_text(high)}"


def result_cells(numbers: Numbers) -> tuple[str, ...]:
    """Return a result: label, mean, interval, median, 5 to 95 %, how many never had it."""
    never = f"{numbers.never:,}" if numbers.never else ""
    if numbers.mean is None:
        return (numbers.label, "", "", "", "", never)
    if numbers.unit == "share":
        count = round(numbers.mean * numbers.n)
        cells = cells_of(count, numbers.n, numbers.low or 0.0, numbers.high or 1.0)
        return (numbers.label, *cells, "", "", never)
    unit = f" {numbers.unit}" if numbers.unit else ""
    interval = ""
    if numbers.low is not None and numbers.high is not None:
        interval = f"({span_text(numbers.low, numbers.high)})"
    low, middle, high = (numbers.quantiles[q] or 0.0 for q in (0.05, 0.5, 0.95))
    return (
        numbers.label,
        short(numbers.mean) + unit,
        interval,
        short(middle) + unit,
        span_text(low, high) + unit,
        never,
    )


def share_cells(share: Share) -> tuple[str, str]:
    """Return a share and its interval: never a rounded 0 or 100 %."""
    return cells_of(share.count, share.of, share.low, share.high)


def cells_of(count: int, of: int, low: float, high: float) -> tuple[str, str]:
    """Return a count of some as a share with its interval."""
    if not of:
        return "–", ""
    digits = 2 if high - low < 0.004 else 1 if high - low < 0.06 else 0
    if count == 0:
        return f"none of {of:,}", f"(under {percent(high, digits)})"
    if count == of:
        return f"all of {of:,}", f"(over {percent(low, digits)})"
    return (
        percent(count / of, digits),
        f"({100 * low:.{digits}f}–{percent(high, digits)})",
    )


def percent(share: float, digits: int = 1) -> str:
    """Return a share in per cent."""
    return f"{100 * share:.{digits}f} %"


def short(number: float) -> str:
    """Return a number with three or four telling digits."""
    return number_text(round(number, 1) if abs(number) >= 10 else float(f"{number:.3g}"))


def span_text(low: float, high: float) -> str:
    """Return a range; with a minus sign in it, a dash would be read as another one."""
    dash = " to " if low < 0 else "–"
    return f"{short(low)}{dash}{short(high)}".replace("-", "−")


def time_text(hours: float) -> str:
    """Return hours, or minutes where it is less than one."""
    return f"{number_text(round(hours * 60, 1))} min" if 0 < hours < 1 else f"{short(hours)} h"
