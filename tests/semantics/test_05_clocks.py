"""Point 5: clocks, their hands, lulls and pauses."""

import pytest

from tests.support import about, codes, fired, hours, order, problems, run, told

BREACH = """
    situation: {{x: false}}
    script: {{{script}}}
    clocks: {{c: {{while: x{more}}}}}
    rules: {{due: {{when: {when}, note: x}}}}
"""


def spells(*times):
    """Write a script in which `x` turns true at the first time, false at the second, and so on."""
    return ", ".join(f"{t}h: {{x: {str(i % 2 == 0).lower()}}}" for i, t in enumerate(times))


def due(*times, when="c >= 72h", more="", **how):
    """Return when `when` turns true, with `x` on and off at these times."""
    return hours(run(BREACH.format(script=spells(*times), when=when, more=more), **how), "due")


# running


def test_a_clock_counts_while_it_runs():
    assert due(5, when="c >= 72h") == [77.0]
    assert due(5, 40, when="c >= 72h") == []


def test_a_clock_whose_condition_is_true_from_the_start_begins_at_zero():
    played = run("""
        situation: {x: true}
        clocks: {c: {while: x}, d: {from: x}, e: {while: not x}}
        rules:
          by_while: {when: c >= 72h, note: x}
          by_from:  {when: d >= 72h, note: x}
          not_this: {when: e >= 72h, note: x}
    """)
    assert order(played) == [(72.0, "by_while"), (72.0, "by_from")]
    assert about(played, "clock_started") == [
        (0.0, "clock_started", "c"),
        (0.0, "clock_started", "d"),
    ]


def test_from_is_ignored_while_a_clock_runs():
    played = run("""
        situation: {x: false}
        script: {1h: {x: true}, 3h: {x: false}, 5h: {x: true}}
        clocks: {c: {from: x}}
        rules: {r: {when: c >= 10h, note: x}}
    """)
    assert hours(played, "r") == [11.0]
    assert about(played, "clock_started") == [(1.0, "clock_started", "c")]


def test_while_stands_for_from_and_until_not():
    texts = ["{while: x, lull: 2h}", "{from: x, until: not x, lull: 2h}"]
    runs = [
        run(f"""
            situation: {{x: false}}
            script: {{{spells(1, 4, 5, 9, 30)}}}
            clocks: {{c: {clock}}}
            rules: {{r: {{when: c >= 7h, note: x}}}}
        """)
        for clock in texts
    ]
    assert fired(runs[0]) == fired(runs[1]) == [(8.0, "r", None), (37.0, "r", None)]


def test_a_stopped_clock_starts_when_from_turns_true():
    played = run("""
        situation: {x: false, stop: false}
        script: {1h: {x: true}, 2h: {x: false}, 5h: {stop: true}, 6h: {stop: false}, 9h: {x: true}}
        clocks: {c: {from: x, until: stop}}
        rules: {r: {when: c >= 10h, note: x}}
    """)
    assert hours(played, "r") == [19.0]
    assert [h for h, _, _ in about(played, "clock_started")] == [1.0, 9.0]


def test_a_stopped_clock_starts_when_until_turns_false_with_from_true():
    played = run("""
        situation: {x: false, stop: false}
        script: {1h: {x: true}, 5h: {stop: true}, 6h: {stop: false}}
        clocks: {c: {from: x, until: stop}}
        rules: {r: {when: c >= 10h, note: x}}
    """)
    assert hours(played, "r") == [16.0]
    assert [h for h, _, _ in about(played, "clock_started")] == [1.0, 6.0]


def test_a_clock_does_not_start_while_until_is_true():
    played = run("""
        situation: {x: false, stop: true}
        script: {1h: {x: true}, 6h: {stop: false}}
        clocks: {c: {from: x, until: stop}}
        rules: {r: {when: c >= 10h, note: x}}
    """)
    assert hours(played, "r") == [16.0]


def test_without_until_a_clock_never_stops():
    played = run("""
        situation: {x: false}
        script: {1h: {x: true}, 2h: {x: false}}
        clocks: {c: {from: x}}
        rules: {r: {when: c >= 100h, note: x}}
    """)
    assert hours(played, "r") == [101.0]


