"""The figures of a page: which there are, and how they are put into it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from escalation_sim.errors import UsageError
from escalation_sim.figures.inline import inline_svg
from escalation_sim.figures.ladder import ladder_figure
from escalation_sim.figures.paths import paths_figure
from escalation_sim.figures.readings import readings_figure
from escalation_sim.figures.sweep import sweep_figure
from escalation_sim.figures.timing import timing_figure
from escalation_sim.reports.html import Html, join, tag

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from matplotlib.figure import Figure

    from escalation_sim.analysis.study import Study
    from escalation_sim.trace.run import Run


@dataclass(frozen=True, slots=True)
class Drawing:
    """A kind of figure of a study. `draw` raises UsageError where there is nothing to draw."""

    kind: str
    caption: str
    draw: Callable[[Study], Figure]


STUDY_DRAWINGS: tuple[Drawing, ...] = (
    Drawing(
        "timing", "Runs that have reached each rung by each hour, and how they end", timing_figure
    ),
    Drawing(
        "paths", "The way up, rung by rung, as streams of runs, and where they end", paths_figure
    ),
    Drawing("sweep", "Shares along the values of the sweep", sweep_figure),
    Drawing("readings", "One run under each reading of the clause", readings_figure),
)
"""The figures on the page of a study, in their order; one line for each kind."""


def of_run(run: Run, label: str) -> Html:
    """Return the ladder figure; `label` says in words what is to be seen."""
    svg = Html(inline_svg(ladder_figure(run), "ladder", label))
    return tag("figure", svg)


def of_study(study: Study, drawings: Sequence[Drawing] | None = None) -> Html:
    """Return the figures that can be drawn of a study."""
    kinds = STUDY_DRAWINGS if drawings is None else drawings
    return join(figure for kind in kinds if (figure := _drawn(kind, study)))


def _drawn(drawing: Drawing, study: Study) -> Html | None:
    try:
        figure = drawing.draw(study)
    except UsageError:
        return None
    svg = Html(inline_svg(figure, drawing.kind, drawing.caption))
    return tag("figure", svg, tag("figcaption", drawing.caption))
