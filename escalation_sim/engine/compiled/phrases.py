"""From checked nodes to the words of a kernel: expressions, lengths, chances."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from escalation_sim.engine.compiled.draft import ARRAYS, HEAD, Draft, Text, is_real
from escalation_sim.expression import checked
from escalation_sim.expression.types import DURATION, FLAG, TIME

if TYPE_CHECKING:
    from escalation_sim.expression.checked import Checked
    from escalation_sim.expression.types import Type
    from escalation_sim.model.model import Delay

MOST_WRITTEN_OUT = 12
"""Parts of a definition that are written where it is used; a longer one is a function."""


class Phrases:
    """Writes expressions; definitions of some length become functions, each written once."""

    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        self.numbers = draft.numbers
        self.functions = Text()
        self.was: dict[int, str] = {}
        """What the rule that is being written remembers, by variable."""
        self._named: dict[tuple[str, str], str] = {}

    def of(self, node: Checked) -> str:
        """Return an expression of the kernel's language with the value of a node."""
        match node:
            case checked.Constant(value=value, type=kind):
                return self._constant(value, kind)
            case checked.Parameter(index=index, type=kind):
                value = self.draft.model.parameters[index].value
                text = self.numbers.parameter(index, value, real=is_real(kind))
                return f"({text} != 0)" if kind == FLAG else text
            case checked.Variable(index=index, type=kind):
                text = self.draft.value_at(index)
                return f"({text} != 0)" if kind == FLAG else text
            case checked.Was(variable=variable):
                text = self.was[variable.index]
                return f"({text} != 0)" if variable.type == FLAG else text
            case checked.Named():
                return self._name(node)
            case checked.Now():
                return "now"
            case checked.Ever(index=index):
                return f"(S[{self.draft.latches[index]}] != 0)"
            case checked.Joined(party=party, member=member):
                return f"(S[{self.draft.joined[party][member]}] != 0)"
            case checked.Tally():
                return self._tally(node)
            case checked.ClockTest():
                return self._clock_test(node)
            case checked.Negative(operand=operand):
                return f"(-{self.of(operand)})"
            case checked.Negation(operand=operand):
                return f"(not {self.of(operand)})"
            case checked.Sum():
                return self._sum(node)
            case checked.Test():
                return f"({self.of(node.left)} {node.operator} {self.of(node.right)})"
            case checked.Row(operator=operator, terms=terms):
                return "(" + f" {operator} ".join(self.of(term) for term in terms) + ")"
            case checked.Branch(condition=condition, then=then, otherwise=otherwise):
                test = self.of(condition)
                return f"({self.of(then)} if {test} else {self.of(otherwise)})"
            case checked.Function():
                return self._function(node)

    def _constant(self, value: object, kind: Type) -> str:
        if kind == FLAG or isinstance(value, bool):
            return "True" if value else "False"
        if kind.kind == "level":
            return str(int(value))  # type: ignore[call-overload]
        if is_real(kind):
            return self.numbers.real(value)  # type: ignore[arg-type]
        return self.numbers.whole(value)  # type: ignore[arg-type]

    def _name(self, node: checked.Named) -> str:
        key = (node.section, node.id)
        if key not in self._named:
            if len(list(islice(checked.walk(node.body), MOST_WRITTEN_OUT + 1))) <= MOST_WRITTEN_OUT:
                return self.of(node.body)
            body = self.of(node.body)
            name = f"sentence_{len(self._named)}"
            self._named[key] = name
            with self.functions.block(f"def {name}({HEAD}) -> {kind_name(node.type)}:"):
                self.functions.line(f"return {body}")
        return f"{self._named[key]}({ARRAYS}, now)"

    def _tally(self, node: checked.Tally) -> str:
        places = self.draft.joined[node.party]
        if node.what == "size":
            return f"{len(places)}.0"
        if node.what == "joined":
            return "float(" + (" + ".join(f"S[{p}]" for p in places) or "0") + ")"
        total = "0.0"
        members = self.draft.model.parties[node.party].members
        for place, member in zip(places, members, strict=True):
            heavy = self.of(member.weight)
            total = f"({total} + ({heavy} if S[{place}] != 0 else 0.0))"
        return total

    def _clock_test(self, node: checked.ClockTest) -> str:
        at, _ = self.draft.clocks[node.index]
        threshold = self.of(node.threshold)
        shown = f"hand(S, {at}, now)"
        mark = f"exact(S, {at}, now) and {shown} == {threshold}"
        if node.operator == "==":
            return f"({mark})"
        if node.operator == "!=":
            return f"(S[{at}] != 0 and not ({mark}))"
        return f"(S[{at}] != 0 and {shown} {node.operator} {threshold})"

    def _sum(self, node: checked.Sum) -> str:
        left, right = self.of(node.left), self.of(node.right)
        whole = node.type in (DURATION, TIME)
        if node.operator == "/":
            text = f"quotient(float({left}), float({right}), S)"
            return f"rounded({text}, S)" if whole else text
        if node.operator == "*":
            name = "rounded" if whole else "finite"
        else:
            name = "counted" if whole else "finite"
        return f"{name}({left} {node.operator} {right}, S)"

    def _function(self, node: checked.Function) -> str:
        given = [self.of(argument) for argument in node.arguments]
        if node.name in ("min", "max"):
            text = given[0]
            for other in given[1:]:
                text = f"{node.name}({text}, {other})"
            return text
        if node.name == "abs":
            return f"abs({given[0]})"
        names = {"floor": "floored", "sqrt": "root", "exp": "exponential", "log": "logarithm"}
        return f"{names[node.name]}({given[0]}, S)"

    # what rules ask for

    def stored(self, node: Checked, kind: Type) -> str:
        """Return a value as it is kept: flags as 0 and 1."""
        text = self.of(node)
        return f"(1 if {text} else 0)" if kind == FLAG else text

    def number(self, node: Checked) -> str:
        """Return a value of any type as a double."""
        text = self.of(node)
        if node.type == FLAG:
            return f"(1.0 if {text} else 0.0)"
        return text if is_real(node.type) else f"float({text})"

    def length(self, delay: Delay, site: str, occurrence: str) -> str:
        """Return the ticks of a delay that begins now."""
        if delay.law is not None:
            return self.draft.delay(delay.law, site, occurrence)
        assert delay.value is not None  # noqa: S101 - a delay is a law or an expression
        return f"not_negative({self.of(delay.value)}, S)"

    def thrown(self, chance: Checked, site: str, occurrence: str) -> str:
        """Return whether a chance succeeds."""
        return f"{self.draft.uniform(site, occurrence)} < probability({self.of(chance)}, S)"


def kind_name(kind: Type) -> str:
    """Return the kernel's word for the values of a type."""
    if kind == FLAG:
        return "bool"
    return "float" if is_real(kind) else "int"
