"""The structure of a model: its nodes, and what acts on what."""

import pytest
from hypothesis import given

from escalation_sim.engine.simulate import Simulator
from escalation_sim.engine.watch import UNLESS, WHEN
from escalation_sim.errors import RunError
from escalation_sim.model.graph import Edge, structure_of
from tests.semantics.test_random_scenarios import HORIZON, always, scenarios
from tests.support import SHIPPED, load, scenario

EVERYTHING = """
    parties:
      us: {name: Us}
      council: {members: {a: keen, b: 0.5}}
    parameters: {keen: 0.4, latency: {exponential: 5h}, limit: 10h, pace: 0.2}
    situation: {breach: false, reported: false, n: 0}
    ladders: {answer: {party: us, rungs: [none, word, deed]}}
    definitions: {overdue: breach_clock >= limit and reported, quiet: not reported}
    clocks: {breach_clock: {while: breach, lull: limit, pause: quiet}}
    red_lines: {deed_done: {holder: us, crossed: answer == deed}}
    script: {latency: {breach: true, n: n + 1}}
    rules:
      report: {on_change: breach, after: latency, do: {reported: was(breach)}}
      speak: {by: us, when: reported, for: limit, unless: n > 2, do: {answer: at least word}}
      drift: {when: breach, rate: pace * n / 1h, chance: keen, do: {n: n + 1}}
      vote:
        by: us
        when: overdue
        within: limit
        ask: council
        choose:
          act: {if: council.joined >= n, weight: keen, do: {answer: deed}}
          otherwise: {do: {n: 0}}
      regret: {when: deed_done, note: too late}
    outcomes: {over: {when: ever(deed_done) and not breach, for: limit}, open: otherwise}
    results:
      votes: {count: vote}
      deeds: {count: deed_done}
      hours: {total: breach, given: over}
      ended: {share: over}
"""


def edges(text):
    """Return the edges of a scenario given as text."""
    return set(structure_of(scenario(text)).edges)


def test_every_entry_is_a_node_in_the_order_of_the_model():
    structure = structure_of(scenario(EVERYTHING))
    assert [(node.id, node.kind, node.party) for node in structure.nodes] == [
        ("parties.us", "party", ""),
        ("parties.council", "party", ""),
        ("parameters.keen", "parameter", ""),
        ("parameters.latency", "parameter", ""),
        ("parameters.limit", "parameter", ""),
        ("parameters.pace", "parameter", ""),
        ("situation.breach", "situation", ""),
        ("situation.reported", "situation", ""),
        ("situation.n", "situation", ""),
        ("ladders.answer", "ladder", "us"),
        ("definitions.overdue", "definition", ""),
        ("definitions.quiet", "definition", ""),
        ("clocks.breach_clock", "clock", ""),
        ("red_lines.deed_done", "red line", "us"),
        ("script.latency", "script", ""),
        ("rules.report", "rule", ""),
        ("rules.speak", "rule", "us"),
        ("rules.drift", "rule", ""),
        ("rules.vote", "rule", "us"),
        ("rules.regret", "rule", ""),
        ("outcomes.over", "outcome", ""),
        ("results.votes", "result", ""),
        ("results.deeds", "result", ""),
        ("results.hours", "result", ""),
        ("results.ended", "result", ""),
    ]


