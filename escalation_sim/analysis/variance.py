"""Where the variance of an outcome comes from: the inputs one by one, and by what they rest on.

I. M. Sobol', "Global sensitivity indices for nonlinear mathematical models and their Monte Carlo
estimates" (2001); the estimator is scipy's, after Saltelli and others (2010). The variance is that
of one run's outcome, 1 or 0, with inputs drawn evenly and independently from their ranges. How the
random numbers fall is an input of its own, so that nothing of them gets into the others.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from escalation_sim.analysis.intervals import wilson
from escalation_sim.analysis.targets import outcomes_of
from escalation_sim.analysis.tornado import some_inputs
from escalation_sim.errors import UsageError
from escalation_sim.model.compiler import compile_scenario
from escalation_sim.studies.samples import sampled

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from escalation_sim.scenario.load import Scenario
    from escalation_sim.studies.ensemble import Order
    from escalation_sim.studies.samples import Swap
    from escalation_sim.studies.targets import Target

    Array = np.ndarray[Any, np.dtype[np.float64]]

RESAMPLES = 400
"""Bootstrap samples that intervals are read off."""

LEAST, MOST = 8, 2**20
"""Fewest and most samples; a power of 2 in between."""

CHANCE = "chance"


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a variance with its interval; both ends None where nothing varies."""

    value: float | None
    low: float | None
    high: float | None

    def as_json(self) -> dict[str, Any]:
        """Return plain data."""
        return {"value": self.value, "low": self.low, "high": self.high}


