"""Where streams of runs lie on the page: columns of rungs, the ways between them, the ends."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

from escalation_sim.analysis.flows import OTHER, SMALL

if TYPE_CHECKING:
    from collections.abc import Sequence

    from escalation_sim.analysis.flows import Flows, Place
    from escalation_sim.figures.page import Point

BAR = 0.1
"""Inches of a rung's bar from left to right."""

TURN, STUB_GAP = 0.06, 0.12
"""Inner radius of a stub's bend, and the paper between two stubs, in inches."""

RISE = 0.16
"""Inches from a place of an upper row to the cap of what ends there."""

LEAST_GAP = 0.6
"""Inches between two columns, at the least."""

LANE_GAP, ROW_GAP = 0.08, 0.34
"""Paper between what lies in one row, and between two rows, in inches."""

PITCHES = (0.86, 0.66, 0.0)
"""Distances of two stubs that leave room for labels below them, the best first, in inches."""

LATE = 0.6
"""Share of the distance between two columns after which a sinking stream bends."""

MOST_SCALE = 2.05
"""Inches for all runs, at the most."""


@dataclass(frozen=True, slots=True)
class Stub:
    """Runs that end: it leaves a place at `left` between `top` and `bottom` and bends away."""

    place: Place
    outcome: str
    """Empty for several outcomes together, each of them rare."""

    count: int
    left: float
    top: float
    bottom: float
    lead: float
    up: bool

    @property
    def width(self) -> float:
        """Inches across."""
        return self.bottom - self.top

    def covers(self, x: float, y: float) -> bool:
        """Whether a point lies on the stub, or beyond its bend where it runs on to its cap."""
        sign, near = (-1.0, self.top) if self.up else (1.0, self.bottom)
        bend, depth = self.left + self.lead, sign * (y - near)
        if x <= bend:
            return self.left <= x and -self.width <= depth <= 0
        if depth >= TURN:
            beyond = self.up and depth > RISE + 0.04
            return not beyond and self.inner <= x <= self.inner + self.width
        reach = math.hypot(x - bend, depth - TURN)
        return TURN <= reach <= TURN + self.width

    @property
    def inner(self) -> float:
        """The near edge of the part that runs up or down, in inches from the left."""
        return self.left + self.lead + TURN


@dataclass(frozen=True, slots=True)
class Way:
    """A stream from column to column by way of the heights (top, bottom) at each of `xs`."""

    source: Place
    target: Place | str
    count: int
    xs: tuple[float, ...]
    heights: tuple[tuple[float, float], ...]
    small: bool


@dataclass(slots=True)
class Streams:
    """The whole drawing: places as (top, bottom) at their column, ways and stubs.

    Heights are in inches from the top of the lowest row's first bar; what lies above is negative.
    """

    scale: float
    pitch: float
    """Least distance of two stubs of one place, in inches."""

    columns: dict[int, float]
    end: float
    """Where the bar of all runs stands, in inches from the left."""

    places: dict[Place, tuple[float, float]] = field(default_factory=dict)
    ways: list[Way] = field(default_factory=list)
    stubs: list[Stub] = field(default_factory=list)
    bar: dict[str, tuple[float, float]] = field(default_factory=dict)

    @property
    def top(self) -> float:
        """The highest point of any bar."""
        return min((top for top, _ in self.places.values()), default=0.0)

    @property
    def bottom(self) -> float:
        """The lowest point of any bar or bend."""
        bends = [s.bottom + TURN for s in self.stubs if not s.up]
        bars = [bottom for _, bottom in (*self.places.values(), *self.bar.values())]
        return max((*bends, *bars))


def laid_out(
    flows: Flows, outcomes: Sequence[str], left: float, right: float, most: float = MOST_SCALE
) -> Streams:
    """Return where everything lies between two edges; `outcomes` from the top down.

    All runs are at most `most` inches high.
    """
    rungs = flows.rungs
    stubs = {rung: _stub_counts(flows, rung) for rung in rungs[:-1]}
    tries = [(most * 0.95**k, pitch) for pitch in PITCHES for k in range(6)]
    tries += [(most * 0.95**k, 0.0) for k in range(6, 30)]
    for scale, pitch in tries:
        gaps = [_gap(stubs.get(rung, []), scale / flows.runs, pitch) for rung in rungs]
        spare = right - left - BAR * len(rungs) - sum(gaps)
        if spare >= 0:
            break
    columns, x = {}, left
    for rung, gap in zip(rungs, gaps, strict=True):
        columns[rung] = x
        x += BAR + gap + max(spare, 0.0) / len(rungs)
    found = Streams(scale, pitch, columns, right)
    _lay(flows, list(outcomes), found)
    return found


