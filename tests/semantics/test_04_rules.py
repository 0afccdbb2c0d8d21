"""Point 4: what a rule does from its trigger to its firing, and how it chooses."""

import pytest

from escalation_sim.errors import RunError
from tests.support import (
    about,
    codes,
    ending,
    fired,
    hours,
    order,
    rounded,
    run,
    runs,
    told,
    uniform,
)

# triggers


def test_a_rule_is_triggered_when_its_condition_turns_true():
    played = run("""
        situation: {x: false}
        script: {2h: {x: true}}
        rules: {r: {when: x, note: x}}
    """)
    assert order(played) == [(2.0, "r")]


def test_being_true_at_zero_counts():
    assert order(run("situation: {x: true}\nrules: {r: {when: x, note: x}}")) == [(0.0, "r")]


def test_a_rule_whose_condition_is_always_true_is_triggered_at_zero():
    assert order(run("rules: {r: {when: true, after: 2h, note: x}}")) == [(2.0, "r")]


@pytest.mark.parametrize(("before", "after"), [("false", "true"), ("true", "false")])
def test_true_at_zero_is_looked_at_after_the_script_at_zero(before, after):
    played = run(f"""
        situation: {{x: {before}}}
        script: {{0h: {{x: {after}}}}}
        rules: {{r: {{when: x, note: x}}, s: {{when: not x, note: x}}}}
    """)
    assert order(played) == [(0.0, "r" if after == "true" else "s")]


def test_a_rule_is_triggered_again_only_after_its_condition_has_been_false():
    played = run("""
        situation: {x: 0}
        script: {1h: {x: 1}, 2h: {x: 2}, 3h: {x: 0}, 4h: {x: 5}, 5h: {x: 6}}
        rules: {r: {when: x > 0, note: x}}
    """)
    assert order(played) == [(1.0, "r"), (4.0, "r")]


def test_a_rule_that_has_fired_is_not_triggered_again_while_its_condition_holds():
    played = run("""
        situation: {x: true}
        rules: {r: {when: x, for: 3h, note: x}, s: {when: x, after: 3h, note: x}}
    """)
    assert order(played) == [(3.0, "s"), (3.0, "r")]


# on_change


def test_on_change_triggers_at_each_change():
    played = run("""
        situation: {x: 0}
        script: {1h: {x: 1}, 2h: {x: 1}, 3h: {x: 0}, 4h: {x: 7}}
        rules: {r: {on_change: x, note: x}}
    """)
    assert hours(played, "r") == [1.0, 3.0, 4.0]


def test_on_change_takes_a_change_by_the_script_at_zero_and_not_the_start():
    text = "situation: {x: 1}\nscript: {0h: {x: 2}}\nrules: {r: {on_change: x, note: x}}"
    assert hours(run(text), "r") == [0.0]
    assert hours(run(text.replace("x: 2", "x: 1")), "r") == []


def test_on_change_sees_changes_of_ladders_and_flags():
    played = run("""
        situation: {flag: false}
        ladders: {stair: {rungs: [low, mid, high]}}
        script: {1h: {flag: true}, 2h: {stair: mid}, 3h: {stair: at least low}}
        rules: {f: {on_change: flag, note: x}, s: {on_change: stair, note: x}}
    """)
    assert order(played) == [(1.0, "f"), (2.0, "s")]


def test_with_on_change_the_condition_is_a_filter():
    played = run("""
        situation: {x: 0, open: false}
        script: {1h: {x: 1}, 2h: {open: true}, 3h: {x: 3}, 4h: {open: false}, 5h: {x: 5}}
        rules: {r: {on_change: x, when: open, note: x}}
    """)
    assert hours(played, "r") == [3.0]


def test_with_on_change_the_filter_is_looked_at_at_the_change_and_not_later():
    played = run("""
        situation: {x: 0, open: true}
        script: {1h: {x: 1}, 2h: {open: false}}
        rules: {r: {on_change: x, when: open, after: 5h, note: all the same}}
    """)
    assert hours(played, "r") == [6.0]


def test_changes_are_followed_side_by_side():
    played = run("""
        situation: {x: 0, seen: 0}
        script: {1h: {x: 1}, 2h: {x: 2}, 3h: {x: 3}}
        rules: {r: {on_change: x, after: 10h, do: {seen: was(x)}}}
    """)
    assert hours(played, "r") == [11.0, 12.0, 13.0]
    assert told(played, "ignored") == []


