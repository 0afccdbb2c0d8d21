"""The paths figure: streams of runs from rung to rung, and where they end."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from escalation_sim.analysis.flows import OTHER, flows_of
from escalation_sim.analysis.paths import paths_of
from escalation_sim.errors import UsageError
from escalation_sim.figures import frame, glyphs, palette
from escalation_sim.figures.labels import Labels, Name
from escalation_sim.figures.page import Box, line_box
from escalation_sim.figures.place import Spot, write_at_first
from escalation_sim.figures.shares import (
    BRACKETS,
    MOST_REMARKS,
    ends_from_top,
    identity_of_point,
    share_text,
    sides_of,
)
from escalation_sim.figures.sizes import (
    LEAST_HEIGHT,
    MARGIN,
    MOST_HEIGHT,
    NOTE,
    PAGE_WIDTH,
    Face,
    Stroke,
)
from escalation_sim.figures.streams import BAR, RISE, TURN, Stub, laid_out, outline, span_at
from escalation_sim.figures.timing import Beside
from escalation_sim.figures.words import SPACE, capital, clean, counted, time_text

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from escalation_sim.analysis.flows import Flows, Place
    from escalation_sim.analysis.paths import Paths
    from escalation_sim.analysis.study import Study, StudyPoint
    from escalation_sim.figures.page import Page, Point
    from escalation_sim.figures.shares import End, Sides
    from escalation_sim.figures.streams import Streams

RIGHT = 1.5
"""Inches right of the bar of all runs, for the outcomes."""

CAP = Stroke("cap", palette.INK, 2.2, layer=3)
PARTING = Stroke("grid", palette.PAPER, 0.8, layer=2.5)
TIERS, TIER = 3, 0.29
"""Rows of labels below the stubs, and the inches of one."""

MOST_LABELS = 14

SCALES = (2.05, 1.75, 1.5, 1.25, 1.0, 0.75)
"""Inches for all runs, the first with which the page is not too high."""


@dataclass(frozen=True, slots=True)
class _Scene:
    """What the parts of the figure draw with; `top` is where the streams' height 0 lies."""

    page: Page
    paths: Paths
    flows: Flows
    streams: Streams
    top: float

    def y(self, height: float) -> float:
        """Return a height of the streams as inches from the page's top."""
        return self.top + height

    def clear(self, box: Box) -> bool:
        """Whether no stream, nor anything written, is where a text would stand."""
        for k in range(9):
            x = box.left + (box.right - box.left) * k / 8
            for way in self.streams.ways:
                span = span_at(way, x)
                if span and self.y(span[0]) < box.bottom and box.top < self.y(span[1]):
                    return False
            for y in (box.top, sum((box.top, box.bottom)) / 2, box.bottom):
                if any(stub.covers(x, y - self.top) for stub in self.streams.stubs):
                    return False
        return self.page.free(box)

    def write_clear(self, forms: list[str], face: Face, spots: list[Spot]) -> None:
        """Write the first form that has a clear spot; of none, the shortest on a stream."""
        for form in forms:
            for spot in spots:
                if form and self.clear(line_box(spot.at, form, face, spot.align)):
                    self.page.text(spot.at, form, face, spot.align)
                    return
        for form in forms[::-1]:
            if form and write_at_first(self.page, form, face, spots):
                return

    @property
    def lowest(self) -> int:
        """The second ladder's rung in the lowest row."""
        return min((other for _, other in self.flows.counts if other != OTHER), default=0)


