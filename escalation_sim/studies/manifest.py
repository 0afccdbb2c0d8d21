"""What a study says of itself, and how two such sayings differ."""

from __future__ import annotations

import json
from itertools import islice
from typing import TYPE_CHECKING, Any

import escalation_sim
from escalation_sim.chance.address import CONTRACT
from escalation_sim.scenario.load import content

if TYPE_CHECKING:
    from collections.abc import Iterator

    from escalation_sim.studies.design import Design, Point

FORMAT = 1
"""Version of the folder of a study."""

MOST_TOLD = 40
"""Most differences listed."""


def manifest_of(design: Design, *, runs: int, seed: int) -> dict[str, Any]:
    """Return what a study is: with the same manifest, the same rows belong into it."""
    base = design.base
    return {
        "format": FORMAT,
        "package": escalation_sim.__version__,
        "contract": CONTRACT,
        "scenario": base.name,
        "title": base.title,
        "files": [list(file) for file in base.files],
        "seed": seed,
        "runs": runs,
        "points": [_point(design, i) for i in range(len(design.points))],
        "columns": {
            "outcomes": [o.id for o in base.outcomes] + [base.fallback or None],
            "rungs": [f"{v.id}.{rung}" for _, v in base.ladders for rung in v.levels],
            "results": [r.id for r in base.results],
        },
        "seconds_per_tick": str(base.seconds_per_tick),
        "horizon": base.horizon,
        "inputs": [
            {"id": i.id, "kind": i.kind, "text": i.text, "basis": i.basis, "claims": list(i.claims)}
            for i in base.inputs
        ],
        "says": dict(_flat(content(design.scenario.tree))) if design.scenario else {},
    }


def _point(design: Design, number: int) -> dict[str, Any]:
    point: Point = design.points[number]
    return {
        "set": dict(point.every_setting),
        "readings": dict(point.readings),
        "model": design.model(number).hash,
    }


def _flat(said: object, path: str = "") -> Iterator[tuple[str, str]]:
    """Yield every text of a scenario's content with its path; a list is one text."""
    if isinstance(said, dict):
        for key, inner in said.items():
            if path or key not in ("expect", "extends"):
                yield from _flat(inner, f"{path}.{key}" if path else str(key))
    else:
        yield path, said if isinstance(said, str) else json.dumps(said, ensure_ascii=False)


def differences(before: dict[str, Any], now: dict[str, Any]) -> list[str]:
    """Return in words why the rows of one study do not belong into another; empty if they do.

    More runs of the same are no difference.
    """
    found = [
        f"{words}: {before.get(key)} → {now[key]}"
        for key, words in (
            ("format", "format of the folder"),
            ("package", "version of escalation-sim"),
            ("contract", "contract of random numbers"),
            ("seed", "seed"),
        )
        if before.get(key) != now[key]
    ]
    had = before.get("runs")
    if not isinstance(had, int) or now["runs"] < had:
        found.append(f"runs: {had} → {now['runs']} (fewer)")
    found += _points_differ(before.get("points"), now["points"])
    if [p["model"] for p in now["points"]] != _hashes(before):
        found += _said_differently(before.get("says"), now["says"])
        if before.get("files") != now["files"]:
            found.append(f"files: {_files(before.get('files'))} → {_files(now['files'])}")
        if not found:
            found.append(f"the model: {_hashes(before)} → {_hashes(now)}")
    return found


def only_longer(before: dict[str, Any], now: dict[str, Any]) -> bool:
    """Whether more runs are wanted than before."""
    return bool(now["runs"] > before["runs"])


def _hashes(manifest: dict[str, Any]) -> list[Any]:
    points = manifest.get("points")
    return [p.get("model") for p in points if isinstance(p, dict)] if points else []


def _points_differ(before: Any, now: list[dict[str, Any]]) -> list[str]:
    def told(points: Any) -> list[str]:
        changes = [
            {**point.get("readings", {}), **point.get("set", {})}
            for point in points or ()
            if isinstance(point, dict)
        ]
        return [", ".join(f"{k}={v}" for k, v in c.items()) or "as written" for c in changes]

    had, have = told(before), told(now)
    if had == have:
        return []
    gone = [f"design point no longer there: {p}" for p in had if p not in have]
    new = [f"design point that is new: {p}" for p in have if p not in had]
    return _few([*gone, *new]) or ["the order of the design points"]


def _said_differently(before: Any, now: dict[str, str]) -> list[str]:
    had = before if isinstance(before, dict) else {}
    found = [
        f"{path}: {had.get(path, 'not there')} → {now.get(path, 'not there')}"
        for path in dict.fromkeys((*had, *now))
        if had.get(path) != now.get(path)
    ]
    if not found and list(had) != list(now):
        found.append("the order of the entries")
    return _few(found)


def _few(lines: list[str]) -> list[str]:
    shown = list(islice(lines, MOST_TOLD))
    return shown if len(lines) <= MOST_TOLD else [*shown, f"and {len(lines) - MOST_TOLD} more"]


def _files(files: Any) -> str:
    pairs = [f for f in files or () if isinstance(f, list) and len(f) == 2]
    return ", ".join(f"{name} ({str(digest)[:8]})" for name, digest in pairs) or "none"
