"""Compiling parties and their members, and who is named elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from escalation_sim.diagnostics import suggest
from escalation_sim.expression.checker import Party as PartyName
from escalation_sim.expression.types import NUMBER
from escalation_sim.model.context import within_bounds
from escalation_sim.model.model import (
    ONE,
    Member,
    Party,
)
from escalation_sim.source.places import content_span

if TYPE_CHECKING:
    from escalation_sim.expression.checked import Checked
    from escalation_sim.model.context import Context
    from escalation_sim.source.tree import Scalar


def named_parties(context: Context) -> tuple[Party, ...]:
    """Name the parties and members; chances of joining are understood later."""
    found = []
    for index, (id_, entry) in enumerate(context.scenario.document.parties.items()):
        context.names.meanings[id_] = PartyName(index, id_, tuple(entry.members))
        words = context.words(id_, entry, context.scenario.span("parties", id_))
        found.append(Party(**words))
    return tuple(found)


def compiled_parties(context: Context, named: tuple[Party, ...]) -> tuple[Party, ...]:
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
