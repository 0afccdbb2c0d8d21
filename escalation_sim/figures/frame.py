"""What stands around every figure: what was run, in a footer that cannot be left out; the title.

`begin` is the only way to a page of this package's figures, and it takes the run's identity.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from escalation_sim.figures import glyphs, palette
from escalation_sim.figures.page import Box, Page
from escalation_sim.figures.place import middle_baseline
from escalation_sim.figures.sizes import (
    EXPLANATION,
    FOOTER,
    HAIRLINE,
    MARGIN,
    NOTE,
    PAGE_WIDTH,
    TITLE,
    Stroke,
)
from escalation_sim.figures.words import capital, clean, counted, percent
from escalation_sim.trace.run import ILLUSTRATIVE

if TYPE_CHECKING:
    from escalation_sim.trace.run import Run

ROOM = PAGE_WIDTH - 2 * MARGIN
"""Inches between the margins."""

TOP = 0.13
"""Inches of paper above the first line."""

SOLID, DASHED = "reported or declared", "assumed"


@dataclass(frozen=True, slots=True)
class Identity:
    """What was run: enough to run it again, and how much of it is assumed."""

    scenario: str
    model_hash: str
    draw: str
    """Which random numbers: a seed with a replication, or with a number of runs."""

    readings: str
    changes: tuple[str, ...]
    assumed: int
    inputs: int
    claims: tuple[str, ...]
    note: str = ""
    """What bands and brackets mean, or what is held fixed."""

    def lines(self) -> list[str]:
        """Return the footer's texts, each beginning a line of its own."""
        dot = " · "
        rests = f"{self.assumed} of {self.inputs} inputs assumed"
        if self.inputs:
            rests += f" ({percent(self.assumed, self.inputs)})"
        model = f"model {self.model_hash[:8]}"
        first = dot.join([f"Scenario {clean(self.scenario)}", self.draw, model, rests])
        lines = [first]
        if self.readings:
            lines.append(f"Readings: {self.readings}")
        if self.changes:
            lines.append(f"Changed: {', '.join(self.changes)}")
        if self.note:
            lines.append(self.note)
        lines.append(f"Source: {self._sources()}")
        return lines

    def _sources(self) -> str:
        if not self.claims:
            return "no statement of the register is cited."
        groups = sorted({claim.partition(".")[0] for claim in self.claims})
        said = counted(len(self.claims), "statement")
        return f"{said} of the register ({', '.join(groups)}); what cites none is assumed."


def identity_of(run: Run) -> Identity:
    """Return the identity of one run."""
    model = run.model
    assumed, inputs = model.assumed
    return Identity(
        scenario=model.name,
        model_hash=model.hash,
        draw=f"seed {run.seed} · replication {run.replication}",
        readings=model.readings_text,
        changes=model.changes,
        assumed=assumed,
        inputs=inputs,
        claims=tuple(model.claims),
    )


@dataclass(frozen=True, slots=True)
class Header:
    """The texts above a figure, in lines that fit."""

    kicker: str
    title: list[str]
    explanation: list[str]

    @property
    def bottom(self) -> float:
        """Where the header ends, in inches from the top."""
        return (
            TOP
            + 0.2
            + len(self.title) * TITLE.line
            + len(self.explanation) * EXPLANATION.line
            + 0.04
        )


def header_of(
    kicker: str, titles: list[str], explanations: list[str], brief: str = "One run"
) -> Header:
    """Return a header from forms of its texts, the longest that fits of each."""
    room = ROOM - _key_width() - 0.3
    return Header(
        kicker=next((k for k in (capital(kicker), brief) if _fits(k, room)), ""),
        title=glyphs.first_that_fits(titles, TITLE, ROOM, 2),
        explanation=glyphs.first_that_fits(explanations, EXPLANATION, ROOM, 2),
    )


def _fits(text: str, room: float) -> bool:
    return glyphs.width(text, NOTE) <= room


def footer_lines(identity: Identity) -> list[str]:
    """Return the footer in lines that fit; the last leaves room for the reminder."""
    reminder = glyphs.width(capital(ILLUSTRATIVE), FOOTER.in_bold()) + 0.2
    *texts, last = identity.lines()
    lines = [line for text in texts for line in glyphs.wrap(text, FOOTER, ROOM) or []]
    return lines + (glyphs.wrap(last, FOOTER, ROOM - reminder) or [])


def footer_height(identity: Identity) -> float:
    """Return the inches the footer takes."""
    return 0.06 + len(footer_lines(identity)) * FOOTER.line + 0.1


def begin(identity: Identity, header: Header, height: float, *, key: bool = True) -> Page:
    """Return a page with title, key and footer; later texts keep off them.

    The key is for solid and dashed lines; a figure without dashes needs none.
    """
    page = Page(height)
    if key:
        _draw_key(page)
    y = TOP
    if header.kicker:
        page.text((MARGIN, y + 0.075), header.kicker, NOTE.coloured(palette.SECOND))
    y = page.lines((MARGIN, TOP + 0.19), [(line, TITLE) for line in header.title])
    page.lines((MARGIN, y + 0.01), [(line, EXPLANATION) for line in header.explanation])
    _draw_footer(page, identity)
    return page


def _draw_footer(page: Page, identity: Identity) -> None:
    top = page.height - footer_height(identity)
    page.line([(MARGIN, top), (PAGE_WIDTH - MARGIN, top)], HAIRLINE)
    lines = footer_lines(identity)
    bottom = page.lines((MARGIN, top + 0.06), [(line, FOOTER) for line in lines])
    baseline = bottom - FOOTER.line + FOOTER.size * glyphs.ASCENT / 72
    reminder = FOOTER.in_bold().coloured(palette.INK)
    page.text((PAGE_WIDTH - MARGIN, baseline), capital(ILLUSTRATIVE), reminder, "right")
    page.take(Box(0, top - 0.02, PAGE_WIDTH, page.height))


_SAMPLE = 0.26
"""Inches of line in the key."""


def _key_width() -> float:
    return glyphs.width(SOLID, NOTE) + glyphs.width(DASHED, NOTE) + 2 * _SAMPLE + 0.3


def _draw_key(page: Page) -> None:
    """Draw the one-line key for the pair that means the same everywhere."""
    face = NOTE.coloured(palette.SECOND)
    x = PAGE_WIDTH - MARGIN
    y = TOP + 0.04
    for text, dashed in ((DASHED, True), (SOLID, False)):
        page.text((x, middle_baseline(y, face)), text, face, "right")
        x -= glyphs.width(text, face) + 0.06
        sample = Stroke("frame", palette.INK, 1.1, dashed=dashed)
        page.line([(x - _SAMPLE, y), (x, y)], sample)
        x -= _SAMPLE + 0.18
