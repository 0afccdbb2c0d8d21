"""The stairs: guides, risers and treads, the fill under them, and the hours of their steps."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from escalation_sim.figures import glyphs, palette, sizes
from escalation_sim.figures.page import Box, line_box
from escalation_sim.figures.place import Spot, middle_baseline, write_at_first
from escalation_sim.figures.sizes import GUIDE, HOUR, LABEL, MARGIN, NOTE, Stroke
from escalation_sim.figures.words import capital

if TYPE_CHECKING:
    from collections.abc import Iterator

    from escalation_sim.figures.history import Change
    from escalation_sim.figures.plan import Rung, Stair
    from escalation_sim.figures.scene import Scene


def draw_stair(scene: Scene, stair: Stair) -> None:
    """Draw a ladder's guides, then its stair with the fill towards the strip."""
    for rung in stair.rungs:
        _draw_guide(scene, stair, rung)
    points = _points(scene, stair)
    shape = [(scene.axis.left, stair.foot), *_inside(scene, points), (scene.end_x, stair.foot)]
    scene.page.shade(shape, stair.colour, palette.SIDE_FILL)
    scene.page.line(points, sizes.stair(stair.colour))


def _points(scene: Scene, stair: Stair) -> list[tuple[float, float]]:
    past = stair.ladder.history
    points = [(scene.guide_left, stair.y(past.begin))]
    for change in past.changes:
        x = scene.axis.x(change.tick)
        points += [(x, stair.y(change.before)), (x, stair.y(change.after))]
    last = past.changes[-1].after if past.changes else past.begin
    end = (scene.end_x, stair.y(last))
    return [*points, end] if end[0] > points[-1][0] else points