def test_reset_comes_before_start():
    # at 5 h, when the clocks move, the clock is reset and then started by what that brings about
    played = run("""
        situation: {x: false}
        script: {1h: {x: true}, 5h: {x: false}}
        clocks: {c: {while: x}}
        rules:
          back: {when: not x and ever(x), for: 0h, do: {x: true}}
          r: {when: c >= 10h, note: x}
    """)
    assert [(h, k) for h, k, _ in about(played, "clock_started", "clock_reset")] == [
        (1.0, "clock_started"), (5.0, "clock_reset"), (5.0, "clock_started"),
    ]  # fmt: skip
    assert hours(played, "r") == [15.0]


@pytest.mark.parametrize("when", ["c >= 0h", "c == 0h", "c <= 0h", "c < 1h", "c <= 5h"])
def test_a_clock_that_starts_at_this_tick_reads_zero(when):
    assert due(5, when=when) == [5.0]


def test_a_clock_that_starts_at_this_tick_reads_zero_also_when_a_matured_rule_starts_it():
    played = run("""
        situation: {x: false}
        clocks: {c: {while: x}}
        rules:
          start: {when: true, for: 5h, do: {x: true}}
          zero:  {when: c == 0h, note: x}
          ten:   {when: c == 10h, note: x}
    """)
    assert order(played) == [(5.0, "start"), (5.0, "zero"), (15.0, "ten")]


# standing, lulls, resets


def test_without_a_lull_a_break_resets_the_clock():
    assert due(0, 70, 76, when="c >= 72h") == [148.0]


@pytest.mark.parametrize(("lull", "expected"), [(0, 147), (3, 147), (4, 75), (6, 75)])
def test_a_pause_within_the_lull_is_counted_in_and_one_beyond_resets(lull, expected):
    assert due(0, 71, 75, more=f", lull: {lull}h") == [expected]


def test_a_clock_that_is_not_reset_goes_on_counting_the_pause():
    played = run(BREACH.format(script=spells(0, 10, 14), when="c >= 20h", more=", lull: 5h"))
    assert hours(played, "due") == [20.0]
    assert [(h, k) for h, k, _ in about(played, "clock_stopped", "clock_resumed")] == [
        (10.0, "clock_stopped"), (14.0, "clock_resumed"),
    ]  # fmt: skip


def test_a_clock_that_is_reset_is_reset_when_its_lull_has_run_out():
    played = run(BREACH.format(script=spells(0, 10), when="c >= 20h", more=", lull: 5h"))
    assert about(played, "clock_reset") == [(15.0, "clock_reset", "c")]
    assert played.clocks["c"].resets == 1
    assert played.clocks["c"].hand is None


def test_several_lulls_are_each_measured_by_themselves():
    assert due(0, 10, 14, 20, 24, 30, 34, when="c >= 40h", more=", lull: 5h") == [40.0]


def test_a_lull_is_read_when_the_clock_stops():
    text = """
        situation: {x: false, tolerance: 2h}
        script: {0h: {x: true}, 9h: {tolerance: 6h}, 10h: {x: false}, 12h: {tolerance: 1h},
            15h: {x: true}}
        clocks: {c: {while: x, lull: tolerance}}
        rules: {r: {when: c >= 20h, note: x}}
    """
    assert hours(run(text), "r") == [20.0]


def test_a_standing_hand_answers_with_its_frozen_value():
    played = run("""
        situation: {x: false, asked: 0}
        script: {0h: {x: true}, 10h: {x: false}, 13h: {asked: 1}}
        clocks: {c: {while: x, lull: 9h}}
        rules:
          r:
            on_change: asked
            choose: {ten: {if: c >= 10h}, nine: {if: c >= 9h}, otherwise: {}}
          gone: {when: not (c >= 9h) and ever(c >= 9h), note: the reset}
    """)
    assert fired(played) == [(13.0, "r", "nine"), (19.0, "gone", None)]


def test_a_clock_that_is_not_running_answers_no_to_every_comparison():
    for when in ("c < 5h", "c <= 5h", "c == 0h", "c != 5h", "c >= 0h", "c > 0h"):
        assert due(199, when=f"{when} and now < 100h") == []
        assert due(199, when=f"not ({when})", horizon="199h") == [0.0]


