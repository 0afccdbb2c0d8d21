"""The words around a sweep: its headline, what is swept, and values as they are told."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from escalation_sim.figures.shares import share_text
from escalation_sim.figures.words import SPACE, capital, clean, counted, length_text

if TYPE_CHECKING:
    from escalation_sim.analysis.sweep import Overtaking, Sweep


def draw_text(sweep: Sweep) -> str:
    """Return how often it was run, and on which random numbers."""
    points = len(sweep.steps) + 1
    return f"{points:,} × {counted(sweep.runs, 'run')} · seed {sweep.seed}"


def note(sweep: Sweep) -> str:
    """Return what bands and the foot of the upright line mean."""
    flip = flip_of(sweep)
    foot = ""
    if flip is not None:
        foot = f" and the foot of the upright line ({interval_text(flip, sweep)})"
    return f"Bands{foot}: 95{SPACE}% intervals, paired by seed, for the sampling of runs only."


def interval_text(flip: Overtaking, sweep: Sweep) -> str:
    """Return the interval of an overtaking point."""
    low = "below the sweep" if flip.low is None else value_text(flip.low, sweep)
    high = "beyond the sweep" if flip.high is None else value_text(flip.high, sweep)
    return f"{low} to {high}"


def value_text(value: float, sweep: Sweep, *, unit: bool = True) -> str:
    """Return a value of the input as precise as the sweep's width asks for."""
    if sweep.unit == "h" and unit:
        whole = sweep.steps[-1].value - sweep.steps[0].value > 20
        return length_text(round(value)) if whole and value >= 1 else length_text(value)
    width = sweep.steps[-1].value - sweep.steps[0].value
    digits = max(0, 2 - math.floor(math.log10(width))) if width > 0 else 2
    shown = f"{value:.{min(digits, 6)}f}"
    if "." in shown:
        shown = shown.rstrip("0").rstrip(".")
    return shown.replace("-", "−")


def flip_of(sweep: Sweep) -> Overtaking | None:
    """Return the point that the figure marks: bounded on both sides, the most frequent pair."""
    return next((o for o in sweep.overtakings if o.bounded), None)


def label_of(sweep: Sweep, outcome: str) -> str:
    """Return an outcome's name."""
    return capital(sweep.shares[outcome].label)


def overtaking_text(found: Overtaking, sweep: Sweep) -> str:
    """Return one overtaking in words, with its interval."""
    before, after = label_of(sweep, found.before), label_of(sweep, found.after)
    at = f"{value_text(found.at, sweep)} ({interval_text(found, sweep)})"
    return f"“{after}” overtakes “{before}” at {at}"


def titles(sweep: Sweep) -> list[str]:
    """Return forms of the headline, from long to short."""
    flip = flip_of(sweep)
    if flip is not None:
        at = value_text(flip.at, sweep)
        return [
            (
                f"Above {at} “{label_of(sweep, flip.after)}” is more frequent than "
                f"“{label_of(sweep, flip.before)}”"
            ),
            f"Above {at} another outcome is the more frequent one",
        ]
    first, last = sweep.steps[0], sweep.steps[-1]
    most = max(
        sweep.shares,
        key=lambda o: abs((last.shares[o].share or 0.0) - (first.shares[o].share or 0.0)),
    )
    one, other = (share_text(s.shares[most].count, s.shares[most].of) for s in (first, last))
    told = f"“{label_of(sweep, most)}” goes from {one} to {other}"
    return [
        f"No outcome surely overtakes another: {told}",
        told,
        "No outcome surely overtakes another",
    ]


def explanations(sweep: Sweep) -> list[str]:
    """Return forms of the line that says what is swept, from long to short."""
    first, last = (value_text(s.value, sweep) for s in (sweep.steps[0], sweep.steps[-1]))
    rests = "The value as written is assumed." if sweep.basis == "assumed" else ""
    return [
        f"Swept: {clean(sweep.label)}, from {first} to {last}; all else as written. {rests}",
        f"Swept from {first} to {last}; all else as written. {rests}",
        f"Swept from {first} to {last}.",
    ]
