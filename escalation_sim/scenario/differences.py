"""How two scenarios differ, entry by entry, and one scenario with a single entry of the other."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import PurePath
from typing import TYPE_CHECKING

from escalation_sim.scenario.load import content, with_tree
from escalation_sim.source.tree import Mapping, Node, Scalar

if TYPE_CHECKING:
    from collections.abc import Iterator

    from escalation_sim.scenario.load import Scenario

SAYS_NOTHING = frozenset({"title", "about", "expect", "extends", "schema", "sources"})
"""Keys of the head that no run depends on."""


@dataclass(frozen=True, slots=True)
class Edit:
    """One entry that is different: `section.id`, or a section that has no entries.

    `before` and `after` are the entry on either side, None where it is not there.
    """

    path: tuple[str, ...]
    before: Node | None
    after: Node | None

    @property
    def lines(self) -> tuple[str, ...]:
        """What is different inside, as `path: before → after`, one text each."""
        before, after = (dict(_flat(n, ".".join(self.path))) for n in (self.before, self.after))
        return tuple(
            f"{path}: {before.get(path, 'not there')} → {after.get(path, 'not there')}"
            for path in dict.fromkeys((*before, *after))
            if before.get(path) != after.get(path)
        )

    @property
    def where(self) -> str:
        """The place of the entry as `file:line`; of what is gone, where it was."""
        node = self.after or self.before
        return f"{PurePath(node.span.file.name).name}:{node.span.line}" if node else ""


def edits_between(first: Scenario, second: Scenario) -> tuple[Edit, ...]:
    """Return what makes the second scenario of the first, in the order of the sections."""
    found = []
    for section in dict.fromkeys((*first.tree.keys(), *second.tree.keys())):
        if section in SAYS_NOTHING:
            continue
        one, other = first.tree.get(section), second.tree.get(section)
        if one == other:
            continue
        if not (isinstance(one, Mapping | None) and isinstance(other, Mapping | None)):
            found.append(Edit((section,), one, other))
            continue
        mine, theirs = (dict(_entries(m)) for m in (one, other))
        found += [
            Edit((section, key), mine.get(key), theirs.get(key))
            for key in dict.fromkeys((*mine, *theirs))
            if mine.get(key) != theirs.get(key)
        ]
    return tuple(found)


def with_edit(scenario: Scenario, edit: Edit) -> Scenario:
    """Return a scenario with one entry as it is on the other side."""
    section = scenario.tree.get(edit.path[0])
    if len(edit.path) == 1 or not isinstance(section, Mapping | None):
        tree = _replaced(scenario.tree, edit.path[0], edit.after)
    else:
        inner = section or Mapping((), scenario.tree.span)
        tree = _replaced(scenario.tree, edit.path[0], _replaced(inner, edit.path[1], edit.after))
    return with_tree(scenario, tree, (), (".".join(edit.path),))


def _replaced(tree: Mapping, key: str, node: Node | None) -> Mapping:
    """Return a map with another value under one key, or without it; what is new stands last."""
    entries = []
    there = False
    for name, old in tree:
        if name.text != key:
            entries.append((name, old))
        else:
            there = True
            if node is not None:
                entries.append((name, node))
    if not there and node is not None:
        entries.append((Scalar(key, node.span), node))
    return Mapping(tuple(entries), tree.span, tree.flow)


def _entries(tree: Mapping | None) -> Iterator[tuple[str, Node]]:
    for key, node in tree or ():
        yield key.text, node


def _flat(node: Node | None, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(node, Mapping) and node.entries:
        for key, inner in node:
            yield from _flat(inner, f"{path}.{key.text}")
    elif node is not None:
        said = content(node)
        yield path, said if isinstance(said, str) else json.dumps(said, ensure_ascii=False)
