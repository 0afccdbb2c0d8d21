"""Tables on the terminal: styled where it is one, the same in plain text where it is not."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from escalation_sim.cli.show import is_terminal
from escalation_sim.diagnostics import printable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

LARGEST_CELL = 60
"""Characters of a cell in plain text beyond which it is let stand out of its column."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table: heads of columns, rows of texts; a head that begins with `>` is set to the right."""

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def show(head: Sequence[str], sheets: Sequence[Sheet], foot: Sequence[str]) -> None:
    """Print a title with lines under it, tables, and notes."""
    if is_terminal() and "NO_COLOR" not in os.environ:
        _styled(head, sheets, foot)
        return
    for line in _plain(head, sheets, foot):
        click.echo(line)


def _plain(head: Sequence[str], sheets: Sequence[Sheet], foot: Sequence[str]) -> Iterator[str]:
    yield from map(printable, head)
    for sheet in sheets:
        yield ""
        lines = [tuple(h.removeprefix(">") for h in sheet.heads), *sheet.rows]
        widths = [
            max((len(row[i]) for row in lines if len(row[i]) <= LARGEST_CELL), default=0)
            for i in range(len(sheet.heads))
        ]
        for row in lines:
            cells = [
                f"{printable(cell):>{w}}" if h.startswith(">") else f"{printable(cell):<{w}}"
                for cell, w, h in zip(row, widths, sheet.heads, strict=True)
            ]
            yield "  ".join(cells).rstrip()
    if foot:
        yield ""
    yield from map(printable, foot)


def _styled(head: Sequence[str], sheets: Sequence[Sheet], foot: Sequence[str]) -> None:
    from rich.console import Console  # noqa: PLC0415 - only for terminals
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    console = Console(highlight=False)
    for i, line in enumerate(head):
        console.print(Text(printable(line), style="dim" if i else "bold"))
    for sheet in sheets:
        table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
        for number, name in enumerate(sheet.heads):
            right = name.startswith(">")
            table.add_column(
                Text(name.removeprefix(">")),
                justify="right" if right else "left",
                no_wrap=right,
                overflow="fold",
                ratio=None if number else 1,
            )
        for row in sheet.rows:
            table.add_row(*(Text(printable(cell)) for cell in row))
        console.print()
        console.print(table)
    if foot:
        console.print()
    for line in foot:
        console.print(Text(printable(line), style="dim"))


class Progress:
    """A bar on stderr with rate and time left, where stderr is a terminal; else nothing."""

    def __init__(self, what: str = "runs") -> None:
        self.what = what
        self.bar: object = None
        self.shown = (
            sys.stderr is not None and sys.stderr.isatty() and os.environ.get("TERM") != "dumb"
        )

    def __call__(self, done: int, total: int) -> None:
        """Show that so many of so many are done."""
        if not self.shown:
            return
        from rich import progress  # noqa: PLC0415 - only for terminals
        from rich.console import Console  # noqa: PLC0415

        if self.bar is None:
            self.bar = progress.Progress(
                progress.BarColumn(),
                progress.TextColumn("{task.completed:,.0f} of {task.total:,.0f} " + self.what),
                progress.TextColumn("{task.fields[rate]}"),
                progress.TimeRemainingColumn(compact=True, elapsed_when_finished=True),
                console=Console(stderr=True),
                transient=True,
            )
            self.bar.start()
            self.bar.add_task("", total=total, completed=done, rate="")
            return
        assert isinstance(self.bar, progress.Progress)  # noqa: S101 - as made above
        speed = self.bar.tasks[0].speed
        rate = f"{speed:,.0f}/s" if speed else ""
        self.bar.update(self.bar.tasks[0].id, completed=done, total=total, rate=rate)

    def close(self) -> None:
        """Take the bar away."""
        stop = getattr(self.bar, "stop", None)
        if stop:
            stop()
        self.bar = None
