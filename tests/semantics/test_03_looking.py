"""Point 3: looking at conditions after every item, and taking things at the end of the tick."""

import pytest

from escalation_sim.engine.simulate import Simulator
from escalation_sim.errors import RunError
from tests.support import about, ending, fired, hours, order, run, scenario, stopped_by, told


def test_a_condition_is_looked_at_after_an_item_and_never_within_it():
    played = run("""
        situation: {a: true, b: false}
        rules:
          both:  {when: a and b, note: never}
          none_: {when: not a and not b, note: never}
          swap:  {when: now >= 5h, do: {b: true, a: false}}
          after: {when: b, note: seen}
    """)
    assert order(played) == [(5.0, "swap"), (5.0, "after")]


def test_conditions_are_looked_at_in_rank_order():
    played = run("""
        situation: {x: false}
        script: {1h: {x: true}}
        rules:
          one:   {when: x, after: 1h, note: x}
          two:   {when: now >= 1h, after: 1h, note: x}
          three: {on_change: x, after: 1h, note: x}
          four:  {when: x, after: 1h, note: x}
    """)
    triggered = [name for _, _, name in about(played, "triggered")]
    assert triggered == ["one", "two", "three", "four"]


def test_all_conditions_are_looked_at_once_after_an_item():
    # `watch` sees the world after `count`, not between the triggering of one rule and another
    played = run("""
        situation: {x: 0, seen: 0}
        rules:
          watch: {on_change: x, do: {seen: seen + 1}}
          count: {when: now >= 5h, do: {x: x + 1}}
          also:  {when: x == 1, note: once}
    """)
    assert order(played) == [(5.0, "count"), (5.0, "watch"), (5.0, "also")]
    assert len(about(played, "triggered")) == 3


FLICKER = """
    situation: {x: false}
    script: {0h: {x: true}}
    clocks: {c: {while: x}}
    rules:
      drop:  {when: now >= 3h, do: {x: false}}
      raise_: {when: not x and ever(x), do: {x: true}}
      held:  {when: x, for: 5h, note: five hours}
      read:  {when: c >= 5h, note: five hours}
      beat:  {when: x, every: 5h, at_most: 1, note: five hours}
    outcomes: {over: {when: x, for: 6h}}
"""


def test_a_break_of_no_length_does_not_count_for_a_for_an_every_or_a_clock():
    played = run(FLICKER)
    assert order(played)[:2] == [(3.0, "drop"), (3.0, "raise_")]
    assert order(played)[2:] == [(5.0, "held"), (5.0, "read"), (5.0, "beat")]
    assert told(played, "called_off", "clock_stopped", "clock_reset") == []


def test_a_break_of_no_length_does_not_count_for_the_hold_of_an_outcome():
    played = run(FLICKER)
    assert (played.outcome, played.ended_at) == ("over", 6)


def test_a_break_of_one_tick_counts():
    played = run("""
        situation: {x: false}
        script: {0h: {x: true}, 3h: {x: false}, 4h: {x: true}}
        clocks: {c: {while: x}}
        rules:
          held: {when: x, for: 5h, note: five hours}
          read: {when: c >= 5h, note: five hours}
          beat: {when: x, every: 5h, note: five hours}
        outcomes: {over: {when: x, for: 6h}}
    """)
    assert order(played) == [(9.0, "held"), (9.0, "read"), (9.0, "beat")]
    assert about(played, "called_off") == [(3.0, "called_off", "held"), (3.0, "called_off", "beat")]
    assert (played.outcome, played.ended_at) == ("over", 10)


def test_a_for_is_called_off_when_the_clocks_move():
    # the chain of reactions at 3 h is worked off first; then the clocks move and call off
    played = run("""
        situation: {x: false, z: false}
        script: {0h: {x: true}, 3h: {x: false}}
        rules:
          held:  {when: x, for: 5h, note: five hours}
          chain: {when: not x and ever(x), do: {z: true}}
          link:  {when: z, note: before the clocks move}
    """)
    at_three = [(r.kind, r.about) for r in played.records if r.tick == 3 and r.kind != "script"]
    kinds = [a for k, a in at_three if k in ("fired", "called_off")]
    assert kinds == ["rules.chain", "rules.link", "rules.held"]


def test_a_for_that_was_called_off_begins_anew_when_its_condition_turns_true_again():
    # false when the clocks move; true again at the same tick, by what they brought about
    played = run("""
        situation: {x: false}
        script: {0h: {x: true}, 3h: {x: false}}
        clocks: {quiet: {while: not x}}
        rules:
          held: {when: x, for: 5h, note: five hours}
          back: {when: quiet >= 0h and ever(x), do: {x: true}}
    """)
    assert about(played, "called_off") == [(3.0, "called_off", "held")]
    assert hours(played, "held") == [8.0]


def test_without_a_running_for_false_and_true_again_within_a_tick_is_a_new_trigger():
    played = run("""
        situation: {x: true, flips: 0}
        rules:
          watch:  {when: x, note: seen}
          drop:   {when: now >= 3h, do: {x: false}}
          raise_: {when: not x, do: {x: true}}
    """)
    assert hours(played, "watch") == [0.0, 3.0]


