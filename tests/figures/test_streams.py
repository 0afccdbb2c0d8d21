"""Where streams lie: every run is drawn once, at one scale, and nothing overlaps in a column."""

from itertools import pairwise

import pytest
from matplotlib.colors import to_hex

from escalation_sim import plot, study
from escalation_sim.analysis.flows import flows_of
from escalation_sim.analysis.paths import paths_of
from escalation_sim.figures import palette
from escalation_sim.figures.shares import ends_from_top, sides_of
from escalation_sim.figures.streams import BAR, laid_out, outline, span_at
from tests.figures.test_study_figures import RUNS, TWO_SIDES, shipped

LEFT, RIGHT = 0.2, 5.5


def drawn(found):
    (point,) = found.points
    sides = sides_of(point.model)
    flows = flows_of(paths_of(found), sides.up, sides.down)
    outcomes = [end.id for end in ends_from_top(point.model, point.outcomes)]
    return flows, laid_out(flows, outcomes, LEFT, RIGHT)


@pytest.fixture(scope="module", params=["two_sides", "01", "18", "23"])
def both(request, tmp_path_factory):
    if request.param != "two_sides":
        return drawn(shipped(request.param))
    path = tmp_path_factory.mktemp("streams") / "case.yaml"
    path.write_text(f"schema: 1\ntitle: Two sides\n{TWO_SIDES}", "utf-8")
    return drawn(study(path, runs=RUNS))


def test_every_run_ends_once_and_the_last_bar_holds_all(both):
    flows, streams = both
    ended = sum(stub.count for stub in streams.stubs)
    ended += sum(way.count for way in streams.ways if isinstance(way.target, str))
    assert ended == flows.runs
    spans = list(streams.bar.values())
    assert spans[0][0] == 0
    assert spans[-1][1] == pytest.approx(streams.scale)
    assert all(a[1] == pytest.approx(b[0]) for a, b in pairwise(spans))


def test_everything_is_drawn_at_one_scale(both):
    flows, streams = both
    per_run = streams.scale / flows.runs
    for place, (top, bottom) in streams.places.items():
        assert bottom - top == pytest.approx(flows.counts[place] * per_run)
    for way in streams.ways:
        for top, bottom in way.heights:
            assert bottom - top == pytest.approx(way.count * per_run)
    for stub in streams.stubs:
        assert stub.width == pytest.approx(stub.count * per_run)


def test_what_leaves_and_what_arrives_tiles_a_bar(both):
    flows, streams = both
    for place, (top, bottom) in streams.places.items():
        arriving = sorted(w.heights[-1] for w in streams.ways if w.target == place)
        leaving = sorted(
            [w.heights[0] for w in streams.ways if w.source == place]
            + [(s.top, s.bottom) for s in streams.stubs if s.place == place]
        )
        for spans in (arriving, leaving):
            if spans is arriving and place[0] == flows.rungs[0]:
                continue
            assert spans[0][0] == pytest.approx(top)
            assert spans[-1][1] == pytest.approx(bottom)
            assert all(a[1] == pytest.approx(b[0]) for a, b in pairwise(spans))


def test_bars_and_lanes_of_a_column_do_not_overlap(both):
    _, streams = both
    for rung, x in streams.columns.items():
        spans = [span for place, span in streams.places.items() if place[0] == rung]
        spans += [
            span_at(way, x + BAR / 2)
            for way in streams.ways
            if way.xs[0] < x and way.xs[-1] > x + BAR
        ]
        spans.sort()
        assert all(a[1] <= b[0] + 1e-9 for a, b in pairwise(spans))


def test_stubs_of_a_place_stand_side_by_side_before_the_next_column(both):
    _, streams = both
    xs = [*streams.columns.values(), streams.end]
    for place in streams.places:
        stubs = sorted((s for s in streams.stubs if s.place == place), key=lambda stub: stub.inner)
        assert all(a.inner + a.width < b.inner for a, b in pairwise(stubs))
        following = next(x for x in xs if x > streams.columns[place[0]])
        assert all(s.inner + s.width <= following for s in stubs)


def test_an_outline_is_the_way_seen_from_above_and_below(both):
    _, streams = both
    for way in streams.ways:
        for x, y in outline(way):
            span = span_at(way, x)
            assert any(y == pytest.approx(edge, abs=1e-6) for edge in span)


@pytest.mark.parametrize("kind", ["timing", "paths"])
def test_every_colour_drawn_is_in_the_palette(kind):
    known = {colour.lower() for colour in palette.fixed()}
    known |= {
        palette.rungs(up, k, n).lower()
        for up in (True, False)
        for n in range(1, 8)
        for k in range(n)
    }
    known |= {colour.lower() for pair in palette.outcomes(4) for colour in pair}
    (axes,) = plot(shipped("01"), kind).axes
    seen = {to_hex(text.get_color()) for text in axes.texts}
    seen |= {to_hex(patch.get_facecolor()) for patch in axes.patches if patch.get_facecolor()[3]}
    seen |= {to_hex(line.get_color()) for line in axes.lines if line.get_marker() == "None"}
    assert seen <= known