def _stub_counts(flows: Flows, rung: int) -> list[int]:
    """Return the sizes of the ends at a column, of the place that has most of them."""
    places = [place for place in flows.counts if place[0] == rung]
    return max(([n for _, n in _stubs(flows, place)] for place in places), key=_width)


def _width(counts: list[int]) -> tuple[int, int]:
    return len(counts), sum(counts)


def _stubs(flows: Flows, place: Place) -> list[tuple[str, int]]:
    """Return the ends at a place: rare outcomes together, the rest by size, the widest last."""
    ends = {outcome: s.n for (where, outcome), s in flows.ends.items() if where == place}
    rare = {outcome for outcome, n in ends.items() if n < SMALL * flows.runs}
    found = [(outcome, n) for outcome, n in ends.items() if outcome not in rare]
    if len(rare) == 1:
        found += [(outcome, ends[outcome]) for outcome in rare]
    elif rare:
        found.append(("", sum(ends[outcome] for outcome in rare)))
    return sorted(found, key=lambda item: item[1])


def _gap(counts: list[int], per_run: float, pitch: float) -> float:
    inner = sum(max(count * per_run + STUB_GAP, pitch) for count in counts[:-1])
    width = inner + (counts[-1] * per_run + STUB_GAP if counts else 0.0)
    return max(LEAST_GAP, width + TURN + 0.16 if counts else 0.0)


def _row(place: Place) -> int:
    """Return how far above the lowest row a place lies; rare ones stand highest."""
    return 10_000 if place[1] == OTHER else place[1]


def _lay(flows: Flows, outcomes: list[str], found: Streams) -> None:
    per_run = found.scale / flows.runs
    rungs = flows.rungs
    routes = {(a, b): [r for r in rungs if a[0] < r < b[0]] for (a, b) in flows.moves}
    slots: dict[tuple[object, ...], tuple[float, float]] = {}
    base = min((_row(place) for place in flows.counts), default=0)
    for rung in rungs:
        rows: dict[int, list[tuple[tuple[object, ...], float]]] = {}
        for (a, b), between in routes.items():
            if rung in between:
                rows.setdefault(_row(b), []).append(
                    (("lane", a, b, rung), flows.moves[a, b] * per_run)
                )
        for place, count in flows.counts.items():
            if place[0] == rung:
                rows.setdefault(_row(place), []).append((("place", place), count * per_run))
        _stack(rows, base, slots)
    for key, span in slots.items():
        if key[0] == "place":
            found.places[key[1]] = span  # type: ignore[index]
    _fill_bar(flows, outcomes, found, per_run)
    _leave(flows, outcomes, found, per_run, routes, slots)


def _stack(
    rows: dict[int, list[tuple[tuple[object, ...], float]]],
    base: int,
    slots: dict[tuple[object, ...], tuple[float, float]],
) -> None:
    """Give each slot of a column its heights: the lowest row hangs from 0, others stand above."""
    y = 0.0
    for key, size in rows.get(base, []):
        slots[key] = (y, y + size)
        y += size + LANE_GAP
    y = -ROW_GAP
    for row in sorted(row for row in rows if row != base):
        for key, size in rows[row]:
            slots[key] = (y - size, y)
            y -= size + LANE_GAP
        y -= ROW_GAP - LANE_GAP


def _fill_bar(flows: Flows, outcomes: list[str], found: Streams, per_run: float) -> None:
    y = 0.0
    for outcome in outcomes:
        count = sum(s.n for (_, o), s in flows.ends.items() if o == outcome)
        found.bar[outcome] = (y, y + count * per_run)
        y += count * per_run


