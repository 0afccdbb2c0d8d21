"""The package from Python, in three lines: load a scenario, simulate it, plot the run."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

from escalation_sim import library
from escalation_sim.engine.simulate import Simulator
from escalation_sim.errors import UsageError
from escalation_sim.model.compiler import compile_scenario
from escalation_sim.scenario.load import load_scenario
from escalation_sim.scenario.overrides import as_texts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matplotlib.figure import Figure

    from escalation_sim.analysis.comparison import Comparison
    from escalation_sim.analysis.flip import Flip
    from escalation_sim.analysis.likelihood import Scale
    from escalation_sim.analysis.matters import Matters
    from escalation_sim.analysis.study import Study
    from escalation_sim.model.model import Model
    from escalation_sim.studies.design import Design
    from escalation_sim.studies.engines import Choice
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


def study(
    model: Model | str | Path,
    *,
    runs: int = 1000,
    seed: int = 1,
    set: Mapping[str, object] | None = None,  # noqa: A002 - as on the command line
    reading: Mapping[str, str] | None = None,
    sweep: Mapping[str, Sequence[object]] | None = None,
    without: str | Sequence[str] = (),
    workers: int | None = 1,
    engine: Choice = "auto",
    chunk: int | None = None,
    out: str | Path | None = None,
    resume: bool = False,
    cluster: str = "",
    words: str = "icd203",
) -> Study:
    """Return what comes of many runs: shares with intervals, times to each rung, results.

    `model` is one from `load`, or a name or file as for `load`; changes and design points need the
    name. `set` holds at every point; `reading` may say `"all"`, `sweep` gives values by path,
    `without` names rules to leave out one at a time (`"each"` for all of them). With `workers`
    above 1 (or None for one for each core) a script of your own needs the usual
    `if __name__ == "__main__":`. `out` keeps every run in a folder; `resume` goes on with it.

    Raises UsageError, ScenarioError, StudyError; StudyInterrupted on Ctrl-C.
    """
    from escalation_sim.analysis.study import study_of  # noqa: PLC0415 - a run needs none of it
    from escalation_sim.studies.ensemble import Order, run_study  # noqa: PLC0415

    order = Order(
        engine=engine,
        workers=workers,
        chunk=chunk,
        out=Path(out) if out is not None else None,
        resume=resume,
        cluster=cluster,
        tell=_warn,
    )
    design = _design(model, set, reading, sweep, without)
    scale = _scale(words)
    found = study_of(run_study(design, runs=runs, seed=seed, order=order), scale)
    if order.out is not None:
        from escalation_sim.studies.tables import write_tables  # noqa: PLC0415

        write_tables(order.out, found.as_json())
    return found


def compare(
    first: Model | str | Path,
    second: Model | str | Path | None = None,
    *,
    runs: int = 1000,
    seed: int = 1,
    set: Mapping[str, object] | None = None,  # noqa: A002 - as on the command line
    reading: Mapping[str, str] | None = None,
    set_a: Mapping[str, object] | None = None,
    set_b: Mapping[str, object] | None = None,
    reading_a: Mapping[str, str] | None = None,
    reading_b: Mapping[str, str] | None = None,
    replication: int | None = None,
    workers: int | None = 1,
    engine: Choice = "auto",
    chunk: int | None = None,
    words: str = "icd203",
) -> Comparison:
    """Return what differs between two scenarios on the same random numbers.

    Both are names or files as for `load`, or models; without `second`, both sides are `first`.
    `set` and `reading` change both sides, `set_a` and `reading_a` the first, `set_b` and
    `reading_b` the second. `replication` names the run to explain (default: the first that ends
    otherwise, or else differs). Of models nobody can tell which edit made them part.

    Raises UsageError, ScenarioError, StudyError.
    """
    from escalation_sim.analysis.compare import compare_models, compare_scenarios  # noqa: PLC0415
    from escalation_sim.studies.ensemble import Order  # noqa: PLC0415

    order = Order(engine=engine, workers=workers, chunk=chunk, tell=_warn)
    scale = _scale(words)
    other = first if second is None else second
    if isinstance(first, str | Path) and isinstance(other, str | Path):
        settings, readings = as_texts(set), as_texts(reading)
        sides = [
            load_scenario(
                find(name),
                settings=[*settings, *as_texts(own)],
                readings=[*readings, *as_texts(read)],
            )
            for name, own, read in ((first, set_a, reading_a), (other, set_b, reading_b))
        ]
        return compare_scenarios(
            *sides, runs=runs, seed=seed, replication=replication, order=order, scale=scale
        )
    if any((set, set_a, set_b, reading, reading_a, reading_b)):
        raise UsageError("a model cannot be changed any more: give the scenario's name or file")
    one, two = (load(m) if isinstance(m, str | Path) else m for m in (first, other))
    return compare_models(
        one, two, runs=runs, seed=seed, replication=replication, order=order, scale=scale
    )


def matters(
    name: str | Path,
    *,
    outcome: str = "",
    rung: str = "",
    runs: int = 1000,
    seed: int = 1,
    set: Mapping[str, object] | None = None,  # noqa: A002 - as on the command line
    reading: Mapping[str, str] | None = None,
    sobol: bool = False,
    samples: int = 256,
    readings: bool = True,
    workers: int | None = 1,
    engine: Choice = "auto",
    words: str = "icd203",
) -> Matters:
    """Return which inputs move the share of an outcome or rung, on the same random numbers.

    Inputs are the parameters with a range and, unless `readings` is False, the clauses of several
    readings; `set` and `reading` say how the others stand. Without `outcome` and `rung` it is the
    top rung of the first ladder. With `sobol` the variance is taken apart as well, which needs
    scipy; `samples` is a power of 2.

    Raises UsageError, ScenarioError, StudyError.
    """
    from escalation_sim.analysis.matters import matters_of  # noqa: PLC0415
    from escalation_sim.studies.ensemble import Order  # noqa: PLC0415

    scenario = load_scenario(find(name), settings=as_texts(set), readings=as_texts(reading))
    return matters_of(
        scenario,
        outcome=outcome,
        rung=rung,
        runs=runs,
        seed=seed,
        sobol=sobol,
        samples=samples,
        readings=readings,
        order=Order(engine=engine, workers=workers, tell=_warn),
        scale=_scale(words),
    )


def flip(
    name: str | Path,
    rung: str,
    *,
    seed: int = 1,
    replication: int = 0,
    set: Mapping[str, object] | None = None,  # noqa: A002 - as on the command line
    reading: Mapping[str, str] | None = None,
) -> Flip:
    """Return the single changes that keep one run off a rung, or bring it there, least first.

    `rung` is written `ladder.rung`. Raises UsageError, ScenarioError, RunError.
    """
    from escalation_sim.analysis.flip import flip_of  # noqa: PLC0415

    scenario = load_scenario(find(name), settings=as_texts(set), readings=as_texts(reading))
    return flip_of(scenario, rung, seed=seed, replication=replication)


def _warn(text: str) -> None:
    warnings.warn(text, RuntimeWarning, stacklevel=2)


def _design(
    model: Model | str | Path,
    settings: Mapping[str, object] | None,
    reading: Mapping[str, str] | None,
    sweep: Mapping[str, Sequence[object]] | None,
    without: str | Sequence[str],
) -> Design:
    from escalation_sim.studies.design import design_of_model, designed  # noqa: PLC0415

    if isinstance(model, str | Path):
        return designed(
            load_scenario(find(model), settings=as_texts(settings)),
            readings=as_texts(reading),
            sweeps=[
                (path, [text for _, text in as_texts({str(i): v for i, v in enumerate(values)})])
                for path, values in (sweep or {}).items()
            ],
            without=(without,) if isinstance(without, str) else tuple(without),
        )
    if settings or reading or sweep or without:
        raise UsageError("a model cannot be changed any more: give the scenario's name or file")
    return design_of_model(model)


def _scale(words: str) -> Scale:
    from escalation_sim.analysis.likelihood import SCALES  # noqa: PLC0415

    if words not in SCALES:
        raise UsageError(f"there is no scale `{words}`; there are {', '.join(SCALES)}")
    return SCALES[words]


def plot(what: Run | Study | Comparison, kind: str = "") -> Figure:
    """Return a figure (7.2 inches wide); save it with `savefig`.

    Of a run the ladder, of a comparison the paired differences, of a study what `kind` says:
    `"timing"` (the default), `"paths"`, `"readings"` or `"sweep"`. Raises UsageError for another
    kind.
    """
    from escalation_sim import figures  # noqa: PLC0415 - loads matplotlib
    from escalation_sim.analysis.comparison import Comparison  # noqa: PLC0415
    from escalation_sim.trace.run import Run  # noqa: PLC0415

    draw: dict[str, Any]
    if isinstance(what, Run):
        draw = {"ladder": figures.ladder_figure}
    elif isinstance(what, Comparison):
        draw = {"difference": figures.difference_figure}
    else:
        draw = {
            "timing": figures.timing_figure,
            "paths": figures.paths_figure,
            "readings": figures.readings_figure,
            "sweep": figures.sweep_figure,
        }
    if kind and kind not in draw:
        raise UsageError(f"there is no figure `{kind}` of this; there is {', '.join(draw)}")
    figure: Figure = draw[kind or next(iter(draw))](what)
    return figure


def report(found: Run | Study, out: str | Path | None = None) -> Path:
    """Write one HTML page for a run or a study, and return where it is.

    The page has the question, figures, tables, the register of assumptions, the sources and how to
    reproduce it; it fetches nothing and prints on A4. Without `out` it is
    `out/NAME-report.html`. Raises UsageError for a run without a trace.
    """
    from escalation_sim.reports import usual_name, write_report  # noqa: PLC0415 - matplotlib
    from escalation_sim.trace.run import Run  # noqa: PLC0415

    if out is not None:
        return write_report(found, Path(out))
    path = usual_name(found.model.name if isinstance(found, Run) else found.scenario)
    path.parent.mkdir(exist_ok=True)
    return write_report(found, path)
