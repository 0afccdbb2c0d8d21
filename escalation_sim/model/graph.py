"""The structure of a model as plain data: what there is, and what acts on what.

Every edge points from what influences to what is influenced:

* `triggers`: its change can start, stop or call off the target (`when`, `on_change`, `unless`, what
  starts and stops a clock, what crosses a red line, what makes an outcome true);
* `reads`: the target looks at it for how long, how likely, which way and to what value it acts;
* `writes`: a rule or a script entry can change the target;
* `asks`: the members of a party decide within the target.

A definition, a red line or a clock that is used by name is a node of its own; what it reads acts
through it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from escalation_sim.expression import checked
from escalation_sim.model.knowledge import looks_of, writes_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from escalation_sim.expression.checked import Checked
    from escalation_sim.model.model import Basis, Delay, Entry, Model, Rule

NodeKind = Literal[
    "party",
    "parameter",
    "situation",
    "ladder",
    "definition",
    "clock",
    "red line",
    "script",
    "rule",
    "outcome",
    "result",
]

EdgeKind = Literal["triggers", "reads", "writes", "asks"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """One entry of a scenario. `id` is its path, such as `rules.warn`; `party` whose it is."""

    id: str
    kind: NodeKind
    label: str
    basis: Basis
    where: str
    party: str = ""
    claims: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Edge:
    """An influence of one node on another; `keys` are the keys of the entry it is written under."""

    source: str
    target: str
    kind: EdgeKind
    keys: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Structure:
    """Nodes in the order of the model, and edges in the order of what they point at."""

    title: str
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]

    def as_json(self) -> dict[str, object]:
        """Return the structure as plain data."""
        return {
            "title": self.title,
            "nodes": [
                {
                    "id": node.id,
                    "kind": node.kind,
                    "label": node.label,
                    "party": node.party,
                    "basis": node.basis,
                    "claims": list(node.claims),
                    "where": node.where,
                }
                for node in self.nodes
            ],
            "edges": [
                {"source": e.source, "target": e.target, "kind": e.kind, "keys": list(e.keys)}
                for e in self.edges
            ],
        }


def structure_of(model: Model) -> Structure:
    """Return the structure of a model, in its chosen readings."""
    edges: dict[tuple[str, str, EdgeKind], dict[str, None]] = {}
    for source, target, kind, key in _influences(model):
        edges.setdefault((source, target, kind), {})[key] = None
    return Structure(
        model.title,
        tuple(_nodes(model)),
        tuple(
            Edge(source, target, kind, tuple(keys))
            for (source, target, kind), keys in edges.items()
        ),
    )


def _nodes(model: Model) -> Iterator[Node]:
    def node(kind: NodeKind, section: str, entry: Entry, party: str = "") -> Node:
        return Node(
            id=f"{section}.{entry.id}",
            kind=kind,
            label=entry.label,
            basis=entry.basis,
            where=entry.where,
            party=party,
            claims=entry.claims,
        )

    yield from (node("party", "parties", entry) for entry in model.parties)
    yield from (node("parameter", "parameters", entry) for entry in model.parameters)
    for variable in model.variables:
        kind: NodeKind = "ladder" if variable.section == "ladders" else "situation"
        yield node(kind, variable.section, variable, variable.party)
    yield from (node("definition", "definitions", entry) for entry in model.clauses)
    yield from (node("clock", "clocks", entry) for entry in model.clocks)
    yield from (node("red line", "red_lines", line, line.holder) for line in model.red_lines)
    yield from (node("script", "script", entry) for entry in model.script)
    yield from (node("rule", "rules", rule, rule.by) for rule in model.rules)
    yield from (node("outcome", "outcomes", entry) for entry in model.outcomes)
    yield from (node("result", "results", entry) for entry in model.results)


_Influence = tuple[str, str, EdgeKind, str]


def _influences(model: Model) -> Iterator[_Influence]:
    """Yield every influence as (source, target, kind, key), target after target."""
    for i, variable in enumerate(model.variables):
        if variable.parameter is not None:
            parameter = model.parameters[variable.parameter]
            yield f"parameters.{parameter.id}", _variable(model, i), "reads", "draw"
    for clause in model.clauses:
        yield from _reads(model, f"definitions.{clause.id}", "reads", "", clause.body)
    for clock in model.clocks:
        target = f"clocks.{clock.id}"
        for key, node in (("from", clock.from_), ("until", clock.until), ("pause", clock.pause)):
            yield from _reads(model, target, "triggers", key, node)
        yield from _reads(model, target, "reads", "lull", clock.lull)
    for line in model.red_lines:
        yield from _reads(model, f"red_lines.{line.id}", "triggers", "crossed", line.crossed)
    for entry in model.script:
        target = f"script.{entry.id}"
        yield from _delay(model, target, "time", entry.time)
        for effect in entry.effects:
            yield from _reads(model, target, "reads", "do", effect.value)
            yield target, _variable(model, effect.variable), "writes", "do"
    for rule in model.rules:
        yield from _of_rule(model, rule)
    for outcome in model.outcomes:
        target = f"outcomes.{outcome.id}"
        yield from _reads(model, target, "triggers", "when", outcome.when)
        if outcome.hold is not None:
            yield from _reads(model, target, "reads", "for", outcome.hold)
    for result in model.results:
        target = f"results.{result.id}"
        yield from _reads(model, target, "reads", result.kind, result.what)
        section = {"count_rule": "rules", "count_line": "red_lines", "ends": "outcomes"}
        if result.kind in section:
            yield f"{section[result.kind]}.{result.target}", target, "reads", result.kind
        if result.given in {outcome.id for outcome in model.outcomes}:
            yield f"outcomes.{result.given}", target, "reads", "given"


def _of_rule(model: Model, rule: Rule) -> Iterator[_Influence]:
    target = f"rules.{rule.id}"
    for key, node in looks_of(rule, model.parties):
        if key == "on_change":
            assert rule.on_change is not None  # noqa: S101 - the key says so
            yield _variable(model, rule.on_change), target, "triggers", key
        elif key in ("when", "unless"):
            yield from _reads(model, target, "triggers", key, node)
        else:
            yield from _reads(model, target, "reads", key, node)
    delays = (("for", rule.wait), ("after", rule.after), ("every", rule.every))
    for key, delay in (*delays, ("within", rule.within)):
        if delay is not None:
            yield from _delay(model, target, key, delay)
    if rule.ask is not None:
        yield f"parties.{model.parties[rule.ask].id}", target, "asks", "ask"
    for effect in writes_of(rule):
        yield target, _variable(model, effect.variable), "writes", "do"


def _delay(model: Model, target: str, key: str, delay: Delay) -> Iterator[_Influence]:
    if delay.parameter is not None:
        yield f"parameters.{model.parameters[delay.parameter].id}", target, "reads", key
    if delay.value is not None:
        yield from _reads(model, target, "reads", key, delay.value)


def _reads(
    model: Model, target: str, kind: EdgeKind, key: str, node: Checked
) -> Iterator[_Influence]:
    for source in _named_in(model, node):
        yield source, target, kind, key


def _named_in(model: Model, node: Checked) -> Iterable[str]:
    """Return the nodes an expression names, each once, in the order they are written."""
    found: dict[str, None] = {}
    waiting = [node]
    while waiting:
        here = waiting.pop()
        match here:
            case checked.Variable(index=index) | checked.Was(variable=checked.Variable(index)):
                found[_variable(model, index)] = None
            case checked.Parameter(index=index):
                found[f"parameters.{model.parameters[index].id}"] = None
            case checked.Joined(party=party) | checked.Tally(party=party):
                found[f"parties.{model.parties[party].id}"] = None
            case checked.Named(section=section, id=name):
                found[f"{section}.{name}"] = None
                continue
            case checked.ClockTest(index=index):
                found[f"clocks.{model.clocks[index].id}"] = None
            case _:
                pass
        waiting.extend(reversed(checked.parts_of(here)))
    return found


def _variable(model: Model, index: int) -> str:
    variable = model.variables[index]
    return f"{variable.section}.{variable.id}"
