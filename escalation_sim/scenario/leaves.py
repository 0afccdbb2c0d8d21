"""The leaves of a scenario: texts, ids, flags and expressions, each checked for its shape.

A leaf stays a `Scalar`, so that it keeps its place in the file through pydantic and beyond.
"""

from __future__ import annotations

import keyword
import re
import unicodedata
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias

from pydantic import PlainValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

from escalation_sim.source.traps import explain
from escalation_sim.source.tree import Scalar

if TYPE_CHECKING:
    from collections.abc import Callable

ID = re.compile(r"[a-z][a-z0-9_]*\Z")
LONGEST_ID = 64
LONGEST_LABEL = 200


NOTHING = (
    "`null` removes what a parent has, and there is nothing to remove here",
    "leave the line out, or give it a value",
)
"""What is wrong with a `null` that is still there when all files are laid over each other."""


def id_problem(text: str) -> tuple[str, str] | None:
    """Return what is wrong with an id, and help; None if nothing is."""
    if not ID.match(text):
        near = re.sub(r"[^a-z0-9_]+", "_", _plain(text)).strip("_")
        hint = "ids are lower-case letters, digits and `_`, and start with a letter"
        if ID.match(near) and near != text:
            hint += f", as in `{near[:LONGEST_ID]}`"
        return f"`{text[:LONGEST_ID]}` is no id", hint
    if len(text) > LONGEST_ID:
        return f"this id has {len(text)} characters, more than {LONGEST_ID}", "choose a shorter one"
    if keyword.iskeyword(text) or text in ("true", "false", "now"):
        hint = "write `otherwise`" if text == "else" else f"choose another, as in `{text}_`"
        return f"`{text}` is a word of the language and no id", hint
    if "__" in text:
        return f"`{text}` is no id", "use single `_` only"
    return None


def _plain(text: str) -> str:
    """Return a text in lower case, without accents and in ordinary letters where there are any."""
    parts = unicodedata.normalize("NFKD", text[: 4 * LONGEST_ID].casefold())
    return "".join(c for c in parts if not unicodedata.combining(c))


def _fault(code: str, message: str, hint: str = "") -> PydanticCustomError:
    return PydanticCustomError(
        "leaf", "{message}", {"code": code, "message": message, "help": hint}
    )


def _scalar(value: Any, what: str) -> Scalar:
    if not isinstance(value, Scalar):
        shape = "a map" if isinstance(value, dict) else "a list"
        alone = isinstance(value, list) and len(value) == 1
        hint = "write one value, without the brackets" if alone else ""
        raise _fault("wrong-type", f"{what} is needed here, this is {shape}", hint)
    if value.is_null:
        raise _fault("wrong-type", *NOTHING)
    return value


def _prose(value: Any) -> Scalar:
    return _scalar(value, "a text")


def _label(value: Any) -> Scalar:
    scalar = _scalar(value, "a short text")
    if len(scalar.text) > LONGEST_LABEL:
        message = f"this label has {len(scalar.text)} characters, more than {LONGEST_LABEL}"
        raise _fault("too-long", message, "a longer text belongs under `why` or `about`")
    if "\n" in scalar.text.strip():
        raise _fault("wrong-type", "a label is one line", "write it without `|`, on one line")
    return scalar


def _expression(value: Any) -> Scalar:
    scalar = _scalar(value, "an expression")
    trap = explain(scalar.text) if scalar.plain else ""
    if trap and not ID.match(scalar.text):  # `y` may be a situation's name
        raise _fault("ambiguous-value", f"`{scalar.text[:64]}` is no value of this language", trap)
    return scalar


def _id(value: Any) -> Scalar:
    scalar = _scalar(value, "an id")
    if problem := id_problem(scalar.text):
        raise _fault("bad-id", *problem)
    return scalar


def _flag(value: Any) -> Scalar:
    scalar = _scalar(value, "a flag")
    if scalar.flag is None:
        shown = scalar.text[:64]
        raise _fault(
            "wrong-type", f"a flag is needed here, this is `{shown}`", "write `true` or `false`"
        )
    return scalar


def _whole(value: Any) -> Scalar:
    scalar = _scalar(value, "a whole number")
    number = scalar.number
    if number is None or number != int(number) or number < 0:
        message = f"a whole number is needed here, this is `{scalar.text[:64]}`"
        raise _fault("wrong-type", message, "write digits only, as in `500`")
    return scalar


_TEXT = {"type": "string"}
_ANY = {"type": ["string", "number", "boolean"]}
_ID_SCHEMA = {"type": "string", "pattern": "^[a-z][a-z0-9_]*$", "maxLength": LONGEST_ID}


def _one_or_more(value: Any) -> tuple[Scalar, ...]:
    items = value if isinstance(value, list) else [value]
    if not items:
        raise _fault("wrong-type", "this list is empty", "leave the key out")
    return tuple(_prose(item) for item in items)


def _leaf(check: Callable[[Any], object], schema: dict[str, Any]) -> Any:
    return Annotated[Any, PlainValidator(check), WithJsonSchema(schema)]


if TYPE_CHECKING:
    Prose: TypeAlias = Scalar
    Label: TypeAlias = Scalar
    Expression: TypeAlias = Scalar
    Id: TypeAlias = Scalar
    Flag: TypeAlias = Scalar
    Whole: TypeAlias = Scalar
    Names: TypeAlias = tuple[Scalar, ...]
else:
    Prose = _leaf(_prose, _TEXT)
    Label = _leaf(_label, {**_TEXT, "maxLength": LONGEST_LABEL})
    Expression = _leaf(_expression, _ANY)
    Id = _leaf(_id, _ID_SCHEMA)
    Flag = _leaf(_flag, {"type": "boolean"})
    Whole = _leaf(_whole, {"type": "integer", "minimum": 0})
    Names = _leaf(
        _one_or_more, {"anyOf": [_TEXT, {"type": "array", "items": _TEXT, "minItems": 1}]}
    )
