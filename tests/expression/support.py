"""One small world for tests of expressions: its names, a view of it, and texts about it.

The oracle is Python itself: a text of the language, with lengths and levels put in as objects, is
given to `eval`, so that precedence and the order of evaluation are Python's, and the arithmetic of
times is written down here a second time from the words of the contract.
"""

import functools
import math
import operator
import re
from dataclasses import dataclass, field
from fractions import Fraction

from hypothesis import strategies as st

from escalation_sim.chance import functions
from escalation_sim.expression import checked
from escalation_sim.expression.checker import Checker, Clock, Drawn, Party
from escalation_sim.expression.types import DURATION, FLAG, NUMBER, RATE, TIME, level_of
from escalation_sim.expression.view import View
from escalation_sim.location import SourceFile, Span
from escalation_sim.model.scope import Names

TICK = 60
UNITS = {"s": 1, "min": 60, "h": 3600, "d": 86400, "w": 604800}
LEVELS = ("none", "minor", "extensive")
RUNGS = ("low", "high")
PARAMETERS = {"p": NUMBER, "wait": DURATION, "allowed": FLAG}
VARIABLES = {
    "n": NUMBER,
    "m": NUMBER,
    "since": DURATION,
    "calm": FLAG,
    "hot": FLAG,
    "severity": level_of("severity"),
    "reported": level_of("severity"),
    "response": level_of("response"),
}


def names():
    """Return the names of the small world, as a compiler would hand them to the checker."""
    found = Names(Fraction(TICK), frozenset({"lost"}), [])
    found.scales |= {"severity": LEVELS, "response": RUNGS}
    for i, (name, kind) in enumerate(PARAMETERS.items()):
        found.meanings[name] = checked.Parameter(i, name, kind)
    for i, (name, kind) in enumerate(VARIABLES.items()):
        levels = {"severity": LEVELS, "response": RUNGS}.get(kind.scale, ())
        found.meanings[name] = checked.Variable(i, name, kind, levels)
    found.meanings["clock"] = Clock(0, "clock")
    found.meanings["idle"] = Clock(1, "idle")
    found.meanings["council"] = Party(0, "council", ("uk", "no_one"))
    found.meanings["latency"] = Drawn("latency")
    body = understood("calm and n > 1", scope=found)
    found.meanings["quiet"] = checked.Named("definitions", "quiet", body)
    return found


def check(text, wanted=FLAG, *, scope=None, watched=False, effects=False):
    """Return the checked tree of a text, and what is wrong with it."""
    found = []
    file = SourceFile.of("here", text)

    def place(start, end):
        return Span(file, 1, start + 1, 1, end + 1)

    scope = scope or names()
    tree = Checker(scope, found).check(text, place, wanted, watched=watched, effects=effects)
    return tree, found


def understood(text, wanted=FLAG, **how):
    """Return the checked tree of a text without faults."""
    tree, found = check(text, wanted, **how)
    assert found == [], [d.headline for d in found]
    return tree


@dataclass
class Sight(View):
    """A view whose values a test sets by name."""

    values: list = field(default_factory=lambda: [2.0, 5.0, 90, True, False, 1, 0, 0])
    parameters: list = field(default_factory=lambda: [0.5, 120, True])
    latches: list = field(default_factory=lambda: [False] * 8)
    joined: list = field(default_factory=lambda: [[True, False]])
    weights: list = field(default_factory=lambda: [[2.0, 1.0]])
    was: dict = field(default_factory=lambda: dict(enumerate([1.0, 1.0, 1, False, False, 0, 0, 0])))
    now: int = 100
    hands: list = field(default_factory=lambda: [30, None])

    def hand(self, clock):
        return self.hands[clock]

    def __setitem__(self, name, value):
        self.values[[*VARIABLES].index(name)] = value


class Fault(ArithmeticError):
    """What cannot be computed, as the oracle sees it."""


def _finite(value):
    if not math.isfinite(value):
        raise Fault
    return value


