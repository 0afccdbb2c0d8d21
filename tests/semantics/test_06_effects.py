"""Point 6: the effects of one rule are simultaneous, and what changes nothing restarts nothing."""

import pytest

from tests.support import about, ending, fired, hours, order, run, told


def test_effects_read_the_values_before_the_rule():
    played = run("""
        situation: {a: 1, b: 2, c: 3}
        rules: {turn: {when: now >= 1h, do: {a: b, b: c, c: a}}}
    """)
    assert ending(played) == {"a": 2, "b": 3, "c": 1}


def test_effects_of_an_option_read_the_values_before_the_rule():
    played = run("""
        situation: {a: 1, b: 2}
        rules: {swap: {when: now >= 1h, choose: {it: {do: {a: b, b: a}}}}}
    """)
    assert ending(played) == {"a": 2, "b": 1}


def test_effects_are_applied_together():
    played = run("""
        situation: {a: 1, b: 2}
        rules:
          swap:  {when: now >= 1h, do: {a: b, b: a}}
          alike: {when: a == b, note: never}
    """)
    assert order(played) == [(1.0, "swap")]


def test_effects_of_different_rules_follow_each_other():
    played = run("""
        situation: {a: 1}
        rules:
          one:   {when: now >= 1h, do: {a: a + 1}}
          two:   {when: now >= 1h, do: {a: a * 10}}
    """)
    assert ending(played) == {"a": 20}


def test_effects_read_latches_and_members_as_they_were():
    played = run("""
        parties: {council: {members: {a: 1}}}
        situation: {x: false, joined: -1}
        rules: {ask_: {when: now >= 1h, ask: council, choose: {it: {do: {x: true,
            joined: council.joined if not ever(x) else 99}}}}}
    """)
    assert ending(played) == {"x": True, "joined": 1}


@pytest.mark.parametrize(
    "value", ["5", "at least 5", "at most 5", "at least 3", "at most 7", "a", "10 / 2"]
)
def test_setting_what_is_already_so_changes_nothing(value):
    played = run(f"""
        situation: {{a: 5}}
        rules:
          same:    {{when: now >= 1h, do: {{a: {value}}}}}
          changed: {{on_change: a, note: never}}
    """)
    assert order(played) == [(1.0, "same")]
    assert told(played, "fired")[0].writes == {}


def test_setting_what_is_already_so_restarts_nothing():
    played = run("""
        situation: {x: false, level: [low, high]}
        script: {0h: {x: true, level: high}, 3h: {x: true, level: high}, 4h: {level: at least low}}
        clocks: {c: {while: x}}
        rules:
          again: {when: now >= 2h, do: {x: true}}
          held:  {when: x, for: 5h, note: x}
          high_: {when: level == high, for: 5h, note: x}
          read:  {when: c >= 5h, note: x}
          beat:  {when: x, every: 5h, note: x}
    """, horizon="6h")  # fmt: skip
    assert order(played) == [(2.0, "again")] + [(5.0, r) for r in ("held", "high_", "read", "beat")]
    assert told(played, "called_off", "clock_stopped", "clock_reset") == []


def test_at_least_never_lowers_and_at_most_never_raises():
    text = """
        ladders: {stair: {rungs: [low, mid, high]}}
        situation: {number: 5, length: 5h}
        script: {1h: {stair: mid}}
        rules: {r: {when: now >= 2h, do: {stair: %s, number: %s, length: %s}}}
    """
    kept = {"stair": "mid", "number": 5, "length": 5}
    assert ending(run(text % ("at least low", "at least 4", "at least 4h"))) == kept
    assert ending(run(text % ("at most high", "at most 6", "at most 6h"))) == kept
    raised = ending(run(text % ("at least high", "at least 4 + 2", "at least 6h")))
    assert raised == {"stair": "high", "number": 6, "length": 6}
    lowered = ending(run(text % ("at most low", "at most 9 / 3", "at most 3h")))
    assert lowered == {"stair": "low", "number": 3, "length": 3}


def test_a_rule_may_write_its_own_condition_away():
    played = run("""
        situation: {x: true, count: 0}
        rules: {r: {when: x, do: {x: false, count: count + 1}}}
    """)
    assert ending(played) == {"x": False, "count": 1}


def test_stays_on_rungs_are_kept():
    played = run("""
        ladders: {stair: {rungs: [low, mid, high]}}
        situation: {x: false}
        script: {2h: {stair: mid}, 5h: {stair: high}, 9h: {stair: mid}}
        rules: {r: {when: x, note: x}}
    """)
    assert [(s.rung, s.entered, s.left) for s in played.stays] == [
        ("low", 0, 2), ("mid", 2, 5), ("high", 5, 9), ("mid", 9, None),
    ]  # fmt: skip


def test_one_change_of_several_variables_triggers_each_rule_once():
    played = run("""
        situation: {a: 0, b: 0, sum: 0}
        script: {1h: {a: 1, b: 1}}
        rules:
          either: {when: a > 0 or b > 0, do: {sum: sum + 1}}
          both:   {on_change: a, when: b > 0, do: {sum: sum + 10}}
    """)
    assert ending(played)["sum"] == 11
    assert fired(played) == [(1.0, "either", None), (1.0, "both", None)]
    assert hours(played, "either") == [1.0]
    assert len(about(played, "triggered")) == 2
