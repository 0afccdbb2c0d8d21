"""Thresholds: a clock's length carried up to the rung it concerns, if missed or followed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from escalation_sim.figures import clock_story
from escalation_sim.figures.page import Box
from escalation_sim.figures.place import Note, Search, hang
from escalation_sim.figures.sizes import NOTE, PIXEL, THRESHOLD
from escalation_sim.figures.words import SPACE, length_text, time_text, two_times

if TYPE_CHECKING:
    from collections.abc import Iterator

    from escalation_sim.figures.clock_story import ClockStory, Event
    from escalation_sim.figures.plan import Stair
    from escalation_sim.figures.scene import Scene

MOST = 4
"""Thresholds drawn; the clocks' rows have them all."""

MERGED = 4 * PIXEL


@dataclass(frozen=True, slots=True)
class Threshold:
    """A length missed or run out: from a clock's row at `row_y` to a rung at `y`."""

    event: Event
    story: ClockStory
    stair: Stair
    x: float
    y: float
    row_y: float


def thresholds(scene: Scene) -> list[Threshold]:
    """Return the thresholds to draw: missed ones, and those a rule followed, each rule once."""
    found: list[Threshold] = []
    wanted = sorted(_candidates(scene), key=lambda t: (t.event.kind != "missed", t.event.tick))
    for one in wanted:
        again = any(one.event.rule == other.event.rule for other in found)
        near = any(abs(one.x - other.x) < MERGED and one.y == other.y for other in found)
        if not again and not near and len(found) < MOST:
            found.append(one)
    return found


def _candidates(scene: Scene) -> Iterator[Threshold]:
    for story, row in scene.plan.clocks:
        for event in story.events:
            if event.rule is None or not event.fired or event.kind not in ("missed", "expired"):
                continue
            rule = scene.run.model.rules[event.rule]
            for stair in scene.plan.stairs:
                index = stair.ladder.index
                level = clock_story.concerned_level(scene.run.model, rule, index)
                if level is not None:
                    x = scene.axis.x(event.tick)
                    yield Threshold(event, story, stair, x, stair.y(level), row.y)
                    break


def draw_threshold(scene: Scene, one: Threshold) -> None:
    """Draw the line from rung to clock, interrupted at the axis' numbers, and its mark."""
    bottom = scene.plan.bottom
    scene.page.line([(one.x, one.y), (one.x, bottom)], THRESHOLD)
    scene.page.line([(one.x, bottom + 0.24), (one.x, one.row_y)], THRESHOLD)
    scene.page.mark("missed" if one.event.kind == "missed" else "expired", (one.x, one.y))


def label_threshold(scene: Scene, one: Threshold) -> None:
    """Say what ran out, beside its mark."""
    run = scene.run
    length = length_text(run.hours(one.event.length))
    when = time_text(run.hours(one.event.tick))
    if one.event.kind == "missed":
        forms = [*_missed_forms(scene, one), f"{when}, missed"]
    else:
        forms = [f"{length} are up at {when}", f"{length} up at {when}"]
    plot, near = scene.plot, 0.3
    zone = Box(plot.left, max(plot.top, one.y - near), plot.right, min(plot.bottom, one.y + near))
    outside = one.y + 0.1 * one.stair.outwards
    search = Search(
        (one.x, outside),
        zone,
        widths=(2.4, 1.1, 0.9),
        sides=("left", "right"),
        most_lines=2,
        step=0.01,
    )
    hang(scene.page, Note(tuple(forms), NOTE), search)


def _missed_forms(scene: Scene, one: Threshold) -> list[str]:
    """Return how far a deadline was missed, if what it asked for came at all."""
    run = scene.run
    event = one.event
    met = [
        e.tick
        for e in one.story.events
        if e.kind == "met" and e.rule == event.rule and e.tick >= event.tick
    ]
    length = length_text(run.hours(event.length))
    if not met:
        return [f"{length} deadline, missed at {time_text(run.hours(event.tick))}"]
    missed, came = two_times(run.hours(event.tick), run.hours(met[0]))
    late = time_text(run.hours(met[0] - event.tick))
    return [f"deadline {missed}, missed{SPACE}by{SPACE}{late}", f"missed by {late}"] if came else []
