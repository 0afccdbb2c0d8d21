"""Two scenarios on the same random numbers: what differs, how often, and by how much."""

from __future__ import annotations

from dataclasses import dataclass, field
from html import escape
from typing import TYPE_CHECKING, Any

from escalation_sim.analysis.intervals import mean_and_spread, of_mean, paired_difference
from escalation_sim.analysis.likelihood import ICD_203
from escalation_sim.analysis.study import ends_of, numbers_of, rungs_of, share_of
from escalation_sim.studies.pairs import common_of
from escalation_sim.studies.shape import shape_of
from escalation_sim.trace.run import ILLUSTRATIVE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from escalation_sim.analysis.likelihood import Scale
    from escalation_sim.analysis.parting import Parting
    from escalation_sim.analysis.study import Numbers, Share
    from escalation_sim.model.model import Model
    from escalation_sim.studies.pairs import PairAggregate, Paired
    from escalation_sim.studies.shape import Measure


@dataclass(frozen=True, slots=True)
class ShareChange:
    """A share on both sides and its difference, second less first, with interval.

    `gained` replications have it only on the second side, `lost` only on the first.
    """

    first: Share
    second: Share
    difference: float | None
    low: float
    high: float
    gained: int
    lost: int

    def as_json(self) -> dict[str, Any]:
        """Return plain data."""
        return {
            "first": self.first.as_json(),
            "second": self.second.as_json(),
            "difference": self.difference,
            "low": self.low,
            "high": self.high,
            "gained": self.gained,
            "lost": self.lost,
        }


