"""The strip in the middle, and the tint behind the stairs: how bad it is, in words and warmth."""

from __future__ import annotations

from typing import TYPE_CHECKING

from escalation_sim.figures import glyphs, palette
from escalation_sim.figures.page import Box
from escalation_sim.figures.place import Spot, middle_baseline, write_at_first
from escalation_sim.figures.sizes import AXIS, LABEL, PIXEL, Stroke
from escalation_sim.figures.stairs import write_label

if TYPE_CHECKING:
    from escalation_sim.figures.history import Segment
    from escalation_sim.figures.scene import Scene

EDGE = Stroke("frame", palette.PAPER, 0.8)


def draw_tint(scene: Scene) -> None:
    """Tint the plot by the strip's level, until the run ends; after it the paper is white."""
    plot = scene.plot
    if scene.layout.strip is None:
        scene.page.fill(plot, palette.band(1, 4), layer=0.5)
        return
    variable, past = scene.layout.strip
    for segment in past.segments(scene.end):
        left, right = _edges(scene, segment)
        colour = palette.band(segment.level, len(variable.levels))
        scene.page.fill(Box(left, plot.top, right, plot.bottom), colour, layer=0.5)


def draw_strip(scene: Scene) -> None:
    """Draw the strip's segments; without levels to show, the line both ladders stand on."""
    top, bottom = scene.plan.strip
    if scene.layout.strip is None:
        middle = (top + bottom) / 2
        foot = Stroke("frame", palette.RULE, 0.8, layer=2)
        scene.page.line([(scene.axis.left, middle), (scene.end_x, middle)], foot)
        return
    variable, past = scene.layout.strip
    for segment in past.segments(scene.end):
        left, right = _edges(scene, segment)
        colour = palette.strip(segment.level, len(variable.levels))
        scene.page.fill(Box(left, top, right, bottom), colour, layer=3, edge=EDGE)


def label_strip(scene: Scene) -> None:
    """Write the strip's name, and each level's where its segment is wide enough."""
    if scene.layout.strip is None:
        return
    variable, past = scene.layout.strip
    top, bottom = scene.plan.strip
    middle = (top + bottom) / 2
    write_label(scene, scene.plan.strip_lines, middle, LABEL.coloured(palette.SECOND))
    baseline = middle_baseline(middle, AXIS)
    for segment in past.segments(scene.end):
        left, right = _edges(scene, segment)
        for word in (variable.level_labels[segment.level], variable.level_shorts[segment.level]):
            if _write_in(scene, word, (left, right), baseline):
                break


def _write_in(scene: Scene, word: str, edges: tuple[float, float], baseline: float) -> bool:
    """Write a word into a segment if it is 3 pixels narrower; in the middle if that is free."""
    left, right = edges
    face = AXIS.coloured(palette.INK)
    width = glyphs.width(word, face)
    if width + 3 * PIXEL > right - left:
        return False
    shares = (0.5, 0.3, 0.7, 0.1, 0.9, 0.2, 0.8, 0.4, 0.6, 0.0, 1.0)
    spare = right - left - width
    spots = [Spot((left + spare * share, baseline)) for share in shares]
    return write_at_first(scene.page, word, face, spots) is not None


def _edges(scene: Scene, segment: Segment) -> tuple[float, float]:
    return scene.axis.x(segment.begin), scene.axis.x(segment.end)
