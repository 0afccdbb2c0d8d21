"""A figure being drawn: the page with the run, the plan and the time axis."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from escalation_sim.figures.page import Box
from escalation_sim.figures.sizes import MARGIN, PAGE_WIDTH
from escalation_sim.figures.words import time_text

if TYPE_CHECKING:
    from escalation_sim.figures.page import Page
    from escalation_sim.figures.plan import Plan, Stair
    from escalation_sim.figures.sides import Layout, Side
    from escalation_sim.figures.time_axis import TimeAxis
    from escalation_sim.trace.run import Run

ARROW = 0.14
"""Inches left of the labels, for the arrows that say which way is up."""

GUIDE_GAP, STUB = 0.08, 0.13
"""From a label to its guide, and from there to hour 0, in inches."""


@dataclass(frozen=True, slots=True)
class Scene:
    """What the parts of the figure draw on."""

    page: Page
    run: Run
    layout: Layout
    plan: Plan
    axis: TimeAxis
    end: int
    """The tick at which the drawing ends: the run's end, or the horizon if nothing moves more."""

    @property
    def end_x(self) -> float:
        """Where the drawing ends, in inches."""
        return self.axis.x(self.end)

    @property
    def label_right(self) -> float:
        """The right edge of the label column, in inches."""
        return self.axis.left - STUB - GUIDE_GAP

    @property
    def guide_left(self) -> float:
        """Where guides and stairs begin, in inches."""
        return self.axis.left - STUB

    def time(self, tick: int) -> str:
        """Return a tick as hours in words."""
        return time_text(self.run.hours(tick))

    def stair(self, side: Side) -> Stair | None:
        """Return the stair on a side."""
        return self.plan.stair(side)

    def half(self, side: Side) -> Box:
        """Return the plot on one side of the strip."""
        top, bottom = self.plan.strip
        if side == "up":
            return Box(self.axis.left, self.plan.top + 0.02, self.end_x, top - 0.03)
        return Box(self.axis.left, bottom + 0.03, self.end_x, self.plan.bottom - 0.02)

    @property
    def plot(self) -> Box:
        """Return the whole plot, until the end of the run."""
        return Box(self.axis.left, self.plan.top, self.end_x, self.plan.bottom)

    @property
    def rows(self) -> Box:
        """Return the rows below the axis, across the page."""
        below = self.plan.bottom + 0.25
        return Box(self.guide_left, below, PAGE_WIDTH - MARGIN, self.plan.remarks_top)


def plot_left(label_width: float) -> float:
    """Return where hour 0 stands, given the widest label, in inches."""
    return MARGIN + ARROW + max(label_width, 0.5) + GUIDE_GAP + STUB
