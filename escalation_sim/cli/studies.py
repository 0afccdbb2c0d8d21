"""The commands about many runs: study, compare."""

from __future__ import annotations

import json
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from escalation_sim.cli.commands import writable
from escalation_sim.cli.inputs import scenario_of
from escalation_sim.cli.options import (
    CHUNK,
    ENGINE,
    JSON,
    RUNS,
    SEED,
    SETTING,
    SHOW,
    WORDS,
    WORKERS,
    Pairs,
    pairs_option,
    reading_option,
    sweep_option,
    without_option,
)
from escalation_sim.cli.study_figures import (
    check_files,
    check_kind,
    figure_options,
    tell_files,
    write_files,
)
from escalation_sim.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from escalation_sim.studies.ensemble import Order

INTERRUPTED = 130

TABLES = (".csv", ".parquet")


@click.command()
@click.argument("file", metavar="FILE")
@RUNS
@SEED
@SETTING
@reading_option(
    "Choose how a clause is read; `all` makes a design point of each reading.", "CLAUSE=READING|all"
)
@sweep_option("A design point for each value; several sweeps are crossed.")
@without_option("A design point without this rule; `each` leaves out one rule at a time.")
@WORKERS
@ENGINE
@CHUNK
@click.option("--out", type=click.Path(), metavar="DIR", help="Keep every run in this folder.")
@click.option(
    "--table",
    type=click.Path(),
    metavar="ROWS.csv|parquet",
    help="Write one line for each run kept in --out.",
)
@click.option("--resume", is_flag=True, help="Go on with the study in the folder of --out.")
@figure_options
@click.option(
    "--paths",
    type=click.Path(),
    metavar="OUT.graphml|json",
    help="Write the escalation paths as a graph of joint rungs.",
)
@click.option(
    "--cluster", default="", metavar="ADDRESS", help="Work on a dask.distributed cluster."
)
@WORDS
@SHOW
@JSON
@click.pass_context
def study(
    ctx: click.Context,
    file: str,
    *,
    runs: int,
    seed: int,
    settings: Pairs,
    readings: Pairs,
    sweeps: Pairs,
    without: tuple[str, ...],
    workers: int | None,
    engine: str,
    chunk: int | None,
    out: str | None,
    table: str | None,
    resume: bool,
    figure: str | None,
    figure_kind: str | None,
    paths: str | None,
    cluster: str,
    words: str,
    show: tuple[str, ...],
    as_json: bool,
) -> int:
    """Run a scenario many times: shares with intervals, times to each rung, results.

    Replication r of a seed is the same run at every design point, on any number of workers, and
    after any interruption.
    """
    from escalation_sim.analysis.likelihood import SCALES  # noqa: PLC0415 - quick `--help`
    from escalation_sim.analysis.study import study_of  # noqa: PLC0415
    from escalation_sim.cli.sheets import Progress, print_sheets  # noqa: PLC0415
    from escalation_sim.cli.shown import wanted  # noqa: PLC0415
    from escalation_sim.cli.study_text import foot_of, head_of, sheets_of  # noqa: PLC0415
    from escalation_sim.studies.design import designed, split_values  # noqa: PLC0415
    from escalation_sim.studies.ensemble import StudyInterrupted, run_study  # noqa: PLC0415
    from escalation_sim.studies.tables import write_tables  # noqa: PLC0415

    if resume and out is None:
        raise UsageError("`--resume` goes on with a folder; name it with `--out`")
    _writable_table(table, out)
    check_files(figure, paths)
    check_kind(figure, figure_kind, readings, sweeps)
    scenario = scenario_of(file, settings)
    design = designed(
        scenario,
        readings=readings,
        sweeps=[(path, split_values(values)) for path, values in sweeps],
        without=without,
    )
    shown = wanted(show, design.model(0))
    progress = Progress()
    order = _order(progress, workers, engine, chunk, out, resume=resume, cluster=cluster)
    interrupted = False
    try:
        ensemble = run_study(design, runs=runs, seed=seed, order=order)
    except StudyInterrupted as interruption:
        ensemble, interrupted = interruption.ensemble, True
    finally:
        progress.close()
    found = study_of(ensemble, SCALES[words])
    if order.out is not None and not interrupted:
        write_tables(order.out, found.as_json())
    if order.out is not None and table and not interrupted:
        from escalation_sim.studies.rows import write_rows  # noqa: PLC0415

        write_rows(order.out, Path(table), order.tell)
    if as_json:
        click.echo(json.dumps(found.as_json(), indent=2, ensure_ascii=False))
    else:
        print_sheets(head_of(found), sheets_of(found, shown), foot_of(found))
    if not interrupted:
        write_files(found, figure, figure_kind, paths)
        tell_files(figure, paths)
    if out and not interrupted:
        click.echo(f"runs kept in {out}", err=True)
    if interrupted:
        click.echo(_how_to_resume(ctx, out), err=True)
    return INTERRUPTED if interrupted else 0


