"""The command `graph`: a scenario's own structure, told or written to a file."""

from __future__ import annotations

import json
from pathlib import Path

import click

from escalation_sim.cli.inputs import model_of
from escalation_sim.cli.options import Pairs, reading_option, setting_option
from escalation_sim.errors import UsageError


@click.command()
@click.argument("file", metavar="FILE")
@setting_option("Change a value, as in compliance=0.6.")
@reading_option("Choose how a clause is read.")
@click.option("--out", metavar="OUT.graphml|json|dot", help="Write the graph to a file.")
@click.option("--json", "as_json", is_flag=True, help="Print the graph as JSON.")
def graph(file: str, *, settings: Pairs, readings: Pairs, out: str | None, as_json: bool) -> int:
    """Show what acts on what in a scenario: who writes, reads and triggers what.

    GraphML is read by Gephi, yEd and networkx, DOT by Graphviz.
    """
    from escalation_sim.analysis.structure import (  # noqa: PLC0415 - loads networkx
        FORMATS,
        structure_text,
        write_structure,
    )
    from escalation_sim.model.graph import structure_of  # noqa: PLC0415

    path = Path(out) if out is not None else None
    if path is not None:
        if path.suffix.lower() not in FORMATS:
            raise UsageError(f"`{out}` is no graph file; its name ends in {', '.join(FORMATS)}")
        if path.is_dir() or not path.parent.is_dir():
            raise UsageError(f"`{out}` cannot be written: a folder, or in no folder")
    structure = structure_of(model_of(file, settings, readings))
    if path is not None:
        write_structure(structure, path)
        click.echo(f"graph written to {path}", err=True)
    if as_json:
        click.echo(json.dumps(structure.as_json(), indent=2, ensure_ascii=False))
    elif path is None:
        for line in structure_text(structure):
            click.echo(line)
    return 0
