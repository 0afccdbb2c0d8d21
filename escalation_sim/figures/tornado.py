"""The tornado figure: how far each input moves a share, and which inputs change its word."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from escalation_sim.figures import frame, glyphs, palette
from escalation_sim.figures.labels import Labels, Name
from escalation_sim.figures.page import Box, line_box
from escalation_sim.figures.place import middle_baseline
from escalation_sim.figures.shares import full_text, identity_of_model, share_text
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
from escalation_sim.figures.words import SPACE, capital, clean, counted, length_text, listed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.figure import Figure

    from escalation_sim.analysis.tornado import Bar, End, Tornado
    from escalation_sim.analysis.variance import Variance
    from escalation_sim.figures.page import Page

ROW, TALL_ROW = 0.235, 0.275
"""Inches from one bar to the next; the second where labels take two lines."""

BAR = 0.135
TOP_ROOM, BOTTOM_ROOM = 0.62, 0.36
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
    identity = identity_of_model(tornado.model, _draw(tornado), _note(tornado, variance))
    header = frame.header_of(
        f"{tornado.model.title} · one input at a time, {counted(tornado.runs, 'run')} each",
        _titles(tornado),
        _explanations(tornado),
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
    notes = _notes(tornado, rows, labels, tips, variance)
    lines = [line for note in notes for line in glyphs.wrap(note, BARE, frame.ROOM) or []]
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


def _draw(tornado: Tornado) -> str:
    return f"{tornado.points:,} × {counted(tornado.runs, 'run')} · seed {tornado.seed}"


def _note(tornado: Tornado, variance: Variance | None) -> str:
    said = (
        "Whiskers: 95 % intervals of the change, paired by seed, for the sampling of runs only. "
        f"Words: {tornado.scale.name}; bold ends change the word."
    )
    if variance is not None:
        said += (
            f" Variance: first-order parts, {variance.samples:,} samples, {variance.runs:,} runs."
        )
    return said.replace(" %", f"{SPACE}%")


def _what(tornado: Tornado) -> str:
    return clean(tornado.target.label)


def _titles(tornado: Tornado) -> list[str]:
    what, bars = _what(tornado), tornado.bars
    if not bars or not bars[0].reach:
        return [f"No single input moves the share of “{what}”", "No single input moves this share"]
    first = bars[0].input
    forms = []
    for name in (first.label, first.short or first.label):
        cause = f"How “{clean(name)}” is read" if first.kind == "reading" else capital(name)
        forms += [f"{cause} moves “{what}” more than any other input"]
    changing = sum(bar.changes_the_word for bar in bars)
    return [*forms, f"{counted(changing, 'input')} of {len(bars)} can change the word by itself"]


def _explanations(tornado: Tornado) -> list[str]:
    horizon = length_text(tornado.model.hours(tornado.model.horizon))
    verb = "enter" if tornado.target.kind == "rung" else "end in"
    base = f"As written {full_text(tornado.base)}."
    return [
        f"Share of runs that {verb} “{_what(tornado)}” within {horizon}, with each input at the "
        f"ends of its range and all others as written. {base}",
        f"Share of runs within {horizon}, each input at the ends of its range. {base}",
        base,
    ]


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
        (right - scale.at(r.right.reach) - glyphs.width(r.right.text, NOTE.in_bold()) for r in rows),
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


def _notes(
    tornado: Tornado,
    rows: Sequence[Row],
    labels: Labels,
    texts: dict[str, str],
    variance: Variance | None,
) -> list[str]:
    notes = []
    if variance is not None and variance.parts.assumed.value is not None:
        parts = variance.parts
        shares = [
            ("assumed inputs", parts.assumed.value),
            ("reported or declared inputs", parts.sourced.value),
            ("chance", parts.chance.value),
            ("these together", parts.together.value),
        ]
        told = [f"{name} {_percent(value or 0.0)}" for name, value in shares if value]
        notes.append(f"Of the variance of one run’s end: {listed(told)}.")
    moving = sum(bar.reach > 0 for bar in tornado.bars)
    still = len(tornado.bars) - moving
    left_out = [f"{counted(moving - len(rows), 'input')} that move it less"] if moving > len(rows) else []
    if still:
        left_out.append(f"{counted(still, 'input')} that change no run’s end")
    if left_out:
        notes.append(f"Not drawn: {listed(left_out)}.")
    absent = [
        f"{clean(bar.input.label)} cannot be {clean(at)}"
        for bar in tornado.bars
        for at, _ in bar.impossible
    ]
    if absent:
        notes.append(f"Not run: {listed(absent[:3])}{' and others' if len(absent) > 3 else ''}.")
    names = labels.full_names()
    if texts:
        names = "; ".join([*([names] if names else []), *(f"{k}: {v}" for k, v in texts.items())])
    if names:
        notes.append(f"{names}.")
    return notes


def _percent(part: float) -> str:
    share = 100 * part
    if share < 0.5:
        return f"under 1{SPACE}%"
    return f"{share:.0f}{SPACE}%"


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
        first = y - len(lines) * LABEL.line / 2
        page.lines((self.labels_right, first), [(line, LABEL) for line in lines], "right")
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
        for low, high in zip(edges[:-1], edges[1:], strict=True):
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

