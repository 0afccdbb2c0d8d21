"""Shares over time: cumulative curves with bands, and areas of what has ended how."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matplotlib.lines import Line2D

from escalation_sim.figures import palette
from escalation_sim.figures.page import Box
from escalation_sim.figures.place import middle_baseline
from escalation_sim.figures.sizes import AXIS, PIXEL, TICK, Stroke
from escalation_sim.figures.words import SPACE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from escalation_sim.analysis.timing import Curve
    from escalation_sim.figures.page import Page, Point
    from escalation_sim.figures.shares import End
    from escalation_sim.figures.time_axis import TimeAxis

PALE_GRID = Stroke("grid", palette.HAIR, 0.7, layer=0.8)
PARTING = Stroke("grid", palette.PAPER, 0.8, layer=1.6)
BAND = 0.26
"""How much of a curve's colour fills its band."""

BAR_GAP, BAR = 0.025, 0.08
"""Inches from the plot to the bar at its end, and the bar's width."""


def draw_scale(page: Page, box: Box) -> None:
    """Draw the shares' scale, 0 to 100 %, left of a plot."""
    for share in (0, 25, 50, 75, 100):
        y = box.bottom - (box.bottom - box.top) * share / 100
        page.line([(box.left, y), (box.right, y)], PALE_GRID if share else TICK)
        unit = f"{SPACE}%" if share == 100 else ""
        page.text((box.left - 0.06, middle_baseline(y, AXIS)), f"{share}{unit}", AXIS, "right")


def draw_curve(
    page: Page, curve: Curve, axis: TimeAxis, box: Box, colour: str, width: float, *, few: bool
) -> None:
    """Draw one cumulative curve with its band; for few runs a dot for each of them."""
    height = box.bottom - box.top
    if few:
        runs = enumerate(_runs(curve), start=1)
        _dots(
            page, [(axis.at_hour(h), box.bottom - height * n / curve.of) for n, h in runs], colour
        )
        return
    steps = _steps(curve.hours, axis)
    bands = curve.bands
    low = _stair(steps, [box.bottom - height * low for low, _ in bands], axis, box.bottom)
    high = _stair(steps, [box.bottom - height * high for _, high in bands], axis, box.bottom)
    page.shade([*low, *reversed(high)], colour, BAND)
    shares = [box.bottom - height * count / curve.of for count in curve.counts]
    page.line(_stair(steps, shares, axis, box.bottom), Stroke("curve", colour, width, layer=4))


def _runs(curve: Curve) -> list[float]:
    """Return the hour of each run of a curve, in order."""
    found: list[float] = []
    for hour, count in zip(curve.hours, curve.counts, strict=True):
        found += [hour] * (count - len(found))
    return found


def _steps(hours: Sequence[float], axis: TimeAxis) -> list[tuple[float, int]]:
    """Return where a curve steps, and the number of its hour: the last step of each pixel."""
    found: list[tuple[float, int]] = []
    for k, hour in enumerate(hours):
        x = min(axis.at_hour(hour), axis.right)
        if found and x - found[-1][0] < PIXEL:
            found[-1] = (found[-1][0], k)
        else:
            found.append((x, k))
    return found


def _stair(
    steps: Sequence[tuple[float, int]], heights: Sequence[float], axis: TimeAxis, start: float
) -> list[Point]:
    """Return the corners of a stair from the axis' left to its right."""
    points: list[Point] = [(axis.left, start)]
    y = start
    for x, k in steps:
        points += [(x, y), (x, heights[k])]
        y = heights[k]
    return [*points, (axis.right, y)]


def _dots(page: Page, dots: Sequence[Point], colour: str) -> None:
    page.axes.add_line(
        Line2D(
            [x for x, _ in dots], [y for _, y in dots], linestyle="none", marker="o",
            markersize=2.6, markerfacecolor=colour, markeredgecolor=colour, zorder=4,
            gid="mark dot",
        )
    )  # fmt: skip


def draw_ends(
    page: Page,
    ends: Sequence[tuple[End, Curve]],
    axis: TimeAxis,
    box: Box,
    *,
    few: bool,
) -> list[float]:
    """Draw how runs have ended by each hour; return the middles of the bar's parts, in inches.

    Ends above the rest grow from the top down, the one below it from the bottom up; the pale space
    between them is what may still change. The bar at the end is the share in the study's table.
    """
    height = box.bottom - box.top
    page.fill(box, palette.OPEN, layer=0.5)
    rest = next((k for k, (end, _) in enumerate(ends) if end.rest), len(ends))
    above = [pair for k, pair in enumerate(ends) if k < rest]
    below = [pair for k, pair in enumerate(ends) if k > rest]
    for part, edge, sign in ((above, box.top, 1.0), (list(reversed(below)), box.bottom, -1.0)):
        hours = sorted({hour for _, curve in part for hour in curve.hours})
        steps = _steps(hours, axis)
        inner = [(axis.left, edge), (axis.right, edge)]
        for k, (end, _) in enumerate(part):
            sums = [
                edge + sign * height * sum(c.by(hour) / c.of for _, c in part[: k + 1])
                for hour in hours
            ]
            outer = _stair(steps, sums, axis, edge)
            if few:
                dots = [(axis.at_hour(h), sums[hours.index(h)]) for h in part[k][1].hours]
                _dots(page, dots, end.text)
            else:
                page.shade([*outer, *reversed(inner)], end.fill, 1.0)
                page.line(outer, PARTING)
            inner = outer
    middles = []
    y = box.top
    for end, curve in ends:
        size = height * (curve.share.share or 0.0)
        bar = Box(box.right + BAR_GAP, y, box.right + BAR_GAP + BAR, y + size)
        if size:
            page.fill(bar, end.fill, layer=2)
            page.line([(bar.left, y), (bar.right, y)], PARTING)
        middles.append(y + size / 2)
        y += size
    return middles
