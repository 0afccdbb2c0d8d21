"""The timing figure: when rungs are reached, and when and how runs end, as shares of all runs."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from escalation_sim.analysis.timing import timing_of
from escalation_sim.figures import frame, glyphs, palette
from escalation_sim.figures.curves import draw_curve, draw_ends, draw_scale
from escalation_sim.figures.dodge import dodged
from escalation_sim.figures.labels import Labels, Name
from escalation_sim.figures.page import Box
from escalation_sim.figures.place import Spot, middle_baseline, write_at_first
from escalation_sim.figures.shares import (
    BRACKETS,
    FEW_RUNS,
    MOST_REMARKS,
    End,
    ends_from_top,
    full_text,
    identity_of_point,
    share_text,
    sides_of,
)
from escalation_sim.figures.sizes import LABEL, MARGIN, NOTE, PAGE_WIDTH, Face, Stroke
from escalation_sim.figures.time_axis import Span, draw_axis, time_axis
from escalation_sim.figures.words import capital, clean, counted, listed, time_text

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from escalation_sim.analysis.study import Study, StudyPoint
    from escalation_sim.analysis.timing import Curve, Timing
    from escalation_sim.figures.page import Page
    from escalation_sim.figures.time_axis import TimeAxis
    from escalation_sim.model.model import Model

MOST_CURVES = 9
LEADER = Stroke("leader", palette.THIRD, 0.6)
NAME = NOTE.in_bold()
LEAST_PLOT, MOST_PLOT = 2.55, 4.0
"""Inches of the plots' height."""

SCALE_ROOM = 0.44
"""Inches left of a plot, for the numbers of its scale."""


@dataclass(frozen=True, slots=True)
class Line:
    """A curve as it is drawn; `name` is that of its rung."""

    curve: Curve
    name: Name
    colour: str
    text: str
    width: float


@dataclass(slots=True)
class Beside:
    """The labels right of a plot: lines of text, and the height at which each belongs."""

    left: float
    room: float
    names: Labels
    lines: list[list[tuple[str, Face]]] = field(default_factory=list)
    wanted: list[float] = field(default_factory=list)

    def add(self, name: Name, colour: str, said: str, wanted: float) -> None:
        """Add a label: a name in a colour, and what is said of it below."""
        lines = [(text, NAME.coloured(colour)) for text in self.names.lines(name)]
        below = glyphs.wrap(said, NOTE, self.room) or []
        self.lines.append([*lines, *((text, NOTE.coloured(palette.SECOND)) for text in below)])
        self.wanted.append(wanted)

    @property
    def heights(self) -> list[float]:
        """The height of each label with the air below it, in inches."""
        return [sum(face.line for _, face in lines) + 0.04 for lines in self.lines]

    def write(self, page: Page, top: float, bottom: float) -> None:
        """Write the labels between two heights, with a leader to each that had to move."""
        places = dodged(self.wanted, self.heights, top, bottom)
        for lines, height, wanted, place in zip(
            self.lines, self.heights, self.wanted, places, strict=True
        ):
            middle = place - height / 2 + lines[0][1].line / 2
            if abs(middle - wanted) > 0.05:
                page.line([(self.left - 0.16, wanted), (self.left - 0.04, middle)], LEADER)
            page.lines((self.left, place - height / 2), lines)


def timing_figure(study: Study, point: int = 0) -> Figure:
    """Return the timing of one design point: rungs reached at the left, ends at the right.

    Bands are Wilson's 95 % intervals; under 100 runs there are dots in place of curves.
    """
    at = study.points[point]
    timing = timing_of(at)
    lines, remark = _chosen(at, timing)
    ends = ends_from_top(at.model, at.outcomes)
    if not any(not end.rest and at.outcomes[end.id].count for end in ends):
        ends = ends if not lines else []
    identity = identity_of_point(study, at, f"Bands and brackets: {BRACKETS}.")
    header = frame.header_of(
        f"{at.model.title} · {counted(at.runs, 'run')}",
        _titles(at, lines),
        _explanations(study, lines=bool(lines), ends=bool(ends)),
        counted(at.runs, "run"),
    )
    boxes = _boxes(both=bool(lines and ends))
    left = Beside(boxes[0][1] + 0.2, boxes[0][2], Labels(two_lines=True, room=boxes[0][2]))
    right = Beside(boxes[-1][1] + 0.28, boxes[-1][2], Labels(two_lines=True, room=boxes[-1][2]))
    for beside, curves in ((left, [line.curve for line in lines]), (right, [])):
        for line, curve in zip(lines, curves, strict=False):
            beside.add(line.name, line.text, full_text(curve.share), 0.0)
    for end in ends:
        share = at.outcomes[end.id]
        right.add(Name(end.label, end.short, "an outcome"), end.text, full_text(share), 0.0)
    needed = max(sum(left.heights), sum(right.heights))
    height = min(max(LEAST_PLOT, needed), MOST_PLOT)
    names = [b.names.full_names() for b in (left, right) if b.names.replaced]
    remarks = [
        text
        for said in (remark, "; ".join(names))
        if said
        for text in glyphs.wrap(said, NOTE, frame.ROOM, MOST_REMARKS) or []
    ]
    top = header.bottom + 0.42
    below = 0.56 + len(remarks) * NOTE.line
    page = frame.begin(
        identity, header, max(top + height + below + frame.footer_height(identity), 4.4), key=False
    )
    last = _last_hour(timing, ends)
    box = Box(boxes[0][0], top, boxes[0][1], top + height)
    if lines:
        left.wanted = _draw_rungs(page, at, lines, box, last)
        left.write(page, top - 0.1, top + height + 0.1)
    if ends:
        box = Box(boxes[-1][0], top, boxes[-1][1], top + height)
        right.wanted = _draw_outcomes(page, at, timing, ends, box, last)
        right.write(page, top - 0.1, top + height + 0.1)
    second = NOTE.coloured(palette.SECOND)
    page.lines((MARGIN, top + height + 0.44), [(text, second) for text in remarks])
    return page.figure


