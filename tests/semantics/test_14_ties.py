"""Point 14: ties that could matter are flagged."""

import pytest

from tests.support import order, run, told

TWO = """
    parties: {{council: {{members: {{a: 0.5}}}}}}
    situation: {{x: 0, z: 0, stop: false}}
    rules:
      one: {{when: true, after: 5h, {one}}}
      two: {{when: true, after: {delay}h, {two}}}
"""


def ties(one, two, delay=5):
    """Return what was waiting when a rule was taken, by rule, and the count of the run."""
    played = run(TWO.format(one=one, two=two, delay=delay))
    flagged = {r.about: r.data["ties"] for r in told(played, "fired") if "ties" in r.data}
    assert played.ties == len(flagged)
    return flagged


CONFLICTS = {
    "both write the same": ("do: {x: 1}", "do: {x: 2}"),
    "the first writes what the second reads": ("do: {x: 1}", "do: {z: x}"),
    "the second writes what the first reads": ("do: {z: x}", "do: {x: 1}"),
    "an option's condition": ("do: {x: 1}", "choose: {a: {if: x > 0}}"),
    "an option's weight": ("do: {x: 1}", "choose: {a: {weight: x}, b: 1}"),
    "an option that is not taken": (
        "do: {x: 1}",
        "choose: {b: {if: stop, do: {x: 4}}, otherwise: {}}",
    ),
    "otherwise": ("do: {x: 1}", "choose: {a: {if: not stop}, otherwise: {do: {x: 4}}}"),
    "both ask the same party": ("ask: council, choose: {a: {}}", "ask: council, choose: {a: {}}"),
}


@pytest.mark.parametrize("case", CONFLICTS)
def test_a_tie_is_flagged_when_reads_or_writes_conflict(case):
    assert ties(*CONFLICTS[case]) == {"rules.one": ["two"]}


def test_a_tie_with_what_calls_the_other_off_is_flagged():
    played = run("""
        situation: {stop: false}
        rules:
          one: {when: true, after: 5h, do: {stop: true}}
          two: {when: true, after: 5h, unless: stop, note: x}
    """)
    assert order(played) == [(5.0, "one")]
    assert told(played, "fired")[0].data["ties"] == ["two"]
    assert played.ties == 1


def test_a_tie_with_the_chance_of_an_every_is_flagged():
    # the chance of an `every` is thrown when it is taken, so it reads what the first one writes
    played = run("""
        situation: {p: 0}
        rules:
          one: {when: true, for: 5h, do: {p: 1}}
          two: {every: 5h, chance: p, note: x}
    """, horizon="5h")  # fmt: skip
    assert told(played, "fired")[0].data.get("ties") == ["two"]


def test_a_tie_with_a_members_chance_of_joining_is_flagged():
    played = run("""
        parties: {council: {members: {a: p}}}
        situation: {p: 0}
        rules:
          one: {when: true, after: 5h, do: {p: 1}}
          two: {when: true, after: 5h, ask: council, choose: {a: {}}}
    """)
    assert told(played, "fired")[0].data.get("ties") == ["two"]


@pytest.mark.parametrize("reads", ["ever(x > 0)", "c < 1h", "line", "both"])
def test_a_tie_over_what_hangs_on_a_value_the_other_writes_is_flagged(reads):
    # in every one of these the option taken depends on who comes first
    text = """
        situation: {x: 0}
        definitions: {both: x > 0 and now > 0h}
        clocks: {c: {while: x > 0}}
        red_lines: {line: {crossed: x > 0}}
        rules:
          %s
          %s
    """
    one = "one: {when: true, after: 5h, do: {x: 1}}"
    two = f"two: {{when: true, after: 5h, choose: {{a: {{if: {reads}}}, otherwise: {{}}}}}}"
    first, second = run(text % (one, two)), run(text % (two, one))
    options = [next(r for r in told(p, "fired") if "two" in r.about) for p in (first, second)]
    assert [r.data["option"] for r in options] == ["a", "otherwise"]
    assert (first.ties, second.ties) == (1, 1)


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("do: {x: 1}", "do: {z: 2}"),
        ("note: x", "do: {x: 1}"),
        ("do: {x: 1}", "note: x"),
        ("choose: {a: {if: x > 0}}", "choose: {a: {if: x > 1}}"),
        ("ask: council, choose: {a: {}}", "do: {x: 1}"),
    ],
)
def test_items_that_do_not_touch_each_other_are_no_tie(one, two):
    assert ties(one, two) == {}


def test_items_at_different_ticks_are_no_tie():
    assert ties("do: {x: 1}", "do: {x: 2}", delay=6) == {}


def test_items_of_different_generations_are_no_tie():
    played = run("""
        situation: {x: 0}
        rules:
          chain: {when: x == 1, do: {x: 2}}
          one:   {when: true, after: 5h, do: {x: 1}}
    """)
    assert [r for _, r in order(played)] == ["one", "chain"]
    assert played.ties == 0


def test_items_of_different_classes_are_no_tie():
    played = run("""
        situation: {x: 0}
        script: {5h: {x: 7}}
        rules:
          held: {when: true, for: 5h, do: {x: 2}}
          due:  {when: true, after: 5h, do: {x: 1}}
    """)
    assert [r for _, r in order(played)] == ["due", "held"]
    assert played.ties == 0


def test_ties_are_counted_without_a_trace_as_well():
    text = TWO.format(one="do: {x: 1}", two="do: {x: 2}", delay=5)
    assert run(text).ties == run(text, trace=False).ties == 1


def test_each_item_taken_is_one_tie_however_many_are_waiting():
    played = run("""
        situation: {x: 0}
        rules:
          one:   {when: true, after: 5h, do: {x: 1}}
          two:   {when: true, after: 5h, do: {x: 2}}
          three: {when: true, after: 5h, do: {x: 3}}
    """)
    assert [r.data.get("ties") for r in told(played, "fired")] == [
        ["two", "three"],
        ["three"],
        None,
    ]
    assert played.ties == 2
