"""Who is looked at when: only those who read what has changed."""

from collections import Counter

import pytest

from escalation_sim.engine.simulate import Simulator
from tests.support import order, scenario


def counted(simulator):
    """Count from now on how often the engine evaluates the `when` of each rule."""
    watches, counts = simulator.prepared.watches, Counter()

    def counting(rule, test):
        def look():
            counts[rule.id] += 1
            return test()

        return look

    watches.when[:] = [
        counting(rule, test) for rule, test in zip(simulator.model.rules, watches.when, strict=True)
    ]
    return counts


def beats(still, hours):
    """Return what is evaluated in a run where one rule acts each hour beside `still` others."""
    others = "\n".join(f"  still_{i}: {{when: idle, after: 1h, note: x}}" for i in range(still))
    simulator = Simulator(
        scenario(
            "situation: {idle: false, n: 0}\nrules:\n"
            '  beat: {when: "true", every: 1h, do: {n: n + 1}}\n'
            f"  tenth: {{when: n == 10, note: x}}\n{others}\n",
            horizon=f"{hours}h",
        )
    )
    counts = counted(simulator)
    simulator.row(1, 0)
    return counts


def test_rules_that_read_nothing_that_changes_are_never_looked_at():
    few, many = beats(still=1, hours=50), beats(still=300, hours=50)
    assert few == many
    assert set(many) == {"beat", "tenth"}


def test_work_grows_with_what_happens_and_not_with_the_number_of_rules():
    short, long = beats(still=20, hours=50), beats(still=20, hours=100)
    assert long["tenth"] == 2 * short["tenth"]


def test_a_rule_is_looked_at_as_soon_as_the_script_or_a_draw_concerns_it():
    simulator = Simulator(
        scenario("""
            situation: {idle: true, lot: {draw: {uniform: [0, 1]}}}
            script: {0h: {idle: false}}
            rules:
              woken: {when: not idle, note: x}
              lucky: {when: lot > 0, note: x}
              asleep: {when: idle, note: x}
        """)
    )
    assert {rule for _, rule in order(simulator.run(1, 0))} == {"woken", "lucky"}


def test_conditions_on_now_are_looked_at_at_their_own_ticks():
    simulator = Simulator(
        scenario(
            "situation: {n: 0}\nparameters: {late: 30h}\nrules:\n"
            '  beat: {when: "true", every: 1h, do: {n: n + 1}}\n'
            "  after_it: {when: now >= late, note: x}\n",
            horizon="60h",
        )
    )
    counts = counted(simulator)
    assert simulator.run(1, 0, trace=False).firing_digest
    assert counts["after_it"] == 2, "at 30 h and an hour later"


@pytest.mark.parametrize("threshold", ["n * 1h", "5h + n * 1h"])
def test_conditions_whose_threshold_moves_are_looked_at_whenever_it_does(threshold):
    run = Simulator(
        scenario(f"""
            situation: {{n: 0}}
            script: {{3h: {{n: 9}}, 7h: {{n: 1}}}}
            rules: {{r: {{when: now == {threshold}, note: x}}}}
        """)
    ).run(1, 0)
    seen = {"n * 1h": [(0.0, "r")], "5h + n * 1h": []}
    assert order(run) == seen[threshold]


def test_a_rate_that_depends_on_now_goes_on_being_looked_at():
    text = """
        situation: {n: 0}
        rules: {r: {when: "true", rate: 1 / 1h if now < 5h else 0 / 1h, do: {n: n + 1}}}
        results: {n: {value: n}}
    """
    simulator = Simulator(scenario(text, tick="1min"))
    total = sum(simulator.row(1, r).results[0] for r in range(400))
    assert abs(total - 400 * 5) <= 4 * (400 * 5) ** 0.5


def test_a_clock_that_reads_now_and_another_clock_is_looked_at_when_each_tick_begins():
    run = Simulator(
        scenario("""
            situation: {lit: true}
            clocks: {first: {while: lit}, second: {while: first == 3h, pause: now <= 2h}}
        """)
    ).run(1, 0)
    seen = [
        (run.hours(r.tick), r.kind, r.data.get("hand"))
        for r in run.records
        if r.about == "clocks.second"
    ]
    assert seen == [
        (0.0, "clock_paused", None),
        (3.0, "clock_unpaused", None),
        (3.0, "clock_started", 0),
        (4.0, "clock_stopped", 0),
        (4.0, "clock_reset", None),
    ]


def test_a_change_that_only_an_on_change_rule_waits_for_is_seen():
    run = Simulator(
        scenario("""
            situation: {a: false, n: 0}
            rules:
              first: {when: "true", after: 2h, do: {a: true}}
              heard: {on_change: a, do: {n: 1}}
        """)
    ).run(1, 0)
    assert order(run) == [(2.0, "first"), (2.0, "heard")]
