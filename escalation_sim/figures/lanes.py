"""Ladders without a side: marks on a rung of a stair, or a thin lane below the axis."""

from __future__ import annotations

from typing import TYPE_CHECKING

from escalation_sim.figures import glyphs, palette
from escalation_sim.figures.page import Box, line_box
from escalation_sim.figures.place import Note, Search, Spot, hang, middle_baseline, write_at_first
from escalation_sim.figures.sizes import LABEL, NOTE, PIXEL, Face, Stroke
from escalation_sim.figures.stairs import write_label
from escalation_sim.figures.words import clean

if TYPE_CHECKING:
    from escalation_sim.figures.plan import LaneRow
    from escalation_sim.figures.scene import Scene
    from escalation_sim.figures.sides import Anchored, Ladder

HALF = 0.07
"""Half the height of a lane, in inches."""


def draw_anchored(scene: Scene, anchored: Anchored) -> None:
    """Join a ladder's rises by a dashed line on the rung its last one leads to."""
    stair = scene.stair(anchored.side)
    changes = anchored.ladder.history.changes
    if stair is None or len(changes) < 2:
        return
    y = stair.y(anchored.level)
    first, last = (scene.axis.x(changes[i].tick) for i in (0, -1))
    stroke = Stroke("stair", stair.colour, 1.6, dashed=True, layer=4)
    scene.page.line([(first, y), (last, y)], stroke)
    for change in changes[:-1]:
        scene.page.mark("start", (scene.axis.x(change.tick), y), stair.colour)


def label_anchored(scene: Scene, anchored: Anchored) -> None:
    """Say what the marks are: `authorised 86 h, in place 100 h`."""
    stair = scene.stair(anchored.side)
    if stair is None:
        return
    variable, changes = anchored.ladder.variable, anchored.ladder.history.changes
    parts = [f"{clean(variable.level_labels[c.after])} {scene.time(c.tick)}" for c in changes]
    first, last = (scene.axis.x(changes[k].tick) for k in (0, -1))
    y = stair.y(anchored.level)
    face = NOTE.coloured(stair.text_colour)
    over = y - 0.082 if stair.side == "up" else y + 0.15
    spots = [
        Spot((first - 0.04, over)),
        Spot((last, over), "right"),
        Spot((first - 0.09, over), "right"),
    ]
    forms = [f"{clean(variable.label)}: {', '.join(parts)}", ", ".join(parts)]
    plot = scene.plot
    top, bottom = max(plot.top, y - 0.4), min(plot.bottom, y + 0.4)
    search = Search(
        (first, y),
        Box(plot.left, top, plot.right, bottom),
        widths=(3.0, 1.4, 1.0),
        gap=0.12,
        most_lines=3,
        step=0.02,
    )
    for form in forms:
        within = [spot for spot in spots if _within(scene, form, face, spot)]
        if len(changes) > 1 and write_at_first(scene.page, form, face, within):
            return
        if hang(scene.page, Note((form,), face), search):
            return
    within = [spot for spot in spots if _within(scene, parts[0], face, spot)]
    write_at_first(scene.page, parts[0], face, within)


def _within(scene: Scene, text: str, face: Face, spot: Spot) -> bool:
    """Whether a text written at a spot stays within the plot."""
    box = line_box(spot.at, text, face, spot.align)
    return scene.axis.left <= box.left and box.right <= scene.end_x


def draw_lane(scene: Scene, ladder: Ladder, row: LaneRow) -> None:
    """Draw a ladder as a thin lane: a line at its lowest rung, bars above it."""
    levels = len(ladder.variable.levels)
    for segment in ladder.history.segments(scene.end):
        left, right = scene.axis.x(segment.begin), scene.axis.x(segment.end)
        if segment.level == 0:
            base = Stroke("lane", palette.RULE, 0.8, layer=2)
            scene.page.line([(left, row.y), (right, row.y)], base)
            continue
        dashed = segment.level not in ladder.sourced
        edge = Stroke("lane", palette.SECOND, 0.8, dashed=dashed)
        box = Box(left, row.y - HALF, right, row.y + HALF)
        scene.page.fill(box, palette.strip(segment.level, levels), layer=3, edge=edge)


def label_lane(scene: Scene, ladder: Ladder, row: LaneRow) -> None:
    """Write a lane's name, and its rungs in or beside their bars."""
    write_label(scene, row.lines, row.y, LABEL)
    face = NOTE.coloured(palette.INK)
    baseline = middle_baseline(row.y, face)
    variable = ladder.variable
    for segment in ladder.history.segments(scene.end):
        if segment.level == 0:
            continue
        left, right = scene.axis.x(segment.begin), scene.axis.x(segment.end)
        name = clean(variable.level_labels[segment.level])
        brief = clean(variable.level_shorts[segment.level])
        for text in (f"{name}, {scene.time(segment.begin)}", name, brief):
            width = glyphs.width(text, face)
            if width + 16 * PIXEL <= right - left:
                if write_at_first(scene.page, text, face, [Spot((left + 0.06, baseline))]):
                    break
            elif segment.end >= scene.end:
                spot = Spot((right + 0.06, baseline))
                before = Spot((left - 0.06, baseline), "right")
                if write_at_first(scene.page, text, face, [spot, before]):
                    break
