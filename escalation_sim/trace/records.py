"""One thing that happened, or did not: plain values with causes, place and sources.

Kinds of record, in the order a run tends to write them:

- `begin`: the world at zero, before the script; drawn starting values are its writes
- `script`: what happens by itself
- `latched`: an `ever(...)` came true
- `clock_started`, `clock_stopped`, `clock_resumed`, `clock_reset`, `clock_paused`,
  `clock_unpaused`: a clock; `data.hand` is what it shows, in ticks; `data.short` is true when it
  stopped just short of the next tick
- `crossed`, `uncrossed`: a red line
- `triggered`: a rule began; `data` holds the occurrence, the chance drawn against its threshold,
  and until when it waits
- `chance_failed`, `ignored`, `called_off`: what did not happen, and why
- `waits`: the `after` of a rule began once its `for` had matured
- `fired`: a rule did something, or noted something; `data.option` is the way it went, `data.asked`
  who joined, `data.lapsed` true when its deadline decided, `data.ties` what else was waiting
- `outcome`, `end`: the end, and what was still pending; `data.since` is when an outcome with `for`
  began to hold
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


@dataclass(frozen=True, slots=True)
class Record:
    """One record. `id` counts from 0 within the run; `place` counts items within the tick."""

    id: int
    tick: int
    place: int
    kind: str
    about: str
    """What it is about, as `section.id`."""

    where: str = ""
    """`file:line` of what it is about."""

    claims: tuple[str, ...] = ()
    causes: tuple[int, ...] = ()
    """Ids of the records that brought this about, the latest first."""

    reads: dict[str, str] = field(default_factory=dict)
    """What decided it: names with their values in words."""

    writes: dict[str, tuple[Any, Any]] = field(default_factory=dict)
    """What it changed: variable id to (before, after); levels by name, durations in ticks."""

    data: dict[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Return plain data; empty fields are left out."""
        out: dict[str, Any] = {
            "id": self.id,
            "tick": self.tick,
            "place": self.place,
            "kind": self.kind,
            "about": self.about,
        }
        for name in ("where", "claims", "causes", "reads", "data"):
            value = getattr(self, name)
            if value:
                out[name] = list(value) if isinstance(value, tuple) else value
        if self.writes:
            out["writes"] = {k: list(v) for k, v in self.writes.items()}
        return out

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Record:
        """Rebuild a record from plain data."""
        return cls(
            id=data["id"],
            tick=data["tick"],
            place=data["place"],
            kind=data["kind"],
            about=data["about"],
            where=data.get("where", ""),
            claims=tuple(data.get("claims", ())),
            causes=tuple(data.get("causes", ())),
            reads=data.get("reads", {}),
            writes={k: (v[0], v[1]) for k, v in data.get("writes", {}).items()},
            data=data.get("data", {}),
        )


def line_of(data: dict[str, Any]) -> str:
    """Return plain data as one canonical line: sorted keys, ASCII, no spaces."""
    return json.dumps(data, sort_keys=True, ensure_ascii=True, separators=(",", ":"))


def write_lines(header: dict[str, Any], records: Iterable[Record]) -> Iterator[str]:
    """Yield a trace as JSON lines: the header, then the records."""
    yield line_of({"header": header})
    for record in records:
        yield line_of(record.as_json())


def read_lines(lines: Iterable[str]) -> tuple[dict[str, Any], list[Record]]:
    """Return header and records of a trace; raises ValueError on lines that are no trace."""
    parsed = [json.loads(line) for line in lines if line.strip()]
    if not parsed or "header" not in parsed[0]:
        raise ValueError("this is no trace: its first line has no header")
    return parsed[0]["header"], [Record.from_json(data) for data in parsed[1:]]


def digest_of(header: dict[str, Any], records: Iterable[Record]) -> str:
    """Return the trace digest: BLAKE2b-64 over the canonical lines, in hex."""
    state = hashlib.blake2b(digest_size=8, person=b"trace-1")
    for line in write_lines(header, records):
        state.update(line.encode() + b"\n")
    return state.hexdigest()
