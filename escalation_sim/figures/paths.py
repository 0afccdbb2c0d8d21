"""The paths figure: streams of runs from rung to rung, and where they end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from escalation_sim.analysis.flows import OTHER, flows_of
from escalation_sim.analysis.paths import paths_of
from escalation_sim.errors import UsageError
from escalation_sim.figures import frame, glyphs, palette
from escalation_sim.figures.labels import Labels, Name
from escalation_sim.figures.page import Box
from escalation_sim.figures.path_scene import Scene
from escalation_sim.figures.place import Spot
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
    Stroke,
)
from escalation_sim.figures.streams import BAR, laid_out, outline
from escalation_sim.figures.stubs import TIER, draw_stubs, tails_of
from escalation_sim.figures.timing import Beside
from escalation_sim.figures.words import SPACE, capital, clean, counted, time_text

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from escalation_sim.analysis.flows import Flows, Place
    from escalation_sim.analysis.study import Study, StudyPoint
    from escalation_sim.figures.shares import End, Sides
    from escalation_sim.figures.streams import Streams

RIGHT = 1.5
"""Inches right of the bar of all runs, for the outcomes."""

PARTING = Stroke("grid", palette.PAPER, 0.8, layer=2.5)
SCALES = (2.05, 1.75, 1.5, 1.25, 1.0, 0.75)
"""Inches for all runs, the first with which the page is not too high."""


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
        tails = tails_of(paths, flows, streams, known)
        top = header.bottom + _above(heads, streams)
        low = max(streams.bottom, sum(beside.heights) - 0.2)
        rows = max((tail.tier for tail in tails), default=0) + 1 if tails else 0
        height = top + low + 0.1 + TIER * rows + 0.16 + len(remarks) * NOTE.line
        height += frame.footer_height(identity)
        if height <= MOST_HEIGHT:
            break
    page = frame.begin(identity, header, max(height, LEAST_HEIGHT), key=False)
    scene = Scene(page, paths, flows, streams, top)
    _draw_ways(scene)
    _draw_bars(scene, ends)
    face = NOTE.in_bold().coloured(palette.UP_TEXT)
    for rung, lines in heads.items():
        page.lines((streams.columns[rung], header.bottom + 0.08), [(line, face) for line in lines])
    page.lines((streams.end, header.bottom + 0.08), [("All runs", NOTE.in_bold())])
    draw_stubs(scene, tails, known, low + 0.1)
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


def _draw_ways(scene: Scene) -> None:
    lowest = scene.lowest
    for way in sorted(scene.streams.ways, key=lambda way: -way.count):
        towards = way.target if isinstance(way.target, tuple) else way.source
        colour = palette.FLOW_UP if towards[1] == lowest else palette.FLOW_DOWN
        if way.small or towards[1] == OTHER:
            colour = palette.FLOW_OTHER
        scene.page.shade([(x, scene.y(h)) for x, h in outline(way)], colour, 1.0)


def _draw_bars(scene: Scene, ends: list[End]) -> None:
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


def _label_places(scene: Scene, point: StudyPoint, sides: Sides) -> None:
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
    scene: Scene, forms: list[list[str]], right: float, span: tuple[float, float]
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


def _write_other(scene: Scene, point: StudyPoint, sides: Sides, place: Place) -> None:
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
