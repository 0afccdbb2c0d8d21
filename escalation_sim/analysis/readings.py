"""One clause under each of its readings, in one and the same run.

Each reading's sentence is asked of the run of the first reading, so that everything but the
sentence is held fixed; beside it stands how the run ends if the clause is read so from the start.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields, is_dataclass, replace
from typing import TYPE_CHECKING, Any

from escalation_sim.engine.simulate import Simulator
from escalation_sim.errors import RunError, UsageError
from escalation_sim.expression import checked
from escalation_sim.expression.text import text_of
from escalation_sim.model.model import RedLine
from escalation_sim.trace.run import ILLUSTRATIVE

if TYPE_CHECKING:
    from escalation_sim.analysis.study import Study, StudyPoint
    from escalation_sim.expression.checked import Checked
    from escalation_sim.model.model import Clause, Model
    from escalation_sim.trace.run import Run

SEARCHED = 200
"""Replications among which one is chosen, from 0 on."""

_PROBE = "reading."
"""Begins the ids of the conditions that are watched; no id of a scenario holds a point."""


@dataclass(frozen=True, slots=True)
class Read:
    """One reading: when its sentence was true in the fixed run, in hours, and how it ends itself.

    `spans` are (from, to) pairs; one that is true for an instant only has no length.
    """

    reading: str
    sentence: str
    spans: tuple[tuple[float, float], ...]
    outcome: str
    ended_hours: float

    @property
    def first_hours(self) -> float | None:
        """The hour at which the sentence first came true, None for never."""
        return self.spans[0][0] if self.spans else None

    def as_json(self) -> dict[str, Any]:
        """Return plain data."""
        return {
            "reading": self.reading,
            "sentence": self.sentence,
            "first_hours": self.first_hours,
            "true": [list(span) for span in self.spans],
            "outcome": self.outcome,
            "ended_hours": self.ended_hours,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Readings:
    """A clause's readings side by side; `run` is the traced run that is held fixed."""

    clause: Clause
    run: Run = field(repr=False)
    rows: tuple[Read, ...]
    searched: int
    """How many replications the run was chosen from; 0 if it was named."""

    def as_json(self) -> dict[str, Any]:
        """Return plain data; times in hours."""
        return {
            "clause": self.clause.id,
            "label": self.clause.label,
            "seed": self.run.seed,
            "replication": self.run.replication,
            "fixed": self.clause.chosen,
            "searched": self.searched,
            "readings": [row.as_json() for row in self.rows],
            "note": ILLUSTRATIVE,
        }


def readings_of(
    study: Study, clause: str | None = None, replication: int | None = None
) -> Readings:
    """Return the readings of a clause in one replication of a study.

    The study has a design point for each reading. Without a replication the first is taken, of the
    first 200, in which the readings' answers differ most. Raises UsageError where no clause is
    read in several ways, RunError where a run cannot be carried out.
    """
    found, points = _points(study, clause)
    base = points[0].model
    clauses = [_clause(point.model, found) for point in points]
    probed = probed_model(base, [(c.chosen, c.body) for c in clauses])
    simulator = Simulator(probed)
    searched = 0
    if replication is None:
        searched = min(study.runs, SEARCHED)
        replication = _telling(simulator, study.seed, searched)
    run = simulator.run(study.seed, replication)
    fixed = replace(run, model=base)
    ends = [Simulator(point.model).run(study.seed, replication, trace=False) for point in points]
    return Readings(
        clause=clauses[0],
        run=fixed,
        rows=tuple(
            Read(
                reading=c.chosen,
                sentence=text_of(c.body),
                spans=_spans(run, f"red_lines.{_PROBE}{c.chosen}"),
                outcome=own.model.outcome_label(own.outcome) or "no outcome",
                ended_hours=own.hours(own.ended_at),
            )
            for c, own in zip(clauses, ends, strict=True)
        ),
        searched=searched,
    )


def _clause(model: Model, id_: str) -> Clause:
    return next(c for c in model.clauses if c.id == id_)


def _points(study: Study, clause: str | None) -> tuple[str, list[StudyPoint]]:
    """Return the clause and the points of its readings, all else being as at the first point."""
    first = study.points[0]
    read = first.model.readings
    varied = [c for c in read if any(p.model.readings.get(c) != read[c] for p in study.points)]
    wanted = clause or next(iter(varied), "")
    if wanted not in varied:
        example = f"{wanted or next(iter(read), 'CLAUSE')}=all"
        raise UsageError(f"a figure of readings needs a design point for each: --reading {example}")
    others = {c: r for c, r in read.items() if c != wanted}
    points = [
        p
        for p in study.points
        if p.point.settings == first.point.settings
        and p.point.without == first.point.without
        and {c: r for c, r in p.model.readings.items() if c != wanted} == others
    ]
    return wanted, points


def probed_model(model: Model, sentences: list[tuple[str, Checked]]) -> Model:
    """Return a model that watches sentences as lines nobody answers: its runs are the same.

    The sentences come from models of the same scenario, differing in readings only. What is
    remembered by `ever(...)` in them is remembered here too.
    """
    latches, places = list(model.latches), list(model.latch_places)
    lines = []
    for name, body in sentences:
        crossed = _relatched(body, latches)
        lines.append(
            RedLine(id=f"{_PROBE}{name}", label=name, span=model.span, holder="", crossed=crossed)
        )
    places += [""] * (len(latches) - len(places))
    return replace(
        model,
        red_lines=(*model.red_lines, *lines),
        latches=tuple(latches),
        latch_places=tuple(places),
    )


def _relatched(node: Any, latches: list[Checked]) -> Any:
    """Return a tree whose every `ever(...)` has its number in `latches`, adding what is missing."""
    if isinstance(node, tuple):
        return tuple(_relatched(part, latches) for part in node)
    if not is_dataclass(node) or type(node).__module__ != checked.__name__:
        return node
    parts = {f.name: _relatched(getattr(node, f.name), latches) for f in fields(node)}
    if isinstance(node, checked.Ever):
        body = parts["body"]
        if body not in latches:
            latches.append(body)
        return checked.Ever(latches.index(body), body)
    return replace(node, **parts)  # type: ignore[type-var]


def _telling(simulator: Simulator, seed: int, count: int) -> int:
    """Return the first replication, of `count`, in which most answers differ from one another."""
    best, most = 0, 0
    for replication in range(count):
        try:
            run = simulator.run(seed, replication, trace=False)
        except RunError:
            continue
        firsts = [t[:1] for name, t in run.crossings.items() if name.startswith(_PROBE)]
        if len(set(firsts)) > most:
            best, most = replication, len(set(firsts))
            if most == len(firsts):
                break
    return best


def _spans(run: Run, about: str) -> tuple[tuple[float, float], ...]:
    """Return when a watched sentence was true; what lasts to the end of the run ends there."""
    found: list[tuple[float, float]] = []
    since: int | None = None
    for record in run.records:
        if record.about == about and record.kind == "crossed":
            since = record.tick
        elif record.about == about and since is not None:
            found.append((run.hours(since), run.hours(record.tick)))
            since = None
    if since is not None:
        found.append((run.hours(since), run.hours(_end_of(run))))
    return tuple(found)


def _end_of(run: Run) -> int:
    """Return the tick to which a run is drawn: a world that stands still, to the horizon."""
    return run.model.horizon if run.why_ended == "quiet" else run.ended_at
