"""The tornado: differences of pairs, sorted, with what the ends are and on what they rest."""

import json

import pytest

from escalation_sim import UsageError, compare
from escalation_sim.analysis.matters import matters_of
from escalation_sim.analysis.targets import target_of
from escalation_sim.analysis.tornado import tornado_of
from escalation_sim.model.compiler import compile_scenario
from escalation_sim.scenario.load import load_scenario
from tests.analysis.what_matters import HERE, PRODUCT, read, sourced

LAWS = """
parameters:
  patience: {value: 20h, range: [1h, 50h]}
  delay: {exponential: 10h, range: [0h, 40h]}
  pace: {value: 4h, range: [0h, 9h]}
situation: {asked: true, late: false, done: 0}
ladders: {tone: {rungs: [kind, firm]}}
definitions: {due: {readings: {soon: now >= patience, later: now >= 2 * patience, never: false}}}
rules:
  answer: {when: asked, after: delay, do: {asked: false}}
  insist: {when: asked and due, do: {tone: firm}}
  count: {every: pace, do: {done: done + 1}}
outcomes: {settled: {when: not asked}}
"""


@pytest.fixture(scope="module")
def product(tmp_path_factory):
    scenario = sourced(tmp_path_factory.mktemp("product"), PRODUCT)
    target = target_of(compile_scenario(scenario), outcome="both")
    return tornado_of(scenario, target, runs=800, seed=3, order=HERE)


def test_ends_that_decide_everything_have_the_shares_they_must(product):
    bars = {bar.input.id: bar for bar in product.bars}
    base = product.base.count
    for name in ("p", "q"):
        low, high = bars[name].ends
        assert low.share.count == 0
        assert (low.gained, low.lost) == (0, base)
        assert high.lost == 0
        assert high.share.count == base + high.gained
        assert high.difference == pytest.approx(high.gained / 800)
        assert high.low < 0.25 < high.high
    assert bars["idle"].reach == 0
    assert [e.difference for e in bars["idle"].ends] == [0, 0]
    assert product.points == 7


def test_bars_stand_from_the_longest_to_the_shortest_and_say_on_what_they_rest(product):
    reaches = [bar.reach for bar in product.bars]
    assert reaches == sorted(reaches, reverse=True)
    basis = {bar.input.id: bar.input.basis for bar in product.bars}
    assert basis == {"p": "reported", "q": "assumed", "idle": "assumed"}


def test_inputs_that_change_the_word_are_known(product):
    assert product.base.word == "unlikely"
    bars = {bar.input.id: bar for bar in product.bars}
    assert bars["p"].changes_the_word
    assert not bars["idle"].changes_the_word


def test_a_law_is_moved_by_its_mean_and_a_clause_by_its_other_readings():
    scenario = read(LAWS)
    found = tornado_of(scenario, target_of(compile_scenario(scenario)), runs=200, order=HERE)
    bars = {bar.input.name: bar for bar in found.bars}
    assert found.target.id == "tone.firm"
    assert [e.setting for e in bars["delay.mean"].ends] == ["delay.mean=0h", "delay.mean=40h"]
    assert bars["delay.mean"].ends[0].share.count == 0
    assert [e.setting for e in bars["due"].ends] == ["due=later", "due=never"]
    assert bars["due"].ends[1].share.count == 0
    [(at, why)] = bars["pace"].impossible
    assert at == "0 h"
    assert "never lets time pass" in why


def test_a_bar_says_the_same_as_a_comparison(tmp_path):
    path = tmp_path / "laws.yaml"
    path.write_text("schema: 1\ntitle: t\ntime: {horizon: 200h, tick: 1h}\n" + LAWS, "utf-8")
    scenario = load_scenario(path)
    found = tornado_of(scenario, target_of(compile_scenario(scenario)), runs=150, order=HERE)
    end = next(b for b in found.bars if b.input.id == "patience").ends[1]
    other = compare(path, runs=150, set_b={"patience": "50h"}).rungs["tone.firm"]
    assert (end.difference, end.low, end.high) == (other.difference, other.low, other.high)
    assert (end.gained, end.lost) == (other.gained, other.lost)


def test_runs_that_fail_stay_out_of_shares_and_pairs_and_are_counted():
    scenario = read(
        "parameters: {p: {value: 0.5, range: [0, 1]}}\nsituation: {x: 0, n: 0}\n"
        "rules:\n  a: {when: now >= 1h, chance: 0.5, do: {x: 1}}\n"
        "  b: {when: now >= 2h and x == 1, do: {n: 1 / p}}\n"
        "outcomes: {up: {when: now >= 3h and x == 1}, down: otherwise}"
    )
    target = target_of(compile_scenario(scenario), outcome="up")
    found = tornado_of(scenario, target, runs=100, order=HERE)
    low, high = found.bars[0].ends
    assert found.failed == 100 - low.share.of == found.base.count
    assert (low.share.count, low.gained, low.lost) == (0, 0, 0)
    assert high.difference == 0


def test_nothing_to_vary_and_names_of_nothing_are_refused():
    bare = read("situation: {a: 0}\noutcomes: {open: otherwise}")
    with pytest.raises(UsageError, match="nothing can be varied"):
        matters_of(bare, runs=5)
    with pytest.raises(
        UsageError, match=r"there is no rung `tone\.fimr`; did you mean `tone\.firm`"
    ):
        matters_of(read(LAWS), rung="tone.fimr", runs=5)
    with pytest.raises(UsageError, match="there is no outcome `x`"):
        matters_of(read(LAWS), outcome="x", runs=5)
    with pytest.raises(UsageError, match="not both"):
        matters_of(read(LAWS), outcome="settled", rung="tone.firm", runs=5)


def test_the_json_is_plain_and_says_everything(product):
    data = json.loads(json.dumps(product.as_json()))
    assert data["target"] == {"kind": "outcome", "id": "both", "label": "both"}
    assert data["bars"][0]["ends"][0]["share"] == 0
    assert data["points"] == 7
    assert data["note"] == "illustrative, not a forecast"
