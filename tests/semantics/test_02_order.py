"""Point 2: the order within a tick."""

from itertools import permutations

import pytest

from tests.support import (
    about,
    codes,
    ending,
    family,
    fired,
    hours,
    order,
    run,
    told,
    unit_exponential,
)


def test_the_script_comes_before_the_rules():
    played = run("""
        situation: {x: false}
        script: {5h: {x: true}}
        rules:
          act: {when: now >= 0h, after: 5h, choose: {after_script: {if: x}, otherwise: {}}}
    """)
    assert fired(played) == [(5.0, "act", "after_script")]


def test_all_entries_of_the_script_for_a_tick_are_one_item():
    played = run("""
        situation: {a: false, b: false}
        script: {24h: {a: true}, 1d: {b: true}}
        rules:
          only_a: {when: a and not b, note: never}
          only_b: {when: b and not a, note: never}
          both:   {when: a and b, note: at once}
    """)
    assert order(played) == [(24.0, "both")]


def test_entries_of_the_script_for_a_tick_read_the_values_before_it():
    played = run("""
        situation: {a: 1, b: 2}
        script: {24h: {a: b}, 1d: {b: a}}
        rules: {swapped: {when: a == 2 and b == 1, note: swapped}}
    """)
    assert order(played) == [(24.0, "swapped")]


@pytest.mark.parametrize("second", ["1d", "zero_point", "12h + 12h"])
def test_two_writes_of_one_variable_by_the_script_at_one_tick_are_a_load_error(second):
    found = codes(f"""
        parameters: {{zero_point: 24h}}
        situation: {{a: 1}}
        script:
          24h: {{a: 2}}
          {second}: {{a: 3}}
        rules: {{r: {{when: a > 1, note: x}}}}
    """)
    assert found == ["script-clash"]


def test_two_entries_of_the_script_at_different_ticks_may_write_the_same_variable():
    assert codes("""
        situation: {a: 1}
        script: {24h: {a: 2}, 25h: {a: 3}}
        rules: {r: {when: a > 1, note: x}}
    """) == []  # fmt: skip


def test_the_rules_come_before_the_clocks():
    played = run("""
        situation: {x: false, warned: false}
        script: {0h: {x: true}}
        clocks: {c: {while: x}}
        rules:
          late: {when: c == 24h and not warned, note: a missed deadline}
          warn: {when: x, after: 24h, do: {warned: true}}
    """)
    assert order(played) == [(24.0, "warn")]


def test_whoever_acts_a_tick_after_the_deadline_is_late():
    played = run("""
        situation: {x: false, warned: false}
        script: {0h: {x: true}}
        clocks: {c: {while: x}}
        rules:
          late: {when: c == 24h and not warned, note: a missed deadline}
          warn: {when: x, after: 25h, do: {warned: true}}
    """)
    assert order(played) == [(24.0, "late"), (25.0, "warn")]


@pytest.mark.parametrize("test", ["c >= 72h", "c > 72h", "c == 72h"])
def test_a_breach_that_stops_at_exactly_72_hours_has_not_gone_beyond_it(test):
    played = run(f"""
        situation: {{x: false}}
        script: {{0h: {{x: true}}, 72h: {{x: false}}}}
        clocks: {{c: {{while: x}}}}
        rules: {{due: {{when: {test}, note: due}}}}
    """)
    assert order(played) == []


def test_a_breach_that_stops_an_hour_after_72_hours_has_gone_beyond_them():
    played = run("""
        situation: {x: false}
        script: {0h: {x: true}, 73h: {x: false}}
        clocks: {c: {while: x}}
        rules:
          reached: {when: c >= 72h, note: due}
          passed:  {when: c > 72h, note: due}
    """)
    assert order(played) == [(72.0, "reached")]


