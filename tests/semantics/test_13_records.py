"""Point 13: what every record carries, and that what did not happen is recorded too."""

import pytest

from escalation_sim.engine.simulate import Simulator
from escalation_sim.workbench import load
from tests.small_register import SMALL_REGISTER
from tests.support import SHIPPED, about, family, run, told, uniform, whole

TEXT = """
    parties: {council: {members: {a: 1, b: 0}}}
    situation: {severity: [none, minor, extensive], reported: {like: severity}, talks: false}
    ladders: {response: {rungs: [calm, warned, acted]}}
    definitions: {due: reported >= extensive and c >= 4h}
    clocks: {c: {while: reported > none, lull: 1h, pause: talks}}
    red_lines: {line: {crossed: response == acted}}
    script: {1h: {severity: minor}, 2h: {severity: extensive}, 20h: {talks: true},
        22h: {talks: false}}
    rules:
      report: {on_change: severity, after: 2h, do: {reported: was(severity)}}
      warn:   {when: reported > none, for: 1h, after: 1h, do: {response: at least warned}}
      vote:   {when: due, ask: council, choose: {act: {if: council.joined >= 1,
          do: {response: acted}}}}
      answer: {when: line, note: an answer}
"""


@pytest.fixture(scope="module")
def played():
    return run(TEXT)


def one(run, kind, about_, **data):
    (found,) = [
        r
        for r in run.records
        if r.kind == kind and r.about == about_ and data.items() <= r.data.items()
    ]
    return found


def causes(run, record):
    return [(run.records[i].kind, run.records[i].about) for i in record.causes]


def test_records_are_numbered_and_in_the_order_of_time(played):
    assert [r.id for r in played.records] == list(range(len(played.records)))
    places = [(r.tick, r.place) for r in played.records]
    assert places == sorted(places)


def test_the_end_stands_last_in_its_tick():
    # the clocks are moved once more at 3 h, where nothing happens; the run ends at 2 h
    played = run("""
        situation: {x: 0}
        rules:
          one: {when: now >= 2h, do: {x: x + 1}}
          two: {when: x > 0, do: {x: x + 1}}
          six: {when: x > 1, do: {x: x + 1}}
    """)
    assert played.ended_at == 2
    places = [(r.tick, r.place) for r in played.records]
    assert places == sorted(places)


def test_every_record_carries_its_tick_and_its_place_within_it(played):
    assert [(r.tick, r.kind) for r in told(played, "script")] == [
        (t, "script") for t in (1, 2, 20, 22)
    ]
    script = one(played, "script", "script.2h")
    clock = one(played, "clock_started", "clocks.c")
    assert script.place == 0
    assert clock.tick == 3
    assert all(isinstance(r.place, int) and r.place >= 0 for r in played.records)


def test_every_record_of_an_entry_carries_its_file_and_line(played):
    for record in played.records:
        if record.kind in ("begin", "end", "latched"):
            continue
        assert record.where.startswith("test.yaml:"), record
    written = [line.strip() for line in whole(TEXT).splitlines()]
    for about_, start in (
        ("rules.report", "report:"),
        ("rules.vote", "vote:"),
        ("clocks.c", "clocks:"),
        ("red_lines.line", "red_lines:"),
        ("script.2h", "script:"),
    ):
        line = next(i for i, text in enumerate(written, start=1) if text.startswith(start))
        assert {r.where for r in played.records if r.about == about_} == {f"test.yaml:{line}"}


def test_records_carry_the_claims_of_their_entry(tmp_path):
    model = family(
        tmp_path,
        claims=SMALL_REGISTER,
        main="""
            schema: 1
            title: with claims
            sources: claims.yaml
            time: {horizon: 9h, tick: 1h}
            situation: {x: false}
            script: {1h: {x: true}}
            clocks: {c: {while: x, claim: plan.first}}
            red_lines: {line: {crossed: x, claim: side.no}}
            rules:
              r: {when: x, note: x, claim: [plan.first, side.no]}
              s: {when: x, choose: {a: {claim: side.no}}, claim: plan.first}
              t: {when: x, note: x}
        """,
    )
    played = Simulator(model).run()
    claims = {(r.kind, r.about): r.claims for r in played.records}
    assert claims["fired", "rules.r"] == ("plan.first", "side.no")
    assert claims["fired", "rules.s"] == ("side.no",)
    assert claims["fired", "rules.t"] == ()
    assert claims["clock_started", "clocks.c"] == ("plan.first",)
    assert claims["crossed", "red_lines.line"] == ("side.no",)


# causes


