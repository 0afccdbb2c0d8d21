"""The command `report`: a run or a study as one HTML page."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from escalation_sim.cli.inputs import model_of, scenario_of
from escalation_sim.cli.options import (
    ENGINE,
    WORDS,
    WORKERS,
    Pairs,
    run_options,
    sweep_option,
    without_option,
)
from escalation_sim.errors import ScenarioError, UsageError

if TYPE_CHECKING:
    from escalation_sim.analysis.study import Study
    from escalation_sim.trace.run import Run

ENDINGS = (".html", ".htm")

OF_STUDIES = {"sweeps": "--sweep", "without": "--without"}
"""Options that make design points, and so need many runs."""


@click.command()
@click.argument("file", metavar="FILE")
@click.option(
    "--out", metavar="PAGE.html", help="Where to write it (default: out/NAME-report.html)."
)
@run_options
@click.option(
    "--runs",
    type=click.IntRange(1, 2**63 - 1),
    metavar="N",
    help="Report a study of so many runs at each design point, and not one run.",
)
@sweep_option("With --runs: a design point for each value.")
@without_option("With --runs: a design point without this rule.")
@click.option(
    "--from",
    "kept",
    type=click.Path(exists=True, file_okay=False),
    metavar="DIR",
    help="Report the study kept in this folder by `study --out`.",
)
@WORKERS
@ENGINE
@WORDS
@click.pass_context
def report(
    ctx: click.Context,
    file: str,
    *,
    out: str | None,
    seed: int,
    replication: int,
    settings: Pairs,
    readings: Pairs,
    runs: int | None,
    sweeps: Pairs,
    without: tuple[str, ...],
    kept: str | None,
    workers: int | None,
    engine: str,
    words: str,
) -> int:
    """Write one HTML page for a run or, with --runs or --from, for a study.

    The page has the question, figures, tables, the register of assumptions, the sources and how to
    reproduce it. It fetches nothing, runs nothing, and prints on A4. A folder of --from needs FILE
    and the changes that its study was begun with.
    """
    from escalation_sim.reports import usual_name, write_report  # noqa: PLC0415 - matplotlib

    _check_page(out)
    many = runs is not None or kept is not None
    _check_options(ctx, many=many, kept=kept is not None)
    found: Any
    if many:
        found = _study(
            file, settings, readings, sweeps, without,
            runs=runs or 0, seed=seed, kept=kept, workers=workers, engine=engine, words=words,
        )  # fmt: skip
        name = found.scenario
    else:
        found = _run(file, settings, readings, seed, replication)
        name = found.model.name
    path = Path(out) if out is not None else usual_name(name)
    if out is None:
        path.parent.mkdir(exist_ok=True)
    write_report(found, path)
    click.echo(f"report written to {path}", err=True)
    return 0


def _check_page(out: str | None) -> None:
    """Refuse a file that cannot be written, before anything is run."""
    if out is None:
        return
    path = Path(out)
    if path.suffix.lower() not in ENDINGS:
        raise UsageError(f"`{out}` is no page; its name ends in {' or '.join(ENDINGS)}")
    if path.is_dir():
        raise UsageError(f"`{out}` is a folder")
    if not path.parent.is_dir():
        raise UsageError(f"there is no folder `{path.parent}` to write `{path.name}` into")


def _check_options(ctx: click.Context, *, many: bool, kept: bool) -> None:
    """Refuse options that would not be heard."""
    given = {
        name for name in ctx.params if ctx.get_parameter_source(name) is not ParameterSource.DEFAULT
    }
    if not many:
        for name, option in OF_STUDIES.items():
            if name in given:
                raise UsageError(f"`{option}` makes design points; say how often with `--runs`")
    elif "replication" in given:
        raise UsageError("`--replication` names one run; leave it out, or `--runs` and `--from`")
    if kept and given & {"runs", "seed"}:
        raise UsageError("the folder of `--from` knows its runs and seed; leave them out")


def _run(file: str, settings: Pairs, readings: Pairs, seed: int, replication: int) -> Run:
    from escalation_sim.engine.simulate import Simulator  # noqa: PLC0415 - quick `--help`
    from escalation_sim.studies.design import ALL  # noqa: PLC0415

    try:
        model = model_of(file, settings, readings)
    except ScenarioError as error:
        unknown = all(d.code == "unknown-reading" for d in error.diagnostics)
        if unknown and any(reading == ALL for _, reading in readings):
            raise UsageError("all readings make a study; say how often with `--runs`") from None
        raise
    return Simulator(model).run(seed, replication)


def _study(
    file: str,
    settings: Pairs,
    readings: Pairs,
    sweeps: Pairs,
    without: tuple[str, ...],
    *,
    runs: int,
    seed: int,
    kept: str | None,
    workers: int | None,
    engine: Any,
    words: str,
) -> Study:
    from escalation_sim.analysis.likelihood import SCALES  # noqa: PLC0415 - quick `--help`
    from escalation_sim.analysis.study import study_of  # noqa: PLC0415
    from escalation_sim.cli.sheets import Progress  # noqa: PLC0415
    from escalation_sim.studies.design import designed, split_values  # noqa: PLC0415
    from escalation_sim.studies.ensemble import Order, run_study  # noqa: PLC0415

    design = designed(
        scenario_of(file, settings),
        readings=readings,
        sweeps=[(path, split_values(values)) for path, values in sweeps],
        without=without,
    )
    folder = Path(kept) if kept is not None else None
    if folder is not None:
        runs, seed = _begun_with(folder)
    progress = Progress()
    order = Order(
        engine=engine,
        workers=workers,
        out=folder,
        resume=folder is not None,
        watch=progress,
        tell=lambda text: click.echo(text, err=True),
    )
    try:
        return study_of(run_study(design, runs=runs, seed=seed, order=order), SCALES[words])
    finally:
        progress.close()


def _begun_with(folder: Path) -> tuple[int, int]:
    """Return how many runs a kept study has at each point, and its seed."""
    from escalation_sim.errors import StudyError  # noqa: PLC0415
    from escalation_sim.studies.store import Store  # noqa: PLC0415

    told = Store(folder).manifest()
    runs, seed = told.get("runs"), told.get("seed")
    if not isinstance(runs, int) or not isinstance(seed, int):
        raise StudyError(f"`{folder}` does not say how many runs it has, or of which seed")
    return runs, seed