@pytest.mark.parametrize("when", ["5h > c", "5h >= c", "0h == c", "5h != c"])
def test_a_clock_may_stand_on_either_side_of_a_comparison(when):
    assert due(10, when=when, horizon="14h") == [10.0]


def test_a_mark_passed_in_a_bridged_lull_never_makes_equal_true():
    assert due(0, 70, 76, when="c == 72h", more=", lull: 6h") == []
    assert due(0, 70, 76, when="c >= 72h", more=", lull: 6h") == [76.0]


@pytest.mark.parametrize("mark", range(70, 76))
def test_no_mark_of_a_bridged_lull_makes_equal_true_as_the_hand_goes_on(mark):
    # until the clocks move at 76 h the hand reads just short of 76 h, which is not 75 h
    assert due(0, 70, 76, when=f"c == {mark}h", more=", lull: 6h") == []


def test_a_mark_reached_as_the_lull_ends_is_reached():
    assert due(0, 70, 72, when="c == 72h", more=", lull: 6h") == [72.0]


def test_a_mark_passed_in_a_lull_does_not_count_while_the_hand_stands():
    assert due(0, 70, when="c >= 72h", more=", lull: 50h") == []


def test_a_lull_that_ends_in_a_reset_at_a_mark_does_not_reach_it():
    assert due(0, 66, when="c >= 72h", more=", lull: 6h") == []


# just short


def at(tick, when, *, item="after: 24h"):
    """Return whether `when` holds for a rule item of this tick, the clock running from 0 h."""
    played = run(f"""
        situation: {{x: false}}
        script: {{0h: {{x: true}}}}
        clocks: {{c: {{while: x}}}}
        rules: {{r: {{when: x, {item}, choose: {{yes_: {{if: {when}}}, otherwise: {{}}}}}}}}
    """)
    ((hour, _, option),) = fired(played)
    assert hour == tick
    return option == "yes_"


@pytest.mark.parametrize(
    ("when", "before", "after"),
    [
        ("c >= 24h", False, True),
        ("c == 24h", False, True),
        ("c < 24h", True, False),
        ("c != 24h", True, False),
        ("c > 24h", False, False),
        ("c <= 24h", True, True),
        ("c > 23h", False, True),
        ("c <= 23h", True, False),
        ("c >= 23h", True, True),
    ],
)
def test_until_the_clocks_move_a_hand_reads_just_short_of_the_tick(when, before, after):
    assert at(24, when, item="after: 24h") is before
    assert at(24, when, item="for: 24h") is after


def test_the_script_reads_a_hand_just_short():
    played = run("""
        situation: {x: false, seen: false}
        script: {0h: {x: true}, 24h: {seen: c >= 24h}, 25h: {seen: c >= 24h}}
        clocks: {c: {while: x}}
        rules: {r: {when: seen, note: x}}
    """)
    assert order(played) == [(25.0, "r")]


def test_a_hand_that_starts_at_a_tick_reads_just_short_of_nothing_until_the_clocks_move():
    played = run("""
        situation: {x: false}
        script: {0h: {x: true}}
        clocks: {c: {while: x}}
        rules:
          r: {when: x, choose: {zero: {if: c >= 0h}, otherwise: {}}}
          s: {when: x, for: 0h, choose: {zero: {if: c >= 0h}, otherwise: {}}}
    """)
    assert fired(played) == [(0.0, "r", "otherwise"), (0.0, "s", "zero")]


@pytest.mark.parametrize(
    ("when", "expected"),
    [("c >= 24h", 24), ("c > 24h", 25), ("c == 24h", 24), ("c != 24h and c > 24h", 25)],
)
def test_greater_flips_when_the_clocks_move_one_tick_later(when, expected):
    assert due(0, when=when) == [expected]


@pytest.mark.parametrize(("when", "expected"), [("c < 24h", 24), ("c <= 24h", 25), ("c == 0h", 1)])
def test_less_and_at_most_turn_false_when_the_clocks_move(when, expected):
    assert due(0, when=f"c >= 0h and not ({when})") == [expected]


