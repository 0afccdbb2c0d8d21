"""Where a piece of a scalar's text stands in the file, behind quotes, folds and block headers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from escalation_sim.location import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from escalation_sim.source.tree import Scalar


def content_span(scalar: Scalar) -> Span:
    """Return the span of the text itself: inside the quotes of a one-line scalar.

    A plain scalar is its own content; a text over several lines keeps its whole span.
    """
    span = scalar.span
    if not _quote(scalar) or span.line != span.end_line:
        return span
    return Span(span.file, span.line, span.column + 1, span.line, span.end_column - 1)


def part_of(scalar: Scalar, start: int, end: int) -> Span:
    """Return where the characters `start` to `end` of `scalar.text` stand in the file.

    Exact for plain, single-quoted and block texts, and for double-quoted ones without escapes;
    otherwise the span of the whole content. A piece that runs over a line end is cut there.
    """
    whole = content_span(scalar)
    places = _places(scalar)
    if places is None:
        return whole
    if start >= len(places):
        return Span(whole.file, whole.end_line, whole.end_column, whole.end_line, whole.end_column)
    line, column = places[start]
    end_column = column
    for other_line, other_column in places[start:end]:
        if other_line != line:
            break
        end_column = other_column + 1
    return Span(whole.file, line, column, line, end_column)


def _quote(scalar: Scalar) -> str:
    """Return the quote character the scalar is written in, or an empty text."""
    span = scalar.span
    first = span.file.line(span.line)[span.column - 1 : span.column]
    return first if not scalar.plain and first in ("'", '"') else ""


def _places(scalar: Scalar) -> list[tuple[int, int]] | None:
    """Return line and column of each character, or None where the file does not show them."""
    written = list(_written(scalar))
    if _quote(scalar) == '"' and any(c == "\\" for c, _, _ in written):
        return None
    places: list[tuple[int, int]] = []
    index = 0
    for wanted in scalar.text:
        ink = not wanted.isspace()
        while ink and index < len(written) and written[index][0].isspace():
            index += 1
        character, line, column = "", scalar.span.end_line, scalar.span.end_column
        if index < len(written):
            character, line, column = written[index]
        if ink and character != wanted:
            return None
        places.append((line, column))
        if character == wanted or character.isspace():
            index += 1
    return places


def _written(scalar: Scalar) -> Iterator[tuple[str, int, int]]:
    """Yield the characters of the content as they stand in the file, line ends included."""
    span = scalar.span
    quote = _quote(scalar)
    block = not scalar.plain and not quote
    for number in range(span.line + block, span.end_line + 1):
        line = span.file.line(number)
        start = span.column - 1 + len(quote) if number == span.line else 0
        end = span.end_column - 1 - len(quote) if number == span.end_line else len(line)
        column = start
        while column < end:
            yield line[column], number, column + 1
            column += 2 if quote == "'" and line[column : column + 2] == "''" else 1
        if number < span.end_line:
            yield "\n", number, len(line) + 1
