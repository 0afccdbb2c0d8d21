"""From a file to a Scenario: the file, its parents, and the changes asked for, as one document."""

from __future__ import annotations

import hashlib
import json
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from escalation_sim import library
from escalation_sim.diagnostics import Diagnostic, did_you_mean, in_order
from escalation_sim.errors import ScenarioError
from escalation_sim.scenario import merge, overrides
from escalation_sim.scenario.elements import Time
from escalation_sim.scenario.register import Register, read_register
from escalation_sim.scenario.shape import MOST_ENTRIES, MOST_PROBLEMS, document_of
from escalation_sim.source import reader
from escalation_sim.source.tree import Listing, Mapping, Node, Scalar

if TYPE_CHECKING:
    from collections.abc import Sequence

    from escalation_sim.location import SourceFile, Span
    from escalation_sim.scenario.elements import Document

LANGUAGE = 1
"""Version of the scenario language this package reads."""

NAMING_SECTIONS = (
    "parties",
    "parameters",
    "situation",
    "ladders",
    "definitions",
    "clocks",
    "red_lines",
)
"""Sections whose ids can stand in expressions."""

DEEPEST_FAMILY = 8
"""Most parents, grandparents, … a scenario may have."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """What the author wrote, with parents and changes laid over each other.

    `tree` keeps every place; `document` is the same, checked for its shape. `faults` are the
    problems found so far: a scenario with errors among them can be inspected but not compiled.
    """

    name: str
    """The file's name without folder and ending."""

    tree: Mapping = field(repr=False)
    document: Document = field(repr=False)
    files: tuple[tuple[str, str], ...]
    """File names, the scenario's own first, each with the BLAKE2b-128 of its bytes in hex."""

    register: Register | None = field(repr=False)
    changes: tuple[str, ...] = ()
    """What was changed from outside, as `path=value`."""

    faults: tuple[Diagnostic, ...] = ()
    broken: frozenset[str] = frozenset()
    """Ids of entries left out because of faults."""

    _entries: dict[int, dict[str, tuple[Scalar, Node]]] = field(
        default_factory=dict, repr=False, compare=False
    )
    """The entries of maps of the tree that were looked into, by the map's identity."""

    @property
    def blind(self) -> bool:
        """Whether a whole section of names was left out, so that nobody can tell what is in it."""
        return any(
            not isinstance(node, Mapping) or len(node.entries) > MOST_ENTRIES
            for key, node in self.tree
            if key.text in NAMING_SECTIONS
        )

    def span(self, *path: str) -> Span:
        """Return the place of the key at a path, or of the nearest thing above it."""
        here: Node = self.tree
        found = here.span
        for step in path:
            if not isinstance(here, Mapping):
                break
            known = self._entries.get(id(here))
            if known is None:
                known = self._entries[id(here)] = {key.text: (key, node) for key, node in here}
            if step not in known:
                break
            found, here = known[step][0].span, known[step][1]
        return found

    @property
    def content_hash(self) -> str:
        """BLAKE2b-64 of what the scenario says, in hex: the same for the same content."""
        data: Any = content(self.tree)
        data.pop("expect", None)
        text = json.dumps(data, sort_keys=False, ensure_ascii=True, separators=(",", ":"))
        return hashlib.blake2b(text.encode(), digest_size=8, person=b"scenario-1").hexdigest()


def content(node: Node) -> object:
    """Return a tree as plain lists and texts, order kept: what the content hash is made of."""
    if isinstance(node, Mapping):
        return {key.text: content(value) for key, value in node.entries}
    if isinstance(node, Listing):
        return [content(item) for item in node.items]
    return node.text


def load_scenario(
    path: Path,
    shown: str | None = None,
    *,
    settings: Sequence[tuple[str, str]] = (),
    readings: Sequence[tuple[str, str]] = (),
    data: bytes | None = None,
) -> Scenario:
    """Read a scenario with its parents and lay the settings and readings over it.

    `shown` is the name used in messages (default: the path as given); `data` stands in for the
    file's bytes. Faults of the shape are kept in the result; what makes the text unreadable
    (YAML, missing files, a wrong `--set`) raises ScenarioError with all that was found.
    """
    family = _Family()
    tree = family.read(path, shown or str(path), data)
    tree = _laid_over(tree, settings, readings, family.found)
    document, faults, broken = document_of(tree)
    register = family.register(tree)
    head = [] if family.fatal else _head_faults(tree, document)
    found = in_order([*family.found[:MOST_PROBLEMS], *faults, *head])
    if family.fatal:
        raise ScenarioError(found)
    return Scenario(
        name=path.stem,
        tree=tree,
        document=document,
        files=tuple(family.files),
        register=register,
        changes=_told(settings, readings),
        faults=tuple(found),
        broken=broken,
    )


