"""Plain texts that YAML readers disagree about, or that people type for something else.

YAML 1.1 turns `no` into a flag, `24:00` into 1440 and `010` into 8; YAML 1.2 does not. Nothing is
converted here. What nobody can mean is refused at once (`refused`); the rest is explained where
another kind of value was expected (`explain`). Texts in quotes never reach this file.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from escalation_sim.source.wording import shown

if TYPE_CHECKING:
    from collections.abc import Callable

_LONGEST_NUMBER = 20  # characters; what is longer is named, never converted


@dataclass(frozen=True, slots=True)
class Trap:
    """Why a plain text is refused, and what to write instead."""

    message: str
    help: str


def refused(text: str) -> Trap | None:
    """Return why the plain text cannot stand as a key or value, or None when it can."""
    if len(text) > _LONGEST_NUMBER and not _NUMERIC.match(text):
        return None
    for pattern, trap in _REFUSED:
        if pattern.match(text):
            return trap(text)
    return None


def explain(text: str) -> str:
    """Return one sentence of help for a plain text found where another kind was expected.

    Empty when there is nothing to say about it.
    """
    trap = _flag(text) if text in _LETTERS else refused(text)
    if trap:
        return trap.help
    if _DATE.match(text):
        return (
            f"YAML 1.1 reads {shown(text)} as a date; a time is written from zero, as in `6d`, "
            "and a text that looks like a date is quoted"
        )
    if _FINITE.match(text) and (len(text) > 40 or math.isinf(float(text))):
        return "write a number of at most 40 characters and below 1.8e308"
    if text.lower().lstrip("+-") in ("nan", "inf", "infinity"):
        return "write a finite number, such as `0.5` or `1e6`"
    if _COMMA.match(text):
        return f"write the number with a point, {shown(text.replace(',', '.'))}"
    return ""


def _null(text: str) -> Trap:
    return Trap(f"{shown(text)} is one of YAML's many ways to write nothing", "write `null`")


def _flag(text: str) -> Trap:
    word = "true" if text.lower() in ("true", "yes", "on", "y") else "false"
    if text.lower() == word:
        return Trap(
            f"{shown(text)} is a flag in capital letters",
            f"a flag is written `true` or `false`; a text is quoted: `'{text}'`",
        )
    return Trap(
        f"{shown(text)} is a flag to some YAML readers and a text to others",
        f"a flag is written `true` or `false`, YAML 1.1 reads `{text}` as `{word}`; "
        f"a text is quoted: `'{text}'`",
    )


def _sexagesimal(text: str) -> Trap:
    return Trap(
        f"{shown(text)} is a number in base 60 to some YAML readers and a text to others",
        f"write a duration with its unit, as in `24h`; YAML 1.1 reads {shown(text)} as "
        f"{_base_60(text)}",
    )


def _zeros(text: str) -> Trap:
    plain = text.lstrip("+-0_") or "0"
    sign = "-" if text.startswith("-") else ""
    return Trap(
        f"{shown(text)} is octal to some YAML readers and decimal to others",
        f"write {shown(sign + plain)}, without the leading zero",
    )


def _based(text: str) -> Trap:
    digits = text.lstrip("+-").replace("_", "")
    base = {"x": 16, "o": 8, "b": 2}[digits[1].lower()]
    better = f"write `{int(digits, base)}`" if len(text) <= _LONGEST_NUMBER else "use decimals"
    return Trap(f"{shown(text)} is not written in decimal digits", better)


def _underscored(text: str) -> Trap:
    return Trap(
        f"{shown(text)} is a number to some YAML readers and a text to others",
        f"write {shown(text.replace('_', ''))}",
    )


def _not_finite(text: str) -> Trap:
    return Trap(
        f"{shown(text)} is not a number a scenario can use",
        "write a finite number, such as `0.5` or `1e6`",
    )


def _base_60(text: str) -> str:
    if len(text) > _LONGEST_NUMBER:
        return "one large number"
    total = 0.0
    for part in text.lstrip("+-").replace("_", "").split(":"):
        total = total * 60 + float(part or 0)
    return f"`{'-' if text.startswith('-') else ''}{total:.12g}`"


_WORDS = ("yes", "no", "on", "off", "true", "false")
_FORMS = [form for word in _WORDS for form in (word, word.capitalize(), word.upper())]
_LETTERS = ("y", "n", "Y", "N")  # flags by the letter of YAML 1.1, texts to most of its readers

_REFUSED: tuple[tuple[re.Pattern[str], Callable[[str], Trap]], ...] = (
    (re.compile(r"(~|Null|NULL)\Z"), _null),
    (re.compile(rf"({'|'.join(f for f in _FORMS if f not in ('true', 'false'))})\Z"), _flag),
    (re.compile(r"[-+]?[0-9][0-9_]*(:[0-9]{1,2})+(\.[0-9_]*)?\Z"), _sexagesimal),
    (re.compile(r"[-+]?(0x[0-9a-fA-F_]*[0-9a-fA-F]|0o[0-7_]*[0-7]|0b[01_]*[01])\Z"), _based),
    (re.compile(r"[-+]?0[0-9_]*[0-9]\Z"), _zeros),
    (re.compile(r"[-+]?[0-9][0-9_]*_[0-9_]*(\.[0-9_]*)?([eE][-+]?[0-9]+)?\Z"), _underscored),
    (re.compile(r"[-+]?[0-9]+\.[0-9]*_[0-9_]*([eE][-+]?[0-9]+)?\Z"), _underscored),
    (re.compile(r"([-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN))\Z"), _not_finite),
)
_NUMERIC = re.compile(r"[-+]?[0-9][0-9a-fA-FxobXOB_:.+-]*\Z")
_DATE = re.compile(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([Tt \t].*)?\Z")
_FINITE = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?\Z")
_COMMA = re.compile(r"[-+]?[0-9]+,[0-9]+\Z")
