"""Records, choices and parts of conditions in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from escalation_sim.diagnostics import one_of
from escalation_sim.expression.text import hours_text, number_text, text_of, value_text

if TYPE_CHECKING:
    from collections.abc import Iterator
    from fractions import Fraction

    from escalation_sim.expression.explain import Part
    from escalation_sim.model.model import Model
    from escalation_sim.trace.records import Record

ENDLESS = float("inf")
"""The gap of a comparison with a clock that is not running."""


def choice_texts(record: Record) -> Iterator[str]:
    """Yield how a firing chose, in words: who joined, which options were open, what was drawn."""
    asked: dict[str, Any] | None = record.data.get("asked")
    if asked:
        joined = [m for m, (came, _, _) in asked.items() if came]
        stayed = [m for m, (came, _, _) in asked.items() if not came]
        yield f"{len(joined)} of {len(asked)} joined ({', '.join(joined) or 'none'})" + (
            f", not {', '.join(stayed)}" if stayed else ""
        )
    weights = record.data.get("weights")
    drawn = record.data.get("drawn")
    if "open" in record.data and not record.data["open"]:
        yield "no option was open"
    if weights and drawn is None:
        yield "all open options have weight 0"
    if weights and drawn is not None:
        pairs = zip(record.data["open"], weights, strict=True)
        shares = ", ".join(f"{name} {weight:g}" for name, weight in pairs)
        yield f"chosen by weight among {shares}; drawn {drawn:.3f}"
    if record.data.get("lapsed"):
        yield "its deadline lapsed"
    if record.data.get("ties"):
        yield f"at the same instant as {one_of(record.data['ties'])}"


def changes_text(model: Model, record: Record) -> str:
    """Return what a record changed, in words; empty if nothing."""
    return ", ".join(
        f"{name} {_shown(model, name, old)} → {_shown(model, name, new)}"
        for name, (old, new) in record.writes.items()
        if record.kind != "begin"
    )


def deed_text(model: Model, record: Record) -> str:
    """Return what a record says, in one line."""
    _, _, name = record.about.partition(".")
    writes = changes_text(model, record)
    option = record.data.get("option")
    note = record.data.get("note")
    hand = record.data.get("hand")
    shows = "" if hand is None else f" at {hours_text(hand * model.seconds_per_tick)}"
    match record.kind:
        case "begin":
            return "the run begins"
        case "script":
            return f"the script: {writes or 'nothing changes'}"
        case "fired":
            way = f" ({option})" if option else ""
            said = "; ".join(x for x in (writes, note) if x) or "nothing changes"
            return f"{name}{way}: {said}"
        case "triggered":
            return f"{name} was triggered"
        case "waits":
            return f"{name} waits"
        case "chance_failed":
            return f"{name}: its chance failed"
        case "ignored":
            return f"{name}: triggered again while it still waits"
        case "called_off":
            return f"{name}: called off, {record.data.get('why', '')}"
        case "clock_started":
            return f"{name} starts"
        case "clock_stopped":
            return f"{name} stands{shows}"
        case "clock_resumed":
            return f"{name} goes on, the lull counted in"
        case "clock_reset":
            return f"{name} is reset"
        case "clock_paused":
            return f"{name} is paused{shows}"
        case "clock_unpaused":
            return f"{name} goes on after the pause"
        case "crossed":
            line = next(x for x in model.red_lines if x.id == name)
            said = f" (declared: {line.declares})" if line.declares else ""
            return f"red line crossed: {line.label}{said}"
        case "uncrossed":
            return f"red line no longer crossed: {name}"
        case "latched":
            return f"ever({text_of(model.latches[int(name)])}) came true"
        case "outcome":
            return f"outcome: {name}"
        case "end":
            return f"the run ends: {record.data.get('why', '')}"
    return record.kind


def _shown(model: Model, name: str, value: Any) -> str:
    """Return a variable's recorded value in words; levels are recorded by name."""
    if isinstance(value, str):
        return value
    kind = next(v.type for v in model.variables if v.id == name)
    return value_text(value, kind, (), model.seconds_per_tick)


def part_text(part: Part, tick: Fraction) -> str:
    """Return one part of a condition: its text, whether it holds, what it read, how far off."""
    within = f"{' → '.join(part.within)}: " if part.within else ""
    said = f"{within}{part.text}" + ("" if part.holds else " is false")
    told = [f"{k} {v}" for k, v in part.values if k != part.text]
    if not part.holds and part.gap != ENDLESS:
        if part.unit == "ticks":
            told.append(f"{hours_text(int(part.gap) * tick)} off")
        elif part.unit == "levels" and part.gap > 1:
            told.append(f"{number_text(part.gap)} levels off")
        elif part.unit == "number" and part.gap:
            told.append(f"{number_text(part.gap)} off")
    return f"{said} ({', '.join(told)})" if told else said
