"""Comparing two scenarios or models: the runs, the tables, and one pair explained."""

from __future__ import annotations

from typing import TYPE_CHECKING

from escalation_sim.analysis.comparison import comparison_of
from escalation_sim.analysis.likelihood import ICD_203
from escalation_sim.analysis.parting import change_of, parting_of
from escalation_sim.chance.address import seed_problem
from escalation_sim.errors import UsageError
from escalation_sim.model.compiler import compile_scenario
from escalation_sim.scenario.differences import edits_between
from escalation_sim.studies.ensemble import run_pairs

if TYPE_CHECKING:
    from escalation_sim.analysis.comparison import Comparison
    from escalation_sim.analysis.likelihood import Scale
    from escalation_sim.model.model import Model
    from escalation_sim.scenario.load import Scenario
    from escalation_sim.studies.ensemble import Order


def compare_scenarios(
    first: Scenario,
    second: Scenario,
    *,
    runs: int,
    seed: int = 1,
    replication: int | None = None,
    order: Order | None = None,
    scale: Scale = ICD_203,
) -> Comparison:
    """Return what differs between two scenarios, and which edit made one pair of runs part.

    Raises ScenarioError, UsageError, StudyError.
    """
    return compare_models(
        compile_scenario(first),
        compile_scenario(second),
        runs=runs,
        seed=seed,
        replication=replication,
        order=order,
        scale=scale,
        scenarios=(first, second),
    )


def compare_models(
    first: Model,
    second: Model,
    *,
    runs: int,
    seed: int = 1,
    replication: int | None = None,
    order: Order | None = None,
    scale: Scale = ICD_203,
    scenarios: tuple[Scenario, Scenario] | None = None,
) -> Comparison:
    """Return what differs between two models; with their scenarios, also the edits.

    Raises UsageError, StudyError, and RunError if the run to explain cannot be carried out.
    """
    if replication is not None and (problem := seed_problem(replication)):
        raise UsageError(f"replication: {problem}")
    found, engine = run_pairs(first, second, runs=runs, seed=seed, order=order)
    told = [*found.ended_otherwise_first, *found.changed_first]
    chosen = replication if replication is not None else next(iter(told), None)
    parting = None
    if chosen is not None:
        parting = parting_of(first, second, seed=seed, replication=chosen, scenarios=scenarios)
    edits = edits_between(*scenarios) if scenarios else ()
    return comparison_of(
        first,
        second,
        found,
        names=_names(first, second),
        seed=seed,
        engine=engine,
        scale=scale,
        edits=tuple(line for e in edits for line in change_of(e, first, second).lines),
        parting=parting,
    )


def _names(first: Model, second: Model) -> tuple[str, str]:
    """Return what to call the two sides: files where they differ, else what was changed."""
    if first.name != second.name:
        return first.name, second.name
    mine, theirs = set(first.changes), set(second.changes)
    own = ", ".join(c.removeprefix("reading.") for c in first.changes if c not in theirs)
    other = ", ".join(c.removeprefix("reading.") for c in second.changes if c not in mine)
    return own or "as written", other or "as written"
