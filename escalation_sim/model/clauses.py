"""Compiling sentences: definitions with readings, clocks and red lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from escalation_sim.diagnostics import suggest
from escalation_sim.expression import checked
from escalation_sim.expression.checker import Clock as ClockName
from escalation_sim.expression.types import DURATION, FLAG, NUMBER, TIME, UNKNOWN
from escalation_sim.model.context import text_in, within_bounds
from escalation_sim.model.model import (
    ZERO,
    Clause,
    Clock,
    RedLine,
)
from escalation_sim.model.parties import party
from escalation_sim.source.places import content_span

if TYPE_CHECKING:
    from escalation_sim.expression.checked import Checked
    from escalation_sim.model.context import Context
    from escalation_sim.scenario import elements


def compiled_sentences(context: Context) -> dict[str, list[Checked]]:
    """Understand the definitions; return each one's sentences in all readings.

    What a definition means elsewhere is the chosen reading (`context.names`).
    """
    document = context.scenario.document
    bodies: dict[str, list[Checked]] = {}
    chosen = {clause: reading.text for clause, reading in document.reading.items()}
    for id_, entry in document.definitions.items():

        def work(id_: str = id_, entry: elements.Definition = entry) -> Any:
            sentences = _sentences(context, id_, entry)
            bodies[id_] = list(sentences.values())
            name = chosen.get(id_) or next(iter(sentences), "")
            body = sentences.get(name) or next(iter(sentences.values()), None)
            if body is None:
                return checked.Constant(value=False, type=UNKNOWN, text=id_)
            public = bool(entry.public and entry.public.flag)
            return context.named("definitions", id_, body, public=public)

        when = [entry.when, *(r.when for r in (entry.readings or {}).values())]
        context.names.wait(id_, work, [scalar.text for scalar in when if scalar])
    for id_, declared in document.red_lines.items():

        def line(id_: str = id_, declared: elements.RedLine = declared) -> Any:
            body = context.condition(declared.crossed, checked.NEVER)
            return context.named("red_lines", id_, body, public=False)

        context.names.wait(id_, line, [declared.crossed.text] if declared.crossed else [])
    for id_ in (*document.definitions, *document.red_lines):
        context.names.meaning(id_)
    _readings(context)
    return bodies


def _sentences(context: Context, id_: str, entry: elements.Definition) -> dict[str, Checked]:
    span = context.scenario.span("definitions", id_)
    if (entry.when is None) == (entry.readings is None):
        said = "both `when` and `readings`" if entry.when else "neither `when` nor `readings`"
        context.report(span, "missing-key", f"`{id_}` has {said}", "give one of them")
        return {}
    if entry.when is not None:
        return {"": context.expression(entry.when, (FLAG, NUMBER, DURATION, TIME), watched=True)}
    found: dict[str, Checked] = {}
    for name, reading in (entry.readings or {}).items():
        if reading.when is None:
            place = context.scenario.span("definitions", id_, "readings", name)
            context.report(
                place,
                "missing-key",
                f"the reading `{name}` says nothing",
                f"write `{name}: …`, or `when: …` in it",
            )
            continue
        found[name] = context.expression(reading.when, FLAG, watched=True)
    if not entry.readings:
        place = context.scenario.span("definitions", id_, "readings")
        context.report(place, "missing-key", f"`{id_}` has no reading", "write `name: condition`")
    return found


def _readings(context: Context) -> None:
    """Report a chosen reading that does not exist."""
    document = context.scenario.document
    for clause, reading in document.reading.items():
        span = context.scenario.span("reading", clause)
        entry = document.definitions.get(clause)
        if entry is None:
            if not context.names.broken(clause):
                known = [c for c, e in document.definitions.items() if e.readings]
                context.report(
                    span,
                    "unknown-clause",
                    f"there is no clause `{clause[:64]}`",
                    suggest(clause, known, "clauses with readings are"),
                )
        elif not entry.readings:
            context.report(
                span,
                "unknown-reading",
                f"`{clause}` has but one reading",
                "leave this out, or give it `readings`",
            )
        elif reading.text not in entry.readings:
            context.report(
                content_span(reading),
                "unknown-reading",
                f"`{clause}` has no reading `{reading.text[:64]}`",
                suggest(reading.text, entry.readings, "its readings are"),
            )


def compiled_clauses(context: Context) -> tuple[Clause, ...]:
    """Return the definitions in their chosen readings."""
    document = context.scenario.document
    found = []
    for id_, entry in document.definitions.items():
        named = context.names.meaning(id_)
        body: Checked = named.body if isinstance(named, checked.Named) else checked.NEVER
        readings = tuple(entry.readings or ())
        wish = document.reading.get(id_)
        chosen = wish.text if wish and wish.text in readings else (readings[0] if readings else "")
        words = context.words(id_, entry, context.scenario.span("definitions", id_))
        for name, reading in (entry.readings or {}).items():
            claims, basis = context.sources(reading)
            if claims and name == chosen:
                words |= {"claims": claims, "basis": basis}
        found.append(
            Clause(
                **words,
                body=body,
                public=bool(entry.public and entry.public.flag),
                readings=readings,
                chosen=chosen,
            )
        )
    return tuple(found)


def name_clocks(context: Context) -> None:
    """Name the clocks, so that conditions may read them before they are understood."""
    for index, (id_, entry) in enumerate(context.scenario.document.clocks.items()):
        public = bool(entry.public and entry.public.flag)
        context.names.meanings[id_] = ClockName(index, id_, public)


def compiled_clocks(context: Context) -> tuple[Clock, ...]:
    """Understand when each clock runs."""
    found = []
    for id_, entry in context.scenario.document.clocks.items():
        span = context.scenario.span("clocks", id_)
        words = context.words(id_, entry, span)
        if entry.while_ is not None and (entry.from_ or entry.until):
            context.report(
                span,
                "wrong-type",
                f"`{id_}` has both `while` and `from` or `until`",
                "`while: C` stands for `from: C, until: not C`",
            )
        if entry.while_ is None and entry.from_ is None:
            context.report(
                span,
                "missing-key",
                f"nothing starts `{id_}`",
                "write `while: …`, or `from: …` with or without `until: …`",
            )
        from_ = context.condition(entry.while_ or entry.from_, checked.NEVER)
        until: Checked = (
            checked.Negation(from_)
            if entry.while_
            else context.condition(entry.until, checked.NEVER)
        )
        lull: Checked = ZERO
        if entry.lull is not None:
            lull = context.expression(entry.lull, DURATION)
            within_bounds(context, lull, entry.lull, 0, None)
        pause = context.condition(entry.pause, checked.NEVER)
        found.append(
            Clock(
                **words,
                from_=from_,
                until=until,
                lull=lull,
                pause=pause,
                public=bool(entry.public and entry.public.flag),
            )
        )
    return tuple(found)


def compiled_red_lines(context: Context) -> tuple[RedLine, ...]:
    """Return the declared lines."""
    found = []
    for id_, entry in context.scenario.document.red_lines.items():
        span = context.scenario.span("red_lines", id_)
        if entry.crossed is None:
            context.report(span, "missing-key", f"nothing crosses `{id_}`", "write `crossed: …`")
        named = context.names.meaning(id_)
        body: Checked = named.body if isinstance(named, checked.Named) else checked.NEVER
        found.append(
            RedLine(
                **context.words(id_, entry, span),
                holder=party(context, entry.holder),
                crossed=body,
                declares=text_in(entry.declares),
            )
        )
    return tuple(found)