class Number(float):
    """A plain number."""

    def __add__(self, other):
        return Number(_finite(float(self) + float(other)))

    def __sub__(self, other):
        return Number(_finite(float(self) - float(other)))

    def __mul__(self, other):
        if isinstance(other, Length):
            return other * self
        if isinstance(other, PerTick):
            return PerTick(_finite(float(self) * float(other)))
        return Number(_finite(float(self) * float(other)))

    def __truediv__(self, other):
        if other == 0:
            raise Fault
        value = _finite(float(self) / float(other))
        if isinstance(other, Length):
            return PerTick(value)
        if isinstance(other, PerTick):
            return Length.rounded(value)
        return Number(value)

    def __neg__(self):
        return Number(-float(self))

    def __abs__(self):
        return Number(abs(float(self)))


class PerTick(float):
    """A rate."""

    def __add__(self, other):
        return PerTick(_finite(float(self) + float(other)))

    def __mul__(self, other):
        kind = Number if isinstance(other, Length) else PerTick
        return kind(_finite(float(self) * float(other)))

    def __truediv__(self, other):
        if other == 0:
            raise Fault
        kind = Number if isinstance(other, PerTick) else PerTick
        return kind(_finite(float(self) / float(other)))


class Length(int):
    """A whole number of ticks."""

    @classmethod
    def rounded(cls, value):
        return cls.counted(math.floor(_finite(value) + 0.5))

    @classmethod
    def counted(cls, value):
        if abs(value) > 2**53:
            raise Fault
        return cls(value)

    def __add__(self, other):
        return Length.counted(int(self) + int(other))

    def __sub__(self, other):
        return Length.counted(int(self) - int(other))

    def __mul__(self, other):
        if isinstance(other, PerTick):
            return other * self
        return Length.rounded(int(self) * float(other))

    def __truediv__(self, other):
        if other == 0:
            raise Fault
        if isinstance(other, Length):
            return Number(_finite(int(self) / int(other)))
        return Length.rounded(int(self) / float(other))

    def __neg__(self):
        return Length(-int(self))

    def __abs__(self):
        return Length(abs(int(self)))


class Hand:
    """A clock: a comparison with one that is not running is false."""

    def __init__(self, shown):
        self.shown = shown

    def _test(self, test):
        return self.shown is not None and test(self.shown)

    def __lt__(self, other):
        return self._test(lambda s: s < other)

    def __le__(self, other):
        return self._test(lambda s: s <= other)

    def __gt__(self, other):
        return self._test(lambda s: s > other)

    def __ge__(self, other):
        return self._test(lambda s: s >= other)

    def __eq__(self, other):
        return self._test(lambda s: s == other)

    def __ne__(self, other):
        return self._test(lambda s: s != other)

    __hash__ = None


_VALUE = re.compile(r"(?<![\w.])(\d+(?:\.\d+)?(?:e\d+)?)(min|[shdw])?\b")


def oracle(text, sight):
    """Return what Python makes of a text in a view; raises Fault where there is no value."""
    text = _VALUE.sub(
        lambda found: (
            f"Length({found[1]} * UNITS['{found[2]}'] // TICK)"
            if found[2]
            else f"Number({found[1]})"
        ),
        text,
    )
    values = dict(zip(VARIABLES, sight.values, strict=True))
    world = {
        "Length": Length, "Number": Number, "UNITS": UNITS, "TICK": TICK, "true": True,
        "false": False, "min": min, "max": max, "abs": abs, "now": Length(sight.now),
        "floor": lambda x: Number(math.floor(x)), "sqrt": _root, "exp": _power, "log": _logarithm,
        "clock": Hand(sight.hands[0]), "idle": Hand(sight.hands[1]),
        "p": Number(sight.parameters[0]), "wait": Length(sight.parameters[1]),
        "allowed": sight.parameters[2], "quiet": values["calm"] and values["n"] > 1,
        "council": type("Council", (), {
            "uk": sight.joined[0][0], "no_one": sight.joined[0][1], "size": Number(2),
            "joined": Number(sum(sight.joined[0])),
            "weight": Number(sum(map(operator.mul, sight.weights[0], sight.joined[0]))),
        }),
        **{level: i for i, level in enumerate(LEVELS)}, **{rung: i for i, rung in enumerate(RUNGS)},
        **values, "n": Number(values["n"]), "m": Number(values["m"]),
        "since": Length(values["since"]),
    }  # fmt: skip
    return eval(text, {"__builtins__": {}}, world)  # noqa: S307 - texts made by these tests


