"""Every colour of the figures, by role. No colour is named anywhere else.

Chosen so that each also tells itself apart by lightness: grey print keeps the order.
"""

from __future__ import annotations

PAPER = "#FFFFFF"

INK = "#1B1F24"
SECOND = "#4A525C"
THIRD = "#666E78"
"""Three inks for text, at least 5:1 on paper."""

RULE = "#C9CDD2"
HAIR = "#E4E7EA"
"""Lines that are never text."""

UP = "#1A4B84"
UP_TEXT = "#1A4B84"
DOWN = "#BF6900"
DOWN_TEXT = "#864800"
"""The two sides: above and below the strip. Which party stands where is the scenario's."""

RED_LINE = "#930036"
OUTCOME = "#4B1248"

CLOCK = "#8A929C"
CLOCK_ASSUMED = "#C9CDD2"
"""Fills of a running clock whose length is reported or declared, or assumed."""

UP_RUNGS = ("#7FA6D1", "#4F81BA", "#2B5E9C", "#0F2F5C")
DOWN_RUNGS = ("#E3A45C", "#C98024", "#9A5800", "#633900")
"""One hue a side, darker for a higher rung: lines of rungs reached over time."""

OUTCOMES = ("#4B1248", "#4C78A8", "#B8975C", "#A9DCCB")
OUTCOMES_TEXT = ("#4B1248", "#2F5B8B", "#7A5A1B", "#1F6B56")
"""Fills of outcomes and the same as text: darker stands further up; steps of 15 in lightness."""

OPEN = "#EFE7D8"
"""Fill of runs that may still change."""

FLOW_UP = "#CAD7E8"
FLOW_DOWN = "#F0DAB8"
FLOW_OTHER = "#DDE0E4"
"""Fills of streams of runs: by the other side's rung, and small ones together."""

SIDE_FILL = 0.14
"""How much of a side's colour fills the space under its stair."""

_STRIP = ("#F3F1ED", "#E3E0D9", "#CBC6BA", "#A9A192")
_BAND = ("#FDFCFB", "#FAF9F7", "#F3F1ED", "#EAE7E1")
"""Lowest level first: the strip that carries the words, and the tint behind the stairs."""


def strip(level: int, levels: int) -> str:
    """Return the strip's colour for a level (0 is the lowest) of `levels`: higher is darker."""
    return _along(_STRIP, level, levels)


def band(level: int, levels: int) -> str:
    """Return the tint behind the stairs for a level (0 is the lowest) of `levels`."""
    return _along(_BAND, level, levels)


def rungs(side_up: bool, level: int, levels: int) -> str:
    """Return the line colour of a rung (0 is the lowest drawn) of `levels` on a side."""
    return _along(UP_RUNGS if side_up else DOWN_RUNGS, level, levels)


def outcomes(ends: int) -> tuple[tuple[str, str], ...]:
    """Return fill and text colour of `ends` outcomes from the top down, the rest last but one.

    The one before the last is the outcome for the rest, the last is the lightest.
    """
    upper = max(ends - 2, 0)
    places = [k / max(upper - 1, 1) for k in range(upper)]
    fills = [_mix(OUTCOMES[0], OUTCOMES[1], place) for place in places]
    texts = [_mix(OUTCOMES_TEXT[0], OUTCOMES_TEXT[1], place) for place in places]
    lower = slice(2, 3) if ends == 1 else slice(2, 4)
    return (
        *zip(fills, texts, strict=True),
        *zip(OUTCOMES[lower], OUTCOMES_TEXT[lower], strict=True),
    )


def _along(steps: tuple[str, ...], level: int, levels: int) -> str:
    """Return a colour on the way through `steps`; the lowest and highest level take the ends."""
    if levels < 2:
        return steps[0]
    place = (len(steps) - 1) * min(max(level / (levels - 1), 0.0), 1.0)
    below = min(int(place), len(steps) - 2)
    return _mix(steps[below], steps[below + 1], place - below)


def _mix(first: str, second: str, share: float) -> str:
    pairs = zip(_parts(first), _parts(second), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02X}" for a, b in pairs)


def _parts(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def fixed() -> frozenset[str]:
    """Return the colours that stand by name, without the scales of `strip` and `band`."""
    return frozenset(
        {
            PAPER,
            INK,
            SECOND,
            THIRD,
            RULE,
            HAIR,
            UP,
            UP_TEXT,
            DOWN,
            DOWN_TEXT,
            RED_LINE,
            OUTCOME,
            CLOCK,
            CLOCK_ASSUMED,
            OPEN,
            FLOW_UP,
            FLOW_DOWN,
            FLOW_OTHER,
            *UP_RUNGS,
            *DOWN_RUNGS,
            *OUTCOMES,
            *OUTCOMES_TEXT,
        }
    )


def lightness(colour: str) -> float:
    """Return the CIE lightness L* of a colour, 0 to 100: what is left of it in grey print."""
    linear = [
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4
        for c in (part / 255 for part in _parts(colour))
    ]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    if luminance <= 0.008856:
        return 903.3 * luminance
    return float(116 * luminance ** (1 / 3) - 16)