def test_was_is_the_value_at_the_trigger_and_a_bare_name_the_value_at_the_firing():
    played = run("""
        situation: {x: 0, other: 10, was_x: 0, is_x: 0, was_other: 0}
        script: {1h: {x: 1, other: 11}, 2h: {x: 2, other: 12}}
        rules: {r: {on_change: x, when: x == 1, after: 5h, do: {was_x: was(x), is_x: x,
            was_other: was(other)}}}
    """)
    assert ending(played) == {"x": 2, "other": 12, "was_x": 1, "is_x": 2, "was_other": 11}


def test_was_of_each_occurrence_is_its_own():
    played = run("""
        situation: {x: 0, seen: 0, sum: 0}
        script: {1h: {x: 1}, 2h: {x: 20}, 3h: {x: 300}}
        rules: {r: {on_change: x, after: 10h, do: {seen: was(x), sum: sum + was(x)}}}
    """)
    writes = [r.writes["seen"][1] for r in told(played, "fired")]
    assert writes == [1, 20, 300]
    assert ending(played)["sum"] == 321


def test_was_may_decide_and_weigh():
    played = run("""
        situation: {x: 0}
        script: {1h: {x: 1}, 2h: {x: 2}, 9h: {x: 9}}
        rules:
          decide: {on_change: x, after: 3h, choose: {one: {if: was(x) == 1}, otherwise: {}}}
          weigh:  {on_change: x, after: 3h, choose: {one: {weight: 1 if was(x) == 1 else 0},
              two: {weight: 1 if was(x) != 1 else 0}}}
    """)
    assert [o for _, r, o in fired(played) if r == "decide"] == ["one", "otherwise", "otherwise"]
    assert [o for _, r, o in fired(played) if r == "weigh"] == ["one", "two", "two"]


def test_sixty_four_changes_may_wait_side_by_side_and_one_more_stops_the_run():
    text = """
        situation: {{x: 0}}
        rules:
          count: {{when: x < {most}, every: 1min, do: {{x: x + 1}}}}
          slow:  {{on_change: x, after: 10h, note: x}}
    """
    played = run(text.format(most=64), tick="1min", horizon="30h")
    assert len(hours(played, "slow")) == 64
    with pytest.raises(RunError) as caught:
        run(text.format(most=65), tick="1min", horizon="30h")
    assert caught.value.tick == 65
    assert "64" in str(caught.value)


def test_at_most_is_how_many_may_wait_side_by_side():
    text = """
        situation: {x: 0}
        script: {1h: {x: 1}, 2h: {x: 2}, 3h: {x: 3}}
        rules: {r: {on_change: x, after: 2h, at_most: %d, note: x}}
    """
    assert hours(run(text % 3), "r") == [3.0, 4.0, 5.0]
    # the first fires at 3 h, but the script has the third change before it
    with pytest.raises(RunError):
        run(text % 2)
    assert hours(run((text % 2).replace("3h: {x: 3}", "4h: {x: 3}")), "r") == [3.0, 4.0, 6.0]


def test_a_failed_chance_does_not_count_among_those_that_wait():
    played = run("""
        situation: {x: 0}
        script: {1h: {x: 1}, 2h: {x: 2}}
        rules: {r: {on_change: x, chance: 1 if x < 2 else 0, after: 9h, at_most: 1, note: x}}
    """)
    assert hours(played, "r") == [10.0]


def test_on_change_with_for_needs_a_condition():
    text = "situation: {{x: 0}}\nrules: {{r: {{on_change: x, {when} for: 2h, note: x}}}}"
    assert codes(text.format(when="")) == ["rule-shape"]
    assert codes(text.format(when="when: x > 0,")) == []


def test_on_change_with_for_needs_its_condition_to_hold():
    played = run("""
        situation: {x: 0}
        script: {1h: {x: 1}, 2h: {x: 2}, 3h: {x: 0}, 10h: {x: 4}}
        rules: {r: {on_change: x, when: x > 0, for: 3h, note: x}}
    """)
    assert hours(played, "r") == [13.0]
    assert about(played, "called_off") == [(3.0, "called_off", "r")] * 2


# the order of what happens to an occurrence


def test_the_condition_is_looked_at_then_the_chance_is_thrown_at_the_trigger():
    played = run("""
        situation: {p: 1, x: false}
        script: {1h: {x: true}, 2h: {p: 0}}
        rules: {r: {when: x, chance: p, after: 5h, note: x}}
    """)
    assert hours(played, "r") == [6.0]
    assert told(played, "triggered")[0].data["chance"][1] == 1


