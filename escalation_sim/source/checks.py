"""What one key or one value may be, beyond what YAML allows."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from escalation_sim.diagnostics import Diagnostic
from escalation_sim.location import Span
from escalation_sim.source import limits, traps
from escalation_sim.source.characters import named, unseen
from escalation_sim.source.wording import shown

if TYPE_CHECKING:
    from escalation_sim.source.tree import Scalar

_OVERLAY = "write `null` to remove an entry in an overlay"


def key_problem(key: Scalar, seen: dict[str, Span]) -> Diagnostic | None:
    """Return what is wrong with a key; `seen` holds the keys before it and takes this one in."""
    text, span = key.text, key.span
    if key.plain and text == "<<":
        return Diagnostic(
            "merge-key",
            "merge keys such as `<<` are not part of the language",
            span,
            "build on another file with `extends`, or write the keys out",
        )
    if key.is_null:
        message = f"{shown(text)} cannot be a key" if text else "there is no key before the `:`"
        return Diagnostic("bad-key", message, span, "give the entry a name")
    too_long = _too_long(key, limits.KEY_LENGTH, "key")
    if too_long:
        return too_long
    trap = traps.refused(text) if key.plain else None
    if trap or key.flag is not None:
        message = trap.message if trap else f"{shown(text)} is a flag, not a name"
        help_ = f"choose another name, or quote it: `'{text}'`"
        help_ = trap.help if trap and ":" in text else help_
        return Diagnostic("ambiguous-key", message, span, help_)
    return _character(key) or _twice(key, seen)


def value_problem(value: Scalar) -> Diagnostic | None:
    """Return what is wrong with a value that is there."""
    too_long = _too_long(value, limits.SCALAR_LENGTH, "text")
    if too_long:
        return too_long
    trap = traps.refused(value.text) if value.plain else None
    if trap:
        return Diagnostic("ambiguous-value", trap.message, value.span, trap.help)
    return _character(value)


def missing_value(key: Scalar, *, colon: bool, flow: bool) -> Diagnostic:
    """Return the problem of a key without a value; `colon` tells whether a `:` stands after it."""
    text = key.text
    name, mark, rest = text.partition(":")
    if not colon and mark and key.plain and rest:
        message = f"{shown(text)} has no space after its `:`, so it is one text without a value"
        return Diagnostic("empty-value", message, key.span, f"write `{name}: {rest}`")
    if not colon and flow:
        message = f"{shown(text)} stands alone: inside `{{ }}` a comma begins a new entry"
        help_ = "quote the whole text if the comma belongs to it, or give the entry a value"
        return Diagnostic("empty-value", message, key.span, help_)
    indent = "" if flow else "indent the lines that belong to it, "
    help_ = f"give it a value, {indent}or {_OVERLAY}"
    return Diagnostic("empty-value", f"{shown(text)} has no value", key.span, help_)


def missing_item(place: Span) -> Diagnostic:
    """Return the problem of a `-` with nothing after it."""
    return Diagnostic("empty-value", "this list item is empty", place, "delete it or fill it in")


def _too_long(scalar: Scalar, limit: int, kind: str) -> Diagnostic | None:
    if len(scalar.text) <= limit:
        return None
    start = scalar.span
    place = Span(start.file, start.line, start.column, start.line, start.column + 1)
    message = f"this {kind} has {len(scalar.text)} characters"
    return Diagnostic("too-long", message, place, f"a {kind} has at most {limit}")


def _character(scalar: Scalar) -> Diagnostic | None:
    text = scalar.text
    character = unseen(text)
    help_ = "leave the escape out; the character cannot be seen, or changes how the text is shown"
    if not character and scalar.plain and text != text.strip():
        character = text[0] if text[0].isspace() else text[-1]
        help_ = "replace it by an ordinary space, or quote the text if it is meant"
    if not character:
        return None
    message = f"the character {named(character)} cannot stand here"
    return Diagnostic("bad-character", message, scalar.span, help_)


def _twice(key: Scalar, seen: dict[str, Span]) -> Diagnostic | None:
    same = unicodedata.normalize("NFC", key.text)
    first = seen.setdefault(same, key.span)
    if first is key.span:
        return None
    return Diagnostic(
        "duplicate-key",
        f"the key {shown(key.text)} is given twice",
        key.span,
        "delete one of the two, or rename it",
        notes=(("given first here", first),),
    )
