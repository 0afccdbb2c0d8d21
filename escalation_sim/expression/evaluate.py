"""From a checked tree to a function that looks at a view and answers.

Numbers are double precision, ticks are integers. Results that are ticks but came from a division
or a multiplication are rounded to whole ticks, floor(x + 1/2).
"""

from __future__ import annotations

import math
import operator
from typing import TYPE_CHECKING, Any

from escalation_sim.chance import functions
from escalation_sim.expression import checked
from escalation_sim.expression.types import DURATION, MOST_TICKS, TIME

if TYPE_CHECKING:
    from collections.abc import Callable

    from escalation_sim.expression.checked import Checked, Value
    from escalation_sim.expression.view import View

COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    "==": operator.eq,
    "!=": operator.ne,
    ">=": operator.ge,
    ">": operator.gt,
}


class EvaluationFault(ArithmeticError):
    """A value that cannot be computed, such as a division by zero; `hint` says what would help."""

    def __init__(self, message: str, hint: str = "") -> None:
        self.hint = hint
        super().__init__(message)


def evaluator(node: Checked, view: View) -> Callable[[], Any]:
    """Return a function of no arguments that yields the value of `node` in `view` as it then is.

    Raises EvaluationFault from that function on division by zero and on results that are not
    finite. Types hold by construction: the tree was checked.
    """
    match node:
        case checked.Constant(value=value):
            return lambda: value
        case checked.Parameter(index=index):
            parameters = view.parameters
            return lambda: parameters[index]
        case checked.Variable(index=index):
            values = view.values
            return lambda: values[index]
        case checked.Was(variable=variable):
            index = variable.index
            return lambda: view.was[index]
        case checked.Named(body=body):
            return evaluator(body, view)
        case checked.Now():
            return lambda: view.now
        case checked.Ever(index=index):
            latches = view.latches
            return lambda: latches[index]
        case checked.Joined(party=party, member=member):
            joined = view.joined
            return lambda: joined[party][member]
        case checked.Tally():
            return _tally(node, view)
        case checked.ClockTest():
            return _clock_test(node, view)
        case checked.Negative(operand=operand):
            inner = evaluator(operand, view)
            return lambda: -inner()
        case checked.Negation(operand=operand):
            inner = evaluator(operand, view)
            return lambda: not inner()
        case checked.Sum():
            return _sum(node, view)
        case checked.Test():
            return _test(node, view)
        case checked.Row():
            return _row(node, view)
        case checked.Branch():
            condition, then = evaluator(node.condition, view), evaluator(node.then, view)
            otherwise = evaluator(node.otherwise, view)
            return lambda: then() if condition() else otherwise()
        case checked.Function():
            return _function(node, view)


def value_of(node: Checked, view: View) -> Value:
    """Evaluate once."""
    value: Value = evaluator(node, view)()
    return value


def _test(node: checked.Test, view: View) -> Callable[[], bool]:
    """Compare two values; a variable against a constant, the commonest by far, without a detour."""
    compare = COMPARE[node.operator]
    if isinstance(node.left, checked.Variable) and isinstance(node.right, checked.Constant):
        values, index, constant = view.values, node.left.index, node.right.value
        return lambda: compare(values[index], constant)
    left, right = evaluator(node.left, view), evaluator(node.right, view)
    return lambda: compare(left(), right())


def _clock_test(node: checked.ClockTest, view: View) -> Callable[[], bool]:
    threshold = evaluator(node.threshold, view)
    compare = COMPARE[node.operator]
    clock, hand, exact = node.index, view.hand, view.exact

    def answer() -> bool:
        shown = hand(clock)
        return shown is not None and compare(shown, threshold())

    def on_the_mark() -> bool:
        return exact(clock) and hand(clock) == threshold()

    if node.operator == "==":
        return on_the_mark
    if node.operator == "!=":
        return lambda: hand(clock) is not None and not on_the_mark()
    return answer


def _tally(node: checked.Tally, view: View) -> Callable[[], float]:
    joined, weights, party = view.joined, view.weights, node.party
    if node.what == "size":
        return lambda: float(len(weights[party]))
    if node.what == "joined":
        return lambda: float(sum(joined[party]))

    def weight() -> float:
        total = 0.0
        for came, heavy in zip(joined[party], weights[party], strict=True):
            total += heavy if came else 0.0
        return total

    return weight


def _sum(node: checked.Sum, view: View) -> Callable[[], Value]:
    left, right = evaluator(node.left, view), evaluator(node.right, view)
    whole = node.type in (DURATION, TIME)
    if node.operator == "/":
        ratio = _ratio(left, right)
        return (lambda: _rounded(ratio())) if whole else ratio
    if node.operator == "*":
        return (lambda: _rounded(left() * right())) if whole else lambda: _finite(left() * right())
    if node.operator == "+":
        return lambda: _finite(left() + right())
    return lambda: _finite(left() - right())


def _ratio(left: Callable[[], Any], right: Callable[[], Any]) -> Callable[[], float]:
    def answer() -> float:
        over, under = left(), right()
        if under == 0:
            raise EvaluationFault("division by zero", "guard it, as in `a / b if b > 0 else 0`")
        return float(_finite(over / under))

    return answer


def _row(node: checked.Row, view: View) -> Callable[[], bool]:
    terms = tuple(evaluator(term, view) for term in node.terms)
    if len(terms) == 2:
        first, second = terms
        if node.operator == "and":
            return lambda: first() and second()
        return lambda: first() or second()
    if len(terms) == 3:
        first, second, third = terms
        if node.operator == "and":
            return lambda: first() and second() and third()
        return lambda: first() or second() or third()
    if node.operator == "and":
        return lambda: all(term() for term in terms)
    return lambda: any(term() for term in terms)


def _function(node: checked.Function, view: View) -> Callable[[], Value]:
    arguments = tuple(evaluator(a, view) for a in node.arguments)
    first = arguments[0]
    match node.name:
        case "min":
            return lambda: min(a() for a in arguments)
        case "max":
            return lambda: max(a() for a in arguments)
        case "abs":
            return lambda: abs(first())
        case "floor":
            return lambda: float(math.floor(_finite(first())))
        case "sqrt":
            return lambda: math.sqrt(_above(first(), "square root of a negative number"))
        case "exp":
            return lambda: _finite(functions.exp(first()))
        case "log":
            return lambda: _finite(functions.log(_positive(first())))
    raise AssertionError(node.name)


def _finite(value: Any) -> Any:
    if isinstance(value, float):
        if not math.isfinite(value):
            raise EvaluationFault("a result that is not finite")
    elif not -MOST_TICKS <= value <= MOST_TICKS:
        raise EvaluationFault("a duration too long to count")
    return value


def _rounded(value: float) -> int:
    return int(_finite(math.floor(float(_finite(float(value))) + 0.5)))


def _above(value: float, what: str) -> float:
    if value < 0:
        raise EvaluationFault(what)
    return value


def _positive(value: float) -> float:
    if value <= 0:
        raise EvaluationFault("logarithm of a number that is not positive")
    return value
