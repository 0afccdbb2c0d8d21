"""The readings figure: one clause, each way to read it, and one run that all are asked of."""

from __future__ import annotations

from dataclasses import dataclass
from string import ascii_uppercase
from typing import TYPE_CHECKING

from escalation_sim.analysis.readings import readings_of
from escalation_sim.figures import frame, glyphs, history, palette
from escalation_sim.figures.labels import Labels, Name
from escalation_sim.figures.page import Box
from escalation_sim.figures.place import Spot, middle_baseline, write_at_first
from escalation_sim.figures.shares import (
    MOST_REMARKS,
    identity_of_model,
)
from escalation_sim.figures.sizes import (
    AXIS,
    MARGIN,
    MOST_HEIGHT,
    NOTE,
    PAGE_WIDTH,
    PIXEL,
    TITLE,
    Face,
    Stroke,
)
from escalation_sim.figures.time_axis import Span, draw_axis, draw_grid, time_axis
from escalation_sim.figures.words import capital, clean, counted, listed, time_text

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from escalation_sim.analysis.readings import Read, Readings
    from escalation_sim.analysis.study import Study
    from escalation_sim.figures.history import History
    from escalation_sim.figures.page import Page
    from escalation_sim.figures.time_axis import TimeAxis
    from escalation_sim.model.model import Variable
    from escalation_sim.trace.run import Run

PLOT = (2.2, 5.72)
"""Left and right edge of the plot, in inches."""

RESULT = 5.92
"""Left edge of the results, in inches."""

MOST_ROW, LEAST_ROW, ROW_GAP = 0.62, 0.36, 0.06
"""Inches of a row with the paper below it, and of that paper."""

STRIP = 0.18
BAR = 0.16
INSTANT = 0.035
"""Inches of the strip, of a bar, and of what is true for an instant."""

EDGE = Stroke("frame", palette.UP, 0.9, layer=3)
FIRST = Stroke("first", palette.INK, 1.6, layer=5)


@dataclass(frozen=True, slots=True)
class _Scene:
    """What the parts of the figure draw with."""

    page: Page
    found: Readings
    axis: TimeAxis
    end_x: float
    strip: tuple[Variable, History] | None
    row: float


def readings_figure(
    study: Study, clause: str | None = None, replication: int | None = None
) -> Figure:
    """Return one run with a row for each reading of a clause: dark where it may start.

    Raises UsageError unless the study has a design point for each reading.
    """
    found = readings_of(study, clause, replication)
    run = found.run
    note = (
        f"The run is that of reading {found.clause.chosen}; every row asks its own sentence of it. "
        "In grey: how the same draw ends if the clause is read so."
    )
    draw = f"seed {run.seed} · replication {run.replication}"
    identity = identity_of_model(run.model, draw, note)
    rows = counted(len(found.rows), "reading")
    header = frame.header_of(
        f"{run.model.title} · one run, {rows}",
        _titles(found),
        _explanations(found),
        f"One run, {rows}",
    )
    strip = _strip(run)
    top = header.bottom + 0.3
    start = top + (STRIP + 0.08 if strip else 0.0)
    footer = frame.footer_height(identity)
    names = Labels(two_lines=False, room=PLOT[0] - MARGIN - 0.35, face=NOTE.in_bold())
    room = (MOST_HEIGHT - footer - 0.7 - start) / len(found.rows)
    row = min(MOST_ROW, max(room, LEAST_ROW))
    kept = found.rows[: max(int((MOST_HEIGHT - footer - 0.7 - start) / row), 1)]
    labels = [
        names.lines(Name(read.reading.replace("_", " "), "", f"reading {k + 1}"))
        for k, read in enumerate(kept)
    ]
    remarks = _remarks(len(found.rows) - len(kept), names)
    bottom = start + row * len(kept) - ROW_GAP
    height = bottom + 0.5 + len(remarks) * NOTE.line + footer
    page = frame.begin(identity, header, max(height, 4.4), key=False)
    end = run.model.horizon if run.why_ended == "quiet" else run.ended_at
    axis = time_axis(run.hours, end, run.model.horizon, (), Span(*PLOT))
    scene = _Scene(page, found, axis, axis.x(end), strip, row)
    _draw_strip(scene, top)
    for k, (read, lines) in enumerate(zip(kept, labels, strict=True)):
        _draw_row(scene, read, (ascii_uppercase[k % 26], *lines), start + k * row)
    draw_axis(page, axis, bottom)
    _write_key(scene, bottom + 0.38)
    second = NOTE.coloured(palette.SECOND)
    page.lines((MARGIN, bottom + 0.46), [(line, second) for line in remarks])
    return page.figure


