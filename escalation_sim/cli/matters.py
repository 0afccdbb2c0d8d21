"""The commands about what a result hangs on: matters, flip."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, cast

import click

from escalation_sim.cli.commands import FIGURES, writable
from escalation_sim.cli.inputs import scenario_of
from escalation_sim.cli.options import (
    CHUNK,
    ENGINE,
    JSON,
    RUNS,
    SEED,
    SETTING,
    WORDS,
    WORKERS,
    Pairs,
    reading_option,
    run_options,
)
from escalation_sim.errors import UsageError

if TYPE_CHECKING:
    from escalation_sim.studies.engines import Choice


@click.command()
@click.argument("file", metavar="FILE")
@click.option("--outcome", default="", metavar="ID", help="The outcome whose share is looked at.")
@click.option(
    "--rung",
    default="",
    metavar="LADDER.RUNG",
    help="The rung looked at (default: the top rung of the first ladder).",
)
@RUNS
@SEED
@SETTING
@reading_option("Choose how a clause is read where it is not varied.")
@click.option(
    "--no-readings", is_flag=True, help="Vary parameters only, and leave all clauses as they are."
)
@click.option("--sobol", is_flag=True, help="Also take the variance apart by input (needs scipy).")
@click.option(
    "--samples",
    default=256,
    show_default=True,
    metavar="N",
    type=click.IntRange(1),
    help="Samples for --sobol, a power of 2; each takes two runs and one for each input.",
)
@WORKERS
@ENGINE
@CHUNK
@WORDS
@click.option("--figure", type=click.Path(), metavar="FILE.png|svg|pdf", help="Draw the tornado.")
@JSON
def matters(
    file: str,
    *,
    outcome: str,
    rung: str,
    runs: int,
    seed: int,
    settings: Pairs,
    readings: Pairs,
    no_readings: bool,
    sobol: bool,
    samples: int,
    workers: int | None,
    engine: str,
    chunk: int | None,
    words: str,
    figure: str | None,
    as_json: bool,
) -> int:
    """Tell which inputs matter: each at the ends of its range, all else as written.

    Every point has the same random numbers. An input is a parameter with a range (the mean, where
    it is a law), or a clause with several readings.
    """
    from escalation_sim.analysis.likelihood import SCALES  # noqa: PLC0415
    from escalation_sim.analysis.matters import matters_of  # noqa: PLC0415
    from escalation_sim.cli.matters_text import foot_of, head_of, sheets_of  # noqa: PLC0415
    from escalation_sim.cli.sheets import Progress, print_sheets  # noqa: PLC0415
    from escalation_sim.studies.ensemble import Order  # noqa: PLC0415

    writable(figure, FIGURES)
    scenario = scenario_of(file, settings, readings)
    progress = Progress()
    try:
        found = matters_of(
            scenario,
            outcome=outcome,
            rung=rung,
            runs=runs,
            seed=seed,
            sobol=sobol,
            samples=samples,
            readings=not no_readings,
            order=Order(
                engine=cast("Choice", engine),
                workers=workers,
                chunk=chunk,
                watch=progress,
                tell=lambda text: click.echo(text, err=True),
            ),
            scale=SCALES[words],
        )
    finally:
        progress.close()
    if figure:
        from escalation_sim.figures import save, tornado_figure  # noqa: PLC0415

        save(tornado_figure(found.tornado, found.variance), figure)
    if as_json:
        click.echo(json.dumps(found.as_json(), indent=2, ensure_ascii=False))
    else:
        print_sheets(head_of(found), list(sheets_of(found)), foot_of(found))
    if figure:
        click.echo(f"figure written to {figure}", err=True)
    return 0


@click.command()
@click.argument("file", metavar="FILE")
@click.argument("rung", metavar="LADDER.RUNG")
@run_options
@JSON
def flip(
    file: str,
    rung: str,
    *,
    seed: int,
    replication: int,
    settings: Pairs,
    readings: Pairs,
    as_json: bool,
) -> int:
    """Find the smallest single change that would have prevented LADDER.RUNG, or caused it.

    The one run is replayed with each parameter elsewhere in its range, each clause read otherwise,
    and each rule left out.
    """
    from escalation_sim.analysis.flip import flip_of  # noqa: PLC0415
    from escalation_sim.cli.matters_text import flip_foot, flip_head, flip_sheets  # noqa: PLC0415
    from escalation_sim.cli.sheets import Progress, print_sheets  # noqa: PLC0415

    if "." not in rung:
        raise UsageError(f"`{rung}` is no rung; write LADDER.RUNG")
    progress = Progress("changes")
    try:
        found = flip_of(
            scenario_of(file, settings, readings),
            rung,
            seed=seed,
            replication=replication,
            watch=progress,
        )
    finally:
        progress.close()
    if as_json:
        click.echo(json.dumps(found.as_json(), indent=2, ensure_ascii=False))
    else:
        print_sheets(flip_head(found), list(flip_sheets(found)), flip_foot(found))
    return 0
