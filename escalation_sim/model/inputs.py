"""What a model rests on: every parameter, member's chance, written constant and definition."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from escalation_sim.expression import checked
from escalation_sim.expression.text import number_text, text_of, value_text
from escalation_sim.expression.types import DURATION, NUMBER
from escalation_sim.model.context import law_text
from escalation_sim.model.knowledge import looks_of
from escalation_sim.model.model import Input, Kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from fractions import Fraction

    from escalation_sim.expression.checked import Checked
    from escalation_sim.model.model import (
        Clause,
        Clock,
        Delay,
        Entry,
        Outcome,
        Parameter,
        Party,
        Rule,
        Script,
        Variable,
    )


def inputs_of(
    *,
    parameters: Iterable[Parameter],
    parties: Iterable[Party],
    variables: Iterable[Variable],
    clauses: Iterable[Clause],
    clocks: Iterable[Clock],
    script: Iterable[Script],
    rules: Iterable[Rule],
    outcomes: Iterable[Outcome],
    tick: Fraction,
) -> tuple[Input, ...]:
    """List the inputs. A constant has the basis of the entry it is written in.

    0 and 1 without a unit, and lengths of zero, are structure and not counted. Where a clause has
    several readings the choice of one is assumed, whatever the clause cites.
    """
    found: list[Input] = []
    for parameter in parameters:
        if parameter.law is not None and parameter.type == DURATION:
            text = law_text(parameter.law, tick)
        elif parameter.law is not None:
            text = f"{parameter.law.kind} {', '.join(map(number_text, parameter.law.arguments))}"
        else:
            text = value_text(parameter.value, parameter.type, (), tick)
        found.append(_input(f"parameters.{parameter.id}", "parameter", text, parameter))
    for party in parties:
        for member in party.members:
            name = f"parties.{party.id}.members.{member.id}"
            found.append(_input(name, "member", text_of(member.joins), member))
            found.extend(_constants(name, member, [member.weight]))
    for clause in clauses:
        said = f"{clause.chosen}: {text_of(clause.body)}" if clause.chosen else text_of(clause.body)
        chosen = replace(clause, basis="assumed") if len(clause.readings) > 1 else clause
        found.append(_input(f"definitions.{clause.id}", "definition", said, chosen))
        found.extend(_constants(f"definitions.{clause.id}", clause, [clause.body]))
    for variable in variables:
        if variable.section == "situation" and not variable.levels and variable.parameter is None:
            name = f"situation.{variable.id}"
            if variable.law is not None:
                found.append(_input(name, "constant", variable.law.kind, variable))
            elif variable.type.kind in ("number", "duration") and variable.start not in (0, 1):
                text = value_text(variable.start, variable.type, (), tick)
                found.append(_input(name, "constant", text, variable))
    for clock in clocks:
        parts = [clock.from_, clock.lull, clock.pause]
        if clock.until != checked.Negation(clock.from_):
            parts.append(clock.until)
        found.extend(_constants(f"clocks.{clock.id}", clock, parts))
    for entry in script:
        found.extend(_delays(f"script.{entry.id}", entry, [entry.time]))
        found.extend(_constants(f"script.{entry.id}", entry, [e.value for e in entry.effects]))
    for rule in rules:
        name = f"rules.{rule.id}"
        found.extend(_constants(name, rule, [e for _, e in looks_of(rule)]))
        found.extend(
            _delays(name, rule, [rule.wait, rule.after, rule.every, rule.within], laws=True)
        )
    for outcome in outcomes:
        parts = [outcome.when, *([outcome.hold] if outcome.hold else [])]
        found.extend(_constants(f"outcomes.{outcome.id}", outcome, parts))
    return tuple(found)


def _input(name: str, kind: Kind, text: str, entry: Entry) -> Input:
    return Input(name, kind, text, entry.basis, entry.claims, entry.where)


def _delays(
    name: str, entry: Entry, delays: Iterable[Delay | None], *, laws: bool = False
) -> Iterator[Input]:
    for delay in delays:
        if delay is None:
            continue
        if delay.law is not None and delay.parameter is None:
            yield _input(name, "constant", delay.text, entry)
        elif delay.value is not None and not laws:
            yield from _constants(name, entry, [delay.value])


def _constants(name: str, entry: Entry, nodes: Iterable[Checked]) -> Iterator[Input]:
    """Yield the constants written in the entry's own sentences, not in what they name."""
    for node in nodes:
        waiting = [node]
        while waiting:
            here = waiting.pop()
            if isinstance(here, checked.Named):
                continue
            if isinstance(here, checked.Constant) and here.type in (NUMBER, DURATION):
                if here.value not in (0, 1) or (here.type == DURATION and here.value == 1):
                    yield _input(name, "constant", here.text, entry)
                continue
            waiting.extend(reversed(checked.parts_of(here)))