def test_a_chance_is_thrown_once_for_an_occurrence():
    text = """
        situation: {x: false}
        script: {1h: {x: true}}
        rules: {r: {when: x, chance: 0.5, for: 2h, after: 2h, note: x}}
    """
    for replication, played in enumerate(runs(text, 40, trace=True)):
        drawn = uniform("rules.r.chance", 1, replication=replication)
        if drawn < 0.5:
            assert hours(played, "r") == [5.0]
            assert told(played, "triggered")[0].data["chance"] == [drawn, 0.5]
        else:
            assert hours(played, "r") == []
            assert told(played, "chance_failed")[0].data["chance"] == [drawn, 0.5]


@pytest.mark.parametrize(("chance", "expected"), [("0", []), ("1", [1.0])])
def test_a_chance_of_nothing_never_and_of_one_always_succeeds(chance, expected):
    text = (
        f"situation: {{x: false}}\n"
        f"script: {{1h: {{x: true}}}}\n"
        f"rules: {{r: {{when: x, chance: {chance}, note: x}}}}"
    )
    assert all(hours(played, "r") == expected for played in runs(text, 50, trace=True))


def test_a_rule_whose_chance_failed_is_not_triggered_again_until_its_condition_was_false():
    played = run("""
        situation: {x: false, p: 0}
        script: {1h: {x: true}, 2h: {p: 1}, 5h: {x: false}, 6h: {x: true}}
        rules: {r: {when: x, chance: p, note: x}}
    """)
    assert hours(played, "r") == [6.0]


def test_a_chance_outside_zero_to_one_stops_the_run():
    with pytest.raises(RunError):
        run("situation: {p: 1.5}\nrules: {r: {when: true, chance: p, note: x}}")


def test_for_comes_before_after():
    played = run("""
        situation: {x: false}
        script: {1h: {x: true}, 4h: {x: false}}
        rules:
          kept: {when: x, for: 2h, after: 9h, note: the condition may fall in the after}
          lost: {when: x, for: 9h, after: 2h, note: but not in the for}
    """)
    assert order(played) == [(12.0, "kept")]
    assert about(played, "called_off") == [(4.0, "called_off", "lost")]


def test_for_and_after_are_each_drawn_when_they_begin():
    played = run("""
        situation: {x: false, first: 2h, second: 2h}
        script: {1h: {x: true}, 2h: {first: 50h, second: 5h}, 4h: {second: 50h}}
        rules: {r: {when: x, for: first, after: second, note: x}}
    """)
    # for: 2 h as it was at 1 h; after: 5 h as it was at 3 h
    assert hours(played, "r") == [8.0]


def test_drawn_delays_come_from_their_own_places():
    text = """
        parameters: {law: {uniform: [0h, 50h]}}
        rules: {r: {when: true, for: law, after: law, note: x}}
    """
    for replication, played in enumerate(runs(text, 5, trace=True)):
        parts = [uniform(f"rules.r.{p}", 1, replication=replication) for p in ("for", "after")]
        assert hours(played, "r") == [sum(rounded(50 * u) for u in parts)]


def test_at_the_firing_values_are_as_they_are_then():
    played = run("""
        parties: {council: {members: {a: chance_of_a, b: 1 - chance_of_a}}}
        situation: {x: false, chance_of_a: 0, add: 1, sum: 0}
        script: {1h: {x: true}, 2h: {chance_of_a: 1, add: 7}}
        rules:
          r:
            when: x
            after: 5h
            ask: council
            choose:
              by_a: {if: council.a and not council.b and add == 7, do: {sum: sum + add}}
              otherwise: {}
    """)
    assert fired(played) == [(6.0, "r", "by_a")]
    assert ending(played)["sum"] == 7


# for


def test_a_for_is_called_off_when_its_condition_turns_false():
    played = run("""
        situation: {x: false}
        script: {1h: {x: true}, 3h: {x: false}, 4h: {x: true}}
        rules: {r: {when: x, for: 5h, note: x}}
    """)
    assert about(played, "called_off") == [(3.0, "called_off", "r")]
    assert hours(played, "r") == [9.0]


def test_a_for_whose_condition_turns_false_exactly_when_it_is_due_is_called_off():
    played = run("""
        situation: {x: false}
        script: {1h: {x: true}, 6h: {x: false}}
        rules: {r: {when: x, for: 5h, note: x}}
    """)
    assert hours(played, "r") == []


