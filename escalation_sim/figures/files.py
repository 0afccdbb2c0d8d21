"""Figures to files: the same run gives the same bytes, whatever the clock on the wall says."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import matplotlib as mpl

from escalation_sim.errors import UsageError
from escalation_sim.figures.sizes import DPI

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_METADATA: dict[str, dict[str, Any]] = {
    ".png": {"Software": None},
    ".svg": {"Date": None, "Creator": None},
    ".pdf": {"CreationDate": None, "Creator": None, "Producer": None},
}
"""What each kind of file would otherwise say about when and with what it was made."""


def save(figure: Figure, path: str | Path) -> Path:
    """Write a figure as PNG (150 dots an inch), SVG or PDF, by the end of the name.

    Text is drawn as outlines, so that a page looks alike everywhere. Raises UsageError for
    another kind of file.
    """
    path = Path(path)
    kind = path.suffix.lower()
    if kind not in _METADATA:
        raise UsageError(f"`{path.name}`: a figure is written as .png, .svg or .pdf")
    settings: Any = {
        "svg.hashsalt": "escalation-sim",
        "svg.fonttype": "path",
        "pdf.fonttype": 42,
        "text.hinting": "none",
        "text.antialiased": True,
        "savefig.bbox": None,
    }
    with mpl.rc_context(settings):
        figure.savefig(path, dpi=DPI, format=kind[1:], metadata=_METADATA[kind])
    return path
