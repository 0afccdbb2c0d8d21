"""The figures of studies: readable on every page, and of one mind with the tables."""

import re
from functools import cache
from itertools import pairwise

import pytest

from escalation_sim import UsageError, compare, load, plot, study
from escalation_sim.analysis.paths import paths_of
from escalation_sim.analysis.timing import timing_of
from escalation_sim.figures import palette
from escalation_sim.figures.dodge import dodged
from escalation_sim.figures.shares import ends_from_top, full_text, share_text
from tests.figures.conftest import CASES
from tests.figures.test_text import (
    LEAST_POINTS,
    off_the_page,
    overlaps,
    struck_through,
    texts_of,
)

SHIPPED = ("01", "05", "10", "17", "18", "22", "23")
RUNS = 110
ILLUSTRATIVE = "Illustrative, not a forecast"

TWO_SIDES = """\
time: {horizon: 20d}
parties: {a: {name: Side A}, b: {name: Side B}}
situation: {over: false}
ladders:
  up: {party: a, label: Response, rungs: [r0, {r1: {label: First warning}}, r2, r3]}
  down: {party: b, label: Side B, rungs: [s0, {s1: {label: Limited strike}}, s2]}
rules:
  a1: {after: {exponential: 20h}, when: up == r0, do: {up: at least r1}}
  a2: {after: {exponential: 40h}, when: up == r1, do: {up: at least r2}}
  a3: {after: {exponential: 60h}, when: up == r2, do: {up: at least r3}}
  skip: {after: {exponential: 30h}, when: up == r0, chance: 0.2, do: {up: at least r3}}
  b1: {after: {exponential: 60h}, when: up >= r1, do: {down: at least s1}}
  b2: {after: {exponential: 100h}, when: down == s1, do: {down: s2}}
  ends: {after: {exponential: 200h}, when: up >= r1, do: {over: true}}
outcomes:
  clash: {label: Clash, when: down == s2 and up == r3}
  halted: {label: Halted, when: over}
  open: otherwise
"""
"""Both sides climb, one rung is passed by, runs end everywhere."""

ALL_CASES = {**CASES, "two_sides": TWO_SIDES}


@cache
def shipped(name):
    return study(name, runs=RUNS)


@cache
def by_reading(name, clause):
    return study(name, runs=10, reading={clause: "all"})


def words_of(figure):
    return " ".join(text.get_text() for text, _ in texts_of(figure))


def assert_readable(figure, told):
    texts = texts_of(figure)
    assert not overlaps(texts), told
    assert not off_the_page(figure, texts), told
    assert not struck_through(figure, texts), told
    assert min(text.get_fontsize() for text, _ in texts) >= LEAST_POINTS - 1e-9, told
    width, height = figure.get_size_inches()
    assert width == pytest.approx(7.2), told
    assert 4.4 <= height <= 6.6 + 1e-9, told
    assert ILLUSTRATIVE in words_of(figure), told


@pytest.mark.parametrize("kind", ["timing", "paths"])
@pytest.mark.parametrize("name", SHIPPED)
def test_no_text_of_a_study_of_a_shipped_scenario_meets_another(name, kind):
    found = shipped(name)
    figure = plot(found, kind)
    assert_readable(figure, (name, kind))
    model = found.points[0].model
    said = words_of(figure)
    assert f"{RUNS} runs · seed 1" in said
    assert model.hash[:8] in said
    assert f"{model.assumed[0]} of {model.assumed[1]} inputs assumed" in said


@pytest.mark.parametrize("case", sorted(ALL_CASES))
def test_no_text_of_a_hard_case_meets_another(tmp_path, case):
    path = tmp_path / "case.yaml"
    path.write_text(f"schema: 1\ntitle: A hard case\n{ALL_CASES[case]}", "utf-8")
    for runs in (12, 300 if case == "two_sides" else 100):
        found = study(path, runs=runs)
        assert_readable(plot(found, "timing"), (case, "timing", runs))
        if found.points[0].model.ladders:
            assert_readable(plot(found, "paths"), (case, "paths", runs))
        else:
            with pytest.raises(UsageError, match="ladders"):
                plot(found, "paths")
    assert_readable(plot(compare(path, path, runs=5)), (case, "difference"))