@dataclass(frozen=True, slots=True)
class NumberChange:
    """A number on both sides; the difference is of the `both` pairs that have it twice."""

    first: Numbers
    second: Numbers
    both: int
    gained: int
    lost: int
    difference: float | None
    sd: float | None
    low: float | None
    high: float | None

    def as_json(self) -> dict[str, Any]:
        """Return plain data."""
        return {
            "first": self.first.as_json(),
            "second": self.second.as_json(),
            "both": self.both,
            "gained": self.gained,
            "lost": self.lost,
            "difference": self.difference,
            "sd": self.sd,
            "low": self.low,
            "high": self.high,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What came of a comparison; differences are always second less first."""

    first: Model = field(repr=False)
    second: Model = field(repr=False)
    names: tuple[str, str]
    seed: int
    engine: str
    scale: Scale
    pairs: int
    """Replications that came to an end on both sides."""

    failed: int
    changed: Share
    """Replications in which anything differs."""

    ended_otherwise: Share
    moves: Mapping[tuple[str, str], int]
    """How many went from which outcome to which other."""

    outcomes: Mapping[str, ShareChange]
    rungs: Mapping[str, ShareChange]
    hours: Mapping[str, NumberChange]
    """The first entry into each rung, where both sides enter it."""

    results: Mapping[str, NumberChange]
    examples: tuple[int, ...]
    """The least replications in which anything differs."""

    ended_otherwise_examples: tuple[int, ...]
    edits: tuple[str, ...] = ()
    """What is different in the scenarios, as `path: before → after`."""

    parting: Parting | None = None

    def as_json(self) -> dict[str, Any]:
        """Return plain data; times in hours."""
        return {
            "first": _side(self.first, self.names[0]),
            "second": _side(self.second, self.names[1]),
            "seed": self.seed,
            "engine": self.engine,
            "scale": self.scale.name,
            "level": 0.95,
            "pairs": self.pairs,
            "failed": self.failed,
            "changed": self.changed.as_json(),
            "ended_otherwise": self.ended_otherwise.as_json(),
            "moves": [{"from": a, "to": b, "count": n} for (a, b), n in self.moves.items()],
            "outcomes": {id_: change.as_json() for id_, change in self.outcomes.items()},
            "rungs": {
                id_: {**change.as_json(), "first_hours": self.hours[id_].as_json()}
                for id_, change in self.rungs.items()
            },
            "results": {id_: change.as_json() for id_, change in self.results.items()},
            "examples": list(self.examples),
            "ended_otherwise_examples": list(self.ended_otherwise_examples),
            "edits": list(self.edits),
            "parting": self.parting.as_json() if self.parting else None,
            "note": ILLUSTRATIVE,
        }

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><td>{escape(c.first.label)}</td><td>{100 * (c.first.share or 0):.1f} %</td>"
            f"<td>{100 * (c.second.share or 0):.1f} %</td>"
            f"<td>{100 * (c.difference or 0):+.1f}</td></tr>"
            for c in self.outcomes.values()
        )
        return (
            f"<div><b>{escape(self.names[0])} → {escape(self.names[1])}</b><br>"
            f"<small>{self.pairs} pairs · seed {self.seed} · {self.changed.count} differ</small>"
            "<table><thead><tr><th>outcome</th><th>first</th><th>second</th><th>points</th></tr>"
            f"</thead><tbody>{rows}</tbody></table><small>{escape(ILLUSTRATIVE)}</small></div>"
        )


def _side(model: Model, name: str) -> dict[str, Any]:
    count, of = model.assumed
    return {
        "name": name,
        "scenario": model.name,
        "changes": list(model.changes),
        "readings": model.readings,
        "model_hash": model.hash,
        "assumed": {"count": count, "of": of},
    }


def comparison_of(
    first: Model,
    second: Model,
    found: PairAggregate,
    *,
    names: tuple[str, str],
    seed: int,
    engine: str,
    scale: Scale = ICD_203,
    edits: tuple[str, ...] = (),
    parting: Parting | None = None,
) -> Comparison:
    """Return the tables of what was worked off side by side."""
    common = common_of(first, second)
    ends = [ends_of(m) for m in (first, second)]
    listed: dict[int, str] = {}
    labels: dict[str, str] = {}
    for side, numbers in zip(ends, common.ends, strict=True):
        for (id_, label), number in zip(side, numbers, strict=True):
            listed.setdefault(number, id_)
            labels.setdefault(id_, label)
    moves = {(listed[a], listed[b]): n for (a, b), n in sorted(found.moves.items())}
    rungs = rungs_of(first)
    shapes = shape_of(first), shape_of(second)
    otherwise = sum(n for (a, b), n in moves.items() if a != b)
    return Comparison(
        first=first,
        second=second,
        names=names,
        seed=seed,
        engine=engine,
        scale=scale,
        pairs=found.pairs,
        failed=found.failed,
        changed=share_of("any difference", found.changed, found.pairs, scale),
        ended_otherwise=share_of("another outcome", otherwise, found.pairs, scale),
        moves={move: n for move, n in moves.items() if move[0] != move[1]},
        outcomes={
            id_: _share_change(label, _moved(moves, id_), found.pairs, scale)
            for id_, label in labels.items()
        },
        rungs={
            rungs[a][0]: _share_change(
                rungs[a][1], (paired.both, paired.gained, paired.lost), found.pairs, scale
            )
            for (a, _), paired in zip(common.rungs, found.rungs, strict=True)
        },
        hours={
            rungs[a][0]: _number_change(
                paired,
                numbers_of(
                    rungs[a][1],
                    found.sides[0].rungs[a],
                    found.sides[0].runs,
                    shapes[0].times,
                    scale,
                ),
                numbers_of(
                    rungs[a][1],
                    found.sides[1].rungs[b],
                    found.sides[1].runs,
                    shapes[1].times,
                    scale,
                ),
                shapes[0].times,
            )
            for (a, b), paired in zip(common.rungs, found.rungs, strict=True)
        },
        results={
            first.results[a].id: _number_change(
                paired,
                numbers_of(
                    first.results[a].label,
                    found.sides[0].results[a],
                    found.sides[0].runs,
                    shapes[0].results[a],
                    scale,
                ),
                numbers_of(
                    second.results[b].label,
                    found.sides[1].results[b],
                    found.sides[1].runs,
                    shapes[1].results[b],
                    scale,
                ),
                shapes[0].results[a],
            )
            for (a, b), paired in zip(common.results, found.results, strict=True)
        },
        examples=tuple(found.changed_first),
        ended_otherwise_examples=tuple(found.ended_otherwise_first),
        edits=edits,
        parting=parting,
    )


def _moved(moves: Mapping[tuple[str, str], int], id_: str) -> tuple[int, int, int]:
    """Return how many pairs end in an outcome on both sides, only on the second, on the first."""
    both = moves.get((id_, id_), 0)
    gained = sum(n for (a, b), n in moves.items() if b == id_ != a)
    lost = sum(n for (a, b), n in moves.items() if a == id_ != b)
    return both, gained, lost


def _share_change(
    label: str, counts: tuple[int, int, int], pairs: int, scale: Scale
) -> ShareChange:
    both, gained, lost = counts
    low, high = paired_difference(gained, lost, pairs)
    return ShareChange(
        first=share_of(label, both + lost, pairs, scale),
        second=share_of(label, both + gained, pairs, scale),
        difference=(gained - lost) / pairs if pairs else None,
        low=low,
        high=high,
        gained=gained,
        lost=lost,
    )


def _number_change(
    paired: Paired, first: Numbers, second: Numbers, measure: Measure
) -> NumberChange:
    spread = paired.differences
    mean, sd = mean_and_spread(spread.n, spread.total, spread.squares)
    per_part = float(measure.per_part)
    mean = None if mean is None else mean * per_part
    sd = None if sd is None else sd * per_part
    low = high = None
    if mean is not None and sd is not None:
        low, high = of_mean(mean, sd, spread.n)
    return NumberChange(first, second, paired.both, paired.gained, paired.lost, mean, sd, low, high)
