"""PyYAML's syntax errors in the words of this package.

PyYAML says where its parser stood; an author wants to know what to change. Each handler takes a
`Fault` and returns a problem, or None when it is not about that; the first answer counts.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from escalation_sim.diagnostics import Diagnostic
from escalation_sim.location import SourceFile, Span, start_of
from escalation_sim.source import limits
from escalation_sim.source.wording import shown

if TYPE_CHECKING:
    from collections.abc import Callable

    import yaml

    from escalation_sim.source.tree import Scalar

CODE = "yaml"
_QUOTE = "quote the whole text"
_LONGEST_KEY = 1024  # PyYAML looks no further for the `:` of a key
_FOUND = re.compile(r"but (?:found|got) (?P<quote>['\"])(?P<token>.+)(?P=quote)\Z")


@dataclass(frozen=True, slots=True)
class Fault:
    """What PyYAML said: its words, where it stopped and where the construct began."""

    problem: str
    context: str
    place: Span
    begun: Span | None
    last: Scalar | None
    """The last scalar read before the fault."""
    opening: Span | None
    """The innermost bracket that is open at the fault."""

    @property
    def found(self) -> str:
        """The token that was not expected, such as `]` or `<scalar>`."""
        match = _FOUND.search(self.problem)
        return match["token"] if match else ""

    @property
    def line(self) -> str:
        """The line on which PyYAML stopped."""
        return self.place.file.line(self.place.line)

    @property
    def before(self) -> str:
        """What stands before the place, on its line."""
        return self.line[: self.place.column - 1]

    @property
    def character(self) -> str:
        """The character at the place; empty at a line end."""
        return self.line[self.place.column - 1 : self.place.column]


def diagnose(
    error: yaml.YAMLError, file: SourceFile, last: Scalar | None, opening: Span | None
) -> Diagnostic:
    """Return the problem behind an error of PyYAML.

    `last` is the last scalar read before it, `opening` the innermost bracket still open.
    """
    problem = getattr(error, "problem", None) or ""
    fault = Fault(
        problem,
        getattr(error, "context", None) or "",
        _at(getattr(error, "problem_mark", None), file) or start_of(file),
        _at(getattr(error, "context_mark", None), file),
        last,
        opening,
    )
    for handler in _HANDLERS:
        found = handler(fault)
        if found:
            return found
    return unknown(fault.place)


def tag(place: Span, text: str) -> Diagnostic:
    """Return the problem of an explicit tag such as `!!python/none`."""
    message = f"tags such as {shown(text)} are not part of the language"
    return Diagnostic("tag", message, place, "delete the tag, or quote a text that begins with `!`")


def directive(place: Span) -> Diagnostic:
    """Return the problem of a line such as `%YAML 1.1`."""
    message = "a line that begins with `%` is a YAML directive, which is not part of the language"
    return Diagnostic("directive", message, place, "delete the line")


def no_character(place: Span, written: str) -> Diagnostic:
    """Return the problem of an escape beyond the last character."""
    message = f"the escape {shown(written)} names no character"
    return Diagnostic(CODE, message, place, "the largest is `\\U0010FFFF`")


def unknown(place: Span) -> Diagnostic:
    """Return the problem of a text that PyYAML gives up on without saying why."""
    return Diagnostic(CODE, "this is not valid YAML", place, "check brackets and quotes")


def _tab(fault: Fault) -> Diagnostic | None:
    if "cannot start any token" not in fault.problem or fault.character != "\t":
        return None
    if not fault.before.strip():
        return Diagnostic(
            CODE, "a tab is used as indentation", fault.place, "indent with spaces, two a level"
        )
    return Diagnostic(
        CODE, "a tab stands outside of quotes", fault.place, f"use spaces, or {_QUOTE}"
    )


def _first_character(fault: Fault) -> Diagnostic | None:
    if "cannot start any token" not in fault.problem:
        return None
    mark = "a backtick" if fault.character == "`" else shown(fault.character)
    if fault.character in ("|", ">"):
        message = f"{mark} begins a block text, which cannot stand inside brackets"
    else:
        message = f"a text cannot begin with {mark} unless it is quoted"
    return Diagnostic(CODE, message, fault.place, _QUOTE)


def _escape(fault: Fault) -> Diagnostic | None:
    if "unknown escape character" in fault.problem:
        place = _wider(fault.place, 1)
        message = f"{shown(chr(92) + fault.character)} is not an escape"
    elif "escape sequence" in fault.problem and "double-quoted" in fault.context:
        start = fault.before.rfind("\\")
        place = _wider(fault.place, fault.place.column - 1 - start)
        message = "this escape has too few hexadecimal digits"
    else:
        return None
    help_ = "write two backslashes for one, or use single quotes, where a backslash is only itself"
    return Diagnostic(CODE, message, place, help_)


def _open_quote(fault: Fault) -> Diagnostic | None:
    if "found unexpected" not in fault.problem or not fault.begun:
        return None
    return Diagnostic(CODE, "this quote is never closed", fault.begun, "add the closing quote")


def _name(fault: Fault) -> Diagnostic | None:
    if not fault.context.startswith(("while scanning an alias", "while scanning an anchor")):
        return None
    place = fault.begun or fault.place
    mark = "*" if "alias" in fault.context else "&"
    message = f"a text cannot begin with `{mark}` unless it is quoted"
    return Diagnostic(CODE, message, place, _QUOTE)


def _tag(fault: Fault) -> Diagnostic | None:
    if " tag" not in fault.context and "undefined tag" not in fault.problem:
        return None
    place = fault.begun or fault.place
    word = re.match(r"\S*", place.file.line(place.line)[place.column - 1 :])
    written = word.group() if word else ""
    return tag(_wider(place, 0, len(written) - 1), written or "!")


def _directive(fault: Fault) -> Diagnostic | None:
    first = fault.last.span.line if fault.last else 1
    if "directive" in fault.context or "YAML" in fault.problem or "tag handle" in fault.problem:
        numbers = [(fault.begun or fault.place).line]
    elif "'<document start>'" in fault.problem:
        numbers = list(range(first, fault.place.line + 1))
    else:
        return None
    file = fault.place.file
    for number in numbers:
        if file.line(number).startswith("%"):
            return directive(Span(file, number, 1, number, 2))
    return None


def _block_header(fault: Fault) -> Diagnostic | None:
    if fault.context != "while scanning a block scalar" or not fault.begun:
        return None
    line = fault.begun.file.line(fault.begun.line)
    mark = shown(line[fault.begun.column - 1 : fault.begun.column])
    message = f"{mark} begins a block text, which starts on the next line"
    help_ = f"move the text to the next line, or quote a text that begins with {mark}"
    return Diagnostic(CODE, message, fault.begun, help_)


def _no_colon(fault: Fault) -> Diagnostic | None:
    if "could not find expected ':'" not in fault.problem or not fault.begun:
        return None
    begun = fault.begun
    line = begun.file.line(begun.line)
    place = _wider(begun, 0, len(line.rstrip()) - begun.column)
    if begun.line == fault.place.line and len(line) > _LONGEST_KEY:
        return _long_key(begun)
    glued = re.match(r"\s*([\w-]+):(\S+)", line)
    if glued:
        message = "there is no space after the `:`"
        help_ = f"write `{glued[1]}: …`"
    else:
        message = "this line is neither `key: value` nor a list item"
        help_ = "write `key: value`, or indent the line if it goes on with the text above"
    return Diagnostic(CODE, message, place, help_)


def _colon(fault: Fault) -> Diagnostic | None:
    if "mapping values are not allowed" not in fault.problem and fault.found != ":":
        return None
    if fault.before.rstrip()[-1:] in ("", "{", "[", ","):
        help_ = "give the entry a name, or quote a text that begins with `:`"
        return Diagnostic(CODE, "there is no key before this `:`", fault.place, help_)
    if len(fault.before) > _LONGEST_KEY and ": " not in fault.before:
        return _long_key(fault.place)
    if not re.fullmatch(r"\s*(- +)*[\w.-]+ *", fault.before):
        message = "a `:` followed by a space stands inside an unquoted text"
        return Diagnostic(CODE, message, fault.place, _QUOTE)
    if fault.opening:
        message = "this entry begins inside the text of the one above"
        help_ = "end the line above with a comma, or quote the whole text"
    else:
        message = "this line is indented deeper than the one above, which has a value already"
        help_ = "begin it in the same column as the key it follows, or quote the text above"
    return Diagnostic(CODE, message, fault.place, help_)


def _long_key(place: Span) -> Diagnostic:
    message = f"a key on this line is longer than {limits.KEY_LENGTH} characters"
    return Diagnostic("too-long", message, place, "shorten it, or quote the whole text")


def _item(fault: Fault) -> Diagnostic | None:
    if "sequence entries are not allowed" in fault.problem:
        help_ = "begin the list on the next line, write it as `[a, b]`, or quote the text"
        return Diagnostic(CODE, "a list item cannot begin here", fault.place, help_)
    if "mapping keys are not allowed" in fault.problem or fault.found == "?":
        if fault.character == "?":
            message = "`?` ends an unquoted text or begins a key of several lines"
            return Diagnostic(CODE, message, fault.place, _QUOTE)
        message = "a `key: value` line stands among the items of a list"
        help_ = "indent it if it belongs to the item above, or end the list before it"
        return Diagnostic(CODE, message, fault.place, help_)
    return None


def _open_bracket(fault: Fault) -> Diagnostic | None:
    if not _never_closed(fault) or not fault.opening:
        return None
    bracket = _bracket(fault.opening)
    help_ = f"add the closing `{_CLOSERS[bracket]}`"
    return Diagnostic(CODE, f"this `{bracket}` is never closed", fault.opening, help_)


def _second_document(fault: Fault) -> Diagnostic | None:
    if "'<document start>'" not in fault.problem:
        return None
    first = fault.last.span.line if fault.last else 1
    file = fault.place.file
    for number in range(first, fault.place.line):
        if file.line(number).startswith("..."):
            place = Span(file, number, 1, number, 4)
            message = "`...` ends the scenario, and more text follows"
            return Diagnostic("several-documents", message, place, "delete the line")
    head = next((x for x in file.lines if x.strip() and x[0] not in "#-"), "")
    return None if _indent(head) else _more(fault)


def _wrong_bracket(fault: Fault) -> Diagnostic | None:
    if fault.found not in ("]", "}"):
        return None
    if not fault.opening:
        message = f"this `{fault.found}` closes nothing"
        return Diagnostic(CODE, message, fault.place, "delete it, or quote the whole text")
    bracket = _bracket(fault.opening)
    message = f"`{bracket}` is closed by `{fault.found}`"
    note = (f"`{bracket}` stands here", fault.opening)
    return Diagnostic(CODE, message, fault.place, f"write `{_CLOSERS[bracket]}`", notes=(note,))


def _after_quote(fault: Fault) -> Diagnostic | None:
    last = fault.last
    if fault.found != "<scalar>" or last is None or last.plain:
        return None
    end = last.span
    if (end.end_line, fault.before[end.end_column - 1 :].strip()) != (fault.place.line, ""):
        return None
    if end.line != end.end_line:
        message = f"the quote that opens here closes only on line {end.end_line}"
        help_ = "a closing quote is missing on one of the lines between"
        return Diagnostic(CODE, message, _wider(end, 0, 0), help_)
    quote = end.file.line(end.line)[end.column - 1]
    inside = '`\\"`' if quote == '"' else "`''`"
    message = "a text goes on after its closing quote"
    help_ = f"put the whole text in one pair of quotes; inside them, a quote is written {inside}"
    if fault.opening:
        help_ = f"separate entries by a comma, or {help_}"
    return Diagnostic(CODE, message, fault.place, help_)


def _comma(fault: Fault) -> Diagnostic | None:
    if fault.problem.startswith("expected ',' or"):
        message = "a comma is missing before this"
        help_ = "separate entries by commas; quote a text that holds a bracket"
        return Diagnostic(CODE, message, fault.place, help_)
    if fault.found != ",":
        return None
    if fault.opening:
        message = "there is nothing before this comma"
        return Diagnostic(CODE, message, fault.place, "delete the comma, or write a value")
    help_ = "write a list as `[a, b]`, or quote the whole text"
    return Diagnostic(CODE, "this comma stands outside of brackets", fault.place, help_)


def _indentation(fault: Fault) -> Diagnostic | None:
    if fault.found == "-":
        message = "a list item stands where none can be"
        help_ = "write the list as `[a, b]`, or all its items in one column below their key"
        return Diagnostic(CODE, message, fault.place, help_)
    if fault.found not in ("<block mapping start>", "<block sequence start>"):
        return None
    notes: tuple[tuple[str, Span], ...] = ()
    if fault.begun:
        notes = ((f"what it follows begins in column {fault.begun.column}", fault.begun),)
    message = "the indentation of this line fits no line above"
    help_ = "begin lines that belong together in the same column"
    return Diagnostic(CODE, message, fault.place, help_, notes=notes)


def _more(fault: Fault) -> Diagnostic | None:
    if not fault.found:
        return None
    help_ = "quote the whole text, or give it a key of its own"
    return Diagnostic(CODE, "this follows a value that is complete", fault.place, help_)


_HANDLERS: tuple[Callable[[Fault], Diagnostic | None], ...] = (
    _tab, _first_character, _escape, _open_quote, _name, _directive, _tag, _block_header,
    _no_colon, _open_bracket, _colon, _second_document, _item, _wrong_bracket, _after_quote,
    _comma, _indentation, _more,
)  # fmt: skip
_CLOSERS = {"[": "]", "{": "}"}


def _never_closed(fault: Fault) -> bool:
    """Whether an open bracket swallowed lines that look like the next entries."""
    opening, place = fault.opening, fault.place
    if not opening or not fault.found:
        return False
    if fault.found in ("<stream end>", "<document start>", "<document end>"):
        return True
    begun = opening.file.line(opening.line)
    return place.line > opening.line and _indent(fault.line) <= _indent(begun)


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _bracket(opening: Span) -> str:
    return opening.file.line(opening.line)[opening.column - 1]


def _at(mark: yaml.Mark | None, file: SourceFile) -> Span | None:
    if mark is None:
        return None
    return Span(file, mark.line + 1, mark.column + 1, mark.line + 1, mark.column + 2)


def _wider(place: Span, before: int, after: int = 0) -> Span:
    """Return the one-character span at the start of `place`, with more to its left and right."""
    column = place.column
    return Span(place.file, place.line, column - before, place.line, column + 1 + max(after, 0))