def paths_figure(study: Study, point: int = 0) -> Figure:
    """Return the paths of one design point on the way up, time running from left to right.

    Columns are rungs of the main ladder, in the order of the ladder; a stream's width is a share
    of all runs. Streams of under 2 % are grey. Runs that end leave downwards; at the right stand
    all runs. Raises UsageError for a scenario without ladders.
    """
    at = study.points[point]
    sides = sides_of(at.model)
    if sides is None:
        raise UsageError("paths are of ladders, and this scenario has none")
    if not at.runs:
        raise UsageError("no run came to an end, so there is no path")
    paths = paths_of(study, point)
    flows = flows_of(paths, sides.up, sides.down)
    ends = ends_from_top(at.model, at.outcomes)
    left, right = MARGIN + 0.04, PAGE_WIDTH - MARGIN - RIGHT
    shown = [end for end in ends if at.outcomes[end.id].count]
    left, right = MARGIN + 0.04, PAGE_WIDTH - MARGIN - RIGHT
    names, end_names = (Labels(two_lines=True, room=1.2, face=NOTE.in_bold()) for _ in range(2))
    beside = Beside(right + 0.3, PAGE_WIDTH - MARGIN - right - 0.3, end_names)
    for end in shown:
        share = at.outcomes[end.id]
        word = f", {share.word}" if share.word else ""
        said = f"{share_text(share.count, share.of)}{word}"
        beside.add(Name(end.label, end.short, "an outcome"), end.text, said, 0.0)
    identity = identity_of_point(study, at, f"Shares are of all runs; times are medians. {_note()}")
    header = frame.header_of(
        f"{at.model.title} · {counted(at.runs, 'run')}",
        _titles(at, sides, flows),
        _explanations(study),
        counted(at.runs, "run"),
    )
    known = {end.id: end for end in ends}
    for most in SCALES:
        streams = laid_out(flows, [end.id for end in ends], left, right, most)
        names.replaced.clear()
        heads = _heads(at, sides, streams, names)
        remarks = _remarks(at, sides, flows, [names, beside.names])
        tails = _tails(paths, flows, streams, known)
        top = header.bottom + _above(heads, streams)
        low = max(streams.bottom, sum(beside.heights) - 0.2)
        rows = max((tail.tier for tail in tails), default=0) + 1 if tails else 0
        height = top + low + 0.1 + TIER * rows + 0.16 + len(remarks) * NOTE.line
        height += frame.footer_height(identity)
        if height <= MOST_HEIGHT:
            break
    page = frame.begin(identity, header, max(height, LEAST_HEIGHT), key=False)
    scene = _Scene(page, paths, flows, streams, top)
    _draw_ways(scene)
    _draw_bars(scene, ends)
    face = NOTE.in_bold().coloured(palette.UP_TEXT)
    for rung, lines in heads.items():
        page.lines((streams.columns[rung], header.bottom + 0.08), [(line, face) for line in lines])
    page.lines((streams.end, header.bottom + 0.08), [("All runs", NOTE.in_bold())])
    _draw_stubs(scene, tails, known, low + 0.1)
    _label_places(scene, at, sides)
    beside.wanted = [scene.y(sum(streams.bar[end.id]) / 2) for end in shown]
    beside.write(page, top - 0.12, top + low + 0.1)
    second = NOTE.coloured(palette.SECOND)
    bottom = page.height - frame.footer_height(identity) - len(remarks) * NOTE.line - 0.06
    page.lines((MARGIN, bottom), [(line, second) for line in remarks])
    return page.figure


def _above(heads: dict[int, list[str]], streams: Streams) -> float:
    """Return the inches from the header to the streams' height 0."""
    lines = max(len(lines) for lines in heads.values())
    over = 0.28 - streams.top if streams.top < 0 else 0.0
    return 0.22 + lines * NOTE.line + over


def _explanations(study: Study) -> list[str]:
    said = "Width is the share of all runs; labels give that share and the median hour."
    return [f"{said} Words follow {study.scale.name}.", said]


def _note() -> str:
    return f"{BRACKETS} stand in the study's table."


