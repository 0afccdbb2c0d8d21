"""A scenario's structure as a networkx graph: who acts on whom, circles, loose ends, exports."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import networkx as nx

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from escalation_sim.model.graph import Edge, NodeKind, Structure

FORMATS = (".graphml", ".json", ".dot")
"""What a structure can be written as, by the ending of the file's name."""

_SHAPES: dict[NodeKind, str] = {
    "party": "house",
    "parameter": "plaintext",
    "situation": "ellipse",
    "ladder": "box3d",
    "definition": "note",
    "clock": "circle",
    "red line": "octagon",
    "script": "cds",
    "rule": "box",
    "outcome": "doublecircle",
    "result": "underline",
}

_ENTERED = ("situation", "ladder", "clock", "definition", "red line", "parameter", "party")
"""Kinds of nodes that stand in a scenario to be read."""


def graph_of(structure: Structure) -> nx.MultiDiGraph[str]:
    """Return the structure as a graph; the kind of an edge is its key.

    Nodes carry `kind`, `label`, `party`, `basis`, `claims` and `where`, edges `kind` and `keys`,
    all as texts, so that every format can hold them.
    """
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph(title=structure.title)
    for node in structure.nodes:
        graph.add_node(
            node.id,
            kind=node.kind,
            label=node.label,
            party=node.party,
            basis=node.basis,
            claims=" ".join(node.claims),
            where=node.where,
        )
    for edge in structure.edges:
        graph.add_edge(
            edge.source, edge.target, key=edge.kind, kind=edge.kind, keys=" ".join(edge.keys)
        )
    return graph


def circles_in(structure: Structure) -> tuple[tuple[str, ...], ...]:
    """Return the groups of nodes that act on each other in circles, each in the model's order."""
    order = {node.id: place for place, node in enumerate(structure.nodes)}
    graph = graph_of(structure)
    groups = (
        tuple(sorted(group, key=order.__getitem__))
        for group in nx.strongly_connected_components(graph)
        if len(group) > 1 or any(graph.has_edge(node, node) for node in group)
    )
    return tuple(sorted(groups, key=lambda group: order[group[0]]))


def loose_ends(structure: Structure) -> tuple[str, ...]:
    """Return the nodes that nothing reads, of the kinds that are there to be read."""
    read = {edge.source for edge in structure.edges if edge.kind != "writes"}
    acting = {node.party for node in structure.nodes}
    return tuple(
        node.id
        for node in structure.nodes
        if node.kind in _ENTERED
        and node.id not in read
        and not (node.kind == "party" and node.id.removeprefix("parties.") in acting)
    )


def structure_text(structure: Structure) -> Iterator[str]:
    """Yield lines that tell, for everything that can be read, who writes it and who reads it."""
    kinds: dict[str, int] = {}
    for node in structure.nodes:
        kinds[node.kind] = kinds.get(node.kind, 0) + 1
    yield structure.title
    yield ", ".join(f"{count} {_many(kind, count)}" for kind, count in kinds.items())
    for kind in ("situation", "ladder", "clock", "definition", "red line", "parameter", "party"):
        nodes = [node for node in structure.nodes if node.kind == kind]
        if not nodes:
            continue
        yield ""
        yield _many(kind, 2)
        for node in nodes:
            yield f"  {node.id.partition('.')[2]}" + (f" ({node.party})" if node.party else "")
            yield from _links(structure, node.id)
    circles = circles_in(structure)
    if circles:
        yield ""
        yield "act on each other in circles"
        yield from (f"  {', '.join(circle)}" for circle in circles)
    loose = loose_ends(structure)
    if loose:
        yield ""
        yield "read by nothing"
        yield f"  {', '.join(loose)}"


def _links(structure: Structure, node: str) -> Iterator[str]:
    """Yield who writes a node, what it rests on, and whom it acts on."""
    into = [edge for edge in structure.edges if edge.target == node]
    out = [edge for edge in structure.edges if edge.source == node]
    groups = (
        ("written by", [e.source for e in into if e.kind == "writes"]),
        ("rests on", [e.source for e in into if e.kind != "writes"]),
        ("triggers", [_with_keys(e) for e in out if e.kind == "triggers"]),
        ("read by", [_with_keys(e) for e in out if e.kind == "reads"]),
        ("asked by", [e.target for e in out if e.kind == "asks"]),
    )
    for said, names in groups:
        if names:
            yield f"    {said:10} {', '.join(names)}"


def _with_keys(edge: Edge) -> str:
    keys = [key for key in edge.keys if key]
    return edge.target + (f" ({', '.join(keys)})" if keys else "")


def _many(kind: str, count: int) -> str:
    """Return the word for so many nodes of a kind."""
    word = "script entry" if kind == "script" else kind
    if count == 1:
        return word
    return word.removesuffix("y") + "ies" if word.endswith("y") else word + "s"


def write_structure(structure: Structure, path: Path) -> None:
    """Write a structure in the format its name's ending says: one of `FORMATS`."""
    match path.suffix.lower():
        case ".graphml":
            nx.write_graphml(graph_of(structure), path, encoding="utf-8", prettyprint=True)
        case ".json":
            text = json.dumps(structure.as_json(), indent=2, ensure_ascii=False)
            path.write_text(text + "\n", encoding="utf-8", newline="\n")
        case ".dot":
            text = "\n".join(_dot(structure)) + "\n"
            path.write_text(text, encoding="utf-8", newline="\n")
        case ending:
            raise ValueError(f"no format for `{ending}`")


def _dot(structure: Structure) -> Iterator[str]:
    """Yield the lines of a graph for Graphviz; what is assumed is drawn dashed."""
    yield f"digraph {_quoted(structure.title)} {{"
    yield "  rankdir=LR;"
    for node in structure.nodes:
        style = "dashed" if node.basis == "assumed" else "solid"
        words = f"label={_quoted(node.label)}, shape={_SHAPES[node.kind]}, style={style}"
        yield f"  {_quoted(node.id)} [{words}];"
    for edge in structure.edges:
        style = "bold" if edge.kind == "writes" else "solid"
        words = f"label={_quoted(edge.kind)}, style={style}"
        yield f"  {_quoted(edge.source)} -> {_quoted(edge.target)} [{words}];"
    yield "}"


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'
