"""Point 16: merging a scenario with its parent."""

import pytest

from escalation_sim.engine.simulate import Simulator
from escalation_sim.errors import ScenarioError
from tests.small_register import SMALL_REGISTER
from tests.support import family, fired, hours, run, scenario

BASE = """
    schema: 1
    title: the base
    about: what it asks
    sources: claims.yaml
    time: {zero: a start, horizon: 50h, tick: 1h}
    parties: {council: {members: {a: 0.5, b: {joins: 0.6, claim: plan.first}}, claim: plan.first}}
    parameters:
      deadline: {value: 24h, claim: plan.first}
      delay:    {triangular: [1h, 2h, 6h], range: [0h, 30h], claim: plan.first, why: a guess}
      share:    0.5
    situation:
      x:        {starts: false, claim: plan.first}
      level:    [low, mid, high]
    ladders: {stair: {party: council, rungs: [calm, warned, acted], claim: plan.first}}
    definitions:
      due:
        claim: plan.first
        readings:
          early: x and now >= 2h
          late:  x and now >= 9h
      plain: {when: x, claim: plan.first}
    clocks: {c: {while: x, lull: 2h, claim: plan.first}}
    red_lines: {line: {holder: council, crossed: x, claim: side.no}}
    script:
      1h: {x: true, level: mid}
      5h: {level: high}
    rules:
      act:   {when: x, after: 3h, do: {stair: at least warned, level: low}, claim: plan.first}
      pick:  {when: due, choose: {a: {weight: 1}, b: {weight: 3, claim: side.no}},
          claim: plan.first}
      last_: {when: c >= 4h, note: a remark, claim: plan.first}
    outcomes: {over: {when: stair == acted, for: 2h, claim: plan.first}, rest: otherwise}
    results: {total: {total: x}}
    expect: {never_acted: {never: stair == acted}}
"""


@pytest.fixture
def child(tmp_path):
    """Return the model of a child of the base."""

    def made(text):
        return family(
            tmp_path,
            claims=SMALL_REGISTER,
            base=BASE,
            child="schema: 1\ntitle: the child\nextends: base.yaml\n" + text,
        )

    return made


def rule(model, name):
    return next(r for r in model.rules if r.id == name)


def named(entries, name):
    return next(e for e in entries if e.id == name)


def played(model):
    return Simulator(model).run()


# what merges and what is replaced


def test_an_empty_child_is_its_parent(child):
    model = child("")
    assert [r.id for r in model.rules] == ["act", "pick", "last_"]
    assert model.horizon == 50
    assert all(r.claims == ("plan.first",) for r in model.rules)


def test_maps_merge_by_key(child):
    model = child("rules: {act: {after: 7h}}")
    changed = rule(model, "act")
    assert [h for h, r, _ in fired(played(model)) if r == "act"] == [8.0]
    assert len(changed.effects) == 2


def test_maps_within_entries_merge_by_key(child):
    model = child("parties: {council: {members: {a: 0.9, c: 0.1}}}")
    council = named(model.parties, "council")
    assert [(m.id, m.joins.value) for m in council.members] == [("a", 0.9), ("b", 0.6), ("c", 0.1)]


def test_the_head_merges_by_key(child):
    model = child("time: {horizon: 60h}")
    assert (model.horizon, model.zero, model.seconds_per_tick) == (60, "a start", 3600)


def test_lists_are_replaced(child):
    model = child(
        "situation: {level: [low, high]}\n"
        "script: {1h: {x: true}}\n"
        "parameters: {delay: {triangular: [2h, 3h, 4h]}}"
    )
    assert named(model.variables, "level").levels == ("low", "high")
    assert named(model.parameters, "delay").law.arguments == (2.0, 3.0, 4.0)


def test_a_script_entry_is_replaced(child):
    model = child("script: {1h: {level: high}}")
    entry = named(model.script, "1h")
    assert len(entry.effects) == 1
    assert [e.id for e in model.script] == ["1h", "5h"]


