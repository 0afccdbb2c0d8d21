"""The tornado figure: how far each input moves a share, and which inputs change its word."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from escalation_sim.figures import frame, glyphs, palette, tornado_words
from escalation_sim.figures.labels import Labels, Name
from escalation_sim.figures.page import Box, line_box
from escalation_sim.figures.place import middle_baseline
from escalation_sim.figures.shares import identity_of_model, share_text
from escalation_sim.figures.sizes import (
    AXIS,
    LABEL,
    LEAST_HEIGHT,
    MARGIN,
    MOST_HEIGHT,
    NOTE,
    PAGE_WIDTH,
    TICK,
    Stroke,
)
from escalation_sim.figures.words import SPACE, clean, counted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.figure import Figure

    from escalation_sim.analysis.tornado import Bar, End, Tornado
    from escalation_sim.analysis.variance import Variance
    from escalation_sim.figures.page import Page

ROW, TALL_ROW = 0.235, 0.275
"""Inches from one bar to the next; the second where labels take two lines."""

BAR = 0.135
TOP_ROOM, BOTTOM_ROOM = 0.62, 0.3
"""Inches above the first row (base, words) and below the last one (axis)."""

END_ROOM = 1.15
"""Most inches a text at a bar's end may take."""

GAP = 0.05
RANGE_COLUMN, VARIANCE_COLUMN = 0.72, 0.62

BASE = Stroke("base", palette.INK, 1.6, layer=5)
EDGE = Stroke("frame", palette.UP, 1.1, layer=3.2)
WHISKER = Stroke("frame", palette.INK, 0.8, layer=4)
BORDER = Stroke("grid", palette.RULE, 0.7, layer=1)
TINT = 0.1

_SHORTER = {"roughly even chance": "even chance"}

BARE = NOTE.coloured(palette.SECOND)

NOTE_ROOM = 0.95 * frame.ROOM
"""Inches for a line of remarks; on a screen, hinting can make a long one a little wider."""


@dataclass(frozen=True, slots=True)
class Scale:
    """From shares to inches."""

    low: float
    high: float
    left: float
    right: float

    def at(self, share: float) -> float:
        """Return where a share stands, in inches from the left."""
        return self.left + (self.right - self.left) * (share - self.low) / (self.high - self.low)


@dataclass(frozen=True, slots=True)
class Tip:
    """What stands at one end of a bar: its text, where the end and its interval are."""

    text: str
    share: float
    reach: float
    bold: bool


@dataclass(frozen=True, slots=True)
class Row:
    """One bar with its tips; either may have no text."""

    bar: Bar
    label: list[str]
    left: Tip
    right: Tip


def tornado_figure(tornado: Tornado, variance: Variance | None = None) -> Figure:
    """Return the picture of a tornado, 7.2 inches wide and 4.4 to 6.6 high.

    With the variance of the same target, each input's first-order part stands in a column.
    """
    labels = Labels(two_lines=True)
    moving = [bar for bar in tornado.bars if bar.reach > 0]
    tips: dict[str, str] = {}
    identity = identity_of_model(
        tornado.model, tornado_words.draw_text(tornado), tornado_words.note(tornado, variance)
    )
    header = frame.header_of(
        f"{tornado.model.title} · one input at a time, {counted(tornado.runs, 'run')} each",
        tornado_words.titles(tornado),
        tornado_words.explanations(tornado),
        "One input at a time",
    )
    below = frame.footer_height(identity) + BOTTOM_ROOM + 3.2 * NOTE.line
    room = MOST_HEIGHT - header.bottom - TOP_ROOM - below
    shown = moving[: int(room / TALL_ROW)]
    rows = [
        Row(
            bar,
            labels.lines(Name(bar.input.label, bar.input.short, f"Input {number}")),
            *_tips(bar, tips),
        )
        for number, bar in enumerate(shown, 1)
    ]
    notes = tornado_words.notes(tornado, len(rows), labels.full_names(), tips, variance)
    lines = [line for note in notes for line in glyphs.wrap(note, BARE, NOTE_ROOM) or []]
    pitch = TALL_ROW if any(len(r.label) > 1 for r in rows) else ROW
    below += (len(lines) - 3.2) * NOTE.line + (0.06 if lines else 0)
    height = header.bottom + TOP_ROOM + max(len(rows), 1) * pitch + below
    height = min(max(height, LEAST_HEIGHT), max(MOST_HEIGHT, height))
    if rows:
        spare = height - header.bottom - TOP_ROOM - below
        pitch = min(spare / len(rows), 0.36)
    page = frame.begin(identity, header, height)
    columns = RANGE_COLUMN + (VARIANCE_COLUMN if variance else 0.0)
    left = MARGIN + max(labels.used, 0.6) + 0.14
    scale = _scale(tornado, rows, left, PAGE_WIDTH - MARGIN - columns)
    top = header.bottom + TOP_ROOM
    bottom = top + max(len(rows), 1) * pitch
    _Drawing(page, tornado, variance, scale, left - 0.1, top, pitch).draw(rows, bottom)
    page.lines(
        (MARGIN, height - frame.footer_height(identity) - len(lines) * NOTE.line - 0.04),
        [(line, BARE) for line in lines],
    )
    return page.figure


