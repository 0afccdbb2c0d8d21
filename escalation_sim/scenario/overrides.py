"""Changes from outside the files, as small trees: `--set PATH=VALUE`, `--reading CLAUSE=READING`.

A change is laid over the scenario by the same rules as a child file, so it drops claims, replaces
laws and is checked exactly like one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from escalation_sim.diagnostics import Diagnostic, suggest
from escalation_sim.errors import ScenarioError
from escalation_sim.location import SourceFile, Span, start_of
from escalation_sim.scenario.elements import SECTIONS
from escalation_sim.source import reader
from escalation_sim.source.tree import Mapping, Node, Scalar

if TYPE_CHECKING:
    from collections.abc import Mapping as Dictionary
    from collections.abc import Sequence

OPEN_SECTIONS = ("script", "time", "reading")
"""Sections whose keys an override may add to."""


def setting(path: str, value: str, base: Mapping) -> Mapping:
    """Return the overlay for one `--set`; raises ScenarioError if the path leads nowhere.

    `value` is YAML: a number, a duration, an expression, a law in braces, or `null` to remove.
    """
    text = f"{path}: {value}"
    if not path.strip():
        file = SourceFile.of("--set", f"={value}")
        raise _fault(file, "usage", "this setting has no path", "write `--set PATH=VALUE`")
    tree, file = reader.loads(text.encode(), "--set")
    keys = tree.keys()
    if keys != [path]:
        raise _fault(file, "usage", "this is no setting", "write `--set PATH=VALUE`")
    node = tree.entries[0][1]
    steps = _steps(path, base)
    _follow(steps, base, file)
    return nested(steps, node, file)


def choosing(clause: str, reading: str) -> Mapping:
    """Return the overlay for one `--reading`; whether both exist is checked with the scenario."""
    tree, _ = reader.loads(f"{clause}: {reading}".encode(), "--reading")
    span = tree.span
    return Mapping(((Scalar("reading", span), tree),), span)


def nested(steps: Sequence[str], node: Node, file: SourceFile) -> Mapping:
    """Wrap `node` in one map for each step of its path."""
    column = 1
    keys = []
    for step in steps:
        keys.append(Scalar(step, Span(file, 1, column, 1, column + len(step))))
        column += len(step) + 1
    for key in reversed(keys):
        node = Mapping(((key, node),), node.span)
    assert isinstance(node, Mapping)  # noqa: S101 - steps is never empty
    return node


def _steps(path: str, base: Mapping) -> list[str]:
    """Split the path; a parameter's bare name stands for `parameters.NAME`."""
    steps = path.split(".")
    parameters = base.get("parameters")
    if (
        steps[0] not in (*SECTIONS, *OPEN_SECTIONS)
        and isinstance(parameters, Mapping)
        and parameters.get(steps[0]) is not None
    ):
        steps.insert(0, "parameters")
    return steps


def _follow(steps: Sequence[str], base: Mapping, file: SourceFile) -> None:
    """Report the first step that leads nowhere; the last key of an entry is the shape's matter."""
    here: Node | None = base
    column = 1
    for depth, step in enumerate(steps):
        known: Sequence[str]
        if depth == 0:
            known = [s for s in (*SECTIONS, *OPEN_SECTIONS) if s in base.keys()]  # noqa: SIM118
            missing = step not in known
            parameters = base.get("parameters")
            if missing and len(steps) == 1 and isinstance(parameters, Mapping):
                known = [*known, *parameters.keys()]
        else:
            known = here.keys() if isinstance(here, Mapping) else []
            missing = depth == 1 and steps[0] in SECTIONS and step not in known
        if missing:
            span = Span(file, 1, column, 1, column + len(step))
            raise ScenarioError(
                [
                    Diagnostic(
                        "unknown-path",
                        f"nothing is called `{step}` here",
                        span,
                        suggest(step, known, "there are"),
                    )
                ]
            )
        here = here.get(step) if isinstance(here, Mapping) else None
        column += len(step) + 1


def _fault(file: SourceFile, code: str, message: str, hint: str) -> ScenarioError:
    return ScenarioError([Diagnostic(code, message, start_of(file), hint)])


def as_texts(changes: Dictionary[str, object] | None) -> list[tuple[str, str]]:
    """Return changes given from Python as texts, flags and None in YAML's spelling."""
    spelled = {True: "true", False: "false", None: "null"}
    return [
        (path, spelled[value] if value is None or isinstance(value, bool) else str(value))
        for path, value in (changes or {}).items()
    ]