def test_every_influence_is_an_edge_with_the_keys_it_is_written_under():
    assert edges(EVERYTHING) == {
        Edge("clocks.breach_clock", "definitions.overdue", "reads", ("",)),
        Edge("parameters.limit", "definitions.overdue", "reads", ("",)),
        Edge("situation.reported", "definitions.overdue", "reads", ("",)),
        Edge("situation.reported", "definitions.quiet", "reads", ("",)),
        Edge("situation.breach", "clocks.breach_clock", "triggers", ("from", "until")),
        Edge("definitions.quiet", "clocks.breach_clock", "triggers", ("pause",)),
        Edge("parameters.limit", "clocks.breach_clock", "reads", ("lull",)),
        Edge("ladders.answer", "red_lines.deed_done", "triggers", ("crossed",)),
        Edge("parameters.latency", "script.latency", "reads", ("time",)),
        Edge("situation.n", "script.latency", "reads", ("do",)),
        Edge("script.latency", "situation.breach", "writes", ("do",)),
        Edge("script.latency", "situation.n", "writes", ("do",)),
        Edge("situation.breach", "rules.report", "triggers", ("on_change",)),
        Edge("situation.breach", "rules.report", "reads", ("do",)),
        Edge("parameters.latency", "rules.report", "reads", ("after",)),
        Edge("rules.report", "situation.reported", "writes", ("do",)),
        Edge("situation.reported", "rules.speak", "triggers", ("when",)),
        Edge("situation.n", "rules.speak", "triggers", ("unless",)),
        Edge("parameters.limit", "rules.speak", "reads", ("for",)),
        Edge("rules.speak", "ladders.answer", "writes", ("do",)),
        Edge("situation.breach", "rules.drift", "triggers", ("when",)),
        Edge("parameters.pace", "rules.drift", "reads", ("rate",)),
        Edge("parameters.keen", "rules.drift", "reads", ("chance",)),
        Edge("situation.n", "rules.drift", "reads", ("rate", "do")),
        Edge("rules.drift", "situation.n", "writes", ("do",)),
        Edge("definitions.overdue", "rules.vote", "triggers", ("when",)),
        Edge("parameters.limit", "rules.vote", "reads", ("within",)),
        Edge("parties.council", "rules.vote", "asks", ("ask",)),
        Edge("parties.council", "rules.vote", "reads", ("choose",)),
        Edge("situation.n", "rules.vote", "reads", ("choose",)),
        Edge("parameters.keen", "rules.vote", "reads", ("ask", "choose")),
        Edge("rules.vote", "ladders.answer", "writes", ("do",)),
        Edge("rules.vote", "situation.n", "writes", ("do",)),
        Edge("red_lines.deed_done", "rules.regret", "triggers", ("when",)),
        Edge("red_lines.deed_done", "outcomes.over", "triggers", ("when",)),
        Edge("situation.breach", "outcomes.over", "triggers", ("when",)),
        Edge("parameters.limit", "outcomes.over", "reads", ("for",)),
        Edge("rules.vote", "results.votes", "reads", ("count_rule",)),
        Edge("red_lines.deed_done", "results.deeds", "reads", ("count_line",)),
        Edge("situation.breach", "results.hours", "reads", ("total",)),
        Edge("outcomes.over", "results.hours", "reads", ("given",)),
        Edge("outcomes.over", "results.ended", "reads", ("ends",)),
    }


def test_another_reading_is_another_structure():
    text = """
        situation: {a: false, b: false}
        definitions: {clause: {readings: {narrow: a, wide: a or b}}}
        rules: {r: {when: clause, note: x}}
    """
    wide = structure_of(scenario(text, reading={"clause": "wide"})).edges
    assert set(wide) - edges(text) == {Edge("situation.b", "definitions.clause", "reads", ("",))}


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_whatever_is_written_in_a_run_of_a_shipped_scenario_is_an_edge(path):
    simulator = Simulator(load(path))
    for replication in range(10):
        assert_written_along_edges(simulator.run(1, replication))


@always
@given(scenarios())
def test_the_structure_agrees_with_what_the_engine_looks_at_and_writes(text):
    model = scenario(text, horizon=f"{HORIZON}h")
    structure = structure_of(model)
    nodes = {node.id for node in structure.nodes}
    assert len(nodes) == len(structure.nodes)
    assert all(edge.source in nodes and edge.target in nodes for edge in structure.edges)
    assert len({(e.source, e.target, e.kind) for e in structure.edges}) == len(structure.edges)
    simulator = Simulator(model)
    for i, variable in enumerate(model.variables):
        watched = watched_by(simulator.prepared.watches, "of_values", i)
        reached = reached_from(structure, f"{variable.section}.{variable.id}")
        assert {f"rules.{model.rules[rule].id}" for rule in watched} == reached
    try:
        run = simulator.run(3, 0)
    except RunError:
        return
    assert_written_along_edges(run)


def assert_written_along_edges(run):
    """Check that rules and script write only what they have an edge to."""
    model = run.model
    paths = {variable.id: f"{variable.section}.{variable.id}" for variable in model.variables}
    written = {(e.source, e.target) for e in structure_of(model).edges if e.kind == "writes"}
    for record in run.records:
        if record.kind in ("fired", "script"):
            assert {(record.about, paths[name]) for name in record.writes} <= written


def watched_by(watches, table, i):
    """Return the rules whose start or end the engine looks at when something changes."""
    readers = getattr(watches, table)[i]
    found = {rule for rule, what in readers.rules if what & (WHEN | UNLESS) or watches.rate[rule]}
    for latch in readers.latches:
        found |= watched_by(watches, "of_latches", latch)
    return found


def reached_from(structure, source):
    """Return the rules that a node can start or stop, directly or through sentences by name."""
    found = set()
    for edge in structure.edges:
        if edge.source != source:
            continue
        if edge.target.startswith(("definitions.", "red_lines.")):
            found |= reached_from(structure, edge.target)
        elif edge.target.startswith("rules.") and {"when", "unless", "rate"} & set(edge.keys):
            found.add(edge.target)
    return found


def test_a_situation_that_draws_a_parameter_reads_it():
    structure = structure_of(
        scenario("""
            parameters: {length: {uniform: [1h, 3h]}}
            situation: {tide: {draw: length}, seen: false}
            rules: {look: {when: true, after: tide, do: {seen: true}}}
            """)
    )
    edges = {(e.source, e.target, e.kind, e.keys) for e in structure.edges}
    assert ("parameters.length", "situation.tide", "reads", ("draw",)) in edges
