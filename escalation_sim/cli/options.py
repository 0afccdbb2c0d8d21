"""Options that several commands have, each written once; what differs is the help."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from collections.abc import Callable

Function = TypeVar("Function", bound="Callable[..., Any]")

Pairs = tuple[tuple[str, str], ...]
"""What options of the form `NAME=VALUE` give."""


class Pair(click.ParamType[Any]):
    """`NAME=VALUE`."""

    name = "pair"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, str]:
        """Split at the first `=`."""
        if isinstance(value, tuple):
            return value[0], value[1]
        name, sign, rest = str(value).partition("=")
        if not sign or not name.strip() or not rest.strip():
            self.fail(f"`{value}` needs the form {self.metavar_text}", param, ctx)
        return name.strip(), rest.strip()

    metavar_text = "NAME=VALUE"


def seed_option(metavar: str = "S") -> Callable[[Function], Function]:
    """Return `--seed`."""
    return click.option(
        "--seed",
        default=1,
        show_default=True,
        metavar=metavar,
        type=click.IntRange(0, 2**63 - 1),
        help="Seed of the random numbers.",
    )


def pairs_option(flag: str, name: str, metavar: str, said: str) -> Callable[[Function], Function]:
    """Return an option of the form `NAME=VALUE` that may be given several times."""
    return click.option(flag, name, multiple=True, type=Pair(), metavar=metavar, help=said)


def setting_option(said: str) -> Callable[[Function], Function]:
    """Return `--set`."""
    return pairs_option("--set", "settings", "PATH=VALUE", said)


def reading_option(said: str, metavar: str = "CLAUSE=READING") -> Callable[[Function], Function]:
    """Return `--reading`."""
    return pairs_option("--reading", "readings", metavar, said)


def sweep_option(said: str) -> Callable[[Function], Function]:
    """Return `--sweep`."""
    return pairs_option("--sweep", "sweeps", "PATH=A,B,C", said)


def without_option(said: str) -> Callable[[Function], Function]:
    """Return `--without`."""
    return click.option("--without", multiple=True, metavar="RULE|each", help=said)


def run_options(function: Function) -> Function:
    """Add the options that say which run is meant."""
    for option in reversed(
        (
            seed_option("N"),
            click.option(
                "--replication",
                default=0,
                show_default=True,
                metavar="R",
                type=click.IntRange(0, 2**63 - 1),
                help="Which run of this seed.",
            ),
            setting_option(
                "Change a value, as in compliance=0.6 or parameters.warning_latency.mean=6h."
            ),
            reading_option("Choose how a clause is read, as in third_phase_due=within."),
        )
    ):
        function = option(function)
    return function


SEED = seed_option()
RUNS = click.option(
    "--runs",
    default=1000,
    show_default=True,
    metavar="N",
    type=click.IntRange(1, 2**63 - 1),
    help="Replications at each design point.",
)
SETTING = setting_option("Change a value everywhere, as in compliance=0.6.")
WORKERS = click.option(
    "--workers",
    type=click.IntRange(1, 1024),
    metavar="K",
    help="Processes to work in (default: one for a short study, else one for each core).",
)
ENGINE = click.option(
    "--engine",
    type=click.Choice(["auto", "simpy", "compiled"]),
    default="auto",
    show_default=True,
    help="Which engine; the result is the same.",
)
WORDS = click.option(
    "--words",
    type=click.Choice(["icd203", "ipcc"]),
    default="icd203",
    show_default=True,
    help="Scale of the words for shares.",
)
CHUNK = click.option(
    "--chunk",
    type=click.IntRange(1, 10**12),
    metavar="N",
    help="Replications worked off at a time; the result does not depend on it.",
)
JSON = click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
SHOW = click.option(
    "--show",
    multiple=True,
    metavar="ID,ID",
    help="Show only these outcomes, rungs (`ladder.rung`) and results in the tables.",
)
