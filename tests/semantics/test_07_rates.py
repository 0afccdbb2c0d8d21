"""Point 7: a rate by exposure, against its own words computed here."""

import math

import pytest

from escalation_sim.errors import RunError
from tests.support import codes, ending, hours, run, told, unit_exponential


def expected(rule, rate_at, ticks, *, most=10_000, **address):
    """Return the ticks of the firings: firing k at the first tick with H >= E1 + … + Ek.

    `rate_at(t)` is the rate per tick from tick t to tick t + 1.
    """
    exposure, target, k, found = 0.0, unit_exponential(rule, 1, **address), 1, []
    for tick in range(ticks + 1):
        if tick:
            exposure += rate_at(tick - 1)
        while exposure >= target and len(found) < most:
            found.append(tick)
            k += 1
            target += unit_exponential(rule, k, **address)
    return found


def ticks(played, rule="r"):
    return [r.tick for r in told(played, "fired") if r.about == f"rules.{rule}"]


@pytest.mark.parametrize("replication", range(4))
def test_firing_k_is_at_the_first_tick_at_which_the_exposure_reaches_the_sum(replication):
    played = run("rules: {r: {rate: 0.25 / 1h, note: x}}", tick="1min", replication=replication)
    want = expected("r", lambda _: 0.25 / 60, 12_000, replication=replication)
    assert ticks(played) == want
    assert len(want) > 20


def test_several_firings_may_fall_on_one_tick():
    played = run("rules: {r: {rate: 2.5 / 1h, note: x}}", horizon="50h")
    want = expected("r", lambda _: 2.5, 50)
    assert ticks(played) == want
    assert len(set(want)) < len(want)


def test_the_unit_of_a_rate_is_any_length():
    for written in ("0.5 / 1d", "3.5 / 1w", "0.5 / 24h", "1 / 2d", "1 / (1d + 24h)"):
        played = run(f"rules: {{r: {{rate: {written}, note: x}}}}", horizon="1000h")
        assert ticks(played) == expected("r", lambda _: 0.5 / 24, 1000)


def test_a_rate_needs_a_unit():
    assert codes("rules: {r: {rate: 0.5, note: x}}") == ["type"]


def test_the_exposure_grows_only_while_the_condition_holds():
    played = run("""
        situation: {on_: false}
        script: {10h: {on_: true}, 20h: {on_: false}, 50h: {on_: true}, 90h: {on_: false}}
        rules: {r: {when: on_, rate: 0.5 / 1h, note: x}}
    """)
    want = expected("r", lambda t: 0.5 if 10 <= t < 20 or 50 <= t < 90 else 0.0, 200)
    assert ticks(played) == want
    assert want


def test_a_change_of_the_rate_changes_only_how_fast_the_exposure_grows():
    played = run("""
        situation: {speed: 1}
        script: {10h: {speed: 0.1}, 60h: {speed: 3}, 70h: {speed: 0}, 100h: {speed: 0.5}}
        rules: {r: {rate: speed / 1h, note: x}}
    """)

    def rate(t):
        return 1.0 if t < 10 else 0.1 if t < 60 else 3.0 if t < 70 else 0.0 if t < 100 else 0.5

    assert ticks(played) == expected("r", rate, 200)


def test_nothing_is_drawn_anew_when_a_rate_changes_and_changes_back():
    text = """
        situation: {{speed: 0.2, other: 0}}
        rules:
          flip: {{every: 1h, do: {{speed: {flip}, other: other + 1}}}}
          r: {{rate: speed / 1h, note: x}}
    """
    plain = run(text.format(flip="0.2"))
    flipped = run(text.format(flip="0.3 if speed < 0.25 else 0.1"))
    # 0.2, then 0.3, 0.1, 0.3, 0.1, …: the same exposure after every second hour
    assert all(abs(a - b) <= 1 for a, b in zip(ticks(plain), ticks(flipped), strict=True))
    assert ticks(flipped) == expected("r", lambda t: 0.2 if t < 1 else (0.3, 0.1)[(t - 1) % 2], 200)


