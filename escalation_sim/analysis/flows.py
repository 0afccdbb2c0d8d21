"""Paths on the way up: streams of runs from one new highest rung of a ladder to the next.

A path is cut down to the steps at which the first ladder stands higher than ever before, each with
where the second ladder stands then. What happens on the way down joins the end of the run.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

from escalation_sim.studies.aggregate import Spread

if TYPE_CHECKING:
    from collections.abc import Collection

    from escalation_sim.analysis.paths import Path, Paths

SMALL = 0.02
"""Streams of a smaller share of runs are drawn together."""

OTHER = -1
"""Stands for several rungs of the second ladder, each of them rare."""

Place = tuple[int, int]
"""A rung of the first ladder, and the second ladder's rung when it was entered."""


@dataclass(slots=True)
class Flows:
    """How many runs went from place to place, and where they ended.

    Every run is in `ends` once, under its last place and its outcome. `arrivals` holds the times
    of entering a place.
    """

    runs: int
    counts: Counter[Place] = field(default_factory=Counter)
    arrivals: dict[Place, Spread] = field(default_factory=dict)
    moves: Counter[tuple[Place, Place]] = field(default_factory=Counter)
    ends: dict[tuple[Place, str], Spread] = field(default_factory=dict)
    kinds: Counter[tuple[tuple[Place, ...], str]] = field(default_factory=Counter)
    """Runs by all their places and the outcome."""

    @property
    def rungs(self) -> list[int]:
        """The first ladder's rungs that are drawn, from low to high."""
        return sorted({rung for rung, _ in self.counts})

    def rare(self) -> tuple[int, int]:
        """Return how many kinds of runs take a small stream somewhere, and how many runs."""
        least = SMALL * self.runs
        found = [
            count
            for (places, outcome), count in self.kinds.items()
            if self.ends[places[-1], outcome].n < least
            or any(self.moves[a, b] < least for a, b in pairwise(places))
        ]
        return len(found), sum(found)


def flows_of(paths: Paths, first: int, second: int | None, most: int = 7) -> Flows:
    """Return the flows of paths by two ladders (indices among the model's), at most `most` rungs.

    Of more rungs those that most runs come to are kept, the lowest and the highest always.
    """
    flows = _flows(paths, first, second, None, frozenset())
    totals: Counter[int] = Counter()
    for (rung, _), count in flows.counts.items():
        totals[rung] += count
    least = SMALL * flows.runs
    kept = {rung for rung, count in totals.items() if count >= least} | {min(totals, default=0)}
    if len(kept) > most:
        ends = {min(kept), max(kept)}
        middle = sorted(kept - ends, key=lambda rung: (-totals[rung], rung))
        kept = ends | set(middle[: most - 2])
    flows = _flows(paths, first, second, kept, frozenset())
    rare = frozenset(place for place, count in flows.counts.items() if count < least)
    return _flows(paths, first, second, kept, rare)


def _flows(
    paths: Paths,
    first: int,
    second: int | None,
    kept: Collection[int] | None,
    rare: frozenset[Place],
) -> Flows:
    found = Flows(paths.runs)
    for path in paths.paths:
        places = _places(path, first, second, kept, rare)
        before = None
        for place, arrival in places:
            found.counts[place] += path.count
            times = found.arrivals.setdefault(place, Spread())
            if arrival is not None:
                times.add(arrival)
            if before is not None:
                found.moves[before, place] += path.count
            before = place
        for outcome, spread in path.ends.items():
            found.ends.setdefault((places[-1][0], outcome), Spread()).add(spread)
            found.kinds[tuple(place for place, _ in places), outcome] += spread.n
    return found


def _places(
    path: Path,
    first: int,
    second: int | None,
    kept: Collection[int] | None,
    rare: frozenset[Place],
) -> list[tuple[Place, Spread | None]]:
    """Return where a path comes to stand higher than before, with the times of it."""
    found: list[tuple[Place, Spread | None]] = []
    top = -1
    for joint, arrival in zip(path.joints, path.arrivals, strict=True):
        rung = joint[first]
        if rung <= top or (kept is not None and rung not in kept):
            continue
        top = rung
        place = (rung, joint[second] if second is not None else 0)
        found.append(((rung, OTHER) if place in rare else place, arrival))
    return found
