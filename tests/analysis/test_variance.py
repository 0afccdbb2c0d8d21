"""Indices of variance against closed forms, and how they are estimated."""

import json
import sys
from itertools import product

import numpy as np
import pytest

from escalation_sim import UsageError
from escalation_sim.analysis.targets import target_of
from escalation_sim.analysis.variance import Indices, _draws, _estimator, variance_of
from escalation_sim.errors import StudyError
from escalation_sim.model.compiler import compile_scenario
from escalation_sim.studies.ensemble import Order
from escalation_sim.studies.samples import sampled
from escalation_sim.studies.varying import varying_of
from tests.analysis.what_matters import HERE, PRODUCT, SURE, read, sourced


def holds(part, true):
    """Whether a part's interval, half as wide again, holds the true value."""
    half = 0.75 * (part.high - part.low)
    middle = (part.high + part.low) / 2
    return middle - half <= true <= middle + half


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    scenario = sourced(tmp_path_factory.mktemp("product"), PRODUCT)
    target = target_of(compile_scenario(scenario), outcome="both")
    return variance_of(scenario, target, samples=256, seed=2, order=HERE)


def test_a_product_of_two_chances_has_the_indices_worked_out_by_hand(found):
    # Y = [U < p][V < q], all four even on 0 to 1: mean 1/4, variance 3/16
    variance = 3 / 16
    first, total = (1 / 48) / variance, (1 / 12) / variance
    for name in ("p", "q"):
        index = found.index(name)
        assert holds(index.first, first), name
        assert holds(index.total, total), name
        assert index.total.low > index.first.high
    # chance alone: E[Y|U,V] = (1-U)(1-V); in all: what is left when p and q are known
    alone = (1 / 9 - 1 / 16) / variance
    assert holds(found.index("chance").first, alone)
    assert holds(found.index("chance").total, 1 - alone)
    assert found.parts.low < 0.25 < found.parts.high


def test_the_parts_are_those_of_what_is_assumed_of_what_has_a_source_and_of_chance(found):
    parts = found.parts
    assert holds(parts.assumed, 1 / 9)
    assert holds(parts.sourced, 1 / 9)
    assert holds(parts.with_others, 4 / 9)
    told = (parts.assumed, parts.sourced, parts.chance, parts.together)
    assert sum(p.value for p in told) == pytest.approx(1)
    assert [p.target.id for p in found.outcomes] == ["both", "open"]
    # an outcome and its opposite have the same variance
    both, opposite = found.outcomes
    assert both.assumed.value == pytest.approx(opposite.assumed.value)
    assert both.share == pytest.approx(1 - opposite.share)


def test_an_input_that_does_nothing_has_no_part_in_anything(found):
    idle = found.index("idle")
    assert (idle.first.value, idle.total.value) == (0, 0)
    assert (idle.total.low, idle.total.high) == (0, 0)


def test_without_chance_the_inputs_decide_everything():
    scenario = read(SURE)
    found = variance_of(scenario, target_of(compile_scenario(scenario)), samples=256, order=HERE)
    chance = found.index("chance")
    assert (chance.first.value, chance.total.value) == (0, 0)
    assert found.parts.assumed.value == pytest.approx(1, abs=0.12)
    assert found.parts.with_others.value == pytest.approx(1, abs=0.12)
    # above where p + 2q > 1.5: P(above|p) = (1 + 2p)/4, P(above|q) = min(1, max(0, 2q - 1/2))
    grid = (np.arange(2000) + 0.5) / 2000
    for name, given in (("p", (0.5 + grid) / 2), ("q", np.clip(2 * grid - 0.5, 0, 1))):
        assert holds(found.index(name).first, np.var(given) / 0.25), name


