"""HTML that cannot go wrong: whatever is not made here is escaped."""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING

from escalation_sim.diagnostics import printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

NO_BREAK = "\u00a0"

_VOID = frozenset({"br", "meta", "wbr"})

_BREAK = re.compile(r"(?<=[._/])(?=\w)")


class Html(str):
    """A text that is HTML already; any other text is escaped before it is put in."""

    __slots__ = ()


def text(words: str) -> Html:
    """Return a text for a page: escaped, its control and direction marks made visible."""
    lines = words.expandtabs(4).splitlines()
    shown = (NO_BREAK.join(map(printable, line.split(NO_BREAK))) for line in lines)
    return Html(escape("\n".join(shown)))


def tag(name: str, /, *inside: str, **attributes: str) -> Html:
    """Return an element; names of attributes lose a `_` at their end, other `_` become `-`."""
    told = "".join(
        f' {key.removesuffix("_").replace("_", "-")}="{text(value)}"'
        for key, value in attributes.items()
        if value
    )
    if name in _VOID:
        return Html(f"<{name}{told}>")
    return Html(f"<{name}{told}>{join(inside)}</{name}>")


def join(parts: Iterable[str], between: str = "") -> Html:
    """Return parts after one another; what is not HTML is escaped."""
    return Html(_made(between).join(map(_made, parts)))


def _made(words: str) -> str:
    return words if isinstance(words, Html) else text(words)


def paragraphs(words: str, class_: str = "") -> Html:
    """Return a text as paragraphs, parted by empty lines."""
    blocks = [block.strip() for block in words.replace("\r\n", "\n").split("\n\n")]
    return join(tag("p", block, class_=class_) for block in blocks if block)


def code(words: str) -> Html:
    """Return a name or formula; it may be broken after `.`, `_` and `/`."""
    pieces = _BREAK.split(words)
    return tag("code", join(pieces[:1]), *(join([tag("wbr"), piece]) for piece in pieces[1:]))


def table(heads: Sequence[str], rows: Iterable[Sequence[str]], class_: str = "") -> Html:
    """Return a table; a head that begins with `>` is set to the right, one with `#` is a name."""
    kinds = ["number" if h.startswith(">") else "name" if h.startswith("#") else "" for h in heads]
    top = [
        tag("th", h if isinstance(h, Html) else h.lstrip(">#"), scope="col", class_=kind)
        for h, kind in zip(heads, kinds, strict=True)
    ]
    body = [
        tag("tr", *(tag("td", cell, class_=kind) for cell, kind in zip(row, kinds, strict=True)))
        for row in rows
    ]
    return tag(
        "div",
        tag("table", tag("thead", tag("tr", *top)), tag("tbody", *body), class_=class_),
        class_="wide",
    )


def facts(pairs: Iterable[tuple[str, str]]) -> Html:
    """Return names with what they are, as a list of two columns."""
    return tag(
        "dl",
        *(join([tag("dt", name), tag("dd", value)]) for name, value in pairs if value),
        class_="facts",
    )


def link(fragment: str, words: str) -> Html:
    """Return a link to a place on the same page."""
    return tag("a", words, href=f"#{fragment}")
