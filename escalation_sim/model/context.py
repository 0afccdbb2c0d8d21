"""What every part of the compiler shares: the scenario, the names, and the faults found."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from escalation_sim.chance import laws
from escalation_sim.diagnostics import Diagnostic, one_of, suggest
from escalation_sim.expression import checked
from escalation_sim.expression.checker import Checker, ticks_of
from escalation_sim.expression.evaluate import EvaluationFault, value_of
from escalation_sim.expression.lexer import SyntaxFault, tokens
from escalation_sim.expression.types import DURATION, FLAG, NUMBER, TIME, UNKNOWN, Type
from escalation_sim.expression.view import View
from escalation_sim.model.model import Basis, Delay, Parameter
from escalation_sim.scenario.elements import LAW_KINDS, Law, Sourced
from escalation_sim.source.places import content_span, part_of
from escalation_sim.source.tree import Mapping as Tree

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from escalation_sim.expression.checked import Checked, Value
    from escalation_sim.location import Span
    from escalation_sim.model.scope import Names
    from escalation_sim.scenario.load import Scenario
    from escalation_sim.source.tree import Scalar


MOST_PARTS = 20_000
"""Most nodes of one expression when the definitions it names are written out."""

MOST_LEVELS = 150
"""Most nodes on the way down such an expression."""


@dataclass(slots=True)
class Context:
    """One compilation. Parts add what they make and report what is wrong."""

    scenario: Scenario
    names: Names
    found: list[Diagnostic]
    parameters: list[Parameter] = field(default_factory=list)
    cited: dict[str, str] = field(default_factory=dict)
    _extents: dict[tuple[str, str], tuple[int, int] | None] = field(default_factory=dict)

    registerless: bool = False
    """Whether it was reported that no register is named."""

    @property
    def checker(self) -> Checker:
        """A checker for this scenario's names."""
        return Checker(self.names, self.found)

    def report(self, span: Span, code: str, message: str, hint: str = "") -> None:
        """Keep one error."""
        self.found.append(Diagnostic(code, message, span, hint))

    def lost(self, section: str) -> bool:
        """Whether entries of a section were left out because of faults reported already."""
        written = self.scenario.tree.get(section)
        if written is None:
            return False
        kept = getattr(self.scenario.document, section)
        return not isinstance(written, Tree) or any(key.text not in kept for key, _ in written)

    def warn(self, span: Span, code: str, message: str, hint: str = "") -> None:
        """Keep one warning."""
        self.found.append(Diagnostic(code, message, span, hint, severity="warning"))

    # expressions

    def expression(
        self,
        scalar: Scalar,
        wanted: Type | Sequence[Type],
        *,
        watched: bool = False,
        effects: bool = False,
        skip: int = 0,
    ) -> Checked:
        """Understand the expression in a scalar, leaving out `skip` characters at its start."""
        node = self.checker.check(
            scalar.text[skip:],
            lambda start, end: part_of(scalar, start + skip, end + skip),
            wanted,
            watched=watched,
            effects=effects,
        )
        extent = self._extent(node)
        if extent is None:
            return node
        parts, depth = extent
        if parts <= MOST_PARTS and depth <= MOST_LEVELS:
            return node
        self.report(
            content_span(scalar),
            "expression-too-long" if parts > MOST_PARTS else "expression-too-deep",
            f"with its definitions written out this has more than {MOST_PARTS:,} parts"
            if parts > MOST_PARTS
            else f"with its definitions written out this is more than {MOST_LEVELS} levels deep",
            "let fewer definitions rest on each other",
        )
        return checked.Constant(value=False, type=UNKNOWN, text="?")

    def named(self, section: str, id_: str, body: Checked, *, public: bool) -> checked.Named:
        """Return a sentence under its name, and remember how much there is to it."""
        extent = self._extent(body)
        self._extents[section, id_] = extent and (extent[0] + 1, extent[1] + 1)
        return checked.Named(section, id_, body, public)

    def _extent(self, node: Checked) -> tuple[int, int] | None:
        """Return how many parts an expression has and how deep it goes, definitions included.

        None if it rests on something that was not understood.
        """
        parts, deepest = 0, 0
        waiting = [(node, 1)]
        while waiting:
            here, depth = waiting.pop()
            if isinstance(here, checked.Named):
                inner = self._extents.get((here.section, here.id))
                if inner is None:
                    return None
                parts, deepest = parts + inner[0], max(deepest, depth + inner[1])
                continue
            if here.type == UNKNOWN:
                return None
            parts, deepest = parts + 1, max(deepest, depth)
            waiting.extend((part, depth + 1) for part in checked.parts_of(here))
        return parts, deepest

    def condition(self, scalar: Scalar | None, default: Checked = checked.ALWAYS) -> Checked:
        """Understand a watched condition; `default` if there is none."""
        return self.expression(scalar, FLAG, watched=True) if scalar else default

    def constant(self, scalar: Scalar, wanted: Type | Sequence[Type]) -> Value | None:
        """Evaluate an expression that may read parameters only; None after a reported fault."""
        node = self.expression(scalar, wanted)
        if node.type == UNKNOWN:
            return None
        return self.settled(node, scalar)

    def settled(self, node: Checked, scalar: Scalar) -> Value | None:
        """Evaluate an understood expression at load; report one that needs a run."""
        if any(part.type == UNKNOWN for part in checked.walk(node)):
            return None
        if not _is_settled(node):
            self.report(
                content_span(scalar),
                "constant",
                "this must be known before the run starts",
                "use numbers, durations and parameters only",
            )
            return None
        try:
            return value_of(node, _Constants(self.parameters))
        except EvaluationFault as fault:
            self.report(content_span(scalar), "arithmetic", str(fault))
            return None

    def known(self, node: Checked) -> Value | None:
        """Return what an expression yields in every run; None if that differs or is unknown."""
        if not _is_settled(node) or any(part.type == UNKNOWN for part in checked.walk(node)):
            return None
        try:
            return value_of(node, _Constants(self.parameters))
        except EvaluationFault:
            return None

    # laws and delays

    def law(
        self, entry: Law, span: Span, wanted: Type | None, *path: str
    ) -> tuple[laws.Law, Type] | None:
        """Understand a law of chance; `wanted` is NUMBER, DURATION, or None for either.

        `span` is the place to name if there is none better; `path` is where the law stands.
        """
        kinds = [k for k in LAW_KINDS if getattr(entry, k) is not None]
        if len(kinds) != 1:
            said = (
                f"{one_of(kinds)} are several laws at once" if kinds else "this is no law of chance"
            )
            hint = "leave one out" if kinds else f"write one of {one_of(LAW_KINDS)}"
            self.report(span, "law", said, hint)
            return None
        kind = kinds[0]
        written = getattr(entry, kind)
        scalars: list[Scalar] = list(written) if isinstance(written, list) else [written]
        shape = laws.KINDS[kind]
        units = shape.carries_unit * (len(scalars) if shape.repeats else 1)
        if len(units) != len(scalars) or not scalars:
            place = self.scenario.span(*path, kind) if path else span
            fault = laws.problem(kind, [1.0] * len(scalars)) or ""
            self.report(place, "law", fault, _law_help(kind))
            return None
        wishes = [(wanted or (NUMBER, DURATION)) if carries else NUMBER for carries in units]
        nodes = [self.expression(s, wish) for s, wish in zip(scalars, wishes, strict=True)]
        unit = wanted or self._unit_of(nodes, units, scalars)
        if unit is None or any(node.type == UNKNOWN for node in nodes):
            return None
        settled = [self.settled(n, s) for n, s in zip(nodes, scalars, strict=True)]
        values = [float(value) for value in settled if value is not None]
        if len(values) < len(settled):
            return None
        if problem := laws.problem(kind, values):
            self.report(content_span(scalars[0]), "law", problem, _law_help(kind))
            return None
        if unit == DURATION and min(values) < 0:
            self.report(content_span(scalars[0]), "law", "a duration cannot be negative")
            return None
        law = laws.Law(kind, tuple(values))
        return self._scaled(law, entry, unit)

    def _unit_of(
        self, nodes: Sequence[Checked], carries: Sequence[bool], scalars: Sequence[Scalar]
    ) -> Type | None:
        """Return the type of what a law yields; None after reporting that its units are mixed."""
        carriers = [
            (n, s)
            for n, s, carrying in zip(nodes, scalars, carries, strict=True)
            if carrying and n.type != UNKNOWN
        ]
        if all(n.type == NUMBER for n, _ in carriers):
            return NUMBER
        for node, scalar in carriers:
            if node.type == NUMBER:
                self.report(
                    content_span(scalar),
                    "type",
                    "a duration is needed here as in the rest of the law, this is a number",
                    f"give it a unit, as in `{scalar.text.strip()}h`" if scalar.number else "",
                )
        return None if any(n.type == NUMBER for n, _ in carriers) else DURATION

    def _scaled(self, law: laws.Law, entry: Law, unit: Type) -> tuple[laws.Law, Type] | None:
        if entry.mean is None:
            return law, unit
        target = self.constant(entry.mean, unit)
        if target is None:
            return None
        try:
            return law.with_mean(float(target)), unit
        except ValueError as fault:
            self.report(content_span(entry.mean), "law", str(fault))
            return None

    def delay(
        self, written: Scalar | Law, span: Span, *path: str, time: bool = False
    ) -> Delay | None:
        """Understand a duration that may be drawn; None after a reported fault."""
        if isinstance(written, Law):
            found = self.law(written, span, DURATION, *path)
            return (
                Delay(law=found[0], text=law_text(found[0], self.names.seconds_per_tick))
                if found
                else None
            )
        name = written.text.strip()
        for i, parameter in enumerate(self.parameters):
            if parameter.id == name and parameter.law is not None:
                if parameter.type != DURATION:
                    self.report(
                        content_span(written),
                        "type",
                        f"a duration is needed here, `{name}` is a law of numbers",
                        f"give the arguments of `{name}` units, as in `6h`",
                    )
                    return None
                return Delay(law=parameter.law, parameter=i, text=name)
        node = self.expression(written, (DURATION, TIME) if time else DURATION)
        if node.type == UNKNOWN:
            return None
        known = self.known(node)
        if isinstance(node, checked.Negative) or (known is not None and known < 0):
            said = "the script begins at zero" if time else "a duration cannot be negative"
            self.report(content_span(written), "range", said)
        return Delay(value=node, text=name)

    # words and sources

    def sources(self, entry: Sourced) -> tuple[tuple[str, ...], Basis]:
        """Return the claims an entry cites and the basis that follows from them."""
        claims: list[str] = []
        kinds: list[str] = []
        register = self.scenario.register
        for scalar in entry.claim or ():
            claim = register.claims.get(scalar.text) if register else None
            if claim is not None:
                claims.append(claim.id)
                kinds.append(claim.kind)
                self.cited[claim.id] = claim.statement
            elif register is not None:
                self.report(
                    content_span(scalar),
                    "unknown-claim",
                    f"no claim `{scalar.text[:64]}` in the register",
                    suggest(scalar.text, register.claims, "there are"),
                )
            elif self.scenario.tree.get("sources") is None and not self.registerless:
                self.registerless = True
                self.report(
                    content_span(scalar),
                    "no-register",
                    "a claim is cited but no register is named",
                    "write `sources: claims.yaml` at the top",
                )
        if not kinds:
            return (), "assumed"
        return tuple(claims), "declared" if kinds[0] == "declared" else "reported"

    def words(self, id_: str, entry: Any, span: Span) -> dict[str, Any]:
        """Return the fields that every entry of the model has."""
        claims, basis = self.sources(entry) if isinstance(entry, Sourced) else ((), "assumed")
        label = text_in(getattr(entry, "label", None)) or text_in(getattr(entry, "name", None))
        return {
            "id": id_,
            "label": label or spaced(id_),
            "short": text_in(getattr(entry, "short", None)) or label or spaced(id_),
            "why": text_in(entry.why),
            "claims": claims,
            "basis": basis,
            "span": span,
        }