def test_a_for_of_no_length_matures_when_the_clocks_move():
    played = run("""
        situation: {x: false}
        script: {1h: {x: true}}
        rules: {a_for: {when: x, for: 0h, note: x}, none_: {when: x, note: x}}
    """)
    assert order(played) == [(1.0, "none_"), (1.0, "a_for")]


def test_a_for_of_no_length_on_a_condition_of_no_length_is_called_off():
    played = run("""
        situation: {x: false}
        script: {1h: {x: true}}
        rules: {a_for: {when: x, for: 0h, note: x}, drop: {when: x, do: {x: false}}}
    """)
    assert order(played) == [(1.0, "drop")]


# after


def test_nothing_calls_off_an_after():
    played = run("""
        situation: {x: false}
        script: {1h: {x: true}, 2h: {x: false}}
        rules: {r: {when: x, after: 5h, note: x}}
    """)
    assert hours(played, "r") == [6.0]


def test_a_trigger_while_a_rule_waits_in_its_after_is_recorded_and_ignored():
    played = run("""
        situation: {x: false}
        script: {1h: {x: true}, 2h: {x: false}, 3h: {x: true}, 8h: {x: false}, 9h: {x: true}}
        rules: {r: {when: x, after: 5h, note: x}}
    """)
    assert hours(played, "r") == [6.0, 14.0]
    assert about(played, "ignored") == [(3.0, "ignored", "r")]
    assert [r.data["occurrence"] for r in told(played, "triggered", "ignored")] == [1, 2, 3]


def test_an_ignored_trigger_is_not_made_up_for_later():
    played = run("""
        situation: {x: false}
        script: {1h: {x: true}, 2h: {x: false}, 3h: {x: true}}
        rules: {r: {when: x, after: 5h, note: x}}
    """)
    assert hours(played, "r") == [6.0]


# unless


def test_unless_calls_off_an_after():
    played = run("""
        situation: {x: false, stop: false}
        script: {1h: {x: true}, 3h: {stop: true}, 4h: {stop: false}}
        rules: {r: {when: x, after: 5h, unless: stop, note: x}}
    """)
    assert order(played) == []
    assert about(played, "called_off") == [(3.0, "called_off", "r")]


def test_unless_calls_off_a_for():
    played = run("""
        situation: {x: false, stop: false}
        script: {1h: {x: true}, 3h: {stop: true}, 4h: {stop: false}}
        rules: {r: {when: x, for: 5h, unless: stop, note: x}}
    """)
    assert order(played) == []
    assert about(played, "called_off") == [(3.0, "called_off", "r")]


def test_unless_calls_off_at_the_first_look_even_if_it_is_true_for_no_length_of_time():
    played = run("""
        situation: {x: false, stop: false}
        script: {1h: {x: true}, 3h: {stop: true}}
        rules:
          r: {when: x, for: 5h, unless: stop, note: x}
          s: {when: x, after: 5h, unless: stop, note: x}
          lift: {when: stop, do: {stop: false}}
    """)
    assert order(played) == [(3.0, "lift")]


def test_unless_counts_at_the_trigger():
    played = run("""
        situation: {x: false, stop: true}
        script: {1h: {x: true}, 2h: {stop: false}}
        rules: {r: {when: x, after: 5h, unless: stop, note: x}}
    """)
    assert order(played) == []
    assert about(played, "triggered", "called_off") == [
        (1.0, "triggered", "r"), (1.0, "called_off", "r"),
    ]  # fmt: skip


def test_unless_calls_off_what_is_about_to_fire_at_the_same_tick():
    played = run("""
        situation: {x: false, stop: false}
        script: {1h: {x: true}, 6h: {stop: true}}
        rules: {r: {when: x, after: 5h, unless: stop, note: x}}
    """)
    assert order(played) == []


def test_unless_on_a_clock_calls_off_when_the_clocks_move():
    # at 6 h the firing comes before the clock reads 5 h
    played = run("""
        situation: {x: false}
        script: {1h: {x: true}}
        clocks: {c: {while: x}}
        rules:
          in_time:  {when: x, after: 5h, unless: c >= 5h, note: x}
          too_late: {when: x, after: 6h, unless: c >= 5h, note: x}
    """)
    assert order(played) == [(6.0, "in_time")]
    assert about(played, "called_off") == [(6.0, "called_off", "too_late")]


def test_unless_calls_off_all_that_wait_side_by_side():
    played = run("""
        situation: {x: 0, stop: false}
        script: {1h: {x: 1}, 2h: {x: 2}, 3h: {stop: true}, 4h: {stop: false}, 5h: {x: 3}}
        rules: {r: {on_change: x, after: 9h, unless: stop, note: x}}
    """)
    assert hours(played, "r") == [14.0]
    assert [r.data["occurrence"] for r in told(played, "called_off")] == [1, 2]


