"""Golden explanations: why something happened, and why it did not, word for word."""

from __future__ import annotations

import pytest

from escalation_sim import load, simulate
from escalation_sim.errors import UsageError
from escalation_sim.trace.why import targets_of, why
from tests.support import run

CHAIN = """
parties: {a: {name: A}}
situation: {fire: false, seen: false}
ladders: {alarm: {rungs: [quiet, watch, siren]}}
clocks: {seen_clock: {while: seen}}
red_lines: {loud: {crossed: alarm == siren, declares: ears will be covered}}
script: {3h: {fire: true}}
rules:
  notice: {when: fire, after: 2h, do: {seen: true}}
  watch: {when: seen, do: {alarm: at least watch}}
  sound: {when: seen_clock >= 4h, for: 1h, do: {alarm: siren}}
"""


def lines_of(explanation):
    """Return the chain as comparable lines."""
    return [
        (link.tick, link.text, link.where, link.because, link.details) for link in explanation.chain
    ]


def told(missing, depth=0):
    """Return a tree of what was missing as indented lines."""
    lines = ["  " * depth + missing.text]
    lines += ["  " * depth + "- " + reason for reason in missing.reasons]
    for inside in missing.inside:
        lines += told(inside, depth + 1)
    return lines


def test_a_rung_is_explained_back_to_the_script():
    explanation = why(run(CHAIN), "alarm.siren")
    assert explanation.happened
    assert explanation.headline == "alarm.siren (alarm: siren) was entered at 10 h"
    assert lines_of(explanation) == [
        (3, "the script: fire false → true", "test.yaml:10", (), ()),
        (
            5,
            "notice: seen false → true",
            "test.yaml:12",
            (1,),
            ("triggered at 3 h, 2 h earlier, with fire true",),
        ),
        (5, "seen_clock starts", "test.yaml:8", (2,), ("with seen true",)),
        (
            10,
            "sound: alarm watch → siren",
            "test.yaml:14",
            (3,),
            ("triggered at 9 h, 1 h earlier, with seen_clock 4 h",),
        ),
    ]


def test_a_red_line_is_explained_by_what_crossed_it():
    explanation = why(run(CHAIN), "red_lines.loud")
    assert explanation.headline == "red_lines.loud was crossed at 10 h"
    assert explanation.chain[-1].text == "red line crossed: loud (declared: ears will be covered)"
    assert explanation.chain[-1].because == (4,)


def test_at_a_time_before_it_the_same_rung_was_not_reached():
    explanation = why(run(CHAIN), "alarm.siren", at=8)
    assert not explanation.happened
    assert explanation.headline == "alarm.siren (alarm: siren) was not reached by 8 h"
    assert told(explanation.missing[0]) == [
        "sound did not fire",
        "- it was never triggered",
        "- at 8 h: seen_clock >= 4h is false (seen_clock 3 h, 1 h off)",
    ]


def test_a_waiting_rule_says_until_when():
    explanation = why(run(CHAIN), "rules.sound", at=9)
    assert explanation.missing[0].reasons == ("triggered at 9 h and still waiting, due at 10 h",)


def test_the_nearest_miss_in_time_is_found_between_the_worked_ticks():
    text = """
    situation: {lit: false}
    clocks: {lit_clock: {while: lit}}
    script: {10h: {lit: true}, 80h: {lit: false}, 100h: {lit: true}, 130h: {lit: false}}
    rules: {late: {when: lit_clock >= 72h, note: late}}
    """
    explanation = why(run(text), "rules.late")
    assert told(explanation.missing[0]) == [
        "late did not fire",
        "- it was never triggered",
        "- at 130 h: lit_clock >= 72h is false (lit_clock not running)",
        "- nearest at 79 h: lit_clock >= 72h is false (lit_clock 69 h, 3 h off)",
    ]


def test_a_failed_chance_shows_drawn_against_threshold():
    text = "situation: {lit: true}\nrules: {rare: {when: lit, chance: 0.000001, note: hm}}\n"
    [reason] = why(run(text), "rules.rare").missing[0].reasons
    assert reason.startswith("at 0 h it was triggered, but its chance failed: drawn 0.")
    assert reason.endswith(", not below 1e-06")


def test_what_called_a_rule_off_is_named_with_the_part_that_turned():
    text = """
    situation: {lit: true, calm: true}
    script: {5h: {calm: false}}
    rules: {slow: {when: lit and calm, for: 20h, note: done}}
    """
    assert why(run(text), "rules.slow").missing[0].reasons == (
        (
            "at 5 h it was called off, because its condition turned false: calm is false "
            "(calm false), brought about by script.5h at 5 h; it was due 15 h later, at 20 h"
        ),
    )