def test_causes_go_back_to_the_script(played):
    reported = one(played, "triggered", "rules.report", occurrence=1)
    assert causes(played, reported) == [("script", "script.1h")]
    waits = one(played, "waits", "rules.report", occurrence=1)
    assert causes(played, waits) == [("triggered", "rules.report")]
    fired = one(played, "fired", "rules.report", occurrence=1)
    assert causes(played, fired) == [("waits", "rules.report")]
    clock = one(played, "clock_started", "clocks.c")
    assert causes(played, clock) == [("fired", "rules.report")]
    vote = one(played, "triggered", "rules.vote")
    assert set(causes(played, vote)) == {("clock_started", "clocks.c"), ("fired", "rules.report")}
    crossed = one(played, "crossed", "red_lines.line")
    assert causes(played, crossed) == [("fired", "rules.vote")]
    answer = one(played, "triggered", "rules.answer")
    assert ("fired", "rules.vote") in causes(played, answer)


def test_causes_are_earlier_records_and_the_latest_stands_first(played):
    for record in played.records:
        assert all(0 <= cause < record.id for cause in record.causes), record
        assert list(record.causes) == sorted(set(record.causes), reverse=True), record


@pytest.mark.parametrize(
    "text",
    [
        "situation: {x: true, stop: true}\nrules: {r: {when: x, after: 2h, unless: stop, note: x}}",
        (
            "situation: {stop: false}\n"
            "script: {9h: {stop: true}}\n"
            "rules: {r: {rate: 1 / 1h, after: 9h, unless: stop, note: x}}"
        ),
        (
            "situation: {stop: false}\n"
            "script: {9h: {stop: true}}\n"
            "rules: {r: {rate: 1 / 1h, unless: stop, note: x}}"
        ),
        (
            "situation: {stop: false}\n"
            "script: {9h: {stop: true}}\n"
            "rules: {r: {every: 1h, after: 3h, unless: stop, note: x}}"
        ),
        "situation: {x: true}\nscript: {3h: {x: false}}\nrules: {r: {when: x, for: 9h, note: x}}",
        (
            "situation: {x: 0}\n"
            "script: {3h: {x: 1}}\n"
            "rules: {r: {on_change: x, when: x > 0, for: 1h, within: 0h, choose: {a: {}}}}"
        ),
        "situation: {x: true}\nrules: {r: {when: x, after: 2h, again: true, note: x}}",
        "rules: {r: {every: 2h, chance: 0.5, note: x}}",
        (
            "situation: {x: true}\n"
            "script: {3h: {x: false}, 4h: {x: true}}\n"
            "rules: {r: {when: x, after: 9h, note: x}}"
        ),
    ],
)
def test_no_record_names_a_cause_that_is_not_there(text):
    for record in run(text, horizon="40h").records:
        assert all(0 <= cause < record.id for cause in record.causes), record


@pytest.mark.parametrize("path", SHIPPED, ids=lambda p: p.stem)
def test_in_shipped_scenarios_every_cause_is_an_earlier_record(path):
    simulator = Simulator(load(path))
    for replication in range(20):
        for record in simulator.run(1, replication).records:
            assert all(0 <= cause < record.id for cause in record.causes), record
            assert len(set(record.causes)) == len(record.causes), record


# values read and written


def test_records_carry_the_values_written(played):
    assert one(played, "script", "script.2h").writes == {"severity": ("minor", "extensive")}
    assert one(played, "fired", "rules.warn").writes == {"response": ("calm", "warned")}
    assert one(played, "begin", "run").writes["response"] == (None, "calm")


def test_records_of_triggers_and_clocks_carry_the_values_read(played):
    assert one(played, "triggered", "rules.vote").reads == {"reported": "extensive", "c": "4 h"}
    assert one(played, "clock_started", "clocks.c").reads == {"reported": "minor"}
    assert one(played, "crossed", "red_lines.line").reads == {"response": "acted"}


def test_records_of_firings_carry_the_values_read():
    played = run("""
        situation: {x: 0, other: 3, wait: 2h}
        script: {1h: {x: 1}}
        rules:
          effect: {when: x == 1, do: {x: other + 4}}
          option: {when: x == 1, choose: {a: {if: other > 2, do: {x: 9}}}}
    """)
    assert one(played, "fired", "rules.effect").reads == {"other": "3"}
    assert one(played, "fired", "rules.option").reads == {"other": "3"}


def test_records_of_votes_tell_how_each_member_decided(played):
    asked = one(played, "fired", "rules.vote").data["asked"]
    assert {m: v[0] for m, v in asked.items()} == {"a": True, "b": False}
    assert {m: v[1] for m, v in asked.items()} == {
        m: uniform(f"rules.vote.ask.{m}", 1) for m in "ab"
    }


def test_records_of_clocks_tell_what_the_hand_shows(played):
    assert one(played, "clock_started", "clocks.c").data["hand"] == 0
    assert one(played, "clock_paused", "clocks.c").data["hand"] in (16, 17)


def test_records_tell_the_option_and_the_occurrence(played):
    assert one(played, "fired", "rules.vote").data["option"] == "act"
    assert [r.data["occurrence"] for r in told(played, "fired") if r.about == "rules.report"] == [
        1,
        2,
    ]