def test_unless_calls_off_the_running_interval_of_an_every():
    played = run("""
        situation: {x: true, stop: false}
        script: {7h: {stop: true}, 8h: {stop: false}, 20h: {x: false}, 21h: {x: true}}
        rules: {r: {when: x, every: 3h, unless: stop, note: x}}
    """, horizon="25h")  # fmt: skip
    assert hours(played, "r") == [3.0, 6.0, 24.0]


def test_unless_counts_at_the_trigger_of_an_every_as_well():
    played = run("""
        situation: {x: false, stop: true}
        script: {1h: {x: true}, 2h: {stop: false}}
        rules: {r: {when: x, every: 3h, unless: stop, note: x}}
    """, horizon="10h")  # fmt: skip
    assert hours(played, "r") == []


def test_unless_calls_off_the_waiting_firings_of_a_stream():
    played = run("""
        situation: {stop: false, count: 0}
        script: {50h: {stop: true}}
        rules: {r: {rate: 1 / 1h, after: 200h, unless: stop, do: {count: count + 1}}}
    """, horizon="60h")  # fmt: skip
    arrived = [r for r in told(played, "triggered") if r.tick < 50]
    assert len(arrived) > 20
    occurrences = {r.data["occurrence"] for r in told(played, "called_off") if r.tick == 50}
    assert {r.data["occurrence"] for r in arrived} <= occurrences


def test_a_stream_goes_on_after_an_unless():
    # the exposure grows while `when` holds, so the firings after the pause are as without it
    text = """
        situation: {stop: false, on_: true}
        script: {50h: {stop: %s}, 60h: {stop: false}, 120h: {on_: false}, 130h: {on_: true}}
        rules: {r: {when: on_, rate: 0.5 / 1h, unless: stop, note: x}}
    """
    free, stopped = (run(text % flag, horizon="180h") for flag in ("false", "true"))
    assert hours(stopped, "r") == [h for h in hours(free, "r") if not 50 <= h < 60]


# again


def test_again_triggers_at_once_if_the_condition_still_holds():
    played = run("""
        situation: {x: true}
        script: {8h: {x: false}, 20h: {x: true}}
        rules: {r: {when: x, after: 3h, again: true, note: x}}
    """, horizon="25h")  # fmt: skip
    # the occurrence begun at 6 h fires at 9 h whatever happens, and finds `x` false
    assert hours(played, "r") == [3.0, 6.0, 9.0, 23.0]


def test_again_with_for_is_called_off_like_any_for():
    played = run("""
        situation: {x: true}
        script: {8h: {x: false}}
        rules: {r: {when: x, for: 3h, again: true, note: x}}
    """, horizon="25h")  # fmt: skip
    assert hours(played, "r") == [3.0, 6.0]
    assert about(played, "called_off") == [(8.0, "called_off", "r")]


def test_again_does_not_trigger_if_the_rule_itself_ended_its_condition():
    played = run("""
        situation: {x: true}
        rules: {r: {when: x, after: 3h, again: true, do: {x: false}}}
    """)
    assert hours(played, "r") == [3.0]


@pytest.mark.parametrize("fails", ["chance: p", "unless: p == 0"])
def test_again_adds_no_trigger_to_the_one_of_a_condition_that_turns_true(fails):
    # the firing itself turns the condition true: it does not still hold, it holds again
    played = run(f"""
        situation: {{x: true, p: 1}}
        script: {{1h: {{x: false}}}}
        rules: {{r: {{when: x, {fails}, after: 2h, again: true, do: {{x: true, p: 0}}}}}}
    """)
    assert [r.data["occurrence"] for r in told(played, "chance_failed", "called_off")] == [2]


def test_again_after_a_deadline_triggers_as_well():
    played = run("""
        situation: {x: true}
        rules: {r: {when: x, after: 9h, within: 3h, again: true, choose: {a: {}, otherwise: {}}}}
    """, horizon="10h")  # fmt: skip
    assert fired(played) == [(h, "r", "otherwise") for h in (3.0, 6.0, 9.0)]


@pytest.mark.parametrize("delay", ["", "after: 0h,", "for: 0h,", "after: 0min,", "after: nothing,"])
def test_again_without_a_positive_delay_is_a_load_error(delay):
    text = (
        f"parameters: {{nothing: 0h}}\nrules: {{r: {{when: true, {delay} again: true, note: x}}}}"
    )
    assert codes(text) == ["rule-shape"]


