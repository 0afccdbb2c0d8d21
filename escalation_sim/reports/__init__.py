"""Reports: one HTML page for a run or a study, that needs nothing else and fetches nothing."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from escalation_sim.analysis.study import Study
from escalation_sim.errors import UsageError
from escalation_sim.reports.run_page import run_page
from escalation_sim.reports.study_page import study_page

if TYPE_CHECKING:
    from escalation_sim.trace.run import Run

__all__ = ["page_of", "usual_name", "write_report"]


def page_of(found: Run | Study) -> str:
    """Return the page of a run or a study as text, the same for the same result.

    Raises UsageError for a run without a trace.
    """
    if isinstance(found, Study):
        return study_page(found)
    if not found.records:
        raise UsageError("this run was not traced, so there is nothing to report")
    return run_page(found)


def usual_name(scenario: str) -> Path:
    """Return where the report of a scenario is written when nobody says otherwise."""
    return Path("out") / f"{scenario}-report.html"


def write_report(found: Run | Study, path: Path) -> Path:
    """Write the page of a run or a study."""
    path.write_text(page_of(found), encoding="utf-8", newline="\n")
    return path