@dataclass(frozen=True, slots=True, kw_only=True)
class Index:
    """The indices of one input, or of chance: alone, and with all it does together with others."""

    name: str
    label: str
    basis: str
    first: Part
    total: Part

    def as_json(self) -> dict[str, Any]:
        """Return plain data."""
        return {
            "input": self.name,
            "label": self.label,
            "basis": self.basis,
            "first": self.first.as_json(),
            "total": self.total.as_json(),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """The variance of one outcome or rung, taken apart; the first four add up to 1.

    `assumed` is what all assumed inputs decide among themselves, `sourced` what the reported,
    declared and derived ones do, `chance` what the random numbers do, whatever the inputs are;
    `together` is the rest. `with_others` is `assumed` and all of `together` it has a hand in.
    """

    target: Target
    share: float
    low: float
    high: float
    assumed: Part
    sourced: Part
    chance: Part
    together: Part
    with_others: Part

    def as_json(self) -> dict[str, Any]:
        """Return plain data."""
        return {
            "id": self.target.id,
            "kind": self.target.kind,
            "label": self.target.label,
            "share": self.share,
            "low": self.low,
            "high": self.high,
            "assumed": self.assumed.as_json(),
            "sourced": self.sourced.as_json(),
            "chance": self.chance.as_json(),
            "together": self.together.as_json(),
            "assumed_with_others": self.with_others.as_json(),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Variance:
    """Where the variance of a target comes from, and the parts for it and for every outcome."""

    target: Target
    samples: int
    runs: int
    """Replications asked for: each sample takes one for every index and two more."""

    left_out: int
    """Samples in which a replication failed, which were replaced by others."""

    seed: int
    indices: tuple[Index, ...]
    """Of each input and of chance, from the greatest total to the least."""

    parts: Parts
    outcomes: tuple[Parts, ...]

    def index(self, name: str) -> Index | None:
        """Return the indices of an input by its name, None where it has none."""
        return next((i for i in self.indices if i.name == name), None)

    def as_json(self) -> dict[str, Any]:
        """Return plain data."""
        return {
            "samples": self.samples,
            "runs": self.runs,
            "left_out": self.left_out,
            "seed": self.seed,
            "indices": [index.as_json() for index in self.indices],
            "parts": self.parts.as_json(),
            "outcomes": [parts.as_json() for parts in self.outcomes],
        }


def variance_of(
    scenario: Scenario,
    target: Target,
    *,
    samples: int = 256,
    seed: int = 1,
    readings: bool = True,
    order: Order | None = None,
) -> Variance:
    """Sample all inputs over their ranges and take the variance of one run's outcome apart.

    Readings of a clause are taken as equally likely. Raises UsageError, ScenarioError, StudyError.
    """
    estimate = _estimator()
    if samples < LEAST or samples > MOST or samples & (samples - 1):
        raise UsageError(f"samples must be a power of 2 from {LEAST} to {MOST:,}")
    model = compile_scenario(scenario)
    inputs = some_inputs(model, readings=readings)
    assumed = frozenset(i for i, v in enumerate(inputs) if v.assumed)
    sourced = frozenset(range(len(inputs))) - assumed
    nothing: frozenset[int] = frozenset()
    swaps: list[Swap] = [(nothing, False), (assumed | sourced, True)]
    swaps += [(frozenset({i}), False) for i in range(len(inputs))]
    swaps += [(nothing, True), (assumed, False), (sourced, False)]
    targets = [target, *outcomes_of(model)]
    hits, left_out = sampled(
        scenario,
        inputs,
        _draws(len(inputs), seed),
        swaps,
        targets,
        count=samples,
        seed=seed,
        order=order,
    )
    values = np.array(hits, dtype=float).transpose(1, 2, 0)
    found = Indices.of(values, estimate, seed)
    indices = [_index(found, row, v.name, v.label, v.basis) for row, v in enumerate(inputs)]
    indices.append(_index(found, len(inputs), CHANCE, "chance", CHANCE))
    indices.sort(key=lambda index: -(index.total.value or 0.0))
    told = tuple(
        _parts(found, len(inputs), column, about, values[:2, column])
        for column, about in enumerate(targets)
    )
    return Variance(
        target=target,
        samples=samples,
        runs=samples * len(swaps),
        left_out=left_out,
        seed=seed,
        indices=tuple(indices),
        parts=told[0],
        outcomes=told[1:],
    )


def _draws(inputs: int, seed: int) -> Iterator[tuple[Sequence[float], Sequence[float]]]:
    """Yield evenly spread places from 0 to 1: a Sobol' sequence, shifted by random numbers."""
    from scipy.stats import qmc  # noqa: PLC0415

    shift = np.random.default_rng([seed, inputs]).random(2 * inputs)
    sequence = qmc.Sobol(2 * inputs, scramble=False)
    while True:
        for row in (sequence.random(8) + shift) % 1.0:
            yield row[:inputs].tolist(), row[inputs:].tolist()


def _estimator() -> Callable[[Array, Array, Array], tuple[Array, Array]]:
    """Return scipy's estimator of first-order and total indices. Raises UsageError without scipy.

    It takes values at A, at B (targets × samples) and at A with one part from B
    (parts × targets × samples), and gives both indices as targets × parts.
    """
    try:
        from scipy.stats import sobol_indices  # noqa: PLC0415
    except ImportError:
        raise UsageError(
            "indices of variance need scipy: install escalation-sim[statistics]"
        ) from None

    def estimate(at_a: Array, at_b: Array, mixed: Array) -> tuple[Array, Array]:
        func = {"f_A": at_a, "f_B": at_b, "f_AB": mixed}
        found = sobol_indices(func=func, n=at_a.shape[1])
        shape = at_a.shape[0], mixed.shape[0]
        return np.reshape(found.first_order, shape), np.reshape(found.total_order, shape)

    return estimate


@dataclass(frozen=True, slots=True, kw_only=True)
class Indices:
    """Estimates of first-order and total indices with their bootstrap samples.

    The last two axes are targets × parts; `varies` says of each target whether it varies at all.
    """

    first: Array
    total: Array
    firsts: Array
    totals: Array
    varies: Sequence[bool]

    @staticmethod
    def of(
        values: Array, estimate: Callable[[Array, Array, Array], tuple[Array, Array]], seed: int
    ) -> Indices:
        """Return the indices of values (A, B, parts … × targets × samples).

        Whole samples are drawn anew for each bootstrap sample.
        """
        first, total = estimate(values[0], values[1], values[2:])
        chance = np.random.default_rng([seed, values.shape[-1]])
        again = []
        for _ in range(RESAMPLES):
            chosen = values[:, :, chance.integers(values.shape[-1], size=values.shape[-1])]
            again.append(estimate(chosen[0], chosen[1], chosen[2:]))
        return Indices(
            first=first,
            total=total,
            firsts=np.array([f for f, _ in again]),
            totals=np.array([t for _, t in again]),
            varies=[bool(np.ptp(values[:2, t]) > 0) for t in range(values.shape[1])],
        )


def _part(value: float, resampled: Array, *, varies: bool) -> Part:
    if not varies:
        return Part(None, None, None)
    low, high = np.quantile(resampled, [0.025, 0.975])
    return Part(float(value), float(low), float(high))


def _index(found: Indices, row: int, name: str, label: str, basis: str) -> Index:
    varies = found.varies[0]
    return Index(
        name=name,
        label=label,
        basis=basis,
        first=_part(found.first[0, row], found.firsts[:, 0, row], varies=varies),
        total=_part(found.total[0, row], found.totals[:, 0, row], varies=varies),
    )


def _parts(found: Indices, chance: int, column: int, target: Target, values: Array) -> Parts:
    """Return the parts of one target; `chance` is the row of chance, behind it are the groups."""
    varies = found.varies[column]
    first, firsts = found.first[column], found.firsts[:, column]
    rows = {"chance": chance, "assumed": chance + 1, "sourced": chance + 2}
    alone: Mapping[str, Part] = {
        name: _part(first[row], firsts[:, row], varies=varies) for name, row in rows.items()
    }
    used = list(rows.values())
    hits, of = int(values.sum()), values.size
    low, high = wilson(hits, of)
    return Parts(
        target=target,
        share=hits / of,
        low=low,
        high=high,
        together=_part(1 - first[used].sum(), 1 - firsts[:, used].sum(axis=1), varies=varies),
        with_others=_part(
            found.total[column, chance + 1], found.totals[:, column, chance + 1], varies=varies
        ),
        **alone,
    )
