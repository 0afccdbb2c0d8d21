"""Intervals: known values, and how often they hold the truth, counted exactly."""

import math
import random
import statistics

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from escalation_sim.analysis.intervals import (
    Z,
    mean_and_spread,
    of_mean,
    paired_difference,
    wilson,
)


@pytest.mark.parametrize(
    ("count", "of", "low", "high"),
    [
        # Brown, Cai, DasGupta (2001) and Newcombe (1998), table I: 81 of 263, 15 of 148
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilson_gives_the_published_values(count, of, low, high):
    assert wilson(count, of) == (pytest.approx(low, abs=5e-5), pytest.approx(high, abs=5e-5))


@given(st.integers(1, 10**6).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilson_is_that_of_scipy(counted):
    count, of = counted
    theirs = stats.binomtest(count, of).proportion_ci(method="wilson")
    assert wilson(count, of) == (
        pytest.approx(theirs.low, abs=1e-12), pytest.approx(theirs.high, abs=1e-12),
    )  # fmt: skip


@given(st.integers(1, 10**15).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilson_holds_the_share_and_stays_inside(counted):
    count, of = counted
    low, high = wilson(count, of)
    assert 0 <= low <= count / of <= high <= 1
    assert low < high
    assert wilson(of - count, of) == (pytest.approx(1 - high), pytest.approx(1 - low))


def test_of_nothing_nothing_is_known():
    assert wilson(0, 0) == (0.0, 1.0)
    assert paired_difference(0, 0, 0) == (-1.0, 1.0)
    assert mean_and_spread(0, 0, 0) == (None, None)
    assert mean_and_spread(1, 5, 25) == (5.0, None)


@pytest.mark.parametrize("of", [20, 60])
def test_wilson_holds_the_truth_about_as_often_as_it_says(of):
    covered = []
    for true in (i / 40 for i in range(2, 39)):
        hit = (k for k in range(of + 1) if wilson(k, of)[0] <= true <= wilson(k, of)[1])
        covered.append(sum(stats.binom.pmf(k, of, true) for k in hit))
    assert min(covered) > 0.9
    assert statistics.mean(covered) == pytest.approx(0.95, abs=0.01)


@pytest.mark.parametrize(
    ("up", "down", "most"),
    [(0.1, 0.1, 0.98), (0.3, 0.1, 0.97), (0.4, 0.5, 0.97), (0.05, 0.0, 1.0)],
)
def test_a_paired_difference_is_held_about_as_often_as_it_says(up, down, most):
    # where hardly any pair differs it errs on the safe side
    of = 40
    chance = stats.multinomial(of, [up, down, 1 - up - down])
    covered = 0.0
    for gained in range(of + 1):
        for lost in range(of + 1 - gained):
            low, high = paired_difference(gained, lost, of)
            if low <= up - down <= high:
                covered += chance.pmf([gained, lost, of - gained - lost])
    assert 0.94 < covered < most


@given(st.integers(0, 500), st.integers(0, 500), st.integers(0, 5000))
def test_a_paired_difference_turns_round_with_its_sides(gained, lost, same):
    of = gained + lost + same
    low, high = paired_difference(gained, lost, of)
    assert -1 <= low <= high <= 1
    assert paired_difference(lost, gained, of) == (pytest.approx(-high), pytest.approx(-low))


@given(st.lists(st.integers(-(10**12), 10**12), min_size=2))
def test_mean_and_spread_are_those_of_the_numbers(numbers):
    mean, sd = mean_and_spread(len(numbers), sum(numbers), sum(n * n for n in numbers))
    assert mean == pytest.approx(statistics.fmean(numbers))
    assert sd == pytest.approx(statistics.stdev(numbers), rel=1e-9, abs=1e-9)


def test_numbers_too_large_for_a_spread_have_none():
    assert mean_and_spread(2, 10**400, 10**800) == (None, None)


def test_the_interval_of_a_mean_holds_it_about_as_often_as_it_says():
    chance = random.Random(8)  # noqa: S311 - no secrets here
    hits = 0
    for _ in range(2000):
        values = [chance.expovariate(1.0) for _ in range(200)]
        low, high = of_mean(statistics.fmean(values), statistics.stdev(values), 200)
        hits += low <= 1.0 <= high
    bound = 4 * math.sqrt(0.95 * 0.05 / 2000)
    assert abs(hits / 2000 - 0.945) < bound + 0.005
    assert pytest.approx(stats.norm.ppf(0.975)) == Z
