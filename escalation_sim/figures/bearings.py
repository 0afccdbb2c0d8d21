"""What can be said of a model without running it: on what its rungs and clocks' lengths rest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from escalation_sim.expression.checked import (
    ClockTest,
    Constant,
    Named,
    Negative,
    Parameter,
    Sum,
    walk,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from escalation_sim.expression.checked import Checked
    from escalation_sim.model.model import Basis, Delay, Effect, Model, Rule


def rests_on_source(basis: Basis) -> bool:
    """Whether something is drawn solid: a source says it. All else is drawn dashed."""
    return basis in ("reported", "declared")


def effects_of(rule: Rule) -> Iterator[tuple[Effect, Basis]]:
    """Yield all a rule may do, each with the basis it has."""
    for effect in rule.effects:
        yield effect, rule.basis
    for option in (*rule.options, rule.otherwise, rule.lapsed):
        if option is not None:
            basis = option.basis if option.claims else rule.basis
            for effect in option.effects:
                yield effect, basis


def levels_of(model: Model, effect: Effect) -> set[int]:
    """Return the levels of its variable that an effect names."""
    kind = model.variables[effect.variable].type
    return {
        int(node.value)
        for node in walk(effect.value)
        if isinstance(node, Constant) and node.type == kind
    }


def sourced_levels(model: Model, variable: int) -> set[int]:
    """Return the levels of a variable that some sourced rule or script entry brings about."""
    found: set[int] = set()
    deeds = [deed for rule in model.rules for deed in effects_of(rule)]
    deeds += [(effect, entry.basis) for entry in model.script for effect in entry.effects]
    for effect, basis in deeds:
        if effect.variable == variable and rests_on_source(basis):
            found |= levels_of(model, effect)
    return found


def highest_effect(model: Model, rule: Rule, variable: int) -> int | None:
    """Return the highest level of a variable that a rule names, if any."""
    named = {
        level
        for effect, _ in effects_of(rule)
        if effect.variable == variable
        for level in levels_of(model, effect)
    }
    return max(named, default=None)


@dataclass(frozen=True, slots=True)
class Length:
    """A length a clock is compared with, in ticks, and which rules do so."""

    ticks: int
    sourced: bool
    rules: tuple[tuple[int, str], ...] = ()
    """Indices of rules whose `when` makes the comparison, with its operator."""


def lengths(model: Model) -> dict[int, tuple[Length, ...]]:
    """Return the constant lengths each clock is compared with, shortest first, by clock."""
    rules: dict[tuple[int, int], dict[int, str]] = {}
    sourced: dict[tuple[int, int], bool] = {}
    for rule, node in _tests(model):
        ticks = constant_ticks(model, node.threshold)
        if ticks is None or ticks < 0:
            continue
        key = (node.index, ticks)
        sourced[key] = sourced.get(key, False) or _sourced(model, node.threshold)
        users = rules.setdefault(key, {})
        if rule is not None:
            users.setdefault(rule, node.operator)
    found: dict[int, list[Length]] = {}
    for clock, ticks in sorted(rules):
        users = rules[clock, ticks]
        length = Length(ticks, sourced[clock, ticks], tuple(users.items()))
        found.setdefault(clock, []).append(length)
    return {clock: tuple(items) for clock, items in found.items()}


def clocks_read(model: Model) -> set[int]:
    """Return the clocks that something compares with a length, in the chosen readings."""
    return {node.index for _, node in _tests(model)}


def _tests(model: Model) -> Iterator[tuple[int | None, ClockTest]]:
    """Yield every comparison with a clock, with the rule whose `when` it stands in, if one."""
    for i, rule in enumerate(model.rules):
        for node in _conditions(rule):
            yield from ((i if node is rule.when else None, t) for t in _clock_tests(node))
    others: list[Checked] = [line.crossed for line in model.red_lines]
    others += [outcome.when for outcome in model.outcomes]
    others += [node for clock in model.clocks for node in (clock.from_, clock.until, clock.pause)]
    for node in others:
        yield from ((None, test) for test in _clock_tests(node))


def _clock_tests(node: Checked) -> Iterator[ClockTest]:
    return (part for part in walk(node) if isinstance(part, ClockTest))


def _conditions(rule: Rule) -> Iterator[Checked]:
    yield rule.when
    yield from (node for node in (rule.rate, rule.chance, rule.unless) if node is not None)
    for option in rule.options:
        yield option.condition
        if option.weight is not None:
            yield option.weight


def constant_ticks(model: Model, node: Checked) -> int | None:
    """Return a length that no run changes, in ticks; None if it hangs on the situation."""
    value = constant(model, node)
    return None if value is None else int(value + 0.5)


def constant(model: Model, node: Checked) -> float | None:
    """Return a value that no run changes (a length in ticks, a level's index), or None."""
    match node:
        case Constant(value=value):
            return float(value)
        case Parameter(index=index):
            parameter = model.parameters[index]
            return None if parameter.law is not None else float(parameter.value)
        case Negative(operand=operand):
            inner = constant(model, operand)
            return None if inner is None else -inner
        case Sum(operator=operator, left=left, right=right):
            return _computed(operator, constant(model, left), constant(model, right))
        case _:
            return None


def _computed(operator: str, left: float | None, right: float | None) -> float | None:
    if left is None or right is None or (operator == "/" and right == 0):
        return None
    return {
        "+": lambda: left + right,
        "-": lambda: left - right,
        "*": lambda: left * right,
        "/": lambda: left / right,
    }[operator]()


def _sourced(model: Model, node: Checked) -> bool:
    """Whether a length rests on a source: some parameter in it does."""
    return any(
        isinstance(part, Parameter) and rests_on_source(model.parameters[part.index].basis)
        for part in walk(node)
    )


def reads_red_line(node: Checked, line: str) -> bool:
    """Whether a condition uses a red line by its name."""
    return any(
        isinstance(part, Named) and part.section == "red_lines" and part.id == line
        for part in walk(node)
    )


def is_assumed(model: Model, delay: Delay | None) -> bool:
    """Whether a delay is there and rests on no source."""
    if delay is None:
        return False
    if delay.parameter is not None:
        return not rests_on_source(model.parameters[delay.parameter].basis)
    return delay.value is None or not _sourced(model, delay.value)