def _writable_table(table: str | None, out: str | None) -> None:
    """Refuse a table that cannot be written, before anything is run."""
    if table is None:
        return
    if out is None:
        raise UsageError("`--table` writes the runs that `--out` keeps; give both")
    writable(table, TABLES)


def _order(
    watch: Callable[[int, int], None],
    workers: int | None,
    engine: Any,
    chunk: int | None,
    out: str | None = None,
    *,
    resume: bool = False,
    cluster: str = "",
) -> Order:
    from escalation_sim.studies.ensemble import Order  # noqa: PLC0415

    return Order(
        engine=engine,
        workers=workers,
        chunk=chunk,
        out=Path(out) if out else None,
        resume=resume,
        cluster=cluster,
        watch=watch,
        tell=lambda text: click.echo(text, err=True),
    )


def _how_to_resume(ctx: click.Context, out: str | None) -> str:
    if out is None:
        return "interrupted; nothing was kept: with `--out DIR` a study can be gone on with"
    words = ["escalation-sim", "study"]
    for parameter in ctx.command.params:
        name = parameter.name or ""
        value = ctx.params[name]
        if isinstance(parameter, click.Argument):
            words.append(str(value))
        elif name == "resume" or ctx.get_parameter_source(name) is ParameterSource.DEFAULT:
            continue
        elif value is True:
            words.append(parameter.opts[0])
        else:
            for one in value if isinstance(value, tuple) else (value,):
                words += [parameter.opts[0], "=".join(one) if isinstance(one, tuple) else str(one)]
    return (
        f"interrupted; what is finished is kept. Go on with\n  {shlex.join([*words, '--resume'])}"
    )


def _changes(side: str, words: str) -> Callable[[Any], Any]:
    """Return the two options that change one side of a comparison."""

    def add(function: Any) -> Any:
        setting = pairs_option(
            f"--set-{side}",
            f"settings_{side}",
            "PATH=VALUE",
            f"Change a value on the {words} side.",
        )
        reading = pairs_option(
            f"--reading-{side}",
            f"readings_{side}",
            "CLAUSE=READING",
            f"Choose how a clause is read on the {words} side.",
        )
        return setting(reading(function))

    return add


@click.command()
@click.argument("first", metavar="A")
@click.argument("second", metavar="[B]", required=False)
@RUNS
@SEED
@SETTING
@reading_option("Choose how a clause is read on both sides.")
@_changes("a", "first")
@_changes("b", "second")
@click.option(
    "--replication",
    type=click.IntRange(0, 2**63 - 1),
    metavar="R",
    help="The run to explain (default: the first that ends otherwise, or differs).",
)
@WORKERS
@ENGINE
@CHUNK
@click.option(
    "--figure",
    type=click.Path(),
    metavar="OUT.png|svg|pdf",
    help="Draw the paired differences.",
)
@WORDS
@SHOW
@JSON
def compare(
    first: str,
    second: str | None,
    *,
    runs: int,
    seed: int,
    settings: Pairs,
    readings: Pairs,
    settings_a: Pairs,
    settings_b: Pairs,
    readings_a: Pairs,
    readings_b: Pairs,
    replication: int | None,
    workers: int | None,
    engine: str,
    chunk: int | None,
    figure: str | None,
    words: str,
    show: tuple[str, ...],
    as_json: bool,
) -> int:
    """Compare two scenarios, or one with itself changed, on the same random numbers.

    Without B, both sides are A; --set-b and --reading-b then say what is different.
    """
    from escalation_sim.analysis.compare import compare_scenarios  # noqa: PLC0415
    from escalation_sim.analysis.likelihood import SCALES  # noqa: PLC0415
    from escalation_sim.cli.comparison_text import foot_of, head_of, sheets_of  # noqa: PLC0415
    from escalation_sim.cli.sheets import Progress, print_sheets  # noqa: PLC0415
    from escalation_sim.cli.shown import wanted  # noqa: PLC0415
    from escalation_sim.model.compiler import compile_scenario  # noqa: PLC0415

    check_files(figure, None)
    if second is None and not (settings_a or settings_b or readings_a or readings_b):
        raise UsageError("give a second file, or say what is different with --set-b or --reading-b")
    if first == "-" and second in (None, "-"):
        raise UsageError("standard input can be read only once; write it to a file")
    one = scenario_of(first, (*settings, *settings_a), (*readings, *readings_a))
    other = scenario_of(second or first, (*settings, *settings_b), (*readings, *readings_b))
    shown = wanted(show, compile_scenario(one), compile_scenario(other)) if show else frozenset()
    progress = Progress("pairs")
    try:
        found = compare_scenarios(
            one,
            other,
            runs=runs,
            seed=seed,
            replication=replication,
            order=_order(progress, workers, engine, chunk),
            scale=SCALES[words],
        )
    finally:
        progress.close()
    if as_json:
        click.echo(json.dumps(found.as_json(), indent=2, ensure_ascii=False))
    else:
        print_sheets(head_of(found), sheets_of(found, shown), foot_of(found))
    if figure:
        from escalation_sim.figures import difference_figure, save  # noqa: PLC0415

        save(difference_figure(found), Path(figure))
    tell_files(figure, None)
    return 0
