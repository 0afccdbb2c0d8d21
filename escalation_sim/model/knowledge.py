"""Who may know what: a party's rules read only what is known to it, in every reading."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from escalation_sim.diagnostics import one_of
from escalation_sim.expression import checked
from escalation_sim.expression.types import FLAG
from escalation_sim.source.places import part_of
from escalation_sim.source.tree import Listing, Scalar, at
from escalation_sim.source.tree import Mapping as Tree

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from escalation_sim.expression.checked import Checked
    from escalation_sim.location import Span
    from escalation_sim.model.context import Context
    from escalation_sim.model.model import Clock, Delay, Effect, Party, Rule, Variable


def check_knowledge(
    context: Context,
    rules: Sequence[Rule],
    parties: Sequence[Party],
    variables: Sequence[Variable],
    clocks: Sequence[Clock],
    sentences: Mapping[str, Sequence[Checked]],
) -> None:
    """Report every rule of a party that reads what that party may not know."""
    knowledge = _Knowledge(variables, clocks, sentences)
    for rule in rules:
        if not rule.by:
            continue
        told: set[int] = set()
        for key, expression in looks_of(rule, parties):
            for variable, way in knowledge.reads(expression):
                known_to = variables[variable].known_to
                if known_to is None or rule.by in known_to or variable in told:
                    continue
                told.add(variable)
                name = variables[variable].id
                through = f" through {' → '.join(f'`{w}`' for w in way)}" if way else ""
                context.report(
                    _place(context, rule.id, key, way[0] if way else name),
                    "not-known",
                    f"`{rule.by}` cannot know `{name}`, which `{rule.id}` reads{through}",
                    f"it is known to {one_of(sorted(known_to))}; "
                    + (f"mark `{way[0]}` `public: true`" if way else "read a report of it")
                    + ", or let nature act, without `by`",
                )


def _place(context: Context, rule: str, key: str, name: str) -> Span:
    """Return where a rule says `name` under `key`; the key's own place if it cannot be seen."""
    waiting = [at(context.scenario.tree, ("rules", rule, key))]
    while waiting:
        node = waiting.pop()
        if isinstance(node, Scalar) and (match := re.search(rf"\b{name}\b", node.text)):
            return part_of(node, *match.span())
        if isinstance(node, Tree):
            waiting.extend(value for _, value in reversed(node.entries))
        elif isinstance(node, Listing):
            waiting.extend(reversed(node.items))
    return context.scenario.span("rules", rule, key)


def looks_of(rule: Rule, parties: Sequence[Party] = ()) -> Iterator[tuple[str, Checked]]:
    """Yield every expression a rule looks at, with the key it stands under."""
    yield "when", rule.when
    for key, expression in (("rate", rule.rate), ("chance", rule.chance), ("unless", rule.unless)):
        if expression is not None:
            yield key, expression
    delays: tuple[tuple[str, Delay | None], ...] = (
        ("for", rule.wait),
        ("after", rule.after),
        ("every", rule.every),
        ("within", rule.within),
    )
    for key, delay in delays:
        if delay is not None and delay.value is not None:
            yield key, delay.value
    yield from deeds_of(rule, parties)
    if rule.on_change is not None:
        yield "on_change", checked.Variable(rule.on_change, "", FLAG)


def deeds_of(rule: Rule, parties: Sequence[Party] = ()) -> Iterator[tuple[str, Checked]]:
    """Yield the expressions a rule evaluates when it fires.

    With the model's `parties`, the chances of the members it asks are among them.
    """
    if rule.ask is not None and parties:
        for member in parties[rule.ask].members:
            yield "ask", member.joins
    for effect in rule.effects:
        yield "do", effect.value
    for option in (*rule.options, rule.otherwise, rule.lapsed):
        if option is None:
            continue
        yield "choose", option.condition
        if option.weight is not None:
            yield "choose", option.weight
        for effect in option.effects:
            yield "choose", effect.value


def writes_of(rule: Rule) -> Iterator[Effect]:
    """Yield every effect a rule can have."""
    yield from rule.effects
    for option in (*rule.options, rule.otherwise, rule.lapsed):
        if option is not None:
            yield from option.effects


class _Knowledge:
    def __init__(
        self,
        variables: Sequence[Variable],
        clocks: Sequence[Clock],
        sentences: Mapping[str, Sequence[Checked]],
    ) -> None:
        self.variables = variables
        self.clocks = clocks
        self.sentences = sentences

    def reads(self, expression: Checked) -> list[tuple[int, tuple[str, ...]]]:
        """Return the variables read, each with the names it is read through."""
        found: dict[int, tuple[str, ...]] = {}
        seen: set[tuple[str, str]] = set()
        waiting: list[tuple[Checked, tuple[str, ...]]] = [(expression, ())]
        while waiting:
            node, way = waiting.pop()
            match node:
                case checked.Variable(index=index):
                    found.setdefault(index, way)
                case checked.Was(variable=variable):
                    found.setdefault(variable.index, way)
                case checked.Named(section=section, id=name, public=public):
                    if not public and (section, name) not in seen:
                        seen.add((section, name))
                        bodies = self.sentences.get(name, (node.body,))
                        waiting.extend((body, (*way, name)) for body in bodies)
                case checked.ClockTest(id=name, public=public, threshold=threshold):
                    waiting.append((threshold, way))
                    if not public and ("clocks", name) not in seen:
                        seen.add(("clocks", name))
                        clock = self.clocks[node.index]
                        parts = (clock.from_, clock.until, clock.lull, clock.pause)
                        waiting.extend((part, (*way, name)) for part in parts)
                case _:
                    waiting.extend((part, way) for part in checked.parts_of(node))
        return sorted(found.items())