def _heads(
    point: StudyPoint, sides: Sides, streams: Streams, names: Labels
) -> dict[int, list[str]]:
    """Return the heads of the columns in lines that fit the space to the next column."""
    ladder = [ladder for _, ladder in point.model.ladders][sides.up]
    xs = [*streams.columns.values(), streams.end]
    heads = {}
    for k, rung in enumerate(streams.columns):
        names.room = xs[k + 1] - xs[k] - 0.06
        name = Name(ladder.level_labels[rung], ladder.level_shorts[rung], f"rung {rung}")
        heads[rung] = names.lines(name, most=3)
    return heads


def _titles(point: StudyPoint, sides: Sides, flows: Flows) -> list[str]:
    """Return forms of the finding: how many runs come to the highest rung drawn."""
    ladder = [ladder for _, ladder in point.model.ladders][sides.up]
    top = flows.rungs[-1]
    if len(flows.rungs) == 1:
        return [f"No run in fifty leaves {clean(ladder.level_labels[top])}", "Few runs climb"]
    share = point.rungs[f"{ladder.id}.{ladder.levels[top]}"].share
    reach = share_text(share.count, share.of)
    short = share_text(share.of - share.count, share.of)
    forms = []
    for name in (ladder.level_labels[top], ladder.level_shorts[top] or "the top rung"):
        if 0 < share.count < share.of:
            forms.append(f"{capital(short)} of runs stop short of {clean(name)}; {reach} reach it")
        else:
            forms.append(f"{capital(clean(name))} is reached by {reach} runs")
    return [*forms, f"The highest rung is reached by {reach}"]


def _remarks(point: StudyPoint, sides: Sides, flows: Flows, names: list[Labels]) -> list[str]:
    said = []
    kinds, runs = flows.rare()
    if kinds:
        said.append(
            f"Grey: streams of under 2{SPACE}% each, which {counted(kinds, 'path')} "
            f"({share_text(runs, flows.runs)} of runs) take somewhere."
        )
    ladder = [ladder for _, ladder in point.model.ladders][sides.up]
    reached = sum(point.rungs[f"{ladder.id}.{rung}"].share.count > 0 for rung in ladder.levels)
    if reached > len(flows.rungs):
        said.append(f"{counted(reached - len(flows.rungs), 'other rung')} not drawn.")
    told = [n.full_names() for n in names if n.replaced]
    texts = [" ".join(said), *told]
    return [
        line
        for text in texts
        if text
        for line in glyphs.wrap(text, NOTE, frame.ROOM, MOST_REMARKS) or []
    ]


def _draw_ways(scene: _Scene) -> None:
    lowest = scene.lowest
    for way in sorted(scene.streams.ways, key=lambda way: -way.count):
        towards = way.target if isinstance(way.target, tuple) else way.source
        colour = palette.FLOW_UP if towards[1] == lowest else palette.FLOW_DOWN
        if way.small or towards[1] == OTHER:
            colour = palette.FLOW_OTHER
        scene.page.shade([(x, scene.y(h)) for x, h in outline(way)], colour, 1.0)


def _draw_bars(scene: _Scene, ends: list[End]) -> None:
    lowest = scene.lowest
    for place, (top, bottom) in scene.streams.places.items():
        x = scene.streams.columns[place[0]]
        colour = palette.UP if place[1] == lowest else palette.DOWN
        colour = palette.CLOCK if place[1] == OTHER else colour
        box = Box(x, scene.y(top), x + BAR, scene.y(bottom))
        scene.page.fill(box, colour, layer=2)
        scene.page.take(box)
    x = scene.streams.end
    for end in ends:
        top, bottom = scene.streams.bar[end.id]
        if bottom > top:
            box = Box(x, scene.y(top), x + 1.6 * BAR, scene.y(bottom))
            scene.page.fill(box, end.fill, layer=2)
            scene.page.line([(x, box.bottom), (box.right, box.bottom)], PARTING)


@dataclass(frozen=True, slots=True)
class _Tail:
    """A stub with its label, the row the label stands in, and the label's left edge."""

    stub: Stub
    label: list[tuple[str, Face]]
    tier: int
    left: float


