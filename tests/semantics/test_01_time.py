"""Point 1: time is an integer count of ticks."""

from fractions import Fraction

import pytest

from escalation_sim.chance.laws import Law, ticks
from tests.support import (
    codes,
    fired,
    hours,
    order,
    problems,
    rounded,
    run,
    scenario,
    told,
    uniform,
)

ONE_DELAY = """
    rules:
      wait: {{when: now >= 0h, after: {delay}, note: done}}
"""


def test_a_tick_is_one_second_unless_the_file_says_otherwise():
    model = scenario("schema: 1\ntitle: t\ntime: {horizon: 1h}\nrules: {r: {when: true, note: x}}")
    assert model.seconds_per_tick == 1
    assert model.horizon == 3600


@pytest.mark.parametrize(
    ("tick", "expected"), [("1s", 5400), ("1min", 90), ("0.5s", 10_800), ("30min", 3)]
)
def test_the_same_duration_is_counted_in_the_ticks_of_the_file(tick, expected):
    played = run(ONE_DELAY.format(delay="1.5h"), tick=tick, horizon="10h")
    (record,) = told(played, "fired")
    assert record.tick == expected
    assert isinstance(record.tick, int)
    assert fired(played) == [(1.5, "wait", None)]


@pytest.mark.parametrize("written", ["3600s", "60min", "1h", "1.0h"])
def test_units_are_seconds_minutes_hours_days_and_weeks(written):
    assert hours(run(ONE_DELAY.format(delay=written), tick="1s"), "wait") == [1.0]
    assert hours(run(ONE_DELAY.format(delay="1d"), tick="1h"), "wait") == [24.0]
    assert hours(run(ONE_DELAY.format(delay="1w"), tick="1h"), "wait") == [168.0]


def test_a_written_duration_that_no_binary_fraction_holds_is_exact():
    model = scenario("rules: {r: {when: now >= 0.1h, note: x}}", tick="0.001s", horizon="0.3h")
    assert model.horizon == 1_080_000
    played = run("rules: {r: {when: now >= 0.1h, note: x}}", tick="0.001s", horizon="0.3h")
    assert [r.tick for r in told(played, "fired")] == [360_000]


@pytest.mark.parametrize(
    "text",
    [
        "rules: {r: {when: true, after: 90min, note: x}}",
        "rules: {r: {when: true, for: 1s, note: x}}",
        "rules: {r: {when: now >= 1.5h, note: x}}",
        "rules: {r: {when: true, after: {uniform: [0h, 30min]}, note: x}}",
        "situation: {x: false}\nscript: {10min: {x: true}}\nrules: {r: {when: x, note: x}}",
        (
            "situation: {x: false}\n"
            "clocks: {c: {while: x, lull: 1s}}\n"
            "rules: {r: {when: c > 1h, note: x}}"
        ),
    ],
)
def test_a_written_duration_is_a_whole_number_of_ticks(text):
    assert "unit" in codes(text, tick="1h")


def test_the_horizon_is_a_whole_number_of_ticks():
    assert "unit" in codes("rules: {r: {when: true, note: x}}", tick="1h", horizon="90min")


@pytest.mark.parametrize("replication", range(8))
def test_a_drawn_duration_is_rounded_to_the_nearest_tick(replication):
    played = run(ONE_DELAY.format(delay="{uniform: [0h, 10h]}"), replication=replication)
    u = uniform("rules.wait.after", 1, replication=replication)
    assert [r.tick for r in told(played, "fired")] == [rounded(10 * u)]


def test_a_drawn_duration_of_half_a_tick_is_rounded_up():
    # values of 2 h and 6 h with a mean of 4 h, scaled to a mean of 5 h: 2.5 h and 7.5 h
    delay = "{empirical: [2h, 6h], mean: 5h}"
    seen = {hours(run(ONE_DELAY.format(delay=delay), replication=r), "wait")[0] for r in range(12)}
    assert seen == {3.0, 8.0}


def test_a_drawn_duration_is_never_below_zero():
    delay = "{normal: [1h, 20h]}"
    for replication in range(8):
        played = run(ONE_DELAY.format(delay=delay), replication=replication, horizon="1000h")
        assert [r.tick >= 0 for r in told(played, "fired")] == [True]
    assert [ticks(x) for x in (-3.0, -0.5, 0.49, 0.5, 1.5, 2.4999)] == [0, 0, 0, 1, 2, 2]


def test_a_drawn_duration_may_be_of_no_length():
    assert order(run(ONE_DELAY.format(delay="{empirical: [0h]}"))) == [(0.0, "wait")]


def test_a_drawn_situation_that_is_a_duration_is_rounded_as_well():
    text = """
        situation: {length: {draw: {uniform: [0h, 100h]}}}
        rules: {wait: {when: true, after: length, note: x}}
    """
    for replication in range(4):
        u = uniform("situation.length.draw", 0, replication=replication)
        assert hours(run(text, replication=replication), "wait") == [rounded(100 * u)]


def test_a_law_in_ticks_has_the_samples_of_the_law_as_written():
    model = scenario(ONE_DELAY.format(delay="{triangular: [2h, 6h, 24h]}"), tick="1min")
    law = model.rules[0].after.law
    assert law == Law("triangular", (120.0, 360.0, 1440.0))


@pytest.mark.parametrize(
    "text",
    [
        "rules: {r: {when: true, after: 6, note: x}}",
        "rules: {r: {when: true, for: 6, note: x}}",
        "rules: {r: {when: true, every: 6, note: x}}",
        "rules: {r: {when: now >= 6, note: x}}",
        "rules: {r: {when: true, after: {exponential: 6}, note: x}}",
        "script: {6: {x: true}}\nrules: {r: {when: x, note: x}}",
        "clocks: {c: {while: x}}\nrules: {r: {when: c >= 6, note: x}}",
        "clocks: {c: {while: x, lull: 6}}\nrules: {r: {when: c >= 6h, note: x}}",
        "rules: {r: {when: x, note: x}}\noutcomes: {o: {when: x, for: 6}}",
    ],
)
def test_a_bare_number_for_a_duration_is_an_error_that_suggests_the_unit(text):
    (problem,) = problems("situation: {x: false}\n" + text)
    assert "6h" in problem[1]


def test_a_bare_number_for_the_horizon_is_an_error_that_suggests_the_unit():
    (problem,) = problems("rules: {r: {when: true, note: x}}", horizon="30")
    assert "30h" in problem[1]


def test_hours_are_ticks_times_the_length_of_a_tick_without_rounding():
    model = scenario("rules: {r: {when: true, note: x}}", tick="1s")
    assert model.hours(259_199) == float(Fraction(259_199, 3600))
