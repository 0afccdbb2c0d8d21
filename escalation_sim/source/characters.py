"""Bytes to text: UTF-8 only, and nothing in it that a reader of the file cannot see."""

from __future__ import annotations

import re
import unicodedata

from escalation_sim.diagnostics import Diagnostic, in_order
from escalation_sim.errors import ScenarioError
from escalation_sim.location import SourceFile, Span
from escalation_sim.source import limits
from escalation_sim.source.files import too_large

_UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069"
    "\ud800-\udfff\ufeff\ufffe\uffff]"
)
_BYTE_ORDER_MARK = "\ufeff"
_LINE_END = re.compile("\r\n|\r|\n")
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")


def read_text(data: bytes, shown: str) -> tuple[str, SourceFile]:
    """Decode UTF-8, with or without a byte order mark, and split it into lines.

    Raises ScenarioError: `file-too-large`, `bad-encoding`, or `bad-character` at each place.
    """
    if len(data) > limits.FILE_BYTES:
        raise ScenarioError([too_large(shown)])
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ScenarioError([_not_utf_8(data, error.start, shown)]) from None
    text = text.removeprefix(_BYTE_ORDER_MARK)
    file = SourceFile.of(shown, text)
    if "\0\0" in (text[0:3:2], text[1:4:2]):
        raise ScenarioError([_utf_16(file)])
    problems: dict[str, Diagnostic] = {}
    for match in _UNSEEN.finditer(text):
        character = match.group()
        if character not in problems:
            problems[character] = Diagnostic(
                "bad-character",
                f"the character {named(character)} cannot stand in a scenario",
                place_of(text, match.start(), file),
                "delete it; it cannot be seen, or it changes how the line is shown",
            )
        if len(problems) == limits.PROBLEMS:
            break
    if problems:
        raise ScenarioError(in_order(problems.values()))
    return text, file


def unseen(text: str) -> str:
    """Return the first character of `text` that cannot stand in a scenario, or an empty text."""
    match = _UNSEEN.search(text)
    return match.group() if match else ""


def named(character: str) -> str:
    """Return `U+202E (right-to-left override)`, or the number alone where there is no name."""
    name = unicodedata.name(character, "").lower()
    return f"U+{ord(character):04X}" + (f" ({name})" if name else "")


def place_of(text: str, index: int, file: SourceFile) -> Span:
    """Return the span of the one character at `index` of the file's text."""
    lines = _LINE_END.split(text[:index])
    line, column = len(lines), len(lines[-1]) + 1
    return Span(file, line, column, line, column + 1)


def _not_utf_8(data: bytes, start: int, shown: str) -> Diagnostic:
    if data.startswith(_UTF_16):
        return _utf_16(SourceFile(shown, ()))
    before = data[:start].decode("utf-8").removeprefix(_BYTE_ORDER_MARK)
    file = SourceFile.of(shown, before + data[start:].decode("utf-8", "replace"))
    byte = data[start]
    meant = bytes([byte]).decode("cp1252", "replace")
    hint = (
        f"; in Windows-1252 this byte is `{meant}`" if meant.isprintable() and byte > 0x9F else ""
    )
    return Diagnostic(
        "bad-encoding",
        f"the byte 0x{byte:02X} is not UTF-8",
        place_of(before, len(before), file),
        f"save the file as UTF-8{hint}",
    )


def _utf_16(file: SourceFile) -> Diagnostic:
    return Diagnostic(
        "bad-encoding",
        "this file is UTF-16, not UTF-8",
        Span(file, 1, 1, 1, 1),
        "save the file as UTF-8",
    )
