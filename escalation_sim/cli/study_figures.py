"""What `study` draws and writes besides its tables: one kind of figure a word."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from escalation_sim.cli.commands import FIGURES, writable
from escalation_sim.errors import UsageError

if TYPE_CHECKING:
    from escalation_sim.analysis.study import Study
    from escalation_sim.cli.options import Pairs

KINDS = {
    "timing": "timing_figure",
    "paths": "paths_figure",
    "readings": "readings_figure",
    "sweep": "sweep_figure",
}
"""Each kind of figure, and the function of a study in `escalation_sim.figures` that draws it."""

PATHS = (".graphml", ".json")


def figure_options(function: Any) -> Any:
    """Add the two options that ask for a figure of a study."""
    figure = click.option(
        "--figure", type=click.Path(), metavar="OUT.png|svg|pdf", help="Draw the study."
    )
    kind = click.option(
        "--figure-kind",
        type=click.Choice(list(KINDS)),
        help="What to draw (default: timing); of several design points, the first.",
    )
    return figure(kind(function))


def check_kind(figure: str | None, kind: str | None, readings: Pairs, sweeps: Pairs) -> None:
    """Refuse a kind of figure that cannot come of what is asked for, before anything is run."""
    if kind and not figure:
        raise UsageError("`--figure-kind` says how to draw; name the file with `--figure`")
    if kind == "readings" and not any(reading == "all" for _, reading in readings):
        raise UsageError(
            "a figure of readings needs a design point for each: add `--reading CLAUSE=all`"
        )
    if kind == "sweep" and len(sweeps) != 1:
        raise UsageError("a figure of a sweep needs one sweep: add `--sweep PATH=A,B,C`")


def check_files(figure: str | None, paths: str | None) -> None:
    """Refuse files that cannot be written, before anything is run."""
    writable(figure, FIGURES)
    writable(paths, None)
    if paths and Path(paths).suffix.lower() not in PATHS:
        raise UsageError(f"`{paths}`: paths are written as {' or '.join(PATHS)}")


def write_files(study: Study, figure: str | None, kind: str | None, paths: str | None) -> None:
    """Write what was asked for."""
    if figure:
        from escalation_sim import figures  # noqa: PLC0415 - loads matplotlib

        figures.save(getattr(figures, KINDS[kind or "timing"])(study), Path(figure))
    if paths:
        from escalation_sim.analysis.paths import paths_of, write_paths  # noqa: PLC0415

        write_paths(paths_of(study), Path(paths))


def tell_files(figure: str | None, paths: str | None) -> None:
    """Say what was written."""
    for what, path in (("figure", figure), ("paths", paths)):
        if path:
            click.echo(f"{what} written to {path}", err=True)
