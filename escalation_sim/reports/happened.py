"""What happened in a run, as tables: its timeline, results, red lines and clocks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from escalation_sim.expression import checked
from escalation_sim.expression.checked import NEVER
from escalation_sim.expression.text import hours_text, text_of
from escalation_sim.figures.clock_story import stories
from escalation_sim.model.model import ZERO
from escalation_sim.reports.html import Html, code, join, table, tag
from escalation_sim.reports.page import blocks, note
from escalation_sim.reports.register import basis
from escalation_sim.trace.timeline import results_text, timeline
from escalation_sim.trace.why import why

if TYPE_CHECKING:
    from collections.abc import Iterator

    from escalation_sim.figures.clock_story import ClockStory
    from escalation_sim.model.model import Clock, RedLine
    from escalation_sim.trace.run import ClockEnd, Run

MOST_ROWS = 300
"""Rows of the timeline; a run's trace has all of them."""

MOST_TIMES = 12
"""Times listed in one cell."""

_LOOKS = {"crossed": "crossed", "outcome": "ended", "chance_failed": "quiet"}


def hours(run: Run, ticks: int) -> str:
    """Return ticks in words."""
    return hours_text(ticks * run.model.seconds_per_tick)


def timeline_table(run: Run) -> Html:
    """Return the timeline: hour, what, basis with claims, where."""
    rows = timeline(run)
    shown = rows[:MOST_ROWS]
    own = f"{run.model.files[0][0]}:"
    body = [
        (
            row.time,
            tag("span", row.text, class_=_LOOKS.get(row.kind, "")),
            basis(row.basis, row.claims),
            f"line {row.where.removeprefix(own)}" if row.where.startswith(own) else row.where,
        )
        for row in shown
    ]
    more = len(rows) - len(shown)
    told = f"Lines are those of {run.model.files[0][0]}."
    if more:
        told = f"{more:,} later rows are left out; the command run shows them. {told}"
    return blocks(table((">time", "what", "basis", "where"), body), note(told))


def results(run: Run) -> Html | None:
    """Return the results of the run and what was still to come."""
    rows = results_text(run)
    if run.pending:
        shown = run.pending[:MOST_TIMES]
        more = len(run.pending) - len(shown)
        rows = [*rows, ("still pending", ", ".join(shown) + (f" and {more} more" if more else ""))]
    return table(("result", "in this run"), rows, class_="slim") if rows else None


def lines_and_clocks(run: Run) -> Html:
    """Return the red lines with their crossings, and the clocks with what they reached."""
    model = run.model
    parts: list[Html] = []
    if model.red_lines:
        names = {p.id: p.label for p in model.parties}
        rows = [_line(run, line, names.get(line.holder, line.holder)) for line in model.red_lines]
        heads = ("red line", "whose", "declared", "crossed", "basis")
        parts += [tag("h3", "Red lines"), table(heads, rows)]
    if model.clocks:
        told = {s.clock.id: s for s in stories(run, _last_tick(run))}
        rows = [_clock(run, c, run.clocks[c.id], told.get(c.id)) for c in model.clocks]
        heads = ("clock", "runs", "lengths reached or missed", "at the end", "basis")
        parts += [tag("h3", "Clocks"), table(heads, rows)]
    return blocks(*parts) if parts else tag("p", "The scenario has neither red lines nor clocks.")


def _last_tick(run: Run) -> int:
    return run.model.horizon if run.why_ended == "quiet" else run.ended_at


def _line(run: Run, line: RedLine, holder: str) -> list[str]:
    ticks = run.crossings[line.id]
    if ticks:
        crossed = tag("span", "at " + _times(run, list(ticks)), class_="crossed")
    else:
        missing = why(run, f"red_lines.{line.id}").missing
        told = missing[0].reasons[-1:] if missing else ()
        crossed = join(["not crossed", *(tag("small", reason) for reason in told)])
    return [line.label, holder, line.declares, crossed, basis(line.basis, line.claims)]


def _times(run: Run, ticks: list[int]) -> str:
    shown = ", ".join(hours(run, t) for t in ticks[:MOST_TIMES])
    more = len(ticks) - MOST_TIMES
    return f"{shown} and {more} times more" if more > 0 else shown


def _clock(run: Run, clock: Clock, end: ClockEnd, story: ClockStory | None) -> list[str]:
    reached = list(_marks(run, story)) if story is not None else []
    more = len(reached) - MOST_TIMES
    lines = [tag("span", mark) for mark in reached[:MOST_TIMES]]
    if more > 0:
        lines.append(tag("span", f"and {more} more"))
    shows = "not running" if end.hand is None else f"at {hours(run, end.hand)}"
    if end.hand is not None and not end.running:
        shows += ", standing"
    resets = f"; reset {end.resets} times" if end.resets > 1 else "; reset once"
    return [
        join([tag("b", clock.label), tag("small", code(clock.id))]),
        _when(clock),
        join(lines, Html("<br>")) if lines else "none",
        shows + (resets if end.resets else ""),
        basis(clock.basis, clock.claims),
    ]


def _when(clock: Clock) -> Html:
    """Return when a clock runs, in the words of its conditions."""
    said: list[str] = []
    if clock.until == checked.Negation(clock.from_):
        said += ["while ", code(text_of(clock.from_))]
    else:
        said += ["from ", code(text_of(clock.from_))]
        if clock.until != NEVER:
            said += [" until ", code(text_of(clock.until))]
    extra = []
    if clock.lull != ZERO:
        extra.append(tag("small", "a lull counts up to ", code(text_of(clock.lull))))
    if clock.pause != NEVER:
        extra.append(tag("small", "paused while ", code(text_of(clock.pause))))
    return join([*said, *extra])


def _marks(run: Run, story: ClockStory) -> Iterator[str]:
    """Yield what came of the lengths the clock is compared with, late ones marked as such."""
    for event in story.events:
        if event.kind in ("start", "reset"):
            continue
        when, length = hours(run, event.tick), hours(run, event.length)
        rule = run.model.rules[event.rule].label if event.rule is not None else ""
        if event.kind == "missed":
            yield f"late: {length} missed at {when} ({rule})"
        elif event.kind == "met":
            late = ", after it was missed" if event.fired else ""
            yield f"{length} met at {when}{late} ({rule})"
        else:
            what = f" ({rule})" if rule and event.fired else ""
            yield f"{length} reached at {when}{what}"
