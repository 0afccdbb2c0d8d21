"""The chain of causes behind a record, folded to one link for each thing that happened."""

from __future__ import annotations

from typing import TYPE_CHECKING

from escalation_sim.expression.text import hours_text
from escalation_sim.trace.explanation import Link
from escalation_sim.trace.timeline import bases_of, basis_of
from escalation_sim.trace.words import choice_texts, deed_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from escalation_sim.model.model import Model
    from escalation_sim.trace.records import Record


class Chain:
    """Follows causes back to the script or the start."""

    def __init__(self, model: Model, records: Sequence[Record]) -> None:
        self.model = model
        self.by_id = {r.id: r for r in records}
        self.basis = bases_of(model)

    def to(self, goals: Sequence[Record]) -> tuple[Link, ...]:
        """Return everything that led to the goals, earliest first.

        A rule's trigger, waits and firing are one link; so is a script entry or a clock's move.
        """
        causes: dict[int, set[int]] = {}
        waiting = [g.id for g in goals]
        while waiting:
            head = waiting.pop()
            if head in causes:
                continue
            start = self._own(self.by_id[head])[-1]
            causes[head] = {
                c for c in start.causes if c in self.by_id and self.by_id[c].kind != "begin"
            }
            waiting.extend(causes[head])
        numbers = {id_: n for n, id_ in enumerate(sorted(causes), start=1)}
        return tuple(
            self._link(self.by_id[id_], n, tuple(sorted(numbers[c] for c in causes[id_])))
            for id_, n in numbers.items()
        )

    def _own(self, head: Record) -> list[Record]:
        """Return a firing with the waits and the trigger that belong to it, latest first."""
        own = [head]
        while own[-1].kind in ("fired", "waits") and own[-1].causes:
            earlier = self.by_id.get(own[-1].causes[0])
            if (
                earlier is None
                or earlier.about != head.about
                or earlier.data.get("occurrence") != head.data.get("occurrence")
            ):
                break
            own.append(earlier)
        return own

    def _link(self, head: Record, number: int, because: tuple[int, ...]) -> Link:
        return Link(
            number,
            head.tick,
            deed_text(self.model, head),
            head.where,
            head.claims,
            basis_of(self.basis, head),
            because,
            tuple(self._details(self._own(head))),
        )

    def _details(self, own: list[Record]) -> Iterator[str]:
        fired, start = own[0], own[-1]
        tick = self.model.seconds_per_tick
        reads = ", ".join(f"{k} {v}" for k, v in start.reads.items())
        if start is not fired and (reads or start.tick != fired.tick):
            waited = (fired.tick - start.tick) * tick
            before = f", {hours_text(waited)} earlier" if waited else ""
            because = f", with {reads}" if reads else ""
            yield f"triggered at {hours_text(start.tick * tick)}{before}{because}"
        elif reads:
            yield f"with {reads}"
        for record in own:
            chance = record.data.get("chance")
            if chance:
                yield f"its chance came up: drawn {chance[0]:.3f}, below {chance[1]:g}"
        looked = ", ".join(f"{k} {v}" for k, v in fired.reads.items())
        if "open" in fired.data and looked:
            yield f"chosen with {looked}"
        yield from choice_texts(fired)
        held = fired.data.get("since")
        if held is not None:
            length = hours_text((fired.tick - held) * tick)
            yield f"held since {hours_text(held * tick)}, for {length}"