def _leave(
    flows: Flows,
    outcomes: list[str],
    found: Streams,
    per_run: float,
    routes: dict[tuple[Place, Place], list[int]],
    slots: dict[tuple[object, ...], tuple[float, float]],
) -> None:
    """Let streams leave each place and arrive, each in an order that keeps them from crossing."""
    last = flows.rungs[-1]
    leaving: dict[tuple[Place, Place], tuple[float, float]] = {}
    final: list[tuple[Place, str, tuple[float, float]]] = []
    base = min((_row(place) for place in flows.counts), default=0)
    for place in sorted(flows.counts):
        top, _ = found.places[place]
        upper = _row(place) != base
        stubs = _stubs(flows, place) if place[0] != last else []
        y = top + (sum(n for _, n in stubs) * per_run if upper else 0.0)
        moves = [b for (a, b) in flows.moves if a == place]
        for b in sorted(moves, key=lambda b: (-_row(b), -b[0])):
            size = flows.moves[place, b] * per_run
            leaving[place, b] = (y, y + size)
            y += size
        if place[0] == last:
            ends = {o: s.n for (where, o), s in flows.ends.items() if where == place}
            for outcome in outcomes:
                if outcome in ends:
                    final.append((place, outcome, (y, y + ends[outcome] * per_run)))
                    y += ends[outcome] * per_run
            continue
        _bend(found, place, stubs, per_run, upper=upper)
    _arrive(flows, found, per_run, routes, slots, leaving)
    taken: dict[str, float] = {}
    for place, outcome, span in sorted(final, key=lambda item: item[2]):
        size = span[1] - span[0]
        top, _ = found.bar[outcome]
        y = top + taken.get(outcome, 0.0)
        taken[outcome] = taken.get(outcome, 0.0) + size
        count = flows.ends[place, outcome].n
        found.ways.append(
            Way(
                place, outcome, count, (found.columns[place[0]] + BAR, found.end),
                (span, (y, y + size)), count < SMALL * flows.runs,
            )
        )  # fmt: skip


def _bend(
    found: Streams,
    place: Place,
    stubs: list[tuple[str, int]],
    per_run: float,
    *,
    upper: bool,
) -> None:
    """Let ends bend away, the outermost nearest to the column: down, or up from an upper row."""
    x, lead = found.columns[place[0]] + BAR, 0.02
    edge = found.places[place][0 if upper else 1]
    for outcome, count in stubs:
        size = count * per_run
        span = (edge, edge + size) if upper else (edge - size, edge)
        found.stubs.append(Stub(place, outcome, count, x, *span, lead, upper))
        edge += size if upper else -size
        lead += max(size + STUB_GAP, found.pitch)


def _arrive(
    flows: Flows,
    found: Streams,
    per_run: float,
    routes: dict[tuple[Place, Place], list[int]],
    slots: dict[tuple[object, ...], tuple[float, float]],
    leaving: dict[tuple[Place, Place], tuple[float, float]],
) -> None:
    def before(move: tuple[Place, Place]) -> float:
        """Return the height of a stream's last stop before its target."""
        between = routes[move]
        return slots["lane", *move, between[-1]][0] if between else leaving[move][0]

    arrived: dict[Place, float] = {}
    for move in sorted(flows.moves, key=before):
        a, b = move
        size = flows.moves[move] * per_run
        y = arrived.get(b, found.places[b][0])
        arrived[b] = y + size
        xs = [found.columns[a[0]] + BAR]
        heights = [leaving[move]]
        for rung in routes[move]:
            xs += [found.columns[rung], found.columns[rung] + BAR]
            heights += [slots["lane", *move, rung]] * 2
        xs.append(found.columns[b[0]])
        heights.append((y, y + size))
        small = flows.moves[move] < SMALL * flows.runs
        found.ways.append(Way(a, b, flows.moves[move], tuple(xs), tuple(heights), small))


def _eased(way: Way, i: int, part: float) -> float:
    """Return how much of the way's i-th step is done after a part of its length."""
    sinks = way.heights[i + 1][0] > way.heights[i][0] and not isinstance(way.target, str)
    late = max(part - LATE, 0.0) / (1 - LATE) if sinks else part
    return late * late * (3 - 2 * late)


def span_at(way: Way, x: float) -> tuple[float, float] | None:
    """Return the top and bottom of a way at an inch from the left, None beside it."""
    for i, (x1, x2) in enumerate(pairwise(way.xs)):
        if x1 <= x <= x2 and x2 > x1:
            eased = _eased(way, i, (x - x1) / (x2 - x1))
            one, other = way.heights[i], way.heights[i + 1]
            top, bottom = (a + (b - a) * eased for a, b in zip(one, other, strict=True))
            return top, bottom
    return None


def outline(way: Way) -> list[Point]:
    """Return the outline of a way: level at each stop, bent smoothly between two.

    One that sinks does so at its end, past the stubs that leave below it.
    """
    upper: list[Point] = []
    lower: list[Point] = []
    for i in range(len(way.xs) - 1):
        (x1, x2), (one, other) = way.xs[i : i + 2], way.heights[i : i + 2]
        for k in range(25):
            part = k / 24
            eased = _eased(way, i, part)
            x = x1 + (x2 - x1) * part
            upper.append((x, one[0] + (other[0] - one[0]) * eased))
            lower.append((x, one[1] + (other[1] - one[1]) * eased))
    return [*upper, *reversed(lower)]
