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


OF_SEVERAL = "; of several design points, the first"


@dataclass(frozen=True, slots=True)
class Drawing:
    """A kind of figure of a study. `draw` raises UsageError where there is nothing to draw."""

    kind: str
    caption: str
    draw: Callable[[Study], Figure]


STUDY_DRAWINGS: tuple[Drawing, ...] = (
    Drawing("sweep", "Shares along the values that were swept.", sweep_figure),
    Drawing("readings", "The same run under each reading of the clause.", readings_figure),
    Drawing("timing", f"When each rung is reached, and how runs end{OF_SEVERAL}.", timing_figure),
    Drawing("paths", f"Which way runs take over the rungs{OF_SEVERAL}.", paths_figure),
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
