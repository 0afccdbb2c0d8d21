"""The files that come with the package: shipped scenarios and the register of claims."""

from __future__ import annotations

from pathlib import Path

PACKAGE = Path(__file__).resolve().parent


def folder(name: str) -> Path:
    """Return the shipped folder `scenarios` or `seeds`, in a wheel or in a checkout."""
    built_in = PACKAGE / "shipped" / name
    return built_in if built_in.is_dir() else PACKAGE.parent / name


def scenarios() -> tuple[Path, ...]:
    """Return the shipped scenario files in their reading order."""
    return tuple(sorted(folder("scenarios").glob("[0-9]*.yaml")))


def find_scenario(name: str) -> Path | None:
    """Find a shipped scenario by number (`01`, `1`), name, or file name; None if there is none."""
    wanted = name.removesuffix(".yaml")
    if wanted.isdecimal():
        wanted = wanted.zfill(2)
    for path in scenarios():
        number, _, rest = path.stem.partition("-")
        if wanted in (number, path.stem, rest):
            return path
    return None