def test_what_an_item_makes_due_comes_after_what_was_due_when_the_tick_began():
    played = run("""
        situation: {x: false, z: false}
        rules:
          second_link: {when: z, note: a chain}
          first_link:  {when: x, do: {z: true}}
          early:       {when: now >= 0h, after: 5h, do: {x: true}}
          late:        {when: now >= 0h, after: 5h, note: was due}
    """)
    assert [r for _, r in order(played)] == ["early", "late", "first_link", "second_link"]


def test_a_chain_of_instant_reactions_never_overtakes_what_was_already_due():
    played = run("""
        situation: {links: 0, seen: -1}
        rules:
          chain: {on_change: links, when: links < 50, do: {links: links + 1}}
          start: {when: now >= 0h, after: 5h, do: {links: links + 1}}
          watch: {when: now >= 0h, after: 5h, do: {seen: links}}
    """)
    assert ending(played) == {"links": 50.0, "seen": 1.0}


def test_what_the_script_brings_about_comes_after_what_was_due_when_the_tick_began():
    played = run("""
        situation: {x: false}
        script: {5h: {x: true}}
        rules:
          brought: {when: x, note: by the script}
          due:     {when: now >= 0h, after: 5h, note: was due}
    """)
    assert [r for _, r in order(played)] == ["due", "brought"]


def test_lower_generations_come_first_through_branching_chains():
    played = run("""
        situation: {a: false, b: false, c: false, d: false}
        script: {1h: {a: true}}
        rules:
          third:        {when: c, do: {d: true}}
          second:       {when: b, do: {c: true}}
          first:        {when: a, do: {b: true}}
          also_first:   {when: a, note: x}
          also_second:  {when: b, note: x}
          also_third:   {when: c, note: x}
          fourth:       {when: d, note: x}
    """)
    assert [r for _, r in order(played)] == [
        "first", "also_first", "second", "also_second", "third", "also_third", "fourth",
    ]  # fmt: skip


@pytest.mark.parametrize("names", list(permutations(["a_rule", "m_rule", "z_rule"])))
def test_within_a_generation_the_place_in_the_file_decides(names):
    # longer delays begin earlier, so that neither the name nor the age of a timer orders them
    lines = "\n".join(
        f"          {name}: {{when: now >= {i}h, after: {9 - i}h, note: x}}"
        for i, name in zip((1, 0, 2), names, strict=True)
    )
    played = run(f"rules:\n{lines}\n")
    assert order(played) == [(9.0, name) for name in names]


def test_within_a_rule_the_earlier_occurrence_comes_first():
    played = run("""
        situation: {x: 0, last: 0, wait: 9h}
        script:
          1h: {x: 1, wait: 4h}
          3h: {x: 3, wait: 2h}
          4h: {x: 4, wait: 1h}
        rules:
          tell: {on_change: x, after: wait, do: {last: was(x)}}
    """)
    assert [(r.tick, r.data["occurrence"]) for r in told(played, "fired")] == [
        (5, 1),
        (5, 2),
        (5, 3),
    ]
    assert ending(played)["last"] == 4


def test_an_entry_changed_by_an_overlay_keeps_its_rank_and_new_ones_come_last(tmp_path):
    base = """
        schema: 1
        title: base
        time: {horizon: 10h, tick: 1h}
        situation: {x: false}
        script: {1h: {x: true}}
        rules:
          one:   {when: x, note: x}
          two:   {when: x, note: x}
          three: {when: x, note: x}
    """
    child = """
        schema: 1
        title: child
        extends: base.yaml
        rules:
          zero: {when: x, note: new}
          one:  {when: x and now >= 0h, note: changed}
    """
    model = family(tmp_path, base=base, child=child)
    assert [rule.id for rule in model.rules] == ["one", "two", "three", "zero"]


def test_sections_may_stand_in_any_order():
    sections = [
        "parameters: {wait: {uniform: [1h, 9h]}}\n",
        "situation: {x: false, z: false}\n",
        "definitions: {both: x and z}\n",
        "clocks: {c: {while: both}}\n",
        "red_lines: {line: {crossed: both}}\n",
        "script: {1h: {x: true}}\n",
        "rules: {go: {when: x, after: wait, do: {z: true}}, end: {when: c >= 5h, note: x}}\n",
        "outcomes: {over: {when: both, for: 9h}}\n",
        "results: {lasted: {total: both}}\n",
    ]
    first, second = run("".join(sections)), run("".join(reversed(sections)))
    assert first.firing_digest == second.firing_digest
    assert fired(first) == fired(second)
    assert first.results == second.results
    assert first.ended_at == second.ended_at


