"""Red lines: the diamond of a crossing, the line to its holder, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from escalation_sim.figures import palette
from escalation_sim.figures.page import Box
from escalation_sim.figures.place import Note, Search, Spot, hang, middle_baseline, write_at_first
from escalation_sim.figures.sizes import ANSWER, CROSSING, MARGIN, NOTE, PAGE_WIDTH, PIXEL
from escalation_sim.figures.words import clean, time_text

if TYPE_CHECKING:
    from escalation_sim.figures.line_story import Answer, Crossing
    from escalation_sim.figures.plan import Stair
    from escalation_sim.figures.scene import Scene
    from escalation_sim.figures.sides import Side

MERGED = 4 * PIXEL
NEAR = 2.5
"""Inches a note may stand away from its cause, within the plot."""

MOST_NOTES = 3
"""Red lines that get a note, at their first crossing; the trace has the rest."""


@dataclass(frozen=True, slots=True)
class Mark:
    """Where a crossing is drawn: at `x`, from `top` on one side to the holder's stair."""

    crossing: Crossing
    x: float
    y: float
    end: float
    count: int
    stair: Stair | None
    """The holder's stair, if it is drawn."""


def marks(scene: Scene, crossings: list[Crossing]) -> list[Mark]:
    """Return where the crossings stand; those that nearly coincide are one, with a count."""
    found: list[Mark] = []
    for crossing in crossings:
        mark = _mark(scene, crossing)
        if found and mark.x - found[-1].x < MERGED:
            last = found.pop()
            answered = last.crossing if last.crossing.answer else crossing
            count = last.count + mark.count
            found.append(Mark(answered, last.x, last.y, last.end, count, last.stair))
        else:
            found.append(mark)
    return found


def _mark(scene: Scene, crossing: Crossing) -> Mark:
    holder = crossing.line.holder
    theirs = next((s for s in scene.plan.stairs if holder and s.ladder.holder == holder), None)
    others = [s for s in scene.plan.stairs if s is not theirs]
    moved = [s for s in others if s.ladder.history.change_at(crossing.tick)]
    top, bottom = scene.plan.strip
    start = next(iter(moved or others), None)
    y = start.y(start.ladder.history.at(crossing.tick)) if start else (top + bottom) / 2
    end = bottom if start is None or start.side == "up" else top
    if theirs is not None:
        end = theirs.y(theirs.ladder.history.before(_until(crossing)))
    return Mark(crossing, scene.axis.x(crossing.tick), y, end, len(crossing.lines), theirs)


def _until(crossing: Crossing) -> int:
    """Return the tick at which the holder's stair is looked at: just before the answer."""
    given = crossing.answer is not None and crossing.answer.given
    return crossing.answer.tick if given and crossing.answer else crossing.tick + 1


def draw_crossing(scene: Scene, mark: Mark) -> None:
    """Draw the line from the crossing, solid as declared; to the answer dashed, as assumed."""
    scene.page.line([(mark.x, mark.y), (mark.x, mark.end)], CROSSING)
    answer = mark.crossing.answer
    if answer and answer.given and mark.stair is not None:
        step = mark.stair.ladder.history.change_at(answer.tick)
        if step is not None and step.rises and answer.tick <= scene.end:
            y = mark.stair.y(step.after)
            x = scene.axis.x(answer.tick)
            stroke = ANSWER.as_dashed(answer.assumed)
            scene.page.line([(mark.x, mark.end), (mark.x, y), (x, y)], stroke)
    scene.page.mark("crossed", (mark.x, mark.y), palette.RED_LINE)


def label_crossings(scene: Scene, found: list[Mark]) -> None:
    """Write what was crossed and what answered, as long as there is room."""
    for mark in found:
        if mark.count > 1:
            face = NOTE.in_bold().coloured(palette.RED_LINE)
            y = middle_baseline(mark.y - 0.08, face)
            spots = [Spot((mark.x + 0.06, y)), Spot((mark.x - 0.06, y), "right")]
            write_at_first(scene.page, str(mark.count), face, spots)
    noted: set[str] = set()
    for mark in found:
        if mark.crossing.line.id in noted or len(noted) >= MOST_NOTES:
            continue
        noted.add(mark.crossing.line.id)
        side: Side = "down" if mark.stair is not None and mark.stair.side == "up" else "up"
        _write_crossing(scene, mark, _zones(scene, side))
        if mark.crossing.answer is not None:
            other: Side = "up" if side == "down" else "down"
            _write_answer(scene, mark, mark.crossing.answer, _zones(scene, other))