def _root(x):
    if x < 0:
        raise Fault
    return Number(math.sqrt(x))


def _power(x):
    return Number(_finite(functions.exp(x)))


def _logarithm(x):
    if x <= 0:
        raise Fault
    return Number(functions.log(x))


def _atoms(*texts):
    return st.sampled_from(texts)


_written = st.one_of(
    st.integers(0, 20).map(str),
    st.floats(0, 1e6, allow_nan=False).map(lambda x: f"{x:.3f}"),
    st.sampled_from(["0", "1e300", "1e6"]),
)
_lengths = st.builds(lambda n, unit: f"{n}{unit}", st.integers(0, 60), _atoms("min", "h", "d"))
_ORDER = ("<", "<=", "==", "!=", ">=", ">")


def texts(kind, depth=3):
    """Return texts of one type: `flag`, `number`, `duration`, `rate` or `level`."""
    return {
        "flag": flags, "number": numbers, "duration": durations, "rate": rates, "level": levels,
    }[kind](depth)  # fmt: skip


def _either(kind, depth):
    return st.builds(
        "({} if ({}) else {})".format, kind(depth - 1), flags(depth - 1), kind(depth - 1)
    )


@functools.cache
def numbers(depth):
    """Return texts of numbers."""
    atoms = st.one_of(
        _written, _atoms("n", "m", "p", "council.joined", "council.size", "council.weight")
    )
    if depth <= 0:
        return atoms
    less = st.deferred(lambda: numbers(depth - 1))
    return st.one_of(
        atoms,
        st.builds("({} {} {})".format, less, _atoms(*"+-*/"), less),
        st.builds("{} {} {} {} {}".format, atoms, _atoms(*"*/"), atoms, _atoms(*"*/"), atoms).map(
            "({})".format
        ),
        st.lists(atoms, min_size=2, max_size=6).flatmap(_row),
        st.builds("(-{})".format, atoms),
        st.builds("({} / {})".format, durations(depth - 1), durations(depth - 1)),
        st.builds("({} * {})".format, rates(depth - 1), durations(depth - 1)),
        st.builds("{}({}, {})".format, _atoms("min", "max"), less, less),
        st.builds("{}({})".format, _atoms("abs", "floor", "sqrt", "exp", "log"), less),
        _either(numbers, depth),
    )


def _row(parts):
    signs = st.lists(
        _atoms(" + ", " - ", " * ", " / "), min_size=len(parts) - 1, max_size=len(parts) - 1
    )
    return signs.map(
        lambda s: "(" + parts[0] + "".join(a + b for a, b in zip(s, parts[1:], strict=True)) + ")"
    )


@functools.cache
def durations(depth):
    """Return texts of durations."""
    atoms = st.one_of(_lengths, _atoms("wait", "since"))
    if depth <= 0:
        return atoms
    less = st.deferred(lambda: durations(depth - 1))
    return st.one_of(
        atoms,
        st.builds("({} {} {})".format, less, _atoms("+", "-"), less),
        st.builds("({} * {})".format, less, numbers(depth - 1)),
        st.builds("({} * {})".format, numbers(depth - 1), less),
        st.builds("({} / {})".format, less, numbers(depth - 1)),
        st.builds("({} / {})".format, numbers(depth - 1), rates(depth - 1)),
        st.builds("abs({})".format, less),
        st.builds("{}({}, {})".format, _atoms("min", "max"), less, less),
        _either(durations, depth),
    )


