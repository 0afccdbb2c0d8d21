# ruff: noqa: INP001 - a script beside the documents, no package
"""Draw the pictures of the documentation again, from shipped scenarios with fixed seeds.

Run it as `python docs/make_images.py`; it writes into `docs/images/`.
"""

from __future__ import annotations

from pathlib import Path

from escalation_sim import load, simulate
from escalation_sim.figures import ladder_figure, save

IMAGES = Path(__file__).resolve().parent / "images"

SEED = 9372
"""The seed of the README's first command: chosen because everything happens in it."""


def draw_all(folder: Path = IMAGES) -> list[Path]:
    """Draw every picture into a folder; return the files written."""
    folder.mkdir(parents=True, exist_ok=True)
    run = simulate(load("01"), seed=SEED)
    return [save(ladder_figure(run), folder / "ladder.png")]


if __name__ == "__main__":
    draw_all()
