"""Point 8: randomness is addressed, not sequenced; laws of chance stand where they are drawn.

`tests.support.uniform` computes each number a second time from the words of the contract. That no
rule of a shipped scenario shifts the numbers of another is tested in test_addressed_randomness.
"""

import math

import pytest

from escalation_sim.chance import address
from escalation_sim.chance.address import site_key
from tests.support import (
    about,
    codes,
    fired,
    hours,
    rounded,
    run,
    runs,
    scenario,
    told,
    uniform,
    unit_exponential,
)

# addresses


EXAMPLE = {
    ("rules.report.after", 1, 1, 0, 0): 0.47014963935292575,
    ("rules.report.after", 2, 1, 0, 0): 0.14933072281399606,
    ("rules.report.after", 1, 2, 0, 0): 0.7934473533115017,
    ("rules.report.after", 1, 1, 1, 0): 0.17333314163165536,
    ("rules.report.chance", 1, 1, 0, 0): 0.6289770971553229,
    ("rules.report.after", 1, 1, 0, 1): 0.462355927217485,
}
"""Site, occurrence, seed, replication, index: who writes this again must get these numbers."""


@pytest.mark.parametrize("place", EXAMPLE)
def test_each_uniform_is_a_function_of_contract_seed_replication_site_occurrence_and_index(place):
    site, occurrence, seed, replication, index = place
    word = address.word(address.run_key(seed, replication), site_key(site), occurrence, index)
    assert address.uniform(word) == EXAMPLE[place]
    again = uniform(site, occurrence, seed=seed, replication=replication, index=index)
    assert again == EXAMPLE[place]


@pytest.mark.parametrize(("seed", "replication"), [(0, 0), (1, 0), (1, 7), (2**63 - 1, 2**63 - 1)])
def test_the_engine_draws_the_uniform_of_the_address(seed, replication):
    played = run("rules: {r: {when: true, chance: 1, note: x}}", seed=seed, replication=replication)
    drawn = told(played, "triggered")[0].data["chance"][0]
    assert drawn == uniform("rules.r.chance", 1, seed=seed, replication=replication)


def test_a_uniform_lies_on_the_middle_of_one_of_2_to_the_52_cells():
    for k in range(1, 200):
        u = uniform("rules.any.after", k)
        cell = u * 2.0**52 - 0.5
        assert cell == math.floor(cell)
        assert 0.0 < u < 1.0
        assert (1.0 - u) + u == 1.0


def test_every_place_of_a_rule_has_its_own_site():
    text = """
        parties: {council: {members: {a: 0.5, b: 0.5}}}
        rules:
          r:
            when: true
            chance: 1
            for: {uniform: [0h, 10h]}
            after: {uniform: [0h, 10h]}
            within: {uniform: [40h, 50h]}
            ask: council
            choose: {one: {weight: 1}, two: {weight: 1}}
    """
    for replication, played in enumerate(runs(text, 10, trace=True)):
        draw = {
            place: uniform(f"rules.r.{place}", 1, replication=replication)
            for place in ("chance", "for", "after", "within", "ask.a", "ask.b", "choose")
        }
        assert len(set(draw.values())) == 7
        begun = told(played, "triggered")[0]
        assert begun.data["chance"][0] == draw["chance"]
        assert begun.data["deadline"] == rounded(40 + 10 * draw["within"])
        (firing,) = told(played, "fired")
        assert firing.tick == rounded(10 * draw["for"]) + rounded(10 * draw["after"])
        assert [v[1] for v in firing.data["asked"].values()] == [draw["ask.a"], draw["ask.b"]]
        assert firing.data["drawn"] == draw["choose"]


# occurrences


def test_every_trigger_counts_as_an_occurrence():
    # the third occurrence, after one that was called off and one that was ignored
    played = run("""
        situation: {x: false, stop: false}
        script:
          1h: {x: true, stop: true}
          2h: {x: false, stop: false}
          3h: {x: true}
          4h: {x: false}
          5h: {x: true}
          50h: {x: false}
          51h: {x: true}
        rules: {r: {when: x, unless: stop, after: {uniform: [10h, 30h]}, note: x}}
    """)
    assert [r.data["occurrence"] for r in told(played, "called_off", "ignored")] == [1, 3]
    second, fourth = (rounded(10 + 20 * uniform("rules.r.after", k)) for k in (2, 4))
    assert hours(played, "r") == [3 + second, 51 + fourth]