def _boxes(*, both: bool) -> list[tuple[float, float, float]]:
    """Return for each plot its left and right edge and the room for its labels, in inches."""
    edge = PAGE_WIDTH - MARGIN
    if not both:
        return [(MARGIN + SCALE_ROOM, edge - 1.75, 1.5)]
    return [(MARGIN + SCALE_ROOM, 2.66, 1.36), (4.36, 5.44, edge - 5.72)]


def _last_hour(timing: Timing, ends: list[End]) -> float:
    """Return the last hour at which anything is reached or ends, at most the horizon."""
    rest = {end.id for end in ends if end.rest}
    told = [*timing.rungs, *(curve for curve in timing.ends if curve.id not in rest)]
    last = max((curve.hours[-1] for curve in told if curve.hours), default=0.0)
    return min(last, timing.horizon_hours) or timing.horizon_hours


def _axis(model: Model, last: float, box: Box) -> TimeAxis:
    """Return the axis of a plot from the start to the tick at an hour."""
    end = round(last / model.hours(1))
    return time_axis(model.hours, end, model.horizon, (), Span(box.left, box.right))


def _chosen(point: StudyPoint, timing: Timing) -> tuple[list[Line], str]:
    """Return the rungs to draw, highest last, and what is to be said of the others."""
    sides = sides_of(point.model)
    if sides is None:
        return [], ""
    curves = {curve.id: curve for curve in timing.rungs}
    ladders = [ladder for _, ladder in point.model.ladders]
    found: list[Line] = []
    never: list[str] = []
    for index, up in ((sides.up, True), (sides.down, False)):
        if index is None:
            continue
        ladder = ladders[index]
        for level in range(1, len(ladder.levels)):
            curve = curves[f"{ladder.id}.{ladder.levels[level]}"]
            label = ladder.level_labels[level]
            if not curve.share.count:
                never.append(clean(label))
                continue
            colour = palette.rungs(up, level - 1, len(ladder.levels) - 1)
            wide = 1.5 + 0.9 * (level - 1) / max(len(ladder.levels) - 2, 1)
            name = Name(label, ladder.level_shorts[level], f"rung {level}")
            text = palette.UP_TEXT if up else palette.DOWN_TEXT
            found.append(Line(curve, name, colour, text, wide))
    kept = sorted(found, key=lambda line: -line.curve.share.count)[:MOST_CURVES]
    said = []
    if len(kept) < len(found):
        said.append(f"{counted(len(found) - len(kept), 'rarer rung')} not drawn.")
    if never:
        shown = never if len(never) <= 4 else [*never[:3], f"{len(never) - 3} other rungs"]
        said.append(f"Never reached: {listed(shown)}.")
    return [line for line in found if line in kept], " ".join(said)


def _titles(point: StudyPoint, lines: list[Line]) -> list[str]:
    """Return forms of the finding: the highest rung that runs reach, how often and when."""
    sides = sides_of(point.model)
    if not lines or sides is None:
        told = max(point.outcomes.values(), key=lambda share: share.count)
        return [f"{capital(told.label)}: {share_text(told.count, told.of)} of runs", "Outcomes"]
    ladder = [ladder for _, ladder in point.model.ladders][sides.up]
    ours = [line for line in lines if line.curve.id.startswith(f"{ladder.id}.")]
    top = (ours or lines)[-1]
    share = top.curve.share
    word = f", {share.word}" if share.word else ""
    middle = point.rungs[top.curve.id].first_hours.quantiles[0.5] or 0.0
    when = f"; half of those by {time_text(middle)}"
    forms = []
    for name in (
        capital(top.name.label),
        capital(top.name.short or top.name.label),
        "The top rung",
    ):
        of = share_text(share.count, share.of)
        said = f"{name}: {of}{'' if ' of ' in of else ' of'} runs{word}"
        forms += [f"{said}{when}", said]
    return forms


