"""What matters in a scenario: the tornado of a target and, if asked, the parts of its variance."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

from escalation_sim.analysis.likelihood import ICD_203
from escalation_sim.analysis.targets import target_of
from escalation_sim.analysis.tornado import tornado_of
from escalation_sim.model.compiler import compile_scenario
from escalation_sim.trace.run import ILLUSTRATIVE

if TYPE_CHECKING:
    from escalation_sim.analysis.likelihood import Scale
    from escalation_sim.analysis.tornado import Tornado
    from escalation_sim.analysis.variance import Variance
    from escalation_sim.scenario.load import Scenario
    from escalation_sim.studies.ensemble import Order


@dataclass(frozen=True, slots=True)
class Matters:
    """What moves the share of an outcome or rung; `variance` only where it was asked for."""

    tornado: Tornado
    variance: Variance | None = None

    def as_json(self) -> dict[str, Any]:
        """Return plain data."""
        told = self.tornado.as_json()
        note = told.pop("note")
        return {**told, "variance": self.variance and self.variance.as_json(), "note": note}

    def _repr_html_(self) -> str:
        tornado = self.tornado
        rows = "".join(
            f"<tr><td>{escape(bar.input.label)}</td>"
            f"<td>{100 * bar.shares[0]:.0f}–{100 * bar.shares[1]:.0f} %</td>"
            f"<td>{escape(bar.input.basis)}</td></tr>"
            for bar in tornado.bars
            if bar.reach
        )
        return (
            f"<div><b>{escape(tornado.target.label)}</b><br><small>scenario "
            f"{escape(tornado.model.name)} · {tornado.points} × {tornado.runs} runs · seed "
            f"{tornado.seed}</small><table>{rows}</table><small>{escape(ILLUSTRATIVE)}</small></div>"
        )


def matters_of(
    scenario: Scenario,
    *,
    outcome: str = "",
    rung: str = "",
    runs: int = 1000,
    seed: int = 1,
    sobol: bool = False,
    samples: int = 256,
    readings: bool = True,
    order: Order | None = None,
    scale: Scale = ICD_203,
) -> Matters:
    """Return what moves the share of an outcome or rung (else of the first ladder's top rung).

    `sobol` also takes the variance apart, which needs scipy. Raises UsageError, ScenarioError,
    StudyError.
    """
    target = target_of(compile_scenario(scenario), outcome, rung)
    variance = None
    if sobol:
        from escalation_sim.analysis.variance import variance_of  # noqa: PLC0415

        # first, so that a missing scipy is told before anything is run
        variance = variance_of(
            scenario, target, samples=samples, seed=seed, readings=readings, order=order
        )
    tornado = tornado_of(
        scenario, target, runs=runs, seed=seed, readings=readings, order=order, scale=scale
    )
    return Matters(tornado, variance)