def test_an_option_not_taken_is_explained_by_its_condition_and_who_joined():
    text = """
    parties: {council: {members: {a: 1, b: 0, c: 0}}}
    ladders: {act: {rungs: [none_yet, sent]}}
    rules:
      vote:
        by: council
        when: true
        ask: council
        choose:
          send: {if: council.joined >= 2, do: {act: sent}}
          otherwise: {note: no majority}
    """
    explanation = why(run(text), "act.sent")
    assert told(explanation.missing[0]) == [
        "vote fired, but went another way",
        (
            "- at 0 h it fired and took `otherwise` (1 of 3 joined (a), not b, c; "
            "no option was open); `send` was not open: "
            "council.joined >= 2 is false (council.joined 1, 1 off)"
        ),
    ]


def test_who_could_have_brought_it_about_is_followed_through_rules():
    text = """
    situation: {ready: false, asked: false}
    ladders: {act: {rungs: [none_yet, sent]}}
    rules:
      send: {when: ready, do: {act: sent}}
      prepare: {when: asked, do: {ready: true}}
    """
    assert told(why(run(text), "act.sent").missing[0]) == [
        "send did not fire",
        "- it was never triggered",
        "- at 0 h: ready is false",
        "  prepare did not fire",
        "  - it was never triggered",
        "  - at 0 h: asked is false",
        "    nothing in the scenario sets asked so",
    ]


def test_an_outcome_that_did_not_come_says_which_one_did():
    text = """
    situation: {x: 0}
    script: {5h: {x: 1}}
    outcomes: {low: x >= 1, high: x >= 3, open: otherwise}
    """
    explanation = why(run(text), "outcomes.high")
    assert explanation.missing[0].reasons == (
        "low ended the run at 5 h",
        "at 5 h: x >= 3 is false (x 1, 2 off)",
    )
    assert why(run(text), "outcomes.low").chain[-1].text == "outcome: low"
    assert not why(run(text), "outcomes.open").happened


def test_a_clock_tells_its_hand_its_resets_and_its_story():
    text = """
    situation: {lit: true}
    clocks: {hours_lit: {while: lit, lull: 2h}}
    script: {10h: {lit: false}, 20h: {lit: true}, 30h: {}}
    rules: {seen: {when: hours_lit >= 500h, note: x}}
    """
    explanation = why(run(text), "clocks.hours_lit", at=25)
    assert explanation.headline == "clocks.hours_lit shows 5 h at 25 h; it was reset once"
    assert [link.text for link in explanation.chain][-1] == "hours_lit starts"


def test_a_rung_jumped_over_is_said_to_be_passed_over():
    text = """
    ladders: {act: {rungs: [low, middle, high]}}
    script: {5h: {act: high}}
    """
    explanation = why(run(text), "act.middle")
    assert (
        explanation.headline == "act.middle (act: middle) was passed over at 5 h, straight to high"
    )


def test_a_definition_holds_or_names_its_false_part_and_reading():
    text = """
    situation: {x: 1}
    definitions: {big: {readings: {strict: x >= 10, loose: x >= 1}}}
    rules: {a: {when: big, note: b}}
    """
    assert why(run(text), "definitions.big").headline == (
        "definitions.big does not hold at 0 h in the reading `strict`"
    )
    loose = why(run(text, reading={"big": "loose"}), "definitions.big")
    assert loose.headline == "definitions.big holds at 0 h in the reading `loose`: x >= 1 (x 1)"


def test_a_time_after_the_end_means_the_end_and_says_so():
    text = """
    situation: {x: 0, lit: true}
    clocks: {lit_clock: {while: lit}}
    script: {5h: {x: 1}}
    rules: {seen: {when: lit_clock >= 99h, note: x}}
    outcomes: {low: x >= 1}
    """
    made = run(text)
    assert why(made, "outcomes.low", 150).headline == "outcomes.low ended the run at 5 h"
    assert why(made, "clocks.lit_clock", 150).headline == (
        "clocks.lit_clock shows 5 h at 5 h, when the run had ended"
    )
    assert why(made, "rules.seen", 150).missing[0].reasons == (
        "it was never triggered",
        "at 5 h: lit_clock >= 99h is false (lit_clock 5 h, 94 h off)",
    )


def test_a_lapsed_deadline_is_given_as_the_reason():
    text = """
    parties: {a: {}}
    ladders: {act: {rungs: [none_yet, done]}}
    rules:
      slow:
        by: a
        when: true
        after: 20h
        within: 3h
        choose: {go: {do: {act: done}}, lapsed: {note: too slow}}
    """
    assert why(run(text), "act.done").missing[0].reasons == (
        "at 3 h its deadline came before the choice and `lapsed` was taken",
    )


def test_a_rule_that_fired_to_another_effect_says_what_it_did():
    text = """
    situation: {x: {levels: [low, middle, high]}, copy: {like: x}}
    ladders: {act: {rungs: [none_yet, done]}}
    script: {5h: {x: middle}}
    rules:
      report: {on_change: x, do: {copy: x}}
      finish: {when: copy >= high, do: {act: done}}
    """
    assert told(why(run(text), "act.done").missing[0])[-2:] == [
        "  report fired, but not to this",
        "  - at 5 h it fired: copy low → middle",
    ]


