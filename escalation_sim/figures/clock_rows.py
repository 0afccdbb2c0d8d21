"""The clocks below the axis: when each ran, stood and was set back, and what it came to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from escalation_sim.figures import glyphs, palette
from escalation_sim.figures.page import Box
from escalation_sim.figures.place import Spot, middle_baseline, write_at_first
from escalation_sim.figures.sizes import LABEL, MARGIN, NOTE, PAGE_WIDTH, PIXEL, Stroke
from escalation_sim.figures.stairs import write_label
from escalation_sim.figures.words import counted, length_text, listed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from escalation_sim.figures.clock_story import ClockStory, Event, Span
    from escalation_sim.figures.page import MarkKind
    from escalation_sim.figures.plan import LaneRow
    from escalation_sim.figures.scene import Scene

BAR = 0.0375
"""Half the height of a clock's bar, in inches."""

LEAST_BAR = 3 * PIXEL
"""A clock that ran for less than this is a mark with its hour."""

MERGED = 4 * PIXEL
"""Marks nearer than this become one, the one of higher rank."""

_RANK = {"missed": 0, "expired": 1, "met": 2, "reset": 2, "start": 3}
_SHAPE: dict[str, MarkKind] = {
    "start": "start",
    "missed": "missed",
    "met": "met",
    "reset": "met",
    "expired": "expired",
}


def draw_clock(scene: Scene, story: ClockStory, row: LaneRow) -> None:
    """Draw a clock's bars and marks."""
    for life in story.lives:
        for span in life.spans:
            _draw_span(scene, story, span, row.y)
    for event in _merged(scene, story.events):
        if event.tick <= scene.end:
            scene.page.mark(_SHAPE[event.kind], (scene.axis.x(event.tick), row.y))


def _draw_span(scene: Scene, story: ClockStory, span: Span, y: float) -> None:
    left, right = scene.axis.x(span.begin), scene.axis.x(span.end)
    if right - left < LEAST_BAR:
        return
    filled = palette.CLOCK if story.sourced else palette.CLOCK_ASSUMED
    _draw_bar(scene, story, (left, right), y, filled if span.runs else palette.PAPER)


def _draw_bar(
    scene: Scene, story: ClockStory, edges: tuple[float, float], y: float, colour: str
) -> None:
    box = Box(edges[0], y - BAR, edges[1], y + BAR)
    outline = Stroke("clock", palette.SECOND, 0.8, dashed=not story.sourced)
    scene.page.fill(box, colour, layer=3, edge=outline)
    scene.page.take(box.grown(0.01))


def _merged(scene: Scene, events: tuple[Event, ...]) -> Iterator[Event]:
    """Yield the events to mark; of those that nearly coincide, the one of highest rank."""
    group: list[Event] = []
    for event in events:
        if group and scene.axis.x(event.tick) - scene.axis.x(group[-1].tick) > MERGED:
            yield min(group, key=lambda e: _RANK[e.kind])
            group = []
        group.append(event)
    if group:
        yield min(group, key=lambda e: _RANK[e.kind])


def label_clock(scene: Scene, story: ClockStory, row: LaneRow) -> None:
    """Write a clock's name, and what came of it, near its bar."""
    face = LABEL if story.lives else LABEL.coloured(palette.THIRD)
    write_label(scene, row.lines, row.y, face)
    said = NOTE.coloured(palette.SECOND if story.lives else palette.THIRD)
    for form in _forms(scene, story):
        spots = list(_spots(scene, story, row.y, glyphs.width(form, said)))
        if write_at_first(scene.page, form, said, spots):
            return


def _forms(scene: Scene, story: ClockStory) -> list[str]:
    """Return what came of a clock in words, from long to short."""
    if not story.lives:
        return ["did not start"]
    starts = [event.tick for event in story.events if event.kind == "start"]
    resets = [event.tick for event in story.events if event.kind == "reset"]
    first = f"from {scene.time(starts[0])}"
    if len(starts) > 1:
        first = f"{counted(len(starts), 'start')}, first at {scene.time(starts[0])}"
    told = _told(scene, story)
    ends = [f"reset {_times(scene, resets)}"] if resets else []
    forms = [[first, *told, *ends], [*told, *ends], [first, *told[-1:]], told[-1:], ends, [first]]
    return list(dict.fromkeys("; ".join(form) for form in forms if form))


def _told(scene: Scene, story: ClockStory) -> list[str]:
    """Return what came of each length: missed, met, or up, and when."""
    times: dict[str, list[int]] = {}
    for event in story.events:
        length = length_text(scene.run.hours(event.length))
        which = f"{length} " if len(story.lengths) > 1 else ""
        if event.kind == "missed":
            times.setdefault(f"{which}missed", []).append(event.tick)
        elif event.kind == "met":
            late = "then met" if event.fired else f"{which}met"
            times.setdefault(late, []).append(event.tick)
        elif event.kind == "expired":
            times.setdefault(f"{length} up", []).append(event.tick)
    return [f"{what} {_times(scene, ticks)}" for what, ticks in times.items()]


def _times(scene: Scene, ticks: list[int]) -> str:
    """Return times as `47 h and 87 h`; of more than three, how many and the last."""
    if len(ticks) > 3:
        return f"{len(ticks)} times, last at {scene.time(ticks[-1])}"
    return f"at {listed([scene.time(tick) for tick in ticks])}"


def _spots(scene: Scene, story: ClockStory, y: float, width: float) -> Iterator[Spot]:
    """Yield places for a clock's words: beside its bar, then below it."""
    beside = middle_baseline(y, NOTE)
    below = y + 0.165
    least, most = scene.guide_left, PAGE_WIDTH - MARGIN - width
    if not story.lives:
        yield Spot((scene.axis.left + 0.03, beside))
        return
    left = scene.axis.x(story.lives[0].begin)
    ends = [life.last(scene.end) for life in story.lives]
    ends += [event.tick for event in story.events if event.tick <= scene.end]
    right = max(scene.axis.x(end) for end in ends)
    for x in (right + 0.09, right + 0.25, right + 0.5):
        if x <= most:
            yield Spot((x, beside))
    if left - 0.09 - width >= least:
        yield Spot((left - 0.09, beside), "right")
    x = min(left - 0.04, most)
    while x <= most and x <= right + 0.6:
        yield Spot((x, below))
        x += 0.12
    x = min(left - 0.04, most)
    while x >= least:
        yield Spot((x, below))
        x -= 0.12


def write_head(scene: Scene) -> None:
    """Write what the rows below the axis are, if the labels leave room."""
    if not scene.plan.clocks:
        return
    face = NOTE.in_bold().coloured(palette.SECOND)
    y = scene.plan.clocks[0][1].y
    write_at_first(scene.page, "CLOCKS", face, [Spot((MARGIN, middle_baseline(y, face)))])
