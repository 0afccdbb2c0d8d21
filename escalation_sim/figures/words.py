"""Times, labels and lists in words. Nothing here knows how text is drawn."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

SPACE = "\u00a0"
"""A no-break space: stands between a number and its unit."""

SUBSTITUTE = "□"
"""Stands where a character cannot be shown."""


def clean(text: str) -> str:
    """Return a text as one line: runs of white space are one space, invisible marks are gone."""
    kept = []
    for character in text:
        kind = unicodedata.category(character)
        if kind == "Cf":
            continue
        if kind in ("Cs", "Co", "Cn"):
            kept.append(SUBSTITUTE)
        elif kind in ("Cc", "Zl", "Zp") or (kind == "Zs" and character != SPACE):
            kept.append(" ")
        else:
            kept.append(character)
    return " ".join(part for part in "".join(kept).split(" ") if part)


def capital(text: str) -> str:
    """Return a label with its first letter in upper case."""
    text = clean(text)
    return text[:1].upper() + text[1:]


def time_text(hours: float) -> str:
    """Return hours as a reader says them: `150 h`, `3.5 h`, `40 min`, `12 s`."""
    sign = "\u2212" if hours < 0 else ""
    size = abs(hours)
    if size >= 9.95:
        return f"{sign}{round(size):,}{SPACE}h"
    if size >= 0.995 or size == 0:
        return f"{sign}{size:.1f}".removesuffix(".0") + f"{SPACE}h"
    if size * 60 >= 0.995:
        minutes = size * 60
        shown = f"{round(minutes)}" if minutes >= 9.95 else f"{minutes:.1f}".removesuffix(".0")
        return f"{sign}{shown}{SPACE}min"
    return f"{sign}{max(round(size * 3600), 1)}{SPACE}s"


def two_times(first: float, second: float) -> tuple[str, str]:
    """Return two hours so that they differ in words if they differ in fact."""
    one, two = time_text(first), time_text(second)
    if one != two or first == second:
        return one, two
    for digits in (1, 2, 3, 4):
        one, two = (f"{h:,.{digits}f}{SPACE}h" for h in (first, second))
        if one != two:
            break
    return one, two


def length_text(hours: float) -> str:
    """Return a length as it was meant: whole hours stay hours, else as precise as needed."""
    if abs(hours - round(hours)) < 1e-9 and hours >= 1:
        return f"{round(hours):,}{SPACE}h"
    for size, unit in ((1 / 60, "min"), (1 / 3600, "s")):
        count = hours / size
        if abs(count - round(count)) < 1e-9 and 1 <= count < 200:
            return f"{round(count):,}{SPACE}{unit}"
    return time_text(hours)


def listed(parts: Sequence[str], last: str = "and") -> str:
    """Return parts as `a, b and c`."""
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} {last} {parts[-1]}"


def counted(number: int, thing: str, things: str = "") -> str:
    """Return `1 clock`, `2 clocks`."""
    return f"{number:,} {thing if number == 1 else things or thing + 's'}"


def percent(part: int, whole: int) -> str:
    """Return a share as whole per cent; one that is not 0 or 100 is never rounded to it."""
    if not whole:
        return f"0{SPACE}%"
    share = 100 * part / whole
    shown = round(share)
    if shown == 100 and part < whole:
        shown = 99
    if shown == 0 and part:
        shown = 1
    return f"{shown}{SPACE}%"
