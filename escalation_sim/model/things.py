"""Compiling what there is: parties, parameters, situations, ladders, definitions, clocks, lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, cast

from escalation_sim.diagnostics import Diagnostic, did_you_mean, one_of, suggest
from escalation_sim.expression import checked
from escalation_sim.expression.checker import Clock as ClockName
from escalation_sim.expression.checker import Drawn
from escalation_sim.expression.checker import Party as PartyName
from escalation_sim.expression.types import DURATION, FLAG, NUMBER, TIME, UNKNOWN, level_of
from escalation_sim.model.context import text_in
from escalation_sim.model.model import (
    ONE,
    ZERO,
    Clause,
    Clock,
    Member,
    Parameter,
    Party,
    RedLine,
    Variable,
)
from escalation_sim.scenario.elements import LAW_KINDS
from escalation_sim.source.places import content_span

if TYPE_CHECKING:
    from escalation_sim.expression.checked import Checked
    from escalation_sim.model.context import Context
    from escalation_sim.scenario import elements
    from escalation_sim.source.tree import Scalar


def declare_all(context: Context) -> None:
    """Take every id, so that one declared twice is found before anything is understood."""
    scenario = context.scenario
    for section in (
        "parties",
        "parameters",
        "situation",
        "ladders",
        "definitions",
        "clocks",
        "red_lines",
    ):
        for id_ in getattr(scenario.document, section):
            context.names.declare(id_, scenario.span(section, id_))
    for id_ in scenario.document.time.anchors:
        context.names.declare(id_, scenario.span("time", "anchors", id_))


def anchors(context: Context) -> None:
    """Name the further zero points; they wait until they are asked for, as parameters do."""
    for id_, scalar in context.scenario.document.time.anchors.items():

        def work(id_: str = id_, scalar: Scalar = scalar) -> Any:
            value = context.constant(scalar, (DURATION, TIME))
            if value is None:
                return checked.Constant(value=False, type=UNKNOWN, text=id_)
            return checked.Constant(int(value), TIME, id_)

        if context.names.spans[id_] == context.scenario.span("time", "anchors", id_):
            context.names.wait(id_, work, [scalar.text])


def parties(context: Context) -> tuple[Party, ...]:
    """Name the parties and members; chances of joining are understood later."""
    found = []
    for index, (id_, entry) in enumerate(context.scenario.document.parties.items()):
        context.names.meanings[id_] = PartyName(index, id_, tuple(entry.members))
        words = context.words(id_, entry, context.scenario.span("parties", id_))
        found.append(Party(**words))
    return tuple(found)


def members(context: Context, named: tuple[Party, ...]) -> tuple[Party, ...]:
    """Understand each member's chance of joining and weight."""
    complete = []
    for party in named:
        entry = context.scenario.document.parties[party.id]
        joined = []
        for id_, member in entry.members.items():
            span = context.scenario.span("parties", party.id, "members", id_)
            if id_ in ("joined", "size", "weight"):
                said = f"`{id_}` cannot name a member, `{party.id}.{id_}` already means something"
                context.report(span, "bad-id", said, f"choose another, as in `{id_}_member`")
            if member.joins is None:
                context.report(
                    span, "missing-key", f"`{id_}` has no chance of joining", f"write `{id_}: 0.5`"
                )
                continue
            joins = context.expression(member.joins, NUMBER, watched=True)
            within_bounds(context, joins, member.joins, 0, 1)
            weight: Checked = ONE
            if member.weight is not None:
                weight = context.expression(member.weight, NUMBER)
                if context.settled(weight, member.weight) is None:
                    weight = ONE
                within_bounds(context, weight, member.weight, 0, None)
            words = context.words(id_, member, span)
            joined.append(Member(**words, joins=joins, weight=weight))
        complete.append(
            Party(
                **{
                    k: getattr(party, k)
                    for k in ("id", "label", "short", "why", "claims", "basis", "span")
                },
                members=tuple(joined),
            )
        )
    return tuple(complete)


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


def parameters(context: Context) -> None:
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


