"""Sizes: the page in inches, type and strokes in points."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from escalation_sim.figures import palette

PAGE_WIDTH = 7.2
LEAST_HEIGHT, MOST_HEIGHT = 4.4, 6.6
MARGIN = 0.16
"""Inches of paper kept free at each side."""

DPI = 150

DEJAVU = 0.86
"""The sizes were chosen for Source Sans; DejaVu Sans looks as large at this share of them."""

LINE = 1.3
"""Distance of two lines of text, as a multiple of their size."""

POINT = 1 / 72
PIXEL = 1 / DPI
"""In inches."""

LABEL_WIDTH = 2.1
"""Most inches a row's label may take."""


@dataclass(frozen=True, slots=True)
class Face:
    """How a text looks: size in points, colour, weight."""

    size: float
    colour: str = palette.INK
    bold: bool = False

    def coloured(self, colour: str) -> Face:
        """Return the same in another colour."""
        return replace(self, colour=colour)

    def in_bold(self) -> Face:
        """Return the same in bold."""
        return replace(self, bold=True)

    @property
    def line(self) -> float:
        """Distance of two lines, in inches."""
        return self.size * LINE * POINT


TITLE = Face(12 * DEJAVU, bold=True)
EXPLANATION = Face(8.6 * DEJAVU, palette.SECOND)
LABEL = Face(8.4 * DEJAVU)
AXIS = Face(8 * DEJAVU, palette.SECOND)
NOTE = Face(7.2 * DEJAVU)
HOUR = Face(7.6 * DEJAVU, bold=True)
FOOTER = Face(6.5 * DEJAVU, palette.SECOND)
"""`FOOTER` is the smallest; nothing is set smaller."""


@dataclass(frozen=True, slots=True)
class Stroke:
    """How a line looks, and what it is for. `width` in points; dashed always means assumed."""

    role: str
    colour: str
    width: float
    dashed: bool = False
    layer: float = 2.0
    cap: Literal["butt", "projecting"] = "butt"

    def as_dashed(self, dashed: bool = True) -> Stroke:
        """Return the same, dashed or not."""
        return replace(self, dashed=dashed)


GRID = Stroke("grid", palette.PAPER, 0.7, layer=1.5)
GUIDE = Stroke("guide", palette.THIRD, 0.6, layer=2)
THRESHOLD = Stroke("threshold", palette.INK, 0.8, layer=4.5)
CROSSING = Stroke("red line", palette.RED_LINE, 1.7, layer=4.6)
ANSWER = Stroke("answer", palette.RED_LINE, 1.4, dashed=True, layer=4.6)
END = Stroke("end", palette.OUTCOME, 2.6, layer=4.8)
HAIRLINE = Stroke("frame", palette.RULE, 0.6, layer=1)
TICK = Stroke("tick", palette.THIRD, 0.7, layer=2)


def stair(colour: str) -> Stroke:
    """Return the stroke of a stair, with corners that close."""
    return Stroke("stair", colour, 2.6, layer=4, cap="projecting")


DASHES = (4.0, 2.2)
"""Length of a dash and of the gap after it, in multiples of the line's width (at least 0.8 pt)."""
