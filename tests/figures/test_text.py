"""No text meets another, leaves the page, is struck through or is too small: over all scenarios."""

from itertools import pairwise

import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

from escalation_sim import library, load
from escalation_sim.engine.simulate import Simulator
from escalation_sim.figures import ladder_figure
from escalation_sim.figures.sizes import DPI

SHIPPED = sorted(path.stem for path in library.folder("scenarios").glob("*.yaml"))
LEAST_POINTS = 6.5 * 0.86
ALLOWED = 2
"""Pixels two texts may share."""


def texts_of(figure):
    """Return every visible text with its rectangle in pixels."""
    figure.set_dpi(DPI)
    renderer = FigureCanvasAgg(figure).get_renderer()
    found = figure.axes[0].texts
    return [(t, t.get_window_extent(renderer)) for t in found]


def overlaps(texts):
    return [
        (one.get_text(), other.get_text())
        for i, (one, a) in enumerate(texts)
        for other, b in texts[i + 1 :]
        if min(a.x1, b.x1) - max(a.x0, b.x0) > ALLOWED
        and min(a.y1, b.y1) - max(a.y0, b.y0) > ALLOWED
    ]


def off_the_page(figure, texts):
    width, height = figure.get_size_inches() * DPI
    return [
        text.get_text()
        for text, box in texts
        if box.x0 < 0 or box.y0 < 0 or box.x1 > width or box.y1 > height
    ]


def struck_through(figure, texts):
    """Return texts that a line crosses; the grid behind the text and frames do not count."""
    found = []
    for line in figure.axes[0].lines:
        role = line.get_gid()
        if role in (None, "grid", "frame") or role.startswith("mark"):
            continue
        points = line.get_transform().transform(line.get_xydata())
        half = line.get_linewidth() / 2 * DPI / 72
        for (x1, y1), (x2, y2) in pairwise(points):
            left, right, low, high = min(x1, x2), max(x1, x2), min(y1, y2), max(y1, y2)
            found += [
                (role, text.get_text())
                for text, box in texts
                if min(box.x1 - ALLOWED, right + half) > max(box.x0 + ALLOWED, left - half)
                and min(box.y1 - ALLOWED, high + half) > max(box.y0 + ALLOWED, low - half)
            ]
    return found


def assert_readable(run):
    figure = ladder_figure(run)
    texts = texts_of(figure)
    told = f"{run.model.name}, seed {run.seed}, replication {run.replication}"
    assert not overlaps(texts), told
    assert not off_the_page(figure, texts), told
    assert not struck_through(figure, texts), told
    assert min(text.get_fontsize() for text, _ in texts) >= LEAST_POINTS - 1e-9, told
    width, height = figure.get_size_inches()
    assert width == pytest.approx(7.2), told
    assert 4.4 <= height <= 6.6, told
    said = " ".join(text.get_text() for text, _ in texts)
    assert "Illustrative, not a forecast" in said, told
    assert f"seed {run.seed}" in said, told
    assert run.model.hash[:8] in said, told
    assert f"{run.model.assumed[0]} of {run.model.assumed[1]} inputs assumed" in said, told


@pytest.mark.parametrize("seed", [1, 7, 1203])
@pytest.mark.parametrize("name", SHIPPED)
def test_no_text_of_a_shipped_scenario_meets_another(name, seed):
    assert_readable(Simulator(load(name)).run(seed))


def test_no_text_of_a_hard_case_meets_another(hard_run):
    assert_readable(hard_run)


def test_no_text_meets_another_where_the_story_is_told_in_full():
    simulator = Simulator(load("01"))
    for seed in (9372, 13681, 15069, 15530, 7828, 5671, 1918):
        run = simulator.run(seed)
        rungs = {stay.rung for stay in run.stays}
        assert {"preparing", "coordinated_response", "limited_strike"} <= rungs
        assert_readable(run)


def test_the_check_itself_sees_faults(run_of):
    figure = ladder_figure(run_of("calm"))
    (text, _), *_ = texts_of(figure)
    text.set_x(text.get_position()[0] + 9)
    assert off_the_page(figure, texts_of(figure))
    (one, _), (other, _), *_ = texts_of(figure)
    one.set_position(other.get_position())
    one.set_horizontalalignment(other.get_horizontalalignment())
    assert overlaps(texts_of(figure))
    stair = next(line for line in figure.axes[0].lines if line.get_gid() == "stair")
    one.set_position(stair.get_xydata()[0])
    assert struck_through(figure, texts_of(figure))
