"""Where two runs on the same random numbers part, and which edit of the scenario did it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from escalation_sim.engine.simulate import Simulator
from escalation_sim.errors import RunError, ScenarioError
from escalation_sim.expression.text import number_text
from escalation_sim.model.compiler import compile_scenario
from escalation_sim.scenario.differences import edits_between, with_edit
from escalation_sim.trace.words import deed_text

if TYPE_CHECKING:
    from escalation_sim.model.model import Model
    from escalation_sim.scenario.differences import Edit
    from escalation_sim.scenario.load import Scenario
    from escalation_sim.trace.records import Record
    from escalation_sim.trace.run import Run

MOST_EDITS = 200
"""Most edits that are tried one by one."""

_HOW = frozenset({"chance"})
"""What a record says of how it came about; the rest of it is what happened."""


@dataclass(frozen=True, slots=True)
class Deed:
    """What one of two runs did where they part; `text` in words."""

    hours: float
    kind: str
    about: str
    where: str
    text: str

    def as_json(self) -> dict[str, Any]:
        """Return plain data."""
        return {
            "hours": self.hours,
            "kind": self.kind,
            "about": self.about,
            "where": self.where,
            "text": self.text,
        }


@dataclass(frozen=True, slots=True)
class Change:
    """An edit in words: the entry, the place, and `path: before → after` for all that differs."""

    path: str
    where: str
    lines: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """Return plain data."""
        return {"path": self.path, "where": self.where, "lines": list(self.lines)}


def change_of(edit: Edit, first: Model, second: Model) -> Change:
    """Return an edit in words; of a clause both readings, the one that is read unasked too."""
    lines = edit.lines
    section, clause = edit.path[0], edit.path[-1]
    if section == "reading" and clause in first.readings and clause in second.readings:
        lines = (f"reading.{clause}: {first.readings[clause]} → {second.readings[clause]}",)
    where = edit.where
    outside = where.startswith("--")
    return Change(".".join(edit.path), where.partition(":")[0] if outside else where, lines)


@dataclass(frozen=True, slots=True)
class Parting:
    """The first point where two runs part.

    `first` and `second` are what each does there, None for a run that is over. `edits` are those
    that make the run part there in this very way if nothing else is changed; empty where it takes
    several together.
    """

    replication: int
    hours: float
    first: Deed | None
    second: Deed | None
    edits: tuple[Change, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return plain data."""
        return {
            "replication": self.replication,
            "hours": self.hours,
            "first": self.first.as_json() if self.first else None,
            "second": self.second.as_json() if self.second else None,
            "edits": [edit.as_json() for edit in self.edits],
        }


def parting_of(
    first: Model,
    second: Model,
    *,
    seed: int,
    replication: int,
    scenarios: tuple[Scenario, Scenario] | None = None,
) -> Parting | None:
    """Return where two runs part, None if nothing that happens differs.

    With the scenarios, each edit between them is tried alone. Raises RunError if a run cannot be
    carried out.
    """
    runs = [Simulator(model).run(seed, replication) for model in (first, second)]
    found = _first_difference(runs[0], runs[1])
    if found is None:
        return None
    one, other = (
        _deed(run, record, against)
        for run, record, against in zip(runs, found[1:], reversed(found[1:]), strict=True)
    )
    hours = min(deed.hours for deed in (one, other) if deed)
    edits = _guilty(scenarios, runs[0], found, seed, replication) if scenarios else ()
    told = tuple(change_of(edit, first, second) for edit in edits)
    return Parting(replication, hours, one, other, told)


Difference = tuple[int, "Record | None", "Record | None"]


def _first_difference(first: Run, second: Run) -> Difference | None:
    for i, (one, other) in enumerate(zip_longest(first.records, second.records)):
        if one and other and one.kind == other.kind == "begin":
            # what only one side has at all makes no difference until something is done with it
            both = one.writes.keys() & other.writes.keys()
            if any(one.writes[name] != other.writes[name] for name in both):
                return i, one, other
        elif _happened(one) != _happened(other):
            return i, one, other
    return None


def _same(one: Record | None, other: Record | None) -> bool:
    """Whether the same happened; several edits may each have their part in how a run begins."""
    begins = one is not None and other is not None and one.kind == other.kind == "begin"
    return begins or _happened(one) == _happened(other)


def _happened(record: Record | None) -> Any:
    """Return what a record says of what happened: not why, where it is written, or by whom."""
    if record is None:
        return None
    data = {k: v for k, v in record.data.items() if k not in _HOW}
    return record.tick, record.kind, record.about, record.writes, data


def _deed(run: Run, record: Record | None, against: Record | None) -> Deed | None:
    """Return what happened in words, with what is different in it at the beginning of a run."""
    if record is None:
        return None
    text = deed_text(run.model, record)
    if record.kind == "begin" and against is not None:
        starts = [
            f"{name} {number_text(after) if isinstance(after, float) else after}"
            for name, (_, after) in record.writes.items()
            if name in against.writes and against.writes[name] != (None, after)
        ]
        text += f" with {', '.join(starts)}" if starts else ""
    if (due := record.data.get("due")) is not None and record.kind in ("triggered", "waits"):
        text += f", due at {run.hours(due):g} h"
    return Deed(run.hours(record.tick), record.kind, record.about, record.where, text)


def _guilty(
    scenarios: tuple[Scenario, Scenario], run: Run, found: Difference, seed: int, replication: int
) -> tuple[Edit, ...]:
    """Return the edits of which each alone brings the same difference about."""
    edits = edits_between(*scenarios)
    if len(edits) == 1:
        return edits
    guilty = []
    for edit in edits[:MOST_EDITS]:
        try:
            model = compile_scenario(with_edit(scenarios[0], edit))
            changed = _first_difference(run, Simulator(model).run(seed, replication))
        except (ScenarioError, RunError):  # makes no sense without the others
            continue
        if changed and changed[0] == found[0] and _same(changed[2], found[2]):
            guilty.append(edit)
    return tuple(guilty)
