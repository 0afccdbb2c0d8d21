"""A tornado: each input from end to end of its range, one at a time, on the same random numbers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from escalation_sim.analysis.intervals import paired_difference
from escalation_sim.analysis.likelihood import ICD_203
from escalation_sim.analysis.study import share_of
from escalation_sim.errors import ScenarioError, UsageError
from escalation_sim.model.compiler import compile_scenario
from escalation_sim.studies.design import model_at
from escalation_sim.studies.marks import FAILED, marks_of
from escalation_sim.studies.varying import varying_of
from escalation_sim.trace.run import ILLUSTRATIVE

if TYPE_CHECKING:
    from escalation_sim.analysis.likelihood import Scale
    from escalation_sim.analysis.study import Share
    from escalation_sim.model.model import Model
    from escalation_sim.scenario.load import Scenario
    from escalation_sim.studies.ensemble import Order
    from escalation_sim.studies.marks import Array
    from escalation_sim.studies.targets import Target
    from escalation_sim.studies.varying import Varying


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    """One end of an input: the share there, and its difference from the base on the same numbers.

    `text` is the input there as a reader says it, `setting` as it is written on the command line.
    """

    text: str
    setting: str
    share: Share
    difference: float | None
    low: float
    high: float
    gained: int
    lost: int

    def as_json(self) -> dict[str, Any]:
        """Return plain data."""
        return {
            "text": self.text,
            "set": self.setting,
            **self.share.as_json(),
            "difference": self.difference,
            "difference_low": self.low,
            "difference_high": self.high,
            "gained": self.gained,
            "lost": self.lost,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One input with its ends: those of its range, or every reading but the chosen one."""

    input: Varying
    ends: tuple[End, ...]
    base: Share
    impossible: tuple[tuple[str, str], ...] = ()
    """Ends at which the scenario makes no sense, each with the reason."""

    @property
    def shares(self) -> tuple[float, float]:
        """The least and the greatest share, that of the base among them."""
        found = [s.share or 0.0 for s in (self.base, *(e.share for e in self.ends))]
        return min(found), max(found)

    @property
    def reach(self) -> float:
        """The distance of the two."""
        low, high = self.shares
        return high - low

    @property
    def changes_the_word(self) -> bool:
        """Whether the share at an end has another word than the base."""
        return any(e.share.word != self.base.word for e in self.ends)

    def as_json(self) -> dict[str, Any]:
        """Return plain data."""
        return {
            "input": self.input.name,
            "label": self.input.label,
            "kind": self.input.kind,
            "basis": self.input.basis,
            "where": self.input.where,
            "written": self.input.shown(self.input.written),
            "ends": [end.as_json() for end in self.ends],
            "reach": self.reach,
            "changes_the_word": self.changes_the_word,
            "impossible": [{"at": at, "why": why} for at, why in self.impossible],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Tornado:
    """What came of a tornado; bars from the longest to the shortest."""

    model: Model = field(repr=False)
    target: Target
    runs: int
    seed: int
    engine: str
    scale: Scale
    base: Share
    bars: tuple[Bar, ...]
    failed: int = 0
    """Runs of all points that could not be carried out; shares are shares of the others."""

    @property
    def points(self) -> int:
        """How many design points were run."""
        return 1 + sum(len(bar.ends) for bar in self.bars)

    def as_json(self) -> dict[str, Any]:
        """Return plain data."""
        count, of = self.model.assumed
        return {
            "scenario": self.model.name,
            "model_hash": self.model.hash,
            "readings": self.model.readings,
            "changes": list(self.model.changes),
            "target": {"kind": self.target.kind, "id": self.target.id, "label": self.target.label},
            "runs": self.runs,
            "seed": self.seed,
            "engine": self.engine,
            "points": self.points,
            "scale": self.scale.name,
            "level": 0.95,
            "base": self.base.as_json(),
            "failed": self.failed,
            "bars": [bar.as_json() for bar in self.bars],
            "assumed": {"count": count, "of": of},
            "note": ILLUSTRATIVE,
        }


def tornado_of(
    scenario: Scenario,
    target: Target,
    *,
    runs: int,
    seed: int = 1,
    readings: bool = True,
    order: Order | None = None,
    scale: Scale = ICD_203,
) -> Tornado:
    """Run a scenario with each input at its ends; all points on the same random numbers.

    Raises UsageError where nothing can be varied, ScenarioError, StudyError.
    """
    model = compile_scenario(scenario)
    inputs = some_inputs(model, readings=readings)
    models, places = [model], []
    impossible: dict[str, list[tuple[str, str]]] = {}
    for varying in inputs:
        for place in varying.ends:
            if place == varying.written:
                continue
            try:
                models.append(model_at(scenario, varying.point(place)))
            except ScenarioError as error:
                why = error.diagnostics[0].message
                impossible.setdefault(varying.name, []).append((varying.shown(place), why))
            else:
                places.append((varying, place))
    marks, engine = marks_of(models, target, runs=runs, seed=seed, order=order)
    fine = marks[0] != FAILED
    base = share_of(target.label, int((marks[0] == 1).sum()), int(fine.sum()), scale)
    ends: dict[str, list[End]] = {varying.name: [] for varying in inputs}
    for (varying, place), mine in zip(places, marks[1:], strict=True):
        ends[varying.name].append(_end(varying, place, marks[0], mine, target.label, scale))
    bars = [
        Bar(
            input=v,
            ends=tuple(ends[v.name]),
            base=base,
            impossible=tuple(impossible.get(v.name, ())),
        )
        for v in inputs
    ]
    return Tornado(
        model=model,
        target=target,
        runs=runs,
        seed=seed,
        engine=engine,
        scale=scale,
        base=base,
        bars=tuple(sorted(bars, key=lambda bar: -bar.reach)),
        failed=int((marks == FAILED).sum()),
    )


def some_inputs(model: Model, *, readings: bool = True) -> tuple[Varying, ...]:
    """Return what can be varied in a model. Raises UsageError where that is nothing."""
    inputs = varying_of(model, readings=readings)
    if not inputs:
        raise UsageError(
            "nothing can be varied here: no parameter has a range, no clause several readings"
        )
    return inputs


def _end(varying: Varying, place: float, base: Array, mine: Array, label: str, scale: Scale) -> End:
    both = (base != FAILED) & (mine != FAILED)
    gained = int(((base == 0) & (mine == 1)).sum())
    lost = int(((base == 1) & (mine == 0)).sum())
    pairs = int(both.sum())
    low, high = paired_difference(gained, lost, pairs)
    point = varying.point(place)
    settings = [f"{path.removeprefix('parameters.')}={value}" for path, value in point.settings]
    chosen = [f"{clause}={reading}" for clause, reading in point.readings]
    return End(
        text=varying.shown(place),
        setting=", ".join([*settings, *chosen]),
        share=share_of(label, int((mine == 1).sum()), int((mine != FAILED).sum()), scale),
        difference=(gained - lost) / pairs if pairs else None,
        low=low,
        high=high,
        gained=gained,
        lost=lost,
    )