def variables(context: Context) -> tuple[Variable, ...]:
    """Understand the situation and the ladders."""
    document = context.scenario.document
    found: list[Variable] = []
    homes: dict[str, str] = {}
    for id_, entry in document.situation.items():
        if entry.levels is not None:
            _scale(context, id_, entry.levels)
            homes[id_] = id_
    for id_, ladder in document.ladders.items():
        _scale(
            context, id_, [_rung_key(context, id_, i, r) for i, r in enumerate(ladder.rungs or [])]
        )
        homes[id_] = id_
    rings: set[str] = set()
    for id_, entry in reversed(document.situation.items()):
        if entry.like is not None:
            homes[id_] = _home(context, id_, homes, rings)
    for id_, entry in document.situation.items():
        found.append(_situation(context, len(found), id_, entry, homes))
    for id_, ladder in document.ladders.items():
        found.append(_ladder(context, len(found), id_, ladder))
    return tuple(found)


def _scale(context: Context, id_: str, levels: list[Scalar]) -> None:
    seen: dict[str, Scalar] = {}
    for scalar in levels:
        if scalar.text in seen:
            context.report(
                content_span(scalar),
                "duplicate-id",
                f"`{scalar.text}` is listed twice",
                "each level has its own name",
            )
        elif scalar.text in context.names.spans:
            context.found.append(
                Diagnostic(
                    "duplicate-id",
                    f"`{scalar.text}` is both a level of `{id_}` and a name",
                    content_span(scalar),
                    "rename one of them",
                    notes=(("the name is declared here", context.names.spans[scalar.text]),),
                )
            )
        seen.setdefault(scalar.text, scalar)
    if len(levels) < 2:
        ladder = id_ in context.scenario.document.ladders
        section, key = ("ladders", "rungs") if ladder else ("situation", "levels")
        context.report(
            context.scenario.span(section, id_, key),
            "levels",
            f"`{id_}` needs two {key} or more",
            f"write `{key}: [low, high]`, from low to high",
        )
    context.names.scales[id_] = tuple(seen)


def _rung_key(context: Context, id_: str, index: int, rung: Any) -> Scalar:
    """Return the rung's id as a leaf; a rung with words is a map of one key."""
    from escalation_sim.source.tree import Listing, Mapping, Scalar, at  # noqa: PLC0415

    if not isinstance(rung, dict):
        return cast("Scalar", rung)
    listing = at(context.scenario.tree, ("ladders", id_, "rungs"))
    node = listing.items[index] if isinstance(listing, Listing) else None
    assert isinstance(node, Mapping)  # noqa: S101 - the shape was checked
    if len(node.entries) != 1:
        context.report(
            node.span,
            "wrong-type",
            "a rung is an id, or a map of one id to its words",
            "write one item for each rung, as in `[low, {high: {label: Very high}}]`",
        )
        return Scalar(node.keys()[0] if node.entries else "rung", node.span)
    return node.entries[0][0]


def _home(context: Context, id_: str, homes: dict[str, str], rings: set[str]) -> str:
    """Follow `like` to the entry that declares the levels; `rings` holds circles reported."""
    document = context.scenario.document
    here, seen = id_, {id_: None}
    while here in document.situation and document.situation[here].like is not None:
        like = document.situation[here].like
        assert like is not None  # noqa: S101 - tested in the loop's condition
        if like.text in seen:
            if like.text not in rings:
                ring = [*[*seen][[*seen].index(like.text) :], like.text]
                context.report(
                    content_span(like),
                    "circular",
                    f"`{like.text}` is like itself",
                    " → ".join(ring),
                )
            rings.update(seen)
            return id_
        if like.text in homes:
            return homes[like.text]
        here = like.text
        seen[here] = None
        if here not in context.names.scales and not (
            here in document.situation and document.situation[here].like is not None
        ):
            if not context.names.broken(here):
                context.report(
                    content_span(like),
                    "unknown-name",
                    f"`{here[:64]}` has no levels to be like",
                    suggest(here, context.names.scales, "levels are declared by"),
                )
            return id_
    return here


def _known_to(context: Context, names: tuple[Scalar, ...] | None) -> frozenset[str] | None:
    if names is None:
        return None
    for scalar in names:
        party(context, scalar)
    return frozenset(s.text for s in names)


