"""All runs of a stored study as one table: a line for each, in CSV or Parquet."""

from __future__ import annotations

import csv
import io
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from escalation_sim.engine.row import FAULTS
from escalation_sim.errors import StudyError, UsageError
from escalation_sim.studies.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from escalation_sim.studies.columns import Columns

ENDINGS = (".csv", ".parquet")


def heads_of(manifest: dict[str, Any]) -> list[str]:
    """Return the names of the columns: times in hours, one for each rung and each result."""
    columns = manifest["columns"]
    return [
        *("point", "replication", "outcome", "ended_hours", "ties", "failed"),
        *(f"first:{rung}" for rung in columns["rungs"]),
        *(f"result:{result}" for result in columns["results"]),
        *("firing_digest", "path"),
    ]


def table_rows(
    folder: Path, tell: Callable[[str], None]
) -> Iterator[tuple[dict[str, Any], list[list[Any]]]]:
    """Yield the manifest with the lines of one chunk after the other. Raises StudyError.

    All points must have the rungs and results of the first one.
    """
    store = Store(folder)
    manifest = store.manifest()
    hours = (Fraction(manifest["seconds_per_tick"]) / 3600).as_integer_ratio()
    for chunk, columns in store.finished(tell):
        lists = columns.as_lists()
        if len(lists.results) != len(manifest["columns"]["results"]):
            raise StudyError("the points of this study have different results: no one table")
        yield manifest, list(_lines(chunk.point, lists, manifest["columns"], hours))


def _lines(
    point: int, columns: Columns, names: dict[str, Any], hours: tuple[int, int]
) -> Iterator[list[Any]]:
    above, below = hours
    for i, fault in enumerate(columns.fault):
        if fault:
            nothing = [None] * (len(columns.firsts) + len(columns.results))
            start = [point, columns.replication[i], None, None, None, FAULTS[fault]]
            yield [*start, *nothing, None, None]
            continue
        firsts = [column[i] for column in columns.firsts]
        yield [
            point,
            columns.replication[i],
            names["outcomes"][columns.outcome[i]],
            columns.ended_at[i] * above / below,
            columns.ties[i],
            None,
            *(None if tick < 0 else tick * above / below for tick in firsts),
            *(column[i] for column in columns.results),
            f"{columns.firing_digest[i]:016x}",
            f"{columns.path[i]:016x}",
        ]


def write_rows(folder: Path, target: Path, tell: Callable[[str], None]) -> None:
    """Write all runs of a stored study to a `.csv` or `.parquet` file, chunk after chunk.

    Raises UsageError for another ending or where pyarrow is missing.
    """
    if target.suffix.lower() == ".csv":
        with target.open("w", encoding="utf-8", newline="") as file:
            for number, (manifest, lines) in enumerate(table_rows(folder, tell)):
                text = io.StringIO()
                table = csv.writer(text, lineterminator="\n")
                if number == 0:
                    table.writerow(heads_of(manifest))
                table.writerows(lines)
                file.write(text.getvalue())
    elif target.suffix.lower() == ".parquet":
        _write_parquet(folder, target, tell)
    else:
        raise UsageError(f"`{target.name}` is no table; its name ends in {', '.join(ENDINGS)}")


def _write_parquet(folder: Path, target: Path, tell: Callable[[str], None]) -> None:
    try:
        import pyarrow as pa  # noqa: PLC0415 - an extra
        from pyarrow import parquet  # noqa: PLC0415
    except ImportError:
        raise UsageError("a .parquet file needs pyarrow: install escalation-sim[parquet]") from None
    kinds = {"point": "int32", "replication": "int64", "ties": "int32"}
    texts = ("outcome", "failed", "firing_digest", "path")
    writer = None
    try:
        for manifest, lines in table_rows(folder, tell):
            heads = heads_of(manifest)
            schema = pa.schema(
                [(h, "string" if h in texts else kinds.get(h, "float64")) for h in heads]
            )
            writer = writer or parquet.ParquetWriter(target, schema)
            columns = [list(column) for column in zip(*lines, strict=True)]
            writer.write_table(pa.table(dict(zip(heads, columns, strict=True)), schema=schema))
    finally:
        if writer is not None:
            writer.close()
