"""The command `escalation-sim`: parse arguments, call, print."""

from __future__ import annotations


def main() -> None:
    """Run the command line and leave with its exit code."""
    from escalation_sim.cli.app import run_app  # noqa: PLC0415 - loads click only when needed

    run_app()
