"""Point 11: how a run ends, and what it says of it."""

import pytest

from tests.support import about, ending, hours, order, run, told


def test_an_outcome_ends_the_run():
    played = run("""
        situation: {x: false}
        script: {3h: {x: true}}
        rules: {beat: {every: 1h, note: x}}
        outcomes: {over: x}
    """)
    assert (played.why_ended, played.outcome, played.ended_at) == ("outcome", "over", 3)
    assert hours(played, "beat") == [1.0, 2.0, 3.0]


def test_the_tick_of_an_outcome_is_worked_off():
    played = run("""
        situation: {x: false, z: false}
        script: {3h: {x: true}}
        rules:
          after: {when: x, note: x}
          clock: {when: now >= 0h, for: 3h, do: {z: true}}
          chain: {when: z, note: x}
        outcomes: {over: x}
    """)
    assert order(played) == [(3.0, "after"), (3.0, "clock"), (3.0, "chain")]


def test_an_outcome_that_is_so_at_the_start_ends_the_run_at_zero():
    played = run("rules: {r: {when: true, note: x}}\noutcomes: {over: now >= 0h}")
    assert (played.why_ended, played.outcome, played.ended_at) == ("outcome", "over", 0)
    assert order(played) == [(0.0, "r")]


def test_when_nothing_is_due_any_more_the_run_is_quiet():
    played = run("""
        situation: {x: false}
        script: {3h: {x: true}}
        rules: {r: {when: x, after: 4h, note: x}}
    """)
    assert (played.why_ended, played.ended_at, played.pending) == ("quiet", 7, ())


def test_a_quiet_world_stands_still_and_totals_run_on_to_the_horizon():
    played = run("""
        situation: {x: false, count: 0}
        script: {3h: {x: true}}
        rules: {r: {when: x, after: 4h, do: {count: 5}}}
        results:
          total: {total: x}
          then:  {total: count > 0}
          value: {value: count, at: 190h}
          end:   {value: count}
          first: {first: x}
    """)
    assert played.why_ended == "quiet"
    assert played.results == {"total": 197.0, "then": 193.0, "value": 5.0, "end": 5.0, "first": 3.0}


def test_a_run_in_which_nothing_ever_happens_is_quiet_at_zero():
    played = run(
        "situation: {x: true}\nrules: {r: {when: not x, note: x}}\nresults: {t: {total: x}}"
    )
    assert (played.why_ended, played.ended_at) == ("quiet", 0)
    assert played.results == {"t": 200.0}


@pytest.mark.parametrize("more", ["", "for: 200h,", "after: 200h,", "every: 200h,"])
def test_the_tick_of_the_horizon_is_still_worked_off(more):
    played = run(f"""
        situation: {{x: false, z: false}}
        script: {{0h: {{x: true}}, 200h: {{z: true}}}}
        clocks: {{c: {{while: x}}}}
        rules:
          by_rule:  {{when: x, {more or "after: 200h,"} note: x}}
          by_clock: {{when: c == 200h, note: x}}
          chain:    {{when: z, note: x}}
    """)
    assert sorted(order(played)) == [(200.0, "by_clock"), (200.0, "by_rule"), (200.0, "chain")]
    assert (played.why_ended, played.ended_at) == ("horizon", 200)


def test_what_is_due_after_the_horizon_is_not_done():
    played = run("""
        situation: {x: true}
        script: {201h: {x: false}}
        clocks: {c: {while: x}}
        rules: {a: {when: x, after: 201h, note: x}, b: {when: c > 200h, note: x},
            d: {when: now > 200h, note: x}}
    """)
    assert order(played) == []
    assert (played.why_ended, played.ended_at) == ("horizon", 200)
    assert ending(played)["x"] is True


def test_an_outcome_at_the_horizon_is_an_outcome():
    played = run(
        "situation: {x: true}\n"
        "rules: {r: {when: x, note: x}}\n"
        "outcomes: {over: {when: x, for: 200h}}"
    )
    assert (played.why_ended, played.outcome, played.ended_at) == ("outcome", "over", 200)


@pytest.mark.parametrize(
    ("rule", "horizon", "why"),
    [("after: 5h", "9h", "quiet"), ("after: 9h", "9h", "horizon"), ("after: 50h", "9h", "horizon")],
)
def test_a_run_says_whether_it_ended_quietly_or_at_its_horizon(rule, horizon, why):
    assert run(f"rules: {{r: {{when: true, {rule}, note: x}}}}", horizon=horizon).why_ended == why


