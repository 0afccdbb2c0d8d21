"""The bytes of a file: regular files only, of a limited size, read once."""

from __future__ import annotations

import errno
import os
import stat
from contextlib import suppress
from typing import TYPE_CHECKING

from escalation_sim.diagnostics import Diagnostic, did_you_mean
from escalation_sim.errors import ScenarioError
from escalation_sim.location import SourceFile, start_of
from escalation_sim.source import limits
from escalation_sim.source.wording import shown as quoted

if TYPE_CHECKING:
    from pathlib import Path

_FLAGS = os.O_RDONLY | sum(
    getattr(os, name, 0) for name in ("O_BINARY", "O_CLOEXEC", "O_NOCTTY", "O_NONBLOCK")
)
_ABSENT = (errno.ENOENT, errno.ENOTDIR)
_FORBIDDEN = (errno.EACCES, errno.EPERM)


def read_bytes(path: Path, shown: str) -> bytes:
    """Return the bytes of a regular file of at most `limits.FILE_BYTES`.

    A pipe, device, socket or directory is refused without waiting for it. `shown` is the name
    used in messages. Raises ScenarioError.
    """
    try:
        descriptor = os.open(path, _FLAGS)
    except (OSError, ValueError) as error:
        raise ScenarioError([_not_opened(path, shown, error)]) from None
    try:
        kind = os.fstat(descriptor)
        if not stat.S_ISREG(kind.st_mode):
            raise ScenarioError([_not_a_file(shown, kind.st_mode)])
        if kind.st_size > limits.FILE_BYTES:
            raise ScenarioError([too_large(shown)])
        data = _read(descriptor, limits.FILE_BYTES + 1)
    except OSError as error:
        raise ScenarioError([_not_opened(path, shown, error)]) from None
    finally:
        os.close(descriptor)
    if len(data) > limits.FILE_BYTES:
        raise ScenarioError([too_large(shown)])
    return data


def too_large(shown: str) -> Diagnostic:
    """Return the problem of a file above `limits.FILE_BYTES`."""
    return _problem(
        shown,
        "file-too-large",
        f"{quoted(shown)} is larger than {limits.FILE_BYTES // 1024} KiB",
        "a scenario is a text written by hand; is this the right file?",
    )


def _read(descriptor: int, most: int) -> bytes:
    pieces = []
    while most > 0:
        piece = os.read(descriptor, most)
        if not piece:
            break
        pieces.append(piece)
        most -= len(piece)
    return b"".join(pieces)


def _not_opened(path: Path, shown: str, error: OSError | ValueError) -> Diagnostic:
    """Say why in our own words: the system's differ from platform to platform."""
    number = error.errno if isinstance(error, OSError) else None
    if number in _ABSENT:
        help_ = did_you_mean(path.name, _neighbours(path)) or "check the name and the folder"
        return _problem(shown, "no-such-file", f"there is no file {quoted(shown)}", help_)
    if number == errno.EISDIR or (number in _FORBIDDEN and _is_directory(path)):
        return _not_a_file(shown, stat.S_IFDIR)
    if number == errno.ENXIO:
        return _not_a_file(shown, stat.S_IFSOCK)
    if number in _FORBIDDEN:
        return _problem(
            shown, "unreadable", f"{quoted(shown)} may not be read", "check the file's permissions"
        )
    if number == errno.ELOOP:
        return _problem(
            shown, "unreadable", f"{quoted(shown)} is a link that leads back to itself", ""
        )
    reason = "its name is not valid" if number is None else errno.errorcode.get(number, "unknown")
    return _problem(shown, "unreadable", f"{quoted(shown)} cannot be read: {reason}", "")


def _not_a_file(shown: str, mode: int) -> Diagnostic:
    kinds = {stat.S_IFDIR: "a folder", stat.S_IFIFO: "a pipe", stat.S_IFSOCK: "a socket"}
    kind = kinds.get(stat.S_IFMT(mode), "a device")
    return _problem(
        shown, "not-a-file", f"{quoted(shown)} is {kind}, not a file", "name a scenario's YAML file"
    )


def _neighbours(path: Path) -> list[str]:
    with suppress(OSError, ValueError):
        return sorted(p.name for p in path.parent.iterdir() if p.suffix in (".yaml", ".yml"))
    return []


def _is_directory(path: Path) -> bool:
    with suppress(OSError, ValueError):
        return path.is_dir()
    return False


def _problem(shown: str, code: str, message: str, help_: str) -> Diagnostic:
    return Diagnostic(code, message, start_of(SourceFile(shown, ())), help_)
