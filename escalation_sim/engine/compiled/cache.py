"""Compiled kernels on disk, so that the next start need not compile.

A file holds machine code behind a digest of it; its name is a digest of everything the code depends
on: the kernel's text, the functions that go with it, LLVM, the processor. A file that does not fit
its digest is as good as none. The folder must belong to the user alone; else nothing is kept.
"""

from __future__ import annotations

import os
import sys
import tempfile
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING

from escalation_sim.chance import address, exposure, functions, laws, quantiles
from escalation_sim.engine.compiled import kit, translate, values

if TYPE_CHECKING:
    from escalation_sim.engine.compiled.machine import Machine

FORMAT = b"escalation-sim kernel 1\n"
MOST_FILES = 200
"""Kernels that are kept; the ones that were not used for longest go first."""

_DIGEST_SIZE = 32
_PARTS = (address, exposure, functions, laws, quantiles, kit, translate, values)
"""Modules whose text ends up in machine code, or decides what it looks like."""


def default_folder() -> Path:
    """Return the user's folder for things that can be made again."""
    named = os.environ.get("ESCALATION_SIM_CACHE")
    if named:
        return Path(named)
    if sys.platform == "win32":
        home = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
        return home / "escalation-sim" / "Cache"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "escalation-sim"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "escalation-sim"


class Cache:
    """Kernels in one folder. Whatever goes wrong with files, there is then no cache, no error."""

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder or default_folder()

    def path(self, text: str, machine: Machine) -> Path:
        """Return where the code of a kernel's text for a machine is kept."""
        state = blake2b(FORMAT, digest_size=20)
        fields = (machine.triple, machine.processor, machine.features, machine.llvm, text)
        for part in (*(field.encode() for field in fields), *_sources()):
            state.update(len(part).to_bytes(8, "big") + part)
        return self.folder / f"kernel-{state.hexdigest()}.bin"

    def read(self, path: Path) -> bytes | None:
        """Return the code in a file; None if there is none, or none that can be trusted."""
        if not _is_ours(self.folder):
            return None
        try:
            if not _is_ours(path):
                return None
            data = path.read_bytes()
        except OSError:
            return None
        head, code = data[: len(FORMAT) + _DIGEST_SIZE], data[len(FORMAT) + _DIGEST_SIZE :]
        if not code or head != FORMAT + _digest(code):
            return None
        with suppress(OSError):
            os.utime(path)
        return code

    def write(self, path: Path, code: bytes) -> None:
        """Keep code; another process that keeps the same at the same time does no harm."""
        with suppress(OSError):
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not _is_ours(self.folder):
            return
        with suppress(OSError):
            handle, name = tempfile.mkstemp(dir=self.folder, prefix="new-", suffix=".part")
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(FORMAT + _digest(code) + code)
                Path(name).replace(path)
            finally:
                Path(name).unlink(missing_ok=True)
        self._tidy()

    def _tidy(self) -> None:
        with suppress(OSError):
            files = sorted(self.folder.glob("kernel-*.bin"), key=lambda p: p.stat().st_mtime)
            for old in files[:-MOST_FILES]:
                old.unlink(missing_ok=True)


def _digest(code: bytes) -> bytes:
    return blake2b(code, digest_size=_DIGEST_SIZE).digest()


def _sources() -> list[bytes]:
    return [Path(str(part.__file__)).read_bytes() for part in _PARTS]


def _is_ours(path: Path) -> bool:
    """Whether only this user can write there. Windows keeps a user's folders to the user."""
    try:
        about = path.stat()
    except OSError:
        return False
    if sys.platform == "win32":
        return True
    return about.st_uid == os.getuid() and not about.st_mode & 0o022