def test_what_came_only_after_the_nearest_moment_is_said_to_be_late():
    text = """
    situation: {calm: true, ready: false}
    ladders: {act: {rungs: [none_yet, done]}}
    script: {5h: {calm: false}}
    rules:
      prepare: {when: true, after: 8h, do: {ready: true}}
      finish: {when: ready and calm, do: {act: done}}
    """
    assert told(why(run(text), "act.done").missing[0]) == [
        "finish did not fire",
        "- it was never triggered",
        "- at 8 h: calm is false",
        "- nearest at 0 h: ready is false",
        "  prepare did so only later, at 8 h",
    ]


def test_what_an_unless_read_and_who_brought_it_about_are_named():
    text = """
    situation: {go: true, stop: 0}
    script: {4h: {stop: 3}}
    rules: {slow: {when: go, after: 9h, unless: stop >= 2, note: x}}
    """
    assert why(run(text), "rules.slow").missing[0].reasons == (
        (
            "at 4 h it was called off, because its `unless` came true: stop >= 2 (stop 3), "
            "brought about by script.4h at 4 h; it was due 5 h later, at 9 h"
        ),
    )


def test_an_outcome_that_must_hold_says_since_when_and_how_much_is_missing():
    text = """
    situation: {x: 0}
    script: {5h: {x: 1}}
    outcomes: {calm: {when: x >= 1, for: 20h}}
    """
    made = run(text)
    assert why(made, "outcomes.calm", 15).missing[0].reasons == (
        "its condition has held since 5 h; it must hold for 20 h, 10 h more",
    )
    assert "held since 5 h, for 20 h" in why(made, "outcomes.calm").chain[-1].details


def test_how_an_option_was_chosen_is_in_the_chain():
    text = """
    situation: {x: 1}
    ladders: {act: {rungs: [none_yet, some, all_of_it]}}
    rules:
      pick:
        when: true
        choose:
          much: {if: x >= 5, do: {act: all_of_it}}
          otherwise: {do: {act: some}}
    """
    assert why(run(text), "act.some").chain[-1].details == ("chosen with x 1", "no option was open")


def test_a_memory_is_placed_where_it_is_written():
    text = """
    situation: {x: 0}
    script: {5h: {x: 1}, 6h: {x: 0}}
    rules: {late: {when: ever(x >= 1) and x == 0, note: y}}
    """
    chain = why(run(text), "rules.late").chain
    assert all(link.where for link in chain)
    assert [link.text for link in chain if "ever" in link.text] == ["ever(x >= 1) came true"]


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ("way.second", "took `first`; `second` was open as well, and comes later"),
        ("way.third", "took `first`; `third` was not open: b > 1 is false (b 1)"),
        ("way.fourth", "took `first`; `otherwise` is for when nothing else is taken"),
    ],
)
def test_an_option_that_was_passed_by_is_told_apart_from_one_that_was_closed(target, said):
    made = run("""
        situation: {a: 1, b: 1}
        ladders: {way: {rungs: [none, first, second, third, fourth]}}
        rules:
          r:
            when: a == 1
            choose:
              first: {if: a == 1, do: {way: first}}
              second: {if: b == 1, do: {way: second}}
              third: {if: b > 1, do: {way: third}}
              otherwise: {do: {way: fourth}}
        """)
    (missing,) = why(made, target).missing
    assert told(missing)[-1].endswith(said)


@pytest.mark.parametrize("seed", range(1, 9))
def test_no_sentence_about_the_shipped_plan_contradicts_the_run(seed):
    made = simulate(load("01"), seed=seed)
    for target in targets_of(made.model):
        for at in (None, made.ended_at // 2, made.model.horizon):
            explanation = why(made, target, at)
            assert explanation.at <= made.ended_at
            assert all(link.where and link.tick <= explanation.at for link in explanation.chain)
            assert all(set(link.because) < set(range(link.number)) for link in explanation.chain)
            for line in [line for m in explanation.missing for line in told(m)]:
                if "was not open" in line:
                    assert " is false" in line
                if "went another way" in line:
                    rule = next(r for r in made.model.rules if r.id == line.split()[0])
                    assert rule.options


def test_everything_that_can_be_asked_about_is_answered_at_every_time():
    made = run(CHAIN)
    for target in targets_of(made.model):
        for at in (0, 1, 3, 5, 9, 10, 150):
            explanation = why(made, target, at)
            assert explanation.headline
            assert explanation.chain or explanation.missing or explanation.headline


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ("alarm.sirene", "did you mean `alarm.siren`?"),
        ("rules.sond", "did you mean `rules.sound`?"),
        ("nonsense", "to explain"),
        ("alarm", "to explain"),
    ],
)
def test_an_unknown_target_is_refused_with_a_near_one(target, said):
    with pytest.raises(UsageError, match="there is nothing called") as refused:
        why(run(CHAIN), target)
    assert said in str(refused.value)


def test_a_time_outside_the_run_and_an_untraced_run_are_refused():
    with pytest.raises(UsageError, match="the run goes from 0 h to 200 h"):
        why(run(CHAIN), "alarm.siren", at=201)
    with pytest.raises(UsageError, match="not traced"):
        why(run(CHAIN, trace=False), "alarm.siren")
