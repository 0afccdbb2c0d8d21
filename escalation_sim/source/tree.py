"""A YAML text as a tree in which every node knows its place.

Three kinds of node and nothing else: no tags, no anchors, no Python objects.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator

    from escalation_sim.location import Span

_NUMBER = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?\Z")


@dataclass(frozen=True, slots=True)
class Scalar:
    """A text, number, flag or null as written; `plain` is false for quoted and block texts."""

    text: str
    span: Span = field(compare=False)
    plain: bool = True

    @property
    def is_null(self) -> bool:
        """Whether this is YAML 1.2's null: nothing, `~` or `null`, unquoted."""
        return self.plain and self.text in ("", "~", "null", "Null", "NULL")

    @property
    def flag(self) -> bool | None:
        """The flag written here (`true` or `false`, unquoted), else None."""
        if self.plain and self.text in ("true", "false"):
            return self.text == "true"
        return None

    @property
    def number(self) -> float | None:
        """The plain decimal number written here, else None; always finite, never raises."""
        if not self.plain or len(self.text) > 40 or not _NUMBER.match(self.text):
            return None
        value = float(self.text)
        return value if math.isfinite(value) else None


@dataclass(frozen=True, slots=True)
class Listing:
    """A YAML sequence; `flow` when written in brackets."""

    items: tuple[Node, ...]
    span: Span = field(compare=False)
    flow: bool = False


@dataclass(frozen=True, slots=True)
class Mapping:
    """A YAML mapping with its keys in the order of the text; keys are unique."""

    entries: tuple[tuple[Scalar, Node], ...]
    span: Span = field(compare=False)
    flow: bool = False
    _places: dict[str, int] = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        places = {key.text: i for i, (key, _) in reversed(list(enumerate(self.entries)))}
        object.__setattr__(self, "_places", places)

    def __iter__(self) -> Iterator[tuple[Scalar, Node]]:
        return iter(self.entries)

    def keys(self) -> list[str]:
        """Return the texts of the keys."""
        return [key.text for key, _ in self.entries]

    def get(self, name: str) -> Node | None:
        """Return the node under a key, or None."""
        place = self._places.get(name)
        return None if place is None else self.entries[place][1]

    def key(self, name: str) -> Scalar | None:
        """Return the key itself, with its place, or None."""
        place = self._places.get(name)
        return None if place is None else self.entries[place][0]


Node: TypeAlias = Scalar | Listing | Mapping
"""Any node of the tree."""


def at(node: Node, path: tuple[str | int, ...]) -> Node | None:
    """Follow a path of keys and positions; None where it leads nowhere."""
    here: Node | None = node
    for step in path:
        if isinstance(here, Mapping) and isinstance(step, str):
            here = here.get(step)
        elif isinstance(here, Listing) and isinstance(step, int) and step < len(here.items):
            here = here.items[step]
        else:
            return None
    return here


def plain(node: Node) -> object:
    """Return the tree as dicts and lists with `Scalar` leaves (the last of equal keys wins)."""
    if isinstance(node, Mapping):
        return {key.text: plain(value) for key, value in node.entries}
    if isinstance(node, Listing):
        return [plain(item) for item in node.items]
    return node
