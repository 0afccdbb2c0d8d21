"""What can be varied, and models at places of the inputs made without compiling again."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from escalation_sim import library
from escalation_sim.engine.simulate import Simulator
from escalation_sim.model.compiler import compile_scenario
from escalation_sim.scenario.load import load_scenario
from escalation_sim.studies.design import Point, model_at
from escalation_sim.studies.variants import Variants, same_work, with_numbers
from escalation_sim.studies.varying import varying_of
from tests.analysis.what_matters import read

MIXED = """
parameters:
  patience: {value: 20h, range: [1h, 50h]}
  twice: {value: 2 * patience}
  slow: {exponential: 4h, range: [1h, 9h]}
  luck: {value: 0.25, range: [0, 1], claim: none}
  fixed: 3h
situation: {a: 0, b: 0, drawn: {draw: slow}}
definitions: {late: {readings: {soon: now >= patience, whenever: now >= twice}}}
rules:
  x: {when: late, after: slow, chance: luck, do: {a: 1}}
  y: {when: a == 1, for: drawn, do: {b: 1}}
""".replace(", claim: none", "")


def by_id(model):
    return {v.id: v for v in varying_of(model)}


def test_ranges_means_of_laws_and_readings_can_be_varied_and_nothing_else():
    found = by_id(compile_scenario(read(MIXED)))
    assert list(found) == ["patience", "slow", "luck", "late"]
    assert [v.kind for v in found.values()] == ["value", "mean", "value", "reading"]
    assert [v.name for v in found.values()] == ["patience", "slow.mean", "luck", "late"]
    assert found["late"].ends == (1.0,)
    assert found["slow"].written == 4.0
    assert all(v.assumed for v in found.values())
    assert "late" not in {v.id for v in varying_of(compile_scenario(read(MIXED)), readings=False)}


def test_a_range_of_no_width_cannot_be_varied():
    model = compile_scenario(
        read("parameters: {p: {value: 1h, range: [1h, 1h]}}\nsituation: {a: 0}")
    )
    assert varying_of(model) == ()


@pytest.mark.parametrize("name", ["01", "07", "18", "23"])
def test_every_place_is_spelled_so_that_it_is_read_back_exactly(name):
    scenario = load_scenario(library.find_scenario(name))
    inputs = varying_of(compile_scenario(scenario))
    for part in (0.013, 0.37, 0.9):
        places = [v.at((part + 0.618 * k) % 1) for k, v in enumerate(inputs)]
        points = [v.point(place) for v, place in zip(inputs, places, strict=True)]
        at_once = Point(
            settings=tuple(s for p in points for s in p.settings),
            readings=tuple(r for p in points for r in p.readings),
        )
        changed = by_id(model_at(scenario, at_once))
        for varying, place in zip(inputs, places, strict=True):
            assert changed[varying.id].written == pytest.approx(place, rel=1e-12)


@given(st.integers(0, 10**9))
@settings(max_examples=60, deadline=None)
def test_durations_are_spelled_without_loss(ticks):
    varying = by_id(compile_scenario(read(MIXED, tick="1s")))["patience"]
    text = varying.spelled(float(ticks))
    units = {"d": 86_400, "h": 3600, "min": 60, "s": 1}
    unit = next(u for u in ("min", "d", "h", "s") if text.endswith(u))
    assert int(text.removesuffix(unit)) * units[unit] == ticks


def test_a_place_that_is_no_end_is_not_rounded_to_one():
    varying = by_id(compile_scenario(read(MIXED)))["patience"]
    assert [varying.at(p) for p in (0, 0.001, 0.999, 1)] == [1.0, 2.0, 49.0, 50.0]


def test_numbers_put_in_give_the_compiled_model_and_the_same_runs():
    scenario = read(MIXED)
    variants = Variants(scenario, varying_of(compile_scenario(scenario)))
    for places in (
        {"patience": 3.0, "slow": 7.0, "luck": 0.5, "late": 1.0},
        {"patience": 49.0, "slow": 2.0, "luck": 0.1, "late": 0.0},
    ):
        compiled = compile_scenario(
            read(
                MIXED,
                set={"patience": f"{places['patience']:g}h", "slow.mean": f"{places['slow']:g}h",
                     "luck": places["luck"]},
                reading={"late": ["soon", "whenever"][int(places["late"])]},
            )
        )  # fmt: skip
        put = variants.model(places)
        assert same_work(put, compiled)
        for replication in range(20):
            rows = [Simulator(m).row(5, replication) for m in (put, compiled)]
            assert rows[0] == rows[1]


def test_what_another_parameter_is_derived_from_is_compiled_in():
    scenario = read(MIXED)
    variants = Variants(scenario, varying_of(compile_scenario(scenario)))
    assert variants.compiled == {"patience"}


def test_the_check_itself_sees_a_number_that_is_not_where_it_should_be():
    model = compile_scenario(read(MIXED))
    assert same_work(model, with_numbers(model, {"luck": 0.25}))
    assert not same_work(model, with_numbers(model, {"luck": 0.3}))
    assert not same_work(model, with_numbers(model, {"slow": 5.0}))
    with pytest.raises(ValueError, match="other sign"):
        with_numbers(model, {"slow": -1.0})