def test_equal_holds_for_one_tick():
    played = run("""
        situation: {x: false}
        script: {0h: {x: true}}
        clocks: {c: {while: x}}
        rules: {on_: {when: c == 24h, note: x}, off_: {when: c != 24h and c > 20h, note: x}}
    """)
    assert order(played) == [(21.0, "off_"), (24.0, "on_"), (25.0, "off_")]


def test_a_hand_stopped_before_the_clocks_move_stays_just_short_while_it_stands():
    assert due(0, 72, when="c >= 72h", more=", lull: 50h") == []
    assert due(0, 72, when="c >= 71h", more=", lull: 50h") == [71.0]
    assert due(0, 73, when="c > 72h", more=", lull: 50h") == []


def test_a_hand_stopped_before_the_clocks_move_and_bridged_at_the_next_tick_passes_the_mark():
    assert due(0, 72, 73, when="c >= 72h", more=", lull: 1h") == [73.0]
    assert due(0, 72, 73, when="c == 72h", more=", lull: 1h") == []


def test_a_hand_stopped_by_what_the_moving_clocks_brought_about_stands_on_the_tick():
    played = run("""
        situation: {x: false, asked: 0}
        script: {0h: {x: true}, 80h: {asked: 1}}
        clocks: {c: {while: x, lull: 50h}}
        rules:
          stop: {when: c >= 72h, do: {x: false}}
          r: {on_change: asked, choose: {reached: {if: c >= 72h}, otherwise: {}}}
    """)
    assert fired(played) == [(72.0, "stop", None), (80.0, "r", "reached")]


# pauses


def test_during_a_pause_the_hand_does_not_advance():
    played = run("""
        situation: {x: false, talks: false}
        script: {0h: {x: true}, 10h: {talks: true}, 15h: {talks: false}}
        clocks: {c: {while: x, pause: talks}}
        rules: {r: {when: c >= 24h, note: x}}
    """)
    assert hours(played, "r") == [29.0]
    assert [(h, k) for h, k, _ in about(played, "clock_paused", "clock_unpaused")] == [
        (10.0, "clock_paused"), (15.0, "clock_unpaused"),
    ]  # fmt: skip


def test_several_pauses_add_up():
    played = run("""
        situation: {x: false, talks: false}
        script: {0h: {x: true}, 10h: {talks: true}, 15h: {talks: false}, 20h: {talks: true},
            22h: {talks: false}}
        clocks: {c: {while: x, pause: talks}}
        rules: {r: {when: c == 24h, note: x}}
    """)
    assert hours(played, "r") == [31.0]


def test_a_paused_hand_answers_with_its_frozen_value():
    text = """
        situation: {x: false, talks: false, asked: 0}
        script: {0h: {x: true}, 10h: {talks: true}, 13h: {asked: 1}, 15h: {talks: false}}
        clocks: {c: {while: x, pause: talks}}
        rules: {r: {on_change: asked, choose: {ten: {if: c >= 10h}, nine: {if: c >= 9h},
            otherwise: {}}}}
    """
    assert fired(run(text)) == [(13.0, "r", "nine")]


def test_a_hand_paused_at_a_mark_passes_it_when_it_goes_on():
    played = run("""
        situation: {x: false, talks: false}
        script: {0h: {x: true}, 24h: {talks: true}, 30h: {talks: false}}
        clocks: {c: {while: x, pause: talks}}
        rules: {r: {when: c >= 24h, note: x}, s: {when: c == 24h, note: x}, t: {when: c > 24h,
            note: x}}
    """)
    assert order(played) == [(30.0, "r"), (30.0, "s"), (31.0, "t")]


def test_a_hand_paused_on_the_tick_never_goes_back():
    played = run("""
        situation: {x: false, talks: false}
        script: {0h: {x: true}, 30h: {talks: false}}
        clocks: {c: {while: x, pause: talks}}
        rules:
          talk: {when: c == 24h, do: {talks: true}}
          back: {when: ever(c >= 24h) and not (c >= 24h), note: never}
          on_:  {when: c >= 25h, note: x}
    """)
    assert order(played) == [(24.0, "talk"), (31.0, "on_")]


