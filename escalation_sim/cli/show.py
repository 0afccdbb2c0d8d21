"""Runs and explanations on the terminal: styled where it is one, plain text where it is not."""

from __future__ import annotations

import os
import shutil
import sys
import textwrap
from typing import TYPE_CHECKING

import click

from escalation_sim.diagnostics import printable
from escalation_sim.expression.text import hours_text
from escalation_sim.trace.run import ILLUSTRATIVE
from escalation_sim.trace.timeline import (
    assumed_text,
    ending,
    identity,
    results_text,
    source_text,
    timeline,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from escalation_sim.trace.explanation import Explanation, Missing
    from escalation_sim.trace.run import Run
    from escalation_sim.trace.timeline import Row

STYLES = {
    "fired": "bold",
    "script": "cyan",
    "crossed": "bold red",
    "uncrossed": "red",
    "outcome": "bold magenta",
    "chance_failed": "dim",
    "clock_started": "dim",
    "clock_reset": "dim",
    "clock_paused": "dim",
    "clock_unpaused": "dim",
}


def is_terminal() -> bool:
    """Whether stdout is a terminal that can show styles."""
    return sys.stdout is not None and sys.stdout.isatty() and os.environ.get("TERM") != "dumb"


def show_run(run: Run, *, everything: bool = False) -> None:
    """Print the timeline of a run, and what came of it."""
    rows = timeline(run, everything=everything)
    if is_terminal():
        _styled_run(run, rows)
        return
    for line in _plain_run(run, rows):
        click.echo(line)


def _head(run: Run) -> Iterator[str]:
    yield printable(run.model.title)
    yield printable(identity(run))
    if run.model.readings:
        yield f"readings: {run.model.readings_text}"
    if run.model.zero:
        yield f"time zero: {printable(run.model.zero)}"


def _foot(run: Run) -> Iterator[tuple[str, str]]:
    yield "outcome", ending(run)
    for _, ladder in run.model.ladders:
        stays = [s for s in run.stays if s.ladder == ladder.id]
        top = max(stays, key=lambda s: ladder.levels.index(s.rung))
        name = ladder.level_labels[ladder.levels.index(top.rung)]
        if ladder.levels.index(top.rung):
            when = hours_text(top.entered * run.model.seconds_per_tick)
            yield ladder.label, f"highest rung {name}, entered at {when}"
        else:
            yield ladder.label, f"stayed on {name}"
    for line in run.model.red_lines:
        ticks = run.crossings[line.id]
        times = ", ".join(hours_text(t * run.model.seconds_per_tick) for t in ticks)
        yield f"red line: {line.label}", f"crossed at {times}" if ticks else "not crossed"
    yield from results_text(run)
    if run.pending:
        more = f" and {len(run.pending) - 3} more" if len(run.pending) > 3 else ""
        yield "still pending", ", ".join(run.pending[:3]) + more
    yield "inputs", assumed_text(run.model)
    yield "", ILLUSTRATIVE


def _plain_run(run: Run, rows: list[Row]) -> Iterator[str]:
    yield from _head(run)
    yield ""
    width = max((len(r.time) for r in rows), default=0)
    texts = [printable(r.text) for r in rows]
    column = min(max((len(t) for t in texts), default=0), 64)
    for row, text in zip(rows, texts, strict=True):
        source = f"{row.where}  {row.source}".rstrip()
        yield f"  {row.time:>{width}}  {text:<{column}}  {source}".rstrip()
    yield ""
    names = list(_foot(run))
    width = max(len(name) for name, _ in names)
    for name, text in names:
        yield f"{printable(name):<{width}}  {printable(text)}".strip()


def _styled_run(run: Run, rows: list[Row]) -> None:
    from rich.console import Console  # noqa: PLC0415 - only for terminals
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    console = Console(highlight=False)
    title, *rest = _head(run)
    console.print(Text(title, style="bold"))
    for line in rest:
        console.print(Text(line, style="dim"))
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), show_edge=False)
    table.add_column("time", justify="right", no_wrap=True)
    table.add_column("what", ratio=2)
    own = f"{run.model.files[0][0]}:"
    table.add_column("line", no_wrap=True)
    table.add_column("basis", ratio=1)
    for row in rows:
        table.add_row(
            Text(row.time),
            Text(printable(row.text), style=STYLES.get(row.kind, "")),
            Text(row.where.removeprefix(own), style="dim"),
            Text(row.source, style="dim" if row.basis == "assumed" else ""),
        )
    console.print()
    console.print(table)
    console.print(Text(f"lines of {run.model.files[0][0]}", style="dim"))
    console.print()
    foot = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), show_header=False)
    for name, text in _foot(run):
        foot.add_row(Text(printable(name), style="dim"), Text(printable(text)))
    console.print(foot)


def show_explanation(explanation: Explanation, run: Run) -> None:
    """Print an explanation: the headline, then the chain or what was missing."""
    width = max(60, min(shutil.get_terminal_size((100, 24)).columns, 120))
    bold = is_terminal() and "NO_COLOR" not in os.environ
    click.echo(
        click.style(printable(explanation.headline), bold=True)
        if bold
        else printable(explanation.headline)
    )
    for line in _explained(explanation, run, width):
        click.echo(line)
    click.echo("")
    click.echo(f"{printable(identity(run))} · {ILLUSTRATIVE}")


def _explained(explanation: Explanation, run: Run, width: int) -> Iterator[str]:
    tick = run.model.seconds_per_tick
    if explanation.chain:
        yield ""
        wide = max(len(hours_text(link.tick * tick)) for link in explanation.chain)
        for link in explanation.chain:
            time = hours_text(link.tick * tick)
            because = ", because of " + ", ".join(map(str, link.because)) if link.because else ""
            yield f"{link.number:>3}  {time:>{wide}}  {printable(link.text)}{because}"
            pad = " " * (wide + 9)
            yield f"{pad}{link.where}  {source_text(link.basis, link.claims)}".rstrip()
            for detail in link.details:
                yield from _wrapped(detail, width, pad)
    for missing in explanation.missing:
        yield ""
        yield from _missing(missing, width, "")


def _missing(missing: Missing, width: int, pad: str) -> Iterator[str]:
    source = source_text(missing.basis, missing.claims)
    where = f"  [{missing.where}  {source}]" if missing.where else ""
    yield f"{pad}{printable(missing.text)}{where}"
    for reason in missing.reasons:
        yield from _wrapped(reason, width, pad + "    ", "  - ")
    for inside in missing.inside:
        yield from _missing(inside, width, pad + "      ")


def _wrapped(text: str, width: int, pad: str, mark: str = "") -> Iterator[str]:
    first = pad[: len(pad) - len(mark)] + mark if mark else pad
    yield from textwrap.wrap(
        printable(text), max(width, len(pad) + 40), initial_indent=first, subsequent_indent=pad
    )
