"""The structure as a networkx graph: what is exported, circles, loose ends, words."""

import json

import networkx as nx
import pytest

from escalation_sim.analysis.structure import (
    FORMATS,
    circles_in,
    graph_of,
    loose_ends,
    structure_text,
    write_structure,
)
from escalation_sim.model.graph import structure_of
from tests.support import SHIPPED, load, scenario

TEXT = """
    parties: {us: {name: Us}, them: {name: Them}, bystander: {name: 'A "bystander"'}}
    parameters: {slow: 5h, forgotten: 3}
    situation: {a: false, b: false, seen: false}
    rules:
      there: {by: us, when: not a and not b, after: slow, do: {a: true}}
      back: {by: them, when: a, after: 1h, do: {b: true, a: false}}
      look: {when: b, do: {seen: true}}
      more: {on_change: seen, after: 9h, chance: 0.5, note: x}
"""


@pytest.fixture
def structure():
    return structure_of(scenario(TEXT))


def test_the_graph_has_every_node_and_edge_with_its_words(structure):
    graph = graph_of(structure)
    assert set(graph) == {node.id for node in structure.nodes}
    assert graph.number_of_edges() == len(structure.edges)
    assert graph.nodes["rules.there"]["party"] == "us"
    assert graph.nodes["rules.there"]["where"] == "test.yaml:9"
    assert graph.edges["situation.a", "rules.there", "triggers"]["keys"] == "when"
    assert nx.has_path(graph, "parameters.slow", "situation.seen")


def test_what_acts_on_itself_by_way_of_others_is_a_circle(structure):
    assert circles_in(structure) == (("situation.a", "situation.b", "rules.there", "rules.back"),)


def test_a_rule_that_reads_what_it_writes_is_a_circle():
    found = structure_of(scenario("situation: {n: 0}\nrules: {r: {when: n < 3, do: {n: n + 1}}}"))
    assert circles_in(found) == (("situation.n", "rules.r"),)


def test_without_feedback_there_are_no_circles():
    found = structure_of(scenario("situation: {n: 0}\nscript: {3h: {n: 4}}"))
    assert circles_in(found) == ()


def test_what_nothing_reads_and_who_does_nothing_are_loose_ends(structure):
    assert loose_ends(structure) == ("parties.bystander", "parameters.forgotten")


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_graphml_read_again_is_the_same_graph(path, tmp_path):
    graph = graph_of(structure_of(load(path)))
    out = tmp_path / "graph.graphml"
    write_structure(structure_of(load(path)), out)
    again = nx.read_graphml(out, force_multigraph=True)
    assert dict(again.nodes(data=True)) == dict(graph.nodes(data=True))
    kinds = sorted((a, b, data["kind"], data["keys"]) for a, b, data in again.edges(data=True))
    assert kinds == sorted((a, b, d["kind"], d["keys"]) for a, b, d in graph.edges(data=True))


def test_json_read_again_is_the_same_structure(structure, tmp_path):
    write_structure(structure, tmp_path / "graph.json")
    assert json.loads((tmp_path / "graph.json").read_text("utf-8")) == structure.as_json()


def test_dot_has_a_line_for_each_node_and_edge_with_quotes_escaped(structure, tmp_path):
    write_structure(structure, tmp_path / "graph.dot")
    lines = (tmp_path / "graph.dot").read_text("utf-8").splitlines()
    assert lines[0] == 'digraph "a test" {'
    assert sum(" -> " in line for line in lines) == len(structure.edges)
    assert sum("shape=" in line for line in lines) == len(structure.nodes)
    assert any('label="A \\"bystander\\""' in line for line in lines)


def test_a_file_of_another_kind_is_refused(structure, tmp_path):
    assert ".gml" not in FORMATS
    with pytest.raises(ValueError, match="no format"):
        write_structure(structure, tmp_path / "graph.gml")


def test_the_text_says_who_writes_and_who_reads(structure):
    lines = list(structure_text(structure))
    assert lines[1] == "3 parties, 2 parameters, 3 situations, 4 rules"
    start = lines.index("  b")
    assert lines[start + 1 : start + 3] == [
        "    written by rules.back",
        "    triggers   rules.there (when), rules.look (when)",
    ]
    assert lines[-5:] == [
        "act on each other in circles",
        "  situation.a, situation.b, rules.there, rules.back",
        "",
        "read by nothing",
        "  parties.bystander, parameters.forgotten",
    ]
