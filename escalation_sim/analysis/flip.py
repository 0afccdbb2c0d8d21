"""The flip: the smallest single change that would have kept a run off a rung, or brought it there.

Found by replaying one replication with one thing changed. Along a range that is a search and no
proof: evenly spaced places are tried, then the gap before the nearest that flips is halved.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from escalation_sim.analysis.targets import target_of
from escalation_sim.engine.simulate import Simulator
from escalation_sim.errors import ScenarioError
from escalation_sim.model.compiler import compile_scenario
from escalation_sim.studies.design import model_at, without_rule
from escalation_sim.studies.variants import Variants
from escalation_sim.studies.varying import varying_of
from escalation_sim.trace.run import ILLUSTRATIVE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from escalation_sim.model.model import Model
    from escalation_sim.scenario.load import Scenario
    from escalation_sim.studies.design import Point
    from escalation_sim.studies.targets import Target
    from escalation_sim.studies.varying import Varying

PLACES = 17
"""Evenly spaced places tried along each range, both ends among them."""

FINEST = 1024
"""Halving stops at this part of a range, or at one tick."""

NO_CHANGE = "no single change"

_ORDER = ("value", "mean", "reading", "without")


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One change that flips the run.

    `size` is in widths of the input's range; another reading and a rule left out count as 1.
    `options` is the change as it is written on the command line, exactly.
    """

    kind: Literal["value", "mean", "reading", "without"]
    name: str
    label: str
    basis: str
    where: str
    before: str
    after: str
    options: str
    size: float
    hours: float | None
    """When the rung is first entered after the change; None for never."""

    def as_json(self) -> dict[str, Any]:
        """Return plain data."""
        return {
            "kind": self.kind,
            "name": self.name,
            "label": self.label,
            "basis": self.basis,
            "where": self.where,
            "before": self.before,
            "after": self.after,
            "options": self.options,
            "size": self.size,
            "hours": self.hours,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Searched:
    """What was tried: ranges at so many places each, readings, rules; runs are replays."""

    ranges: int
    places: int
    readings: int
    rules: int
    runs: int
    impossible: int
    """Changes with which the scenario makes no sense or the run cannot be carried out."""

    def as_json(self) -> dict[str, Any]:
        """Return plain data."""
        return {
            "ranges": self.ranges,
            "places_of_each": self.places,
            "finest_part": 1 / FINEST,
            "readings": self.readings,
            "rules": self.rules,
            "runs": self.runs,
            "impossible": self.impossible,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Flip:
    """What would have flipped a run, the smallest change first; nothing, if no single change."""

    model: Model = field(repr=False)
    target: Target
    seed: int
    replication: int
    hours: float | None
    """When the rung is first entered as written; None for never."""

    changes: tuple[Change, ...]
    searched: Searched

    @property
    def smallest(self) -> Change | None:
        """The smallest change, None if no single one was found."""
        return self.changes[0] if self.changes else None

    def as_json(self) -> dict[str, Any]:
        """Return plain data; times in hours."""
        return {
            "scenario": self.model.name,
            "model_hash": self.model.hash,
            "changed": list(self.model.changes),
            "readings": self.model.readings,
            "seed": self.seed,
            "replication": self.replication,
            "rung": self.target.id,
            "label": self.target.label,
            "hours": self.hours,
            "wanted": "never entered" if self.hours is not None else "entered",
            "smallest": self.smallest.as_json() if self.smallest else NO_CHANGE,
            "changes": [change.as_json() for change in self.changes],
            "searched": self.searched.as_json(),
            "note": ILLUSTRATIVE,
        }

    def _repr_html_(self) -> str:
        from html import escape  # noqa: PLC0415

        rows = "".join(
            f"<tr><td>{escape(c.label)}</td><td>{escape(c.before)} → {escape(c.after)}</td>"
            f"<td>{c.size:.3g}</td></tr>"
            for c in self.changes
        )
        return (
            f"<div><b>{escape(self.target.label)}</b><br><small>seed {self.seed} · replication "
            f"{self.replication}</small><table>{rows or escape(NO_CHANGE)}</table>"
            f"<small>{escape(ILLUSTRATIVE)}</small></div>"
        )


def flip_of(
    scenario: Scenario,
    rung: str,
    *,
    seed: int = 1,
    replication: int = 0,
    watch: Callable[[int, int], None] | None = None,
) -> Flip:
    """Search for single changes after which one run enters a rung, or does not any more.

    Raises UsageError for a rung that is not there, RunError where the run as written fails.
    """
    model = compile_scenario(scenario)
    target = target_of(model, rung=rung)
    search = _Search(scenario, model, target, seed, replication)
    ranges = [v for v in search.inputs if v.kind != "reading"]
    clauses = [v for v in search.inputs if v.kind == "reading"]
    steps = len(ranges) + sum(len(v.ends) for v in clauses) + len(model.rules)
    found: list[Change] = []
    for done, change in enumerate(_changes(search, ranges, clauses)):
        if watch:
            watch(done + 1, steps)
        if change is not None:
            found.append(change)
    found.sort(key=lambda c: (c.size, _ORDER.index(c.kind)))
    return Flip(
        model=model,
        target=target,
        seed=seed,
        replication=replication,
        hours=None if search.before is None else model.hours(search.before),
        changes=tuple(found),
        searched=Searched(
            ranges=len(ranges),
            places=PLACES,
            readings=sum(len(v.ends) for v in clauses),
            rules=len(model.rules),
            runs=search.runs,
            impossible=search.impossible,
        ),
    )


def _changes(
    search: _Search, ranges: list[Varying], clauses: list[Varying]
) -> Iterator[Change | None]:
    """Yield for each range, other reading and rule the change that flips, or None."""
    for varying in ranges:
        place = search.nearest(varying)
        yield None if place is None else search.change(varying, place)
    for clause in clauses:
        for place in clause.ends:
            yield search.change(clause, place)
    for rule in search.model.rules:
        point = without_rule(search.model, rule.id)
        first = search.first_at(point)
        if first is _FAILED or not search.is_flip(first):
            yield None
            continue
        yield Change(
            kind="without",
            name=rule.id,
            label=rule.label,
            basis=rule.basis,
            where=rule.where,
            before="as written",
            after="left out",
            options=" ".join(f"--set {path}={value}" for path, value in point.every_setting),
            size=1.0,
            hours=search.hours(first),
        )


class _Failed:
    """Stands for a run that could not be carried out."""


_FAILED = _Failed()
First = int | None | _Failed


class _Search:
    """Replays one replication with changes, and counts what it tries."""

    def __init__(
        self, scenario: Scenario, model: Model, target: Target, seed: int, replication: int
    ) -> None:
        self.scenario, self.model, self.target = scenario, model, target
        self.seed, self.replication = seed, replication
        self.inputs = varying_of(model)
        self.variants = Variants(scenario, self.inputs)
        self.runs = self.impossible = 0
        simulator = Simulator(model)
        row = simulator.row(seed, replication)
        if row.fault:
            simulator.run(seed, replication, trace=False)  # raises, and says where
        self.before: int | None = _entered(row.firsts[target.index])

    def first(self, make: Callable[[], Model]) -> First:
        """Return when a changed run first enters the rung, in ticks."""
        self.runs += 1
        try:
            row = Simulator(make()).row(self.seed, self.replication)
        except (ScenarioError, ValueError):
            row = None
        if row is None or row.fault:
            self.impossible += 1
            return _FAILED
        return _entered(row.firsts[self.target.index])

    def first_at(self, point: Point) -> First:
        """Return the same for a design point, compiled as a user's own change would be."""
        return self.first(lambda: model_at(self.scenario, point))

    def is_flip(self, first: First) -> bool:
        """Whether the rung is entered now and was not, or the other way round."""
        return first is not _FAILED and (first is None) != (self.before is None)

    def flips(self, varying: Varying, place: float) -> bool:
        """Whether an input at a place flips the run."""
        return self.is_flip(self.first(lambda: self.variants.model({varying.id: place})))

    def hours(self, first: First) -> float | None:
        """Return ticks as hours."""
        return self.model.hours(first) if isinstance(first, int) else None

    def nearest(self, varying: Varying) -> float | None:
        """Return the place nearest to the written one that was found to flip; None if none was."""
        places = {varying.at(k / (PLACES - 1)) for k in range(PLACES)} - {varying.written}
        flip = next((p for p in sorted(places, key=varying.size) if self.flips(varying, p)), None)
        if flip is None:
            return None
        side = 1.0 if flip > varying.written else -1.0
        between = [
            p for p in places if 0 < (p - varying.written) * side < (flip - varying.written) * side
        ]
        calm = max(between, key=varying.size, default=varying.written)
        least = (varying.high - varying.low) / FINEST
        if varying.seconds_per_tick is not None:
            least = max(least, 1.0)
        while abs(flip - calm) > least:
            middle = (flip + calm) / 2
            middle = middle if varying.seconds_per_tick is None else float(round(middle))
            if middle in (flip, calm):
                break
            if self.flips(varying, middle):
                flip = middle
            else:
                calm = middle
        return flip

    def change(self, varying: Varying, place: float) -> Change | None:
        """Return a change that flips, tried once more as it is written on the command line."""
        point = varying.point(place)
        first = self.first_at(point)
        if not self.is_flip(first):
            return None
        options = [f"--set {path.removeprefix('parameters.')}={v}" for path, v in point.settings]
        options += [f"--reading {clause}={reading}" for clause, reading in point.readings]
        before, after = varying.shown(varying.written), varying.shown(place)
        if before == after:
            before, after = varying.spelled(varying.written), varying.spelled(place)
        return Change(
            kind=varying.kind,
            name=varying.name,
            label=varying.label,
            basis=varying.basis,
            where=varying.where,
            before=before,
            after=after,
            options=" ".join(options),
            size=varying.size(place),
            hours=self.hours(first),
        )


def _entered(tick: int) -> int | None:
    return tick if tick >= 0 else None
