"""Compiling parameters: numbers and laws with their ranges."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from escalation_sim.diagnostics import did_you_mean, one_of
from escalation_sim.expression import checked
from escalation_sim.expression.checker import Drawn
from escalation_sim.expression.types import DURATION, FLAG, NUMBER, TIME, UNKNOWN
from escalation_sim.model.model import (
    Parameter,
)
from escalation_sim.scenario.elements import LAW_KINDS
from escalation_sim.source.places import content_span

if TYPE_CHECKING:
    from escalation_sim.model.context import Context
    from escalation_sim.scenario import elements
    from escalation_sim.source.tree import Scalar


def compile_parameters(context: Context) -> None:
    """Understand the parameters; one given by an expression waits until it is asked for."""
    entries = context.scenario.document.parameters
    for index, (id_, entry) in enumerate(entries.items()):
        words = context.words(id_, entry, context.scenario.span("parameters", id_))
        context.parameters.append(Parameter(**words, type=UNKNOWN, value=0))

        def work(index: int = index, entry: elements.Parameter = entry) -> Any:
            return _parameter(context, index, entry)

        context.names.wait(id_, work, _texts_of(entry))
    for id_ in (*entries, *context.scenario.document.time.anchors):
        context.names.meaning(id_)


def _texts_of(entry: elements.Parameter) -> list[str]:
    """Return the expressions of a parameter."""
    given = [getattr(entry, key) for key in ("value", "range", *LAW_KINDS, "mean")]
    return [
        scalar.text
        for written in given
        if written is not None
        for scalar in (written if isinstance(written, list) else [written])
    ]


def _parameter(context: Context, index: int, entry: elements.Parameter) -> Any:
    shell = context.parameters[index]
    words = {
        k: getattr(shell, k) for k in ("id", "label", "short", "why", "claims", "basis", "span")
    }
    unknown = checked.Constant(value=False, type=UNKNOWN, text=shell.id)
    drawn = [k for k in LAW_KINDS if getattr(entry, k) is not None]
    if entry.value is None and not drawn:
        others = [id_ for id_ in context.scenario.document.parameters if id_ != shell.id]
        context.report(
            shell.span,
            "missing-key",
            f"`{shell.id}` has neither a value nor a law",
            (did_you_mean(shell.id, others) if entry.mean is not None else "")
            or f"write `value: …` or one of {one_of(LAW_KINDS)}",
        )
        return unknown
    if entry.value is not None and drawn:
        context.report(
            shell.span, "law", f"`{shell.id}` has both a value and a law", "leave one out"
        )
        return unknown
    if entry.value is None:
        found = context.law(entry, shell.span, None, "parameters", shell.id)
        if found is None:
            return unknown
        law, kind = found
        low, high = _range(context, shell.id, entry, kind, law.mean)
        context.parameters[index] = Parameter(
            **words, type=kind, value=0, law=law, low=low, high=high
        )
        return Drawn(shell.id)
    if entry.mean is not None:
        context.report(content_span(entry.mean), "law", "only a law has a `mean`", "set `value`")
    node = context.expression(entry.value, (NUMBER, DURATION, FLAG))
    value = context.settled(node, entry.value) if node.type != UNKNOWN else None
    if value is None:
        return unknown
    used = [p for p in checked.walk(node) if isinstance(p, checked.Parameter)]
    if used and not words["claims"]:
        known = all(context.parameters[p.index].basis != "assumed" for p in used)
        words["basis"] = "derived" if known else "assumed"
    low, high = _range(context, shell.id, entry, node.type, float(value))
    context.parameters[index] = Parameter(**words, type=node.type, value=value, low=low, high=high)
    return checked.Parameter(index, shell.id, node.type)


def _range(
    context: Context, id_: str, entry: elements.Parameter, kind: Any, value: float
) -> tuple[Any, Any]:
    if entry.range is None:
        return None, None
    if len(entry.range) != 2 or kind == FLAG:
        place = context.scenario.span("parameters", id_, "range")
        said = "a flag has no range" if kind == FLAG else "a range has two ends"
        context.report(place, "range", said, "" if kind == FLAG else "write `range: [low, high]`")
        return None, None
    low, high = (context.constant(scalar, kind) for scalar in entry.range)
    if low is None or high is None:
        return None, None
    span = content_span(entry.range[0])
    if low > high:
        context.report(span, "range", "the low end of this range is above its high end")
    elif not low <= value <= high:
        written = entry.mean or entry.value
        context.warn(
            content_span(written) if written else span,
            "outside-range",
            "this lies outside the declared range",
            "widen `range` if it is meant",
        )
    return low, high


def compile_anchors(context: Context) -> None:
    """Name the further zero points; they wait until they are asked for, as parameters do."""
    for id_, scalar in context.scenario.document.time.anchors.items():

        def work(id_: str = id_, scalar: Scalar = scalar) -> Any:
            value = context.constant(scalar, (DURATION, TIME))
            if value is None:
                return checked.Constant(value=False, type=UNKNOWN, text=id_)
            return checked.Constant(int(value), TIME, id_)

        if context.names.spans[id_] == context.scenario.span("time", "anchors", id_):
            context.names.wait(id_, work, [scalar.text])
