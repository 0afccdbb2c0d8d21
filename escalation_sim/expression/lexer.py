"""From text to tokens; durations such as `72h` are found here, so columns stay right."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

LONGEST = 1_000
"""Most characters one expression may have."""

UNITS = {"s": 1, "min": 60, "h": 3_600, "d": 86_400, "w": 604_800}
"""Units of time, in seconds. There is no month: it has no fixed length."""

WORDS = frozenset({"and", "or", "not", "if", "else", "true", "false"})

_SPELLED = {
    **dict.fromkeys(("S", "sec", "secs", "second", "seconds"), "s"),
    **dict.fromkeys(("m", "mins", "minute", "minutes", "MIN"), "min"),
    **dict.fromkeys(("H", "hr", "hrs", "hour", "hours"), "h"),
    **dict.fromkeys(("D", "day", "days"), "d"),
    **dict.fromkeys(("W", "wk", "wks", "week", "weeks"), "w"),
}
_UNEVEN = ("mo", "mon", "month", "months", "M", "y", "yr", "yrs", "year", "years", "Y")

_NUMBER = re.compile(r"(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][-+]?[0-9]+(?![A-Za-z0-9_]))?")
_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_LOOK_ALIKES = {"−": "-", "–": "-", "—": "-", "×": "*", "·": "*", "÷": "/"}
_LOOK_ALIKES |= {"≤": "<=", "≥": ">=", "≠": "!=", "∧": "and", "∨": "or", "¬": "not"}
_ISO = re.compile(r"PT?[0-9]+[A-Z]")
_OPERATORS = ("<=", ">=", "==", "!=", "<", ">", "+", "-", "*", "/", "(", ")", ",", ".")
_WRONG = {
    "+=": "write the whole new value, as in `troops + 500`",
    "-=": "write the whole new value, as in `troops - 500`",
    "*=": "write the whole new value, as in `troops * 2`",
    "/=": "write the whole new value, as in `troops / 2`",
    "**": "there are no powers; multiply instead",
    "//": "`/` divides and gives a number; use `floor(a / b)` for whole parts",
    "&&": "write `and`",
    "||": "write `or`",
    "&": "write `and`",
    "|": "write `or`",
    "<>": "write `!=`",
    "===": "a comparison is written `==`",
    "?": "write `a if condition else b`",
    "#": "a comment stands behind the quotes, or on its own line",
    ":=": "a value is set under `do`, never in a condition",
    "=>": "write `>=`",
    "=<": "write `<=`",
    "<<": "there are no shifts",
    ">>": "there are no shifts",
    "=": "a comparison is written `==`",
    "!": "write `not`",
    "'": "there are no texts in expressions; write names as they are",
    '"': "there are no texts in expressions; write names as they are",
    "[": "there are no lists in expressions",
    "{": "there are no maps in expressions",
    "%": "a share is a number from 0 to 1, as in `0.5`; there is no remainder of a division",
    "^": "there are no powers; multiply instead",
    "`": "write names as they are",
    ";": "an expression is one value",
    ":": "an expression is one value; inside `{ }` a space must follow the `:` of a key",
}


@dataclass(frozen=True, slots=True)
class Token:
    """One token: `kind` is number, duration, name, word, operator or end."""

    kind: str
    text: str
    start: int
    end: int
    unit: str = ""


class SyntaxFault(Exception):
    """A text that is no expression: what is wrong, where, and what to write instead."""

    def __init__(self, code: str, message: str, start: int, end: int, hint: str = "") -> None:
        self.code = code
        self.message = message
        self.start = start
        self.end = end
        self.hint = hint
        super().__init__(message)


def tokens(text: str) -> list[Token]:
    """Split an expression; raise SyntaxFault at the first character that has no place in one."""
    if len(text) > LONGEST:
        raise SyntaxFault(
            "expression-too-long",
            f"this expression has {len(text):,} characters, more than {LONGEST:,}",
            0,
            1,
            "name parts of it under `definitions`",
        )
    found: list[Token] = []
    place = 0
    while place < len(text):
        character = text[place]
        if character in " \n\t":
            place += 1
            continue
        token = _number(text, place) or _word(text, place) or _operator(text, place)
        found.append(token)
        place = token.end
    found.append(Token("end", "", len(text), len(text)))
    return found


def unit_fault(amount: str, unit: str, start: int, end: int) -> SyntaxFault:
    """Explain what follows a number and is no unit of time, or is one after a space."""
    if unit in UNITS:
        message = f"a unit stands right behind its number, as in `{amount}{unit}`"
        return SyntaxFault("unit", message, start, end, "leave out the space")
    hint = "units are `s`, `min`, `h`, `d` and `w`, right behind the number, as in `30h`"
    if unit in _SPELLED:
        hint = f"write `{amount}{_SPELLED[unit]}`"
        hint += "; for months write days, as in `30d`" if unit == "m" else ""
    elif unit in _UNEVEN:
        hint = "months and years have no fixed length; write days, as in `30d` or `365d`"
    elif unit[0] == "_":
        hint = "write the digits of a number without `_`"
    elif re.fullmatch(r"(?:min|[hdw])[0-9]+(?:s|min|h|d)?", unit):
        hint = "write one unit, as in `90min`, or a sum, as in `1h + 30min`"
    return SyntaxFault("unit", f"unknown unit `{unit[:64]}`", start, end, hint)


def _number(text: str, place: int) -> Token | None:
    match = _NUMBER.match(text, place)
    if not match:
        return None
    end = match.end()
    unit = _WORD.match(text, end)
    if not unit:
        return Token("number", match.group(), place, end)
    if unit.group() not in UNITS:
        raise unit_fault(match.group(), unit.group(), end, unit.end())
    return Token("duration", match.group(), place, unit.end(), unit.group())


def _word(text: str, place: int) -> Token | None:
    match = _WORD.match(text, place)
    if not match:
        return None
    word, end = match.group(), match.end()
    if end < len(text) and text[end].isalnum():
        raise _strange(text, end)
    if word in WORDS:
        return Token("word", word, place, end)
    if word[0] == "_" or "__" in word:
        raise SyntaxFault(
            "syntax",
            f"`{word[:64]}` is no name of this language",
            place,
            end,
            "names are lower-case letters, digits and single `_`, and start with a letter",
        )
    if word != word.lower():
        hint = f"names are lower-case, as in `{word.lower()[:64]}`"
        if word.lower() in WORDS:
            hint = f"write `{word.lower()}`"
        elif _ISO.match(word):
            hint = "write a duration as a number with its unit, as in `3h` or `2d`"
        raise SyntaxFault("syntax", f"`{word[:64]}` is no name of this language", place, end, hint)
    return Token("name", word, place, end)


def _operator(text: str, place: int) -> Token:
    for wrong, hint in _WRONG.items():
        if text.startswith(wrong, place) and not (wrong == "!" and text[place : place + 2] == "!="):
            if wrong == "=" and text[place : place + 2] == "==":
                break
            raise SyntaxFault("syntax", f"unexpected `{wrong}`", place, place + len(wrong), hint)
    for operator in _OPERATORS:
        if text.startswith(operator, place):
            return Token("operator", operator, place, place + len(operator))
    raise _strange(text, place)


def _strange(text: str, place: int) -> SyntaxFault:
    character = text[place]
    plain = _LOOK_ALIKES.get(character) or unicodedata.normalize("NFKC", character)
    hint = "an expression is made of names, numbers, comparisons, `and or not` and `+ - * /`"
    if not character.isascii():
        name = unicodedata.name(character, "an unnamed character").lower()
        hint = f"this is {name}, not ASCII"
        if plain == " ":
            hint = f"this is a {name}; write an ordinary space"
        elif plain.isascii() and plain.isprintable():
            hint += f"; write `{plain}`"
        elif character.isalpha():
            hint += "; names are written with the letters a to z"
    return SyntaxFault("syntax", f"unexpected `{character}`", place, place + 1, hint)
