"""Where something stands in a text: files, spans and excerpts."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One text as it was read: `name` as shown to the user, and its lines.

    Compared by name alone, so that values which carry a position stay small to compare.
    """

    name: str
    lines: tuple[str, ...] = field(compare=False, repr=False)

    @classmethod
    def of(cls, name: str, text: str) -> SourceFile:
        """Split `text` into lines as editors count them."""
        return cls(name, tuple(text.replace("\r\n", "\n").replace("\r", "\n").split("\n")))

    def line(self, number: int) -> str:
        """Return line `number` (from 1), or an empty text past the end."""
        return self.lines[number - 1] if 0 < number <= len(self.lines) else ""


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a file: lines and columns count characters from 1; the end is exclusive."""

    file: SourceFile
    line: int
    column: int
    end_line: int
    end_column: int

    @property
    def where(self) -> str:
        """`file:line`, the short form used in traces and figures."""
        return f"{self.file.name}:{self.line}"

    def part(self, start: int, end: int) -> Span:
        """Return the part from `start` to `end`, character offsets within this one-line span."""
        if self.line != self.end_line:
            return self
        last = self.end_column
        return Span(
            self.file,
            self.line,
            min(self.column + start, last),
            self.line,
            max(min(self.column + end, last), min(self.column + start, last)),
        )


def start_of(file: SourceFile) -> Span:
    """Return the very beginning of a file, for problems that have no better place."""
    return Span(file, 1, 1, 1, 1)
