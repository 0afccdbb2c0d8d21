"""Rates by exposure: the tick of a firing is the smallest one, to the last bit."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from escalation_sim.chance.address import run_key, site_key, uniform, word
from escalation_sim.chance.exposure import NEVER, grow, ticks_until
from escalation_sim.chance.quantiles import exponential_quantile

EXPOSURES = st.floats(0.0, 1e6)
RATES = st.floats(min_value=1e-15, max_value=1e6)


def test_growing_is_a_product_and_then_a_sum():
    assert grow(1.5, 0.25, 4) == 2.5
    assert grow(0.1, 0.2, 3) == 0.1 + 0.2 * 3
    assert grow(0.7, 0.3, 0) == 0.7


@given(EXPOSURES, EXPOSURES, RATES)
@example(0.0, 0.3, 0.1)  # 0.1 * 3 is more than 0.3
@example(0.0, 0.6, 0.2)
@example(0.0, 1.0, 1.0 / 49.0)  # (1/49) * 49 is less than 1
@example(1.0, 1.0 + 2.0**-52, 1e-15)
@example(1e6, 1e6 + 1e-10, 1e-15)  # 100,000 ticks too few to add anything at all
def test_it_is_the_smallest_number_of_ticks(exposure, target, rate):
    n = ticks_until(exposure, target, rate)
    assert isinstance(n, int)
    assert 0 <= n <= NEVER
    if n < NEVER:
        assert grow(exposure, rate, n) >= target
    if n > 0:
        assert not grow(exposure, rate, n - 1) >= target


@given(st.integers(0, 10**6), RATES, st.integers(-3, 3))
def test_it_is_the_smallest_where_the_target_is_hit_exactly(n, rate, nudge):
    target = grow(0.0, rate, n)
    for _ in range(abs(nudge)):
        target = math.nextafter(target, math.inf if nudge > 0 else 0.0)
    got = ticks_until(0.0, target, rate)
    assert grow(0.0, rate, got) >= target
    assert got == 0 or grow(0.0, rate, got - 1) < target


@given(EXPOSURES, EXPOSURES, st.floats(min_value=1e-320, max_value=1e-12))
def test_tiny_rates_are_exact_or_never(exposure, target, rate):
    n = ticks_until(exposure, target, rate)
    assert n == NEVER or grow(exposure, rate, n) >= target
    assert n == 0 or grow(exposure, rate, n - 1) < target


def test_a_target_already_reached_needs_no_tick():
    assert ticks_until(2.0, 2.0, 0.0) == 0
    assert ticks_until(2.0, 1.0, -1.0) == 0


@pytest.mark.parametrize("rate", [0.0, -0.0, -1.0, math.nan, 5e-324, 1e-20])
def test_a_target_out_of_reach_is_never(rate):
    assert ticks_until(1.0, 2.0, rate) == NEVER


def test_the_last_tick_before_never_can_be_reached():
    assert ticks_until(0.0, float(NEVER), 1.0) == NEVER - 256  # which rounds to NEVER as a double
    assert ticks_until(0.0, float(NEVER), 2.0) == NEVER // 2 - 128
    assert ticks_until(0.0, float(2 * NEVER), 1.0) == NEVER


def test_an_endless_rate_takes_one_tick():
    assert ticks_until(0.0, 1.0, math.inf) == 1
    assert ticks_until(0.0, 1.0, 1e308) == 1


@given(EXPOSURES, EXPOSURES, RATES, st.integers(0, 10**6), st.integers(0, 10**6))
def test_exposure_never_falls_with_time(exposure, target, rate, n, m):
    assume(n <= m)
    assert grow(exposure, rate, n) <= grow(exposure, rate, m)
    assert ticks_until(exposure, target, rate) <= ticks_until(0.0, target, rate)


def test_a_stream_on_ticks_is_not_biased():
    """Firings over 5,000 ticks at 0.02 per tick are Poisson with mean 100 in spite of rounding."""
    run = run_key(1, 1)
    rate, horizon, runs = 0.02, 5_000, 300
    counts = []
    for replication in range(runs):
        site = site_key(f"rules.drift/rate {replication}")
        target, fired = 0.0, 0
        while True:
            target += exponential_quantile(1.0, uniform(word(run, site, fired + 1, 0)))
            if ticks_until(0.0, target, rate) > horizon:
                break
            fired += 1
        counts.append(fired)
    # firing k is counted exactly when E1 + … + Ek ≤ rate × horizon: mean and variance are 100
    assert abs(np.mean(counts) - 100.0) < 4.0 * math.sqrt(100.0 / runs)
    assert abs(np.var(counts, ddof=1) / 100.0 - 1.0) < 4.0 * math.sqrt(2.0 / runs)
