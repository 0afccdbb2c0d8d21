"""Compiling what changes: effects, and the script that has them happen by themselves."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal, cast

from escalation_sim.diagnostics import Diagnostic, suggest
from escalation_sim.expression import checked
from escalation_sim.expression.types import FLAG, UNKNOWN
from escalation_sim.model.context import spaced
from escalation_sim.model.model import Effect, Script
from escalation_sim.source.places import content_span

if TYPE_CHECKING:
    from escalation_sim.location import Span
    from escalation_sim.model.context import Context
    from escalation_sim.scenario import elements


PREFIXES: dict[str, Literal["least", "most"]] = {"at least ": "least", "at most ": "most"}


def compiled_effects(
    context: Context, written: elements.Effects | None, *path: str, remembers: bool = True
) -> tuple[Effect, ...]:
    """Understand a map of effects; `path` is where it stands.

    `remembers` is false where nothing was triggered, so that `was` has no meaning.
    """
    found = []
    for target, scalar in (written or {}).items():
        span = context.scenario.span(*path, target)
        variable = context.names.meaning(target)
        if not isinstance(variable, checked.Variable):
            _no_target(context, target, span)
            continue
        if fault := _not_quite_a_prefix(scalar.text, variable):
            context.report(content_span(scalar), "syntax", *fault)
            continue
        mode: Literal["set", "least", "most"] = "set"
        skip = 0
        for prefix, meaning in PREFIXES.items():
            if scalar.text.startswith(prefix):
                mode, skip = meaning, len(prefix)
        if mode != "set" and variable.type == FLAG:
            context.report(
                content_span(scalar),
                "type",
                "a flag has no `at least` or `at most`",
                f"write `{target}: true` or `{target}: false`",
            )
            continue
        value = context.expression(scalar, variable.type, effects=remembers, skip=skip)
        found.append(Effect(variable.index, mode, value))
    return tuple(found)


def _not_quite_a_prefix(text: str, variable: checked.Variable) -> tuple[str, str] | None:
    """Return what is wrong with an effect that wants to say `at least` or `at most`."""
    match = re.match(r"at[ _-]*(least|most)\b(.*)", text, re.DOTALL)
    if not match or (text.startswith(tuple(PREFIXES)) and match[2].strip()):
        return None
    said = f"at {match[1]}"
    example = match[2].strip() or (variable.levels[-1] if variable.levels else "1")
    message = f"`{said}` what?" if not match[2].strip() else f"`{said}` is written with one space"
    return message, f"write `{said} {example[:64]}`"


def _no_target(context: Context, target: str, span: Span) -> None:
    meaning = context.names.meaning(target)
    if context.names.broken(target):
        return
    if isinstance(meaning, checked.Constant) and meaning.type == UNKNOWN:
        return
    document = context.scenario.document
    if meaning is None:
        known = [*document.situation, *document.ladders]
        context.report(
            span,
            "unknown-name",
            f"there is no situation or ladder `{target[:64]}`",
            suggest(target, known, "there are"),
        )
    else:
        kind = type(meaning).__name__.lower()
        kinds = {"named": "definition", "drawn": "parameter", "constant": "time", "now": "time"}
        kind = kinds.get(kind, kind)
        if isinstance(meaning, checked.Named) and meaning.section == "red_lines":
            kind = "red line"
        context.report(
            span,
            "type",
            f"`{target}` is a {kind} and cannot be changed",
            "only situations and ladders change",
        )


def compiled_script(context: Context) -> tuple[Script, ...]:
    """Understand the script; two entries may not write one variable at one time."""
    found: list[Script] = []
    taken: dict[tuple[int, int], tuple[str, Span]] = {}
    for key, entry in context.scenario.document.script.items():
        holder = context.scenario.tree.get("script")
        scalar = holder.key(key) if holder is not None and hasattr(holder, "key") else None
        if scalar is None:
            continue
        delay = context.delay(scalar, scalar.span, time=True)
        changes = compiled_effects(context, entry, "script", key, remembers=False)
        if delay is None:
            continue
        if delay.value is not None:
            when = context.settled(delay.value, scalar)
            for effect in changes if when is not None else ():
                earlier = taken.get((int(cast("float", when)), effect.variable))
                if earlier:
                    context.found.append(
                        Diagnostic(
                            "script-clash",
                            "two script entries write one variable at one time",
                            scalar.span,
                            "put both into one entry, or move one by a tick",
                            notes=((f"the other is `{earlier[0]}`", earlier[1]),),
                        )
                    )
                taken[int(cast("float", when)), effect.variable] = (key, scalar.span)
        found.append(
            Script(
                id=key,
                label=spaced(key),
                span=scalar.span,
                time=delay,
                effects=changes,
                site=f"script.{key}",
            )
        )
    return tuple(found)
