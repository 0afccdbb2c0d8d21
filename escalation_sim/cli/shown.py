"""What `--show` picks from the tables of a study or a comparison."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from escalation_sim.diagnostics import suggest
from escalation_sim.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from escalation_sim.model.model import Model

ThingT = TypeVar("ThingT")


def wanted(show: Iterable[str], *models: Model) -> frozenset[str]:
    """Return the ids of outcomes, rungs and results to show; none for all of them.

    `show` holds ids, or several with commas between. Raises UsageError for one that no model has.
    """
    ids = list(dict.fromkeys(id_ for model in models for id_ in _ids_in(model)))
    found = {id_.strip() for text in show for id_ in text.split(",") if id_.strip()}
    for id_ in sorted(found - set(ids)):
        hint = suggest(id_, ids, "there are")
        raise UsageError(f"there is nothing called `{id_[:64]}` to show; {hint}")
    return frozenset(found)


def _ids_in(model: Model) -> list[str]:
    outcomes = [o.id for o in model.outcomes] + ([model.fallback] if model.fallback else [])
    rungs = [f"{ladder.id}.{level}" for _, ladder in model.ladders for level in ladder.levels]
    return [*outcomes, *rungs, *(r.id for r in model.results)]


def picked(things: Mapping[str, ThingT], show: frozenset[str]) -> dict[str, ThingT]:
    """Return what is to be shown of some things; all of them if nothing was picked."""
    return {id_: thing for id_, thing in things.items() if not show or id_ in show}