def test_a_failed_chance_counts_as_an_occurrence_and_shifts_no_delay():
    text = """
        situation: {{x: 0}}
        rules:
          beat: {{every: 10h, do: {{x: x + 1}}}}
          r: {{on_change: x, chance: {chance}, after: {{uniform: [0h, 100h]}}, note: x}}
    """
    free = run(text.format(chance="1"), horizon="1000h")
    thrown = run(text.format(chance="0.5"), horizon="1000h")
    due = {r.data["occurrence"]: r.tick for r in told(free, "fired") if r.about == "rules.r"}
    some = {r.data["occurrence"]: r.tick for r in told(thrown, "fired") if r.about == "rules.r"}
    assert 20 < len(some) < 80
    assert some.items() <= due.items()
    for k, tick in some.items():
        assert tick == 10 * k + rounded(100 * uniform("rules.r.after", k))
        assert uniform("rules.r.chance", k) < 0.5


def test_each_firing_of_every_is_an_occurrence_of_its_own():
    played = run("rules: {r: {every: {uniform: [1h, 20h]}, chance: 0.5, note: x}}", horizon="500h")
    tick, expected = 0, []
    for k in range(1, 100):
        tick += rounded(1 + 19 * uniform("rules.r.every", k))
        if uniform("rules.r.chance", k) < 0.5:
            expected.append((float(tick), k))
    found = [(float(r.tick), r.data["occurrence"]) for r in told(played, "fired")]
    assert found == [x for x in expected if x[0] <= 500]
    assert len(found) > 10


def test_each_firing_of_a_rate_is_an_occurrence_of_its_own():
    played = run("rules: {r: {rate: 0.1 / 1h, after: {uniform: [0h, 9h]}, note: x}}", tick="1min")
    sum_, due = 0.0, {}
    for k in range(1, 30):
        sum_ += unit_exponential("r", k)
        due[k] = math.ceil(sum_ * 600) + rounded(540 * uniform("rules.r.after", k))
    found = {r.data["occurrence"]: r.tick for r in told(played, "fired")}
    assert found == {k: t for k, t in due.items() if t <= 12_000}
    assert len(found) > 5


def test_each_firing_of_again_is_an_occurrence_of_its_own():
    played = run("rules: {r: {when: true, after: {uniform: [1h, 20h]}, again: true, note: x}}")
    tick, expected = 0, []
    for k in range(1, 100):
        tick += rounded(1 + 19 * uniform("rules.r.after", k))
        expected.append((float(tick), k))
    found = [(float(r.tick), r.data["occurrence"]) for r in told(played, "fired")]
    assert found == [x for x in expected if x[0] <= 200]


# one uniform a sample, by the inverse


LAWS = {
    "{uniform: [10h, 50h]}": lambda u: 10 + 40 * u,
    "{triangular: [0h, 100h, 100h]}": lambda u: 100 * math.sqrt(u),
    "{triangular: [0h, 0h, 100h]}": lambda u: 100 * (1 - math.sqrt(1 - u)),
    "{exponential: 40h}": lambda u: -40 * math.log(1 - u),
    "{erlang: [1, 40h]}": lambda u: -40 * math.log(1 - u),
    "{weibull: [2, 40h]}": lambda u: 40 * (-math.log(1 - u)) ** 0.5,
    "{empirical: [30h, 10h, 20h]}": lambda u: (10, 20, 30)[int(3 * u)],
}


@pytest.mark.parametrize("law", LAWS)
def test_a_sample_is_the_quantile_of_one_uniform(law):
    text = f"rules: {{r: {{when: true, after: {law}, note: x}}}}"
    for replication, played in enumerate(runs(text, 20, trace=True, tick="1min", horizon="5000h")):
        u = uniform("rules.r.after", 1, replication=replication)
        assert told(played, "fired")[0].tick == rounded(60 * LAWS[law](u))


def test_samples_rise_with_their_uniform():
    text = """
        rules:
          a: {when: true, after: {erlang: [3, 40h]}, note: x}
    """
    pairs = [
        (uniform("rules.a.after", 1, replication=r), hours(p, "a")[0])
        for r, p in enumerate(runs(text, 100, trace=True, tick="1min", horizon="5000h"))
    ]
    assert [h for _, h in sorted(pairs)] == sorted(h for _, h in pairs)