def test_a_firing_after_a_rate_an_every_and_a_matured_for_are_rule_items():
    # a stream whose first firing, and no other, falls into the fifth hour
    first, second = unit_exponential("stream", 1), unit_exponential("stream", 2)
    rate = 1.01 * first / 5
    assert 4 * rate < first < 5 * rate < first + second
    played = run(f"""
        rules:
          every_five: {{when: now >= 0h, every: 5h, note: x}}
          lasting:    {{when: now >= 0h, for: 5h, note: x}}
          stream:     {{rate: {rate} / 1h, note: x}}
          waiting:    {{when: now >= 0h, after: 5h, note: x}}
    """, horizon="5h")  # fmt: skip
    assert [r for h, r in order(played) if h == 5] == ["stream", "waiting", "every_five", "lasting"]


def test_lulls_and_resets_come_first_when_the_clocks_move():
    # at 8 h the lull ends and, at the same move, the pause matures: too late to bridge it
    played = run("""
        situation: {x: false}
        script: {1h: {x: true}, 5h: {x: false}}
        clocks: {c: {while: x, lull: 3h}}
        rules:
          back: {when: not x and ever(x), for: 3h, do: {x: true}}
          read: {when: c >= 7h, note: seven hours from the second start}
    """)
    assert [(h, k) for h, k, _ in about(played, "clock_reset", "clock_started")] == [
        (1.0, "clock_started"), (8.0, "clock_reset"), (8.0, "clock_started"),
    ]  # fmt: skip
    assert hours(played, "read") == [15.0]


@pytest.mark.parametrize(("first", "second"), [("held", "read"), ("read", "held")])
def test_comparisons_with_clocks_and_matured_fors_fall_due_together(first, second):
    rules = {
        "held": "{when: x, for: 5h, note: x}",
        "read": "{when: c >= 5h, note: x}",
        "again": "{when: x, every: 5h, note: x}",
    }
    names = [first, "again", second]
    lines = "\n".join(f"          {name}: {rules[name]}" for name in names)
    played = run(
        f"""
        situation: {{x: false}}
        script: {{0h: {{x: true}}}}
        clocks: {{c: {{while: x}}}}
        rules:
{lines}
        """,
        horizon="5h",
    )
    assert order(played) == [(5.0, name) for name in names]


def test_a_matured_for_is_not_tested_again():
    played = run("""
        situation: {x: false}
        script: {0h: {x: true}}
        clocks: {c: {while: x}}
        rules:
          first:  {when: x, for: 5h, do: {x: false}}
          second: {when: x, for: 5h, note: all the same}
          third:  {when: x, every: 5h, note: all the same}
          fourth: {when: x and c < 5h, for: 5h, note: lasted for as long as it had to}
    """)
    assert order(played) == [(5.0, "first"), (5.0, "second"), (5.0, "third"), (5.0, "fourth")]


def test_the_hold_of_an_outcome_is_up_when_the_clocks_move():
    played = run("""
        situation: {x: false}
        script: {1h: {x: true}}
        rules: {at_once: {when: x, for: 5h, note: fires at the same tick}}
        outcomes: {over: {when: x, for: 5h}}
    """)
    assert (played.outcome, played.ended_at) == ("over", 6)
    assert order(played) == [(6.0, "at_once")]


def test_an_outcome_that_a_rule_turns_false_at_its_last_tick_is_not_reached():
    played = run("""
        situation: {x: false}
        script: {1h: {x: true}}
        rules: {stop: {when: x, after: 5h, do: {x: false}}}
        outcomes: {over: {when: x, for: 5h}}
    """)
    assert played.outcome is None