def _zones(scene: Scene, side: Side) -> list[tuple[Box, float]]:
    """Return where to look for room, and how far off: the side's half, the plot, the margin."""
    half, plot = scene.half(side), scene.plot
    edge = PAGE_WIDTH - MARGIN
    beside = Box(plot.right + 0.1, half.top, edge, half.bottom)
    margin = Box(plot.right + 0.1, plot.top, edge, plot.bottom)
    near = [half] if scene.stair(side) else []
    return [*((zone, NEAR) for zone in (*near, beside)), (margin, PAGE_WIDTH), (plot, NEAR)]


def _write_crossing(scene: Scene, mark: Mark, zones: list[tuple[Box, float]]) -> None:
    line, when = mark.crossing.line, scene.time(mark.crossing.tick)
    what = f"{when}: {clean(line.label)}"
    if mark.count > 1:
        what += f" and {mark.count - 1} more"
    times = len(scene.run.crossings[line.id])
    if times > 1:
        what += f", the first of {times} times"
    said = clean(line.declares)
    forms = [what, when]
    if said:
        forms.insert(0, f"{what}; declared: “{said}”")
    note = Note(tuple(forms), NOTE, "Red line crossed", NOTE.in_bold().coloured(palette.RED_LINE))
    inwards = 0.1 if mark.end > mark.y else -0.1
    _hang_first(scene, note, (mark.x, mark.y + inwards), zones)


def _write_answer(scene: Scene, mark: Mark, answer: Answer, zones: list[tuple[Box, float]]) -> None:
    colour = mark.stair.text_colour if mark.stair else palette.INK
    if answer.given:
        drawn = answer.chance is not None or bool(answer.rule.options)
        head = "Answer drawn" if drawn else "Answer"
        forms = _answer_forms(scene, mark, answer)
    else:
        head = "No answer drawn"
        threshold = answer.chance[1] if answer.chance else 0.0
        what = f"its chance of {threshold:.2f}"
        assumed = ", which is assumed, failed" if answer.assumed else " failed"
        forms = [f"{scene.time(answer.tick)}: {what}{assumed}", f"{what} failed"]
    note = Note(tuple(forms), NOTE, head, NOTE.in_bold().coloured(colour))
    _hang_first(scene, note, (mark.x, mark.end - 0.05), zones)


def _answer_forms(scene: Scene, mark: Mark, answer: Answer) -> list[str]:
    when = scene.time(answer.tick)
    step = mark.stair.ladder.history.change_at(answer.tick) if mark.stair else None
    if mark.stair is not None and step is not None:
        what = clean(mark.stair.ladder.variable.level_labels[step.after])
    else:
        what = clean(answer.option or answer.rule.label)
    waited = time_text(scene.run.hours(answer.waited))
    parts = [f"chance of {answer.chance[1]:.2f}"] if answer.chance else []
    if answer.waited:
        parts.append(f"{waited} delay")
    said = f"{when}: {what}"
    if not parts:
        return [said, when]
    are = "are" if len(parts) > 1 else "is"
    rest = f"its {' and '.join(parts)}"
    long = f"{said}; {rest} {are} assumed" if answer.assumed else f"{said}; {rest}"
    return [long, said, when]


def _hang_first(
    scene: Scene, note: Note, anchor: tuple[float, float], zones: list[tuple[Box, float]]
) -> None:
    """Hang the longest form that some zone has room for; at last the head alone."""
    for form in (*note.forms, ""):
        one = Note((form,), note.face, note.head, note.head_face)
        for zone, reach in zones:
            search = Search(anchor, zone, reach=reach if form else 0.0, air=0.03)
            if hang(scene.page, one, search):
                return