@pytest.mark.parametrize("name", ["wait", "wind", "d"])
def test_again_takes_a_delay_by_any_name(name):
    text = (
        f"parameters: {{{name}: 3h}}\n"
        f"rules: {{r: {{when: true, after: {name}, again: true, note: x}}}}"
    )
    assert codes(text) == []


# every


def test_every_fires_again_and_again_while_its_condition_holds():
    played = run("""
        situation: {x: false}
        script: {1h: {x: true}, 9h: {x: false}, 12h: {x: true}}
        rules: {r: {when: x, every: 3h, note: x}}
    """, horizon="18h")  # fmt: skip
    assert hours(played, "r") == [4.0, 7.0, 15.0, 18.0]
    assert about(played, "called_off") == [(9.0, "called_off", "r")]


def test_every_without_a_condition_goes_on_to_the_horizon():
    assert hours(run("rules: {r: {every: 40h, note: x}}"), "r") == [40.0, 80.0, 120.0, 160.0, 200.0]


def test_the_chance_of_an_every_is_thrown_at_each_firing():
    played = run("rules: {r: {every: 1h, chance: 0.3, note: x}}", horizon="100h")
    expected = [k for k in range(1, 101) if uniform("rules.r.chance", k) < 0.3]
    assert hours(played, "r") == expected
    assert len(told(played, "chance_failed")) == 100 - len(expected)


def test_the_chance_of_an_every_is_as_it_is_at_the_firing():
    played = run("""
        situation: {p: 0}
        script: {3h: {p: 1}, 5h: {p: 0}}
        rules: {r: {every: 1h, chance: p, note: x}}
    """, horizon="9h")  # fmt: skip
    assert hours(played, "r") == [3.0, 4.0]


def test_the_after_of_an_every_runs_side_by_side():
    played = run("rules: {r: {every: 2h, after: 5h, note: x}}", horizon="12h")
    assert hours(played, "r") == [7.0, 9.0, 11.0]


def test_at_most_bounds_the_afters_of_an_every():
    assert hours(run("rules: {r: {every: 2h, after: 5h, at_most: 3, note: x}}", horizon="9h"), "r")
    with pytest.raises(RunError):
        run("rules: {r: {every: 2h, after: 5h, at_most: 2, note: x}}", horizon="9h")


def test_each_interval_of_an_every_is_drawn_when_it_begins():
    played = run("""
        situation: {gap: 2h}
        script: {3h: {gap: 5h}, 10h: {gap: 1h}}
        rules: {r: {every: gap, note: x}}
    """, horizon="15h")  # fmt: skip
    assert hours(played, "r") == [2.0, 4.0, 9.0, 14.0, 15.0]


# rate


def test_the_chance_of_a_rate_is_thrown_at_each_firing():
    text = "rules: {{r: {{rate: 1 / 1h, {chance} note: x}}}}"
    free = hours(run(text.format(chance=""), tick="1min"), "r")
    thinned = hours(run(text.format(chance="chance: 0.4,"), tick="1min"), "r")
    assert thinned == [h for k, h in enumerate(free, start=1) if uniform("rules.r.chance", k) < 0.4]


def test_the_after_of_a_rate_runs_side_by_side():
    text = "rules: {{r: {{rate: 1 / 1h, {after} note: x}}}}"
    free = hours(run(text.format(after=""), tick="1min"), "r")
    later = hours(run(text.format(after="after: 5h,"), tick="1min"), "r")
    assert later == [pytest.approx(h + 5) for h in free if h + 5 <= 200]


# choosing


def test_without_weights_the_first_option_whose_condition_holds_is_taken():
    text = """
        situation: {x: 5}
        rules: {r: {when: true, choose: {a: {if: x > 9}, b: {if: x > 3}, c: {if: x > 1},
            otherwise: {}}}}
    """
    assert fired(run(text)) == [(0.0, "r", "b")]
    assert fired(run(text.replace("x: 5", "x: 2"))) == [(0.0, "r", "c")]


def test_else_otherwise_is_taken():
    text = (
        "situation: {x: 0}\n"
        "rules: {r: {when: true, choose: {otherwise: {do: {x: 9}}, a: {if: x > 9, %s}}}}"
    )
    for weight in ("weight: 2", "do: {x: 3}"):
        played = run(text % weight)
        assert fired(played) == [(0.0, "r", "otherwise")]
        assert ending(played) == {"x": 9}