def test_deadlines_lapse_last_when_the_rules_of_the_clocks_have_settled():
    played = run("""
        situation: {x: false, z: false, done: false}
        script: {0h: {x: true}}
        clocks: {c: {while: x}}
        rules:
          decide: {when: x, after: 50h, within: 5h, choose: {yes_: {}, otherwise: {}}}
          read:   {when: c >= 5h, do: {z: true}}
          chain:  {when: z, do: {done: true}}
          after_chain: {when: done, note: x}
    """)
    assert order(played) == [(5.0, "read"), (5.0, "chain"), (5.0, "after_chain"), (5.0, "decide")]


def test_a_deadline_finds_only_what_is_still_unanswered():
    played = run("""
        situation: {x: false, z: false, done: false}
        script: {0h: {x: true}}
        clocks: {c: {while: x}}
        rules:
          decide: {when: x, after: 50h, within: 5h, unless: done, choose: {yes_: {}, otherwise: {}}}
          read:   {when: c >= 5h, do: {z: true}}
          chain:  {when: z, do: {done: true}}
    """)
    assert order(played) == [(5.0, "read"), (5.0, "chain")]
    assert about(played, "called_off") == [(5.0, "called_off", "decide")]


def test_after_each_deadline_the_search_starts_again():
    played = run("""
        situation: {x: false, z: false, done: false}
        script: {0h: {x: true}}
        rules:
          one: {when: x, after: 50h, within: 5h, choose: {yes_: {}, otherwise: {do: {z: true}}}}
          two: {when: x, after: 50h, within: 5h, unless: done, choose: {yes_: {}, otherwise: {}}}
          chain: {when: z, do: {done: true}}
    """)
    assert order(played) == [(5.0, "one"), (5.0, "chain")]


@pytest.mark.parametrize("delay", ["after: 5h", "for: 5h", "for: 2h, after: 3h"])
def test_whoever_decides_exactly_at_the_deadline_is_in_time(delay):
    played = run(f"""
        situation: {{x: false}}
        script: {{0h: {{x: true}}}}
        rules: {{decide: {{when: x, {delay}, within: 5h, choose: {{yes_: {{if: x}},
            otherwise: {{}}}}}}}}
    """)
    assert fired(played) == [(5.0, "decide", "yes_")]


def test_after_the_clocks_have_moved_the_search_starts_again_with_the_rules():
    # what a matured `for` brings about is done before the clocks move once more
    played = run("""
        situation: {x: false, z: false}
        script: {0h: {x: true}}
        clocks: {c: {while: z}}
        rules:
          started: {when: c >= 0h, note: the second move}
          chain:   {when: z, note: the rules before it}
          held:    {when: x, for: 5h, do: {z: true}}
    """)
    assert order(played) == [(5.0, "held"), (5.0, "chain"), (5.0, "started")]


def test_recording_comes_last():
    played = run("""
        situation: {x: false, z: false}
        script: {0h: {x: true}}
        clocks: {c: {while: x}}
        rules: {read: {when: c >= 5h, do: {z: true}}}
        results: {y_at_5: {value: (1 if z else 0), at: 5h}, y_at_4: {value: (1 if z else 0),
            at: 4h}}
    """)
    assert played.results == {"y_at_5": 1.0, "y_at_4": 0.0}


def test_records_stand_in_the_order_in_which_things_were_done():
    played = run("""
        situation: {x: false, z: false}
        script: {5h: {x: true}}
        rules:
          due:     {when: now >= 0h, after: 5h, do: {z: true}}
          chained: {when: z and x, note: x}
          held:    {when: now >= 0h, for: 5h, note: x}
    """)
    places = [
        (r.kind, r.place) for r in played.records if r.tick == 5 and r.kind in ("script", "fired")
    ]
    assert [kind for kind, _ in places] == ["script", "fired", "fired", "fired"]
    assert [place for _, place in places] == sorted({place for _, place in places})
    assert hours(played, "held") == [5.0]
