"""What matters, and what flips a run, in words: the tables of both commands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from escalation_sim.analysis.flip import FINEST, NO_CHANGE
from escalation_sim.cli.sheets import Sheet
from escalation_sim.cli.study_text import IN_BRACKETS, percent, share_cells, time_text
from escalation_sim.trace.run import ILLUSTRATIVE
from escalation_sim.trace.timeline import assumed_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from escalation_sim.analysis.flip import Change, Flip
    from escalation_sim.analysis.matters import Matters
    from escalation_sim.analysis.tornado import Bar, End
    from escalation_sim.analysis.variance import Part, Parts, Variance

MOST_CHANGES = 12
"""Most changes shown; `--json` has all of them."""


def head_of(found: Matters) -> list[str]:
    """Return the lines over the tables: what was run, and the share as written."""
    tornado = found.tornado
    share, interval = share_cells(tornado.base)
    word = f", {tornado.base.word}" if tornado.base.word else ""
    lines = [
        tornado.model.title,
        (
            f"scenario {tornado.model.name} · {tornado.runs:,} runs at each of {tornado.points} "
            f"design points · seed {tornado.seed} · engine {tornado.engine}"
        ),
        f"{tornado.target.kind} {tornado.target.id}: {share} {interval} as written{word}",
    ]
    if tornado.model.changes:
        lines.insert(2, "changed: " + ", ".join(tornado.model.changes))
    return lines


def sheets_of(found: Matters) -> Iterator[Sheet]:
    """Yield the table of the tornado, and those of the variance."""
    tornado = found.tornado
    moving = [bar for bar in tornado.bars if bar.reach]
    if moving:
        yield Sheet(
            ("input", "basis", "at", ">share", ">difference", "", tornado.scale.name),
            tuple(row for bar in moving for row in _bar_rows(bar)),
        )
    if found.variance is not None:
        yield from _variance_sheets(found.variance)


def _bar_rows(bar: Bar) -> Iterator[tuple[str, ...]]:
    told = sorted(bar.ends, key=lambda e: e.share.share or 0.0) if bar.input.readings else bar.ends
    for number, end in enumerate(told):
        name = bar.input.name if not number else ""
        basis = bar.input.basis if not number else ""
        yield (name, basis, end.text, share_cells(end.share)[0], *_difference(end), _word(bar, end))


def _difference(end: End) -> tuple[str, str]:
    if end.difference is None:
        return "–", ""
    told = [f"{100 * v:+.1f}".replace("-", "−") for v in (end.difference, end.low, end.high)]
    return told[0], f"({told[1]} to {told[2]})"


def _word(bar: Bar, end: End) -> str:
    """Return the word of a share, with a mark where it is another one than as written."""
    word = end.share.word or "no word"
    return f"→ {word}" if end.share.word != bar.base.word else end.share.word


def _variance_sheets(variance: Variance) -> Iterator[Sheet]:
    if variance.parts.assumed.value is None:
        return
    yield Sheet(
        ("variance by", "basis", ">alone", "", ">with others", ""),
        tuple(
            (i.name, "" if i.basis == i.name else i.basis, *_part(i.first), *_part(i.total))
            for i in variance.indices
            if _counts(i.total)
        ),
    )
    told = [variance.parts, *(p for p in variance.outcomes if p.assumed.value is not None)]
    yield Sheet(
        ("variance of", ">assumed", "", ">sourced", ">chance", "", ">together"),
        tuple(_parts(parts) for parts in told),
    )


def _counts(part: Part) -> bool:
    return part.value is not None and part.value >= 0.005


def _parts(parts: Parts) -> tuple[str, ...]:
    return (
        parts.target.label,
        *_part(parts.assumed),
        _part(parts.sourced)[0],
        *_part(parts.chance),
        _part(parts.together)[0],
    )


def _part(part: Part) -> tuple[str, str]:
    """Return a part in per cent with its interval; an estimate may lie below none."""
    if part.value is None or part.low is None or part.high is None:
        return "–", ""
    low, high = (f"{100 * v:.0f}".replace("-", "−") for v in (part.low, part.high))
    joined = f"{low} to {high}" if part.low < 0 else f"{low}–{high}"
    return f"{100 * part.value:.0f} %".replace("-", "−"), f"({joined} %)"


def foot_of(found: Matters) -> list[str]:
    """Return the notes under the tables."""
    tornado, variance = found.tornado, found.variance
    still = [bar.input.name for bar in tornado.bars if not bar.reach and bar.ends]
    lines = []
    if still:
        lines.append(f"moves no run: {', '.join(still)}")
    for bar in tornado.bars:
        lines += [f"{bar.input.name} cannot be {at}: {why}" for at, why in bar.impossible]
    if tornado.failed:
        lines.append(
            f"{tornado.failed:,} runs could not be carried out and are left out of all shares"
        )
    lines.append(f"{IN_BRACKETS}; differences in percentage points, against as written")
    lines.append(f"all points on the same random numbers; → another word ({tornado.scale.name})")
    if variance is not None:
        lines.append(
            f"variance of one run's end, inputs drawn evenly from their ranges: "
            f"{variance.samples:,} samples, {variance.runs:,} runs"
        )
        if variance.parts.assumed.value is None:
            lines.append("in all of them the end was the same: there is no variance to divide")
        if variance.left_out:
            lines.append(f"{variance.left_out:,} samples could not be carried out; others stand in")
    return [*lines, assumed_text(tornado.model), ILLUSTRATIVE]


# the flip


def flip_head(found: Flip) -> list[str]:
    """Return what happened in the run, and the smallest change that turns it round."""
    happened = (
        f"{found.target.label} is never entered"
        if found.hours is None
        else f"{found.target.label} is entered at {time_text(found.hours)}"
    )
    lines = [
        found.model.title,
        f"scenario {found.model.name} · seed {found.seed} · replication {found.replication}",
        happened,
    ]
    if found.model.changes:
        lines.insert(2, "changed: " + ", ".join(found.model.changes))
    least = found.smallest
    if least is None:
        verb = "keeps it from being entered" if found.hours is not None else "makes it be entered"
        lines.append(f"{NO_CHANGE} of those tried {verb}")
    else:
        lines.append(f"smallest change found: {_change_text(least)}; then {_then(least)}")
        lines.append(f"  try it: {least.options}")
    return lines


def _change_text(change: Change) -> str:
    if change.kind == "without":
        return f"rule {change.name} left out"
    return f"{change.name} {change.before} → {change.after}"


def _then(change: Change) -> str:
    return "never entered" if change.hours is None else f"entered at {time_text(change.hours)}"


def flip_sheets(found: Flip) -> Iterator[Sheet]:
    """Yield the table of all changes that were found."""
    if len(found.changes) < 2:
        return
    told = found.changes[:MOST_CHANGES]
    rows: list[tuple[str, ...]] = [
        (c.name, c.basis, c.before, c.after, _size(c), _then(c), c.where) for c in told
    ]
    if len(found.changes) > len(told):
        more = len(found.changes) - len(told)
        rows.append((f"and {more} more (see --json)", *[""] * 6))
    yield Sheet(("change", "basis", "from", "to", ">of its range", "then", "where"), tuple(rows))


def _size(change: Change) -> str:
    if change.kind == "reading":
        return "other reading"
    if change.kind == "without":
        return "rule left out"
    return percent(change.size) if change.size >= 0.001 else "under 0.1 %"


def flip_foot(found: Flip) -> list[str]:
    """Return what was searched, and how."""
    searched = found.searched
    lines = [
        f"searched one change at a time, in {searched.runs:,} replays on the same random numbers: "
        + ", ".join(
            f"{count} {thing}{'s' * (count != 1)}"
            for count, thing in (
                (searched.ranges, "range"),
                (searched.readings, "other reading"),
                (searched.rules, "rule"),
            )
        ),
    ]
    if searched.ranges:
        lines.append(
            f"of each range {searched.places} places evenly spread, then the gap before the "
            f"nearest flip halved down to 1/{FINEST:,} of the range; what lies between may have "
            "been missed"
        )
    if searched.impossible:
        lines.append(f"{searched.impossible} changes make no sense in this scenario")
    return [*lines, assumed_text(found.model), ILLUSTRATIVE]
