"""The answer to `why`, as values: a chain of what happened, or a tree of what was missing."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Link:
    """One thing that happened, on the way to what is explained. `number` counts from 1."""

    number: int
    tick: int
    text: str
    where: str
    claims: tuple[str, ...]
    basis: str
    because: tuple[int, ...]
    """Numbers of the earlier links that brought it about."""

    details: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Missing:
    """One thing that did not happen, and why; `inside` explains what it waited for."""

    text: str
    where: str
    claims: tuple[str, ...]
    basis: str
    reasons: tuple[str, ...]
    inside: tuple[Missing, ...] = ()


@dataclass(frozen=True, slots=True)
class Explanation:
    """The answer to `why TARGET`: `happened` with its chain, or not with what was missing."""

    target: str
    at: int
    happened: bool
    headline: str
    chain: tuple[Link, ...] = ()
    missing: tuple[Missing, ...] = ()

    def as_json(self, hours_per_tick: float) -> dict[str, Any]:
        """Return the explanation as plain data; times in hours."""
        data = asdict(self)
        data["at"] = self.at * hours_per_tick
        for link in data["chain"]:
            link["at"] = link.pop("tick") * hours_per_tick
        return data
