"""A study on disk: a manifest that says what it is, and one file for each finished chunk.

A file is written beside its place, synced and renamed; a chunk's name ends in the hash of its
bytes. So whatever kills the program, at whatever byte, what has its name is whole.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from escalation_sim.errors import StudyError, UsageError
from escalation_sim.studies.chunks import Chunk
from escalation_sim.studies.manifest import differences, only_longer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from io import TextIOWrapper
    from pathlib import Path

    from escalation_sim.studies.columns import Columns

MANIFEST = "manifest.json"
CHUNKS = "chunks"
LOCK = "lock"

_NAME = re.compile(r"p(\d{5})-r(\d{12,19})-n(\d{1,12})-([0-9a-f]{16})\.npz\Z")
_OURS = frozenset({MANIFEST, CHUNKS, LOCK, "study.json", "points.csv"})


@dataclass(slots=True)
class Store:
    """A folder that holds one study. `lock` is held while somebody adds to it."""

    folder: Path
    lock: TextIOWrapper | None = None

    @property
    def chunks(self) -> Path:
        """The folder of the finished chunks."""
        return self.folder / CHUNKS

    def manifest(self) -> dict[str, Any]:
        """Return what the study says of itself. Raises StudyError if it cannot be read."""
        path = self.folder / MANIFEST
        try:
            found = json.loads(path.read_text("utf-8"))
        except (OSError, ValueError) as error:
            raise StudyError(
                f"`{path}` cannot be read as the manifest of a study: {error}"
            ) from None
        if not isinstance(found, dict):
            raise StudyError(f"`{path}` is not the manifest of a study")
        return found

    def commit(self, chunk: Chunk, data: bytes) -> None:
        """Keep a finished chunk: after this returns, it survives whatever happens."""
        write_whole(self.chunks / name_of(chunk, data), data)

    def write_text(self, name: str, text: str) -> None:
        """Write one of the tables beside the chunks."""
        write_whole(self.folder / name, text.encode())

    def finished(self, tell: Callable[[str], None]) -> Iterator[tuple[Chunk, Columns]]:
        """Yield the sound chunks one after the other, none overlapping another.

        A damaged one is told and put aside under another name, so that it is computed again.
        """
        found = []
        for path in self.chunks.iterdir():
            match = _NAME.fullmatch(path.name)
            if match:
                found.append((Chunk(*(int(match[i]) for i in (1, 2, 3))), path))
            elif path.name.endswith(".npz"):
                _put_aside(path, "its name is not that of a chunk", tell)
        last = Chunk(-1, 0, 0)
        for chunk, path in sorted(found):
            if chunk.point == last.point and chunk.first < last.end:
                _put_aside(path, "another one has the same replications", tell)
                continue
            columns = self._read(chunk, path, tell)
            if columns is not None:
                last = chunk
                yield chunk, columns

    def _read(self, chunk: Chunk, path: Path, tell: Callable[[str], None]) -> Columns | None:
        from escalation_sim.studies.files import from_bytes  # noqa: PLC0415 - loads numpy

        data = path.read_bytes()
        if path.name != name_of(chunk, data):
            _put_aside(path, "its bytes are not those that were written", tell)
            return None
        try:
            columns = from_bytes(data)
        except ValueError as error:
            _put_aside(path, str(error), tell)
            return None
        told = columns.replication
        if not chunk.count or len(told) != chunk.count or told[0] != chunk.first:
            _put_aside(path, "it has other replications than its name says", tell)
            return None
        return columns

    def close(self) -> None:
        """Let others add to the folder."""
        if self.lock is not None:
            self.lock.close()
            self.lock = None


def begin(folder: Path, manifest: dict[str, Any], *, resume: bool) -> Store:
    """Open a folder for a study: a new one, or on resuming the one that is in it.

    Raises UsageError when there is something else, StudyError when there is another study.
    """
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"`{folder}` is a file; a study is kept in a folder of its own")
    there = {p.name for p in folder.iterdir()} if folder.is_dir() else set()
    if MANIFEST in there and not resume:
        raise UsageError(f"`{folder}` holds a study already; `--resume` goes on with it")
    if MANIFEST not in there and any(n not in _OURS and not _is_part(n) for n in there):
        raise UsageError(f"`{folder}` holds other things; give the study a folder of its own")
    (folder / CHUNKS).mkdir(parents=True, exist_ok=True)
    store = Store(folder, _locked(folder / LOCK))
    try:
        _go_on(store, manifest, known=MANIFEST in there)
    except BaseException:
        store.close()
        raise
    return store


def _go_on(store: Store, manifest: dict[str, Any], *, known: bool) -> None:
    """Sweep up what was being written when somebody died; write the manifest where it is new."""
    for path in (*store.folder.iterdir(), *store.chunks.iterdir()):
        if _is_part(path.name):
            path.unlink()
    if known:
        before = store.manifest()
        found = differences(before, manifest)
        if found:
            listed = "\n".join(f"  - {line}" for line in found)
            raise StudyError(
                f"the study in `{store.folder}` is another one:\n{listed}\n"
                "  help: go on with what it was begun with, or give this one another folder"
            )
        if not only_longer(before, manifest):
            return
    text = json.dumps(manifest, indent=1, ensure_ascii=False)
    store.write_text(MANIFEST, text + "\n")


def name_of(chunk: Chunk, data: bytes) -> str:
    """Return the file name of a chunk, which ends in the BLAKE2b-64 of its bytes."""
    digest = hashlib.blake2b(data, digest_size=8, person=b"study-chunk-1").hexdigest()
    return f"p{chunk.point:05}-r{chunk.first:012}-n{chunk.count}-{digest}.npz"


def write_whole(path: Path, data: bytes) -> None:
    """Write a file so that it is there whole or not at all, and stays there."""
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with part.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError:
        part.unlink(missing_ok=True)
        raise
    if os.name == "posix":
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _is_part(name: str) -> bool:
    return name.startswith(".") and name.endswith(".part")


def _put_aside(path: Path, why: str, tell: Callable[[str], None]) -> None:
    tell(f"chunk `{path.name}` is damaged and is computed again: {why}")
    path.replace(path.with_name(path.name + ".damaged"))


def _locked(path: Path) -> TextIOWrapper:
    """Return the lock file, locked until it is closed or this process is gone."""
    file = path.open("a", encoding="utf-8")
    try:
        if os.name == "posix":
            import fcntl  # noqa: PLC0415 - not on every system

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        else:
            import msvcrt  # noqa: PLC0415

            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]
    except OSError:
        file.close()
        raise StudyError(
            f"somebody else is at work in `{path.parent}`\n  help: wait, or end the other study"
        ) from None
    return file
