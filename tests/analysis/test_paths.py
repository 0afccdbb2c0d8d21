"""Escalation paths: each told by one replication, counted over all, the same as run by run."""

import json
from collections import Counter, defaultdict
from dataclasses import replace
from itertools import pairwise
from statistics import median_low

import networkx as nx
import pytest

from escalation_sim import UsageError
from escalation_sim.analysis import paths as room
from escalation_sim.analysis.flows import OTHER, flows_of
from escalation_sim.analysis.paths import joints_of, marks_of, paths_of, write_paths
from escalation_sim.analysis.study import study_of
from escalation_sim.chance.address import fold
from escalation_sim.engine.simulate import Simulator
from escalation_sim.scenario.load import load_scenario
from escalation_sim.studies.design import designed
from tests.figures.test_study_figures import TWO_SIDES
from tests.studies.support import studied, write

RUNS = 260


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    folder = tmp_path_factory.mktemp("paths")
    path = write(folder, f"schema: 1\ntitle: Two sides\n{TWO_SIDES}")
    return study_of(studied(folder, RUNS, design=designed(load_scenario(path))))


@pytest.fixture(scope="module")
def found(study):
    return paths_of(study)


@pytest.fixture(scope="module")
def runs(study):
    simulator = Simulator(study.points[0].model)
    return [simulator.run(study.seed, r, trace=False) for r in range(RUNS)]


def test_paths_are_those_of_the_runs_one_by_one(found, runs):
    counted = Counter(joints_of(run) for run in runs)
    assert {path.joints: path.count for path in found.paths} == dict(counted)
    assert [p.count for p in found.paths] == sorted(counted.values(), reverse=True)
    for path in found.paths:
        first = next(run for run in runs if joints_of(run) == path.joints)
        assert path.replication == first.replication


def test_the_steps_of_a_run_fold_into_the_path_of_its_row(study):
    simulator = Simulator(study.points[0].model)
    for replication in range(40):
        joints = joints_of(simulator.run(1, replication, trace=False))
        word = 0
        for before, after in pairwise(joints):
            for i, (a, b) in enumerate(zip(before, after, strict=True)):
                if a != b:
                    word = fold(word, 0, i, b, 0)
        assert word == simulator.row(1, replication).path


def test_times_of_steps_and_ends_are_those_of_the_runs(found, runs):
    entered, ended = defaultdict(list), defaultdict(list)
    for run in runs:
        joints = joints_of(run)
        ended[joints, run.outcome].append(run.ended_at)
        ticks = sorted({stay.entered for stay in run.stays})
        assert len(ticks) == len(joints)
        for k, tick in enumerate(ticks):
            entered[joints, k].append(tick)
    for path in found.paths:
        for k, arrival in enumerate(path.arrivals):
            exact = median_low(entered[path.joints, k]) * 1.0
            told = found.median_hours(arrival)
            assert told == pytest.approx(found.model.hours(exact), abs=0.5)
            assert arrival.n == path.count
        for outcome, spread in path.ends.items():
            assert spread.n == len(ended[path.joints, outcome])
            assert spread.greatest == max(ended[path.joints, outcome])


def test_shares_of_the_edges_into_outcomes_add_up_to_one(found):
    graph = found.graph()
    ends = [n for n, told in graph.nodes(data=True) if told["kind"] == "outcome"]
    into = [told for *_, told in graph.in_edges(ends, data=True)]
    assert sum(told["count"] for told in into) == found.runs
    assert sum(told["share"] for told in into) == pytest.approx(1.0)
    (start,) = [n for n in graph if graph.in_degree(n) == 0]
    assert graph.nodes[start]["count"] == found.runs


def test_what_goes_into_a_place_comes_out_of_it(found):
    graph = found.graph()  # on this scenario nobody comes back to where they were
    for name, told in graph.nodes(data=True):
        flows_in = sum(graph.edges[e]["count"] for e in graph.in_edges(name))
        flows_out = sum(graph.edges[e]["count"] for e in graph.out_edges(name))
        if graph.in_degree(name):
            assert flows_in == told["count"]
        if graph.out_degree(name):
            assert flows_out == told["count"]


def test_graphml_and_json_read_back_as_the_same_graph(found, tmp_path):
    graph = found.graph()
    write_paths(found, tmp_path / "paths.graphml")
    back = nx.read_graphml(tmp_path / "paths.graphml")
    assert set(back.edges) == set(graph.edges)
    for name, told in graph.nodes(data=True):
        assert back.nodes[name] == told
    for edge in graph.edges:
        assert back.edges[edge] == graph.edges[edge]
    write_paths(found, tmp_path / "paths.json")
    plain = json.loads((tmp_path / "paths.json").read_text("utf-8"))
    assert sum(path["count"] for path in plain["paths"]) == found.runs
    assert sum(path["share"] for path in plain["paths"]) == pytest.approx(1.0)
    assert {(e["source"], e["target"]) for e in plain["edges"]} == set(graph.edges)
    with pytest.raises(UsageError, match="graphml"):
        write_paths(found, tmp_path / "paths.txt")


def test_too_many_paths_and_interrupted_studies_are_refused(study):
    (point,) = study.points
    many = replace(point, aggregate=replace(point.aggregate, paths=None))
    with pytest.raises(UsageError, match="10,000"):
        paths_of(replace(study, points=(many,)))
    with pytest.raises(UsageError, match="interrupted"):
        paths_of(replace(study, complete=False))


def test_a_step_that_only_returns_has_no_time_of_its_own():
    joints = ((0, 0), (1, 0), (0, 0), (2, 1), (2, 0))
    assert marks_of(joints, (0, 4)) == [0, 1, None, 2, None]


def test_times_do_not_depend_on_chunks(study, found, monkeypatch):
    monkeypatch.setattr(room, "usual_size", lambda *_: 7)
    again = paths_of(study)
    assert again.as_json() == found.as_json()


def test_flows_keep_every_run_and_merge_the_rare(found):
    flows = flows_of(found, 0, 1)
    assert sum(spread.n for spread in flows.ends.values()) == found.runs
    assert sum(flows.kinds.values()) == found.runs
    start = min(flows.counts)
    assert flows.counts[start] == found.runs
    for place, count in flows.counts.items():
        into = sum(n for (_, b), n in flows.moves.items() if b == place)
        out = sum(n for (a, _), n in flows.moves.items() if a == place)
        ended = sum(s.n for (where, _), s in flows.ends.items() if where == place)
        assert count == out + ended
        assert place == start or count == into
    for (rung, other), count in flows.counts.items():
        assert other == OTHER or rung == 0 or count >= 0.02 * found.runs


def test_of_many_rungs_the_lowest_and_the_highest_are_kept(found):
    flows = flows_of(found, 0, 1, most=3)
    assert flows.rungs[0] == 0
    assert flows.rungs[-1] == 3
    assert len(flows.rungs) == 3