# what did not happen


def test_a_for_called_off_is_recorded_with_what_called_it_off_and_what_was_false():
    played = run("""
        situation: {x: 0, z: true}
        script: {1h: {x: 5}, 3h: {x: 1}}
        definitions: {much: x > 3}
        rules: {r: {when: z and much, for: 9h, note: x}}
    """)
    off = one(played, "called_off", "rules.r")
    assert off.tick == 3
    assert ("script", "script.3h") in causes(played, off)
    assert ("triggered", "rules.r") in causes(played, off)
    (failing,) = off.data["failing"]
    assert failing["text"] == "x > 3"
    assert failing["within"] == ["much"]
    assert failing["values"] == {"x": "1"}
    assert off.reads == {"x": "1"}
    assert off.data["due"] == 10


def test_an_after_called_off_by_unless_is_recorded_with_what_called_it_off():
    played = run("""
        situation: {x: true, stop: false}
        script: {3h: {stop: true}}
        rules: {r: {when: x, after: 9h, unless: stop, note: x}}
    """)
    off = one(played, "called_off", "rules.r")
    assert (off.tick, off.reads) == (3, {"stop": "true"})
    assert ("script", "script.3h") in causes(played, off)


@pytest.mark.parametrize("more", ["", "after: 2h, "])
@pytest.mark.parametrize("kind", ["rate: 1 / 1h", "every: 1h", "when: now >= 1h", "on_change: x"])
def test_what_was_called_off_had_been_triggered(kind, more):
    played = run(f"""
        situation: {{x: 0, stop: false}}
        script: {{2h: {{x: 1}}, 4h: {{stop: true}}, 5h: {{x: 2}}}}
        rules: {{r: {{{kind}, {more}unless: stop, note: x}}}}
    """, horizon="20h")  # fmt: skip
    begun = set()
    for record in told(played, "triggered", "called_off"):
        if record.kind == "called_off":
            assert record.data["occurrence"] in begun, record
        begun.add(record.data["occurrence"])


def test_a_chance_that_failed_is_recorded_drawn_against_threshold():
    played = run("situation: {x: true}\nrules: {r: {when: x, chance: 0.000001, note: x}}")
    assert one(played, "chance_failed", "rules.r").data["chance"] == [
        uniform("rules.r.chance", 1),
        0.000001,
    ]


def test_a_missed_deadline_is_recorded():
    played = run("rules: {r: {when: true, after: 9h, within: 5h, choose: {a: {}, otherwise: {}}}}")
    assert one(played, "fired", "rules.r").data["lapsed"] is True
    assert one(played, "triggered", "rules.r").data["deadline"] == 5


def test_a_trigger_that_was_ignored_is_recorded_with_what_still_waited():
    played = run("""
        situation: {x: true}
        script: {3h: {x: false}, 4h: {x: true}}
        rules: {r: {when: x, after: 9h, note: x}}
    """)
    ignored = one(played, "ignored", "rules.r")
    assert (ignored.tick, ignored.data["occurrence"], ignored.data["waiting"]) == (4, 2, 1)


def test_clocks_that_are_reset_are_recorded_with_what_stopped_them():
    played = run("""
        situation: {x: true}
        script: {3h: {x: false}}
        clocks: {c: {while: x, lull: 5h}}
        rules: {r: {when: c > 9h, note: x}}
    """)
    assert about(played, "clock_stopped", "clock_reset") == [
        (3.0, "clock_stopped", "c"),
        (8.0, "clock_reset", "c"),
    ]
    assert ("script", "script.3h") in causes(played, one(played, "clock_stopped", "clocks.c"))
    assert ("clock_stopped", "clocks.c") in causes(played, one(played, "clock_reset", "clocks.c"))


def test_a_note_is_recorded():
    played = run(
        "rules: {r: {when: true, note: a remark}, s: {when: true, choose: {a: {note: another}}}}"
    )
    assert [r.data["note"] for r in told(played, "fired")] == ["a remark", "another"]


def test_an_outcome_is_recorded_with_its_causes():
    played = run("""
        situation: {x: false}
        script: {3h: {x: true}}
        rules: {r: {when: x, note: x}}
        outcomes: {over: x}
    """)
    outcome = one(played, "outcome", "outcomes.over")
    assert causes(played, outcome) == [("script", "script.3h")]
    assert outcome.reads == {"x": "true"}


def test_a_latch_is_recorded():
    played = run(
        "situation: {x: false}\nscript: {3h: {x: true}}\nrules: {r: {when: ever(x), note: x}}"
    )
    assert [(r.tick, causes(played, r)) for r in told(played, "latched")] == [
        (3, [("script", "script.3h")])
    ]
    assert causes(played, one(played, "triggered", "rules.r")) == [
        ("latched", told(played, "latched")[0].about)
    ]
