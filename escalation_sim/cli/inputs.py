"""The scenario that a command names: found, read, with changes laid over it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from escalation_sim import library
from escalation_sim.diagnostics import suggest
from escalation_sim.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from fractions import Fraction

    from escalation_sim.diagnostics import Diagnostic
    from escalation_sim.model.model import Model
    from escalation_sim.scenario.load import Scenario

LARGEST_INPUT = 2**20 + 1
"""Most bytes read from standard input; a scenario has fewer."""


def located(name: str) -> tuple[Path, str, bytes | None]:
    """Return the path, the name to show and (for `-`) the bytes of a scenario.

    Raises UsageError when there is no such file.
    """
    if name == "-":
        return Path("stdin.yaml"), "<stdin>", sys.stdin.buffer.read(LARGEST_INPUT)
    path = Path(name)
    try:
        if path.exists():
            return path, name, None
    except (OSError, ValueError):
        raise UsageError(f"`{name[:80]!r}` is no file name") from None
    shipped = library.find_scenario(name) if len(path.parts) == 1 else None
    if shipped is not None:
        return shipped, shipped.name, None
    raise UsageError(_no_file(name, path))


def _no_file(name: str, path: Path) -> str:
    folder = path.parent if path.parent.is_dir() else None
    beside = [p.name for p in folder.glob("*.yaml")] if folder else []
    shipped = [p.stem for p in library.scenarios()]
    hint = suggest(path.name, beside) if beside else ""
    if not hint.startswith("did"):
        hint = suggest(name, shipped, "shipped scenarios are")
    return f"there is no file `{name}`" + (f"; {hint}" if hint else "")


def examined(
    name: str,
    settings: Sequence[tuple[str, str]] = (),
    readings: Sequence[tuple[str, str]] = (),
) -> tuple[Model | None, list[Diagnostic], str]:
    """Read and compile a scenario; return the model if it has no errors, and what was found."""
    from escalation_sim.errors import ScenarioError  # noqa: PLC0415
    from escalation_sim.model.compiler import examine  # noqa: PLC0415 - quick `--help`
    from escalation_sim.scenario.load import load_scenario  # noqa: PLC0415

    path, shown, data = located(name)
    try:
        scenario = load_scenario(path, shown, settings=settings, readings=readings, data=data)
    except ScenarioError as error:
        return None, list(error.diagnostics), shown
    model, found = examine(scenario)
    return model, found, shown


def scenario_of(
    name: str, settings: Sequence[tuple[str, str]] = (), readings: Sequence[tuple[str, str]] = ()
) -> Scenario:
    """Return a sound scenario with the changes laid over it, for several models to be made of.

    Warnings go to stderr, errors are raised.
    """
    return _sound(name, settings, readings)[0]


def model_of(
    name: str, settings: Sequence[tuple[str, str]], readings: Sequence[tuple[str, str]]
) -> Model:
    """Return a scenario ready to run; warnings go to stderr, errors are raised."""
    return _sound(name, settings, readings)[1]


def _sound(
    name: str, settings: Sequence[tuple[str, str]], readings: Sequence[tuple[str, str]]
) -> tuple[Scenario, Model]:
    from escalation_sim.diagnostics import errors_in  # noqa: PLC0415 - quick `--help`
    from escalation_sim.errors import ScenarioError  # noqa: PLC0415
    from escalation_sim.model.compiler import examine  # noqa: PLC0415
    from escalation_sim.scenario.load import load_scenario  # noqa: PLC0415

    path, shown, data = located(name)
    scenario = load_scenario(path, shown, settings=settings, readings=readings, data=data)
    model, found = examine(scenario)
    if model is None:
        raise ScenarioError(errors_in(found))
    for diagnostic in found:
        click.echo(diagnostic.render() + "\n", err=True)
    return scenario, model


def ticks_of_time(text: str, seconds_per_tick: Fraction) -> int:
    """Return a time such as `72h` in ticks; raises UsageError with help."""
    from escalation_sim.expression.checker import ticks_of  # noqa: PLC0415
    from escalation_sim.expression.lexer import SyntaxFault, tokens  # noqa: PLC0415

    try:
        parts = tokens(text)
    except SyntaxFault as fault:
        raise UsageError(f"--at: {fault.message}; {fault.hint}") from None
    if len(parts) == 2 and parts[0].kind == "duration":
        ticks = ticks_of(parts[0].text, parts[0].unit, seconds_per_tick)
        if ticks is not None:
            return ticks
        raise UsageError(f"--at: `{text}` is no whole number of ticks")
    raise UsageError(f"--at: `{text[:40]}` is no time; give it a unit, as in `72h`")
