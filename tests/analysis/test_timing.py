"""Shares by time: the same numbers as a count over all runs, one by one."""

from bisect import bisect_right

import pytest

from escalation_sim.analysis.intervals import wilson
from escalation_sim.analysis.study import rungs_of, study_of
from escalation_sim.analysis.timing import timing_of
from escalation_sim.studies.aggregate import reduced
from escalation_sim.studies.arrays import as_arrays, from_arrays
from escalation_sim.studies.columns import columns_of
from escalation_sim.studies.shape import shape_of
from tests.studies.support import rows_of, small_design, studied

RUNS = 250


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("timing")


@pytest.fixture(scope="module")
def point(folder):
    return study_of(studied(folder, RUNS)).points[0]


@pytest.fixture(scope="module")
def rows(point):
    return [row for row in rows_of(point.model, RUNS) if not row.fault]


def test_a_curve_counts_the_runs_that_have_reached_a_rung(point, rows):
    timing = timing_of(point)
    for i, (id_, _) in enumerate(rungs_of(point.model)):
        curve = timing.rungs[i]
        assert curve.id == id_
        firsts = sorted(point.model.hours(r.firsts[i]) for r in rows if r.firsts[i] >= 0)
        assert curve.counts[-1:] == ((len(firsts),) if firsts else ())
        for hour in curve.hours:
            assert curve.by(hour) == bisect_right(firsts, hour + 1e-9)


def test_ends_count_the_runs_that_have_ended_in_an_outcome(point, rows):
    timing = timing_of(point)
    for i, curve in enumerate(timing.ends):
        ended = sorted(point.model.hours(r.ended_at) for r in rows if r.outcome == i)
        assert curve.share.count == len(ended)
        for hour in (0.0, 5.0, 20.0, 60.0):
            assert curve.by(hour) == bisect_right(ended, hour + 1e-9)
    at_the_end = sum(curve.by(timing.horizon_hours) for curve in timing.ends)
    assert at_the_end == timing.runs == len(rows)


def test_curves_never_fall_and_lie_within_their_bands(point):
    timing = timing_of(point)
    for curve in (*timing.rungs, *timing.ends):
        assert list(curve.counts) == sorted(curve.counts)
        assert list(curve.hours) == sorted(set(curve.hours))
        for count, (low, high) in zip(curve.counts, curve.bands, strict=True):
            assert (low, high) == wilson(count, curve.of)
            assert low <= count / curve.of <= high


def test_the_median_is_of_all_runs_and_stands_only_where_half_get_there(point):
    timing = timing_of(point)
    for curve in (*timing.rungs, *timing.ends):
        if 2 * curve.share.count < curve.of:
            assert curve.median_hours is None
        else:
            assert 2 * curve.by(curve.median_hours) >= curve.of
            assert 2 * curve.by(curve.median_hours - timing.bin_hours) < curve.of


def test_plain_data_says_the_same(point):
    timing = timing_of(point)
    told = timing.as_json()
    assert told["runs"] == timing.runs
    firm = told["rungs"]["tone.firm"]
    assert firm["counts"] == list(timing.rungs[1].counts)
    assert firm["share"][-1] == timing.rungs[1].share.share
    assert set(told["ends"]) == {"settled", "open"}


def test_arrays_and_lists_keep_the_same_ends(folder):
    model = small_design(folder).base
    shape = shape_of(model)
    columns = columns_of(rows_of(model, 80), shape.rungs, len(shape.results))
    arrays = from_arrays(as_arrays(columns))
    assert reduced(columns, shape).ended_in == reduced(arrays, shape).ended_in
    assert sum(s.n for s in reduced(columns, shape).ended_in) == reduced(columns, shape).runs