def test_where_nothing_happens_there_is_no_variance_to_divide():
    scenario = read(
        "parameters: {p: {value: 0, range: [0, 1]}}\nsituation: {a: 0}\n"
        "rules: {x: {when: a > p, do: {a: 0}}}\noutcomes: {up: {when: a == 1}, open: otherwise}"
    )
    found = variance_of(scenario, target_of(compile_scenario(scenario)), samples=8, order=HERE)
    assert found.parts.assumed.value is None
    assert all(i.total.value is None for i in found.indices)
    assert json.loads(json.dumps(found.as_json()))["parts"]["chance"]["value"] is None


def test_the_estimator_finds_the_indices_of_a_sum():
    # Y = 1 a + 2 b + 4 c of independent even numbers: shares of the variance 1 : 4 : 16
    weights = np.array([1.0, 2.0, 4.0])
    draws = _draws(3, 1)
    rows = [next(draws) for _ in range(1024)]
    a, b = (np.array([row[side] for row in rows]) for side in (0, 1))
    values = [a @ weights, b @ weights]
    for i in range(3):
        mixed = a.copy()
        mixed[:, i] = b[:, i]
        values.append(mixed @ weights)
    found = Indices.of(np.array(values)[:, None, :], _estimator(), seed=1)
    assert found.first[0] == pytest.approx(weights**2 / 21, abs=0.02)
    assert found.total[0] == pytest.approx(weights**2 / 21, abs=0.02)


def test_the_same_sample_comes_from_any_number_of_workers():
    scenario = read(PRODUCT.replace(", claim: said.so", ""))
    target = target_of(compile_scenario(scenario), outcome="both")
    one = variance_of(scenario, target, samples=16, seed=9, order=HERE)
    two = variance_of(scenario, target, samples=16, seed=9, order=Order(workers=2))
    assert one == two


def test_samples_that_cannot_be_carried_out_are_replaced_and_counted():
    half = read(
        "parameters: {p: {value: 1, range: [0, 1]}}\nsituation: {a: 0.0}\n"
        "rules: {x: {when: now >= 1h, do: {a: '1 / max(0, p - 0.1)'}}}\n"
        "outcomes: {up: {when: a >= 1.5}, open: otherwise}"
    )
    found = variance_of(half, target_of(compile_scenario(half)), samples=32, order=HERE)
    assert 0 < found.left_out < 32
    hopeless = read(
        "parameters: {p: {value: 1, range: [0, 1]}}\nsituation: {a: 0.0}\n"
        "rules: {x: {when: now >= 1h, do: {a: 1 / (p - p)}}}"
    )
    with pytest.raises(StudyError, match="more than half"):
        variance_of(hopeless, target_of(compile_scenario(hopeless)), samples=8, order=HERE)


def test_every_sample_keeps_its_random_numbers_but_where_chance_is_swapped():
    scenario = read(PRODUCT.replace(", claim: said.so", ""))
    model = compile_scenario(scenario)
    inputs = varying_of(model)
    nothing = frozenset()
    everything = frozenset(range(len(inputs)))
    swaps = [(nothing, False), (nothing, False), (nothing, True), (everything, True)]
    hits, _ = sampled(
        scenario, inputs, _draws(len(inputs), 1), swaps, [target_of(model, outcome="both")],
        count=64, order=HERE,
    )  # fmt: skip
    columns = [[row[k][0] for row in hits] for k in range(4)]
    assert columns[0] == columns[1]
    assert all(columns[i] != columns[j] for i, j in product([0], [2, 3]))


def test_numbers_of_samples_that_make_no_sense_are_refused():
    scenario = read(SURE)
    target = target_of(compile_scenario(scenario))
    for samples in (0, 4, 100, 2**21):
        with pytest.raises(UsageError, match="power of 2"):
            variance_of(scenario, target, samples=samples)


def test_without_scipy_it_is_said_what_to_install(monkeypatch):
    scenario = read(SURE)
    monkeypatch.setitem(sys.modules, "scipy.stats", None)
    with pytest.raises(UsageError, match=r"install escalation-sim\[statistics\]"):
        variance_of(scenario, target_of(compile_scenario(scenario)), samples=8)
