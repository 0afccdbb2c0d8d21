"""Figures of runs and studies: the only room that imports matplotlib, and never its pyplot."""

from escalation_sim.figures.difference import difference_figure
from escalation_sim.figures.files import save
from escalation_sim.figures.ladder import ladder_figure
from escalation_sim.figures.paths import paths_figure
from escalation_sim.figures.readings import readings_figure
from escalation_sim.figures.sweep import sweep_figure
from escalation_sim.figures.timing import timing_figure
from escalation_sim.figures.tornado import tornado_figure

__all__ = [
    "difference_figure",
    "ladder_figure",
    "paths_figure",
    "readings_figure",
    "save",
    "sweep_figure",
    "timing_figure",
    "tornado_figure",
]
