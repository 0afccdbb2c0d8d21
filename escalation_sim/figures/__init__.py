"""Figures of runs: the only room that imports matplotlib, and never its pyplot."""

from escalation_sim.figures.files import save
from escalation_sim.figures.ladder import ladder_figure

__all__ = ["ladder_figure", "save"]