def test_with_a_running_for_false_and_true_again_within_a_tick_is_no_trigger():
    played = run("""
        situation: {x: true}
        rules:
          watch:  {when: x, for: 5h, note: seen}
          drop:   {when: now >= 3h, do: {x: false}}
          raise_: {when: not x, do: {x: true}}
    """)
    assert about(played, "triggered") == [
        (0.0, "triggered", "watch"), (3.0, "triggered", "drop"), (3.0, "triggered", "raise_"),
    ]  # fmt: skip
    assert hours(played, "watch") == [5.0]


def test_ever_latches_at_every_look_within_a_tick():
    played = run("""
        situation: {x: false}
        script: {2h: {x: true}}
        rules:
          drop: {when: x, do: {x: false}}
          late: {when: ever(x) and now >= 9h, note: it was so for no length of time}
        outcomes: {never_seen: x}
    """)
    assert order(played) == [(2.0, "drop"), (9.0, "late")]
    assert played.outcome is None


def test_ever_counts_what_is_so_at_the_start():
    played = run("""
        situation: {x: true}
        script: {1h: {x: false}}
        rules: {late: {when: ever(x) and now >= 9h, note: it was so}}
    """)
    assert order(played) == [(9.0, "late")]


def test_ever_stays_true_and_turns_true_only_once():
    played = run("""
        situation: {x: false}
        script: {2h: {x: true}, 3h: {x: false}, 4h: {x: true}}
        rules: {once: {when: ever(x), note: once}}
    """)
    assert order(played) == [(2.0, "once")]


def test_ever_of_a_clock_latches_when_the_clocks_have_moved():
    played = run("""
        situation: {x: true}
        script: {6h: {x: false}}
        clocks: {c: {while: x}}
        rules:
          reached: {when: ever(c >= 5h), note: reached}
          touched: {when: ever(c >= 6h), note: never reached}
    """)
    assert order(played) == [(5.0, "reached")]


def test_outcomes_are_taken_once_at_the_end_of_the_tick():
    played = run("""
        situation: {x: false}
        script: {2h: {x: true}}
        rules: {drop: {when: x, do: {x: false}}}
        outcomes: {over: x, rest: otherwise}
    """)
    assert (played.outcome, played.why_ended) == ("rest", "quiet")


@pytest.mark.parametrize(("first", "second"), [("calm", "storm"), ("storm", "calm")])
def test_the_first_outcome_in_the_order_of_the_file_wins(first, second):
    played = run(f"""
        situation: {{x: false}}
        script: {{2h: {{x: true}}}}
        rules: {{r: {{when: x, note: x}}}}
        outcomes: {{rest: otherwise, {first}: x, {second}: x}}
    """)
    assert (played.outcome, played.ended_at) == (first, 2)


def test_first_count_and_total_see_only_the_ends_of_ticks():
    played = run("""
        situation: {x: false, level: [low, high]}
        script: {2h: {x: true}, 4h: {level: high}, 6h: {level: low}, 8h: {level: high}}
        rules:
          drop: {when: x, do: {x: false}}
          flip: {when: now >= 9h, do: {level: low}}
          flop: {when: now >= 9h and level == low, do: {level: high}}
        results:
          first_x:    {first: x}
          count_x:    {count: x}
          total_x:    {total: x}
          drops:      {count: drop}
          first_high: {first: level == high}
          count_high: {count: level == high}
          total_high: {total: level == high}
    """, horizon="10h")  # fmt: skip
    assert played.results == {
        "first_x": None, "count_x": 0.0, "total_x": 0.0, "drops": 1.0,
        "first_high": 4.0, "count_high": 2.0, "total_high": 4.0,
    }  # fmt: skip


def test_a_condition_that_is_so_at_the_start_counts_from_zero():
    played = run("""
        situation: {x: true}
        script: {5h: {x: false}}
        rules: {r: {when: x, note: x}}
        results: {first: {first: x}, count: {count: x}, total: {total: x}}
    """)
    assert played.results == {"first": 0.0, "count": 1.0, "total": 5.0}


def test_a_value_at_a_time_is_taken_at_the_end_of_that_tick():
    played = run("""
        situation: {level: 1}
        script: {2h: {level: 2}, 4h: {level: 4}}
        rules: {more: {when: level == 4, do: {level: 5}}}
        results:
          at_0: {value: level, at: 0h}
          at_1: {value: level, at: 1h}
          at_2: {value: level, at: 2h}
          at_4: {value: level, at: 4h}
          grid: {value: level, at: [3h, 9h]}
          end:  {value: level}
    """)
    assert played.results == {
        "at_0": 1.0, "at_1": 1.0, "at_2": 2.0, "at_4": 5.0, "grid.3h": 2.0, "grid.9h": 5.0,
        "end": 5.0,
    }  # fmt: skip


