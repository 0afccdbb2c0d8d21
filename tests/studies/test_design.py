"""Design points: what a sweep, a reading and a rule left out come down to."""

import pytest

from escalation_sim.errors import ScenarioError, UsageError
from escalation_sim.scenario.load import load_scenario
from escalation_sim.studies.design import Point, design_of_model, designed, split_values
from tests.studies.support import small_design, studied, write


def labels(design):
    return [point.label for point in design.points]


def test_without_anything_there_is_one_point_as_written(tmp_path):
    design = small_design(tmp_path)
    assert design.points == (Point(),)
    assert design.base.changes == ()


def test_sweeps_are_crossed_and_the_first_varies_slowest(tmp_path):
    design = small_design(
        tmp_path, sweeps=[("patience", ["5h", "10h"]), ("reply_chance", ["0.1", "0.2", "0.3"])]
    )
    assert labels(design)[:4] == [
        "patience=5h, reply_chance=0.1",
        "patience=5h, reply_chance=0.2",
        "patience=5h, reply_chance=0.3",
        "patience=10h, reply_chance=0.1",
    ]
    model = design.model(5)
    assert [(p.id, p.value) for p in model.parameters] == [("patience", 600), ("reply_chance", 0.3)]


def test_all_readings_of_a_clause_are_points(tmp_path):
    design = small_design(tmp_path, readings=[("late", "all")])
    assert [design.model(i).readings for i in range(2)] == [{"late": "soon"}, {"late": "whenever"}]
    assert labels(design) == ["late=soon", "late=whenever"]


def test_each_leaves_out_one_rule_at_a_time_beside_the_whole(tmp_path):
    design = small_design(tmp_path, without=["each"])
    whole = [r.id for r in design.model(0).rules]
    assert design.points[0] == Point()
    for number, rule in enumerate(whole, start=1):
        assert design.points[number].label == f"without {rule}"
        assert [r.id for r in design.model(number).rules] == [r for r in whole if r != rule]


def test_a_result_that_counts_the_rule_goes_with_it(tmp_path):
    design = small_design(tmp_path, without=["remind"])
    assert "reminders" not in [r.id for r in design.model(1).results]
    assert design.points[1].every_setting == (
        ("rules.remind", "null"),
        ("results.reminders", "null"),
    )


def test_a_rule_that_others_need_is_told_and_skipped_only_among_each(tmp_path):
    text = """\
schema: 1
title: two streams
time: {horizon: 9h}
situation: {a: false}
rules: {x: {when: a, do: {a: false}}, y: {when: not a, do: {a: true}}}
results: {both: {value: 2}, xs: {count: x}}
"""
    scenario = load_scenario(write(tmp_path, text, "two.yaml"))
    design = designed(scenario, without=["each"])
    assert labels(design) == ["", "without x", "without y"]
    assert design.skipped == ()


@pytest.mark.parametrize(
    ("how", "message"),
    [
        ({"without": ["remnd"]}, "did you mean `remind`"),
        ({"readings": [("lat", "all")]}, "did you mean `late`"),
        ({"sweeps": [("patience", [])]}, "give values"),
        (
            {"sweeps": [("patience", [f"{i}h" for i in range(200)])] * 3},
            "8,000,000 design points",
        ),
    ],
)
def test_what_makes_no_sense_is_refused_before_anything_is_run(tmp_path, how, message):
    with pytest.raises(UsageError, match=message):
        small_design(tmp_path, **how)


@pytest.mark.parametrize(
    "how",
    [
        {"sweeps": [("pateince", ["1h"])]},
        {"sweeps": [("patience", ["1h", "high"])]},
        {"readings": [("late", "sometimes")]},
    ],
)
def test_a_point_that_is_no_scenario_is_an_error_with_its_place(tmp_path, how):
    with pytest.raises(ScenarioError) as caught:
        small_design(tmp_path, **how)
    assert str(caught.value)


def test_a_file_that_changes_meanwhile_changes_nothing(tmp_path):
    design = small_design(tmp_path, sweeps=[("patience", [f"{i}h" for i in range(1, 90)])])
    before = studied(tmp_path, 3, design=design).digest
    (tmp_path / "letter.yaml").write_text("schema: 1\n", "utf-8")
    fresh = designed(design.scenario, sweeps=[("patience", [f"{i}h" for i in range(1, 90)])])
    assert studied(tmp_path, 3, design=fresh).digest == before


def test_a_changed_point_is_the_scenario_with_the_same_change_loaded_from_its_file(tmp_path):
    design = small_design(tmp_path, sweeps=[("patience", ["5h"])], readings=[("late", "whenever")])
    loaded = small_design(tmp_path, settings=[("patience", "5h")], readings=[("late", "whenever")])
    assert design.base.hash == loaded.base.hash
    assert design.base.changes == ("patience=5h", "reading.late=whenever")


def test_a_model_alone_is_a_design_of_one_point(tmp_path):
    model = small_design(tmp_path).base
    assert design_of_model(model).model(0) is model


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("1,2,3", ["1", "2", "3"]),
        (" 1h , 2h,", ["1h", "2h"]),
        ("{uniform: [1h, 2h]},{uniform: [2h, 4h]}", ["{uniform: [1h, 2h]}", "{uniform: [2h, 4h]}"]),
        ("max(1, 2),3", ["max(1, 2)", "3"]),
        ("'a,b',c", ["'a,b'", "c"]),
        ("", []),
    ],
)
def test_values_are_cut_at_commas_outside_of_brackets_and_quotes(text, values):
    assert split_values(text) == values
