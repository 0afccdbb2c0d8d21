"""Point 10: a party's rules read only what it may know."""

import pytest

from tests.support import codes, order, problems, run

HEAD = """
    parties: {{russia: {{}}, monitors: {{}}, us: {{}}, council: {{members: {{a: 0.5}}}}}}
    situation:
      severity: {{levels: [none, minor, extensive], known_to: [russia, monitors]}}
      reported: {{like: severity}}
      strength: {{starts: 3, known_to: us}}
      secret_wait: {{starts: 3h, known_to: us}}
      open_: false
    definitions:
      breach:      severity > none
      nested:      breach or open_
      announced:   {{when: breach, public: true}}
      ambiguous:   {{readings: {{by_report: reported > none, by_fact: severity > none}}}}
    clocks:
      hidden:      {{while: severity > none}}
      shown:       {{while: severity > none, public: true}}
      paused:      {{while: open_, pause: severity > none}}
      tolerant:    {{while: open_, lull: secret_wait}}
      by_reading:  {{while: ambiguous}}
    rules:
      r: {{{by} {rule}}}
"""


def faults(rule, by="by: us,"):
    return codes(HEAD.format(by=by, rule=rule))


WAYS = {
    "a condition": "when: severity > none, note: x",
    "a change": "on_change: severity, note: x",
    "a filter": "on_change: reported, when: severity > none, note: x",
    "an unless": "when: open_, unless: severity > none, note: x",
    "a chance": "when: open_, chance: 0.5 if severity > none else 0.1, note: x",
    "an option": "when: open_, choose: {a: {if: severity > none}}",
    "a weight": "when: open_, choose: {a: {weight: 1 if severity > none else 2}, b: 1}",
    "an effect": "when: open_, do: {reported: severity}",
    "a past value": "when: open_, do: {reported: was(severity)}",
    "an option's effect": "when: open_, choose: {a: {do: {reported: severity}}}",
    "what happens otherwise": (
        "when: open_, choose: {a: {if: open_}, otherwise: {do: {reported: severity}}}"
    ),
    "what happens at a deadline": (
        "when: open_, within: 1h, choose: {a: {}, lapsed: {do: {reported: severity}}}"
    ),
    "a rate": "rate: 1 / 1h if severity > none else 2 / 1h, note: x",
    "a definition": "when: breach, note: x",
    "a definition in a definition": "when: nested, note: x",
    "a definition in an effect": "when: true, do: {open_: breach}",
    "a memory": "when: ever(severity > none), note: x",
    "a memory of a definition": "when: ever(nested), note: x",
    "a clock": "when: hidden >= 1h, note: x",
    "a clock's pause": "when: paused >= 1h, note: x",
    "a reading that is not chosen": "when: ambiguous, note: x",
    "a clock on a reading that is not chosen": "when: by_reading >= 1h, note: x",
}


@pytest.mark.parametrize("way", WAYS)
def test_a_party_cannot_read_what_it_may_not_know_in(way):
    assert faults(WAYS[way]) == ["not-known"]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("by", ["by: russia,", "by: monitors,"])
def test_those_who_may_know_read_it_in(way, by):
    assert faults(WAYS[way], by=by) == []


@pytest.mark.parametrize("way", WAYS)
def test_a_rule_by_nobody_is_natures_and_sees_all_in(way):
    assert faults(WAYS[way], by="") == []


@pytest.mark.parametrize(
    "rule",
    [
        "when: open_, for: secret_wait, note: x",
        "when: open_, after: secret_wait, note: x",
        "when: open_, every: secret_wait, note: x",
        "when: open_, within: secret_wait, choose: {a: {}}",
        "when: tolerant >= 1h, note: x",
        "when: paused >= secret_wait, note: x",
    ],
)
def test_lengths_are_read_as_well(rule):
    assert "not-known" in faults(rule, by="by: russia,")
    assert faults(rule.replace("paused", "tolerant")) == []


def test_like_copies_the_levels_and_not_who_knows():
    assert faults("when: reported > none, note: x") == []


def test_a_public_definition_gives_its_answer_to_all():
    assert faults("when: announced, note: x") == []
    assert faults("when: ever(announced), note: x") == []


def test_a_public_clock_gives_its_answer_to_all():
    assert faults("when: shown >= 1h, note: x") == []


def test_a_public_clock_does_not_make_the_length_it_is_compared_with_public():
    assert faults("when: shown >= secret_wait, note: x", by="by: russia,") == ["not-known"]


def test_writing_is_not_reading():
    assert faults("when: open_, do: {severity: extensive}") == []


def test_a_ladder_may_be_hidden_as_well():
    text = """
        parties: {{a: {{}}, b: {{}}}}
        ladders: {{stair: {{rungs: [low, high], known_to: a}}}}
        rules: {{r: {{by: {who}, when: stair == high, note: x}}}}
    """
    assert codes(text.format(who="a")) == []
    assert codes(text.format(who="b")) == ["not-known"]


def test_a_members_chance_of_joining_is_a_chance_that_is_read():
    text = """
        parties: {{russia: {{}}, council: {{members: {{a: 0.9 if severity else 0.2}}}}}}
        situation: {{severity: {{starts: false, known_to: {who}}}, open_: true}}
        rules: {{r: {{by: council, when: open_, ask: council, choose: {{a: {{}}}}}}}}
    """
    assert codes(text.format(who="council")) == []
    assert codes(text.format(who="russia")) == ["not-known"]


def test_the_error_names_who_reads_what_through_which_names():
    ((code, said),) = problems(HEAD.format(by="by: us,", rule="when: nested, note: x"))
    assert code == "not-known"
    for name in ("`us`", "`severity`", "`r`", "`nested`", "`breach`", "monitors", "russia"):
        assert name in said


def test_what_a_rule_may_know_is_checked_in_all_readings_whichever_is_chosen():
    text = HEAD.format(by="by: us,", rule="when: ambiguous, note: x")
    for reading in ("by_report", "by_fact"):
        assert codes(text, reading={"ambiguous": reading}) == ["not-known"]


def test_a_public_answer_is_used_like_any_other():
    played = run("""
        parties: {us: {}, russia: {}}
        situation: {severity: {levels: [none, minor], known_to: russia}}
        definitions: {announced: {when: severity > none, public: true}}
        script: {3h: {severity: minor}}
        rules: {r: {by: us, when: announced, note: x}}
    """)
    assert order(played) == [(3.0, "r")]
