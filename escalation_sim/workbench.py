"""The package from Python, in three lines: load a scenario, simulate it, plot the run."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from escalation_sim import library
from escalation_sim.engine.simulate import Simulator
from escalation_sim.model.compiler import compile_scenario
from escalation_sim.scenario.load import load_scenario
from escalation_sim.scenario.overrides import as_texts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from matplotlib.figure import Figure

    from escalation_sim.model.model import Model
    from escalation_sim.trace.run import Run


def find(name: str | Path) -> Path:
    """Return the file a name stands for: a path, or a shipped scenario's number or name."""
    path = Path(name)
    if path.exists() or len(path.parts) > 1:
        return path
    return library.find_scenario(str(name)) or path


def load(
    name: str | Path,
    *,
    set: Mapping[str, object] | None = None,  # noqa: A002 - as on the command line
    reading: Mapping[str, str] | None = None,
) -> Model:
    """Return a scenario ready to run.

    `name` is a file, or a shipped scenario's number or name (`"01"`). `set` changes values by path
    (`{"parameters.compliance": 0.6}`, or just `"compliance"`), `reading` chooses readings by
    clause. Raises ScenarioError with every problem found.
    """
    path = find(name)
    return compile_scenario(load_scenario(path, settings=as_texts(set), readings=as_texts(reading)))


def simulate(model: Model, *, seed: int = 1, replication: int = 0) -> Run:
    """Return one run of a model, with its trace.

    The same model, seed and replication give the same run, everywhere. Raises RunError if a rule
    cannot be carried out.
    """
    return Simulator(model).run(seed, replication)


def plot(run: Run) -> Figure:
    """Return the ladder figure of a run (7.2 inches wide); save it with `savefig`."""
    from escalation_sim.figures import ladder_figure  # noqa: PLC0415 - loads matplotlib

    figure: Figure = ladder_figure(run)
    return figure