def test_the_exposure_is_left_alone_while_the_rate_keeps_its_value():
    text = """
        situation: {{count: 0}}
        rules:
          beat: {{every: 1h, do: {{count: count + 1}}}}
          r: {{when: count >= 0, rate: {rate}, note: x}}
    """
    plain = run(text.format(rate="0.1 / 1h"))
    touched = run(text.format(rate="0.1 / 1h if count >= 0 else 9 / 1h"))
    assert ticks(touched) == ticks(plain) == expected("r", lambda _: 0.1, 200)


def test_a_rate_may_depend_on_its_own_firings():
    played = run("""
        situation: {alive: 20}
        rules: {r: {when: alive > 0, rate: 0.05 * alive / 1h, do: {alive: alive - 1}}}
    """)
    # computed by hand: the rate falls with every firing, and several may share a tick
    exposure, target, found, alive, tick = 0.0, 0.0, [], 20, 0
    for k in range(1, 21):
        target += unit_exponential("r", k)
        while exposure < target:
            exposure += 0.05 * alive
            tick += 1
        if tick > 200:
            break
        found.append(tick)
        alive -= 1
    assert ticks(played) == found
    assert ending(played)["alive"] == 20 - len(found)


def test_a_rate_may_depend_on_a_clock():
    played = run("""
        situation: {x: false}
        script: {10h: {x: true}}
        clocks: {c: {while: x}}
        rules: {r: {rate: 0.5 / 1h if c >= 30h else 0.05 / 1h, note: x}}
    """)
    assert ticks(played) == expected("r", lambda t: 0.5 if t >= 40 else 0.05, 200)


def due_with(script):
    """Return the firings of a stream, with `on_` turned by a script."""
    return run(f"""
        situation: {{on_: true, count: 0}}
        script: {{{script}}}
        rules: {{r: {{when: on_, rate: 0.1 / 1h, do: {{count: count + 1}}}}}}
    """)


def test_a_firing_due_at_a_tick_comes_also_if_the_condition_ends_at_that_tick():
    first = expected("r", lambda _: 0.1, 200)[0]
    assert ticks(due_with(f"{first}h: {{on_: false}}")) == [first]
    assert ticks(due_with(f"{first - 1}h: {{on_: false}}")) == []


def test_two_firings_due_at_a_tick_both_come_also_if_the_first_ends_the_condition():
    # H has reached E1 + E2 by this tick: the exposure knows no times between ticks
    first, second = unit_exponential("r", 1), unit_exponential("r", 2)
    rate = 1.01 * (first + second)
    played = run(f"""
        situation: {{on_: true}}
        rules: {{r: {{when: on_, rate: {rate} / 1h, do: {{on_: false}}}}}}
    """)
    assert ticks(played)[:2] == [1, 1]


def test_a_condition_that_is_off_for_no_length_of_time_loses_nothing():
    text = """
        situation: {on_: true, count: 0}
        script: {7h: {on_: %s}}
        rules:
          back: {when: not on_, do: {on_: true}}
          r: {when: on_, rate: 0.1 / 1h, do: {count: count + 1}}
    """
    assert ticks(run(text % "false")) == ticks(run(text % "true"))


def test_a_rate_of_nothing_never_fires():
    assert ticks(run("rules: {r: {rate: 0 / 1h, note: x}}")) == []


def test_a_rate_below_nothing_stops_the_run():
    with pytest.raises(RunError):
        run("situation: {s: -1}\nrules: {r: {rate: s / 1h, note: x}}")


def test_the_exposure_is_the_same_on_ticks_of_any_length():
    # each firing moves to the next tick and no further: nothing is lost by coarse ticks
    text = "rules: {r: {rate: 0.2 / 1h, note: x}}"
    coarse = hours(run(text, tick="1h", horizon="2000h"), "r")
    fine = hours(run(text, tick="1s", horizon="2000h"), "r")
    assert coarse[: len(fine)] == [math.ceil(h) for h in fine]


@pytest.mark.parametrize("tick", ["1h", "1min"])
def test_thinned_streams_keep_the_arrivals_of_the_whole(tick):
    free = run("rules: {r: {rate: 1 / 1h, note: x}}", tick=tick)
    thinned = run("rules: {r: {rate: 1 / 1h, chance: 0.5, note: x}}", tick=tick)
    both = told(thinned, "fired", "chance_failed")
    assert sorted(r.tick for r in both) == ticks(free)
