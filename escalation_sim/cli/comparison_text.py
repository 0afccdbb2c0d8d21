"""A comparison in words: which tables are shown, and what stands in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from escalation_sim.cli.sheets import Sheet
from escalation_sim.cli.shown import picked
from escalation_sim.cli.study_text import (
    IN_BRACKETS,
    percent,
    share_cells,
    short,
    span_text,
    time_text,
)
from escalation_sim.trace.run import ILLUSTRATIVE
from escalation_sim.trace.timeline import assumed_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from escalation_sim.analysis.comparison import Comparison, NumberChange, ShareChange
    from escalation_sim.analysis.parting import Deed

MOST_EDITS = 12
"""Most edits listed; `--json` has all of them."""


def head_of(found: Comparison) -> list[str]:
    """Return the lines over the tables: what was compared, and what is different in it."""
    first, second = found.first, found.second
    lines = [
        first.title if first.title == second.title else f"{first.title} | {second.title}",
        " · ".join(
            (
                f"scenario {first.name}" if first.name == second.name else "two scenarios",
                f"{found.pairs:,} pairs of runs",
                f"seed {found.seed}",
                f"engine {found.engine}",
            )
        ),
        f"first: {found.names[0]}",
        f"second: {found.names[1]}",
    ]
    if found.edits:
        shown = found.edits[:MOST_EDITS]
        lines += [f"differs in {line}" for line in shown]
        if more := len(found.edits) - len(shown):
            lines.append(f"and in {more} more")
    else:
        lines.append("the two say the same" if first.hash == second.hash else "")
    return [line for line in lines if line]


def sheets_of(found: Comparison, show: frozenset[str] = frozenset()) -> list[Sheet]:
    """Return the tables; `show` holds the ids to show, empty for all of them."""
    heads = (">first", ">second", ">difference", "", ">gained", ">lost")
    sheets = [
        Sheet(
            ("outcome", *heads),
            tuple(_share(c) for c in picked(found.outcomes, show).values()),
        ),
    ]
    starts = {f"{ladder.id}.{ladder.levels[0]}" for _, ladder in found.first.ladders}
    climbed = {id_: c for id_, c in found.rungs.items() if show or id_ not in starts}
    sheets += [
        Sheet(("rung", *heads), tuple(_share(c) for c in picked(climbed, show).values())),
        Sheet(
            ("mean of", ">first", ">second", ">difference", "", ">pairs"),
            tuple(_number(c) for c in picked(found.results, show).values()),
        ),
    ]
    return [sheet for sheet in sheets if sheet.rows]


def foot_of(found: Comparison) -> list[str]:
    """Return the notes under the tables: how many differ, and where one pair parts."""
    share, interval = share_cells(found.changed)
    lines = [f"something differs in {found.changed.count:,} pairs: {share} {interval}"]
    moves = [f"{a} → {b} {n:,}" for (a, b), n in found.moves.items()]
    if moves:
        share, interval = share_cells(found.ended_otherwise)
        lines.append(
            f"another outcome in {found.ended_otherwise.count:,}: {share} {interval}; "
            + ", ".join(moves)
        )
    if found.failed:
        lines.append(f"{found.failed:,} pairs could not be carried out and are left out")
    lines += _parting(found)
    lines += [
        f"{IN_BRACKETS}; differences in percentage points, second less first",
        "both sides on the same random numbers",
        assumed_text(found.second),
        ILLUSTRATIVE,
    ]
    return lines


def _parting(found: Comparison) -> Iterator[str]:
    parting = found.parting
    if parting is None:
        return
    yield f"replication {parting.replication} parts at {time_text(parting.hours)}:"
    for name, deed in (("first", parting.first), ("second", parting.second)):
        yield f"  {name}: {_deed(deed)}"
    if not parting.edits:
        if found.edits:
            yield "  no edit alone does this; it takes several together"
        return
    for edit in parting.edits:
        for line in edit.lines:
            yield f"  because of {line}  [{edit.where}]"


def _deed(deed: Deed | None) -> str:
    if deed is None:
        return "the run is over"
    where = f"  [{deed.where}]" if deed.where else ""
    return f"{time_text(deed.hours)}: {deed.text}{where}"


def _share(change: ShareChange) -> tuple[str, ...]:
    points = 100 * (change.difference or 0.0)
    digits = 1 if change.high - change.low < 0.2 else 0
    interval = f"({100 * change.low:+.{digits}f} to {100 * change.high:+.{digits}f})"
    return (
        change.first.label,
        _level(change.first.count, change.first.of),
        _level(change.second.count, change.second.of),
        f"{points:+.{digits}f}".replace("-", "−"),
        interval.replace("-", "−"),
        f"{change.gained:,}",
        f"{change.lost:,}",
    )


def _level(count: int, of: int) -> str:
    if not of:
        return "–"
    if count in (0, of):
        return "none" if not count else "all"
    return percent(count / of, 1 if of >= 100 else 0)


def _number(change: NumberChange) -> tuple[str, ...]:
    unit = f" {change.first.unit}" if change.first.unit == "h" else ""
    sides = ["" if n.mean is None else short(n.mean) + unit for n in (change.first, change.second)]
    if change.difference is None:
        return (change.first.label, *sides, "", "", f"{change.both:,}")
    interval = ""
    if change.low is not None and change.high is not None:
        interval = f"({span_text(change.low, change.high)})"
    sign = "+" if change.difference > 0 else ""
    difference = f"{sign}{short(change.difference)}{unit}".replace("-", "−")
    return (change.first.label, *sides, difference, interval, f"{change.both:,}")
