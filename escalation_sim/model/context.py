"""What every part of the compiler shares: the scenario, the names, and the faults found."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from escalation_sim.chance import laws
from escalation_sim.diagnostics import Diagnostic, suggest
from escalation_sim.expression import checked
from escalation_sim.expression.checker import MOST_TICKS, TICK_HELP, Checker, ticks_of
from escalation_sim.expression.evaluate import EvaluationFault, value_of
from escalation_sim.expression.lexer import SyntaxFault, tokens
from escalation_sim.expression.types import DURATION, FLAG, NUMBER, TIME, UNKNOWN, Type
from escalation_sim.expression.view import View
from escalation_sim.model.model import Basis, Delay, Parameter
from escalation_sim.scenario.elements import LAW_KINDS, Law, Sourced
from escalation_sim.source.places import content_span, part_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from escalation_sim.expression.checked import Checked, Value
    from escalation_sim.location import Span
    from escalation_sim.model.scope import Names
    from escalation_sim.scenario.load import Scenario
    from escalation_sim.source.tree import Scalar


@dataclass(slots=True)
class Context:
    """One compilation. Parts add what they make and report what is wrong."""

    scenario: Scenario
    names: Names
    found: list[Diagnostic]
    parameters: list[Parameter] = field(default_factory=list)
    cited: dict[str, str] = field(default_factory=dict)

    @property
    def checker(self) -> Checker:
        """A checker for this scenario's names."""
        return Checker(self.names, self.found)

    def report(self, span: Span, code: str, message: str, hint: str = "") -> None:
        """Keep one error."""
        self.found.append(Diagnostic(code, message, span, hint))

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
        return self.checker.check(
            scalar.text[skip:],
            lambda start, end: part_of(scalar, start + skip, end + skip),
            wanted,
            watched=watched,
            effects=effects,
        )

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
        for part in checked.walk(node):
            if not isinstance(
                part,
                checked.Constant
                | checked.Parameter
                | checked.Sum
                | checked.Test
                | checked.Row
                | checked.Negation
                | checked.Negative
                | checked.Branch
                | checked.Function,
            ):
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

    # laws and delays

    def law(self, entry: Law, span: Span, wanted: Type | None) -> tuple[laws.Law, Type] | None:
        """Understand a law of chance; `wanted` is NUMBER, DURATION, or None for either."""
        kinds = [k for k in LAW_KINDS if getattr(entry, k) is not None]
        if len(kinds) != 1:
            said = f"{len(kinds)} kinds of law at once" if kinds else "no kind of law"
            self.report(span, "law", f"this gives {said}", suggest("", LAW_KINDS, "write one of"))
            return None
        kind = kinds[0]
        written = getattr(entry, kind)
        scalars: list[Scalar] = list(written) if isinstance(written, list) else [written]
        shape = laws.KINDS[kind]
        units = shape.carries_unit * (len(scalars) if shape.repeats else 1)
        values: list[float] = []
        unit = wanted
        for i, scalar in enumerate(scalars):
            carries = i < len(units) and units[i]
            wish = (unit or (NUMBER, DURATION)) if carries else NUMBER
            node = self.expression(scalar, wish)
            value = self.settled(node, scalar) if node.type != UNKNOWN else None
            if value is None:
                return None
            if carries and unit is None:
                unit = node.type
            values.append(float(value))
        unit = unit or NUMBER
        if fault := laws.problem(kind, values):
            self.report(content_span(scalars[0]) if scalars else span, "law", fault)
            return None
        if unit == DURATION and min(values) < 0:
            self.report(content_span(scalars[0]), "law", "a duration cannot be negative")
            return None
        law = laws.Law(kind, tuple(values))
        return self._scaled(law, entry, unit)

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

    def delay(self, written: Scalar | Law, span: Span, *, time: bool = False) -> Delay | None:
        """Understand a duration that may be drawn; None after a reported fault."""
        if isinstance(written, Law):
            found = self.law(written, span, DURATION)
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
                        "give its arguments units, as in `6h`",
                    )
                    return None
                return Delay(law=parameter.law, parameter=i, text=name)
        node = self.expression(written, (DURATION, TIME) if time else DURATION)
        if node.type == UNKNOWN:
            return None
        if isinstance(node, checked.Negative) or (
            isinstance(node, checked.Constant) and node.value < 0
        ):
            self.report(content_span(written), "range", "a duration cannot be negative")
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
            elif self.scenario.tree.get("sources") is None:
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


__all__ = ["MOST_TICKS", "TICK_HELP", "Context", "law_text", "spaced", "text_in", "tick_of"]
