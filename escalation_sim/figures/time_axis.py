"""The time axis: ticks of a run to inches on the page, with its marks and its cuts."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from escalation_sim.figures.page import Box, line_box
from escalation_sim.figures.place import Spot, write_at_first
from escalation_sim.figures.sizes import AXIS, GRID, NOTE, TICK, Stroke
from escalation_sim.figures.words import SPACE, time_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from escalation_sim.figures.page import Page

FIRST_ENDS = (6.0, 12.0, 24.0, 48.0)
"""A short run's axis ends at the next of these hours; a longer one's at its next tick."""

VERY_LONG = 336.0
"""Hours beyond which quiet spans are cut and the ticks are days."""

QUIET_SHARE = 0.2
"""A span without events is cut if it is longer than this share of the axis."""

KEPT_SHARE = 0.035
"""Of a cut span this share of the whole axis stays at each end."""

BREAK_WIDTH = 0.1
"""Inches the paper is broken for."""

LEAST_TICK = 0.4
"""Inches between two ticks, at the least."""

TICK_ON_TOP = Stroke("tick", TICK.colour, TICK.width, layer=5.6)

_UNITS: tuple[tuple[float, float, str, tuple[int, ...]], ...] = (
    # up to this many hours, the unit in hours, its name, steps in units
    (0.05, 1 / 3600, "s", (1, 2, 5, 10, 15, 30, 60)),
    (3.0, 1 / 60, "min", (1, 2, 5, 10, 15, 30, 60)),
    (VERY_LONG, 1.0, "h", (1, 2, 3, 6, 12, 24, 48, 72)),
    (2_400.0, 24.0, "d", (1, 2, 5, 7, 14, 28)),
    (float("inf"), 168.0, "w", (1, 2, 4, 8, 13, 26, 52, 104)),
)


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time in hours."""

    begin: float
    end: float

    @property
    def length(self) -> float:
        """Hours from begin to end."""
        return self.end - self.begin


@dataclass(frozen=True, slots=True)
class TimeAxis:
    """Where a time stands on the page."""

    left: float
    right: float
    end: float
    """The last hour of the axis."""

    cuts: tuple[Span, ...]
    marks: tuple[float, ...]
    """Hours that carry a tick."""

    unit: float
    unit_name: str
    hours: Callable[[float], float]

    @property
    def scale(self) -> float:
        """Inches for an hour."""
        shown = self.end - sum(cut.length for cut in self.cuts)
        return (self.right - self.left - BREAK_WIDTH * len(self.cuts)) / shown

    def x(self, tick: float) -> float:
        """Return where a tick of the run stands, in inches from the left."""
        return self.at_hour(self.hours(tick))

    def at_hour(self, hour: float) -> float:
        """Return where an hour stands, in inches; within a cut, in the middle of the break."""
        place = self.left
        since = 0.0
        for cut in self.cuts:
            if hour <= cut.begin:
                break
            place += (cut.begin - since) * self.scale
            if hour < cut.end:
                return place + BREAK_WIDTH / 2
            place += BREAK_WIDTH
            since = cut.end
        return place + (hour - since) * self.scale

    def breaks(self) -> list[tuple[float, float, Span]]:
        """Return left and right edge of each break in inches, with the hours that are gone."""
        return [(self.at_hour(c.begin), self.at_hour(c.begin) + BREAK_WIDTH, c) for c in self.cuts]


def time_axis(
    hours: Callable[[float], float], end: int, horizon: int, events: Iterable[int], room: Span
) -> TimeAxis:
    """Return the axis for a run drawn from tick 0 to `end`, in the inches of `room`."""
    drawn, most = hours(end), hours(horizon)
    last = _end_of_axis(drawn, most, room.length)
    moments = sorted({0.0, drawn, *(hours(tick) for tick in events)})
    cuts = _cuts(moments, last) if last > VERY_LONG and len(moments) > 2 else ()
    shown = last - sum(cut.length for cut in cuts)
    unit, name, step = _step(shown, room.length - BREAK_WIDTH * len(cuts))
    count = int(last / (unit * step) + 1e-9)
    marks = [k * unit * step for k in range(count + 1)]
    kept = tuple(m for m in marks if not any(c.begin < m < c.end for c in cuts))
    return TimeAxis(room.begin, room.end, last, cuts, kept, unit, name, hours)


def _end_of_axis(drawn: float, horizon: float, width: float) -> float:
    """Return the axis' last hour: the next round one after the run's end, within the horizon."""
    rounds = [end for end in FIRST_ENDS if end >= drawn]
    if rounds:
        return min(rounds[0], horizon)
    unit, _, step = _step(drawn, width)
    count = drawn / (unit * step)
    whole = int(count) if abs(count - int(count)) < 1e-9 else int(count) + 1
    return min(whole * unit * step, horizon)


def _step(shown: float, width: float) -> tuple[float, str, int]:
    """Return the unit in hours, its name, and the step in units that keeps ticks apart."""
    unit, name, steps = next((u, n, s) for most, u, n, s in _UNITS if shown <= most)
    for step in steps:
        if width * step * unit / shown >= LEAST_TICK:
            return unit, name, step
    step = steps[-1]
    while width * step * unit / shown < LEAST_TICK:
        step *= 2
    return unit, name, step


def _cuts(moments: list[float], end: float) -> tuple[Span, ...]:
    """Return the quiet spans that are too long, without what stays of them at each end."""
    kept = KEPT_SHARE * end
    return tuple(
        Span(a + kept, b - kept) for a, b in pairwise(moments) if b - a > QUIET_SHARE * end
    )


def draw_grid(page: Page, axis: TimeAxis, top: float, bottom: float, until: float) -> None:
    """Draw the white grid on the tint, up to an inch from the left."""
    for hour in axis.marks:
        x = axis.at_hour(hour)
        if x <= until:
            page.line([(x, top), (x, bottom)], GRID)


def draw_axis(page: Page, axis: TimeAxis, y: float) -> None:
    """Draw ticks and their numbers below `y`; the last carries the unit."""
    for i, hour in enumerate(axis.marks):
        x = axis.at_hour(hour)
        page.line([(x, y + 0.02), (x, y + 0.06)], TICK)
        number = f"{round(hour / axis.unit):,}"
        last = i == len(axis.marks) - 1
        spot = Spot((x, y + 0.185), "center")
        box = write_at_first(page, number, AXIS, [spot])
        if last and box is not None:
            after = Spot((box.right, y + 0.185))
            write_at_first(page, SPACE + axis.unit_name, AXIS, [after])
    for left, right, cut in axis.breaks():
        said = f"{time_text(cut.length)} cut"
        spot = Spot(((left + right) / 2, y + 0.185), "center")
        face = NOTE.coloured(AXIS.colour)
        if page.free(line_box(spot.at, said, face, "center").grown(0.05)):
            write_at_first(page, said, face, [spot])


def draw_breaks(page: Page, axis: TimeAxis, top: float, bottom: float) -> None:
    """Break the paper where quiet time was cut out; later texts keep off it."""
    for left, right, _ in axis.breaks():
        gap = Box(left + 0.02, top - 0.02, right - 0.02, bottom + 0.02)
        page.fill(gap, GRID.colour, layer=5.5)
        for x in (gap.left, gap.right):
            page.line([(x - 0.02, bottom + 0.05), (x + 0.02, bottom - 0.05)], TICK_ON_TOP)
            page.line([(x - 0.02, top + 0.05), (x + 0.02, top - 0.05)], TICK_ON_TOP)
        page.take(gap)
