# ruff: noqa: INP001 - a script beside the documents, no package
"""Draw the pictures of the documentation again, from shipped scenarios with fixed seeds.

Run it as `python docs/make_images.py`; it writes into `docs/images/`. `python docs/make_images.py
q09-sweep` draws one of them.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from escalation_sim import compare, load, matters, plot, simulate, study
from escalation_sim.figures import save, tornado_figure

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from matplotlib.figure import Figure

IMAGES = Path(__file__).resolve().parent / "images"

SEED = 9372
"""The seed of the README's first command: chosen because everything happens in it."""

RUNS, READ = 300, 30
CLAUSE = "third_phase_due"
THIRD = "response.coordinated_response"


def _lull() -> Figure:
    short = {"lull_tolerance": "0h", "attribution_delay": "0h"}
    return plot(simulate(load("04", set=short)))


def _one_case_each() -> Figure:
    russia, ukraine = "rules.case_against_russia", "rules.case_against_ukraine"
    return plot(compare("09", runs=RUNS, set_a={ukraine: None}, set_b={russia: None}))


PICTURES: dict[str, Callable[[], Figure]] = {
    "ladder": lambda: plot(simulate(load("01"), seed=SEED)),
    "timing": lambda: plot(study("01", runs=RUNS), "timing"),
    "paths": lambda: plot(study("01", runs=RUNS), "paths"),
    "readings": lambda: plot(study("01", runs=READ, reading={CLAUSE: "all"}), "readings"),
    "difference": lambda: plot(compare("01", runs=RUNS, reading_b={CLAUSE: "within"})),
    "q02-timing": lambda: plot(study("03", runs=RUNS, set={"attribution_delay": "24h"}), "timing"),
    "q03-sweep": lambda: plot(
        study("07", runs=RUNS, sweep={"sureness": [0, 0.25, 0.5, 0.75, 1]}), "sweep"
    ),
    "q04-ladder": _lull,
    "q05-difference": lambda: plot(compare("05", "06", runs=RUNS)),
    "q06-difference": lambda: plot(
        compare("12", runs=RUNS, reading_b={"coalition_agrees": "unanimity"})
    ),
    "q07-difference": lambda: plot(compare("12", "13", runs=RUNS)),
    "q08-difference": lambda: plot(compare("15", "14", runs=RUNS)),
    "q09-sweep": lambda: plot(
        study("21", runs=RUNS, sweep={"enforcement": [0, 0.25, 0.5, 0.75, 1]}), "sweep"
    ),
    "q10-sweep": lambda: plot(
        study("18", runs=RUNS, sweep={"sincerity_russia": [0, 0.25, 0.5, 0.75, 1]}), "sweep"
    ),
    "q11-tornado": lambda: tornado_figure(matters("01", rung=THIRD, runs=RUNS).tornado),
    "q12-difference": _one_case_each,
}
"""Each picture by the name of its file."""


def draw(names: Iterable[str] = PICTURES, folder: Path = IMAGES) -> list[Path]:
    """Draw pictures into a folder; return the files written."""
    folder.mkdir(parents=True, exist_ok=True)
    return [save(PICTURES[name](), folder / f"{name}.png") for name in names]


if __name__ == "__main__":
    draw(sys.argv[1:] or PICTURES)