def test_the_share_of_an_outcome_or_condition_is_taken_at_the_end():
    played = run("""
        situation: {x: false}
        script: {2h: {x: true}, 4h: {x: false}}
        rules: {r: {when: x, note: x}}
        outcomes: {rest: otherwise, over: {when: x, for: 9h}}
        results: {is_x: {share: x}, is_not: {share: not x}, over: {share: over},
            rest: {share: rest}}
    """)
    assert played.results == {"is_x": 0.0, "is_not": 1.0, "over": 0.0, "rest": 1.0}


def test_a_result_given_an_outcome_is_of_runs_with_that_outcome():
    played = run("""
        situation: {x: false}
        script: {2h: {x: true}}
        rules: {r: {when: x, note: x}}
        outcomes: {over: x, rest: otherwise}
        results: {then: {first: x, given: over}, else_: {first: x, given: rest}}
    """)
    assert played.results == {"then": 2.0, "else_": None}


RING = """
    situation: {{count: 0, x: false}}
    script: {{1h: {{x: true}}}}
    rules:
      ping: {{when: x and count < {most}, do: {{x: false, count: count + 1}}}}
      pong: {{when: not x and count > 0 and count < {most}, do: {{x: true}}}}
"""


def test_a_thousand_firings_of_a_rule_at_one_tick_are_allowed():
    played = run(RING.format(most=1000), trace=True)
    assert len(hours(played, "ping")) == 1000
    assert len(hours(played, "pong")) == 999


def test_more_than_a_thousand_firings_of_a_rule_at_one_tick_are_an_error_that_prints_the_cycle():
    with pytest.raises(RunError) as caught:
        run(RING.format(most=2000))
    assert caught.value.diagnostic.code == "livelock"
    assert caught.value.tick == 1
    said = str(caught.value)
    assert "ping → pong → ping" in said or "pong → ping → pong" in said
    assert "1,000" in said


CIRCLES = {
    "a clock that stops as it starts": """
        situation: {x: true}
        clocks: {c: {from: x, until: c >= 0h}}
        rules: {r: {when: c >= 3h, note: x}}
    """,
    "two clocks that stop and start each other": """
        situation: {x: true}
        clocks: {a: {while: not (b >= 0h)}, b: {while: not (a >= 0h)}}
        rules: {r: {when: a >= 3h, note: x}}
    """,
    "an every whose length has become nothing and whose chance fails": """
        situation: {x: true, length: 2h}
        script: {1h: {length: 0h}}
        rules: {r: {when: x, every: length, chance: 0, note: x}}
    """,
    "a stream too fast to follow whose chance fails": """
        rules: {r: {rate: 1e12 / 1h, chance: 0, note: x}}
    """,
}


@pytest.mark.parametrize("circle", CIRCLES)
def test_no_circle_at_one_instant_makes_a_run_hang(circle):
    assert stopped_by(CIRCLES[circle]) == "livelock"


def test_a_rule_that_starts_itself_for_ever_is_a_cycle_of_one():
    with pytest.raises(RunError) as caught:
        run("""
            situation: {count: 0}
            script: {1h: {count: 1}}
            rules: {grow: {on_change: count, do: {count: count + 1}}}
        """)
    assert "grow → grow" in str(caught.value)


def test_firings_at_other_ticks_do_not_count_towards_a_cycle():
    played = run("""
        situation: {count: 0}
        rules: {tick: {every: 1min, do: {count: count + 1}}}
    """, tick="1min", horizon="1500min")  # fmt: skip
    assert ending(played)["count"] == 1500


def test_a_run_after_one_with_a_cycle_is_as_it_would_be_alone():
    model = scenario(
        RING.format(most=2000).replace("count: 0", "count: {draw: {empirical: [0, 1500]}}")
    )
    simulator = Simulator(model)
    found = []
    for replication in range(6):
        try:
            found.append(simulator.run(1, replication).firing_digest)
        except RunError:
            found.append(None)
    assert None in found
    assert any(found)
    for replication, digest in enumerate(found):
        if digest:
            assert Simulator(model).run(1, replication).firing_digest == digest


def test_red_lines_are_looked_at_after_every_item():
    played = run("""
        situation: {troops: 0}
        script: {2h: {troops: 5}, 6h: {troops: 0}, 8h: {troops: 1}}
        red_lines: {line: {crossed: troops > 0}}
        rules: {answer: {when: line, note: an ordinary rule}}
    """)
    assert played.crossings == {"line": (2, 8)}
    assert about(played, "crossed", "uncrossed") == [
        (2.0, "crossed", "line"), (6.0, "uncrossed", "line"), (8.0, "crossed", "line"),
    ]  # fmt: skip
    assert fired(played) == [(2.0, "answer", None), (8.0, "answer", None)]


def test_a_red_line_that_is_crossed_at_the_start_is_crossed_at_zero():
    played = run("""
        situation: {troops: 3}
        red_lines: {line: {crossed: troops > 0}}
        rules: {answer: {when: line, note: an ordinary rule}}
    """)
    assert played.crossings == {"line": (0,)}
