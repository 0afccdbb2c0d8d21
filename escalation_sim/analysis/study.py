"""A study as tables: for each design point the shares, times and results, with intervals."""

from __future__ import annotations

from dataclasses import dataclass, field
from html import escape
from typing import TYPE_CHECKING, Any

from escalation_sim.analysis.intervals import mean_and_spread, of_mean, wilson
from escalation_sim.analysis.likelihood import ICD_203
from escalation_sim.engine.row import FAULTS
from escalation_sim.studies.shape import shape_of
from escalation_sim.trace.run import ILLUSTRATIVE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from escalation_sim.analysis.likelihood import Scale
    from escalation_sim.model.model import Model
    from escalation_sim.studies.aggregate import Aggregate, Spread
    from escalation_sim.studies.design import Point
    from escalation_sim.studies.ensemble import Ensemble
    from escalation_sim.studies.shape import Measure

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)

NO_OUTCOME = "none"
"""Stands for runs without an outcome where the scenario has no word for them."""


@dataclass(frozen=True, slots=True)
class Share:
    """A share of replications: its interval, and the word for it; `label` says of what."""

    label: str
    count: int
    of: int
    low: float
    high: float
    word: str

    @property
    def share(self) -> float | None:
        """The share, None of nothing."""
        return self.count / self.of if self.of else None

    def as_json(self) -> dict[str, Any]:
        """Return the share as plain data."""
        return {
            "count": self.count,
            "share": self.share,
            "low": self.low,
            "high": self.high,
            "word": self.word,
        }


@dataclass(frozen=True, slots=True)
class Numbers:
    """A number read off replications: `n` have it, for `never` it never came.

    `low` and `high` bound the mean, or the share where the number is one. `quantiles` are off by
    less than a bin: `bin_width` in the same unit, None where it is 1/128 of the value.
    """

    label: str
    unit: str
    n: int
    never: int
    mean: float | None
    sd: float | None
    se: float | None
    low: float | None
    high: float | None
    quantiles: Mapping[float, float | None]
    bin_width: float | None
    word: str = ""

    def as_json(self) -> dict[str, Any]:
        """Return the numbers as plain data."""
        return {
            "n": self.n,
            "never": self.never,
            "mean": self.mean,
            "sd": self.sd,
            "se": self.se,
            "low": self.low,
            "high": self.high,
            "quantiles": {f"{q:g}": value for q, value in self.quantiles.items()},
            "bin_width": self.bin_width,
            "unit": self.unit,
            **({"word": self.word} if self.unit == "share" else {}),
        }