def test_with_no_option_open_and_no_otherwise_nothing_is_done():
    played = run(
        "situation: {x: 0}\nrules: {r: {when: true, choose: {a: {if: x > 9, do: {x: 1}}}}}"
    )
    assert fired(played) == [(0.0, "r", None)]
    assert ending(played) == {"x": 0}


def test_if_any_option_has_a_weight_the_choice_is_by_weight_and_a_missing_weight_is_one():
    text = "rules: {r: {when: true, choose: {a: {weight: 3}, b: {note: x}, c: 4}}}"
    for replication, played in enumerate(runs(text, 60, trace=True)):
        u = uniform("rules.r.choose", 1, replication=replication) * 8
        assert fired(played) == [(0.0, "r", "a" if u < 3 else "b" if u < 4 else "c")]


def test_the_choice_by_weight_is_among_those_whose_condition_holds():
    text = """
        situation: {x: 5}
        rules: {r: {when: true, choose: {a: {if: x > 9, weight: 100}, b: {if: x > 3, weight: 1},
            c: 3, otherwise: {}}}}
    """
    for replication, played in enumerate(runs(text, 60, trace=True)):
        u = uniform("rules.r.choose", 1, replication=replication) * 4
        assert fired(played) == [(0.0, "r", "b" if u < 1 else "c")]
        assert told(played, "fired")[0].data["open"] == ["b", "c"]


def test_weights_of_nothing_leave_otherwise():
    text = "rules: {r: {when: true, choose: {a: {weight: 0}, b: 0, otherwise: {}}}}"
    assert fired(run(text)) == [(0.0, "r", "otherwise")]


def test_a_weight_of_nothing_is_never_taken():
    text = "rules: {r: {when: true, choose: {a: 0, b: 1, c: 0}}}"
    assert {fired(p)[0][2] for p in runs(text, 200, trace=True)} == {"b"}


def test_a_weight_below_nothing_stops_the_run():
    with pytest.raises(RunError):
        run("situation: {w: -1}\nrules: {r: {when: true, choose: {a: {weight: w}, b: 1}}}")


def test_shares_of_a_choice_are_the_shares_of_the_weights():
    text = "rules: {r: {when: true, choose: {hold: 3, halt: {weight: 1}}}}"
    count = 4000
    share = sum(fired(p)[0][2] == "hold" for p in runs(text, count, trace=True)) / count
    assert abs(share - 0.75) < 4.5 * (0.75 * 0.25 / count) ** 0.5


# within


def test_within_runs_from_the_trigger():
    played = run("""
        situation: {x: false}
        script: {1h: {x: true}}
        rules: {r: {when: x, for: 3h, after: 9h, within: 6h, choose: {a: {}, otherwise: {}}}}
    """)
    assert fired(played) == [(7.0, "r", "otherwise")]


def test_within_needs_choose():
    assert codes("rules: {r: {when: true, after: 2h, within: 1h, note: x}}") == ["rule-shape"]


def test_lapsed_is_taken_before_otherwise_and_may_act():
    text = """
        situation: {x: 0}
        rules: {r: {when: true, after: 9h, within: 6h, choose: {a: {if: x > 5}, %s}}}
    """
    both = run(text % "otherwise: {do: {x: 1}}, lapsed: {do: {x: 2}}")
    assert (fired(both), ending(both)) == ([(6.0, "r", "lapsed")], {"x": 2})
    one = run(text % "otherwise: {do: {x: 1}}")
    assert (fired(one), ending(one)) == ([(6.0, "r", "otherwise")], {"x": 1})


def test_lapsed_is_not_taken_at_an_ordinary_firing():
    text = (
        "rules: {r: {when: true, after: 2h, within: 6h, choose: {a: {if: false}, lapsed: {}, %s}}}"
    )
    assert fired(run(text % "otherwise: {}")) == [(2.0, "r", "otherwise")]


def test_a_lapsed_deadline_drops_the_pending_firing():
    played = run("rules: {r: {when: true, after: 9h, within: 6h, choose: {a: {}, otherwise: {}}}}")
    assert fired(played) == [(6.0, "r", "otherwise")]
    assert told(played, "fired")[0].data["lapsed"] is True


def test_a_lapsed_deadline_asks_nobody():
    played = run("""
        parties: {council: {members: {a: 1, b: 1}}}
        rules:
          r: {when: true, after: 9h, within: 6h, ask: council, choose: {a: {}, otherwise: {}}}
          s: {when: now >= 20h, choose: {nobody: {if: council.joined == 0}, somebody: {}}}
    """)
    assert fired(played) == [(6.0, "r", "otherwise"), (20.0, "s", "nobody")]


