"""From the tree as written to the tree as understood: names looked up, types checked.

The checker goes on after a fault, so that one reading of a file shows all of them; what could not
be understood gets the type `UNKNOWN`, which fits everywhere and hides no other fault.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Protocol, TypeAlias

from escalation_sim.chance.laws import KINDS as LAWS
from escalation_sim.diagnostics import Diagnostic, did_you_mean, one_of, suggest
from escalation_sim.expression import checked, syntax, types
from escalation_sim.expression.lexer import UNITS, SyntaxFault, tokens
from escalation_sim.expression.parser import parse
from escalation_sim.expression.types import (
    ANY,
    DURATION,
    FLAG,
    MOST_TICKS,
    NUMBER,
    TIME,
    UNKNOWN,
    Type,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from escalation_sim.location import Span

FUNCTIONS = {
    "min": (2, None),
    "max": (2, None),
    "abs": (1, None),
    "floor": (1, NUMBER),
    "sqrt": (1, NUMBER),
    "exp": (1, NUMBER),
    "log": (1, NUMBER),
    "ever": (1, FLAG),
    "was": (1, None),
}
"""The fixed list: how many arguments, and their type (None: see the checker)."""


@dataclass(frozen=True, slots=True)
class Clock:
    """What a name can mean besides a value: a clock, readable only in a comparison."""

    index: int
    id: str
    public: bool = False


@dataclass(frozen=True, slots=True)
class Drawn:
    """What a name can mean besides a value: a law of chance, drawn where a delay begins."""

    id: str


@dataclass(frozen=True, slots=True)
class Party:
    """What a name can mean besides a value: a party and its members."""

    index: int
    id: str
    members: tuple[str, ...]


Meaning: TypeAlias = checked.Checked | Clock | Drawn | Party


class Scope(Protocol):
    """What names mean where the expression stands."""

    def meaning(self, name: str) -> Meaning | None:
        """Return what `name` stands for, or None if it is unknown."""

    def names(self) -> Sequence[str]:
        """Return every name that means something, for suggestions."""

    def levels(self, scale: str) -> tuple[str, ...]:
        """Return the levels of a scale from low to high."""

    def broken(self, name: str) -> bool:
        """Whether `name` is declared, but with faults already reported."""

    def declared(self, name: str) -> bool:
        """Whether `name` is declared anywhere, even if it has no meaning yet or here."""

    def parties(self) -> Sequence[str]:
        """Return the names of the parties."""

    def scales_of(self, level: str) -> Sequence[str]:
        """Return the scales that have a level of this name."""

    def elsewhere(self, name: str) -> tuple[str, str] | None:
        """Return what a name that is no value stands for, in words, and what to write instead."""

    def latch(self, body: checked.Checked, span: Span) -> int:
        """Return the number of the latch that remembers whether `body` was ever true."""

    @property
    def seconds_per_tick(self) -> Fraction:
        """The length of a tick."""


@dataclass(slots=True)
class Checker:
    """Checks expressions of one scenario and collects what is wrong with them.

    `watched` is true for conditions that the engine must notice turning true or false by the
    passing of time; there `now` may only be compared. `effects` is true where `was` has a meaning.
    """

    scope: Scope
    found: list[Diagnostic]

    def check(
        self,
        text: str,
        place: Callable[[int, int], Span],
        wanted: Type | Sequence[Type],
        *,
        watched: bool = False,
        effects: bool = False,
    ) -> checked.Checked:
        """Understand one expression of one of the wanted types; faults go to `found`.

        `place` gives the span of a stretch of `text`, from character offsets.
        """
        wishes = (wanted,) if isinstance(wanted, Type) else tuple(wanted)
        visit = _Visit(self.scope, self.found, place, watched=watched, effects=effects)
        try:
            tree = parse(text)
        except SyntaxFault as fault:
            visit.fault(fault.code, fault.message, fault.start, fault.end, fault.hint)
            return checked.Constant(value=False, type=UNKNOWN, text=text)
        node = visit.node(tree, wishes[0])
        if any(types.fits(node.type, wish) for wish in wishes):
            return node
        asked = " or ".join(str(wish) for wish in wishes)
        hint = visit.hint(tree, node.type, wishes[0])
        return visit.report(tree, "type", f"{asked} is needed here, this is {node.type}", hint)


def names_in(text: str) -> list[str]:
    """Return the names an expression mentions as values, in their order; none if it has faults."""
    try:
        found = tokens(text)
    except SyntaxFault:
        return []
    return [
        token.text
        for before, token, after in zip([None, *found], found, found[1:], strict=False)
        if token.kind == "name"
        and not (before and before.text == ".")
        and not (after.text == "(" and token.text in FUNCTIONS)
    ]


def ticks_of(amount: str, unit: str, seconds_per_tick: Fraction) -> int | None:
    """Return a written duration in ticks; None if it is no whole number of them."""
    ticks = Fraction(amount) * UNITS[unit] / seconds_per_tick
    return int(ticks) if ticks.denominator == 1 else None


@dataclass(slots=True)
class _Visit:
    scope: Scope
    found: list[Diagnostic]
    place: Callable[[int, int], Span]
    watched: bool
    effects: bool

    def fault(self, code: str, message: str, start: int, end: int, hint: str = "") -> None:
        span = self.place(start, max(end, start + 1))
        self.found.append(Diagnostic(code, message, span, hint))

    def report(self, at: syntax.Syntax, code: str, message: str, hint: str = "") -> checked.Checked:
        self.fault(code, message, at.start, at.end, hint)
        return checked.Constant(value=False, type=UNKNOWN, text="?")

    def hint(self, tree: syntax.Syntax, given: Type, wanted: Type) -> str:
        """Say how `tree` could become what is wanted; empty if that is anyone's guess."""
        name = _name(tree)
        if wanted in (DURATION, TIME) and given == NUMBER:
            if isinstance(tree, syntax.Number):
                return f"give it a unit, as in `{tree.text}h`"
            return f"give the value of `{name}` a unit, as in `24h`" if name else ""
        if wanted == types.RATE:
            return "a rate is a number for a time, as in `0.5 / 1d`"
        if wanted.kind == "level" and given.kind == "level":
            return "only levels of one scale can be compared; `like` lets two situations share one"
        if wanted.kind == "level":
            return f"its levels are {one_of(self.scope.levels(wanted.scale))}"
        if wanted == NUMBER and isinstance(tree, syntax.Duration):
            return "a plain number has no unit"
        if wanted == NUMBER and given == FLAG and name:
            return f"write `1 if {name} else 0`"
        if wanted == FLAG and isinstance(tree, syntax.Number | syntax.Duration):
            return "a flag is `true` or `false`, or a comparison such as `x > 0`"
        if wanted == FLAG:
            if isinstance(tree, syntax.Attribute):
                name = f"{tree.owner.name}.{tree.name}"
            return self._flag_hint(name or "…", given)
        return ""

    def _flag_hint(self, name: str, given: Type) -> str:
        if given.kind == "level":
            levels = self.scope.levels(given.scale)
            level = levels[min(1, len(levels) - 1)] if levels else "level"
            return f"compare it with a level, as in `{name} >= {level}`"
        example = {"number": "0", "duration": "24h", "time": "24h"}.get(given.kind, "")
        return f"compare it with something, as in `{name} > {example}`" if example else ""

    def node(self, tree: syntax.Syntax, wanted: Type = ANY) -> checked.Checked:
        match tree:
            case syntax.Number(value=value, text=text):
                return checked.Constant(value, NUMBER, text)
            case syntax.Truth(value=value):
                return checked.Constant(value, FLAG, "true" if value else "false")
            case syntax.Duration():
                return self.duration(tree)
            case syntax.Name():
                return self.name(tree, wanted)
            case syntax.Attribute():
                return self.attribute(tree)
            case syntax.Call():
                return self.call(tree, wanted)
            case syntax.Minus(operand=operand):
                return self.minus(tree, self.node(operand))
            case syntax.Not(operand=operand):
                return checked.Negation(self.flag(operand))
            case syntax.Arithmetic():
                return self.arithmetic(tree)
            case syntax.Comparison():
                return self.comparison(tree)
            case syntax.Logic(operator=operator, terms=terms):
                return checked.Row(operator, tuple(self.flag(term) for term in terms))
            case syntax.Either():
                return self.either(tree, wanted)

    def flag(self, tree: syntax.Syntax) -> checked.Checked:
        node = self.node(tree, FLAG)
        if not types.fits(node.type, FLAG):
            hint = self.hint(tree, node.type, FLAG)
            return self.report(tree, "type", f"a flag is needed here, this is {node.type}", hint)
        return node

    def duration(self, tree: syntax.Duration) -> checked.Checked:
        ticks = ticks_of(tree.amount, tree.unit, self.scope.seconds_per_tick)
        text = f"{tree.amount}{tree.unit}"
        shown = text if len(text) <= 40 else f"{tree.amount[:36]}…{tree.unit}"
        if ticks is None:
            return self.report(tree, "unit", f"`{shown}` is no whole number of ticks", TICK_HELP)
        if ticks >= MOST_TICKS:
            return self.report(tree, "unit", f"`{shown}` is longer than this clock can count")
        return checked.Constant(ticks, DURATION, text)

    def name(self, tree: syntax.Name, wanted: Type) -> checked.Checked:
        levels = self.scope.levels(wanted.scale) if wanted.kind == "level" else ()
        if tree.name in levels:
            return checked.Constant(levels.index(tree.name), wanted, tree.name)
        meaning = self.scope.meaning(tree.name)
        if isinstance(meaning, Clock):
            return self.report(
                tree,
                "clock",
                f"the clock `{tree.name}` can only be compared with a length",
                f"as in `{tree.name} >= 24h`",
            )
        if isinstance(meaning, Drawn):
            return self.report(
                tree,
                "law",
                f"`{tree.name}` is a law of chance and has no value here",
                "a law is drawn under `for`, `after`, `every` or `draw`, or as a script time",
            )
        if isinstance(meaning, Party):
            return self.report(
                tree,
                "type",
                f"`{tree.name}` is a party, not a value",
                f"write `{tree.name}.joined`, `.size`, `.weight` or a member's name after the dot"
                if meaning.members
                else "compare situations, ladders and parameters",
            )
        if isinstance(meaning, checked.Now) and self.watched:
            return self.report(
                tree,
                "now",
                "`now` can only be compared in a condition, alone on its side",
                "write `now >= x + 24h`, not `now - x >= 24h`",
            )
        if meaning is not None:
            return meaning
        return self.nothing(tree, wanted)

    def nothing(self, tree: syntax.Name, wanted: Type) -> checked.Checked:
        """Report a name that means nothing here, unless that follows from another fault."""
        name = tree.name
        if self.scope.broken(name) or wanted == UNKNOWN:
            return checked.Constant(value=False, type=UNKNOWN, text=name)
        if self.scope.declared(name):
            hint = "only numbers, durations and parameters can be read here"
            return self.report(tree, "constant", f"`{name}` has no value before the run", hint)
        shown = name[:64]
        if wanted.kind == "level":
            levels = self.scope.levels(wanted.scale)
            hint = suggest(name, levels, "its levels are")
            message = f"`{shown}` is no level of `{wanted.scale}`"
            return self.report(tree, "unknown-level", message, hint)
        scales = self.scope.scales_of(name)
        if scales:
            message = f"`{shown}` is a level of `{scales[0]}`, and no value by itself"
            hint = f"compare them, as in `{scales[0]} == {shown}`"
            return self.report(tree, "unknown-name", message, hint)
        if name in FUNCTIONS:
            hint = f"it is a function, as in `{name}(…)`"
            return self.report(tree, "unknown-name", f"`{name}` needs brackets", hint)
        if other := self.scope.elsewhere(name):
            message = f"`{shown}` is {other[0]}, and no value"
            return self.report(tree, "unknown-name", message, other[1])
        if name in ("yes", "no", "on", "off"):
            hint = "a flag is written `true` or `false`"
        else:
            hint = did_you_mean(name, [*self.scope.names(), "true", "false"])
        hint = hint or (
            "names are declared under `situation`, `ladders`, `parameters`, `definitions`, "
            "`clocks` or `parties`"
        )
        return self.report(tree, "unknown-name", f"unknown name `{shown}`", hint)

    def attribute(self, tree: syntax.Attribute) -> checked.Checked:
        owner = tree.owner.name
        party = self.scope.meaning(owner)
        if not isinstance(party, Party):
            if self.scope.broken(owner):
                return checked.Constant(value=False, type=UNKNOWN, text=owner)
            if party is None:
                hint = suggest(owner, self.scope.parties(), "parties are")
                message = f"unknown party `{owner[:64]}`"
                return self.report(tree.owner, "unknown-name", message, hint)
            hint = ""
            if isinstance(party, checked.Variable) and tree.name in party.levels:
                hint = f"write `{owner} == {tree.name}`"
            return self.report(
                tree.owner, "type", f"`{owner}` is no party, only parties have members", hint
            )
        text = f"{owner}.{tree.name}"
        if tree.name in ("joined", "size", "weight"):
            return checked.Tally(party.index, tree.name, text)
        if tree.name in party.members:
            return checked.Joined(party.index, party.members.index(tree.name), text)
        hint = suggest(tree.name, [*party.members, "joined", "size", "weight"])
        message = f"`{owner}` has no member `{tree.name[:64]}`"
        return self.report(tree, "unknown-name", message, hint)

    def minus(self, tree: syntax.Minus, operand: checked.Checked) -> checked.Checked:
        if operand.type.kind not in ("number", "duration", "rate", "unknown"):
            name = _name(tree.operand)
            hint = f"write `not {name}`" if operand.type == FLAG and name else ""
            return self.report(tree, "type", f"no minus before {operand.type}", hint)
        return checked.Negative(operand, operand.type)

    def arithmetic(self, tree: syntax.Arithmetic) -> checked.Checked:
        left, right = self.node(tree.left), self.node(tree.right)
        if UNKNOWN in (left.type, right.type):
            return checked.Constant(value=False, type=UNKNOWN, text="?")
        rule = types.sum_of if tree.operator in "+-" else types.product_of
        kind = rule(tree.operator, left.type, right.type)
        if kind is None:
            verb = {"+": "added to", "-": "taken from", "*": "multiplied with", "/": "divided by"}
            first, second = (right, left) if tree.operator == "-" else (left, right)
            hint = ""
            for side, other in ((tree.left, right), (tree.right, left)):
                if isinstance(side, syntax.Number) and tree.operator in "+-":
                    hint = hint or self.hint(side, NUMBER, other.type)
            hint = hint or _sum_hint({left.type, right.type})
            return self.report(
                tree, "type", f"{first.type} cannot be {verb[tree.operator]} {second.type}", hint
            )
        return checked.Sum(tree.operator, left, right, kind)

    def comparison(self, tree: syntax.Comparison) -> checked.Checked:
        for clock_side, other, operator in (
            (tree.left, tree.right, tree.operator),
            (tree.right, tree.left, MIRRORED[tree.operator]),
        ):
            clock = self.clock(clock_side)
            if clock:
                return self.clock_test(clock, operator, other)
        left, right = self.sides(tree)
        if UNKNOWN in (left.type, right.type):
            return checked.Constant(value=False, type=UNKNOWN, text="?")
        if not types.fits(left.type, right.type):
            hint = self.hint(tree.right, right.type, left.type) or self.hint(
                tree.left, left.type, right.type
            )
            if FLAG in (left.type, right.type):
                flag = tree.left if left.type == FLAG else tree.right
                name = _name(flag)
                hint = f"write `{name}` or `not {name}`" if name else ""
                if isinstance(flag, syntax.Comparison):
                    hint = "join two comparisons with `and`"
            return self.report(
                tree, "type", f"{left.type} cannot be compared with {right.type}", hint
            )
        if left.type == FLAG and tree.operator not in ("==", "!="):
            return self.report(tree, "type", "flags have no order", "use `and`, `or` and `not`")
        return checked.Test(tree.operator, left, right)

    def clock(self, tree: syntax.Syntax) -> Clock | None:
        meaning = self.scope.meaning(tree.name) if isinstance(tree, syntax.Name) else None
        return meaning if isinstance(meaning, Clock) else None

    def clock_test(self, clock: Clock, operator: str, other: syntax.Syntax) -> checked.Checked:
        if self.clock(other):
            return self.report(
                other,
                "clock",
                "two clocks cannot be compared with each other",
                "compare each with a length",
            )
        threshold = self.node(other, DURATION)
        if threshold.type not in (DURATION, UNKNOWN):
            hint = self.hint(other, threshold.type, DURATION) or "as in `72h`"
            return self.report(
                other,
                "type",
                f"a clock is compared with a duration, this is {threshold.type}",
                hint,
            )
        for part in checked.walk(threshold):
            if isinstance(part, checked.ClockTest | checked.Now):
                return self.report(
                    other,
                    "clock",
                    "the other side of a clock may not depend on time",
                    "compare it with a duration or a parameter",
                )
        return checked.ClockTest(clock.index, clock.id, operator, threshold, clock.public)

    def sides(self, tree: syntax.Comparison) -> tuple[checked.Checked, checked.Checked]:
        """Check both sides; a bare level's name takes its scale from the other side."""
        if self.watched:
            now_left, now_right = self.is_now(tree.left), self.is_now(tree.right)
            if now_left != now_right:
                now = checked.Now(TIME)
                other = self.node(tree.right if now_left else tree.left, TIME)
                return (now, other) if now_left else (other, now)
        if not self.is_nothing(tree.left):
            left = self.node(tree.left)
            return left, self.node(tree.right, left.type)
        if self.scope.broken(_name(tree.right)):
            return self.node(tree.left, UNKNOWN), self.node(tree.right)
        if self.is_nothing(tree.right) and not self.scope.scales_of(_name(tree.left)):
            left = self.node(tree.left)
            return left, self.node(tree.right, UNKNOWN)
        right = self.node(tree.right)
        return self.node(tree.left, right.type), right

    def is_nothing(self, tree: syntax.Syntax) -> bool:
        """Whether this is a bare name without a meaning: a level, or a slip of the pen."""
        return isinstance(tree, syntax.Name) and self.scope.meaning(tree.name) is None

    def is_now(self, tree: syntax.Syntax) -> bool:
        return isinstance(tree, syntax.Name) and isinstance(
            self.scope.meaning(tree.name), checked.Now
        )

    def either(self, tree: syntax.Either, wanted: Type) -> checked.Checked:
        condition = self.flag(tree.condition)
        then = self.node(tree.then, wanted)
        otherwise = self.node(tree.otherwise, then.type if wanted == ANY else wanted)
        if not types.fits(then.type, otherwise.type):
            return self.report(
                tree,
                "type",
                f"both sides must be alike, these are {then.type} and {otherwise.type}",
            )
        kind = otherwise.type if then.type == UNKNOWN else then.type
        return checked.Branch(condition, then, otherwise, kind)

    def call(self, tree: syntax.Call, wanted: Type) -> checked.Checked:
        if tree.function not in FUNCTIONS:
            hint = suggest(tree.function, FUNCTIONS, "functions are")
            if tree.function in LAWS:
                law = LAWS[tree.function]
                names = ", ".join(law.arguments)
                form = f"[{names}]" if len(law.arguments) > 1 or law.repeats else names
                hint = f"a law of chance is written as a map, `{{{tree.function}: {form}}}`"
            message = f"unknown function `{tree.function[:64]}`"
            if self.scope.meaning(tree.function) is not None:
                message = f"`{tree.function[:64]}` is no function"
                hint = f"write `{tree.function[:64]}`, without brackets"
            return self.report(tree, "unknown-function", message, hint)
        least, kind = FUNCTIONS[tree.function]
        count = len(tree.arguments)
        if count < least or (count > least and tree.function not in ("min", "max")):
            several = tree.function in ("min", "max")
            needs = f"{least} or more values" if several else "one value"
            hint = f"as in `{tree.function}({'a, b' if several else 'a'})`"
            return self.report(tree, "type", f"`{tree.function}` takes {needs}, not {count}", hint)
        if tree.function == "was":
            return self.was(tree)
        if tree.function == "ever":
            return self.ever(tree)
        arguments = tuple(self.node(a, kind or wanted) for a in tree.arguments)
        kinds = {a.type for a in arguments}
        if UNKNOWN in kinds:
            return checked.Constant(value=False, type=UNKNOWN, text="?")
        if len(kinds) > 1 or (kind and kinds != {kind}) or kinds & {FLAG}:
            said = ", ".join(sorted(str(k) for k in kinds))
            hint = "all its values must be of one kind" if len(kinds) > 1 else ""
            if FLAG in kinds and tree.function in ("min", "max"):
                hint = f"join flags with `{'and' if tree.function == 'min' else 'or'}`"
            elif kind == NUMBER and kinds <= {DURATION, TIME}:
                hint = "divide by a length first, as in `x / 1h`"
            return self.report(tree, "type", f"`{tree.function}` cannot be taken of {said}", hint)
        return checked.Function(tree.function, arguments, kinds.pop())

    def ever(self, tree: syntax.Call) -> checked.Checked:
        inside = _Visit(self.scope, self.found, self.place, watched=True, effects=False)
        body = inside.flag(tree.arguments[0])
        if body.type == UNKNOWN:
            return body
        return checked.Ever(self.scope.latch(body, self.place(tree.start, tree.end)), body)

    def was(self, tree: syntax.Call) -> checked.Checked:
        argument = tree.arguments[0]
        if not self.effects:
            return self.report(
                tree,
                "was",
                "`was` has a meaning only in what a rule does",
                "it is the value when the rule was triggered",
            )
        node = self.node(argument)
        if isinstance(node, checked.Variable):
            return checked.Was(node)
        if node.type == UNKNOWN:
            return node
        return self.report(
            argument,
            "was",
            "`was` takes the name of one situation or ladder",
            "as in `was(severity)`",
        )


def _sum_hint(kinds: set[Type]) -> str:
    """Say what to do about two kinds of values that cannot be added or multiplied."""
    if kinds == {NUMBER, DURATION}:
        return "make the number a length first, as in `x * 1h`"
    if FLAG in kinds:
        return "make a number of a flag first, as in `(1 if x else 0)`"
    if any(kind.kind == "level" for kind in kinds):
        return "levels can be compared, not reckoned with"
    return "a duration is multiplied with a plain number" if kinds == {DURATION} else ""


def _name(tree: syntax.Syntax) -> str:
    return tree.name if isinstance(tree, syntax.Name) else ""


MIRRORED = {"<": ">", "<=": ">=", "==": "==", "!=": "!=", ">=": "<=", ">": "<"}
"""A comparison read from the other side."""

TICK_HELP = "choose a smaller `time.tick`, or a whole number of ticks"
