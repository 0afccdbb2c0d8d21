# ruff: noqa: INP001 - a script beside the documents, no package
"""Draw the pictures of the documentation again, from shipped scenarios with fixed seeds.

Run it as `python docs/make_images.py`; it writes into `docs/images/`.
"""

from __future__ import annotations

from pathlib import Path

from escalation_sim import compare, load, plot, simulate, study
from escalation_sim.figures import save

IMAGES = Path(__file__).resolve().parent / "images"

SEED = 9372
"""The seed of the README's first command: chosen because everything happens in it."""

RUNS, READ = 300, 30
CLAUSE = "third_phase_due"


def draw_all(folder: Path = IMAGES) -> list[Path]:
    """Draw every picture into a folder; return the files written."""
    folder.mkdir(parents=True, exist_ok=True)
    run = simulate(load("01"), seed=SEED)
    base = study("01", runs=RUNS)
    read = study("01", runs=READ, reading={CLAUSE: "all"})
    within = compare("01", runs=RUNS, reading_b={CLAUSE: "within"})
    figures = {
        "ladder": plot(run),
        "timing": plot(base, "timing"),
        "paths": plot(base, "paths"),
        "readings": plot(read, "readings"),
        "difference": plot(within),
    }
    return [save(figure, folder / f"{name}.png") for name, figure in figures.items()]


if __name__ == "__main__":
    draw_all()
