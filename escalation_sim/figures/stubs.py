"""Runs that end on the way: streams that bend away to a cap, with a label each."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from escalation_sim.figures import glyphs, palette
from escalation_sim.figures.place import Spot
from escalation_sim.figures.shares import share_text
from escalation_sim.figures.sizes import MARGIN, NOTE, Face, Stroke
from escalation_sim.figures.streams import RISE, TURN, Stub
from escalation_sim.figures.words import clean, time_text

if TYPE_CHECKING:
    from escalation_sim.analysis.flows import Flows
    from escalation_sim.analysis.paths import Paths
    from escalation_sim.figures.page import Point
    from escalation_sim.figures.path_scene import Scene
    from escalation_sim.figures.shares import End
    from escalation_sim.figures.streams import Streams

CAP = Stroke("cap", palette.INK, 2.2, layer=3)
TIERS, TIER = 3, 0.29
"""Rows of labels below the stubs, and the inches of one."""

MOST_LABELS = 14


@dataclass(frozen=True, slots=True)
class Tail:
    """A stub with its label, the row the label stands in, and the label's left edge."""

    stub: Stub
    label: list[tuple[str, Face]]
    tier: int
    left: float


def tails_of(paths: Paths, flows: Flows, streams: Streams, ends: dict[str, End]) -> list[Tail]:
    """Return the stubs that go down with their labels, each in the first row that has room."""
    found: list[Tail] = []
    taken: list[tuple[int, float, float]] = []
    down = [stub for stub in streams.stubs if not stub.up]
    wide = {id(stub) for stub in sorted(down, key=lambda s: -s.count)[:MOST_LABELS]}
    for stub in sorted(down, key=lambda stub: stub.inner):
        label = _stub_label(paths, flows, stub, ends) if id(stub) in wide else []
        width = max((glyphs.width(text, face) for text, face in label), default=0.0)
        place = _row_of(stub, width, taken, streams.end) if label else None
        if place is None:
            found.append(Tail(stub, [], 0, stub.inner))
            continue
        tier, left = place
        taken.append((tier, left, left + width))
        found.append(Tail(stub, label, tier, left))
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


def draw_stubs(scene: Scene, tails: list[Tail], ends: dict[str, End], caps: float) -> None:
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


def _draw_stub(scene: Scene, stub: Stub, ends: dict[str, End], cap: float) -> None:
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
