"""What can be wrong with a text: one value for every problem, and how it is shown.

The form is a contract: `path:line:col: error[code]: message`, the offending line, a caret, one
help. Messages are one lower-case sentence without a full stop; what the user wrote stands in
backticks.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from escalation_sim.location import Span

EXCERPT_WIDTH = 110
"""Longest excerpt line, in characters; longer ones are cut around the caret."""


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One problem: what, where, and what to do about it."""

    code: str
    message: str
    span: Span
    help: str = ""
    severity: Literal["error", "warning"] = "error"
    notes: tuple[tuple[str, Span], ...] = ()

    @property
    def headline(self) -> str:
        """The first line of the report."""
        span = self.span
        return (
            f"{printable(span.file.name)}:{span.line}:{span.column}: "
            f"{self.severity}[{self.code}]: {printable(self.message)}"
        )

    def render(self) -> str:
        """Return the whole report: headline, excerpt with caret, notes, help."""
        lines = [self.headline, *_excerpt(self.span)]
        for text, span in self.notes:
            lines.append(f"  note: {printable(text)} ({printable(span.where)})")
        if self.help:
            lines.append(f"  help: {printable(self.help)}")
        return "\n".join(lines)

    def as_json(self) -> dict[str, object]:
        """Return the problem as plain data for `--json`; lines and columns count from 1."""
        return {
            "severity": self.severity,
            "code": self.code,
            "message": self.message,
            "path": self.span.file.name,
            "line": self.span.line,
            "column": self.span.column,
            "end_line": self.span.end_line,
            "end_column": self.span.end_column,
            "help": self.help,
            "notes": [
                {"message": text, "path": span.file.name, "line": span.line, "column": span.column}
                for text, span in self.notes
            ],
        }


def printable(text: str) -> str:
    """Show control, bidirectional and other unprintable characters as escapes."""
    if text.isprintable():
        return text
    return "".join(
        c if c.isprintable() or c == " " else c.encode("unicode_escape").decode("ascii")
        for c in text
    )


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return `did you mean ...?` for the nearest known word, or an empty text."""
    candidates = sorted({k for k in known if k})
    near = difflib.get_close_matches(word[:64], candidates, n=1, cutoff=0.6)
    return f"did you mean `{near[0]}`?" if near else ""


def one_of(words: Iterable[str], limit: int = 12) -> str:
    """List the words that would have been right, shortened when there are many."""
    names = list(dict.fromkeys(words))
    shown = ", ".join(f"`{w}`" for w in names[:limit])
    return shown + (f" and {len(names) - limit} more" if len(names) > limit else "")


def suggest(word: str, known: Iterable[str], otherwise: str = "known are") -> str:
    """Return a near miss if there is one, else the list of what is known."""
    names = list(dict.fromkeys(known))
    return did_you_mean(word, names) or (f"{otherwise} {one_of(names)}" if names else "")


def in_order(found: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Sort by place in the text and drop exact repeats."""
    unique = dict.fromkeys(found)
    return sorted(
        unique, key=lambda d: (d.span.file.name, d.span.line, d.span.column, d.code, d.message)
    )


def errors_in(found: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Return the errors alone, warnings left out."""
    return [d for d in found if d.severity == "error"]


def _excerpt(span: Span) -> Sequence[str]:
    text = span.file.line(span.line)
    if not text.strip():
        return []
    start = span.column - 1
    end = span.end_column - 1 if span.end_line == span.line else len(text)
    end = max(end, start + 1)
    cut = 0
    if len(text) > EXCERPT_WIDTH:
        cut = max(0, min(start - EXCERPT_WIDTH // 3, len(text) - EXCERPT_WIDTH))
        text = text[cut : cut + EXCERPT_WIDTH]
        start, end = start - cut, min(end - cut, len(text) + 1)
    shown = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)
    number = str(span.line)
    gutter = " " * len(number)
    return [
        f"  {number} | {shown}",
        f"  {gutter} | {' ' * start}{'^' * max(1, end - start)}",
    ]
