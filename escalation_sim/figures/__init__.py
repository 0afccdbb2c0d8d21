"""Figures of runs: the only room that imports matplotlib, and never its pyplot."""

from escalation_sim.figures.files import save
from escalation_sim.figures.ladder import ladder_figure
from escalation_sim.figures.sweep import sweep_figure
from escalation_sim.figures.tornado import tornado_figure

__all__ = ["ladder_figure", "save", "sweep_figure", "tornado_figure"]
