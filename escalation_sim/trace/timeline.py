"""A run as rows a person can read, and as a table for notebooks."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from escalation_sim.expression.text import hours_text, number_text
from escalation_sim.trace.words import deed_text

if TYPE_CHECKING:
    from escalation_sim.model.model import Model
    from escalation_sim.trace.records import Record
    from escalation_sim.trace.run import Run

TELLING = frozenset(
    {
        "script",
        "fired",
        "crossed",
        "uncrossed",
        "clock_started",
        "clock_reset",
        "clock_paused",
        "clock_unpaused",
        "chance_failed",
        "outcome",
    }
)
"""Kinds of record that a timeline shows unless all are asked for."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the timeline."""

    time: str
    kind: str
    text: str
    where: str
    basis: str
    claims: tuple[str, ...]

    @property
    def source(self) -> str:
        """The basis with the claims behind it."""
        return source_text(self.basis, self.claims)


def source_text(basis: str, claims: tuple[str, ...]) -> str:
    """Return a basis with the claims behind it, as in `reported: plan.first-24h`."""
    return f"{basis}: {', '.join(claims)}" if claims else basis


def timeline(run: Run, *, everything: bool = False) -> list[Row]:
    """Return the rows of a traced run, in order."""
    basis = bases_of(run.model)
    rows = []
    for record in run.records:
        if record.kind not in TELLING and not everything:
            continue
        text = deed_text(run.model, record)
        chance = record.data.get("chance")
        if chance and record.kind == "chance_failed":
            text += f" (drawn {chance[0]:.3f}, not below {chance[1]:g})"
        time = hours_text(record.tick * run.model.seconds_per_tick)
        rows.append(
            Row(time, record.kind, text, record.where, basis_of(basis, record), record.claims)
        )
    return rows


def basis_of(bases: dict[str, str], record: Record) -> str:
    """Return what a record rests on: the option taken, if that cites a source of its own."""
    option = f"{record.about}/{record.data.get('option')}"
    return bases.get(option, bases.get(record.about, ""))


def bases_of(model: Model) -> dict[str, str]:
    """Return the basis of everything a record can be about, by `section.id`.

    Options that cite a source of their own are there as `rules.id/option`.
    """
    options: dict[str, str] = {
        f"rules.{rule.id}/{option.id}": option.basis
        for rule in model.rules
        for option in (*rule.options, rule.otherwise, rule.lapsed)
        if option is not None and option.claims
    }
    return options | {
        f"{section}.{entry.id}": entry.basis
        for section, entries in (
            ("rules", model.rules),
            ("red_lines", model.red_lines),
            ("clocks", model.clocks),
            ("outcomes", model.outcomes),
            ("script", model.script),
        )
        for entry in entries
    }


def identity(run: Run) -> str:
    """Return what was run, on one line."""
    model = run.model
    parts = [f"scenario {model.name}", f"seed {run.seed}", f"replication {run.replication}"]
    parts.append(f"model {model.hash[:8]}")
    if model.changes:
        parts.append("changed: " + ", ".join(model.changes))
    return " · ".join(parts)


def assumed_text(model: Model) -> str:
    """Return how much of a model is assumed, in words."""
    count, of = model.assumed
    share = f" ({round(100 * count / of)} %)" if of else ""
    return f"{count} of {of} inputs assumed{share}"


def ending(run: Run) -> str:
    """Return how a run ended, in words."""
    when = hours_text(run.ended_at * run.model.seconds_per_tick)
    outcome = run.outcome or "none"
    return {
        "outcome": f"{outcome} at {when}",
        "quiet": f"{outcome}; nothing more was due after {when}",
        "horizon": f"{outcome}; the horizon came at {when}",
    }[run.why_ended]


def results_text(run: Run) -> list[tuple[str, str]]:
    """Return the results as labels and texts; times in hours."""
    found = []
    for result in run.model.results:
        value = run.results.get(result.id)
        unit = (
            " h"
            if result.kind in ("first", "total")
            or result.what.type.kind
            in (
                "duration",
                "time",
            )
            else ""
        )
        missing = "the run had ended" if result.kind == "value" else "never"
        shown = missing if value is None else number_text(round(value, 2)) + unit
        found.append((result.label, shown))
    return found


def html_of(run: Run, note: str) -> str:
    """Return a run as an escaped table for notebooks."""
    rows = "".join(
        f"<tr><td style='text-align:right'>{escape(r.time)}</td>"
        f"<td style='text-align:left'>{escape(r.text)}</td>"
        f"<td style='text-align:left'><code>{escape(r.where)}</code></td>"
        f"<td style='text-align:left'>{escape(r.source)}</td></tr>"
        for r in timeline(run)
    )
    return (
        f"<div><b>{escape(run.model.title)}</b><br><small>{escape(identity(run))}</small>"
        f"<table><thead><tr><th>time</th><th>what</th><th>where</th><th>basis</th></tr></thead>"
        f"<tbody>{rows}</tbody></table>"
        f"<small>outcome: {escape(ending(run))} · {escape(assumed_text(run.model))} · "
        f"{escape(note)}</small></div>"
    )