def party(context: Context, scalar: Scalar | None) -> str:
    """Return the party a leaf names; report one that does not exist."""
    if scalar is None:
        return ""
    if not isinstance(context.names.meaning(scalar.text), PartyName):
        if not context.names.broken(scalar.text):
            known = list(context.scenario.document.parties)
            context.report(
                content_span(scalar),
                "unknown-party",
                f"unknown party `{scalar.text[:64]}`",
                suggest(scalar.text, known, "parties are"),
            )
        return ""
    return scalar.text


def _situation(
    context: Context, index: int, id_: str, entry: elements.Situation, homes: dict[str, str]
) -> Variable:
    span = context.scenario.span("situation", id_)
    given = [k for k in ("levels", "like", "starts", "draw") if getattr(entry, k) is not None]
    start: Any = 0
    law = None
    levels: tuple[str, ...] = ()
    kind = UNKNOWN
    if not given:
        context.report(
            span,
            "missing-key",
            f"`{id_}` has no start",
            "write a flag, a number, a duration, or a list of levels",
        )
    elif ("levels" in given and "like" in given) or ("draw" in given and len(given) > 1):
        context.report(span, "wrong-type", f"`{id_}` has {one_of(given)} at once", "leave one out")
    elif id_ in homes:
        levels = context.names.scales.get(homes[id_], ())
        kind = level_of(homes[id_]) if levels else UNKNOWN
        if entry.starts is not None and levels:
            node = context.expression(entry.starts, kind)
            value = context.settled(node, entry.starts)
            start = 0 if value is None else value
    elif entry.draw is not None:
        place = context.scenario.span("situation", id_, "draw")
        found = context.law(entry.draw, place, None, "situation", id_, "draw")
        if found:
            law, kind = found
    elif entry.starts is not None:
        node = context.expression(entry.starts, (FLAG, NUMBER, DURATION, TIME))
        value = context.settled(node, entry.starts) if node.type != UNKNOWN else None
        if value is not None:
            start, kind = value, node.type
    context.names.meanings[id_] = checked.Variable(index, id_, kind, levels)
    return Variable(
        **context.words(id_, entry, span),
        section="situation",
        type=kind,
        levels=levels,
        level_labels=tuple(x.replace("_", " ") for x in levels),
        level_shorts=tuple(x.replace("_", " ") for x in levels),
        start=start,
        law=law,
        site=f"situation.{id_}.draw",
        known_to=_known_to(context, entry.known_to),
        strip=bool(entry.strip and entry.strip.flag),
    )


def _ladder(context: Context, index: int, id_: str, entry: elements.Ladder) -> Variable:
    span = context.scenario.span("ladders", id_)
    levels = context.names.scales.get(id_, ())
    labels, shorts = [], []
    for key, rung in zip(levels, entry.rungs or (), strict=False):
        words = rung.get(key) if isinstance(rung, dict) else None
        label = text_in(words.label) if words else ""
        labels.append(label or key.replace("_", " "))
        shorts.append((text_in(words.short) if words else "") or labels[-1])
    side = text_in(entry.side)
    if side not in ("up", "down", "none", ""):
        context.report(
            content_span(entry.side) if entry.side else span,
            "wrong-type",
            f"a ladder's side is `up`, `down` or `none`, not `{side}`",
        )
        side = ""
    kind = level_of(id_)
    context.names.meanings[id_] = checked.Variable(index, id_, kind, levels)
    return Variable(
        **context.words(id_, entry, span),
        section="ladders",
        type=kind,
        levels=levels,
        level_labels=tuple(labels),
        level_shorts=tuple(shorts),
        known_to=_known_to(context, entry.known_to),
        party=party(context, entry.party),
        side=cast("Literal['up', 'down', 'none', '']", side),
    )


def definitions(context: Context) -> dict[str, list[Checked]]:
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
            return context.named("red_lines", id_, body, public=True)

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


def clauses(context: Context) -> tuple[Clause, ...]:
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


def clocks(context: Context) -> tuple[Clock, ...]:
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


def red_lines(context: Context) -> tuple[RedLine, ...]:
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
