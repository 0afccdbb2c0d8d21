"""Which rules' order at one instant can matter: the table that ties are flagged by."""

from __future__ import annotations

from typing import TYPE_CHECKING

from escalation_sim.expression import checked
from escalation_sim.model.knowledge import deeds_of, writes_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from escalation_sim.expression.checked import Checked
    from escalation_sim.model.model import Clock, Party, Rule


def conflicts_of(
    rules: Sequence[Rule], parties: Sequence[Party], clocks: Sequence[Clock]
) -> frozenset[tuple[int, int]]:
    """Return the pairs of rules, lower index first, of which one writes what the other touches.

    A rule's reads are what it looks at when it is taken, through clocks and memories as well; a
    party's answers count as written by whoever asks it.
    """
    reads = [_touched(_looks(rule, parties), clocks) for rule in rules]
    writes: list[set[int]] = []
    for rule in rules:
        written = {effect.variable for effect in writes_of(rule)}
        if rule.ask is not None:
            written.add(_party(rule.ask))
        writes.append(written)
    touching: dict[int, set[int]] = {}
    for i, touched in enumerate(reads):
        for variable in touched | writes[i]:
            touching.setdefault(variable, set()).add(i)
    return frozenset(
        (min(i, j), max(i, j))
        for i, written in enumerate(writes)
        for variable in written
        for j in touching[variable]
    )


def _party(index: int) -> int:
    """Return the number that stands for a party's answers among variables."""
    return -1 - index


def _looks(rule: Rule, parties: Sequence[Party]) -> Iterator[Checked]:
    """Yield what a rule looks at when it is taken, or is called off by."""
    yield from (expression for _, expression in deeds_of(rule, parties))
    if rule.unless is not None:
        yield rule.unless
    if rule.every is not None or rule.rate is not None:
        if rule.chance is not None:
            yield rule.chance
        for delay in (rule.after, rule.within):
            if delay is not None and delay.value is not None:
                yield delay.value


def _touched(expressions: Iterator[Checked], clocks: Sequence[Clock]) -> set[int]:
    found: set[int] = set()
    seen: set[int] = set()
    waiting = list(expressions)
    while waiting:
        node = waiting.pop()
        match node:
            case checked.Variable(index=index):
                found.add(index)
            case checked.Joined(party=party) | checked.Tally(party=party):
                found.add(_party(party))
            case checked.ClockTest(index=index) if index not in seen:
                seen.add(index)
                clock = clocks[index]
                waiting += [clock.from_, clock.until, clock.lull, clock.pause]
            case _:
                pass
        waiting.extend(checked.parts_of(node))
    return found