def _tips(bar: Bar, texts: dict[str, str]) -> tuple[Tip, Tip]:
    """Return what stands at the left and the right end of a bar."""
    base = bar.base.share or 0.0
    ends = sorted(bar.ends, key=lambda end: end.share.share or 0.0)
    below = [e for e in ends if (e.share.share or 0.0) < base]
    above = [e for e in reversed(ends) if (e.share.share or 0.0) > base]
    same = [e for e in ends if e not in below and e not in above]
    if not below and same:
        below = same[:1]
    elif not above and same:
        above = same[:1]
    return _tip(bar, below, base, -1, texts), _tip(bar, above, base, 1, texts)


def _tip(bar: Bar, ends: Sequence[End], base: float, side: int, texts: dict[str, str]) -> Tip:
    if not ends:
        return Tip("", base, base, bold=False)
    end = ends[0]
    share = end.share.share or 0.0
    bound = base + (end.low if side < 0 else end.high)
    text = clean(end.text).replace(" ", SPACE)
    if len(ends) > 1 and bar.input.kind != "reading":
        other = ends[1]
        text += f" ({clean(other.text)}: {share_text(other.share.count, other.share.of)})"
    if glyphs.width(text, NOTE.in_bold()) > END_ROOM:
        stand_in = f"see{SPACE}{len(texts) + 1}"
        texts[stand_in] = text
        text = stand_in
    reach = max(share, min(bound, 1.0)) if side > 0 else min(share, max(bound, 0.0))
    if share == base:
        reach = base
    return Tip(text, share, reach, bold=end.share.word != bar.base.word)


def _scale(tornado: Tornado, rows: Sequence[Row], left: float, right: float) -> Scale:
    """Return the scale on which all bars and the texts at their ends have room."""
    base = tornado.base.share or 0.0
    low = min((r.left.reach for r in rows), default=base)
    high = max((r.right.reach for r in rows), default=base)
    if high - low < 0.02:
        low, high = max(0.0, base - 0.05), min(1.0, base + 0.05)
    step = _step(high - low)
    least, most = max(0.0, step * int(low / step)), min(1.0, step * (1 + int(high / step - 1e-9)))
    before = max((glyphs.width(r.left.text, NOTE.in_bold()) for r in rows), default=0.0)
    after = max((glyphs.width(r.right.text, NOTE.in_bold()) for r in rows), default=0.0)
    scale = Scale(least, most, left + before + 2 * GAP, right - after - 2 * GAP)
    # texts of short bars need no room at the scale's ends
    spare_left = min(
        (scale.at(r.left.reach) - glyphs.width(r.left.text, NOTE.in_bold()) - left for r in rows),
        default=0.0,
    )
    spare_right = min(
        (
            right - scale.at(r.right.reach) - glyphs.width(r.right.text, NOTE.in_bold())
            for r in rows
        ),
        default=0.0,
    )
    return Scale(
        least,
        most,
        max(scale.left - max(spare_left - 2 * GAP, 0.0), left + 0.1),
        min(scale.right + max(spare_right - 2 * GAP, 0.0), right - 0.1),
    )


def _step(width: float) -> float:
    return next((s for s in (0.01, 0.02, 0.05, 0.1, 0.2) if width / s <= 7), 0.25)


