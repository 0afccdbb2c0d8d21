"""Writing the trace: records with causes, taken from a world while it runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from escalation_sim.engine.watch import reads_of
from escalation_sim.expression.explain import decisive, values_in
from escalation_sim.trace.records import Record

if TYPE_CHECKING:
    from collections.abc import Iterable

    from escalation_sim.engine.watch import Key
    from escalation_sim.engine.world import World
    from escalation_sim.expression.checked import Checked, Value
    from escalation_sim.model.model import Entry, Model


class Recorder:
    """Keeps the records of one replication, and which record last changed what."""

    def __init__(self, model: Model, world: World) -> None:
        self.model = model
        self.world = world
        self.records: list[Record] = []
        self.place = 0
        self.writers: dict[Key, int] = {}

    def add(
        self,
        kind: str,
        about: str,
        entry: Entry | None,
        causes: tuple[int, ...] = (),
        reads: dict[str, str] | None = None,
        writes: dict[str, tuple[Any, Any]] | None = None,
        claims: tuple[str, ...] | None = None,
        where: str = "",
        **data: Any,
    ) -> int:
        """Keep one record; return its id."""
        number = len(self.records)
        causes = tuple(dict.fromkeys(cause for cause in causes if cause >= 0))
        said = claims if claims is not None else (entry.claims if entry else ())
        self.records.append(
            Record(
                number,
                self.world.now,
                self.place,
                kind,
                about,
                where=entry.where if entry else where,
                claims=said,
                causes=causes,
                reads=reads or {},
                writes=writes or {},
                data={k: v for k, v in data.items() if v is not None},
            )
        )
        return number

    def add_change(
        self,
        written: Iterable[tuple[int, Value, Value]],
        kind: str,
        about: str,
        entry: Entry,
        **more: Any,
    ) -> int:
        """Keep one record of variables written, each with its old and new value; return its id."""
        changes = [*written]
        writes = {
            self.model.variables[i].id: (self.shown(i, old), self.shown(i, new))
            for i, old, new in changes
        }
        number = self.add(kind, about, entry, writes=writes, **more)
        for i, _, _ in changes:
            self.writers["value", i] = number
        return number

    def shown(self, variable: int, value: Value) -> Any:
        """Return a variable's value for a record: a level's name, a flag, a number."""
        levels = self.model.variables[variable].levels
        return levels[int(value)] if levels else value

    def reasons(self, node: Checked) -> tuple[dict[str, str], tuple[int, ...]]:
        """Return what decided a condition, and the records that last changed those things."""
        reads: dict[str, str] = {}
        keys: set[Key] = set()
        for part in decisive(node, self.world, self.model.seconds_per_tick):
            reads.update(part.values)
            keys |= reads_of(part.reads)
        causes = {self.writers[k] for k in keys if k in self.writers}
        return reads, tuple(sorted(causes, reverse=True))

    def looked_at(self, nodes: Iterable[Checked]) -> dict[str, str]:
        """Return what expressions read, with the values as they are now."""
        reads: dict[str, str] = {}
        for node in nodes:
            reads.update(values_in(node, self.world, self.model.seconds_per_tick))
        return reads

    def failing(self, node: Checked) -> list[dict[str, Any]]:
        """Return the parts that make a condition false, as plain data."""
        return [
            {
                "text": part.text,
                "within": list(part.within),
                "values": dict(part.values),
                "gap": None if part.gap == float("inf") else part.gap,
                "unit": part.unit,
            }
            for part in decisive(node, self.world, self.model.seconds_per_tick)
        ]
