"""The tables that lie beside the chunks: the whole result, and one line for each number of it."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING, Any

from escalation_sim.studies.store import write_whole

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HEAD = (
    "point",
    "changes",
    "kind",
    "id",
    "n",
    "share",
    "mean",
    "low",
    "high",
    "sd",
    "median",
    "word",
)


def write_tables(folder: Path, result: dict[str, Any]) -> None:
    """Write `study.json` and `points.csv`; `result` is what `--json` prints."""
    text = json.dumps(result, indent=1, ensure_ascii=False)
    write_whole(folder / "study.json", (text + "\n").encode())
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\n")
    table.writerow(HEAD)
    for number, point in enumerate(result["points"]):
        table.writerows([number, *row] for row in _rows(point))
    write_whole(folder / "points.csv", out.getvalue().encode())


def _rows(point: dict[str, Any]) -> Iterator[list[Any]]:
    changes = "; ".join(f"{k}={v}" for k, v in {**point["readings"], **point["set"]}.items())
    for kind in ("outcomes", "rungs"):
        for id_, share in point[kind].items():
            hours = share.get("first_hours", {})
            yield [
                changes, kind, id_, share["count"], share["share"], hours.get("mean"),
                share["low"], share["high"], hours.get("sd"),
                hours.get("quantiles", {}).get("0.5"), share["word"],
            ]  # fmt: skip
    for id_, numbers in point["results"].items():
        yield [
            changes, "results", id_, numbers["n"], None, numbers["mean"], numbers["low"],
            numbers["high"], numbers["sd"], numbers["quantiles"]["0.5"], numbers.get("word", ""),
        ]  # fmt: skip
