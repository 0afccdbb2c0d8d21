"""The expression as written: a tree of names, numbers and operators with character offsets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Piece:
    """What every node has: where it stands, as character offsets into the expression's text."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Number(Piece):
    """A number without a unit; `text` as written."""

    value: float
    text: str


@dataclass(frozen=True, slots=True)
class Duration(Piece):
    """A number with a unit of time, as in `72h`."""

    amount: str
    unit: str


@dataclass(frozen=True, slots=True)
class Truth(Piece):
    """`true` or `false`."""

    value: bool


@dataclass(frozen=True, slots=True)
class Name(Piece):
    """A name still to be looked up."""

    name: str


@dataclass(frozen=True, slots=True)
class Attribute(Piece):
    """`party.member`, `party.joined`, `party.size` or `party.weight`."""

    owner: Name
    name: str


@dataclass(frozen=True, slots=True)
class Call(Piece):
    """A function of the fixed list with its arguments."""

    function: str
    arguments: tuple[Syntax, ...]


@dataclass(frozen=True, slots=True)
class Minus(Piece):
    """A minus sign before a value."""

    operand: Syntax


@dataclass(frozen=True, slots=True)
class Not(Piece):
    """`not` before a condition."""

    operand: Syntax


@dataclass(frozen=True, slots=True)
class Arithmetic(Piece):
    """`+ - * /` between two values."""

    operator: str
    left: Syntax
    right: Syntax


@dataclass(frozen=True, slots=True)
class Comparison(Piece):
    """`< <= == != >= >` between two values."""

    operator: str
    left: Syntax
    right: Syntax


@dataclass(frozen=True, slots=True)
class Logic(Piece):
    """A row of conditions joined by `and`, or by `or`."""

    operator: str
    terms: tuple[Syntax, ...]


@dataclass(frozen=True, slots=True)
class Either(Piece):
    """`then if condition else otherwise`."""

    condition: Syntax
    then: Syntax
    otherwise: Syntax


Syntax: TypeAlias = (
    Number
    | Duration
    | Truth
    | Name
    | Attribute
    | Call
    | Minus
    | Not
    | Arithmetic
    | Comparison
    | Logic
    | Either
)
"""Any node as written."""


def inside(tree: Syntax) -> tuple[Syntax, ...]:
    """Return the nodes directly inside one."""
    match tree:
        case Call(arguments=arguments):
            return arguments
        case Minus(operand=operand) | Not(operand=operand):
            return (operand,)
        case Arithmetic(left=left, right=right) | Comparison(left=left, right=right):
            return (left, right)
        case Logic(terms=terms):
            return terms
        case Either(condition=condition, then=then, otherwise=otherwise):
            return (condition, then, otherwise)
        case _:
            return ()