def _tails(paths: Paths, flows: Flows, streams: Streams, ends: dict[str, End]) -> list[_Tail]:
    """Return the stubs that go down with their labels, each in the first row that has room."""
    found: list[_Tail] = []
    taken: list[tuple[int, float, float]] = []
    down = [stub for stub in streams.stubs if not stub.up]
    wide = {id(stub) for stub in sorted(down, key=lambda s: -s.count)[:MOST_LABELS]}
    for stub in sorted(down, key=lambda stub: stub.inner):
        label = _stub_label(paths, flows, stub, ends) if id(stub) in wide else []
        width = max((glyphs.width(text, face) for text, face in label), default=0.0)
        place = _row_of(stub, width, taken, streams.end) if label else None
        if place is None:
            found.append(_Tail(stub, [], 0, stub.inner))
            continue
        tier, left = place
        taken.append((tier, left, left + width))
        found.append(_Tail(stub, label, tier, left))
    return found


def _row_of(
    stub: Stub, width: float, taken: list[tuple[int, float, float]], end: float
) -> tuple[int, float] | None:
    """Return the first row and left edge at which a label meets no other, nor its stub another."""
    right = stub.inner + stub.width
    for tier in range(TIERS):
        for left in (stub.inner, right - width):
            meets = any(
                row == tier and left - 0.06 < b and a < left + width + 0.06 for row, a, b in taken
            )
            passes = any(row < tier and stub.inner - 0.03 < b and a < right for row, a, b in taken)
            if not meets and not passes and left >= MARGIN and left + width < end + 0.5:
                return tier, left
    return None


def _draw_stubs(scene: _Scene, tails: list[_Tail], ends: dict[str, End], caps: float) -> None:
    """Draw what ends on the way: down with labels below the caps, up with labels beside them."""
    page = scene.page
    for tail in tails:
        cap = scene.y(caps) + tail.tier * TIER
        _draw_stub(scene, tail.stub, ends, cap)
        if tail.label:
            page.lines((tail.left, cap + 0.04), tail.label)
    for stub in (stub for stub in scene.streams.stubs if stub.up):
        cap = scene.y(stub.top) - RISE
        _draw_stub(scene, stub, ends, cap)
        (text, face), *more = _stub_label(scene.paths, scene.flows, stub, ends)
        said = " ".join([text, *(t for t, _ in more)])
        right = stub.inner + stub.width
        spots = [
            Spot((right + 0.05, cap + 0.09)),
            Spot((right + 0.05, cap)),
            Spot((right, cap - 0.04), "right"),
        ]
        share = share_text(stub.count, scene.flows.runs)
        scene.write_clear([said, f"{text} {share}"], face, spots)


def _stub_label(
    paths: Paths, flows: Flows, stub: Stub, ends: dict[str, End]
) -> list[tuple[str, Face]]:
    share = share_text(stub.count, flows.runs)
    if not stub.outcome:
        return [("other ends", NOTE.in_bold()), (share, NOTE.coloured(palette.SECOND))]
    end = ends[stub.outcome]
    median = paths.median_hours(flows.ends[stub.place, stub.outcome])
    when = f" · {time_text(median)}" if median is not None else ""
    second = NOTE.coloured(palette.SECOND)
    bold = NOTE.in_bold().coloured(end.text)
    names = [end.short, end.label]
    name = next((n for n in names if glyphs.width(n, bold) <= 1.1), "")
    if not name:
        words = clean(end.short).split(" ")
        name = words[0] if glyphs.width(words[0], bold) <= 1.1 else "ends"
    return [(name, bold), (f"{share}{when}", second)]


