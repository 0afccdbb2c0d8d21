"""A sweep: how outcomes change along one input, and where one overtakes another."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import combinations, pairwise
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from escalation_sim.analysis.intervals import paired_difference
from escalation_sim.analysis.study import ends_of, share_of
from escalation_sim.errors import UsageError
from escalation_sim.expression.types import DURATION
from escalation_sim.studies.ensemble import Order
from escalation_sim.studies.marks import FAILED, marks_of
from escalation_sim.trace.run import ILLUSTRATIVE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from escalation_sim.analysis.likelihood import Scale
    from escalation_sim.analysis.study import Share, Study
    from escalation_sim.model.model import Basis, Model, Parameter
    from escalation_sim.studies.engines import Name
    from escalation_sim.studies.marks import Array

RESAMPLES = 1000
"""Bootstrap samples that the interval of a point is read off."""

_NUMBER = re.compile(r"([+-]?[0-9.]+(?:e[+-]?[0-9]+)?)\s*(s|min|h|d|w)?\Z")
_HOURS = {"s": 1 / 3600, "min": 1 / 60, "h": 1.0, "d": 24.0, "w": 168.0}


@dataclass(frozen=True, slots=True)
class Against:
    """The difference of a share from the base on the same random numbers, with its interval."""

    difference: float | None
    low: float
    high: float

    def as_json(self) -> dict[str, Any]:
        """Return plain data."""
        return {"difference": self.difference, "low": self.low, "high": self.high}


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One value of the swept input, with all outcomes' shares there."""

    value: float
    text: str
    runs: int
    shares: Mapping[str, Share]
    against: Mapping[str, Against]

    def as_json(self) -> dict[str, Any]:
        """Return plain data."""
        return {
            "value": self.value,
            "text": self.text,
            "runs": self.runs,
            "outcomes": {
                id_: {**share.as_json(), **{f"change_{k}" if k != "difference" else k: v
                      for k, v in self.against[id_].as_json().items()}}
                for id_, share in self.shares.items()
            },
        }  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Overtaking:
    """Where `after` becomes more frequent than `before` as the input grows.

    `low` and `high` bound the point; None where the interval goes beyond the swept values. `share`
    is what both have there.
    """

    before: str
    after: str
    at: float
    low: float | None
    high: float | None
    share: float

    @property
    def bounded(self) -> bool:
        """Whether the whole interval lies within the sweep: else it may not happen at all."""
        return self.low is not None and self.high is not None

    def as_json(self) -> dict[str, Any]:
        """Return plain data."""
        return {
            "before": self.before,
            "after": self.after,
            "at": self.at,
            "low": self.low,
            "high": self.high,
            "share": self.share,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Sweep:
    """What came of a sweep along one input; steps from the least value to the greatest."""

    model: Model = field(repr=False)
    """The scenario as written, without the swept values: what changes are measured from."""

    path: str
    label: str
    unit: str
    """`h` where values are hours, else empty."""

    basis: Basis
    base: float | None
    """The written value, None where it is no number."""

    runs: int
    seed: int
    engine: str
    scale: Scale
    shares: Mapping[str, Share]
    """The shares as written."""

    steps: tuple[Step, ...]
    overtakings: tuple[Overtaking, ...]
    """From the one where most is at stake to the least."""

    def as_json(self) -> dict[str, Any]:
        """Return plain data."""
        count, of = self.model.assumed
        return {
            "scenario": self.model.name,
            "model_hash": self.model.hash,
            "path": self.path,
            "label": self.label,
            "unit": self.unit,
            "basis": self.basis,
            "base": self.base,
            "runs": self.runs,
            "seed": self.seed,
            "engine": self.engine,
            "level": 0.95,
            "outcomes": {id_: share.as_json() for id_, share in self.shares.items()},
            "steps": [step.as_json() for step in self.steps],
            "overtakings": [o.as_json() for o in self.overtakings],
            "assumed": {"count": count, "of": of},
            "note": ILLUSTRATIVE,
        }


def sweep_of(study: Study, order: Order | None = None) -> Sweep:
    """Return the sweep of a study along one input, run by run against the scenario as written.

    A study keeps no single runs, so they are run once more, on the same random numbers. Raises
    UsageError for a study that is no sweep along one input of numbers.
    """
    path = _path_of(study)
    base = study.written
    order = order or Order(engine=cast("Name", study.engine), workers=study.workers)
    found = [(p, _value(p.point.settings[-1][1], path)) for p in study.points]
    found = sorted({value: (p, value) for p, value in found}.values(), key=lambda item: item[1])
    if len(found) < 2:
        raise UsageError(f"`{path}` has one value only: a sweep needs several")
    marks, engine = marks_of(
        [base, *(p.model for p, _ in found)], None, runs=study.runs, seed=study.seed, order=order
    )
    ends = [(i, id_, label) for i, (id_, label) in enumerate(ends_of(base)) if id_]
    steps = tuple(
        Step(
            value=value,
            text=point.point.settings[-1][1],
            runs=int((mine != FAILED).sum()),
            shares=_shares(mine, ends, study.scale),
            against={id_: _against(marks[0], mine, i) for i, id_, _ in ends},
        )
        for (point, value), mine in zip(found, marks[1:], strict=True)
    )
    parameter = _parameter(base, path)
    return Sweep(
        model=base,
        path=path,
        label=parameter.label if parameter else path,
        unit="h" if _in_hours(parameter, study.points[0].point.settings[-1][1]) else "",
        basis=parameter.basis if parameter else "assumed",
        base=_written(base, parameter) if parameter else None,
        runs=study.runs,
        seed=study.seed,
        engine=engine,
        scale=study.scale,
        shares=_shares(marks[0], ends, study.scale),
        steps=steps,
        overtakings=tuple(
            overtakings([s.value for s in steps], marks[1:], [(i, id_) for i, id_, _ in ends])
        ),
    )


def _path_of(study: Study) -> str:
    paths = {path for p in study.points for path, _ in p.point.settings}
    others = any(p.point.readings or p.point.without for p in study.points)
    if len(paths) != 1 or others or len(study.points) < 2:
        raise UsageError(
            "a sweep has several values of one input and nothing else: `--sweep PATH=A,B,C`"
        )
    return paths.pop()


def _parameter(model: Model, path: str) -> Parameter | None:
    name = path.removeprefix("parameters.").removesuffix(".mean").removesuffix(".value")
    return next((p for p in model.parameters if p.id == name), None)


def _written(model: Model, parameter: Parameter) -> float:
    value = float(parameter.law.mean if parameter.law else parameter.value)
    return model.hours(value) if parameter.type == DURATION else value


def _in_hours(parameter: Parameter | None, text: str) -> bool:
    if parameter is not None:
        return parameter.type == DURATION
    match = _NUMBER.match(text.strip())
    return bool(match and match[2])


def _value(text: str, path: str) -> float:
    """Return a swept value as a number: hours where it has a unit."""
    match = _NUMBER.match(text.strip())
    if match is None:
        raise UsageError(f"`{path}={text}` is no number; a sweep is drawn along numbers")
    return float(match[1]) * _HOURS.get(match[2] or "h", 1.0)


def _shares(marks: Array, ends: Sequence[tuple[int, str, str]], scale: Scale) -> dict[str, Share]:
    of = int((marks != FAILED).sum())
    return {id_: share_of(label, int((marks == i).sum()), of, scale) for i, id_, label in ends}


def _against(base: Array, mine: Array, end: int) -> Against:
    both = (base != FAILED) & (mine != FAILED)
    gained = int((both & (mine == end) & (base != end)).sum())
    lost = int((both & (base == end) & (mine != end)).sum())
    pairs = int(both.sum())
    low, high = paired_difference(gained, lost, pairs)
    return Against((gained - lost) / pairs if pairs else None, low, high)


def overtakings(
    values: Sequence[float], marks: Array, ends: Sequence[tuple[int, str]], seed: int = 1
) -> list[Overtaking]:
    """Return where one outcome overtakes another, the greatest common share first.

    `marks` holds for each value (a row) the outcome of each replication. Shares are joined by
    straight lines; intervals come from drawing whole replications anew, each with its outcomes at
    all values, so that what the points have in common stays in common.
    """
    fine = marks[:, (marks != FAILED).all(axis=0)]
    of = fine.shape[1]
    if of == 0 or len(values) < 2:
        return []
    kinds, counts = np.unique(fine.T, axis=0, return_counts=True)
    again = np.random.default_rng(seed).multinomial(of, counts / of, size=RESAMPLES)
    held = {i: (kinds == i).astype(float) for i, _ in ends}
    found = []
    x = np.asarray(values, dtype=float)
    for (i, one), (j, other) in combinations(ends, 2):
        difference = held[i] - held[j]
        estimate = counts @ difference / of
        resampled = again @ difference / of
        for at, rising in _roots(x, estimate):
            sign = 1.0 if rising else -1.0
            spread = _nearest_roots(x, resampled * sign, at)
            low, high = np.quantile(spread, [0.025, 0.975], method="inverted_cdf")
            share = float(np.interp(at, x, counts @ held[i] / of))
            found.append(
                Overtaking(
                    before=other if rising else one,
                    after=one if rising else other,
                    at=at,
                    low=float(low) if np.isfinite(low) else None,
                    high=float(high) if np.isfinite(high) else None,
                    share=share,
                )
            )
    return sorted(found, key=lambda o: -o.share)


def _roots(x: Array, y: Array) -> list[tuple[float, bool]]:
    """Return where a broken line changes its sign, each with whether it rises there."""
    told = np.flatnonzero(y)
    found = []
    for k, following in pairwise(told):
        if y[k] * y[following] >= 0:
            continue
        if following > k + 1:  # on zero for a while: the middle of it
            at = (x[k + 1] + x[following - 1]) / 2
        else:
            at = x[k] + (x[following] - x[k]) * y[k] / (y[k] - y[following])
        found.append((float(at), bool(y[following] > 0)))
    return found


def _nearest_roots(x: Array, y: Array, at: float) -> Array:
    """Return for each row the rising root nearest to a point, infinite where there is none."""
    found = np.empty(len(y))
    for row, line in enumerate(y):
        rising = [root for root, up in _roots(x, line) if up]
        if rising:
            found[row] = min(rising, key=lambda root: abs(root - at))
        else:
            found[row] = -np.inf if np.interp(at, x, line) > 0 else np.inf
    return found