def test_a_deadline_of_an_occurrence_that_was_called_off_does_not_lapse():
    played = run("""
        situation: {x: false}
        script: {1h: {x: true}, 2h: {x: false}}
        rules: {r: {when: x, for: 9h, within: 6h, choose: {a: {}, otherwise: {}}}}
    """)
    assert fired(played) == []


def test_a_deadline_of_an_occurrence_whose_chance_failed_does_not_lapse():
    played = run("rules: {r: {when: true, chance: 0, within: 6h, choose: {a: {}, otherwise: {}}}}")
    assert fired(played) == []


def test_a_deadline_may_be_drawn_and_each_occurrence_draws_its_own():
    text = """
        situation: {x: 0}
        script: {1h: {x: 1}, 2h: {x: 2}}
        rules: {r: {on_change: x, after: 100h, within: {uniform: [0h, 50h]}, choose: {a: {},
            otherwise: {}}}}
    """
    expected = sorted(k + rounded(50 * uniform("rules.r.within", k)) for k in (1, 2))
    assert hours(run(text), "r") == expected


@pytest.mark.parametrize("stream", ["rate: 1 / 1h", "every: 3h"])
def test_within_of_a_rate_or_every_runs_from_each_of_its_firings(stream):
    text = (
        f"rules: {{r: {{{stream}, after: 9h, within: 2h, choose: {{a: {{}}, otherwise: {{}}}}}}}}"
    )
    if codes(text):  # a load error would say it, too
        return
    begun = hours(run(f"rules: {{r: {{{stream}, note: x}}}}", horizon="20h"), "r")
    assert fired(run(text, horizon="20h")) == [
        (h + 2, "r", "otherwise") for h in begun if h + 2 <= 20
    ]


# members


def test_each_member_decides_by_its_own_draw():
    text = """
        parties: {council: {members: {a: 0.9, b: 0.6, c: 0.2}}}
        rules: {r: {when: true, ask: council, choose: {both: {if: council.a and council.b},
            otherwise: {}}}}
    """
    for replication, played in enumerate(runs(text, 40, trace=True)):
        draws = {m: uniform(f"rules.r.ask.{m}", 1, replication=replication) for m in "abc"}
        joins = {"a": 0.9, "b": 0.6, "c": 0.2}
        expected = {m: [draws[m] < joins[m], draws[m], joins[m]] for m in "abc"}
        assert told(played, "fired")[0].data["asked"] == expected
        both = draws["a"] < 0.9 and draws["b"] < 0.6
        assert fired(played) == [(0.0, "r", "both" if both else "otherwise")]


def test_weight_sums_those_who_joined():
    text = """
        parties: {council: {members: {a: 1, b: {joins: 0, weight: 10}, c: {joins: 1, weight: 2.5}}}}
        situation: {joined: -1, weight: -1, size: -1}
        rules:
          r:
            when: true
            ask: council
            choose: {a: {do: {joined: council.joined, weight: council.weight, size: council.size}}}
    """
    assert ending(run(text)) == {"joined": 2, "weight": 3.5, "size": 3}


def test_nobody_has_joined_before_the_first_ask():
    text = """
        parties: {council: {members: {a: 1, b: {joins: 1, weight: 7}}}}
        situation: {joined: -1, weight: -1}
        rules:
          before: {when: true, do: {joined: council.joined, weight: council.weight}}
          any_: {when: council.a or council.b or council.joined > 0, note: seen}
          unanimous: {when: council.joined == council.size, note: seen}
          vote: {when: now >= 5h, ask: council, choose: {a: {}}}
    """
    played = run(text)
    assert [(h, r) for h, r in order(played) if r != "before"] == [
        (5.0, "vote"), (5.0, "any_"), (5.0, "unanimous"),
    ]  # fmt: skip
    assert ending(played) == {"joined": 0, "weight": 0}


def test_the_answer_to_an_ask_stands_until_the_next():
    played = run("""
        parties: {council: {members: {a: willing}}}
        situation: {willing: 1}
        script: {3h: {willing: 0}}
        rules:
          vote:  {every: 2h, ask: council, choose: {a: {}}}
          read:  {when: council.a, note: joined}
          lost:  {when: not council.a and ever(council.a), note: lost}
    """, horizon="8h")  # fmt: skip
    assert [x for x in order(played) if x[1] != "vote"] == [(2.0, "read"), (4.0, "lost")]