def _inside(scene: Scene, points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Return the stair without its stub before hour 0."""
    return [(max(x, scene.axis.left), y) for x, y in points]


def _draw_guide(scene: Scene, stair: Stair, rung: Rung) -> None:
    """Draw a rung's guide, until the rung is first reached; solid if a source speaks of it."""
    ladder = stair.ladder
    firsts = [ladder.history.first_at(level) for level in rung.levels]
    reached = [tick for tick in firsts if tick is not None]
    end = scene.axis.x(min(reached)) if reached else scene.end_x
    if min(reached, default=1) == 0:
        return
    dashed = not any(level in ladder.sourced for level in rung.levels)
    stroke = GUIDE.as_dashed(dashed)
    if rung.folded:
        middle = (scene.guide_left + end) / 2
        scene.page.line([(scene.guide_left, rung.y), (middle - 0.06, rung.y)], stroke)
        scene.page.line([(middle + 0.06, rung.y), (end, rung.y)], stroke)
    else:
        scene.page.line([(scene.guide_left, rung.y), (end, rung.y)], stroke)


def label_stair(scene: Scene, stair: Stair) -> None:
    """Write the rungs' names, those never reached in the third ink, and the ladder's own."""
    past = stair.ladder.history
    order = sorted(stair.rungs, key=lambda r: not set(r.levels) & past.touched)
    for rung in order:
        reached = bool(set(rung.levels) & past.touched)
        face = LABEL if reached else LABEL.coloured(palette.THIRD)
        write_label(scene, rung.lines, rung.y, face)
    _draw_arrow(scene, stair)
    _write_head(scene, stair)


def write_label(scene: Scene, lines: list[str], y: float, face: sizes.Face = LABEL) -> None:
    """Write a row's label, one or two lines, right-aligned and centred on `y`, if it is free."""
    first = y - (len(lines) - 1) * face.line / 2
    baselines = [middle_baseline(first + k * face.line, face) for k in range(len(lines))]
    left = scene.label_right - glyphs.widest(lines, face)
    block = (
        Box(left, baselines[0] - 0.07, scene.label_right, baselines[-1] + 0.02) if lines else None
    )
    if block is None or not scene.page.free(block):
        return
    for text, baseline in zip(lines, baselines, strict=True):
        scene.page.text((scene.label_right, baseline), text, face, "right")


def _draw_arrow(scene: Scene, stair: Stair) -> None:
    """Draw the arrow that says which way is higher."""
    if len(stair.rungs) < 2:
        return
    x = MARGIN + 0.05
    start, end = stair.rungs[0].y, stair.rungs[-1].y
    tip = end + 0.055 * -stair.outwards
    stroke = Stroke("frame", stair.colour, 1.2, layer=3)
    scene.page.line([(x, start), (x, tip)], stroke)
    wing = 0.03
    points = [(x - wing, tip), (x, tip + 0.07 * stair.outwards), (x + wing, tip)]
    scene.page.shade(points, stair.colour, 1.0)


def _write_head(scene: Scene, stair: Stair) -> None:
    """Write the ladder's name beyond its last rung, with its party if there is room."""
    variable = stair.ladder.variable
    outer = stair.rungs[-1].y + stair.outwards * 0.19
    baseline = middle_baseline(outer, NOTE)
    face = NOTE.in_bold().coloured(stair.text_colour)
    party = next((p.label for p in scene.run.model.parties if p.id == variable.party), "")
    room = scene.plan.header.bottom if stair.side == "up" else 0.0
    baseline = max(baseline, room + 0.1)
    most = (
        scene.axis.right - MARGIN
        if stair.side == "up" and baseline < scene.plan.top - 0.02
        else scene.guide_left - MARGIN - 0.1
    )
    for name in (variable.label, variable.short):
        head = capital(name).upper()
        if glyphs.width(head, face) > most:
            continue
        box = write_at_first(scene.page, head, face, [Spot((MARGIN, baseline))])
        if box is None:
            return
        rest = capital(party)
        if rest.casefold() == head.casefold():
            return
        if rest and box.width + 0.08 + glyphs.width(rest, NOTE) <= most:
            second = NOTE.coloured(palette.SECOND)
            write_at_first(scene.page, rest, second, [Spot((box.right + 0.08, baseline))])
        return


def write_hours(scene: Scene, stair: Stair) -> None:
    """Write the hour of each step: right of its riser, above its tread, or left of it."""
    face = HOUR.coloured(stair.text_colour)
    for change in _by_weight(stair.ladder.history.changes):
        text = scene.time(change.tick)
        spots = list(_hour_spots(scene, stair, change))
        within = [s for s in spots if line_box(s.at, text, face, s.align).right <= scene.end_x]
        box = write_at_first(scene.page, text, face, within)
        if box is not None:
            scene.page.take(box.grown(0.03))


def _by_weight(changes: tuple[Change, ...]) -> list[Change]:
    """Return the steps that matter most first: the highest reached, so that it gets room."""
    return sorted(changes, key=lambda c: (-c.after if c.rises else 0, c.tick))


def _hour_spots(scene: Scene, stair: Stair, change: Change) -> Iterator[Spot]:
    x = scene.axis.x(change.tick)
    low, high = sorted((change.before, change.after))
    ys = [stair.y(level) for level in range(low, high + 1)]
    middles = [(a + b) / 2 for a, b in pairwise(ys) if a != b]
    centre = (ys[0] + ys[-1]) / 2
    middles.sort(key=lambda y: abs(y - centre))
    at_end = change.tick >= scene.end
    beside = [Spot((x + 0.05, middle_baseline(y, HOUR))) for y in middles]
    before = [Spot((x - 0.05, middle_baseline(y, HOUR)), "right") for y in middles]
    if at_end:
        yield from before
        return
    yield from beside
    tread = stair.y(high)
    over = 0.04 if stair.side == "up" else -0.115
    if change.rises:
        yield Spot((x - 0.01, tread - over))
        yield Spot((x + 0.08, tread - over))
        yield Spot((x + 0.01, tread - over), "right")
        yield Spot((x - 0.08, tread - over), "right")
    yield from before
    if not change.rises:
        low_y = stair.y(low)
        yield Spot((x + 0.05, low_y - over))
