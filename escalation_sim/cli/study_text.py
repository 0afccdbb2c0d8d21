"""A study and a comparison in words: which tables are shown, and what stands in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from escalation_sim.cli.sheets import Sheet
from escalation_sim.cli.shown import picked
from escalation_sim.expression.text import number_text
from escalation_sim.trace.run import ILLUSTRATIVE
from escalation_sim.trace.timeline import assumed_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from escalation_sim.analysis.study import Numbers, Reached, Share, Study, StudyPoint

IN_BRACKETS = "in brackets: 95 % intervals of sampling error, and nothing else"

MOST_ROWS = 60
"""Most design points shown; `--json` has all of them."""


def head_of(study: Study) -> list[str]:
    """Return the lines over the tables: what was run, how often, and how it was read."""
    base = study.points[0].model
    points = f" at each of {len(study.points)} design points" if len(study.points) > 1 else ""
    lines = [
        study.title,
        " · ".join(
            (
                f"scenario {study.scenario}",
                f"{study.runs:,} runs{points}",
                f"seed {study.seed}",
                f"engine {study.engine}",
                f"digest {study.digest}",
            )
        ),
    ]
    if study.changes:
        lines.append("changed: " + ", ".join(study.changes))
    if base.readings and len({str(p.model.readings) for p in study.points}) == 1:
        lines.append(f"readings: {base.readings_text}")
    if not study.complete:
        done = sum(p.runs + p.failed for p in study.points)
        lines.append(f"interrupted after {done:,} of {study.runs * len(study.points):,} runs")
    return lines


def sheets_of(study: Study, show: frozenset[str] = frozenset()) -> list[Sheet]:
    """Return the tables: all of one design point, or the main figures of several side by side.

    `show` holds the ids of outcomes, rungs and results to show; empty for the usual ones.
    """
    if len(study.points) == 1:
        tables = _of_one(study.points[0], study.scale.name, show)
    else:
        tables = _of_several(study, show)
    return [table for table in tables if table.rows and len(table.heads) > 1]


def foot_of(study: Study) -> list[str]:
    """Return the notes under the tables."""
    lines = [
        f"{IN_BRACKETS}; words: {study.scale.name}",
    ]
    if width := _widths(study):
        lines.append(width)
    failed = sum(p.failed for p in study.points)
    if failed:
        faults: dict[str, int] = {}
        for point in study.points:
            for name, count in point.faults.items():
                faults[name] = faults.get(name, 0) + count
        told = ", ".join(f"{n:,} {name}" for name, n in faults.items())
        lines.append(
            f"{failed:,} runs could not be carried out ({told}) and are left out of all shares"
        )
    tied = sum(p.tie_flagged for p in study.points)
    if tied:
        lines.append(
            f"{tied:,} runs had rules that were due at one instant and may hinder each other"
        )
    lines += [f"rule {rule} cannot be left out: {why}" for rule, why in study.skipped]
    lines += [assumed_text(study.points[0].model), ILLUSTRATIVE]
    return lines


def _widths(study: Study) -> str:
    hours = next((r.first_hours for r in study.points[0].rungs.values()), None)
    if hours is None or not hours.bin_width:
        return ""
    return f"medians and other quantiles of times are read to {time_text(hours.bin_width)}"


def _of_one(point: StudyPoint, scale: str, show: frozenset[str]) -> Iterator[Sheet]:
    yield Sheet(
        ("outcome", ">share", "", scale, ">runs"),
        tuple(
            (share.label, *share_cells(share), share.word, f"{share.count:,}")
            for share in picked(point.outcomes, show).values()
        ),
    )
    starts = {f"{ladder.id}.{ladder.levels[0]}" for _, ladder in point.model.ladders}
    climbed = {id_: r for id_, r in point.rungs.items() if show or id_ not in starts}
    yield Sheet(
        ("rung", ">share", "", scale, ">first, median", ">5 to 95 %"),
        tuple(
            (r.share.label, *share_cells(r.share), r.share.word, *_times(r))
            for r in picked(climbed, show).values()
        ),
    )
    yield Sheet(
        ("result", ">mean", "", ">median", ">5 to 95 %", ">never"),
        tuple(_result(numbers) for numbers in picked(point.results, show).values()),
    )


def _times(reached: Reached) -> tuple[str, str]:
    numbers = reached.first_hours
    if not numbers.n:
        return "", ""
    low, middle, high = (numbers.quantiles[q] or 0.0 for q in (0.05, 0.5, 0.95))
    return time_text(middle), f"{number_text(round(low, 1))}–{time_text(high)}"


def _result(numbers: Numbers) -> tuple[str, ...]:
    never = f"{numbers.never:,}" if numbers.never else ""
    if numbers.mean is None:
        return (numbers.label, "", "", "", "", never)
    if numbers.unit == "share":
        count = round(numbers.mean * numbers.n)
        cells = _share_cells(count, numbers.n, numbers.low or 0.0, numbers.high or 1.0)
        return (numbers.label, *cells, "", "", never)
    unit = f" {numbers.unit}" if numbers.unit else ""
    interval = ""
    if numbers.low is not None and numbers.high is not None:
        interval = f"({span_text(numbers.low, numbers.high)})"
    low, middle, high = (numbers.quantiles[q] or 0.0 for q in (0.05, 0.5, 0.95))
    return (
        numbers.label,
        short(numbers.mean) + unit,
        interval,
        short(middle) + unit,
        span_text(low, high) + unit,
        never,
    )


def _of_several(study: Study, show: frozenset[str]) -> Iterator[Sheet]:
    points = study.points[:MOST_ROWS]
    ends = picked({id_: s.label for p in study.points for id_, s in p.outcomes.items()}, show)
    more = len(study.points) - len(points)
    rest = ((f"and {more:,} more (see --json)", *([""] * len(ends))),) if more else ()
    yield Sheet(
        ("outcome", *(f">{label}" for label in ends.values())),
        (
            *((_named(p, study), *(_one_cell(p.outcomes.get(e)) for e in ends)) for p in points),
            *rest,
        ),
    )
    tops = {
        f"{ladder.id}.{ladder.levels[-1]}" for p in study.points for _, ladder in p.model.ladders
    }
    rungs = picked(
        {id_: r.share.label for p in study.points for id_, r in p.rungs.items()},
        show or frozenset(tops),
    )
    yield Sheet(
        ("rung" if show else "highest rung", *(f">{label}" for label in rungs.values())),
        tuple(
            (p.label, *(_one_cell(p.rungs[r].share if r in p.rungs else None) for r in rungs))
            for p in points
        ),
    )
    results = picked({id_: n.label for p in study.points for id_, n in p.results.items()}, show)
    yield Sheet(
        ("mean of", *(f">{label}" for label in results.values())),
        tuple((p.label, *(_mean_cell(p.results.get(r)) for r in results)) for p in points),
    )


def _named(point: StudyPoint, study: Study) -> str:
    """Return what is different at a point, and whether it made no difference at all."""
    first = study.points[0]
    same = point is not first and point.aggregate.rows == first.aggregate.rows
    return f"{point.label} (no run differs)" if same else point.label


def _one_cell(share: Share | None) -> str:
    return "" if share is None else " ".join(share_cells(share))


def _mean_cell(numbers: Numbers | None) -> str:
    return "" if numbers is None else " ".join(cell for cell in _result(numbers)[1:3] if cell)


def share_cells(share: Share) -> tuple[str, str]:
    """Return a share and its interval: never a rounded 0 or 100 %."""
    return _share_cells(share.count, share.of, share.low, share.high)


def _share_cells(count: int, of: int, low: float, high: float) -> tuple[str, str]:
    if not of:
        return "–", ""
    digits = 2 if high - low < 0.004 else 1 if high - low < 0.06 else 0
    if count == 0:
        return f"none of {of:,}", f"(under {percent(high, digits)})"
    if count == of:
        return f"all of {of:,}", f"(over {percent(low, digits)})"
    return (
        percent(count / of, digits),
        f"({100 * low:.{digits}f}–{percent(high, digits)})",
    )


def percent(share: float, digits: int = 1) -> str:
    """Return a share in per cent."""
    return f"{100 * share:.{digits}f} %"


def short(number: float) -> str:
    """Return a number with three or four telling digits."""
    return number_text(round(number, 1) if abs(number) >= 10 else float(f"{number:.3g}"))


def span_text(low: float, high: float) -> str:
    """Return a range; with a minus sign in it, a dash would be read as another one."""
    dash = " to " if low < 0 else "–"
    return f"{short(low)}{dash}{short(high)}".replace("-", "−")


def time_text(hours: float) -> str:
    """Return hours, or minutes where it is less than one."""
    return f"{number_text(round(hours * 60, 1))} min" if 0 < hours < 1 else f"{short(hours)} h"
