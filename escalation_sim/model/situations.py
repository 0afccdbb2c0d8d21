"""Compiling what is the case: situations and ladders."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, cast

from escalation_sim.diagnostics import Diagnostic, one_of, suggest
from escalation_sim.expression import checked
from escalation_sim.expression.types import DURATION, FLAG, NUMBER, TIME, UNKNOWN, level_of
from escalation_sim.model.context import text_in
from escalation_sim.model.model import (
    Variable,
)
from escalation_sim.model.parties import party
from escalation_sim.source.places import content_span
from escalation_sim.source.tree import Scalar

if TYPE_CHECKING:
    from escalation_sim.chance.laws import Law
    from escalation_sim.expression.types import Type
    from escalation_sim.location import Span
    from escalation_sim.model.context import Context
    from escalation_sim.scenario import elements


def compiled_variables(context: Context) -> tuple[Variable, ...]:
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
        elif scalar.text in context.names.spans and not _of_parties(context, levels):
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


def _of_parties(context: Context, levels: list[Scalar]) -> bool:
    """Say whether levels tell who: parties, and words such as `nobody` beside them.

    A party's name never stands alone in an expression, so such a level is not ambiguous.
    """
    parties = context.scenario.document.parties
    return all(s.text in parties or s.text not in context.names.spans for s in levels)


def _rung_key(context: Context, id_: str, index: int, rung: Any) -> Scalar:
    """Return the rung's id as a leaf; a rung with words is a map of one key."""
    from escalation_sim.source.tree import Listing, Mapping, at  # noqa: PLC0415

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


def _situation(
    context: Context, index: int, id_: str, entry: elements.Situation, homes: dict[str, str]
) -> Variable:
    span = context.scenario.span("situation", id_)
    given = [k for k in ("levels", "like", "starts", "draw") if getattr(entry, k) is not None]
    start: Any = 0
    law = None
    parameter = None
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
        start, law, kind, parameter = _drawn(context, id_, entry.draw, place)
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
        parameter=parameter,
        site=f"situation.{id_}.draw",
        known_to=_known_to(context, entry.known_to),
        strip=bool(entry.strip and entry.strip.flag),
    )


def _drawn(
    context: Context, id_: str, written: Scalar | elements.Law, place: Span
) -> tuple[Any, Law | None, Type, int | None]:
    """Return start, law, type and parameter of what is drawn at the start of each run.

    A parameter that has been set to a constant gives no law: the same value then starts every run.
    """
    if not isinstance(written, Scalar):
        found = context.law(written, place, None, "situation", id_, "draw")
        return (0, *found, None) if found else (0, None, UNKNOWN, None)
    for i, named in enumerate(context.parameters):
        if named.id == written.text.strip() and named.type != UNKNOWN:
            return named.value, named.law, named.type, i
    node = context.expression(written, (FLAG, NUMBER, DURATION, TIME))
    value = context.settled(node, written) if node.type != UNKNOWN else None
    return (0, None, UNKNOWN, None) if value is None else (value, None, node.type, None)


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
