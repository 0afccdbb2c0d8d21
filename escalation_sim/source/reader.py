"""A scenario file in one go: bytes, text, tree; every fault is a `ScenarioError`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from escalation_sim.source.builder import Builder
from escalation_sim.source.characters import read_text
from escalation_sim.source.files import read_bytes

if TYPE_CHECKING:
    from pathlib import Path

    from escalation_sim.location import SourceFile
    from escalation_sim.source.tree import Mapping

__all__ = ["load", "loads", "parse", "read_bytes", "read_text"]


def load(path: Path, shown: str) -> tuple[Mapping, SourceFile, bytes]:
    """Read the file once and return its tree, its lines and the very bytes that were read.

    `shown` is the name used in messages. Raises ScenarioError with every problem found.
    """
    data = read_bytes(path, shown)
    tree, file = loads(data, shown)
    return tree, file, data


def loads(data: bytes, shown: str) -> tuple[Mapping, SourceFile]:
    """Return the tree and the lines of a text in memory; raises ScenarioError."""
    text, file = read_text(data, shown)
    return parse(text, file), file


def parse(text: str, file: SourceFile) -> Mapping:
    """Return the tree of a YAML text whose lines are `file`; raises ScenarioError."""
    return Builder(text, file).build()
