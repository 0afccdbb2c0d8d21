"""From tokens to the tree as written: a small precedence climber with fixed limits.

From loosest to tightest: `a if c else b`, `or`, `and`, `not`, comparisons (never chained),
`+ -`, `* /`, a minus sign, then names, numbers, calls and brackets.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from escalation_sim.expression import syntax
from escalation_sim.expression.lexer import SyntaxFault, Token, tokens, unit_fault

if TYPE_CHECKING:
    from collections.abc import Callable

DEEPEST = 32
"""Most levels of brackets, calls and signs inside each other."""

MOST_NODES = 500
"""Most nodes one expression may have."""

MOST_LEVELS = 100
"""Most nodes on the way from the whole expression down to one of its names."""

COMPARISONS = frozenset({"<", "<=", "==", "!=", ">=", ">"})


def parse(text: str) -> syntax.Syntax:
    """Parse one expression; raise SyntaxFault with offsets into `text`."""
    reader = _Reader(tokens(text))
    tree = reader.whole()
    rest = reader.now
    if rest.kind != "end":
        raise reader.unexpected()
    if _is_too_deep(tree):
        raise SyntaxFault(
            "expression-too-deep",
            f"this expression is more than {MOST_LEVELS} operators deep",
            tree.start,
            tree.end,
            "name parts of it under `definitions`",
        )
    return tree


def _is_too_deep(tree: syntax.Syntax) -> bool:
    waiting = [(tree, 1)]
    while waiting:
        here, depth = waiting.pop()
        if depth > MOST_LEVELS:
            return True
        waiting.extend((inside, depth + 1) for inside in syntax.inside(here))
    return False


def _after(rest: Token) -> str:
    if rest.text in ("is", "equals"):
        return "a comparison is written `==`"
    if rest.text == "xor":
        return "write `!=` between two flags"
    if rest.kind in ("name", "number", "duration"):
        return "two values need an operator between them"
    if rest.text in ("not", "true", "false"):
        return "two conditions need `and` or `or` between them"
    if rest.text == ")":
        return "this bracket was never opened"
    if rest.text == ",":
        return "a decimal number is written with a point, as in `0.5`"
    return ""


class _Reader:
    def __init__(self, found: list[Token]) -> None:
        self.found = found
        self.place = 0
        self.depth = 0
        self.nodes = 0

    @property
    def now(self) -> Token:
        return self.found[self.place]

    def take(self, *texts: str) -> Token | None:
        token = self.now
        if token.kind in ("operator", "word") and token.text in texts:
            self.place += 1
            return token
        return None

    def need(self, text: str, opened: Token) -> Token:
        token = self.take(text)
        if token is not None:
            return token
        if self.now.kind == "end":
            raise SyntaxFault(
                "syntax",
                f"this `{opened.text}` is never closed",
                opened.start,
                opened.end,
                f"add the closing `{text}`",
            )
        raise self.unexpected()

    def unexpected(self) -> SyntaxFault:
        """Explain a token that cannot go on an expression that is complete before it."""
        rest = self.now
        before = self.found[self.place - 1] if self.place else rest
        if before.kind == "number" and rest.kind == "name":
            return unit_fault(before.text, rest.text, rest.start, rest.end)
        shown = rest.text[:64] + rest.unit
        return SyntaxFault("syntax", f"unexpected `{shown}`", rest.start, rest.end, _after(rest))

    def count(self) -> None:
        self.nodes += 1
        if self.nodes > MOST_NODES:
            raise SyntaxFault(
                "expression-too-long",
                f"this expression has more than {MOST_NODES} parts",
                self.now.start,
                self.now.end,
                "name parts of it under `definitions`",
            )

    def whole(self) -> syntax.Syntax:
        self.depth += 1
        if self.depth > DEEPEST:
            raise SyntaxFault(
                "expression-too-deep",
                f"this expression is nested more than {DEEPEST} levels deep",
                self.now.start,
                self.now.end,
                "name parts of it under `definitions`",
            )
        then = self.logic("or", lambda: self.logic("and", self.negation))
        if self.take("if"):
            condition = self.logic("or", lambda: self.logic("and", self.negation))
            if not self.take("else"):
                raise SyntaxFault(
                    "syntax",
                    "`if` needs an `else`",
                    self.now.start,
                    self.now.end,
                    "write `a if condition else b`",
                )
            otherwise = self.whole()
            then = syntax.Either(then.start, otherwise.end, condition, then, otherwise)
            self.count()
        self.depth -= 1
        return then

    def logic(self, operator: str, term: Callable[[], syntax.Syntax]) -> syntax.Syntax:
        terms = [term()]
        while self.take(operator):
            terms.append(term())
        if len(terms) == 1:
            return terms[0]
        self.count()
        return syntax.Logic(terms[0].start, terms[-1].end, operator, tuple(terms))

    def negation(self) -> syntax.Syntax:
        signs: list[Token] = []
        while sign := self.take("not"):
            signs.append(sign)
            self.count()
            if len(signs) > DEEPEST:
                raise SyntaxFault(
                    "expression-too-deep",
                    f"more than {DEEPEST} `not` in a row",
                    sign.start,
                    sign.end,
                    "two of them say nothing; leave them out",
                )
        tree = self.comparison()
        for sign in reversed(signs):
            tree = syntax.Not(sign.start, tree.end, tree)
        return tree

    def comparison(self) -> syntax.Syntax:
        left = self.sum()
        operator = self.take(*COMPARISONS)
        if operator is None:
            return left
        right = self.sum()
        self.count()
        again = self.now
        if again.kind == "operator" and again.text in COMPARISONS:
            raise SyntaxFault(
                "chained-comparison",
                "comparisons cannot be chained",
                again.start,
                again.end,
                "write `a < b and b < c`",
            )
        return syntax.Comparison(left.start, right.end, operator.text, left, right)

    def sum(self) -> syntax.Syntax:
        return self.row(("+", "-"), self.product)

    def product(self) -> syntax.Syntax:
        return self.row(("*", "/"), self.signed)

    def row(self, operators: tuple[str, ...], part: Callable[[], syntax.Syntax]) -> syntax.Syntax:
        tree = part()
        terms = 1
        while operator := self.take(*operators):
            right = part()
            terms += 1
            if terms > DEEPEST:
                raise SyntaxFault(
                    "expression-too-deep",
                    f"more than {DEEPEST} terms in a row",
                    operator.start,
                    operator.end,
                    "name parts of it under `definitions`",
                )
            self.count()
            tree = syntax.Arithmetic(tree.start, right.end, operator.text, tree, right)
        return tree

    def signed(self) -> syntax.Syntax:
        sign = self.take("-")
        if sign is None:
            return self.value()
        if self.now.text == "-":
            raise SyntaxFault(
                "syntax", "two minus signs in a row", sign.start, self.now.end, "leave both out"
            )
        operand = self.value()
        self.count()
        return syntax.Minus(sign.start, operand.end, operand)

    def value(self) -> syntax.Syntax:
        self.count()
        token = self.now
        if opened := self.take("("):
            inside = self.whole()
            self.need(")", opened)
            return inside
        if token.kind not in ("number", "duration", "name") and token.text not in ("true", "false"):
            what = f"unexpected `{token.text}`" if token.text else "the expression ends too early"
            raise SyntaxFault("syntax", what, token.start, token.end, "a value is missing here")
        self.place += 1
        if token.kind == "number":
            value = float(token.text)
            if not math.isfinite(value):
                raise SyntaxFault(
                    "number", "this number is too large", token.start, token.end, "at most 1.7e308"
                )
            return syntax.Number(token.start, token.end, value, token.text)
        if token.kind == "duration":
            return syntax.Duration(token.start, token.end, token.text, token.unit)
        if token.kind == "word":
            return syntax.Truth(token.start, token.end, token.text == "true")
        name = syntax.Name(token.start, token.end, token.text)
        if opened := self.take("("):
            return self.call(name, opened)
        if self.take("."):
            return self.attribute(name)
        return name

    def call(self, name: syntax.Name, opened: Token) -> syntax.Syntax:
        arguments: list[syntax.Syntax] = []
        if self.now.text != ")":
            arguments.append(self.whole())
            while self.take(","):
                arguments.append(self.whole())
        closed = self.need(")", opened)
        return syntax.Call(name.start, closed.end, name.name, tuple(arguments))

    def attribute(self, owner: syntax.Name) -> syntax.Syntax:
        token = self.now
        if token.kind != "name":
            raise SyntaxFault(
                "syntax",
                "a name must follow the dot",
                token.start,
                token.end,
                "write `party.member`, `party.joined`, `party.size` or `party.weight`",
            )
        self.place += 1
        return syntax.Attribute(owner.start, token.end, owner, token.text)
