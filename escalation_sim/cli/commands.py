"""The commands: check, run, why, schema."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from escalation_sim.cli.inputs import examined, model_of, ticks_of_time
from escalation_sim.cli.options import Pairs, run_options
from escalation_sim.errors import UsageError

if TYPE_CHECKING:
    from escalation_sim.model.model import Model
    from escalation_sim.trace.run import Run

FIGURES = (".png", ".svg", ".pdf")


@click.command()
@click.argument("files", metavar="FILE...", nargs=-1, required=True)
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
def check(files: tuple[str, ...], *, as_json: bool) -> int:
    """Check scenario files and say everything that is wrong with them.

    Leaves with 0 if all are clean, 1 if there are errors, 2 if a file cannot be found.
    """
    reports: list[dict[str, Any]] = []
    failed = False
    for name in files:
        model, found, shown = examined(name)
        failed |= model is None
        reports.append(
            {"path": shown, "ok": model is not None, "diagnostics": [d.as_json() for d in found]}
        )
        if as_json:
            continue
        for diagnostic in found:
            click.echo(diagnostic.render() + "\n", err=True)
        if model is not None:
            click.echo(f"{shown}: no errors; {_size(model)}")
        else:
            errors = sum(d.severity == "error" for d in found)
            click.echo(f"{shown}: {errors} error{'s' if errors > 1 else ''}", err=True)
    if as_json:
        click.echo(json.dumps({"files": reports}, indent=2, ensure_ascii=False))
    return int(failed)


def _size(model: Model) -> str:
    from escalation_sim.trace.timeline import assumed_text  # noqa: PLC0415

    return f"{len(model.rules)} rules, {assumed_text(model)}"


@click.command()
@click.argument("file", metavar="FILE")
@run_options
@click.option("--trace", type=click.Path(), metavar="OUT.jsonl", help="Write the trace.")
@click.option("--figure", type=click.Path(), metavar="OUT.png|svg|pdf", help="Draw the run.")
@click.option(
    "--all", "everything", is_flag=True, help="Show every record, what did not happen too."
)
@click.option("--json", "as_json", is_flag=True, help="Print the run as JSON.")
def run(
    file: str,
    *,
    seed: int,
    replication: int,
    settings: Pairs,
    readings: Pairs,
    trace: str | None,
    figure: str | None,
    everything: bool,
    as_json: bool,
) -> int:
    """Run a scenario once: what happened, when, why, and from which source."""
    writable(trace, None)
    writable(figure, FIGURES)
    if trace and figure and Path(trace) == Path(figure):
        raise UsageError(f"`{trace}` cannot be both trace and figure")
    model = model_of(file, settings, readings)
    found = _simulated(model, seed, replication)
    if trace:
        from escalation_sim.trace.records import write_lines  # noqa: PLC0415

        text = "\n".join(write_lines(found.header(), found.records)) + "\n"
        Path(trace).write_text(text, encoding="utf-8", newline="\n")
    if figure:
        from escalation_sim.figures import ladder_figure, save  # noqa: PLC0415

        save(ladder_figure(found), Path(figure))
    if as_json:
        click.echo(json.dumps(found.as_json(), indent=2, ensure_ascii=False))
    else:
        from escalation_sim.cli.show import show_run  # noqa: PLC0415

        show_run(found, everything=everything)
    for what, path in (("trace", trace), ("figure", figure)):
        if path:
            click.echo(f"{what} written to {path}", err=True)
    return 0


@click.command()
@click.argument("file", metavar="FILE")
@click.argument("target", metavar="TARGET")
@click.option("--at", metavar="TIME", help="Explain as of this time, as in 72h (default: the end).")
@run_options
@click.option("--json", "as_json", is_flag=True, help="Print the explanation as JSON.")
def why(
    file: str,
    target: str,
    *,
    at: str | None,
    seed: int,
    replication: int,
    settings: Pairs,
    readings: Pairs,
    as_json: bool,
) -> int:
    """Explain why TARGET happened in a run, or why it did not.

    TARGET is a rung such as response.coordinated_response, or rules.ID, red_lines.ID, clocks.ID,
    outcomes.ID or definitions.ID.
    """
    from escalation_sim.trace.why import why as explain  # noqa: PLC0415

    model = model_of(file, settings, readings)
    tick = None if at is None else ticks_of_time(at, model.seconds_per_tick)
    found = _simulated(model, seed, replication)
    explanation = explain(found, target, tick)
    if as_json:
        data = {"run": _address(found), **explanation.as_json(model.hours(1))}
        click.echo(json.dumps(data, indent=2, ensure_ascii=False))
    else:
        from escalation_sim.cli.show import show_explanation  # noqa: PLC0415

        show_explanation(explanation, found)
    return 0


@click.command()
def schema() -> int:
    """Print the JSON Schema of scenario files, for editors."""
    from escalation_sim.scenario.schema import schema_text  # noqa: PLC0415

    click.echo(schema_text(), nl=False)
    return 0


def _address(run: Run) -> dict[str, Any]:
    return {
        "scenario": run.model.name,
        "model_hash": run.model.hash,
        "seed": run.seed,
        "replication": run.replication,
    }


def _simulated(model: Model, seed: int, replication: int) -> Run:
    from escalation_sim.engine.simulate import Simulator  # noqa: PLC0415

    return Simulator(model).run(seed, replication)


def writable(name: str | None, endings: tuple[str, ...] | None) -> None:
    """Refuse a file that cannot be written, before anything is run."""
    if name is None:
        return
    if name in ("", "-"):
        raise UsageError(f"`{name}` is no file name; results are written to files")
    path = Path(name)
    if endings and path.suffix.lower() not in endings:
        kind = "table" if ".csv" in endings else "picture file"
        raise UsageError(f"`{name}` is no {kind}; its name ends in {', '.join(endings)}")
    if path.is_dir():
        raise UsageError(f"`{name}` is a folder")
    if not path.parent.is_dir():
        raise UsageError(f"there is no folder `{path.parent}` to write `{path.name}` into")