@pytest.mark.parametrize(("ends", "outcome"), [("now >= 5h", "over"), ("now >= 500h", "rest")])
def test_without_an_outcome_otherwise_is_the_end(ends, outcome):
    played = run(
        f"rules: {{r: {{every: 50h, note: x}}}}\noutcomes: {{over: {ends}, rest: otherwise}}"
    )
    assert played.outcome == outcome
    assert played.why_ended == ("outcome" if outcome == "over" else "horizon")


def test_a_run_without_outcomes_has_none():
    assert run("rules: {r: {every: 50h, note: x}}").outcome is None


def test_a_run_says_what_was_pending():
    played = run("""
        situation: {x: false}
        script: {3h: {x: true}, 150h: {x: false}, 300h: {x: true}}
        rules:
          waits:  {when: now >= 0h, after: 90h, note: x}
          held:   {when: x, for: 80h, note: x}
          lost:   {when: not x, for: 80h, note: x}
          stream: {rate: 0.001 / 1h, note: x}
          beat:   {every: 70h, note: x}
        outcomes: {over: {when: x, for: 20h}}
    """)
    assert (played.why_ended, played.ended_at) == ("outcome", 23)
    told_pending = [text.partition(" ")[0] for text in played.pending if "stream" not in text]
    assert told_pending == ["rules.beat", "rules.held", "rules.waits", "script.150h", "script.300h"]
    assert told(played, "end")[0].data["pending"] == list(played.pending)


def test_what_was_called_off_or_lapsed_is_not_pending():
    played = run("""
        situation: {x: true}
        script: {5h: {x: false}}
        rules:
          held:   {when: x, for: 80h, note: x}
          choice: {when: x, after: 60h, within: 3h, choose: {a: {}, otherwise: {}}}
          done:   {when: x, after: 2h, within: 80h, choose: {a: {}}}
        outcomes: {over: {when: not x, for: 5h}}
    """)
    assert (played.ended_at, played.pending) == (10, ())


def test_a_losing_timer_does_not_keep_the_run_alive():
    played = run("""
        situation: {x: true}
        script: {5h: {x: false}}
        rules:
          held:   {when: x, for: 180h, note: x}
          choice: {when: x, after: 2h, within: 190h, choose: {a: {}}}
          beat:   {when: x, every: 3h, note: x}
          stream: {when: x, rate: 0.00001 / 1h, note: x}
    """)
    assert (played.why_ended, played.ended_at) == ("quiet", 5)


def test_a_running_clock_does_not_keep_the_run_alive():
    played = run("""
        situation: {x: true}
        clocks: {c: {while: x}}
        rules: {r: {when: c >= 20h, note: x}}
    """)
    assert (played.why_ended, played.ended_at) == ("quiet", 20)


def test_the_end_is_the_same_with_and_without_a_trace():
    texts = [
        "rules: {r: {when: now < 10h, for: 20h, note: x}}",
        (
            "situation: {x: true}\n"
            "clocks: {c: {while: x}}\n"
            "rules: {r: {when: x, after: 30h, unless: c >= 9h, note: x}}"
        ),
        (
            "situation: {x: true}\n"
            "script: {4h: {x: false}}\n"
            "clocks: {c: {while: x, lull: 5h}}\n"
            "rules: {r: {when: c > 9h, note: x}}"
        ),
        "rules: {r: {when: true, after: 9h, note: x}}\noutcomes: {over: now >= 5h}",
    ]
    for text in texts:
        traced, plain = run(text), run(text, trace=False)
        for name in ("ended_at", "why_ended", "outcome", "pending", "clocks", "results", "stays"):
            assert getattr(traced, name) == getattr(plain, name), (name, text)


def test_the_last_record_says_how_the_run_ended():
    played = run(
        "situation: {x: false}\n"
        "script: {3h: {x: true}}\n"
        "rules: {r: {when: x, note: x}}\n"
        "outcomes: {over: x}"
    )
    assert about(played, "outcome", "end")[0] == (3.0, "outcome", "over")
    end = played.records[-1]
    assert (end.kind, end.data["why"], end.data["outcome"]) == ("end", "outcome", "over")
