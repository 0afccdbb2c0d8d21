"""Finding room for a text: the first place, of some, where it meets nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from escalation_sim.figures import glyphs
from escalation_sim.figures.page import Box, Page, line_box
from escalation_sim.figures.sizes import POINT, Face

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from escalation_sim.figures.page import Point

Align = Literal["left", "center", "right"]


@dataclass(frozen=True, slots=True)
class Spot:
    """A place for one line: its baseline, and how the line stands to it."""

    at: Point
    align: Align = "left"


def middle_baseline(y: float, face: Face) -> float:
    """Return the baseline at which a line's lower-case letters are centred on `y`."""
    return y + face.size * 0.36 * POINT


def write_at_first(page: Page, text: str, face: Face, spots: Iterable[Spot]) -> Box | None:
    """Write one line at the first spot that is free; return its box, or None if none is."""
    for spot in spots:
        box = line_box(spot.at, text, face, spot.align)
        if page.free(box):
            return page.text(spot.at, text, face, spot.align)
    return None


@dataclass(frozen=True, slots=True)
class Note:
    """A remark beside its cause. `forms` are bodies from long to short; `head` is bold."""

    forms: tuple[str, ...]
    face: Face
    head: str = ""
    head_face: Face | None = None


@dataclass(frozen=True, slots=True)
class Search:
    """Where a note may hang: within `zone`, as near to `anchor` as can be."""

    anchor: Point
    zone: Box
    widths: tuple[float, ...] = (1.5, 1.25, 1.05, 1.9, 0.88, 2.4)
    sides: tuple[Literal["right", "left"], ...] = ("right", "left")
    gap: float = 0.07
    most_lines: int = 7
    reach: float = 0.0
    """Inches a note may stand away from its cause, if there is no room beside it."""

    air: float = 0.012
    """Inches of paper kept around a note."""

    step: float = 0.03
    """Inches between two tries, one below the other."""


def hang(page: Page, note: Note, search: Search) -> Box | None:
    """Write a note where there is room: the longest form that fits; an empty form is a head."""
    for form in note.forms:
        found = _room(page, note, form, search)
        if found is not None:
            box, lines, align = found
            x = box.left if align == "left" else box.right
            page.lines((x, box.top), lines, align)
            return box
    return None


def _room(
    page: Page, note: Note, form: str, search: Search
) -> tuple[Box, list[tuple[str, Face]], Align] | None:
    """Return the nearest free rectangle for one form, with its lines."""
    shapes: list[list[tuple[str, Face]]] = []
    for width in search.widths:
        lines = _lines(note, form, width, search.most_lines)
        if lines and lines not in shapes:
            shapes.append(lines)
    found: list[tuple[float, int, Box, Align]] = []
    for k, lines in enumerate(shapes):
        size = max(glyphs.width(t, f) for t, f in lines), sum(f.line for _, f in lines)
        for cost, box, align in _spots(search, size):
            found.append((cost + 0.1 * len(lines), k, box, align))
    for _, k, box, align in sorted(found, key=lambda item: item[0]):
        if page.free(box.grown(search.air)):
            return box, shapes[k], align
    return None


def _lines(note: Note, form: str, width: float, most: int) -> list[tuple[str, Face]]:
    head_face = note.head_face or note.face.in_bold()
    head = glyphs.wrap(note.head, head_face, width, 2) if note.head else []
    body = glyphs.wrap(form, note.face, width, most) if form else []
    if head is None or body is None:
        return []
    return [*((line, head_face) for line in head), *((line, note.face) for line in body)]


def _spots(search: Search, size: Point) -> Iterator[tuple[float, Box, Align]]:
    """Yield rectangles of a size around the anchor, with a cost that grows with distance."""
    (x, y), (width, height), zone = search.anchor, size, search.zone
    lefts: list[tuple[float, Align, float]] = []
    for order, side in enumerate(search.sides):
        left = x + search.gap if side == "right" else x - search.gap - width
        lefts.append((left, "left" if side == "right" else "right", 0.25 * order))
    if search.reach and zone.left > x:
        lefts.append((zone.left, "left", 0.05))
    if search.reach:
        count = int(search.reach / 0.11)
        right = x + search.gap
        lefts += [(right + k * 0.11, "left", k * 0.09) for k in range(1, count)]
        lefts += [(right - width - k * 0.11, "left", 0.3 + k * 0.09) for k in range(1, count)]
    rows = int((zone.bottom - zone.top - height) / search.step)
    for left, align, cost in lefts:
        for k in range(rows + 1):
            top = zone.top + k * search.step
            box = Box(left, top, left + width, top + height)
            if zone.holds(box):
                yield cost + max(top - y, y - (top + height), 0.0), box, align
