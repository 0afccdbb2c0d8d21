"""The ladder figure: one run, both sides' stairs mirrored about the severity strip."""

from __future__ import annotations

from typing import TYPE_CHECKING

from escalation_sim.figures import (
    clock_rows,
    clock_story,
    frame,
    headline,
    lanes,
    line_story,
    outcome,
    palette,
    red_lines,
    sides,
    stairs,
    strip,
    thresholds,
    time_axis,
)
from escalation_sim.figures.plan import PANEL_WIDTH, Plan, Planner
from escalation_sim.figures.scene import Scene, plot_left
from escalation_sim.figures.sizes import MARGIN, NOTE, PAGE_WIDTH

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from escalation_sim.figures.clock_story import ClockStory
    from escalation_sim.figures.sides import Layout
    from escalation_sim.figures.time_axis import TimeAxis
    from escalation_sim.trace.run import Run


def ladder_figure(run: Run) -> Figure:
    """Return the picture of one run, 7.2 inches wide and 4.4 to 6.6 high.

    Up and down from the strip stand the rungs of two ladders, along it the time in hours; below
    are the clocks, beside the end the outcome. Solid rests on a source, dashed is assumed.
    """
    layout = sides.layout(run)
    end = run.model.horizon if run.why_ended == "quiet" else run.ended_at
    stories = clock_story.stories(run, end)
    titles = headline.titles(run, layout, stories)
    identity = frame.identity_of(run)

    def planned(explanations: list[str]) -> Plan:
        header = frame.header_of(f"{run.model.title} · one run", titles, explanations)
        return Planner(run, layout, stories, header, identity).plan()

    first = planned([" "])
    axis = _axis(run, layout, stories, end, first)
    plan = planned(headline.explanations(run, layout, axis))
    page = frame.begin(identity, plan.header, plan.height)
    scene = Scene(page, run, layout, plan, axis, end)
    _draw(scene)
    return page.figure


def _axis(run: Run, layout: Layout, stories: list[ClockStory], end: int, plan: Plan) -> TimeAxis:
    """Return the time axis in the room between the labels and the outcome."""
    left = plot_left(plan.label_width)
    right = PAGE_WIDTH - MARGIN - PANEL_WIDTH
    events = [c.tick for _, ladder in layout.both for c in ladder.history.changes]
    events += [c.tick for ladder in layout.lanes for c in ladder.history.changes]
    events += [c.tick for a in layout.anchored for c in a.ladder.history.changes]
    events += [c.tick for c in layout.strip[1].changes] if layout.strip else []
    events += [event.tick for story in stories for event in story.events]
    events += [tick for ticks in run.crossings.values() for tick in ticks]
    return time_axis.time_axis(
        run.hours, end, run.model.horizon, events, time_axis.Span(left, right)
    )


def _draw(scene: Scene) -> None:
    """Draw all lines and fills first, then all marks and texts, each where there is room."""
    found = red_lines.marks(scene, line_story.crossings(scene.run))
    limits = thresholds.thresholds(scene)
    _draw_lines(scene, found, limits)
    _write_names(scene)
    _write_notes(scene, found, limits)


def _draw_lines(
    scene: Scene, found: list[red_lines.Mark], limits: list[thresholds.Threshold]
) -> None:
    page, plan, axis = scene.page, scene.plan, scene.axis
    strip.draw_tint(scene)
    time_axis.draw_grid(page, axis, plan.top, plan.bottom, scene.end_x)
    for stair in plan.stairs:
        stairs.draw_stair(scene, stair)
    strip.draw_strip(scene)
    outcome.draw_end(scene)
    time_axis.draw_breaks(page, axis, plan.top, plan.bottom)
    for anchored in scene.layout.anchored:
        lanes.draw_anchored(scene, anchored)
    for limit in limits:
        thresholds.draw_threshold(scene, limit)
    for mark in found:
        red_lines.draw_crossing(scene, mark)
    for ladder, row in plan.lanes:
        lanes.draw_lane(scene, ladder, row)
    for story, row in plan.clocks:
        clock_rows.draw_clock(scene, story, row)


def _write_names(scene: Scene) -> None:
    time_axis.draw_axis(scene.page, scene.axis, scene.plan.bottom)
    for stair in scene.plan.stairs:
        stairs.label_stair(scene, stair)
    strip.label_strip(scene)


def _write_notes(
    scene: Scene, found: list[red_lines.Mark], limits: list[thresholds.Threshold]
) -> None:
    for stair in scene.plan.stairs:
        stairs.write_hours(scene, stair)
    outcome.write_outcome(scene)
    for limit in limits:
        thresholds.label_threshold(scene, limit)
    red_lines.label_crossings(scene, found)
    for anchored in scene.layout.anchored:
        lanes.label_anchored(scene, anchored)
    for ladder, row in scene.plan.lanes:
        lanes.label_lane(scene, ladder, row)
    for story, row in scene.plan.clocks:
        clock_rows.label_clock(scene, story, row)
    clock_rows.write_head(scene)
    second = NOTE.coloured(palette.SECOND)
    plan = scene.plan
    scene.page.lines((MARGIN, plan.remarks_top), [(text, second) for text in plan.remarks])
    scene.page.lines((MARGIN, plan.names_top), [(text, second) for text in plan.names])