def test_a_pause_of_no_length_does_not_count():
    played = run("""
        situation: {x: false, talks: false}
        script: {0h: {x: true}, 10h: {talks: true}}
        clocks: {c: {while: x, pause: talks}}
        rules: {end: {when: talks, do: {talks: false}}, r: {when: c >= 24h, note: x}}
    """)
    assert order(played) == [(10.0, "end"), (24.0, "r")]
    assert told(played, "clock_paused") == []


def test_during_a_pause_the_lull_does_not_advance():
    text = """
        situation: {{x: false, talks: false}}
        script: {{0h: {{x: true}}, 10h: {{x: false}}, 12h: {{talks: true}}, 20h: {{talks: false}},
            {back}h: {{x: true}}}}
        clocks: {{c: {{while: x, lull: 4h, pause: talks}}}}
        rules: {{r: {{when: c >= 30h, note: x}}}}
    """
    # two hours of the lull are gone at 12 h, the other two run from 20 h to 22 h
    assert hours(run(text.format(back=22)), "r") == [38.0]
    late = run(text.format(back=23))
    assert about(late, "clock_reset") == [(22.0, "clock_reset", "c")]
    assert hours(late, "r") == [53.0]


def test_during_a_pause_a_stop_takes_effect_when_it_ends():
    text = """
        situation: {{x: false, talks: false}}
        script: {{0h: {{x: true}}, 10h: {{talks: true}}, 12h: {{x: false}}, {more}}}
        clocks: {{c: {{while: x, pause: talks}}}}
        rules: {{r: {{when: c >= 30h, note: x}}}}
    """
    back = run(text.format(more="15h: {x: true}, 20h: {talks: false}"))
    assert hours(back, "r") == [40.0]
    assert told(back, "clock_stopped") == []
    gone = run(text.format(more="20h: {talks: false}, 25h: {x: true}"))
    assert about(gone, "clock_stopped") == [(20.0, "clock_stopped", "c")]
    assert hours(gone, "r") == [55.0]


def test_during_a_pause_a_start_takes_effect_when_it_ends():
    played = run("""
        situation: {x: false, talks: false}
        script: {10h: {talks: true}, 12h: {x: true}, 20h: {talks: false}}
        clocks: {c: {while: x, pause: talks}}
        rules: {r: {when: c >= 30h, note: x}}
    """)
    assert about(played, "clock_started") == [(20.0, "clock_started", "c")]
    assert hours(played, "r") == [50.0]


def test_a_start_in_the_tick_in_which_a_pause_begins_waits_for_its_end():
    played = run("""
        situation: {x: false, talks: false}
        script: {10h: {x: true, talks: true}, 20h: {talks: false}}
        clocks: {c: {while: x, pause: talks}}
        rules: {r: {when: c >= 30h, note: x}}
    """)
    assert hours(played, "r") == [50.0]


def test_a_clock_paused_from_the_start_begins_when_the_pause_ends():
    played = run("""
        situation: {x: true, talks: true}
        script: {20h: {talks: false}}
        clocks: {c: {while: x, pause: talks}}
        rules: {r: {when: c >= 30h, note: x}}
    """)
    assert hours(played, "r") == [50.0]


def test_a_resume_during_a_pause_bridges_the_lull_when_the_pause_ends():
    played = run("""
        situation: {x: false, talks: false}
        script: {0h: {x: true}, 10h: {x: false}, 12h: {talks: true}, 15h: {x: true},
            90h: {talks: false}}
        clocks: {c: {while: x, lull: 4h, pause: talks}}
        rules: {r: {when: c >= 30h, note: x}}
    """)
    # ten hours, two of the lull, none of the pause
    assert hours(played, "r") == [108.0]


# waking


@pytest.mark.parametrize("tick", ["1s", "1min", "1h"])
def test_a_comparison_with_a_clock_wakes_the_engine_at_the_right_tick(tick):
    assert due(7, when="c >= 100h", tick=tick) == [107.0]
    assert due(7, when="c == 100h", tick=tick) == [107.0]
    later = 107 + {"1s": 1 / 3600, "1min": 1 / 60, "1h": 1}[tick]
    assert due(7, when="c > 100h", tick=tick) == [pytest.approx(later)]


