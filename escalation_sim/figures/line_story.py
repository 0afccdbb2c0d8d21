"""Red lines in a run: their crossings, and what their holder's rules made of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from escalation_sim.figures import bearings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from escalation_sim.model.model import RedLine, Rule
    from escalation_sim.trace.records import Record
    from escalation_sim.trace.run import Run


@dataclass(frozen=True, slots=True)
class Answer:
    """What a rule of the holder did after a crossing, or did not."""

    rule: Rule
    tick: int
    given: bool
    option: str
    chance: tuple[float, float] | None
    """Drawn, and the threshold it had to be below."""

    waited: int
    """Ticks from the crossing to the answer."""

    writes: dict[str, tuple[object, object]]
    assumed: bool


@dataclass(frozen=True, slots=True)
class Crossing:
    """One or several red lines crossed at a tick, with the first answer to them."""

    tick: int
    lines: tuple[RedLine, ...]
    answer: Answer | None

    @property
    def line(self) -> RedLine:
        """The line it is about, or the first of them."""
        return self.lines[0]


def crossings(run: Run) -> list[Crossing]:
    """Return the crossings of a run in order, those of one tick together."""
    at: dict[int, list[RedLine]] = {}
    for line in run.model.red_lines:
        for tick in run.crossings.get(line.id, ()):
            at.setdefault(tick, []).append(line)
    found = []
    for tick, lines in sorted(at.items()):
        answers = [a for line in lines for a in _answers(run, line, tick)]
        given = [a for a in answers if a.given]
        first = min(given or answers, key=lambda a: a.tick, default=None)
        found.append(Crossing(tick, tuple(dict.fromkeys(lines)), first))
    return found


def _answers(run: Run, line: RedLine, crossed: int) -> Iterator[Answer]:
    """Yield what the holder's rules that read a line did between this crossing and the next."""
    until = min((t for t in run.crossings[line.id] if t > crossed), default=run.ended_at + 1)
    for rule in run.model.rules:
        if rule.by != line.holder or not bearings.reads_red_line(rule.when, line.id):
            continue
        begun: dict[int, Record] = {}
        for record in run.records:
            if record.about != f"rules.{rule.id}" or record.tick < crossed:
                continue
            occurrence = int(record.data.get("occurrence", 0))
            if record.kind == "triggered" and record.tick < until:
                begun[occurrence] = record
            elif record.kind == "chance_failed" and record.tick < until:
                yield _answer(run, rule, record, record, crossed)
            elif record.kind == "fired" and occurrence in begun:
                yield _answer(run, rule, begun[occurrence], record, crossed)


def _answer(run: Run, rule: Rule, begun: Record, record: Record, crossed: int) -> Answer:
    chance = begun.data.get("chance")
    chosen = record.data.get("option") or ""
    options = (*rule.options, rule.otherwise, rule.lapsed)
    label = next((o.label for o in options if o is not None and o.id == chosen), chosen)
    return Answer(
        rule=rule,
        tick=record.tick,
        given=record.kind == "fired",
        option=label,
        chance=(float(chance[0]), float(chance[1])) if chance else None,
        waited=record.tick - crossed,
        writes=record.writes,
        assumed=not bearings.rests_on_source(rule.basis)
        or bearings.is_assumed(run.model, rule.after),
    )
