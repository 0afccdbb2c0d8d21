"""The command group, and the one place where errors become messages and exit codes.

Exit codes: 0 done; 1 the scenario has errors, or a run cannot be carried out; 2 wrong usage;
70 a fault of this program; 130 interrupted. Data goes to stdout, everything else to stderr.
"""

from __future__ import annotations

import errno
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from escalation_sim import __version__
from escalation_sim.cli.commands import check, run, schema, why
from escalation_sim.cli.matters import flip, matters
from escalation_sim.cli.reports import report
from escalation_sim.cli.structure import graph
from escalation_sim.cli.studies import compare, study
from escalation_sim.errors import RunError, ScenarioError, StudyError, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

PROBLEMS, USAGE, FAULT, INTERRUPTED = 1, 2, 70, 130

FROM_OUTSIDE = ("--set", "--reading")
"""Where faults of the command line itself are found."""


class _Group(click.Group):
    """A group that suggests the command somebody may have meant."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        from escalation_sim.diagnostics import suggest  # noqa: PLC0415 - only for a typing slip

        name = args[0] if args else ""
        if name and self.get_command(ctx, name) is None and not name.startswith("-"):
            hint = suggest(name, self.list_commands(ctx), "commands are")
            ctx.fail(f"there is no command `{name}`; {hint}")
        return super().resolve_command(ctx, args)


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="escalation-sim")
def app() -> None:
    """Explore escalation policy: rules, clocks and reasons from a YAML file.

    FILE is a scenario file, `-` for standard input, or the number or name of a shipped scenario
    such as 01. What this shows is illustrative, not a forecast.
    """


for command in (
    check,
    run,
    study,
    compare,
    matters,
    flip,
    why,
    graph,
    report,
    schema,
):
    app.add_command(command)


def run_app(arguments: Sequence[str] | None = None) -> None:
    """Run the command line; no traceback ever reaches a user."""
    _write_utf8()
    try:
        code = app.main(args=arguments, prog_name="escalation-sim", standalone_mode=False)
        _flush()
    except click.exceptions.Abort:
        _leave(INTERRUPTED, "interrupted")
    except click.ClickException as error:
        error.show()
        _leave(USAGE)
    except ScenarioError as error:
        outside = all(d.span.file.name in FROM_OUTSIDE for d in error.diagnostics)
        _leave(USAGE if outside else PROBLEMS, str(error))
    except RunError as error:
        _leave(PROBLEMS, str(error))
    except StudyError as error:
        _leave(PROBLEMS, f"error: {error}")
    except UsageError as error:
        _leave(USAGE, f"error: {error}")
    except KeyboardInterrupt:
        _leave(INTERRUPTED, "interrupted")
    except RecursionError:
        _leave(PROBLEMS, "error: this scenario is nested too deeply to be worked off")
    except MemoryError:
        _leave(PROBLEMS, "error: out of memory")
    except OSError as error:
        if error.errno == errno.EPIPE or isinstance(error, BrokenPipeError):
            _quiet()
            _leave(0)
        _leave(USAGE, f"error: {error.strerror or error}: {error.filename or ''}".rstrip(": "))
    except ImportError as error:
        _leave(USAGE, f"error: {error}; install the package again, with what it needs")
    except Exception as error:
        if os.environ.get("ESCALATION_SIM_TRACEBACK"):
            raise
        _leave(FAULT, _own_fault(error))
    else:
        _leave(code if isinstance(code, int) else 0)


def _own_fault(error: Exception) -> str:
    """Say that this program is at fault, and where, on two lines."""
    last = error.__traceback__
    while last is not None and last.tb_next is not None:
        last = last.tb_next
    where = f"{Path(last.tb_frame.f_code.co_filename).name}:{last.tb_lineno}" if last else "?"
    return (
        f"internal error: {type(error).__name__}: {error} ({where})\n"
        "  help: this is a fault of escalation-sim, not of your file; please report it with the "
        "output of the same command under ESCALATION_SIM_TRACEBACK=1"
    )


def _write_utf8() -> None:
    """Write UTF-8 whatever the locale says; what a terminal cannot show is escaped."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is None:
            continue
        encoding = (getattr(stream, "encoding", "") or "").lower().replace("-", "")
        if stream.isatty() and encoding not in ("utf8", "utf16le"):
            reconfigure(errors="replace")
        else:
            reconfigure(encoding="utf-8", errors="replace", newline="\n")


def _quiet() -> None:
    """Let nothing more be written to a pipe that nobody reads."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)


def _leave(code: int, message: str = "") -> None:
    if message:
        try:
            click.echo(message, err=True)
        except OSError:
            _quiet()
    try:
        _flush()
    except OSError:
        _quiet()
    sys.exit(code)


def _flush() -> None:
    """Write out what waits; a closed stdout has nothing waiting."""
    if sys.stdout is not None:
        sys.stdout.flush()