@dataclass(frozen=True, slots=True)
class Reached:
    """How many replications ever entered a rung, and when first."""

    share: Share
    first_hours: Numbers

    def as_json(self) -> dict[str, Any]:
        """Return both as plain data."""
        return {**self.share.as_json(), "first_hours": self.first_hours.as_json()}


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyPoint:
    """One design point: what was changed, and what came of it."""

    point: Point
    model: Model = field(repr=False)
    runs: int
    """Replications that came to an end; shares are shares of these."""

    failed: int
    faults: Mapping[str, int]
    tie_flagged: int
    outcomes: Mapping[str, Share]
    results: Mapping[str, Numbers]
    rungs: Mapping[str, Reached]
    aggregate: Aggregate = field(repr=False, compare=False)

    @property
    def label(self) -> str:
        """What is different here, in words."""
        return self.point.label or "as written"

    def as_json(self) -> dict[str, Any]:
        """Return the point as plain data."""
        count, of = self.model.assumed
        return {
            "set": dict(self.point.every_setting),
            "readings": self.model.readings,
            "without": self.point.without or None,
            "model_hash": self.model.hash,
            "runs": self.runs,
            "outcomes": {id_: share.as_json() for id_, share in self.outcomes.items()},
            "results": {id_: numbers.as_json() for id_, numbers in self.results.items()},
            "rungs": {id_: reached.as_json() for id_, reached in self.rungs.items()},
            "tie_flagged": self.tie_flagged,
            "failed": self.failed,
            "faults": dict(self.faults),
            "assumed": {"count": count, "of": of},
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Study:
    """What came of a study. Frozen, and the same whoever worked it off, but for the seconds."""

    scenario: str
    title: str
    changes: tuple[str, ...]
    """What was changed at every point, as `path=value`."""

    written: Model = field(repr=False, compare=False)
    """The scenario as written, with those changes and none of a single point."""

    runs: int
    """Replications asked for at each point."""

    seed: int
    engine: str
    engine_seconds: float
    workers: int
    digest: str
    complete: bool
    scale: Scale
    points: tuple[StudyPoint, ...]
    skipped: tuple[tuple[str, str], ...] = ()
    """Rules that could not be left out, each with the reason."""

    def as_json(self) -> dict[str, Any]:
        """Return the study as plain data; times in hours."""
        return {
            "scenario": self.scenario,
            "title": self.title,
            "changes": list(self.changes),
            "runs": self.runs,
            "seed": self.seed,
            "engine": self.engine,
            "engine_seconds": self.engine_seconds,
            "workers": self.workers,
            "digest": self.digest,
            "complete": self.complete,
            "scale": self.scale.name,
            "level": 0.95,
            "points": [point.as_json() for point in self.points],
            "skipped": [{"rule": rule, "why": why} for rule, why in self.skipped],
            "note": ILLUSTRATIVE,
        }

    def _repr_html_(self) -> str:
        rows = "".join(
            "<tr>"
            + "".join(
                f"<td>{escape(text)}</td>"
                for text in (
                    point.label,
                    share.label,
                    *(f"{100 * (x or 0):.1f} %" for x in (share.share, share.low, share.high)),
                    share.word,
                )
            )
            + "</tr>"
            for point in self.points
            for share in point.outcomes.values()
        )
        count, of = self.points[0].model.assumed
        return (
            f"<div><b>{escape(self.title)}</b><br><small>scenario {escape(self.scenario)} · "
            f"{self.runs} runs · seed {self.seed}</small><table><thead><tr><th>point</th>"
            f"<th>outcome</th><th>share</th><th>low</th><th>high</th>"
            f"<th>{escape(self.scale.name)}</th></tr></thead><tbody>{rows}</tbody></table>"
            f"<small>{count} of {of} inputs assumed · {escape(ILLUSTRATIVE)}</small></div>"
        )


def study_of(ensemble: Ensemble, scale: Scale = ICD_203) -> Study:
    """Return the tables of what was worked off."""
    design = ensemble.design
    base = design.base
    return Study(
        scenario=base.name,
        title=base.title,
        changes=design.scenario.changes if design.scenario else base.changes,
        written=design.written,
        runs=ensemble.runs,
        seed=ensemble.seed,
        engine=ensemble.engine,
        engine_seconds=ensemble.engine_seconds,
        workers=ensemble.workers,
        digest=ensemble.digest,
        complete=ensemble.complete,
        scale=scale,
        points=tuple(
            _point(point, design.model(i), ensemble.aggregates[i], scale)
            for i, point in enumerate(design.points)
        ),
        skipped=design.skipped,
    )


def _point(point: Point, model: Model, found: Aggregate, scale: Scale) -> StudyPoint:
    shape = shape_of(model)
    runs = found.runs
    return StudyPoint(
        point=point,
        model=model,
        runs=runs,
        failed=found.failed,
        faults={name: n for name, n in zip(FAULTS[1:], found.faults[1:], strict=True) if n},
        tie_flagged=found.tied,
        outcomes={
            id_: share_of(label, count, runs, scale)
            for (id_, label), count in zip(ends_of(model), found.outcomes, strict=True)
            if id_
        },
        results={
            result.id: numbers_of(result.label, spread, runs, measure, scale)
            for result, spread, measure in zip(
                model.results, found.results, shape.results, strict=True
            )
        },
        rungs={
            id_: Reached(
                share_of(label, spread.n, runs, scale),
                numbers_of(label, spread, runs, shape.times, scale),
            )
            for (id_, label), spread in zip(rungs_of(model), found.rungs, strict=True)
        },
        aggregate=found,
    )


def ends_of(model: Model) -> list[tuple[str, str]]:
    """Return the ids and labels of a model's outcomes, the one for the rest last.

    Where a scenario has no word for the rest, it is `none`; in a scenario of an outcome `none`,
    `(none)`.
    """
    ends = [(outcome.id, outcome.label) for outcome in model.outcomes]
    known = {id_ for id_, _ in ends}
    if model.fallback and model.fallback not in known:
        return [*ends, (model.fallback, model.fallback_label)]
    rest = NO_OUTCOME if NO_OUTCOME not in known else f"({NO_OUTCOME})"
    return [*ends, (rest, "no outcome")]


def rungs_of(model: Model) -> list[tuple[str, str]]:
    """Return the ids and labels of all rungs, ladder after ladder."""
    return [
        (f"{ladder.id}.{rung}", f"{ladder.label}: {label}")
        for _, ladder in model.ladders
        for rung, label in zip(ladder.levels, ladder.level_labels, strict=True)
    ]


def share_of(label: str, count: int, of: int, scale: Scale) -> Share:
    """Return a share with its interval and word."""
    low, high = wilson(count, of)
    return Share(label, count, of, low, high, scale.word(count / of) if of else "")


def numbers_of(label: str, spread: Spread, runs: int, measure: Measure, scale: Scale) -> Numbers:
    """Return what a spread says, in the unit of its values."""
    per_part = float(measure.per_part)
    mean, sd = mean_and_spread(spread.n, spread.total, spread.squares)
    mean = None if mean is None else mean * per_part
    sd = None if sd is None else sd * per_part
    se = None if sd is None else sd / spread.n**0.5
    low: float | None
    high: float | None
    low = high = None
    word = ""
    if measure.unit == "share":
        low, high = wilson(spread.total, spread.n)
        word = scale.word(spread.total / spread.n) if spread.n else ""
    elif mean is not None and sd is not None:
        low, high = of_mean(mean, sd, spread.n)
    return Numbers(
        label=label,
        unit=measure.unit,
        n=spread.n,
        never=runs - spread.n,
        mean=mean,
        sd=sd,
        se=se,
        low=low,
        high=high,
        quantiles={q: spread.quantile(q, measure) for q in QUANTILES},
        bin_width=measure.bin_width,
        word=word,
    )
