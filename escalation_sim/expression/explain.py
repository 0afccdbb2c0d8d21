"""Why a condition is false, or true: its parts, each with the values that decided it.

A *gap* says how far a part is from turning, in the part's own unit: ticks for durations and
times, steps for levels, plain distance for numbers, 1 for flags.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from escalation_sim.expression import checked
from escalation_sim.expression.evaluate import EvaluationFault, value_of
from escalation_sim.expression.text import text_of, value_text
from escalation_sim.expression.types import DURATION, NUMBER, TIME

if TYPE_CHECKING:
    from collections.abc import Sequence
    from fractions import Fraction

    from escalation_sim.expression.checked import Checked, Value
    from escalation_sim.expression.view import View


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a condition that decides it."""

    text: str
    """The part as an expression; within a named definition, its own words."""

    within: tuple[str, ...]
    """Names of the definitions it stands in, outermost first."""

    holds: bool
    values: tuple[tuple[str, str], ...]
    """What it read: names with their values in words."""

    gap: float
    unit: str
    """`ticks`, `levels`, `number` or `flag`."""

    reads: Checked


def decisive(node: Checked, view: View, seconds_per_tick: Fraction) -> list[Part]:
    """Return the parts that make `node` what it is in `view`.

    For a false `and` these are its false terms, for a true `or` its true ones; otherwise all
    terms. A negation looks for the opposite inside.
    """
    return list(_parts(node, view, (), wanted=None, tick=seconds_per_tick))


def truth(node: Checked, view: View) -> bool:
    """Evaluate a condition; one that cannot be computed counts as false here."""
    try:
        return bool(value_of(node, view))
    except EvaluationFault:
        return False


def _parts(
    node: Checked, view: View, within: tuple[str, ...], *, wanted: bool | None, tick: Fraction
) -> Sequence[Part]:
    holds = truth(node, view)
    match node:
        case checked.Named(id=name, body=body):
            return _parts(body, view, (*within, name), wanted=wanted, tick=tick)
        case checked.Row(operator=operator, terms=terms):
            settling = operator == "or"
            chosen = (
                [t for t in terms if truth(t, view) == settling] if holds == settling else terms
            )
            return [
                p for term in chosen for p in _parts(term, view, within, wanted=wanted, tick=tick)
            ]
        case checked.Negation(operand=operand) if not isinstance(operand, checked.Ever):
            inside = _parts(operand, view, within, wanted=wanted, tick=tick)
            if len(inside) > 1 or isinstance(operand, checked.Row | checked.Named):
                return inside
    return [_leaf(node, view, within, holds=holds, tick=tick)]


def _leaf(
    node: Checked, view: View, within: tuple[str, ...], *, holds: bool, tick: Fraction
) -> Part:
    gap, unit = _gap(node, view)
    return Part(text_of(node), within, holds, values_in(node, view, tick), gap, unit, node)


def _gap(node: Checked, view: View) -> tuple[float, str]:
    try:
        if isinstance(node, checked.ClockTest):
            shown = view.hand(node.index)
            threshold = float(value_of(node.threshold, view))
            if shown is None:
                return float("inf"), "ticks"
            return _distance(shown, threshold, node.operator), "ticks"
        if isinstance(node, checked.Test) and node.left.type.kind != "flag":
            kind = node.left.type
            left, right = float(value_of(node.left, view)), float(value_of(node.right, view))
            if kind in (DURATION, TIME):
                return _distance(left, right, node.operator), "ticks"
            if kind.kind == "level":
                return _distance(left, right, node.operator), "levels"
            return abs(left - right), "number"
    except EvaluationFault:
        return float("inf"), "number"
    return 1.0, "flag"


def _distance(left: float, right: float, operator: str) -> float:
    """Return how many whole steps turn a comparison of whole values; at least one."""
    return max(abs(left - right) + (operator in (">", "<", "!=")), 1.0)


def values_in(node: Checked, view: View, tick: Fraction) -> tuple[tuple[str, str], ...]:
    """Return what an expression reads, by name, with the values in words."""
    found: dict[str, str] = {}
    for here in [node] if isinstance(node, checked.Ever) else checked.walk(node):
        match here:
            case checked.Variable(id=name, index=index, levels=levels):
                found[name] = value_text(view.values[index], here.type, levels, tick)
            case checked.Was(variable=variable) if variable.index in view.was:
                value = view.was[variable.index]
                found[text_of(here)] = value_text(value, here.type, variable.levels, tick)
            case checked.Parameter(id=name, index=index):
                found[name] = value_text(view.parameters[index], here.type, (), tick)
            case checked.ClockTest(id=name, index=index):
                shown = view.hand(index)
                found[name] = (
                    "not running"
                    if shown is None
                    else value_text(max(shown, 0), DURATION, (), tick)
                )
            case checked.Joined(text=name, party=party, member=member):
                found[name] = "true" if view.joined[party][member] else "false"
            case checked.Tally(text=name):
                found[name] = value_text(_number(here, view), NUMBER)
            case checked.Now():
                found["now"] = value_text(view.now, TIME, (), tick)
            case checked.Ever(index=index):
                found[text_of(here)] = "true" if view.latches[index] else "false"
            case _:
                pass
    return tuple(found.items())


def _number(node: Checked, view: View) -> Value:
    try:
        return value_of(node, view)
    except EvaluationFault:
        return 0.0
