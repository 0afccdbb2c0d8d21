"""The page of one run: what happened, why it went so far and no further, and what it rests on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from escalation_sim.expression.text import hours_text
from escalation_sim.reports import drawings, happened, reasons, reproduce
from escalation_sim.reports.html import join, paragraphs, tag
from escalation_sim.reports.page import Section, blocks, page, sentence
from escalation_sim.reports.register import assumptions, readings, sources
from escalation_sim.trace.timeline import assumed_text, identity

if TYPE_CHECKING:
    from escalation_sim.trace.run import Run


def run_page(run: Run) -> str:
    """Return the page of a traced run as text, the same for the same run."""
    model = run.model
    lead = outcome_sentence(run)
    chosen = readings(model)
    sections = [
        question(model.about, model.zero),
        Section(
            "figure",
            "The run",
            blocks(drawings.of_run(run, lead), happened.results(run)),
        ),
        Section("timeline", "What happened", happened.timeline_table(run)),
        Section("why", "Why so far and no further", reasons.of_ladders(run)),
        Section("lines", "Red lines and clocks", happened.lines_and_clocks(run)),
        *([Section("readings", "Readings", chosen)] if chosen else []),
        assumptions(model),
        sources(model),
        reproduce.of_run(run),
    ]
    told = f"{identity(run)} · {assumed_text(model)}"
    return page("Report of one run", model.title, lead, told, sections)


def question(about: str, zero: str) -> Section:
    """Return what the scenario is about, in its author's words."""
    words = paragraphs(about, "said") if about.strip() else tag("p", "The scenario does not say.")
    begins = [tag("p", f"Time zero: {zero.strip()}.", class_="note")] if zero.strip() else []
    return Section("question", "The question", join([words, *begins]))


def outcome_sentence(run: Run) -> str:
    """Return how the run ended and how far each ladder was climbed."""
    model = run.model
    when = hours_text(run.ended_at * model.seconds_per_tick)
    label = model.outcome_label(run.outcome) or "no outcome"
    ended = {
        "outcome": f"“{label}”: it ended the run at {when}",
        "quiet": f"“{label}”: nothing more was due after {when}",
        "horizon": f"“{label}”, at the horizon of {when}",
    }[run.why_ended]
    ladders = []
    for _, ladder in model.ladders:
        stays = [s for s in run.stays if s.ladder == ladder.id]
        top = max(stays, key=lambda s: ladder.levels.index(s.rung))
        name = ladder.level_labels[ladder.levels.index(top.rung)]
        if top.entered or ladder.levels.index(top.rung):
            reached = hours_text(top.entered * model.seconds_per_tick)
            ladders.append(f"{ladder.label} got to {name} at {reached}")
        else:
            ladders.append(f"{ladder.label} stayed at {name}")
    climbed = f" {sentence('; '.join(ladders))}" if ladders else ""
    return f"The outcome is {ended}.{climbed}"