def test_each_place_draws_a_law_for_itself():
    text = """
        parameters: {law: {uniform: [0h, 100h]}}
        rules: {a: {when: true, after: law, note: x}, b: {when: true, after: law, note: x}}
    """
    played = run(text)
    for rule in "ab":
        assert hours(played, rule) == [rounded(100 * uniform(f"rules.{rule}.after", 1))]
    assert hours(played, "a") != hours(played, "b")


def test_a_time_of_the_script_is_drawn_once_a_run():
    text = """
        parameters: {start: {uniform: [0h, 100h]}}
        situation: {x: 0, z: 0}
        script: {start: {x: 1, z: 1}}
        rules: {a: {when: x == 1, note: x}, b: {when: z == 1, note: x}}
    """
    for replication, played in enumerate(runs(text, 5, trace=True)):
        when = float(rounded(100 * uniform("script.start", 0, replication=replication)))
        assert fired(played) == [(when, "a", None), (when, "b", None)]


def test_a_drawn_situation_is_drawn_once_at_the_start():
    text = """
        situation: {resolve: {draw: {uniform: [0, 1]}}}
        rules: {r: {every: 1h, chance: 1 if resolve < 0.5 else 0, note: x}}
    """
    for replication, played in enumerate(runs(text, 10, trace=True, horizon="5h")):
        firm = uniform("situation.resolve.draw", 0, replication=replication) < 0.5
        assert len(hours(played, "r")) == (5 if firm else 0)


@pytest.mark.parametrize(
    "text",
    [
        "rules: {r: {when: now >= law, note: x}}",
        "rules: {r: {when: true, after: law + 1h, note: x}}",
        "situation: {x: 1h}\nrules: {r: {when: true, do: {x: law}}}",
        "situation: {x: law}\nrules: {r: {when: true, note: x}}",
        "situation: {x: true}\nclocks: {c: {while: x}}\nrules: {r: {when: c >= law, note: x}}",
        (
            "situation: {x: true}\n"
            "clocks: {c: {while: x, lull: law}}\n"
            "rules: {r: {when: c > 1h, note: x}}"
        ),
        "rules: {r: {when: true, note: x}}\noutcomes: {o: {when: now > 1h, for: law}}",
    ],
)
def test_a_law_stands_only_where_it_is_drawn(text):
    assert codes("parameters: {law: {uniform: [1h, 2h]}}\n" + text) == ["law"]


# members, streams, variants


def test_all_members_are_drawn_under_every_voting_rule():
    text = """
        parties: {{council: {{members: {{a: 0.9, b: 0.6, c: 0.5}}}}}}
        rules: {{vote: {{every: 10h, ask: council, choose: {{go: {{if: {agrees}}},
            otherwise: {{}}}}}}}}
    """
    rules = (
        "council.a", "council.joined >= 2", "council.joined == council.size", "council.weight > 1",
        "true", "false",
    )  # fmt: skip
    draws = [
        [r.data["asked"] for r in told(run(text.format(agrees=rule)), "fired")] for rule in rules
    ]
    assert all(d == draws[0] for d in draws)
    assert [v[1] for v in draws[0][4].values()] == [
        uniform(f"rules.vote.ask.{m}", 5) for m in "abc"
    ]


def test_a_member_draws_by_its_id_whoever_else_sits_in_the_party():
    text = """
        parties: {{council: {{members: {{{members}}}}}}}
        rules: {{vote: {{every: 10h, ask: council, choose: {{go: {{}}}}}}}}
    """
    few = told(run(text.format(members="a: 0.5, b: 0.5")), "fired")
    many = told(run(text.format(members="z: 0.1, b: 0.5, q: 1, a: 0.5")), "fired")
    for one, other in zip(few, many, strict=True):
        assert one.data["asked"]["a"] == other.data["asked"]["a"]
        assert one.data["asked"]["b"] == other.data["asked"]["b"]


def test_a_renamed_rule_keeps_its_numbers_by_its_stream():
    text = """
        parties: {{council: {{members: {{a: 0.5}}}}}}
        rules:
          {name}:
            every: {{uniform: [1h, 9h]}}
            chance: 0.5
            after: {{exponential: 3h}}
            ask: council
            choose: {{one: 1, two: 2}}
            {stream}
    """
    old = run(text.format(name="old", stream=""), horizon="500h")
    renamed = run(text.format(name="fresh", stream="stream: old"), horizon="500h")
    other = run(text.format(name="fresh", stream=""), horizon="500h")
    seen = [[(h, o) for h, _, o in fired(played)] for played in (old, renamed, other)]
    assert seen[0] == seen[1] != seen[2]
    assert old.firing_digest == renamed.firing_digest