def _draw_stub(scene: _Scene, stub: Stub, ends: dict[str, End], cap: float) -> None:
    """Draw one stub: level out of its bar, around the bend, and straight to its cap."""
    sign = -1.0 if stub.up else 1.0
    near, far = (stub.top, stub.bottom) if stub.up else (stub.bottom, stub.top)
    x, centre = stub.left + stub.lead, scene.y(near) + sign * TURN
    colour = ends[stub.outcome].fill if stub.outcome else palette.FLOW_OTHER
    outer: list[Point] = [(stub.left, scene.y(far)), (x, scene.y(far))]
    inner: list[Point] = [(stub.left, scene.y(near)), (x, scene.y(near))]
    for points, radius in ((outer, TURN + stub.width), (inner, TURN)):
        for k in range(1, 13):
            angle = math.pi / 2 * k / 12
            points.append((x + radius * math.sin(angle), centre - sign * radius * math.cos(angle)))
    right = stub.inner + stub.width
    outline_ = [*outer, (right, cap), (stub.inner, cap), *reversed(inner)]
    scene.page.shade(outline_, colour, 1.0)
    text = ends[stub.outcome].text if stub.outcome else palette.THIRD
    scene.page.line([(stub.inner, cap), (right, cap)], Stroke("cap", text, CAP.width, layer=3))


def _label_places(scene: _Scene, point: StudyPoint, sides: Sides) -> None:
    """Write the share and median hour left of each bar, and over an upper one the other's rung."""
    flows = scene.flows
    rungs = flows.rungs
    lowest = scene.lowest
    for place, count in sorted(flows.counts.items(), key=lambda item: -item[1]):
        if place[0] == rungs[0]:
            continue
        known = flows.arrivals[place]
        median = scene.paths.median_hours(known) if known.n == count else None
        share = share_text(count, flows.runs)
        top, bottom = scene.streams.places[place]
        x = scene.streams.columns[place[0]] - 0.05
        forms = [[share]]
        if median is not None:
            forms = [[f"{share} · {time_text(median)}"], [share, time_text(median)], [share]]
        _write_inside(scene, forms, x, (scene.y(top), scene.y(bottom)))
        if place[1] != lowest:
            _write_other(scene, point, sides, place)


def _write_inside(
    scene: _Scene, forms: list[list[str]], right: float, span: tuple[float, float]
) -> None:
    """Write lines on the stream into a bar if they fit its height; else right above the bar."""
    page, middle = scene.page, sum(span) / 2
    for lines in forms:
        height = len(lines) * NOTE.line
        width = glyphs.widest(lines, NOTE)
        if height > span[1] - span[0]:
            continue
        box = Box(right - width, middle - height / 2, right, middle + height / 2)
        if page.free(box):
            page.lines((right, box.top + 0.01), [(line, NOTE) for line in lines], "right")
            return
    above, below = span[0] - 0.04, span[1] + 0.12
    spots = [Spot((right + 0.05 + BAR, above), "right"), Spot((right + 0.05, above))]
    spots += [Spot((right + 0.05 + BAR, below), "right"), Spot((right, below + 0.04), "right")]
    scene.write_clear([lines[0] for lines in forms if len(lines) == 1], NOTE, spots)


def _write_other(scene: _Scene, point: StudyPoint, sides: Sides, place: Place) -> None:
    """Write over a bar of an upper row where the second ladder stands."""
    if sides.down is None:
        return
    ladder = [ladder for _, ladder in point.model.ladders][sides.down]
    top, _ = scene.streams.places[place]
    x = scene.streams.columns[place[0]]
    face = NOTE.coloured(palette.DOWN_TEXT)
    said = [clean(ladder.level_labels[place[1]]), clean(ladder.level_shorts[place[1]])]
    forms = [f"{clean(ladder.label)}: {said[0]}", *said]
    if place[1] == OTHER:
        forms, face = ["other"], NOTE.coloured(palette.THIRD)
    y = scene.y(top) - 0.05
    spots = [Spot((x, y)), Spot((x + BAR, y), "right"), Spot((x, y - 0.12))]
    spots.append(Spot((x + BAR, y - 0.12), "right"))
    scene.write_clear(forms, face, spots)
