"""The paired difference: what a change changes, outcome by outcome and rung by rung."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from escalation_sim.figures import frame, glyphs, palette
from escalation_sim.figures.labels import Labels, Name
from escalation_sim.figures.page import Box
from escalation_sim.figures.place import Spot, middle_baseline, write_at_first
from escalation_sim.figures.shares import (
    BRACKETS,
    MOST_REMARKS,
    identity_of_comparison,
    share_text,
    sides_of,
)
from escalation_sim.figures.sizes import (
    AXIS,
    LABEL,
    MARGIN,
    MOST_HEIGHT,
    NOTE,
    PAGE_WIDTH,
    TICK,
    Stroke,
)
from escalation_sim.figures.words import SPACE, capital, clean, counted

if TYPE_CHECKING:
    from collections.abc import Callable

    from matplotlib.figure import Figure

    from escalation_sim.analysis.comparison import Comparison, ShareChange
    from escalation_sim.figures.page import Page

MOST_ROWS = 24
ROW, HEAD = 0.21, 0.25
"""Inches of a row, and of the head of a group of rows."""

PLOT = (2.45, 4.5)
"""Inches from the left between which differences are drawn."""

SHARES, WORD, MOVED = 5.72, 5.8, PAGE_WIDTH - MARGIN
"""Right edge of the shares, left edge of the word, right edge of the counts, in inches."""

OUTCOMES = "Outcomes"

ZERO = Stroke("zero", palette.THIRD, 0.9, layer=2)
BAR = Stroke("interval", palette.INK, 1.5, layer=4)
FAINT = Stroke("grid", palette.HAIR, 0.7, layer=0.8)


@dataclass(frozen=True, slots=True)
class Row:
    """One share on both sides; `colour` is that of its name."""

    group: str
    name: Name
    change: ShareChange
    colour: str


def difference_figure(found: Comparison) -> Figure:
    """Return the paired differences of a comparison, second side less first, with intervals."""
    every = _rows(found)
    note = f"Bars: {BRACKETS}, paired on the same random numbers. Words: {found.scale.name}."
    identity = identity_of_comparison(found, f"{_sides_text(found)}. {note}")
    header = frame.header_of(
        f"{found.first.title} · {counted(found.pairs, 'pair')} of runs",
        _titles(every),
        [
            "Change in points, second side less first. Gained and lost count single runs.",
            "Change in points, second side less first.",
        ],
        counted(found.pairs, "pair"),
    )
    top = header.bottom + 0.22
    rows = _that_fit(every, MOST_HEIGHT - top - 0.75 - frame.footer_height(identity))
    names = Labels(two_lines=True, room=PLOT[0] - MARGIN - 0.5, face=NOTE)
    labels = [names.lines(row.name) for row in rows]
    remarks = _remarks(len(every) - len(rows), names)
    bottom = top + _height(rows)
    height = bottom + 0.42 + len(remarks) * NOTE.line + frame.footer_height(identity)
    page = frame.begin(identity, header, max(height, 4.4), key=False)
    _draw(page, rows, labels, top, bottom)
    second = NOTE.coloured(palette.SECOND)
    page.lines((MARGIN, bottom + 0.32), [(text, second) for text in remarks])
    return page.figure


def _rows(found: Comparison) -> list[Row]:
    """Return a row for each outcome and rung that any run has, in order."""
    rows = [
        Row(OUTCOMES, Name(change.first.label, "", "an outcome"), change, palette.INK)
        for change in found.outcomes.values()
        if change.first.count or change.second.count
    ]
    ladders = [ladder for _, ladder in found.first.ladders]
    sides = sides_of(found.first)
    for i, ladder in enumerate(ladders):
        side = palette.INK
        if sides and i in (sides.up, sides.down):
            side = palette.UP_TEXT if i == sides.up else palette.DOWN_TEXT
        for level, rung in enumerate(ladder.levels):
            change_ = found.rungs.get(f"{ladder.id}.{rung}")
            if level == 0 or change_ is None or not (change_.first.count or change_.second.count):
                continue
            name = Name(ladder.level_labels[level], ladder.level_shorts[level], f"rung {level}")
            rows.append(Row(clean(ladder.label), name, change_, side))
    return rows


def _height(rows: list[Row]) -> float:
    return HEAD * len({row.group for row in rows}) + ROW * len(rows)


def _that_fit(rows: list[Row], room: float) -> list[Row]:
    """Return the rows that fit into some inches: those of the largest differences, in order."""
    ranked = sorted(rows, key=lambda row: -abs(row.change.difference or 0.0))[:MOST_ROWS]
    while len(ranked) > 1 and _height(ranked) > room:
        ranked.pop()
    return [row for row in rows if row in ranked]


def _sides_text(found: Comparison) -> str:
    return f"First: {clean(found.names[0])}; second: {clean(found.names[1])}"


def _titles(rows: list[Row]) -> list[str]:
    """Return forms of the finding: the largest difference that its interval tells from zero."""
    sure = [row for row in rows if row.change.low > 0 or row.change.high < 0]
    if not sure:
        return [
            "No share differs by more than the sampling of runs can tell",
            "No share differs for sure",
        ]
    sure = [row for row in sure if row.group == OUTCOMES] or sure
    best = max(sure, key=lambda row: abs(row.change.difference or 0.0))
    how = "more" if (best.change.difference or 0.0) > 0 else "less"
    points = abs(100 * (best.change.difference or 0.0))
    ways = [best.name.label, best.name.short] if best.name.short else [best.name.label]
    forms = [f"{capital(way)}: {points:.1f} points {how} on the second side" for way in ways]
    return [*forms, f"One share differs by {points:.1f} points"]


def _remarks(left_out: int, names: Labels) -> list[str]:
    said = []
    if left_out:
        said.append(f"{counted(left_out, 'smaller difference')} not drawn.")
    if names.replaced:
        said.append(names.full_names())
    return [
        line for text in said for line in glyphs.wrap(text, NOTE, frame.ROOM, MOST_REMARKS) or []
    ]


def _draw(page: Page, rows: list[Row], labels: list[list[str]], top: float, bottom: float) -> None:
    reach = max((abs(x) for row in rows for x in (row.change.low, row.change.high)), default=0.01)
    step = _step(100 * reach)
    most = step * math.ceil(100 * reach / step - 1e-9)
    left, right = PLOT

    def x_of(points: float) -> float:
        return left + (right - left) * (points + most) / (2 * most)

    for k in range(-round(most / step), round(most / step) + 1):
        x = x_of(k * step)
        page.line([(x, top - 0.02), (x, bottom)], ZERO if k == 0 else FAINT)
        page.line([(x, bottom + 0.02), (x, bottom + 0.05)], TICK)
        page.text((x, bottom + 0.16), _signed(k * step, 0 if step >= 1 else 1), AXIS, "center")
    second = NOTE.coloured(palette.SECOND)
    page.text((right + 0.16, bottom + 0.16), "points", second)
    page.text((SHARES, top - 0.05), "first → second", second, "right")
    page.text((WORD, top - 0.05), "in words", second)
    page.text((MOVED, top - 0.05), "gained, lost", second, "right")
    y, group = top, ""
    for row, lines in zip(rows, labels, strict=True):
        if row.group != group:
            group = row.group
            head = Labels(two_lines=False, room=left - MARGIN - 0.1, face=LABEL.in_bold())
            (shown,) = head.lines(Name(group, "", "Ladder"))
            page.text((MARGIN, y + 0.17), shown, LABEL.in_bold())
            y += HEAD
        _draw_row(page, row, lines, y + ROW / 2, (x_of, right))
        y += ROW


def _draw_row(
    page: Page, row: Row, lines: list[str], y: float, scale: tuple[Callable[[float], float], float]
) -> None:
    x_of, right = scale
    change = row.change
    low, middle, high = (
        x_of(100 * (x or 0.0)) for x in (change.low, change.difference, change.high)
    )
    page.line([(low, y), (high, y)], BAR)
    page.fill(Box(middle - 0.035, y - 0.05, middle + 0.035, y + 0.05), palette.INK, layer=4.5)
    page.take(Box(middle - 0.035, y - 0.05, middle + 0.035, y + 0.05))
    face = NOTE.coloured(row.colour)
    page.lines(
        (MARGIN + 0.1, y + 0.012 - len(lines) * face.line / 2), [(line, face) for line in lines]
    )
    base = middle_baseline(y, NOTE)
    said = _signed(100 * (change.difference or 0.0), 1)
    page.text((right + 0.5, base), said, NOTE.in_bold(), "right")
    first, second = (_short(side.count, side.of) for side in (change.first, change.second))
    page.text((SHARES, base), f"{first} → {second}", NOTE, "right")
    word = Spot((WORD, base))
    write_at_first(page, change.second.word, NOTE.coloured(palette.SECOND), [word])
    moved = f"{change.gained:,}, {change.lost:,}"
    write_at_first(page, moved, NOTE, [Spot((MOVED, base), "right")])


def _short(count: int, of: int) -> str:
    """Return a share where it stands in a narrow column: none and all as 0 and 100."""
    if count in (0, of):
        return f"{0 if count == 0 else 100}{SPACE}%"
    return share_text(count, of)


def _step(most: float) -> float:
    """Return a round distance of ticks so that a side has at most three of them."""
    size = 10.0 ** math.floor(math.log10(max(most, 0.05) / 3))
    return next(size * k for k in (1, 2, 5, 10) if size * k * 3 >= max(most, 0.05) - 1e-9)


def _signed(number: float, digits: int) -> str:
    """Return a number with its sign, a true minus; zero has none."""
    shown = f"{abs(number):.{digits}f}"
    if not float(shown):
        return "0" if digits == 0 else shown
    return ("+" if number > 0 else "−") + shown