def changed(
    scenario: Scenario,
    *,
    settings: Sequence[tuple[str, str]] = (),
    readings: Sequence[tuple[str, str]] = (),
) -> Scenario:
    """Return a sound scenario with more changes laid over it; no file is read again.

    Raises ScenarioError for a wrong setting, as `load_scenario` does.
    """
    found: list[Diagnostic] = []
    tree = _laid_over(scenario.tree, settings, readings, found)
    return with_tree(scenario, tree, found, _told(settings, readings))


def with_tree(
    scenario: Scenario, tree: Mapping, found: Sequence[Diagnostic], changes: tuple[str, ...]
) -> Scenario:
    """Return a scenario that says what `tree` says, with what was found on the way there."""
    document, faults, broken = document_of(tree)
    return replace(
        scenario,
        tree=tree,
        document=document,
        changes=scenario.changes + changes,
        faults=tuple(in_order([*found, *faults, *_head_faults(tree, document)])),
        broken=broken,
        _entries={},
    )


def _laid_over(
    tree: Mapping,
    settings: Sequence[tuple[str, str]],
    readings: Sequence[tuple[str, str]],
    found: list[Diagnostic],
) -> Mapping:
    for target, value in settings:
        change = merge.in_full(overrides.setting(target, value, tree))
        tree = merge.overlay(tree, change, found)
    for clause, reading in readings:
        tree = merge.overlay(tree, overrides.choosing(clause, reading), found)
    return tree


def _told(
    settings: Sequence[tuple[str, str]], readings: Sequence[tuple[str, str]]
) -> tuple[str, ...]:
    return tuple([f"{p}={v}" for p, v in settings] + [f"reading.{c}={r}" for c, r in readings])


class _Family:
    """The files of one scenario, child before parent."""

    def __init__(self) -> None:
        self.files: list[tuple[str, str]] = []
        self.found: list[Diagnostic] = []
        self.fatal = False
        self.homes: dict[str, Path] = {}
        self.seen: list[Path] = []

    def read(self, path: Path, shown: str, data: bytes | None = None) -> Mapping:
        if data is None:
            tree, file, data = reader.load(path, shown)
        else:
            tree, file = reader.loads(data, shown)
        self.files.append((path.name, hashlib.blake2b(data, digest_size=16).hexdigest()))
        self.homes[file.name] = path.parent
        self.seen.append(path.resolve())
        tree = merge.in_full(tree)
        parent = tree.get("extends")
        if parent is None or (isinstance(parent, Scalar) and parent.is_null):
            return tree
        found = self.parent_of(path, parent) if isinstance(parent, Scalar) else None
        if found is None:
            self.fatal = True
            return tree
        try:
            above = self.read(found, self.shown_as(found, path, file))
        except ScenarioError as error:
            raise ScenarioError(named_at(error.diagnostics, parent.span)) from None
        return merge.overlay(merge.inherited(above), tree, self.found)

    def shown_as(self, parent: Path, child: Path, file: SourceFile) -> str:
        """Name the parent the way the child was named, so that messages can be clicked."""
        if file.name.endswith(child.name) and parent.is_relative_to(child.parent):
            return file.name[: -len(child.name)] + parent.relative_to(child.parent).as_posix()
        return parent.name

    def parent_of(self, path: Path, named: Scalar) -> Path | None:
        """Find the parent file beside the child or among the shipped ones."""
        if problem := _name_problem(named.text):
            self.found.append(Diagnostic("path", problem[0], named.span, problem[1]))
            return None
        beside = path.parent / named.text
        found = beside if _exists(beside) else library.find_scenario(named.text)
        if found is None:
            near = did_you_mean(named.text, _files_near(beside, path.parent))
            hint = near or "a parent stands in this folder, below it, or is a shipped scenario"
            message = f"there is no scenario `{named.text[:64]}` to extend"
            self.found.append(Diagnostic("no-such-file", message, named.span, hint))
            return None
        if found == beside and not found.resolve().is_relative_to(path.parent.resolve()):
            message = f"`{named.text[:64]}` is a link that leads out of this folder"
            hint = "name a file in the same folder, or below it"
            self.found.append(Diagnostic("path", message, named.span, hint))
            return None
        if found.resolve() in self.seen:
            ring = [*self.seen[self.seen.index(found.resolve()) :], found]
            message = "a scenario cannot extend itself"
            chain = " → ".join(p.name for p in ring)
            self.found.append(Diagnostic("extends-cycle", message, named.span, chain))
            return None
        if len(self.seen) >= DEEPEST_FAMILY:
            message = f"more than {DEEPEST_FAMILY} scenarios extend each other"
            hint = "put what some of them say into one file"
            self.found.append(Diagnostic("extends-cycle", message, named.span, hint))
            return None
        return found

    def register(self, tree: Mapping) -> Register | None:
        """Read the register named under `sources`, beside its file or among the shipped ones."""
        named = tree.get("sources")
        if not isinstance(named, Scalar) or named.is_null:
            return None
        if problem := _name_problem(named.text):
            self.found.append(Diagnostic("path", problem[0], named.span, problem[1]))
            return None
        home = self.homes.get(named.span.file.name, Path())
        for folder in (home, library.folder("seeds")):
            if _exists(folder / named.text):
                try:
                    return read_register(folder / named.text, named.text)
                except ScenarioError as error:
                    self.found.extend(named_at(error.diagnostics, named.span))
                    return None
        near = did_you_mean(named.text, ["claims.yaml", *_files_near(home / named.text, home)])
        hint = near or "a register stands beside the scenario, or is the shipped `claims.yaml`"
        message = f"there is no register `{named.text[:64]}`"
        self.found.append(Diagnostic("no-such-file", message, named.span, hint))
        return None


