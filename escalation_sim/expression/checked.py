"""The expression as understood: every name resolved to its place, every node typed.

These trees are what a Model holds. They are immutable and picklable, compare by value, and are
the one form from which evaluation, explanation, canonical text and other engines are made.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from escalation_sim.expression.types import FLAG, NUMBER, Type

if TYPE_CHECKING:
    from collections.abc import Iterator

Value: TypeAlias = bool | int | float
"""What an expression yields: a flag, a level's index, ticks (int), or a number or rate (float)."""


@dataclass(frozen=True, slots=True)
class Constant:
    """A value written in the file; `text` is the way it was written (a level's name, `72h`)."""

    value: Value
    type: Type
    text: str


@dataclass(frozen=True, slots=True)
class Parameter:
    """A declared parameter: `index` into the model's parameters."""

    index: int
    id: str
    type: Type


@dataclass(frozen=True, slots=True)
class Variable:
    """A situation or ladder: `index` into the world's values."""

    index: int
    id: str
    type: Type
    levels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Was:
    """A situation as it was when the rule was triggered."""

    variable: Variable

    @property
    def type(self) -> Type:
        """The variable's own type."""
        return self.variable.type


@dataclass(frozen=True, slots=True)
class Named:
    """A definition or red line used by name; `body` is its sentence in the chosen reading."""

    section: str
    id: str
    body: Checked
    public: bool = False

    @property
    def type(self) -> Type:
        """The type of the sentence."""
        return self.body.type


@dataclass(frozen=True, slots=True)
class ClockTest:
    """A clock compared with a length that reads no clock: `clock operator threshold`."""

    index: int
    id: str
    operator: str
    threshold: Checked
    public: bool = False

    @property
    def type(self) -> Type:
        """Always a flag: a clock that is not running answers no."""
        return FLAG


@dataclass(frozen=True, slots=True)
class Now:
    """The tick, as a time."""

    type: Type


@dataclass(frozen=True, slots=True)
class Ever:
    """Whether a condition has been true at any look so far: `index` into the latches."""

    index: int
    body: Checked

    @property
    def type(self) -> Type:
        """Always a flag."""
        return FLAG


@dataclass(frozen=True, slots=True)
class Joined:
    """Whether one member of a party joined when it was last asked."""

    party: int
    member: int
    text: str

    @property
    def type(self) -> Type:
        """Always a flag."""
        return FLAG


@dataclass(frozen=True, slots=True)
class Tally:
    """`joined`, `size` or `weight` of a party's members; `joined` counts those who joined."""

    party: int
    what: str
    text: str

    @property
    def type(self) -> Type:
        """Always a number."""
        return NUMBER


@dataclass(frozen=True, slots=True)
class Negative:
    """The value with its sign changed."""

    operand: Checked
    type: Type


@dataclass(frozen=True, slots=True)
class Negation:
    """The condition denied."""

    operand: Checked

    @property
    def type(self) -> Type:
        """Always a flag."""
        return FLAG


@dataclass(frozen=True, slots=True)
class Sum:
    """`+ - * /` of two values; results that are ticks are rounded to whole ones."""

    operator: str
    left: Checked
    right: Checked
    type: Type


@dataclass(frozen=True, slots=True)
class Test:
    """`< <= == != >= >` of two values of one type."""

    operator: str
    left: Checked
    right: Checked

    @property
    def type(self) -> Type:
        """Always a flag."""
        return FLAG


@dataclass(frozen=True, slots=True)
class Row:
    """Conditions joined by `and` or by `or`; later ones are evaluated only if needed."""

    operator: str
    terms: tuple[Checked, ...]

    @property
    def type(self) -> Type:
        """Always a flag."""
        return FLAG


@dataclass(frozen=True, slots=True)
class Branch:
    """`then if condition else otherwise`; only the taken side is evaluated."""

    condition: Checked
    then: Checked
    otherwise: Checked
    type: Type


@dataclass(frozen=True, slots=True)
class Function:
    """A function of the fixed list applied to its arguments."""

    name: str
    arguments: tuple[Checked, ...]
    type: Type


Checked: TypeAlias = (
    Constant
    | Parameter
    | Variable
    | Was
    | Named
    | ClockTest
    | Now
    | Ever
    | Joined
    | Tally
    | Negative
    | Negation
    | Sum
    | Test
    | Row
    | Branch
    | Function
)
"""Any understood node."""

ALWAYS = Constant(value=True, type=FLAG, text="true")
NEVER = Constant(value=False, type=FLAG, text="false")


def parts_of(node: Checked) -> tuple[Checked, ...]:
    """Return the nodes directly inside one; a name used looks through to its sentence."""
    match node:
        case Named(body=body) | Ever(body=body):
            return (body,)
        case ClockTest(threshold=threshold):
            return (threshold,)
        case Negative(operand=operand) | Negation(operand=operand):
            return (operand,)
        case Sum(left=left, right=right) | Test(left=left, right=right):
            return (left, right)
        case Row(terms=terms):
            return terms
        case Branch(condition=condition, then=then, otherwise=otherwise):
            return (condition, then, otherwise)
        case Function(arguments=arguments):
            return arguments
        case _:
            return ()


def walk(node: Checked) -> Iterator[Checked]:
    """Go through a tree, each node before what is inside it."""
    waiting = [node]
    while waiting:
        here = waiting.pop()
        yield here
        waiting.extend(reversed(parts_of(here)))
