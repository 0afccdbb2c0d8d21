"""Naming what a question is about: an outcome or a rung of a model."""

from __future__ import annotations

from typing import TYPE_CHECKING

from escalation_sim.analysis.study import ends_of, rungs_of
from escalation_sim.diagnostics import suggest
from escalation_sim.errors import UsageError
from escalation_sim.studies.targets import Target

if TYPE_CHECKING:
    from escalation_sim.model.model import Model


def outcomes_of(model: Model) -> list[Target]:
    """Return the outcomes of a model, the one for the rest last."""
    return [Target("outcome", id_, label, i) for i, (id_, label) in enumerate(ends_of(model))]


def target_of(model: Model, outcome: str = "", rung: str = "") -> Target:
    """Return the outcome or rung of a name; of no name, the top rung of the first ladder.

    Without ladders that is the first outcome. Raises UsageError for a name that nothing has.
    """
    if outcome and rung:
        raise UsageError("give an outcome or a rung, not both")
    rungs = [Target("rung", id_, label, i) for i, (id_, label) in enumerate(rungs_of(model))]
    if outcome:
        return _named(outcomes_of(model), outcome, "outcome")
    if rung:
        return _named(rungs, rung, "rung")
    if rungs:
        return rungs[len(model.ladders[0][1].levels) - 1]
    return outcomes_of(model)[0]


def _named(known: list[Target], name: str, what: str) -> Target:
    found = next((t for t in known if t.id == name), None)
    if found is None:
        hint = suggest(name, [t.id for t in known], f"{what}s are")
        raise UsageError(f"there is no {what} `{name}`; {hint}")
    return found
