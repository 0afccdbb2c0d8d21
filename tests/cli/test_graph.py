"""`escalation-sim graph`."""

import json

import networkx as nx
import pytest

SCENARIO = """\
schema: 1
title: A lamp and its switch
time: {horizon: 2d}
parameters: {pause: 6h}
situation: {lit: false, dark: false}
definitions: {gloom: {readings: {soon: dark, late: dark and not lit}}}
rules: {switch: {when: gloom, after: pause, do: {lit: true}}}
"""


@pytest.fixture
def lamp(write):
    return write("lamp.yaml", SCENARIO)


def test_the_structure_is_told_on_stdout(call, lamp):
    answer = call("graph", lamp)
    assert (answer.code, answer.err) == (0, "")
    assert answer.out.startswith("A lamp and its switch\n1 parameter, 2 situations, 1 definition, ")
    assert "  lit\n    written by rules.switch\n" in answer.out


def test_a_shipped_scenario_by_number(call):
    assert "rules.coordinated_response_begins" in call("graph", "01").out


def test_a_reading_changes_the_structure(call, lamp):
    default, late = (
        json.loads(call("graph", lamp, "--json", *more).out)
        for more in ((), ("--reading", "gloom=late"))
    )
    assert len(late["edges"]) == len(default["edges"]) + 1


def test_a_file_of_each_kind_is_written_and_said_on_stderr(call, lamp, tmp_path):
    for ending in ("graphml", "json", "dot"):
        out = tmp_path / f"lamp.{ending}"
        answer = call("graph", lamp, "--out", out)
        assert (answer.code, answer.out) == (0, "")
        assert answer.err == f"graph written to {out}\n"
    graph = nx.read_graphml(tmp_path / "lamp.graphml")
    assert graph.has_edge("rules.switch", "situation.lit")
    kept = json.loads((tmp_path / "lamp.json").read_text("utf-8"))
    assert kept == json.loads(call("graph", lamp, "--json").out)


@pytest.mark.parametrize("out", ["lamp.png", "lamp", "nowhere/lamp.json", "", "-"])
def test_a_file_that_cannot_be_written_is_wrong_usage(call, lamp, out):
    answer = call("graph", lamp, "--out", out)
    assert (answer.code, answer.out) == (2, "")
    assert answer.err.startswith("error: ")


def test_faults_of_the_scenario_are_shown(call, write):
    answer = call("graph", write("bad.yaml", SCENARIO.replace("when: gloom", "when: glom")))
    assert answer.code == 1
    assert "did you mean `gloom`?" in answer.err
