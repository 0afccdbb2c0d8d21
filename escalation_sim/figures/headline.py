"""The headline: what was found in this run, by template, and what is drawn below it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from escalation_sim.figures.words import capital, clean, length_text, time_text

if TYPE_CHECKING:
    from escalation_sim.figures.clock_story import ClockStory
    from escalation_sim.figures.sides import Ladder, Layout
    from escalation_sim.figures.time_axis import TimeAxis
    from escalation_sim.trace.run import Run

SHORT_RUN = 6.0
"""Hours below which the headline says that the run was short."""


def outcome_label(run: Run) -> str:
    """Return the outcome in the scenario's words; a run without one is open."""
    return clean(run.model.outcome_label(run.outcome) or "no outcome")


def titles(run: Run, layout: Layout, clocks: list[ClockStory]) -> list[str]:
    """Return forms of the headline, from long to short: a finding, then how the run ended."""
    end = _ending(run)
    forms = []
    for short in (False, True):
        found = _findings(run, layout, short=short)
        extra = _clock_finding(run, clocks)
        if len(found) > 1:
            forms.append(f"{capital(', '.join(found))}: {end}")
        elif extra and found:
            forms.append(f"{capital(found[0])}, {extra}: {end}")
        if found:
            forms.append(f"{capital(found[0])}: {end}")
    ended = f"the run ended at {time_text(run.hours(run.ended_at))}"
    bare = [f"{form.partition(': ')[0]}: {ended}" for form in forms]
    return [*forms, *bare, capital(end), capital(ended)]


def _findings(run: Run, layout: Layout, *, short: bool) -> list[str]:
    """Return how far each stair got, and when; one that rested only if all did."""
    moved = [_top(run, ladder, short=short) for _, ladder in layout.both if ladder.history.moved]
    if moved:
        return moved
    if layout.both:
        ladder = layout.both[0][1]
        name = _name(ladder.variable.label, ladder.variable.short, short=short)
        return [f"{name} stays at {_rung(ladder, ladder.history.begin, short=short)}"]
    if layout.strip is not None:
        variable, past = layout.strip
        name = _name(variable.label, variable.short, short=short)
        if past.moved:
            when = time_text(run.hours(past.first_at(past.top) or 0))
            return [f"{name} reaches {clean(variable.level_labels[past.top])} at {when}"]
        return [f"{name} stays {clean(variable.level_labels[past.begin])}"]
    return []


def _top(run: Run, ladder: Ladder, *, short: bool) -> str:
    past = ladder.history
    if past.top == past.begin:
        change = past.changes[0]
        rung = _rung(ladder, change.after, short=short)
        return f"{rung} from {time_text(run.hours(change.tick))}"
    when = run.hours(past.first_at(past.top) or 0)
    return f"{_rung(ladder, past.top, short=short)} at {time_text(when)}"


def _rung(ladder: Ladder, level: int, *, short: bool) -> str:
    labels = ladder.variable.level_shorts if short else ladder.variable.level_labels
    return clean(labels[level])


def _name(label: str, brief: str, *, short: bool) -> str:
    return clean(brief if short else label)


def _clock_finding(run: Run, clocks: list[ClockStory]) -> str:
    """Return the deadline that was missed first, or the clock that a lull set back, in words."""
    missed = [e for c in clocks for e in c.events if e.kind == "missed"]
    if missed:
        first = min(missed, key=lambda e: e.tick)
        length = length_text(run.hours(first.length))
        return f"a {length} deadline missed at {time_text(run.hours(first.tick))}"
    return ""


def _ending(run: Run) -> str:
    """Return how the run ended, as a clause."""
    hours = run.hours(run.ended_at)
    when = time_text(hours)
    label = outcome_label(run)
    if run.why_ended == "outcome":
        said = f"{label}, ended at {when}" if hours < SHORT_RUN else f"{label} at {when}"
    elif run.why_ended == "horizon":
        said = f"{label} at the horizon, {when}"
    elif run.ended_at == 0:
        said = f"{label}, nothing is due after the start"
    else:
        said = f"{label}, nothing is due after {when}"
    return said


def explanations(run: Run, layout: Layout, axis: TimeAxis) -> list[str]:
    """Return forms of the line that says what is drawn, from long to short."""
    drawn = _drawn(layout)
    cut = " Quiet time is cut." if axis.cuts else ""
    unit = {"s": "Second", "min": "Minute", "h": "Hour", "d": "Day", "w": "Week"}[axis.unit_name]
    zero = clean(run.model.zero).rstrip(".")
    began = [f" {unit} 0: {zero}."] if zero else []
    return [f"{drawn}{said}{cut}" for said in (*began, f" {unit}s from the start.")]


def _drawn(layout: Layout) -> str:
    middle = "the strip" if layout.strip else "the middle"
    if layout.up and layout.down:
        return f"Two ladders mirrored about {middle}; further out is a higher rung."
    if layout.up or layout.down:
        where = "above" if layout.up else "below"
        return f"One ladder {where} {middle}; further out is a higher rung."
    if layout.strip:
        return f"{capital(clean(layout.strip[0].label))} over time; the scenario has no ladder."
    return "The scenario has neither a ladder nor levels to draw."