def test_do_is_replaced(child):
    assert len(rule(child("rules: {act: {do: {level: high}}}"), "act").effects) == 1


def test_choose_is_replaced(child):
    model = child("rules: {pick: {choose: {c: {weight: 1}}}}")
    assert [o.id for o in rule(model, "pick").options] == ["c"]


def test_do_replaces_choose_and_the_other_way_round(child):
    model = child("rules: {pick: {do: {level: high}}, act: {choose: {a: {}}}}")
    assert (len(rule(model, "pick").options), len(rule(model, "pick").effects)) == (0, 1)
    assert (len(rule(model, "act").options), len(rule(model, "act").effects)) == (1, 0)


def test_one_law_replaces_another_and_a_value_replaces_a_law(child):
    assert (
        named(child("parameters: {delay: {uniform: [1h, 2h]}}").parameters, "delay").law.kind
        == "uniform"
    )
    constant = named(child("parameters: {delay: 5h}").parameters, "delay")
    assert (constant.law, constant.value, constant.why) == (None, 5, "a guess")
    law = named(child("parameters: {deadline: {uniform: [1h, 2h]}}").parameters, "deadline")
    assert law.law.kind == "uniform"


def test_null_removes(child):
    model = child("""
rules: {pick: null, act: {after: null}}
script: {5h: null}
parties: {council: {members: {b: null}}}
clocks: {c: {lull: null}}
outcomes: {over: null}
""")
    assert [r.id for r in model.rules] == ["act", "last_"]
    assert rule(model, "act").after is None
    assert [e.id for e in model.script] == ["1h"]
    assert [m.id for m in named(model.parties, "council").members] == ["a"]
    assert named(model.clocks, "c").lull.value == 0
    assert [o.id for o in model.outcomes] == []


@pytest.mark.parametrize(
    "text", ["rules: {nobody: null}", "rules: {act: {unless: null}}", "script: {9h: null}"]
)
def test_removing_what_is_not_there_is_an_error(child, text):
    with pytest.raises(ScenarioError) as caught:
        child(text)
    assert [d.code for d in caught.value.diagnostics] == ["nothing-to-remove"]


def test_plain_text_replaces_readings(child):
    model = child("definitions: {due: x and now >= 4h}")
    clause = named(model.clauses, "due")
    assert (clause.readings, clause.chosen) == ((), "")
    assert hours(played(model), "pick") == [4.0]


def test_readings_replace_plain_text(child):
    model = child("definitions: {plain: {readings: {one: x, two: not x}}}\nreading: {plain: two}")
    assert named(model.clauses, "plain").readings == ("one", "two")
    assert named(model.clauses, "plain").chosen == "two"


def test_readings_merge_by_key_and_keep_their_order(child):
    model = child("definitions: {due: {readings: {late: x and now >= 7h, third: x}}}")
    assert named(model.clauses, "due").readings == ("early", "late", "third")


def test_a_reading_is_chosen_by_a_child_of_a_few_lines(child):
    assert hours(played(child("")), "pick") == [2.0]
    assert hours(played(child("reading: {due: late}")), "pick") == [9.0]


# rank


def test_what_is_changed_keeps_its_rank_and_what_is_new_comes_last(child):
    model = child("rules: {new: {when: x, note: x}, last_: {note: another}, act: {after: 1h}}")
    assert [r.id for r in model.rules] == ["act", "pick", "last_", "new"]


def test_what_is_removed_and_written_anew_in_a_grandchild_comes_last(tmp_path):
    model = family(
        tmp_path,
        claims=SMALL_REGISTER,
        base=BASE,
        middle="schema: 1\ntitle: m\nextends: base.yaml\nrules: {act: null}",
        last="schema: 1\ntitle: m\nextends: middle.yaml\nrules: {act: {when: x, note: x}}",
    )
    assert [r.id for r in model.rules] == ["pick", "last_", "act"]