def _explanations(study: Study, *, lines: bool, ends: bool) -> list[str]:
    words = f"Words follow {study.scale.name}."
    reached = "share of runs that have reached each rung"
    ended = "how runs have ended by each hour, pale still open"
    if study.points[0].runs < FEW_RUNS:
        reached, ended = "rungs reached, a dot a run", "how runs have ended by each hour"
    if lines and ends:
        return [f"Left: {reached}. Right: {ended}. {words}", f"Left: {reached}. Right: ends."]
    return [f"{capital(reached if lines else ended)}. {words}"]


def _draw_rungs(
    page: Page, point: StudyPoint, lines: list[Line], box: Box, last: float
) -> list[float]:
    """Draw scale and curves; return the heights at which the curves end, in inches."""
    model = point.model
    axis = _axis(model, last, box)
    draw_scale(page, box)
    _write_head(page, "Rung reached, share of runs", box)
    few = point.runs < FEW_RUNS
    for line in lines:
        draw_curve(page, line.curve, axis, box, line.colour, line.width, few=few)
    draw_axis(page, axis, box.bottom)
    _write_zero(page, model, axis, box)
    _write_medians(page, lines, axis, box)
    height = box.bottom - box.top
    return [box.bottom - height * (line.curve.share.share or 0.0) for line in lines]


def _write_medians(page: Page, lines: list[Line], axis: TimeAxis, box: Box) -> None:
    """Mark where half of all runs have reached a rung, with the hours beside it."""
    middle = (box.top + box.bottom) / 2
    marks = sorted(
        (line.curve.median_hours, line.colour) for line in lines if line.curve.median_hours
    )
    groups: list[list[float]] = []
    for hour, colour in marks:
        page.mark("start", (axis.at_hour(hour), middle), colour)
        if groups and axis.at_hour(hour) - axis.at_hour(groups[-1][-1]) < 0.5:
            groups[-1].append(hour)
        else:
            groups.append([hour])
    y = middle_baseline(middle, NOTE)
    for group in groups:
        x = axis.at_hour(group[-1])
        last = group is groups[-1]
        said = listed(list(dict.fromkeys(time_text(hour) for hour in group)))
        forms = [f"{said}: half of all runs", said] if last else [said]
        for form in forms:
            width = glyphs.width(form, NOTE)
            spots = [Spot((x + 0.1, y + d)) for d in (0.0, 0.13, -0.13, 0.26)]
            if x + 0.1 + width > box.right:
                spots = []
            left = axis.at_hour(group[0]) - 0.1
            if left - width > box.left:
                spots += [Spot((left, y + d), "right") for d in (0.0, -0.13, 0.13)]
            if write_at_first(page, form, NOTE, spots):
                break


def _draw_outcomes(
    page: Page, point: StudyPoint, timing: Timing, ends: list[End], box: Box, last: float
) -> list[float]:
    """Draw how runs have ended by each hour; return the heights of the ends' middles, in inches."""
    model = point.model
    axis = _axis(model, last, box)
    curves = {curve.id: curve for curve in timing.ends}
    _write_head(page, "Ends, share of runs", box)
    middles = draw_ends(
        page, [(end, curves[end.id]) for end in ends], axis, box, few=point.runs < FEW_RUNS
    )
    draw_axis(page, axis, box.bottom)
    _write_zero(page, model, axis, box)
    return middles


def _write_head(page: Page, text: str, box: Box) -> None:
    page.text((box.left, box.top - 0.2), text, LABEL.in_bold())


def _write_zero(page: Page, model: Model, axis: TimeAxis, box: Box) -> None:
    """Write below the axis what its numbers count from."""
    unit = {"s": "seconds", "min": "minutes", "h": "hours", "d": "days", "w": "weeks"}
    zero = clean(model.zero).rstrip(".")
    since = f"{unit[axis.unit_name]} from the start"
    room = box.right - box.left + 0.6
    for said in (f"{unit[axis.unit_name]} since {zero}" if zero else since, since):
        if glyphs.width(said, NOTE) <= room:
            page.text((box.left, box.bottom + 0.34), said, NOTE.coloured(palette.SECOND))
            return
