"""A rule-based simulator of escalation policy.

    from escalation_sim import load, simulate, plot

    run = simulate(load("01"), seed=7)
    plot(run)

An educational tool: what it shows is illustrative, not a forecast.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from escalation_sim.errors import (
        EscalationSimError,
        RunError,
        ScenarioError,
        StudyError,
        UsageError,
    )
    from escalation_sim.workbench import (
        compare,
        flip,
        load,
        matters,
        plot,
        report,
        simulate,
        study,
    )

__version__ = "0.1.0"
__all__ = [
    "EscalationSimError",
    "RunError",
    "ScenarioError",
    "StudyError",
    "UsageError",
    "compare",
    "flip",
    "load",
    "matters",
    "plot",
    "report",
    "simulate",
    "study",
]


def __getattr__(name: str) -> Any:
    """Load what is asked for when it is asked for, so that starting stays quick."""
    from importlib import import_module  # noqa: PLC0415

    if name in ("compare", "flip", "load", "matters", "plot", "report", "simulate", "study"):
        return getattr(import_module("escalation_sim.workbench"), name)
    if name in __all__:
        return getattr(import_module("escalation_sim.errors"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