@pytest.mark.parametrize("clause", ["third_phase_due", "coalition_agrees", "breach_counts"])
def test_no_text_of_readings_meets_another(clause):
    figure = plot(by_reading("01", clause), "readings")
    assert_readable(figure, clause)
    assert "seed 1 · replication" in words_of(figure)


@pytest.mark.parametrize("change", [{"compliance": 0.9}, {"breach_begins": "1d"}])
def test_no_text_of_a_paired_difference_meets_another(change):
    found = compare("01", runs=60, set_b=change)
    figure = plot(found)
    assert_readable(figure, change)
    assert "60 pairs of runs · seed 1" in words_of(figure)


# shares agree between the figures of one study


@pytest.mark.parametrize("name", ["01", "18"])
def test_all_figures_of_a_study_show_the_shares_of_its_table(name):
    found = shipped(name)
    (point,) = found.points
    timing, paths = words_of(plot(found, "timing")), words_of(plot(found, "paths"))
    for share in point.outcomes.values():
        if share.count:
            assert full_text(share).split(",")[0] in timing
            assert share_text(share.count, share.of) in paths
    for id_, reached in point.rungs.items():
        start = id_ in ("response.monitoring", "posture.restrained")
        if id_.startswith("response.") and reached.share.count and not start:
            assert full_text(reached.share).split(",")[0] in timing
            if reached.share.count >= 0.02 * RUNS:
                assert share_text(reached.share.count, RUNS) in paths


@pytest.mark.parametrize("name", ["01", "18", "22"])
def test_curves_and_paths_end_where_the_table_does(name):
    found = shipped(name)
    (point,) = found.points
    timing = timing_of(point)
    for curve in (*timing.rungs, *timing.ends):
        assert curve.by(timing.horizon_hours) == curve.share.count
    graph = paths_of(found).graph()
    for id_, share in point.outcomes.items():
        node = f"outcomes.{id_}"
        assert (graph.nodes[node]["count"] if node in graph else 0) == share.count


# the parts


def test_labels_are_dodged_in_order_and_stay_within_bounds():
    places = dodged([1.0, 1.02, 1.05, 3.0], [0.2, 0.2, 0.2, 0.2], 0.0, 4.0)
    assert places == sorted(places)
    assert all(b - a >= 0.2 - 1e-9 for a, b in pairwise(places))
    assert places[3] == pytest.approx(3.0)
    assert sum(places[:3]) / 3 == pytest.approx((1.0 + 1.02 + 1.05) / 3)
    low = dodged([3.95, 3.95, 3.95], [0.3] * 3, 0.0, 4.0)
    assert low[-1] <= 4.0 - 0.15 + 1e-9
    assert low == sorted(low)


def test_a_share_is_never_rounded_to_none_or_all():
    assert re.sub(r"\s", " ", share_text(1, 2000)) == "under 0.1 %"
    assert re.sub(r"\s", " ", share_text(1999, 2000)) == "over 99.9 %"
    assert re.sub(r"\s", " ", share_text(10, 2000)) == "0.5 %"
    assert share_text(0, 2000) == "none of 2,000"
    assert share_text(2000, 2000) == "all of 2,000"


def test_outcomes_further_up_are_darker():
    for ends in range(1, 6):
        light = [palette.lightness(fill) for fill, _ in palette.outcomes(ends)]
        assert len(light) == ends
        assert light == sorted(light)
        assert len(set(light)) == ends
    for _, text in palette.outcomes(5):
        assert palette.lightness(text) < 50


def test_the_rest_stands_above_the_last_named_outcome():
    point = shipped("01").points[0]
    ends = ends_from_top(point.model, point.outcomes)
    assert [end.id for end in ends] == [
        "troops_struck", "ended_after_third_phase", "open", "ended_before_third_phase",
    ]  # fmt: skip
    assert [end.rest for end in ends] == [False, False, True, False]


def test_another_kind_of_figure_is_refused():
    with pytest.raises(UsageError, match="timing, paths, readings"):
        plot(shipped("05"), "pie")
    with pytest.raises(UsageError, match="=all"):
        plot(shipped("05"), "readings")
    assert load("05").ladders
