"""Text measured before it is placed: one font, its glyphs, widths in inches, wrapping.

The font is matplotlib's own DejaVu Sans, by file, so that nothing depends on what is installed.
"""

from __future__ import annotations

from functools import cache, lru_cache
from pathlib import Path

import matplotlib as mpl
from matplotlib.font_manager import FontProperties, get_font
from matplotlib.textpath import TextToPath

from escalation_sim.figures import words
from escalation_sim.figures.sizes import POINT, Face

ASCENT, DESCENT = 0.80, 0.24
"""From the baseline to the top and the bottom of a line, as multiples of its size."""


@cache
def _file(*, bold: bool) -> str:
    name = "DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf"
    return str(Path(mpl.get_data_path()) / "fonts" / "ttf" / name)


def font(face: Face) -> FontProperties:
    """Return the font of a face, for matplotlib."""
    return FontProperties(fname=_file(bold=face.bold), size=face.size)


@cache
def _covered() -> frozenset[int]:
    """Return the code points that both weights have."""
    sets = [frozenset(get_font(_file(bold=bold)).get_charmap()) for bold in (False, True)]
    return sets[0] & sets[1]


@lru_cache(maxsize=4096)
def shown(text: str) -> str:
    """Return a text as it is drawn: on one line, with a visible substitute for missing glyphs."""
    return "".join(c if ord(c) in _covered() else words.SUBSTITUTE for c in words.clean(text))


@lru_cache(maxsize=8192)
def _width(text: str, size: float, *, bold: bool) -> float:
    width, _, _ = TextToPath().get_text_width_height_descent(
        text, FontProperties(fname=_file(bold=bold), size=size), ismath=False
    )
    return float(width) * POINT


def width(text: str, face: Face) -> float:
    """Return how wide a text is drawn, in inches, with a pixel's allowance for hinting."""
    drawn = shown(text)
    return _width(drawn, face.size, bold=face.bold) * 1.01 + 0.007 if drawn else 0.0


def widest(texts: list[str], face: Face) -> float:
    """Return the width of the widest of some texts, in inches; 0 for none."""
    return max((width(t, face) for t in texts), default=0.0)


def wrap(text: str, face: Face, room: float, most: int = 99) -> list[str] | None:
    """Return a text in lines at most `room` inches wide, or None if it takes more than `most`.

    A word wider than the room is broken where it must.
    """
    lines: list[str] = []
    line = ""
    for word in _pieces(text, face, room):
        longer = f"{line} {word}" if line else word
        if not line or width(longer, face) <= room:
            line = longer
            continue
        lines.append(line)
        if len(lines) >= most:
            return None
        line = word
    return [*lines, line] if line else lines


def _pieces(text: str, face: Face, room: float) -> list[str]:
    """Return the words of a text, those wider than the room in pieces."""
    pieces: list[str] = []
    for word in shown(text).split(" "):
        rest = word
        while rest and width(rest, face) > room:
            cut = max(_most_that_fits(rest, face, room), 1)
            pieces.append(rest[:cut])
            rest = rest[cut:]
        if rest:
            pieces.append(rest)
    return pieces


def _most_that_fits(word: str, face: Face, room: float) -> int:
    """Return how many first characters of a word fit, by halving."""
    low, high = 0, len(word)
    while low < high:
        middle = (low + high + 1) // 2
        if width(word[:middle], face) <= room:
            low = middle
        else:
            high = middle - 1
    return low


def first_that_fits(forms: list[str], face: Face, room: float, most: int = 1) -> list[str]:
    """Return the lines of the first form that fits; of none, no lines."""
    for form in forms:
        lines = wrap(form, face, room, most)
        if lines and not (len(forms) > 1 and _broken(form, lines)):
            return lines
    return []


def _broken(text: str, lines: list[str]) -> bool:
    """Whether wrapping had to break a word."""
    return sum(len(line.split(" ")) for line in lines) != len(shown(text).split(" "))
