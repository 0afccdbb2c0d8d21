"""Laying one tree over another: what a child file, `--set` and `--reading` all come down to.

Maps merge by key; lists, script entries, `do` and `choose` are replaced; `null` removes. What
changes a value, condition, reading or effect without a claim of its own drops the entry's claim:
what you changed is yours.
"""

from __future__ import annotations

from escalation_sim.diagnostics import Diagnostic, suggest
from escalation_sim.scenario.elements import LAW_KINDS, SECTIONS, SHORTHAND
from escalation_sim.source.tree import Listing, Mapping, Node, Scalar

EXCLUSIVE = {
    "parameters": ({"value", *LAW_KINDS},),
    "situation": ({"levels", "like", "draw"}, {"starts", "draw"}),
    "definitions": ({"when", "readings"},),
    "clocks": ({"while", "from"}, {"while", "until"}),
    "rules": ({"do", "choose"},),
    "results": ({"first", "total", "count", "value", "share"},),
}
"""For each section, groups of keys of which an entry has one: giving one drops the others.

A law's `mean` goes with the law it scales.
"""


WORDS = frozenset(
    {
        "label",
        "short",
        "why",
        "note",
        "name",
        "side",
        "strip",
        "range",
        "known_to",
        "public",
        "stream",
        "claim",
    }
)
"""Keys that change no value, condition, reading or effect."""

NOT_INHERITED = ("title", "about", "expect", "extends")
"""What a child file says for itself."""


def in_full(tree: Mapping) -> Mapping:
    """Write every entry that was written short in full, as `{key: …}`, at the same place."""
    return _in_full(tree, ())


def _in_full(tree: Mapping, path: tuple[str, ...]) -> Mapping:
    entries: list[tuple[Scalar, Node]] = []
    short = next((keys for where, keys in SHORTHAND.items() if _matches(where, path)), None)
    for key, node in tree:
        if short and not isinstance(node, Mapping):
            node = _wrapped(node, short)  # noqa: PLW2901 - the same entry, in its full form
        if isinstance(node, Mapping):
            node = _in_full(node, (*path, key.text))  # noqa: PLW2901
        entries.append((key, node))
    return Mapping(tuple(entries), tree.span, tree.flow)


def _matches(where: tuple[str, ...], path: tuple[str, ...]) -> bool:
    return len(where) == len(path) and all(w in ("*", p) for w, p in zip(where, path, strict=True))


def _wrapped(node: Node, short: dict[str, str]) -> Node:
    if isinstance(node, Scalar) and node.is_null:
        return node
    key = short.get("list" if isinstance(node, Listing) else "scalar")
    if key is None:
        return node
    return Mapping(((Scalar(key, node.span), node),), node.span)


def inherited(base: Mapping) -> Mapping:
    """Return what a child file takes over from its parent."""
    return Mapping(tuple((k, n) for k, n in base if k.text not in NOT_INHERITED), base.span)


def overlay(base: Mapping, child: Mapping, found: list[Diagnostic]) -> Mapping:
    """Lay `child` over `base` (both in full); removing what is not there is reported."""
    return _merge(base, child, (), found)


def _merge(
    base: Mapping, child: Mapping, path: tuple[str, ...], found: list[Diagnostic]
) -> Mapping:
    merged: dict[str, tuple[Scalar, Node]] = {key.text: (key, node) for key, node in base}
    depth = len(path)
    if depth == 2:
        _drop_exclusive(merged, child, path[0])
    for key, node in child:
        name = key.text
        if isinstance(node, Scalar) and node.is_null:
            _remove(merged, key, path, found)
            continue
        old = merged.get(name)
        if old is None:
            merged[name] = (key, node)
        elif isinstance(node, Mapping) and isinstance(old[1], Mapping) and _merges(path, name):
            inner = _merge(old[1], node, (*path, name), found)
            # an entry that a child changes stands where it was changed
            merged[name] = (key if depth == 1 and _changes(old[1], node) else old[0], inner)
        else:
            merged[name] = (key, node)
    if depth >= 2 and path[0] in SECTIONS and "claim" in merged:
        _drop_claim(merged, base, child)
    span = child.span if depth in (0, 2) else base.span
    return Mapping(tuple(merged.values()), span, base.flow)


def _changes(base: Mapping, child: Mapping) -> bool:
    """Whether a child changes more than an entry's names."""
    names = ("label", "short", "why")
    return any(k.text not in names and base.get(k.text) != n for k, n in child)


def _merges(path: tuple[str, ...], name: str) -> bool:
    """Whether the map under `name` merges by key rather than being replaced."""
    if path == ("script",):
        return False
    return not (len(path) == 2 and path[0] == "rules" and name in ("do", "choose"))


def _remove(
    merged: dict[str, tuple[Scalar, Node]],
    key: Scalar,
    path: tuple[str, ...],
    found: list[Diagnostic],
) -> None:
    if merged.pop(key.text, None) is None and len(found) < 100:
        known = merged if path else [name for name in merged if name in (*SECTIONS, "script")]
        where = f"`{'.'.join(path)}`" if path else "the parent"
        found.append(
            Diagnostic(
                "nothing-to-remove",
                f"there is no `{key.text}` in {where} to remove",
                key.span,
                suggest(key.text, known, "there are"),
            )
        )


def _drop_exclusive(merged: dict[str, tuple[Scalar, Node]], child: Mapping, section: str) -> None:
    given = {k.text for k, n in child if not (isinstance(n, Scalar) and n.is_null)}
    for group in EXCLUSIVE.get(section, ()):
        if given & group:
            for key in (group | {"mean"}) - given:
                merged.pop(key, None)


def _drop_claim(merged: dict[str, tuple[Scalar, Node]], base: Mapping, child: Mapping) -> None:
    """Drop the claim of an entry (or of a member, or reading) whose content the child changes.

    A member's own chance is no change of who is a member.
    """
    changed = [
        key.text
        for key, node in child
        if key.text not in WORDS
        and base.get(key.text) != node
        and not (key.text == "members" and _same_ids(base.get("members"), node))
    ]
    if changed and child.get("claim") is None:
        merged.pop("claim", None)


def _same_ids(base: Node | None, child: Node) -> bool:
    """Whether a child map names only what is there already, and removes nothing."""
    return (
        isinstance(base, Mapping)
        and isinstance(child, Mapping)
        and all(
            base.get(key.text) is not None and not (isinstance(node, Scalar) and node.is_null)
            for key, node in child
        )
    )