def _is_settled(node: Checked) -> bool:
    """Whether an expression reads nothing but parameters."""
    return all(isinstance(part, _SETTLED) for part in checked.walk(node))


_SETTLED = (
    checked.Constant,
    checked.Parameter,
    checked.Sum,
    checked.Test,
    checked.Row,
    checked.Negation,
    checked.Negative,
    checked.Branch,
    checked.Function,
)


def _law_help(kind: str) -> str:
    """Return the form of a law whose arguments do not hold."""
    names = laws.KINDS[kind].arguments
    if len(names) == 1:
        return ""
    return f"write `{kind}: [{', '.join(names)}]`, in this order"


def within_bounds(
    context: Context, node: Checked, scalar: Scalar, low: float, high: float | None
) -> None:
    """Report a value that is outside its bounds in every run."""
    value = context.known(node)
    if value is None or (low <= value and (high is None or value <= high)):
        return
    if node.type == DURATION:
        context.report(content_span(scalar), "range", "a duration cannot be negative")
        return
    said = f"from {low} to {high}" if high is not None else f"{low} or more"
    hint = f"{value:g} percent is written `{value / 100:g}`" if high == 1 and value >= 2 else ""
    context.report(content_span(scalar), "range", f"this must be {said}, and is {value:g}", hint)