def test_two_rules_may_not_share_a_stream():
    text = "rules: {a: {when: true, after: 1h, note: x}, b: {when: true, stream: a, note: x}}"
    assert codes(text) == ["duplicate-id"]


def test_variants_of_a_scenario_share_their_numbers():
    text = """
        parameters: {delay: {exponential: 10h}}
        situation: {x: 0}
        definitions: {due: {readings: {early: x >= 1, late: x >= 3}}}
        rules:
          beat: {every: 20h, do: {x: x + 1}}
          slow: {on_change: x, after: delay, note: x}
          go:   {when: due, after: delay, note: x}
    """
    first = run(text, horizon="300h")
    second = run(text, horizon="300h", reading={"due": "late"})
    assert hours(first, "slow") == hours(second, "slow")
    delay = rounded(-10 * math.log(1 - uniform("rules.go.after", 1)))
    assert (hours(first, "go"), hours(second, "go")) == ([20.0 + delay], [60.0 + delay])


# ranges and means


def test_a_range_is_of_the_mean_of_the_law():
    model = scenario("""
        parameters: {p: {triangular: [1h, 2h, 6h], range: [1h, 30h]}}
        rules: {r: {when: true, after: p, note: x}}
    """)
    parameter = model.parameters[0]
    assert parameter.law.mean == 3
    assert (parameter.low, parameter.high) == (1, 30)


def test_setting_the_mean_scales_all_samples():
    text = """
        parameters: {p: {triangular: [1h, 2h, 6h]}}
        rules: {r: {when: true, after: p, note: x}}
    """
    plain = scenario(text, tick="1min").parameters[0].law
    scaled = scenario(text, tick="1min", set={"parameters.p.mean": "6h"}).parameters[0].law
    assert scaled.mean == pytest.approx(360, rel=1e-12)
    for k in range(1, 20):
        assert scaled.sample(k / 20) == pytest.approx(2 * plain.sample(k / 20), rel=1e-12)


def test_setting_the_parameter_puts_a_constant():
    text = """
        parameters: {p: {triangular: [1h, 2h, 6h]}}
        rules: {r: {when: true, after: p, note: x}}
    """
    for path in ("parameters.p", "p"):
        assert {hours(p, "r")[0] for p in runs(text, 5, trace=True, set={path: "6h"})} == {6.0}


def test_a_mean_of_nothing_cannot_be_scaled():
    text = """
        parameters: {p: {exponential: 0h}}
        rules: {r: {when: true, after: p, note: x}}
    """
    assert codes(text) == []
    assert "law" in codes(text, set={"parameters.p.mean": "6h"})


def test_arguments_of_laws_are_those_of_the_contract():
    laws = {
        "erlang: [4, 8h]": 8.0,
        "exponential: 5h": 5.0,
        "weibull: [1, 7h]": 7.0,
        "lognormal: [6h, 0.5]": 6 * math.exp(0.125),
        "normal: [100h, 5h]": 100.0,
        "empirical: [1h, 2h, 9h]": 4.0,
        "triangular: [1h, 2h, 6h]": 3.0,
        "uniform: [2h, 5h]": 3.5,
    }
    for law, mean in laws.items():
        model = scenario(
            f"parameters: {{p: {{{law}}}}}\nrules: {{r: {{when: true, after: p, note: x}}}}"
        )
        assert model.parameters[0].law.mean == pytest.approx(mean, rel=1e-9), law


def test_a_normal_law_is_cut_below_nothing():
    text = "rules: {r: {when: true, after: {normal: [1h, 2h]}, note: x}}"
    times = [hours(p, "r")[0] for p in runs(text, 200, trace=True, tick="1min")]
    assert min(times) >= 0
    # Φ(-1/2) of the parent lies below 0 and is spread over the rest, not piled up there
    assert sum(h == 0 for h in times) <= 5


def test_records_name_the_drawn_number_of_a_chance():
    played = run("situation: {x: true}\nrules: {r: {when: x, chance: 0.25, note: x}}")
    (record,) = told(played, "triggered", "chance_failed")
    assert record.data["chance"] == [uniform("rules.r.chance", 1), 0.25]
    assert [k for _, k, _ in about(played, "triggered", "chance_failed")] == [
        "triggered" if record.data["chance"][0] < 0.25 else "chance_failed"
    ]