# claims


def claims_of(entry):
    return entry.claims


CHANGES = {
    "a value": ("parameters: {deadline: 30h}", "parameters", "deadline"),
    "a value in full": ("parameters: {deadline: {value: 30h}}", "parameters", "deadline"),
    "a law": ("parameters: {delay: {triangular: [1h, 2h, 7h]}}", "parameters", "delay"),
    "a law's mean": ("parameters: {delay: {mean: 6h}}", "parameters", "delay"),
    "a start": ("situation: {x: true}", "variables", "x"),
    "rungs": ("ladders: {stair: {rungs: [calm, warned, acted, more]}}", "variables", "stair"),
    "a reading": ("definitions: {due: {readings: {late: x and now >= 8h}}}", "clauses", "due"),
    "a new reading": ("definitions: {due: {readings: {third: x}}}", "clauses", "due"),
    "a sentence": ("definitions: {plain: not x}", "clauses", "plain"),
    "a clock's condition": ("clocks: {c: {while: not x}}", "clocks", "c"),
    "a lull": ("clocks: {c: {lull: 3h}}", "clocks", "c"),
    "a lull taken away": ("clocks: {c: {lull: null}}", "clocks", "c"),
    "a crossing": ("red_lines: {line: {crossed: not x}}", "red_lines", "line"),
    "a condition": ("rules: {act: {when: not x}}", "rules", "act"),
    "a delay": ("rules: {act: {after: 4h}}", "rules", "act"),
    "a delay taken away": ("rules: {act: {after: null}}", "rules", "act"),
    "an effect": ("rules: {act: {do: {level: low}}}", "rules", "act"),
    "a chance": ("rules: {act: {chance: 0.5}}", "rules", "act"),
    "the options": ("rules: {pick: {choose: {a: 1}}}", "rules", "pick"),
    "an outcome's hold": ("outcomes: {over: {for: 3h}}", "outcomes", "over"),
}


@pytest.mark.parametrize("what", CHANGES)
def test_whoever_changes_without_a_claim_drops_the_claim_of(child, what):
    text, section, name = CHANGES[what]
    before, after = (named(getattr(child(t), section), name) for t in ("", text))
    assert before.basis in ("reported", "declared")
    assert (after.claims, after.basis) == ((), "assumed")


@pytest.mark.parametrize("what", [w for w, (text, _, _) in CHANGES.items() if "{" in text[12:]])
def test_only_the_changed_entry_loses_its_claim_with(child, what):
    text, section, name = CHANGES[what]
    model, base = child(text), child("")
    for others in (
        "parameters",
        "variables",
        "clauses",
        "clocks",
        "red_lines",
        "rules",
        "outcomes",
    ):
        for one in getattr(base, others):
            if (others, one.id) != (section, name):
                assert named(getattr(model, others), one.id).claims == one.claims, one.id


def test_a_change_with_a_claim_has_that_claim(child):
    model = child("parameters: {deadline: {value: 30h, claim: side.no}}")
    assert named(model.parameters, "deadline").claims == ("side.no",)
    assert named(model.parameters, "deadline").basis == "declared"


@pytest.mark.parametrize(
    ("text", "section", "name"),
    [
        ("parameters: {delay: {why: a better guess}}", "parameters", "delay"),
        ("parameters: {delay: {range: [0h, 9h]}}", "parameters", "delay"),
        ("parameters: {deadline: 24h}", "parameters", "deadline"),
        ("rules: {last_: {note: in other words}}", "rules", "last_"),
        ("rules: {act: {label: A label}}", "rules", "act"),
        ("rules: {act: {stream: another}}", "rules", "act"),
        ("reading: {due: late}", "clauses", "due"),
        ("definitions: {plain: {public: true}}", "clauses", "plain"),
    ],
)
def test_a_change_of_words_or_of_nothing_keeps_the_claim(child, text, section, name):
    assert named(getattr(child(text), section), name).claims == ("plan.first",)