@functools.cache
def rates(depth):
    """Return texts of rates."""
    atoms = st.builds("({} / {})".format, _written, _lengths)
    if depth <= 0:
        return atoms
    less = st.deferred(lambda: rates(depth - 1))
    return st.one_of(
        atoms,
        st.builds("({} + {})".format, less, less),
        st.builds("({} * {})".format, numbers(depth - 1), less),
        st.builds("({} / {})".format, less, numbers(depth - 1)),
        _either(rates, depth),
    )


@functools.cache
def levels(depth):
    """Return texts of levels of `severity`."""
    del depth
    return st.one_of(_atoms("severity", "reported"), st.just("max(severity, reported)"))


@functools.cache
def flags(depth):
    """Return texts of conditions."""
    atoms = _atoms(
        "calm", "hot", "true", "false", "quiet", "council.uk", "council.no_one", "allowed"
    )
    tests = [
        st.builds("severity {} {}".format, _atoms(*_ORDER), _atoms(*LEVELS, "reported")),
        st.builds("{} {} response".format, _atoms(*RUNGS), _atoms(*_ORDER)),
        st.builds("{} {} {}".format, _atoms("clock", "idle"), _atoms(*_ORDER), durations(0)),
        st.builds("{} {} {}".format, durations(0), _atoms(*_ORDER), _atoms("clock", "idle")),
        st.builds("now {} {}".format, _atoms(*_ORDER), durations(0)),
        st.builds("{} {} {}".format, numbers(0), _atoms(*_ORDER), numbers(0)),
    ]
    if depth <= 0:
        return st.one_of(atoms, *tests)
    less = st.deferred(lambda: flags(depth - 1))
    flat = st.lists(st.one_of(atoms, *tests), min_size=2, max_size=5)
    return st.one_of(
        atoms,
        *tests,
        st.builds("{} {} {}".format, numbers(depth - 1), _atoms(*_ORDER), numbers(depth - 1)),
        st.builds("{} {} {}".format, durations(depth - 1), _atoms(*_ORDER), durations(depth - 1)),
        st.builds("{} {} {}".format, rates(depth - 1), _atoms(*_ORDER), rates(depth - 1)),
        st.builds("({}) {} ({})".format, less, _atoms("==", "!="), less),
        st.builds("({}) {} ({})".format, less, _atoms("and", "or"), less),
        flat.flatmap(_joined),
        st.builds("not ({})".format, less),
        st.builds("not {}".format, st.one_of(atoms, *tests)),
        st.builds("({}) if ({}) else ({})".format, less, less, less),
    )  # fmt: skip


def _joined(parts):
    words = st.lists(
        _atoms(" and ", " or ", " and not ", " or not "),
        min_size=len(parts) - 1,
        max_size=len(parts) - 1,
    )
    return words.map(lambda w: parts[0] + "".join(a + b for a, b in zip(w, parts[1:], strict=True)))


SIGHTS = st.builds(
    Sight,
    values=st.tuples(
        st.floats(-1e6, 1e6).map(lambda x: round(x, 2)),
        st.sampled_from([0.0, 1.0, -1.0, 0.25, 1e200]),
        st.integers(0, 10**7),
        st.booleans(), st.booleans(),
        st.integers(0, 2), st.integers(0, 2), st.integers(0, 1),
    ).map(list),
    parameters=st.tuples(st.floats(-9, 9), st.integers(0, 10**6), st.booleans()).map(list),
    joined=st.tuples(st.booleans(), st.booleans()).map(lambda row: [list(row)]),
    now=st.integers(0, 10**6),
    hands=st.tuples(*[st.none() | st.integers(-1, 5000)] * 2).map(list),
)  # fmt: skip

TYPES = {
    "flag": FLAG,
    "number": NUMBER,
    "duration": DURATION,
    "rate": RATE,
    "level": level_of("severity"),
}
__all__ = ["TIME", "TYPES", "Fault", "Sight", "check", "names", "oracle", "texts", "understood"]
