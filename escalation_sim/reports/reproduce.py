"""How to get the same again: the command, and what must then be the same."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from escalation_sim import __version__
from escalation_sim.analysis.likelihood import ICD_203
from escalation_sim.chance.address import CONTRACT
from escalation_sim.reports.html import Html, code, facts, join, tag
from escalation_sim.reports.page import Section, blocks
from escalation_sim.studies.design import ALL, EACH

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from escalation_sim.analysis.study import Study
    from escalation_sim.model.model import Model
    from escalation_sim.trace.run import Run

READING = "reading."
"""Begins a change that chooses a reading."""


def of_run(run: Run) -> Section:
    """Return how to run the same once more."""
    model = run.model
    words = [
        *("run", model.files[0][0], "--seed", str(run.seed)),
        *("--replication", str(run.replication)),
        *_changes(model.changes),
    ]
    told = [
        ("seed, replication", f"{run.seed}, {run.replication}"),
        *_of_model(model),
        ("model", code(model.hash)),
        ("firings", join([code(run.firing_digest), " (what was done, and when)"])),
        ("trace", join([code(run.trace_digest), " (every record, as written by --trace)"])),
    ]
    return _section(words, told, "The same file, seed and replication give the same run anywhere.")


def of_study(study: Study) -> Section:
    """Return how to work off the same study once more."""
    model = study.points[0].model
    words = [
        *("study", model.files[0][0], "--runs", str(study.runs), "--seed", str(study.seed)),
        *_changes(study.changes),
        *_design(study),
    ]
    if study.scale.id != ICD_203.id:
        words += ["--words", study.scale.id]
    told = [
        ("runs, seed", f"{study.runs:,} at each design point, seed {study.seed}"),
        *_of_model(model, study.changes),
        ("result", join([code(study.digest), " (every run of every design point)"])),
        ("models", _models(study)),
    ]
    return _section(
        words, told, "The result is the same on any number of workers and with either engine."
    )


def _section(words: Sequence[str], told: Iterable[tuple[str, str]], remark: str) -> Section:
    command = tag("pre", tag("code", shlex.join(["escalation-sim", *words])))
    versions = ("package", f"escalation-sim {__version__}, contract of random numbers {CONTRACT}")
    return Section(
        "reproduce",
        "How to reproduce it",
        blocks(
            tag("p", "In the folder of the scenario file; a shipped scenario is found anywhere."),
            command,
            tag("p", remark, " Then these are the same:"),
            facts([*told, versions]),
        ),
    )


def _of_model(model: Model, changes: Sequence[str] | None = None) -> list[tuple[str, str]]:
    changed = model.changes if changes is None else changes
    chosen = ", ".join(f"{clause}={reading}" for clause, reading in model.readings.items())
    return [
        ("changes", ", ".join(changed) or "none: the scenario as it is written"),
        ("readings", chosen if changes is None else ""),
        ("files", _files(model)),
    ]


def _files(model: Model) -> Html:
    """Return the files with the hashes of their bytes, the scenario's own first."""
    return join(
        (join([code(name), " ", code(digest)]) for name, digest in model.files), Html("<br>")
    )


def _models(study: Study) -> Html:
    return join(
        (join([code(p.model.hash), f" {p.label}"]) for p in study.points[:MOST_MODELS]),
        Html("<br>"),
    )


MOST_MODELS = 40
"""Design points whose model's hash is told."""


def _changes(changes: Iterable[str]) -> list[str]:
    """Return changes as options of the command line."""
    words: list[str] = []
    for change in changes:
        if change.startswith(READING):
            words += ["--reading", change.removeprefix(READING)]
        else:
            words += ["--set", change]
    return words


def _design(study: Study) -> list[str]:
    """Return the options that make the design points of a study."""
    points = [p.point for p in study.points]
    words: list[str] = []
    readings: dict[str, list[str]] = {}
    swept: dict[str, list[str]] = {}
    for point in points:
        for found, pairs in ((readings, point.readings), (swept, point.settings)):
            for name, value in pairs:
                values = found.setdefault(name, [])
                if value not in values:
                    values.append(value)
    for clause, chosen in readings.items():
        words += ["--reading", f"{clause}={ALL if len(chosen) > 1 else chosen[0]}"]
    for path, values in swept.items():
        words += ["--sweep", f"{path}={','.join(values)}"]
    left_out = list(dict.fromkeys(p.without for p in points if p.without))
    known = {rule.id for rule in study.points[0].model.rules}
    every = known <= {*left_out, *(rule for rule, _ in study.skipped)}
    for rule in [EACH] if left_out and every else left_out:
        words += ["--without", rule]
    return words