def test_a_member_whose_chance_is_changed_loses_its_claim(child):
    base = named(named(child("").parties, "council").members, "b")
    assert base.basis == "reported"
    for text in ("0.9", "{joins: 0.9}", "{weight: 3}"):
        model = child(f"parties: {{council: {{members: {{b: {text}}}}}}}")
        assert named(named(model.parties, "council").members, "b").basis == "assumed", text


def test_setting_from_outside_drops_the_claim_as_well():
    text = """
        schema: 1
        title: t
        sources: claims.yaml
        time: {horizon: 9h, tick: 1h}
        parameters: {deadline: {value: 2h, claim: plan.third-phase}}
        rules: {r: {when: true, after: deadline, note: x, claim: plan.third-phase}}
    """
    for change in (
        {"parameters.deadline": "3h"},
        {"deadline": "3h"},
        {"parameters.deadline.value": "3h"},
    ):
        model = scenario(text, set=change)
        assert model.parameters[0].basis == "assumed"
        assert model.rules[0].basis == "reported"
        assert hours(run(text, set=change), "r") == [3.0]
    assert scenario(text).parameters[0].basis == "reported"


def test_a_choice_among_the_readings_is_no_change_of_them():
    text = """
        schema: 1
        title: t
        sources: claims.yaml
        time: {horizon: 9h, tick: 1h}
        definitions: {d: {claim: plan.third-phase, readings: {one: now >= 1h, two: now >= 2h}}}
        rules: {r: {when: d, note: x}}
    """
    assert scenario(text, reading={"d": "two"}).clauses[0].basis == "reported"
    assert hours(run(text, reading={"d": "two"}), "r") == [2.0]


# what is not inherited, and where things stand


def test_expectations_are_not_inherited(tmp_path):
    # the child has no rung `acted`; the parent's expectation of it would be an error
    model = family(
        tmp_path,
        claims=SMALL_REGISTER,
        base=BASE,
        child=(
            "schema: 1\n"
            "title: c\n"
            "extends: base.yaml\n"
            "ladders: {stair: {rungs: [calm, warned]}}\n"
            "outcomes: {over: null}"
        ),
    )
    assert model.title == "c"


def test_title_and_about_are_a_files_own(child):
    model = child("")
    assert (model.title, model.about) == ("the child", "")


def test_spans_keep_their_own_file(child):
    model = child("parameters: {deadline: 30h}\nrules: {new: {when: x, note: x}}")
    assert rule(model, "new").where.startswith("child.yaml:")
    assert rule(model, "act").where.startswith("base.yaml:")


def test_an_error_stands_in_the_file_in_which_it_was_written(child):
    with pytest.raises(ScenarioError) as caught:
        child("rules: {act: {when: nobody}}\nsituation: {level: [low, middle]}")
    places = {(d.code, d.span.file.name.rpartition("/")[2]) for d in caught.value.diagnostics}
    assert ("unknown-name", "child.yaml") in places
    assert any(name == "base.yaml" for _, name in places)


def test_a_model_names_all_its_files_the_own_first(child):
    assert [name for name, _ in child("").files][:2] == ["child.yaml", "base.yaml"]


def test_a_grandchild_lays_one_over_the_other(tmp_path):
    model = family(
        tmp_path,
        claims=SMALL_REGISTER,
        base=BASE,
        middle="schema: 1\ntitle: m\nextends: base.yaml\nparameters: {deadline: 30h, share: 0.6}",
        last="schema: 1\ntitle: m\nextends: middle.yaml\nparameters: {deadline: 40h}",
    )
    assert named(model.parameters, "deadline").value == 40
    assert named(model.parameters, "share").value == 0.6


def test_two_entries_of_a_child_and_its_parent_may_clash_in_the_script(child):
    with pytest.raises(ScenarioError) as caught:
        child("script: {60min: {x: false}}")
    assert [d.code for d in caught.value.diagnostics] == ["script-clash"]
