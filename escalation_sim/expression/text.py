"""The canonical text of a checked tree, and of values: what explanations and hashes show."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from escalation_sim.expression import checked
from escalation_sim.expression.types import DURATION, FLAG, RATE, TIME

if TYPE_CHECKING:
    from escalation_sim.expression.checked import Checked, Value
    from escalation_sim.expression.types import Type

_BINDING = {"or": 1, "and": 2, "not": 3, "test": 4, "+": 5, "-": 5, "*": 6, "/": 6, "sign": 7}


def text_of(node: Checked) -> str:
    """Write a tree back as an expression, with no more brackets than needed."""
    return _text(node, 0)


def _text(node: Checked, around: int) -> str:
    match node:
        case checked.Constant(text=text) | checked.Joined(text=text) | checked.Tally(text=text):
            return text
        case checked.Parameter(id=name) | checked.Variable(id=name) | checked.Named(id=name):
            return name
        case checked.Was(variable=variable):
            return f"was({variable.id})"
        case checked.Now():
            return "now"
        case checked.Ever(body=body):
            return f"ever({_text(body, 0)})"
        case checked.Function(name=name, arguments=arguments):
            return f"{name}({', '.join(_text(a, 0) for a in arguments)})"
        case checked.ClockTest(id=name, operator=operator, threshold=threshold):
            return _wrap(f"{name} {operator} {_text(threshold, 5)}", "test", around)
        case checked.Test(operator=operator, left=left, right=right):
            return _wrap(f"{_text(left, 5)} {operator} {_text(right, 5)}", "test", around)
        case checked.Sum(operator=operator, left=left, right=right):
            mine = _BINDING[operator]
            return _wrap(
                f"{_text(left, mine)} {operator} {_text(right, mine + 1)}", operator, around
            )
        case checked.Row(operator=operator, terms=terms):
            mine = _BINDING[operator]
            joined = f" {operator} ".join(_text(t, mine + 1) for t in terms)
            return _wrap(joined, operator, around)
        case checked.Negation(operand=operand):
            return _wrap(f"not {_text(operand, 3)}", "not", around)
        case checked.Negative(operand=operand):
            return _wrap(f"-{_text(operand, 8)}", "sign", around)
        case checked.Branch(condition=condition, then=then, otherwise=otherwise):
            said = f"{_text(then, 1)} if {_text(condition, 1)} else {_text(otherwise, 0)}"
            return f"({said})" if around else said


def _wrap(said: str, binding: str, around: int) -> str:
    return f"({said})" if _BINDING[binding] < around else said


def value_text(
    value: Value, kind: Type, levels: tuple[str, ...] = (), seconds_per_tick: Fraction = Fraction(1)
) -> str:
    """Write one value the way a person would: a level's name, `72 h`, `yes`, `0.5 per day`."""
    if kind == FLAG:
        return "true" if value else "false"
    if kind.kind == "level" and levels:
        return levels[int(value)]
    if kind in (DURATION, TIME):
        return hours_text(Fraction(int(value)) * seconds_per_tick)
    if kind == RATE:
        return f"{number_text(float(value) * 86_400 / float(seconds_per_tick))} / 1d"
    return number_text(float(value))


def number_text(value: float) -> str:
    """Write a number with up to six digits and no empty ones."""
    return str(int(value)) if value == int(value) and abs(value) < 1e15 else f"{value:.6g}"


def hours_text(seconds: Fraction) -> str:
    """Write a time or duration given in seconds: `72 h`, `2.5 h`, `40 min`, `3 s`."""
    size = abs(seconds)
    if size and size < 60:
        return f"{number_text(float(seconds))} s"
    if size and size < 3600:
        return f"{number_text(round(float(seconds / 60), 1))} min"
    return f"{number_text(round(float(seconds / 3600), 2))} h"
