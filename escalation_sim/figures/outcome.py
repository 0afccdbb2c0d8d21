"""The end of the run: a bar across the plot, and beside it the outcome and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from escalation_sim.figures import glyphs, headline, palette
from escalation_sim.figures.bearings import constant_ticks
from escalation_sim.figures.page import Box
from escalation_sim.figures.sizes import (
    END,
    LABEL,
    MARGIN,
    NOTE,
    PAGE_WIDTH,
    TITLE,
    Face,
    Stroke,
)
from escalation_sim.figures.words import capital, clean, length_text

if TYPE_CHECKING:
    from escalation_sim.figures.scene import Scene
    from escalation_sim.model.model import Outcome

QUIET_END = Stroke("end", palette.THIRD, 1.2, layer=4.8)


def draw_end(scene: Scene) -> None:
    """Draw the bar from stair to stair, or across the plot where there is none."""
    top, bottom = scene.plan.strip
    last = [stair.y(stair.ladder.history.at(scene.end)) for stair in scene.plan.stairs]
    ends = [top, bottom, *last]
    stroke = END if scene.run.why_ended == "outcome" else QUIET_END
    scene.page.line([(scene.end_x, min(ends)), (scene.end_x, max(ends))], stroke)


def write_outcome(scene: Scene) -> None:
    """Write the outcome right of the bar, as near to the strip as there is room."""
    left = scene.end_x + 0.1
    room = PAGE_WIDTH - MARGIN - left
    middle = sum(scene.plan.strip) / 2
    zone = Box(left, scene.plan.top, PAGE_WIDTH - MARGIN, scene.plan.names_top)
    for lines in _forms(scene, room):
        height = sum(face.line for _, face in lines)
        width = max(glyphs.width(text, face) for text, face in lines)
        tops = [zone.top + 0.03 * k for k in range(int((zone.bottom - zone.top) / 0.03) + 1)]
        tops.sort(key=lambda y: abs(y + height / 2 - middle))
        for top in tops:
            box = Box(left, top, left + width, top + height)
            if zone.holds(box) and scene.page.free(box.grown(0.02)):
                scene.page.lines((left, top), lines)
                scene.page.take(box.grown(0.07))
                return


def _forms(scene: Scene, room: float) -> list[list[tuple[str, Face]]]:
    """Return the texts beside the bar in lines, from long to short."""
    colour = palette.OUTCOME if scene.run.why_ended == "outcome" else palette.SECOND
    label = capital(headline.outcome_label(scene.run))
    names = []
    for face, most in ((TITLE, 3), (LABEL.in_bold(), 5), (NOTE.in_bold(), 12)):
        lines = glyphs.wrap(label, face, room, most)
        if lines and " ".join(lines) == glyphs.shown(label):
            names.append([(line, face.coloured(colour)) for line in lines])
    second = NOTE.coloured(palette.SECOND)
    head = [("outcome", second)]
    ending = [(line, NOTE) for line in glyphs.wrap(_ending(scene), NOTE, room) or []]
    blank = [(" ", second)]
    why = [(line, second) for line in glyphs.wrap(_why(scene), second, room, 6) or []]
    forms = []
    for name in names or [[("see the footer", second)]]:
        forms += [head + name + ending + blank + why] if why else []
        forms.append(head + name + ending)
    return [*forms, *names]


def _ending(scene: Scene) -> str:
    run = scene.run
    when = scene.time(run.ended_at)
    if run.why_ended == "outcome":
        return f"run ends at {when}"
    if run.why_ended == "horizon":
        return f"at the horizon, {when}"
    return f"nothing more is due after {when}" if run.ended_at else "nothing is due"


def _why(scene: Scene) -> str:
    """Return the values that brought the outcome about, and how long they had held."""
    run = scene.run
    if run.why_ended == "quiet":
        return f"nothing changes until the horizon, {scene.time(run.model.horizon)}"
    record = next((r for r in run.records if r.kind == "outcome"), None)
    outcome = next((o for o in run.model.outcomes if o.id == run.outcome), None)
    if record is None or outcome is None:
        return ""
    if outcome.why:
        return clean(outcome.why)
    said = [_value(scene, name, value) for name, value in record.reads.items()]
    return ", ".join(part for part in said if part) + _held(scene, outcome)


def _value(scene: Scene, name: str, value: str) -> str:
    """Return a value that was read, in the scenario's labels; nothing for compound names."""
    variable = next((v for v in scene.run.model.variables if v.id == name), None)
    if variable is None:
        return ""
    if value in variable.levels:
        value = variable.level_labels[variable.levels.index(value)]
    if variable.type.kind == "flag":
        return clean(variable.label) if value == "true" else f"not {clean(variable.label)}"
    return f"{clean(variable.label)}: {clean(value)}"


def _held(scene: Scene, outcome: Outcome) -> str:
    if outcome.hold is None:
        return ""
    ticks = constant_ticks(scene.run.model, outcome.hold)
    return f", for {length_text(scene.run.hours(ticks))}" if ticks else ""
