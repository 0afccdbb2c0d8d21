"""The page: a figure measured in inches from its top left, and what is already taken on it.

Lines and marks are drawn first and texts afterwards, each where it meets nothing drawn before.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Literal

from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Polygon, Rectangle
from matplotlib.text import Text

from escalation_sim.figures import glyphs, palette
from escalation_sim.figures.sizes import DASHES, PAGE_WIDTH, POINT, Face, Stroke

if TYPE_CHECKING:
    from collections.abc import Sequence

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in inches from the page's top left."""

    left: float
    top: float
    right: float
    bottom: float

    def grown(self, by: float) -> Box:
        """Return the box with a margin added on all sides, in inches."""
        return Box(self.left - by, self.top - by, self.right + by, self.bottom + by)

    def meets(self, other: Box) -> bool:
        """Whether two boxes share more than an edge."""
        return (
            self.left < other.right
            and other.left < self.right
            and self.top < other.bottom
            and other.top < self.bottom
        )

    def holds(self, other: Box) -> bool:
        """Whether another box lies within this one."""
        return (
            self.left <= other.left
            and other.right <= self.right
            and self.top <= other.top
            and other.bottom <= self.bottom
        )

    @property
    def width(self) -> float:
        """Inches from left to right."""
        return self.right - self.left

    @property
    def middle(self) -> Point:
        """The centre."""
        return (self.left + self.right) / 2, (self.top + self.bottom) / 2


MarkKind = Literal["start", "missed", "met", "expired", "crossed"]

_MARKS: dict[str, dict[str, Any]] = {
    "start": {
        "marker": "o",
        "markersize": 5.6,
        "markerfacecolor": palette.PAPER,
        "markeredgewidth": 1.3,
    },
    "missed": {"marker": "x", "markersize": 6.4, "markeredgewidth": 2.0},
    "met": {"marker": "|", "markersize": 8.6, "markeredgewidth": 1.9},
    "expired": {"marker": "v", "markersize": 6.6, "markeredgewidth": 0.6},
    "crossed": {"marker": "D", "markersize": 6.4, "markeredgewidth": 0.9},
}
"""One shape for one meaning: began, missed, met or reset, ran out, red line."""

MARK_RADIUS = 0.055
"""Half the width a mark takes, in inches."""


class Page:
    """A figure of fixed size that remembers what is taken."""

    def __init__(self, height: float) -> None:
        self.height = height
        self.figure = Figure(figsize=(PAGE_WIDTH, height), facecolor=palette.PAPER)
        self.axes = self.figure.add_axes((0.0, 0.0, 1.0, 1.0))
        self.axes.set_axis_off()
        self.axes.set_xlim(0, PAGE_WIDTH)
        self.axes.set_ylim(height, 0)
        self.taken: list[Box] = []

    # what is taken

    def take(self, box: Box) -> None:
        """Keep later texts off a rectangle."""
        self.taken.append(box)

    def free(self, box: Box) -> bool:
        """Whether a rectangle is on the page and meets nothing taken."""
        page = Box(0.04, 0.04, PAGE_WIDTH - 0.04, self.height - 0.04)
        return page.holds(box) and not any(box.meets(other) for other in self.taken)

    # drawing

    def fill(self, box: Box, colour: str, layer: float = 1.0, edge: Stroke | None = None) -> None:
        """Fill a rectangle; texts may stand on it."""
        self.axes.add_patch(
            Rectangle(
                (box.left, box.top),
                box.width,
                box.bottom - box.top,
                facecolor=colour,
                edgecolor=edge.colour if edge else "none",
                linewidth=edge.width if edge else 0.0,
                linestyle=_style(edge) if edge else "solid",
                zorder=layer,
                snap=False,
            )
        )

    def shade(self, points: Sequence[Point], colour: str, alpha: float) -> None:
        """Fill a shape with a share of a colour; texts may stand on it."""
        self.axes.add_patch(
            Polygon(
                list(points),
                closed=True,
                facecolor=colour,
                edgecolor="none",
                alpha=alpha,
                linewidth=0.0,
                zorder=1.2,
            )
        )

    def line(self, points: Sequence[Point], stroke: Stroke) -> None:
        """Draw a line; later texts keep off it, unless it is part of the grid or a frame."""
        xs, ys = [p[0] for p in points], [p[1] for p in points]
        self.axes.add_line(
            Line2D(
                xs,
                ys,
                color=stroke.colour,
                linewidth=stroke.width,
                linestyle=_style(stroke),
                solid_capstyle=stroke.cap,
                dash_capstyle="butt",
                solid_joinstyle="miter",
                zorder=stroke.layer,
                gid=stroke.role,
            )
        )
        if stroke.role in ("grid", "frame"):
            return
        half = stroke.width * POINT / 2
        for (x1, y1), (x2, y2) in pairwise(points):
            around = Box(min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2))
            self.take(around.grown(half + 0.012))

    def mark(self, kind: MarkKind, at: Point, colour: str = palette.INK) -> None:
        """Draw one of the five marks; later texts keep off it."""
        look = dict(_MARKS[kind])
        look.setdefault("markerfacecolor", colour)
        edge = palette.PAPER if kind == "crossed" else colour
        self.axes.add_line(
            Line2D(
                [at[0]],
                [at[1]],
                linestyle="none",
                markeredgecolor=edge,
                zorder=6,
                gid=f"mark {kind}",
                **look,
            )
        )
        self.take(Box(at[0], at[1], at[0], at[1]).grown(MARK_RADIUS))

    def text(
        self, at: Point, text: str, face: Face, align: Literal["left", "center", "right"] = "left"
    ) -> Box:
        """Write one line at its baseline; return the rectangle it takes."""
        drawn = glyphs.shown(text)
        box = line_box(at, drawn, face, align)
        if drawn:
            self.axes.add_artist(
                Text(
                    at[0],
                    at[1],
                    drawn,
                    color=face.colour,
                    fontproperties=glyphs.font(face),
                    horizontalalignment=align,
                    verticalalignment="baseline",
                    parse_math=False,
                    usetex=False,
                    zorder=7,
                )
            )
            self.take(box)
        return box

    def lines(
        self,
        at: Point,
        lines: Sequence[tuple[str, Face]],
        align: Literal["left", "center", "right"] = "left",
    ) -> float:
        """Write lines from a first top downwards; return the bottom of the last, in inches."""
        x, y = at
        for text, face in lines:
            self.text((x, y + face.size * glyphs.ASCENT * POINT), text, face, align)
            y += face.line
        return y


def line_box(at: Point, text: str, face: Face, align: str = "left") -> Box:
    """Return the rectangle of one line written at a baseline."""
    width = glyphs.width(text, face)
    left = at[0] - {"left": 0.0, "center": width / 2, "right": width}[align]
    return Box(
        left,
        at[1] - face.size * glyphs.ASCENT * POINT,
        left + width,
        at[1] + face.size * glyphs.DESCENT * POINT,
    )


def _style(stroke: Stroke) -> Literal["solid"] | tuple[float, tuple[float, float]]:
    """Return matplotlib's line style; lengths of dashes are in line widths."""
    if not stroke.dashed:
        return "solid"
    scale = max(stroke.width, 1.0) / stroke.width
    return (0.0, (DASHES[0] * scale, DASHES[1] * scale))