def _titles(found: Readings) -> list[str]:
    """Return forms of the finding: at which hours the sentences come true."""
    hours = sorted({row.first_hours for row in found.rows if row.first_hours is not None})
    said = list(dict.fromkeys(time_text(hour) for hour in hours))
    never = any(row.first_hours is None for row in found.rows)
    met = f"met at {listed(said, 'or')}" if said else "never met"
    tail = ", or never" if said and never else ""
    count = counted(len(found.rows), "reading")
    return [f"One clause, {count}: its condition is {met}{tail}", f"One clause, {count}"]


def _explanations(found: Readings) -> list[str]:
    label = capital(found.clause.label)
    fixed = "The same run in each row, and only the sentence differs: dark where it is true."
    return [f"{label}. {fixed}", fixed]


def _remarks(left_out: int, names: Labels) -> list[str]:
    said = [f"{counted(left_out, 'more reading')} not drawn."] if left_out else []
    if names.replaced:
        said.append(names.full_names())
    return [
        line for text in said for line in glyphs.wrap(text, NOTE, frame.ROOM, MOST_REMARKS) or []
    ]


def _strip(run: Run) -> tuple[Variable, History] | None:
    """Return the situation that gives the strip: the one marked so, else the first with levels."""
    levelled = [v for v in run.model.variables if v.section == "situation" and v.levels]
    chosen = next((v for v in levelled if v.strip), levelled[0] if levelled else None)
    if chosen is None:
        return None
    past = history.of_situation(run, chosen)
    return None if past is None else (chosen, past)


def _draw_strip(scene: _Scene, top: float) -> None:
    """Draw the strip on top, with each level's name where its stretch is wide enough."""
    page = scene.page
    second = NOTE.coloured(palette.SECOND)
    page.text((RESULT, middle_baseline(top + STRIP / 2, second)), "condition met", second)
    if scene.strip is None:
        return
    variable, past = scene.strip
    levels = len(variable.levels)
    names = Labels(two_lines=False, room=PLOT[0] - MARGIN - 0.1, face=second)
    (name,) = names.lines(Name(variable.label, variable.short, "Level"))
    page.text((MARGIN, middle_baseline(top + STRIP / 2, second)), name, second)
    end = round(scene.axis.end / scene.found.run.hours(1))
    for segment in past.segments(min(_drawn_end(scene.found.run), end)):
        left, right = scene.axis.x(segment.begin), scene.axis.x(segment.end)
        box = Box(left, top, right, top + STRIP)
        page.fill(box, palette.strip(segment.level, levels), layer=3)
        for word in (variable.level_labels[segment.level], variable.level_shorts[segment.level]):
            if word and glyphs.width(word, AXIS) + 3 * PIXEL < right - left:
                middle = ((left + right) / 2, middle_baseline(top + STRIP / 2, AXIS))
                page.text(middle, word, AXIS.coloured(palette.INK), "center")
                break


def _drawn_end(run: Run) -> int:
    return run.model.horizon if run.why_ended == "quiet" else run.ended_at


def _draw_row(scene: _Scene, read: Read, name: tuple[str, ...], top: float) -> None:
    """Draw one reading: its name and sentence, where it is true, and the hour it first is."""
    page, axis = scene.page, scene.axis
    bottom = top + scene.row - ROW_GAP
    _tint(scene, top, bottom)
    draw_grid(page, axis, top, bottom, scene.end_x)
    middle = (top + bottom) / 2
    low, high = middle - BAR / 2, middle + BAR / 2
    page.fill(Box(axis.left, low, scene.end_x, high), palette.PAPER, layer=3, edge=EDGE)
    at = 0.0
    for begin, end in read.spans:
        left, right = axis.at_hour(begin), axis.at_hour(end)
        _write_in(page, _why_not(read, at), (axis.at_hour(at), left), middle, palette.SECOND)
        long = right - left > INSTANT
        box = (
            Box(left, low, right, high)
            if long
            else (Box(left - INSTANT / 2, low - 0.06, left + INSTANT / 2, high + 0.06))
        )
        page.fill(box, palette.UP, layer=4)
        _write_in(page, "may start", (left, right), middle, palette.PAPER)
        at = end
    _write_in(page, _why_not(read, at), (axis.at_hour(at), scene.end_x), middle, palette.SECOND)
    if read.first_hours is not None:
        x = axis.at_hour(read.first_hours)
        page.line([(x, top + 0.02), (x, low)], FIRST)
        page.line([(x, high), (x, bottom - 0.02)], FIRST)
    _write_name(scene, read, name, top, bottom)
    _write_result(scene, read, top, bottom)


