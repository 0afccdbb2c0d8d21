"""The sweep figure: outcomes along one input, as levels and as paired changes, side by side."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING

from matplotlib.lines import Line2D

from escalation_sim.analysis.study import Study
from escalation_sim.analysis.sweep import sweep_of
from escalation_sim.figures import frame, glyphs, palette, sweep_axes, sweep_words
from escalation_sim.figures.dodge import dodged
from escalation_sim.figures.page import Box, line_box
from escalation_sim.figures.place import middle_baseline
from escalation_sim.figures.shares import ends_from_top, identity_of_model
from escalation_sim.figures.sizes import (
    AXIS,
    EXPLANATION,
    MARGIN,
    NOTE,
    PAGE_WIDTH,
    Stroke,
)
from escalation_sim.figures.sweep_axes import BARE, BOLD, Plot
from escalation_sim.figures.words import SPACE, counted, listed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.figure import Figure

    from escalation_sim.analysis.sweep import Sweep
    from escalation_sim.figures.page import Page, Point
    from escalation_sim.figures.shares import End

PLOT_HEIGHT = 2.62
HEAD_ROOM, FOOT_ROOM = 0.52, 0.52
"""Inches above a plot (its name, names of upright lines) and below it (axis, its name)."""

LEVELS = (MARGIN + 0.42, 3.32)
CHANGES = (3.92, 5.72)
"""Left and right of the two plots, in inches."""

MOST_NAMED = 7
"""Most outcomes named beside the changes; others are grey and named below."""

PALE_GRID = Stroke("grid", palette.HAIR, 0.7, layer=0.8)
ZERO = Stroke("frame", palette.THIRD, 0.9, layer=3)
PARTING = Stroke("grid", palette.PAPER, 0.8, layer=1.6)
BAND = 0.22
DARK = 55.0
"""Lightness of a fill below which text on it is white, else ink."""


NOTE_ROOM = 0.95 * frame.ROOM
"""Inches for a line of remarks; on a screen, hinting can make a long one a little wider."""


def sweep_figure(found: Study | Sweep) -> Figure:
    """Return the picture of a sweep, 7.2 inches wide.

    Left the mix of outcomes along the input, right the change of each against the scenario as
    written, on the same random numbers; an upright line where one outcome overtakes another. A
    study keeps no single runs, so its replications are run once more. Raises UsageError for one
    that is no sweep along one input of numbers.
    """
    sweep = sweep_of(found) if isinstance(found, Study) else found
    ends = _ends(sweep)
    names, replaced = _names(sweep, ends)
    notes = _notes(sweep, ends, replaced)
    lines = [line for note in notes for line in glyphs.wrap(note, BARE, NOTE_ROOM) or []]
    identity = identity_of_model(sweep.model, sweep_words.draw_text(sweep), sweep_words.note(sweep))
    header = frame.header_of(
        f"{sweep.model.title} · {len(sweep.steps)} values × {counted(sweep.runs, 'run')}",
        sweep_words.titles(sweep),
        sweep_words.explanations(sweep),
        f"{len(sweep.steps)} values × {counted(sweep.runs, 'run')}",
    )
    room = frame.footer_height(identity) + len(lines) * NOTE.line + 0.08
    height = max(header.bottom + HEAD_ROOM + PLOT_HEIGHT + FOOT_ROOM + room, 4.4)
    page = frame.begin(identity, header, height)
    top = header.bottom + HEAD_ROOM
    bottom = height - room - FOOT_ROOM
    values = sweep.steps[0].value, sweep.steps[-1].value
    levels = Plot(Box(LEVELS[0], top, LEVELS[1], bottom), *values)
    changes = Plot(Box(CHANGES[0], top, CHANGES[1], bottom), *values)
    _draw_levels(page, levels, sweep, ends)
    _draw_changes(page, changes, sweep, ends)
    for plot, name in ((levels, "Mix of outcomes"), (changes, "Change in points, same seeds")):
        sweep_axes.draw_axis(page, plot, sweep)
        sweep_axes.draw_upright(page, plot, sweep)
        page.text((plot.box.left, top - 0.33), name, EXPLANATION.in_bold().coloured(palette.INK))
        sweep_axes.name_upright(page, plot, sweep)
    _print_equal_shares(page, levels, sweep, ends)
    _name_segments(page, levels, sweep, ends)
    _name_lines(page, changes, sweep, ends, names)
    page.lines((MARGIN, height - room), [(line, BARE) for line in lines])
    return page.figure


# names


def _notes(sweep: Sweep, ends: Sequence[End], replaced: Sequence[tuple[str, str]]) -> list[str]:
    notes = []
    bounded = [o for o in sweep.overtakings if o.bounded]
    others = [sweep_words.overtaking_text(o, sweep) for o in bounded[1:3]]
    if others:
        more = len(bounded) - 3
        rest = f"; and {more} more" if more > 0 else ""
        notes.append(f"Also: {'; '.join(others)}{rest}.")
    unnamed = [e.label for e in ends if e.id not in _named(sweep, ends)]
    if unnamed:
        notes.append(f"Grey, without a name: {listed(unnamed)}.")
    if replaced:
        notes.append("; ".join(f"{short}: {full}" for short, full in replaced) + ".")
    return notes


def _ends(sweep: Sweep) -> list[End]:
    """Return the outcomes that any run has, from the top down."""
    alive = {
        id_
        for shares in (sweep.shares, *(s.shares for s in sweep.steps))
        for id_, share in shares.items()
        if share.count
    }
    return [e for e in ends_from_top(sweep.model, sweep.shares) if e.id in alive]


def _names(sweep: Sweep, ends: Sequence[End]) -> tuple[dict[str, list[str]], list[tuple[str, str]]]:
    """Return how outcomes are named beside their lines, and what stands for what."""
    room = PAGE_WIDTH - MARGIN - CHANGES[1] - 0.12
    named = _named(sweep, ends)
    found, replaced = {}, []
    for number, end in enumerate(ends, 1):
        if end.id not in named:
            continue
        lines = glyphs.first_that_fits([end.label, end.short], BOLD, room, 2)
        if not lines:
            lines = [f"Outcome {number}"]
            replaced.append((lines[0], end.label))
        found[end.id] = lines
    return found, replaced


def _named(sweep: Sweep, ends: Sequence[End]) -> set[str]:
    """Return the outcomes that change most."""

    def most(end: End) -> float:
        return max(abs(s.against[end.id].difference or 0.0) for s in sweep.steps)

    return {e.id for e in sorted(ends, key=most, reverse=True)[:MOST_NAMED]}


# levels


def _edges(plot: Plot, sweep: Sweep, ends: Sequence[End]) -> list[list[Point]]:
    """Return the lines between the areas from the top of the plot down, first and last included."""
    height = plot.box.bottom - plot.box.top
    found: list[list[Point]] = [[] for _ in range(len(ends) + 1)]
    for step in sweep.steps:
        y = plot.box.top
        found[0].append((plot.x(step.value), y))
        for k, end in enumerate(ends, 1):
            y += height * (step.shares[end.id].share or 0.0)
            found[k].append((plot.x(step.value), y))
    return found


def _draw_levels(page: Page, plot: Plot, sweep: Sweep, ends: Sequence[End]) -> None:
    edges = _edges(plot, sweep, ends)
    for k, end in enumerate(ends):
        page.shade([*edges[k], *reversed(edges[k + 1])], end.fill, 1.0)
        if k:
            page.line(edges[k], PARTING)
    box = plot.box
    for share in (0, 25, 50, 75, 100):
        y = box.bottom - (box.bottom - box.top) * share / 100
        unit = f"{SPACE}%" if share == 100 else ""
        page.text((box.left - 0.06, middle_baseline(y, AXIS)), f"{share}{unit}", AXIS, "right")


def _heights(
    plot: Plot, sweep: Sweep, ends: Sequence[End], k: int, left: float, right: float
) -> tuple[float, float]:
    """Return the highest top and the lowest bottom of an area between two places."""
    upper, lower = (_edges(plot, sweep, ends)[i] for i in (k, k + 1))
    xs = [left, right, *(x for x, _ in upper if left < x < right)]
    return max(_along(upper, x) for x in xs), min(_along(lower, x) for x in xs)


def _along(line: Sequence[Point], x: float) -> float:
    for (x1, y1), (x2, y2) in pairwise(line):
        if x1 <= x <= x2:
            return y1 + (y2 - y1) * (x - x1) / (x2 - x1) if x2 > x1 else y1
    return line[0][1] if x < line[0][0] else line[-1][1]


def _on(end: End) -> str:
    return palette.PAPER if palette.lightness(end.fill) < DARK else palette.INK


def _name_segments(page: Page, plot: Plot, sweep: Sweep, ends: Sequence[End]) -> None:
    """Write each outcome into its area where it fits best, on one line or two, if it fits."""
    for k, end in enumerate(ends):
        face = BOLD.coloured(_on(end))
        shapes = [[end.label], *_on_two_lines(end.label), [end.short]]
        for lines in shapes:
            size = glyphs.widest(lines, BOLD) + 0.06, len(lines) * BOLD.line + 0.02
            box = next((b for b in _places(plot, sweep, ends, k, size) if page.free(b)), None)
            if box is not None:
                page.lines((box.left + 0.03, box.top), [(line, face) for line in lines])
                break


def _on_two_lines(text: str) -> list[list[str]]:
    room = 0.62 * glyphs.width(text, BOLD)
    lines = glyphs.wrap(text, BOLD, room, 2)
    return [lines] if lines and " ".join(lines) == glyphs.shown(text) else []


def _places(plot: Plot, sweep: Sweep, ends: Sequence[End], k: int, size: Point) -> list[Box]:
    """Return rectangles of a size within an area, from the roomiest place on."""
    width, height = size
    found = []
    x = plot.box.left + 0.05
    while x + width < plot.box.right - 0.02:
        top, bottom = _heights(plot, sweep, ends, k, x, x + width)
        if bottom - top > height:
            y = (top + bottom - height) / 2
            found.append((bottom - top, Box(x, y, x + width, y + height)))
        x += 0.08
    return [box for _, box in sorted(found, key=lambda place: -place[0])]


def _print_equal_shares(page: Page, plot: Plot, sweep: Sweep, ends: Sequence[End]) -> None:
    """Print both shares beside the line where they are equal, so that the eye can check."""
    flip = sweep_words.flip_of(sweep)
    if flip is None:
        return
    text = f"{100 * flip.share:.0f}{SPACE}%"
    width = glyphs.width(text, BOLD)
    for k, end in enumerate(ends):
        if end.id not in (flip.before, flip.after):
            continue
        for left in (plot.x(flip.at) - width - 0.06, plot.x(flip.at) + 0.06):
            if left < plot.box.left or left + width > plot.box.right:
                continue
            top, bottom = _heights(plot, sweep, ends, k, left, left + width)
            spot = (left, middle_baseline((top + bottom) / 2, BOLD))
            if bottom - top > BOLD.line and page.free(line_box(spot, text, BOLD)):
                page.text(spot, text, BOLD.coloured(_on(end)))
                break


# changes


def _reach(sweep: Sweep, ends: Sequence[End]) -> tuple[float, float]:
    lows = [s.against[e.id].low for s in sweep.steps for e in ends]
    highs = [s.against[e.id].high for s in sweep.steps for e in ends]
    return min(-0.01, *lows), max(0.01, *highs)


def _y(plot: Plot, sweep: Sweep, ends: Sequence[End], change: float) -> float:
    low, high = _reach(sweep, ends)
    return plot.box.bottom - (plot.box.bottom - plot.box.top) * (change - low) / (high - low)


def _draw_changes(page: Page, plot: Plot, sweep: Sweep, ends: Sequence[End]) -> None:
    low, high = _reach(sweep, ends)
    step = sweep_axes.nice((high - low) / 7)
    for k in range(math.ceil(low / step), math.floor(high / step) + 1):
        y = _y(plot, sweep, ends, k * step)
        page.line([(plot.box.left, y), (plot.box.right, y)], PALE_GRID if k else ZERO)
        said = f"{100 * k * step:+.6g}".replace("-", "−") if k else "0"
        page.text((plot.box.left - 0.06, middle_baseline(y, AXIS)), said, AXIS, "right")
    named = _named(sweep, ends)
    for end in ends:
        colour = end.text if end.id in named else palette.THIRD
        against = [(plot.x(s.value), s.against[end.id]) for s in sweep.steps]
        lower = [(x, _y(plot, sweep, ends, a.low)) for x, a in against]
        upper = [(x, _y(plot, sweep, ends, a.high)) for x, a in against]
        middle = [(x, _y(plot, sweep, ends, a.difference or 0.0)) for x, a in against]
        page.shade([*lower, *reversed(upper)], colour, BAND)
        page.line(middle, Stroke("curve", colour, 1.9 if end.id in named else 0.9, layer=4))
        page.axes.add_line(
            Line2D(
                [x for x, _ in middle],
                [y for _, y in middle],
                linestyle="none",
                marker="o",
                markersize=2.8,
                markerfacecolor=colour,
                markeredgecolor=palette.PAPER,
                markeredgewidth=0.4,
                zorder=4.2,
                gid="mark dot",
            )
        )


def _name_lines(
    page: Page, plot: Plot, sweep: Sweep, ends: Sequence[End], names: dict[str, list[str]]
) -> None:
    last = sweep.steps[-1].against
    told = [e for e in ends if e.id in names]
    wanted = [_y(plot, sweep, ends, last[e.id].difference or 0.0) for e in told]
    heights = [(len(names[e.id]) + 1) * NOTE.line + 0.05 for e in told]
    middles = dodged(wanted, heights, plot.box.top - 0.1, plot.box.bottom + 0.35)
    x = plot.box.right + 0.12
    for end, y, at, height in zip(told, middles, wanted, heights, strict=True):
        if abs(y - at) > 0.06:
            page.line([(plot.box.right + 0.02, at), (x - 0.03, y)], _leader(end))
        change = last[end.id]
        said = _change(change.difference or 0.0, change.low, change.high)
        lines = [(line, BOLD.coloured(end.text)) for line in names[end.id]]
        page.lines((x, y - (height - 0.05) / 2), [*lines, (said, BARE)])


def _leader(end: End) -> Stroke:
    return Stroke("frame", end.text, 0.6, layer=3)


def _change(difference: float, low: float, high: float) -> str:
    digits = 0 if max(abs(difference), high - low) >= 0.1 else 1
    one, two, three = (f"{100 * v:+.{digits}f}".replace("-", "−") for v in (difference, low, high))
    return f"{one} ({two} to {three})"
