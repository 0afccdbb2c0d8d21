"""The words around a tornado: its headline, what is drawn, and what is not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from escalation_sim.figures.shares import full_text
from escalation_sim.figures.words import SPACE, capital, clean, counted, length_text, listed

if TYPE_CHECKING:
    from escalation_sim.analysis.tornado import Tornado
    from escalation_sim.analysis.variance import Variance


def draw_text(tornado: Tornado) -> str:
    """Return how often it was run, and on which random numbers."""
    return f"{tornado.points:,} × {counted(tornado.runs, 'run')} · seed {tornado.seed}"


def note(tornado: Tornado, variance: Variance | None) -> str:
    """Return what whiskers, words and the column of variance mean."""
    said = (
        "Whiskers: 95 % intervals of the change, paired by seed, for the sampling of runs only. "
        f"Words: {tornado.scale.name}; bold ends change the word."
    )
    if variance is not None:
        said += (
            f" Variance: first-order parts, {variance.samples:,} samples, {variance.runs:,} runs."
        )
    return said.replace(" %", f"{SPACE}%")


def _what(tornado: Tornado) -> str:
    return clean(tornado.target.label)


def titles(tornado: Tornado) -> list[str]:
    """Return forms of the headline, from long to short."""
    what, bars = _what(tornado), tornado.bars
    if not bars or not bars[0].reach:
        return [f"No single input moves the share of “{what}”", "No single input moves this share"]
    first = bars[0].input
    forms = []
    for name in (first.label, first.short or first.label):
        cause = f"How “{clean(name)}” is read" if first.kind == "reading" else capital(name)
        forms += [f"{cause} moves “{what}” more than any other input"]
    changing = sum(bar.changes_the_word for bar in bars)
    return [*forms, f"{changing} of {counted(len(bars), 'input')} can change the word alone"]


def explanations(tornado: Tornado) -> list[str]:
    """Return forms of the line that says what is drawn, from long to short."""
    horizon = length_text(tornado.model.hours(tornado.model.horizon))
    verb = "enter" if tornado.target.kind == "rung" else "end in"
    base = f"As written {full_text(tornado.base)}."
    return [
        (
            f"Share of runs that {verb} “{_what(tornado)}” within {horizon}, with each input at "
            f"the ends of its range and all others as written. {base}"
        ),
        f"Share of runs within {horizon}, each input at the ends of its range. {base}",
        base,
    ]


def notes(
    tornado: Tornado,
    drawn: int,
    names: str,
    texts: dict[str, str],
    variance: Variance | None,
) -> list[str]:
    """Return the remarks below the bars: parts of the variance, what is not drawn, long names."""
    found = []
    if variance is not None and variance.parts.assumed.value is not None:
        parts = variance.parts
        shares = [
            ("assumed inputs", parts.assumed.value),
            ("reported or declared inputs", parts.sourced.value),
            ("chance", parts.chance.value),
            ("these together", parts.together.value),
        ]
        told = [f"{name} {_percent(value)}" for name, value in shares if value and value >= 0.005]
        found.append(f"Of the variance of one run’s end: {listed(told)}.")
    moving = sum(bar.reach > 0 for bar in tornado.bars)
    still = len(tornado.bars) - moving
    left_out = []
    if moving > drawn:
        left_out.append(f"{counted(moving - drawn, 'input')} with less effect")
    if still:
        left_out.append(f"{counted(still, 'input')} without effect on any run")
    if left_out:
        found.append(f"Not drawn: {listed(left_out)}.")
    absent = [
        f"{clean(bar.input.label)} cannot be {clean(at)}"
        for bar in tornado.bars
        for at, _ in bar.impossible
    ]
    if absent:
        found.append(f"Not run: {listed(absent[:3])}{' and others' if len(absent) > 3 else ''}.")
    if texts:
        names = "; ".join([*([names] if names else []), *(f"{k}: {v}" for k, v in texts.items())])
    if names:
        found.append(f"{names}.")
    return found


def _percent(part: float) -> str:
    share = 100 * part
    if share < 0.5:
        return f"under 1{SPACE}%"
    return f"{share:.0f}{SPACE}%"