def named_at(diagnostics: Sequence[Diagnostic], span: Span) -> list[Diagnostic]:
    """Move what is wrong with a file as a whole to the place where it is named."""
    return [d if d.span.file.lines else replace(d, span=span) for d in diagnostics]


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):
        return False


def _files_near(path: Path, home: Path) -> list[str]:
    """Return the YAML files beside a file that is not there, as a scenario would name them."""
    with suppress(OSError, ValueError):
        return [
            other.relative_to(home).as_posix()
            for other in sorted(path.parent.iterdir())
            if other.suffix in (".yaml", ".yml")
        ]
    return []


def _name_problem(name: str) -> tuple[str, str] | None:
    """Return why a file may not be named so from within a scenario, or None."""
    path = PurePosixPath(name)
    strange = any(c in name for c in "\\:\0%~") or "//" in name
    if strange or path.is_absolute() or ".." in path.parts or not path.parts:
        return (
            f"`{name[:64]}` is no file name a scenario may use",
            "name a file in the same folder, or below it",
        )
    return None


def _head_faults(tree: Mapping, document: Document) -> list[Diagnostic]:
    """Check what every file must say: the version, a title, a horizon."""
    found = []
    start = tree.entries[0][0].span if tree.entries else tree.span
    version = document.schema_
    if version is None and tree.get("schema") is None:
        found.append(
            Diagnostic("missing-key", "`schema` is missing", start, f"write `schema: {LANGUAGE}`")
        )
    elif version is not None and version.number != LANGUAGE:
        hint = f"this version reads `schema: {LANGUAGE}`"
        found.append(
            Diagnostic("schema", f"unknown version `{version.text[:20]}`", version.span, hint)
        )
    if document.title is None and tree.get("title") is None:
        found.append(Diagnostic("missing-key", "`title` is missing", start, "give it one line"))
    time = tree.get("time")
    hint = "write `time: {horizon: 30d}`"
    if time is None:
        found.append(Diagnostic("missing-key", "`time` with a horizon is missing", start, hint))
    elif isinstance(time, Mapping) and set(time.keys()) <= _TIME_KEYS - {"horizon"}:
        key = tree.key("time")
        span = key.span if key else time.span
        found.append(Diagnostic("missing-key", "`time` has no horizon", span, hint))
    return found


_TIME_KEYS = frozenset(Time.model_fields)