def test_a_comparison_with_a_length_that_changes_wakes_the_engine_at_the_new_length():
    text = """
        situation: {{x: false, length: 50h}}
        script: {{0h: {{x: true}}, 20h: {{length: {new}h}}}}
        clocks: {{c: {{while: x}}}}
        rules: {{r: {{when: c >= length, note: x}}}}
    """
    assert hours(run(text.format(new=90)), "r") == [90.0]
    assert hours(run(text.format(new=30)), "r") == [30.0]
    assert hours(run(text.format(new=10)), "r") == [20.0]


def test_a_comparison_in_a_definition_a_red_line_or_an_outcome_wakes_the_engine():
    played = run("""
        situation: {x: true, z: false}
        definitions: {long: c >= 30h}
        clocks: {c: {while: x}}
        red_lines: {line: {crossed: c >= 40h}}
        rules: {r: {when: long, note: x}}
        results: {when_: {first: c >= 35h}}
        outcomes: {over: c >= 50h}
    """)
    assert hours(played, "r") == [30.0]
    assert played.crossings == {"line": (40,)}
    assert played.results == {"when_": 35.0}
    assert (played.outcome, played.ended_at) == ("over", 50)


def test_a_clock_may_start_pause_and_stop_by_the_reading_of_another():
    played = run("""
        situation: {x: true}
        clocks:
          a: {while: x}
          b: {from: a >= 10h, until: a >= 30h, lull: 5h}
          c: {while: x, pause: b >= 5h}
        rules:
          b_started: {when: b >= 0h, note: x}
          c_stands:  {when: c >= 16h, note: x}
          c_ten:     {when: c >= 15h, note: x}
    """)
    # b runs from 10 h, c stands from 15 h, b is reset at 35 h and c goes on
    assert order(played) == [(10.0, "b_started"), (15.0, "c_ten"), (36.0, "c_stands")]


def test_one_side_of_a_comparison_with_a_clock_reads_no_clock():
    text = (
        "situation: {{x: true}}\n"
        "clocks: {{c: {{while: x}}, d: {{while: x}}}}\n"
        "rules: {{r: {{when: {when}, note: x}}}}"
    )
    for when in ("c >= d", "c == c", "c >= (5h if d >= 5h else 6h)"):
        assert codes(text.format(when=when)) == ["clock"], when


@pytest.mark.parametrize("when", ["c", "c + 1h >= 5h", "c - 1h >= 5h", "2 * c >= 5h"])
def test_a_clock_is_read_in_a_comparison_and_nowhere_else(when):
    text = (
        f"situation: {{x: true}}\n"
        f"clocks: {{c: {{while: x}}}}\n"
        f"rules: {{r: {{when: {when}, note: x}}}}"
    )
    assert codes(text) == ["clock"]
    assert "compared" in problems(text)[0][1]


def test_now_is_the_tick_in_every_class():
    played = run("""
        situation: {x: false, by_script: 0h, by_rule: 0h, by_for: 0h, by_clock: 0h, by_lapse: 0h}
        script: {0h: {x: true}, 5h: {by_script: now}}
        clocks: {c: {while: x}}
        rules:
          a: {when: x, after: 5h, do: {by_rule: now}}
          b: {when: x, for: 5h, do: {by_for: now}}
          d: {when: c >= 5h, do: {by_clock: now}}
          e: {when: x, after: 9h, within: 5h, choose: {a: {}, otherwise: {do: {by_lapse: now}}}}
        results:
          s: {value: by_script}
          r: {value: by_rule}
          f: {value: by_for}
          c: {value: by_clock}
          l: {value: by_lapse}
    """)
    assert set(played.results.values()) == {5.0}


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        ("now >= 5h", [5]), ("now > 5h", [6]), ("now == 5h", [5]), ("not (now < 5h)", [5]),
        ("not (now <= 5h)", [6]), ("5h <= now", [5]), ("now != 0h", [1]), ("now < 5h", [0]),
    ],
)  # fmt: skip
def test_now_is_never_just_short(when, expected):
    assert hours(run(f"rules: {{r: {{when: {when}, note: x}}}}"), "r") == expected


def test_a_rule_item_sees_now_as_the_tick_before_the_clocks_move():
    played = run("""
        rules: {r: {when: true, after: 5h, choose: {yes_: {if: now == 5h}, otherwise: {}}}}
    """)
    assert fired(played) == [(5.0, "r", "yes_")]
