"""The types of the language: flags, levels of one scale, numbers, durations, times and rates.

A *time* is a distance from zero on the run's axis, a *duration* a distance between two times;
both are whole ticks. A *rate* is a number for each tick.
"""

from __future__ import annotations

from dataclasses import dataclass

MOST_TICKS = 1 << 53
"""Longest duration in ticks; every whole number below it is exact in double precision."""


@dataclass(frozen=True, slots=True)
class Type:
    """One type; `scale` names the scale of levels and is empty otherwise."""

    kind: str
    scale: str = ""

    def __str__(self) -> str:
        if self.kind == "level":
            return f"a level of `{self.scale}`"
        return {"flag": "a flag", "unknown": "unknown"}.get(self.kind, f"a {self.kind}")


FLAG = Type("flag")
NUMBER = Type("number")
DURATION = Type("duration")
TIME = Type("time")
RATE = Type("rate")
UNKNOWN = Type("unknown")
"""The type of what could not be understood; it fits everywhere, so one fault gives one error."""
ANY = Type("any")
"""Asked for where every type is welcome; never the type of a value."""


def level_of(scale: str) -> Type:
    """Return the type of levels on the scale that the situation or ladder `scale` declares."""
    return Type("level", scale)


def fits(given: Type, wanted: Type) -> bool:
    """Whether a value of type `given` may stand where `wanted` is asked for."""
    if UNKNOWN in (given, wanted) or wanted in (given, ANY):
        return True
    return {given, wanted} == {DURATION, TIME}


def sum_of(operator: str, left: Type, right: Type) -> Type | None:
    """Return the type of `left + right` or `left - right`, or None if there is none."""
    pair = (left, right)
    if left == right and left in (NUMBER, DURATION, RATE):
        return left
    if pair == (TIME, DURATION):
        return TIME
    if pair == (DURATION, TIME) and operator == "+":
        return TIME
    if pair == (TIME, TIME) and operator == "-":
        return DURATION
    return None


def product_of(operator: str, left: Type, right: Type) -> Type | None:
    """Return the type of `left * right` or `left / right`, or None if there is none."""
    scalable = (NUMBER, DURATION, RATE)
    if operator == "*":
        if left == NUMBER and right in scalable:
            return right
        if right == NUMBER and left in scalable:
            return left
        return NUMBER if {left, right} == {RATE, DURATION} else None
    if right == NUMBER and left in scalable:
        return left
    if left == right and left in (DURATION, RATE):
        return NUMBER
    if left == NUMBER and right in (DURATION, RATE):
        return RATE if right == DURATION else DURATION
    return None
