"""From a marked tree to a checked Document: every fault at its place, in the project's words.

Entries with faults are left out and remembered by name, so that the rest can still be checked and
a reference to a broken entry is not reported as unknown on top.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, get_args

from pydantic import BaseModel, ValidationError

from escalation_sim.diagnostics import Diagnostic, suggest
from escalation_sim.scenario import elements
from escalation_sim.scenario.leaves import id_problem
from escalation_sim.source.tree import Listing, Mapping, Node, Scalar, at, plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from escalation_sim.location import Span

Path = tuple[str | int, ...]


def document_of(tree: Mapping) -> tuple[elements.Document, list[Diagnostic], frozenset[str]]:
    """Return the document, what is wrong with it, and the ids of entries left out for that."""
    found = _bad_ids(tree)
    broken: set[str] = set()
    data: Any = plain(tree)
    for section, entry in [(d.section, d.entry) for d in found]:
        data[section].pop(entry, None)
        broken.add(entry)
    diagnostics = [d.diagnostic for d in found]
    while True:
        try:
            return elements.Document.model_validate(data), diagnostics, frozenset(broken)
        except ValidationError as error:
            for fault in error.errors(include_url=False):
                path = tuple(step for step in fault["loc"] if not str(step).startswith("<"))
                diagnostics.append(_diagnose(tree, path, fault))
                broken.update(_leave_out(data, path))


class _BadId:
    def __init__(self, section: str, entry: str, diagnostic: Diagnostic) -> None:
        self.section = section
        self.entry = entry
        self.diagnostic = diagnostic


def _bad_ids(tree: Mapping) -> list[_BadId]:
    found = []
    for section in elements.SECTIONS:
        entries = tree.get(section)
        if isinstance(entries, Mapping):
            for key, _ in entries:
                if problem := id_problem(key.text):
                    diagnostic = Diagnostic("bad-id", problem[0], key.span, problem[1])
                    found.append(_BadId(section, key.text, diagnostic))
    return found


def _leave_out(data: Any, path: Path) -> Sequence[str]:
    """Take the entry with a fault out of the data; return its id if it has one."""
    depth = 2 if len(path) > 1 and path[0] in (*elements.SECTIONS, "script") else 1
    holder = data
    for step in path[: depth - 1]:
        holder = holder.get(step, {}) if isinstance(holder, dict) else {}
    if isinstance(holder, dict):
        holder.pop(path[depth - 1], None)
    return [str(path[1])] if depth == 2 else []


def _diagnose(tree: Mapping, path: Path, fault: Any) -> Diagnostic:
    span = _place(tree, path)
    match fault["type"]:
        case "leaf":
            context = fault["ctx"]
            return Diagnostic(context["code"], context["message"], span, context["help"])
        case "extra_forbidden":
            key = str(path[-1])
            return Diagnostic(
                "unknown-key",
                f"unknown key `{key[:64]}` in {_what(path[:-1])}",
                _key_place(tree, path) or span,
                suggest(key, _keys_at(path[:-1])),
            )
        case "list_type":
            return Diagnostic(
                "wrong-type", f"a list is needed here, this is {_kind(tree, path)}", span
            )
        case "dict_type" | "model_type" | "model_attributes_type":
            return Diagnostic(
                "wrong-type",
                f"{_what(path)} is a map of keys and values, this is {_kind(tree, path)}",
                span,
                _map_help(path),
            )
    return Diagnostic("wrong-type", str(fault["msg"]).lower(), span)


def _map_help(path: Path) -> str:
    if len(path) == 1 and path[0] in elements.SECTIONS:
        return "write one entry a line, as `id: …`"
    return ""


def _place(tree: Mapping, path: Path) -> Span:
    while path:
        node = at(tree, path)
        if node is not None:
            return node.span
        path = path[:-1]
    return tree.span


def _key_place(tree: Mapping, path: Path) -> Span | None:
    holder = at(tree, path[:-1])
    key = holder.key(str(path[-1])) if isinstance(holder, Mapping) else None
    return key.span if key else None


def _kind(tree: Mapping, path: Path) -> str:
    node: Node | None = at(tree, path)
    if isinstance(node, Scalar):
        return f"`{node.text[:64]}`" if node.text else "empty"
    return "a list" if isinstance(node, Listing) else "a map"


_NAMES = {
    "parties": "a party",
    "parameters": "a parameter",
    "situation": "a situation",
    "ladders": "a ladder",
    "definitions": "a definition",
    "clocks": "a clock",
    "red_lines": "a red line",
    "rules": "a rule",
    "outcomes": "an outcome",
    "results": "a result",
    "expect": "an expectation",
    "script": "a script entry",
    "members": "a member",
    "readings": "a reading",
    "choose": "an option",
    "rungs": "a rung",
    "do": "effects",
}


def _what(path: Path) -> str:
    if not path:
        return "a scenario"
    if len(path) == 1:
        return f"`{path[0]}`"
    if len(path) >= 2 and isinstance(path[-2], str) and path[-2] in _NAMES:
        return _NAMES[path[-2]]
    return f"`{path[-1]}`" if isinstance(path[-1], str) else _what(path[:-1])


def _keys_at(path: Path) -> Sequence[str]:
    """Return the keys a map at this path may have, by following the models."""
    model: type[BaseModel] = elements.Document
    steps = iter(path)
    for step in steps:
        field = next((f for n, f in model.model_fields.items() if (f.alias or n) == step), None)
        inside = _model_in(field.annotation) if field else None
        if field is None or inside is None:
            return []
        if "dict[" in str(field.annotation):
            next(steps, None)  # the entry's own id
        model = inside
    return [field.alias or name for name, field in model.model_fields.items()]


def _model_in(annotation: Any) -> type[BaseModel] | None:
    """Look through `| None`, `dict[str, …]` and annotations for the model inside."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    models = [_model_in(a) for a in get_args(annotation) if a is not str]
    return next((m for m in models if m is not None), None)