@dataclass(frozen=True, slots=True)
class _Drawing:
    page: Page
    tornado: Tornado
    variance: Variance | None
    scale: Scale
    labels_right: float
    top: float
    pitch: float

    def draw(self, rows: Sequence[Row], bottom: float) -> None:
        """Draw bars, texts, borders of words, the base and the axis."""
        base = self.scale.at(self.tornado.base.share or 0.0)
        boxes = [self._row(row, self.top + (k + 0.5) * self.pitch) for k, row in enumerate(rows)]
        self._words(base, boxes, bottom)
        self.page.line([(base, self.top - 0.38), (base, bottom)], BASE)
        self._base_label(base)
        self._axis(bottom)
        self._heads()

    def _row(self, row: Row, y: float) -> list[Box]:
        """Draw one row; return the boxes of the texts at the bar's ends."""
        page, scale = self.page, self.scale
        low, high = row.bar.shares
        box = Box(scale.at(low), y - BAR / 2, scale.at(high), y + BAR / 2)
        corners = [
            (box.left, box.top),
            (box.right, box.top),
            (box.right, box.bottom),
            (box.left, box.bottom),
        ]
        assumed = row.bar.input.assumed
        if assumed:
            page.fill(box, palette.PAPER, layer=1.1)
            page.shade(corners, palette.UP, TINT)
        else:
            page.fill(box, palette.UP, layer=3)
        page.line([*corners, corners[0]], EDGE.as_dashed(assumed))
        found = []
        for tip, side in ((row.left, -1), (row.right, 1)):
            if tip.reach != tip.share:
                page.line([(scale.at(tip.share), y), (scale.at(tip.reach), y)], WHISKER)
            if tip.text:
                face = NOTE.in_bold() if tip.bold else BARE
                at = scale.at(tip.reach) + side * GAP
                align = "left" if side > 0 else "right"
                spot = (at, middle_baseline(y, face))
                found.append(page.text(spot, tip.text, face, align))  # type: ignore[arg-type]
        lines = row.label
        for k, line in enumerate(lines):
            at = y + (k - (len(lines) - 1) / 2) * LABEL.line
            page.text((self.labels_right, middle_baseline(at, LABEL)), line, LABEL, "right")
        self._columns(row, y)
        return found

    def _columns(self, row: Row, y: float) -> None:
        low, high = (round(100 * s) for s in row.bar.shares)
        fine = high - low < 1
        said = (
            f"{100 * row.bar.shares[0]:.1f}–{100 * row.bar.shares[1]:.1f}{SPACE}%"
            if fine
            else f"{low}–{high}{SPACE}%"
        )
        x = PAGE_WIDTH - MARGIN - (VARIANCE_COLUMN if self.variance else 0.0)
        self.page.text((x, middle_baseline(y, NOTE)), said, NOTE, "right")
        index = self.variance.index(row.bar.input.name) if self.variance else None
        if index is not None and index.first.value is not None:
            part = index.first.value
            text = f"<{SPACE}1{SPACE}%" if part < 0.005 else f"{100 * part:.0f}{SPACE}%"
            spot = (PAGE_WIDTH - MARGIN, middle_baseline(y, NOTE))
            self.page.text(spot, text, NOTE, "right")

    def _heads(self) -> None:
        y = middle_baseline(self.top - 0.14, BARE)
        x = PAGE_WIDTH - MARGIN - (VARIANCE_COLUMN if self.variance else 0.0)
        self.page.text((x, y), "range", BARE, "right")
        if self.variance:
            self.page.text((PAGE_WIDTH - MARGIN, y), "variance", BARE, "right")

    def _base_label(self, x: float) -> None:
        share = self.tornado.base
        face = NOTE.in_bold()
        text = f"as written {share_text(share.count, share.of)}"
        half = glyphs.width(text, face) / 2
        x = min(max(x, MARGIN + half), PAGE_WIDTH - MARGIN - half)
        self.page.text((x, self.top - 0.44), text, face, "center")

    def _words(self, base: float, boxes: Sequence[Sequence[Box]], bottom: float) -> None:
        """Write the scale's words over the plot, and draw where one gives way to the next."""
        scale = self.scale
        borders = [s for s, _ in self.tornado.scale.steps if scale.low < s < scale.high]
        for share in borders:
            self._border(scale.at(share), boxes, bottom)
        edges = [scale.low, *borders, scale.high]
        for low, high in pairwise(edges):
            word = self.tornado.scale.word((low + high) / 2)
            parts = [(scale.at(low), scale.at(high))]
            if parts[0][0] < base < parts[0][1]:
                parts = [(parts[0][0], base), (base, parts[0][1])]
            left, right = max(parts, key=lambda part: part[1] - part[0])
            self._word(word, left, right)

    def _word(self, word: str, left: float, right: float) -> None:
        for text in (word, _SHORTER.get(word, "")):
            lines = glyphs.wrap(text, BARE, right - left - 0.06, 2) if text else None
            if lines and " ".join(lines) == text:
                top = self.top - 0.14 - len(lines) * BARE.line / 2
                self.page.lines(((left + right) / 2, top), [(t, BARE) for t in lines], "center")
                return

    def _border(self, x: float, boxes: Sequence[Sequence[Box]], bottom: float) -> None:
        """Draw a border of two words, but not through the texts at the ends of bars."""
        self.page.line([(x, self.top - 0.28), (x, self.top)], BORDER)
        for k, texts in enumerate(boxes):
            if not any(t.left - 0.02 < x < t.right + 0.02 for t in texts):
                y = self.top + k * self.pitch
                self.page.line([(x, y), (x, min(y + self.pitch, bottom))], BORDER)

    def _axis(self, bottom: float) -> None:
        scale = self.scale
        step = _step(scale.high - scale.low)
        count = round((scale.high - scale.low) / step)
        for k in range(count + 1):
            share = scale.low + k * step
            x = scale.at(share)
            self.page.line([(x, bottom + 0.02), (x, bottom + 0.06)], TICK)
            unit = f"{SPACE}%" if k == count else ""
            spot = (x, bottom + 0.06 + AXIS.line)
            box = line_box(spot, f"{100 * share:.0f}{unit}", AXIS, "center")
            if self.page.free(box):
                self.page.text(spot, f"{100 * share:.0f}{unit}", AXIS, "center")
