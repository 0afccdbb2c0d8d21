"""The axis of a sweep, and the upright lines: as written, and where one overtakes another."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from escalation_sim.figures import glyphs, palette, sweep_words
from escalation_sim.figures.page import Box, line_box
from escalation_sim.figures.place import Spot, write_at_first
from escalation_sim.figures.sizes import AXIS, NOTE, TICK, Stroke
from escalation_sim.figures.words import SPACE, capital

if TYPE_CHECKING:
    from collections.abc import Iterator

    from escalation_sim.analysis.sweep import Sweep
    from escalation_sim.figures.page import Page

FLIP = Stroke("flip", palette.INK, 1.6, layer=5)
BASE = Stroke("as written", palette.INK, 0.9, layer=4.8)
FOOT = Stroke("frame", palette.INK, 3.6, layer=5)

BOLD = NOTE.in_bold()
BARE = NOTE.coloured(palette.SECOND)


@dataclass(frozen=True, slots=True)
class Plot:
    """One of the two plots: its box, and the swept values along it."""

    box: Box
    first: float
    last: float

    def x(self, value: float) -> float:
        """Return where a value stands, in inches from the left."""
        return self.box.left + self.box.width * (value - self.first) / (self.last - self.first)


def nice(width: float) -> float:
    """Return a round step at least this wide."""
    size = 10.0 ** math.floor(math.log10(width))
    return next(size * m for m in (1, 2, 2.5, 5, 10) if size * m >= width * 0.999)


def draw_axis(page: Page, plot: Plot, sweep: Sweep) -> None:
    """Draw the axis of a plot, with the input's name."""
    bottom = plot.box.bottom
    step = nice((plot.last - plot.first) / 4)
    if sweep.unit == "h" and plot.last - plot.first > 24:
        width = (plot.last - plot.first) / 5
        step = next((s for s in (6.0, 12.0, 24.0, 48.0, 72.0, 168.0) if s >= width), step)
    marks = range(math.ceil(plot.first / step - 1e-9), math.floor(plot.last / step + 1e-9) + 1)
    for k in marks:
        x = plot.x(k * step)
        page.line([(x, bottom), (x, bottom + 0.05)], TICK)
        unit = f"{SPACE}h" if k == marks[-1] and sweep.unit else ""
        said = f"{k * step:.6g}".replace("-", "−") + unit
        spot = (x, bottom + 0.08 + AXIS.line * 0.8)
        if page.free(line_box(spot, said, AXIS, "center").grown(0.02)):
            page.text(spot, said, AXIS, "center")
    name = glyphs.first_that_fits(
        [capital(sweep.label), capital(sweep.path)], BARE, plot.box.width, 1
    )
    page.lines((plot.box.left, bottom + 0.27), [(line, BARE) for line in name])


def _uprights(sweep: Sweep) -> Iterator[tuple[float, str, bool]]:
    """Yield the upright lines: where, their name, and whether it is where one overtakes another."""
    flip = sweep_words.flip_of(sweep)
    if flip is not None:
        yield flip.at, f"equal at {sweep_words.value_text(flip.at, sweep)}", True
    if sweep.base is not None and sweep.steps[0].value <= sweep.base <= sweep.steps[-1].value:
        yield sweep.base, f"as written {sweep_words.value_text(sweep.base, sweep)}", False


def draw_upright(page: Page, plot: Plot, sweep: Sweep) -> None:
    """Draw the upright lines through a plot, and the interval of the point at its foot."""
    flip = sweep_words.flip_of(sweep)
    for value, _, is_flip in _uprights(sweep):
        x = plot.x(value)
        stroke = FLIP if is_flip else BASE.as_dashed(sweep.basis == "assumed")
        page.line([(x, plot.box.top - 0.1), (x, plot.box.bottom)], stroke)
    if flip is not None:
        low = plot.first if flip.low is None else max(flip.low, plot.first)
        high = plot.last if flip.high is None else min(flip.high, plot.last)
        page.line(
            [(plot.x(low), plot.box.bottom - 0.025), (plot.x(high), plot.box.bottom - 0.025)], FOOT
        )


def name_upright(page: Page, plot: Plot, sweep: Sweep) -> None:
    """Name the upright lines above the plot, away from each other."""
    lines = sorted(_uprights(sweep))
    for k, (value, text, is_flip) in enumerate(lines):
        x, face = plot.x(value), BOLD if is_flip else BARE
        y = plot.box.top - 0.15
        before, after = Spot((x + 0.02, y), "right"), Spot((x - 0.02, y), "left")
        middle = Spot((x, y), "center")
        spots = [middle] if len(lines) == 1 else [before, after] if k == 0 else [after, before]
        spots += [before, after, middle]
        inside = [s for s in spots if _within(s, text, plot)]
        write_at_first(page, text, face, inside)


def _within(spot: Spot, text: str, plot: Plot) -> bool:
    box = line_box(spot.at, text, BOLD, spot.align)
    return plot.box.left - 0.4 <= box.left and box.right <= plot.box.right + 0.4