class _Constants(View):
    """A view in which only parameters have values."""

    values: Sequence[Value] = ()
    latches: Sequence[bool] = ()
    joined: Sequence[Sequence[bool]] = ()
    weights: Sequence[Sequence[float]] = ()
    now = 0

    def __init__(self, parameters: Sequence[Parameter]) -> None:
        self.parameters: Sequence[Value] = [p.value for p in parameters]
        self.was: Mapping[int, Value] = {}

    def hand(self, clock: int) -> int | None:
        """Return None: no clock runs before a run."""
        del clock
        return None

    def exact(self, clock: int) -> bool:
        """Return False: no clock runs before a run."""
        del clock
        return False


def text_in(scalar: Scalar | None) -> str:
    """Return the text of a leaf, trimmed; empty if there is none."""
    return scalar.text.strip() if scalar is not None else ""


def spaced(id_: str) -> str:
    """Return an id as words."""
    return id_.replace("_", " ")


def tick_of(scalar: Scalar | None, found: list[Diagnostic]) -> Fraction:
    """Return the length of a tick in seconds; one second unless the file says otherwise."""
    if scalar is None:
        return Fraction(1)
    try:
        parts = tokens(scalar.text)
    except SyntaxFault:
        parts = []
    if len(parts) == 2 and parts[0].kind == "duration":
        seconds = ticks_of(parts[0].text, parts[0].unit, Fraction(1, 1000))
        if seconds and Fraction(seconds, 1000) <= 86_400:
            return Fraction(seconds, 1000)
    found.append(
        Diagnostic(
            "unit",
            f"`{scalar.text[:64]}` is no tick",
            content_span(scalar),
            "write a duration from 0.001s to 1d, as in `1s` or `1min`",
        )
    )
    return Fraction(1)


def law_text(law: laws.Law, seconds_per_tick: Fraction) -> str:
    """Write a law of durations in words, in hours."""
    shape = laws.KINDS[law.kind]
    units = shape.carries_unit * (len(law.arguments) if shape.repeats else 1)
    shown = [
        f"{float(Fraction(a) * seconds_per_tick / 3600):g} h" if unit else f"{a:g}"
        for a, unit in zip(law.arguments, units, strict=True)
    ]
    return f"{law.kind} {', '.join(shown)}"


__all__ = ["Context", "law_text", "spaced", "text_in", "tick_of"]