def _tint(scene: _Scene, top: float, bottom: float) -> None:
    """Tint a row by the strip's level, until the run ends."""
    if scene.strip is None:
        box = Box(scene.axis.left, top, scene.end_x, bottom)
        scene.page.fill(box, palette.band(1, 4), layer=0.5)
        return
    variable, past = scene.strip
    for segment in past.segments(_drawn_end(scene.found.run)):
        box = Box(scene.axis.x(segment.begin), top, scene.axis.x(segment.end), bottom)
        scene.page.fill(box, palette.band(segment.level, len(variable.levels)), layer=0.5)


def _why_not(read: Read, since: float) -> str:
    if read.first_hours is None:
        return "never"
    return "not yet" if since < read.first_hours else "not any more"


def _write_in(
    page: Page, word: str, edges: tuple[float, float], middle: float, colour: str
) -> None:
    left, right = edges
    face = NOTE.coloured(colour)
    if glyphs.width(word, face) + 0.1 <= right - left:
        at = ((left + right) / 2, middle_baseline(middle, face))
        page.text(at, word, face, "center")


def _write_name(
    scene: _Scene, read: Read, name: tuple[str, ...], top: float, bottom: float
) -> None:
    """Write a reading's letter, name and, as far as there is room, its sentence."""
    letter, *lines = name
    bold = NOTE.in_bold()
    second = NOTE.coloured(palette.SECOND)
    room = PLOT[0] - MARGIN - 0.3
    most = int((bottom - top + 0.02) / NOTE.line) - len(lines)
    sentence = glyphs.first_that_fits([read.sentence, ""], second, room, max(most, 0)) or []
    texts: list[tuple[str, Face]] = [(line, bold) for line in lines]
    texts += [(line, second) for line in sentence]
    y = (top + bottom) / 2 - len(texts) * NOTE.line / 2
    scene.page.lines((MARGIN, y), [(letter, bold)])
    scene.page.lines((MARGIN + 0.2, y), texts)


def _write_result(scene: _Scene, read: Read, top: float, bottom: float) -> None:
    """Write the hour, or never as large as an hour, and how the run ends if it is read so."""
    never = read.first_hours is None
    said = "never" if read.first_hours is None else time_text(read.first_hours)
    face = TITLE.coloured(palette.INK if never else palette.UP_TEXT)
    second = NOTE.coloured(palette.SECOND)
    room = PAGE_WIDTH - MARGIN - RESULT
    when = time_text(read.ended_hours)
    most = int((bottom - top - face.line) / second.line + 0.3)
    forms = [f"{clean(read.outcome)}, {when}", f"ends at {when}"]
    below = glyphs.first_that_fits(forms, second, room, max(most, 1))
    height = face.line + len(below) * second.line
    texts = [(said, face), *((line, second) for line in below)]
    scene.page.lines((RESULT, (top + bottom) / 2 - height / 2), texts)


def _write_key(scene: _Scene, y: float) -> None:
    """Write the one-line key for light and dark, below the axis at the left."""
    page = scene.page
    x = MARGIN
    for word, dark in (("may not start", False), ("may start", True)):
        box = Box(x, y - 0.055, x + 0.2, y + 0.045)
        page.fill(box, palette.UP if dark else palette.PAPER, layer=3, edge=EDGE)
        drawn = page.text((x + 0.26, middle_baseline(y, NOTE)), word, NOTE)
        x = drawn.right + 0.16
    zero = clean(scene.found.run.model.zero).rstrip(".")
    unit = {"s": "seconds", "min": "minutes", "h": "hours", "d": "days", "w": "weeks"}
    name = unit[scene.axis.unit_name]
    spot = [Spot((PLOT[0], middle_baseline(y, NOTE)))]
    second = NOTE.coloured(palette.SECOND)
    for said in (f"{name} since {zero}" if zero else "", f"{name} from the start"):
        if said and glyphs.width(said, NOTE) <= PAGE_WIDTH - MARGIN - PLOT[0]:
            write_at_first(page, said, second, spot)
            return
