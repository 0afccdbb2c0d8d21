"""From a marked tree to a checked Document: every fault at its place, in the project's words.

Entries with faults are left out and remembered by name, so that the rest can still be checked and
a reference to a broken entry is not reported as unknown on top.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, get_args, get_origin

from pydantic import BaseModel, ValidationError

from escalation_sim.diagnostics import Diagnostic, suggest
from escalation_sim.scenario import elements
from escalation_sim.scenario.elements import Expectation, Parameter
from escalation_sim.scenario.leaves import NOTHING, id_problem
from escalation_sim.source.tree import Listing, Mapping, Node, Scalar, at, plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from escalation_sim.location import Span

Path = tuple[str | int, ...]


def document_of(tree: Mapping) -> tuple[elements.Document, list[Diagnostic], frozenset[str]]:
    """Return the document, what is wrong with it, and the ids of entries left out for that."""
    found = [*_too_many(tree), *_bad_ids(tree)]
    broken: set[str] = set()
    data: Any = plain(tree)
    for path, _ in found:
        broken.update(_leave_out(data, path))
    diagnostics = [diagnostic for _, diagnostic in found[:MOST_PROBLEMS]]
    while True:
        try:
            return elements.Document.model_validate(data), diagnostics, frozenset(broken)
        except ValidationError as error:
            for fault in error.errors(include_url=False):
                path = tuple(step for step in fault["loc"] if not str(step).startswith("<"))
                if len(diagnostics) < MOST_PROBLEMS:
                    diagnostics.append(_diagnose(tree, path, fault))
                broken.update(_leave_out(data, path))


MOST_PROBLEMS = 100
"""Problems of a scenario reported at once."""

MOST_ENTRIES = 1_000
"""Most entries of one section."""

MOST_INSIDE = 200
"""Most members, levels, rungs, readings, options, effects, anchors or times within one entry."""

_LONG = (
    ("time", "anchors"),
    ("parties", "*", "members"),
    ("situation", "*", "levels"),
    ("ladders", "*", "rungs"),
    ("definitions", "*", "readings"),
    ("rules", "*", "choose"),
    ("rules", "*", "do"),
    ("results", "*", "at"),
    ("parameters", "*", "empirical"),
)
_IDS = (
    *((section,) for section in elements.SECTIONS),
    ("time", "anchors"),
    ("parties", "*", "members"),
    ("definitions", "*", "readings"),
    ("rules", "*", "choose"),
    ("ladders", "*", "rungs", "*"),
)
"""Where the keys of a map are ids."""


def _too_many(tree: Mapping) -> list[tuple[Path, Diagnostic]]:
    """Report maps and lists that are longer than anyone would write by hand."""
    found: list[tuple[Path, Diagnostic]] = []
    places: list[tuple[Path, int]] = [((s,), MOST_ENTRIES) for s in (*elements.SECTIONS, "script")]
    places += [(where, MOST_INSIDE) for where in _LONG]
    for where, most in places:
        for path, node in _nodes_at(tree, where, ()):
            entries = node.entries if isinstance(node, Mapping) else ()
            count = len(node.items) if isinstance(node, Listing) else len(entries)
            if count > most:
                message = f"`{path[-1]}` has {count:,} entries, more than {most:,}"
                key = _key_place(tree, path) or node.span
                hint = "a scenario is written by hand; leave out what its question does not need"
                found.append((path, Diagnostic("too-many", message, key, hint)))
    return found


def _bad_ids(tree: Mapping) -> list[tuple[Path, Diagnostic]]:
    found: list[tuple[Path, Diagnostic]] = []
    for where in _IDS:
        for path, entries in _maps_at(tree, where):
            for key, _ in entries:
                if problem := id_problem(key.text):
                    diagnostic = Diagnostic("bad-id", problem[0], key.span, problem[1])
                    found.append(((*path, key.text), diagnostic))
    return found


def _maps_at(tree: Mapping, where: Path) -> Iterator[tuple[Path, Mapping]]:
    """Go through the maps at a path in which `*` stands for any key or position."""
    for path, node in _nodes_at(tree, where, ()):
        if isinstance(node, Mapping):
            yield path, node


def _nodes_at(node: Node, where: Path, path: Path) -> Iterator[tuple[Path, Node]]:
    if not where:
        yield path, node
        return
    step, *rest = where
    if isinstance(node, Mapping):
        for key, inside in node:
            if step in ("*", key.text):
                yield from _nodes_at(inside, tuple(rest), (*path, key.text))
    elif isinstance(node, Listing) and step == "*":
        for i, inside in enumerate(node.items):
            yield from _nodes_at(inside, tuple(rest), (*path, i))


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
    node = at(tree, path)
    if isinstance(node, Scalar) and node.is_null and fault["type"] != "extra_forbidden":
        return Diagnostic("wrong-type", NOTHING[0], span, NOTHING[1])
    match fault["type"]:
        case "leaf":
            context = fault["ctx"]
            hint = _leaf_help(path, node) or context["help"]
            return Diagnostic(context["code"], context["message"], span, hint)
        case "extra_forbidden":
            key = str(path[-1])
            return Diagnostic(
                "unknown-key",
                f"unknown key `{key[:64]}` in {_what(path[:-1])}",
                _key_place(tree, path) or span,
                _elsewhere(path) or suggest(key, _keys_at(path[:-1]), "keys are"),
            )
        case "list_type":
            message = f"a list is needed here, this is {_kind(tree, path)}"
            return Diagnostic("wrong-type", message, span, _list_help(path))
        case "dict_type" | "model_type" | "model_attributes_type":
            return Diagnostic(
                "wrong-type",
                f"{_what(path)} is a map of keys and values, this is {_kind(tree, path)}",
                span,
                _map_help(path),
            )
    return Diagnostic("wrong-type", str(fault["msg"]).lower(), span)


_FORMS = {
    "parties": "{name: …}",
    "parameters": "{value: …}",
    "situation": "{starts: …}",
    "ladders": "{rungs: [low, high]}",
    "definitions": "{when: …}",
    "clocks": "{while: …}",
    "red_lines": "{holder: …, crossed: …}",
    "rules": "{when: …, do: …}",
    "outcomes": "{when: …}",
    "results": "{first: …}",
    "expect": "{never: …}",
    "script": "{severity: minor}",
    "members": "0.5",
    "readings": "condition",
    "choose": "{if: …, do: …}",
    "do": "value",
    "entering": "condition",
    "anchors": "6d",
}


def _map_help(path: Path) -> str:
    """Show the form of a map where something else was written."""
    last = path[-1] if path else ""
    if len(path) == 1 and path[0] in _FORMS:
        example = {"script": "0h", "parties": "us"}.get(str(last), "name")
        return f"write one entry a line, as in `{example}: {_FORMS[str(last)]}`"
    if path == ("time",):
        return "write `time: {horizon: 30d}`"
    if last in _FORMS and len(path) > 2:
        example = "situation" if last == "do" else "name"
        return f"write one a line, as in `{example}: {_FORMS[str(last)]}`"
    if len(path) == 2 and path[0] in _FORMS:
        return f"write `{str(last)[:64]}: {_FORMS[str(path[0])]}`"
    return ""


def _leaf_help(path: Path, node: Node | None) -> str:
    """Say more than the kind of a leaf can, from the key it stands under."""
    last = path[-1] if path else ""
    if path == ("schema",):
        return "write `schema: 1`"
    if path in (("extends",), ("sources",)) and not isinstance(node, Scalar):
        return "name one file"
    if last == "on_change":
        if isinstance(node, Listing):
            return "write one rule for each of them"
        return "it takes the name of a situation or ladder; a condition stands under `when`"
    if last in ("for", "after", "every", "within") and isinstance(node, Listing):
        return "write one duration, or a law such as `{uniform: [1h, 2h]}`"
    return ""


def _list_help(path: Path) -> str:
    """Show the form of a list, as the hover text has it."""
    last = str(path[-1])
    if last in ("levels", "rungs"):
        return f"write `{last}: [low, high]`, from low to high"
    field = Parameter.model_fields.get(last) or Expectation.model_fields.get(last)
    form = re.match(r"\[[^]]*\]", field.description or "") if field else None
    return f"write `{last}: {form.group()}`" if form else "write `[first, second]`"


_ELSEWHERE = {
    ("situation", "value"): "write `starts: …`",
    ("situation", "rungs"): "a situation has `levels`; with `rungs` it stands under `ladders`",
    ("situation", "party"): "only a ladder has a party; `known_to` says who may know",
    ("ladders", "levels"): "the levels of a ladder are its `rungs`",
    ("ladders", "starts"): "a ladder starts on its first rung",
    ("clocks", "for"): "lengths stand where the clock is read, as in `my_clock >= 72h`",
    ("clocks", "when"): "a clock runs `while` something holds",
    ("red_lines", "do"): "a red line is only declared; write a rule whose `when` names it",
    ("red_lines", "when"): "write `crossed: …`",
    ("red_lines", "by"): "write `holder: …`",
    ("red_lines", "party"): "write `holder: …`",
    ("rules", "if"): "write `when: …`; `if` belongs to the options under `choose`",
    ("rules", "trigger"): "write `when: …`",
    ("rules", "then"): "write `do: …`",
    ("rules", "delay"): "write `after: …`, or `for: …` if it must stay true that long",
    ("rules", "priority"): "rules due at one instant act in the order of the file",
    ("rules", "probability"): "write `chance: …`",
    ("rules", "party"): "write `by: …`",
    ("rules", "otherwise"): "`otherwise` is an option under `choose`",
    ("rules", "while"): "write `when: …`",
    ("rules", "until"): "write `unless: …`, which calls the rule off",
    ("parameters", "unit"): "write the unit behind the number, as in `24h`",
    ("outcomes", "if"): "write `when: …`",
}
"""Keys that people look for in the wrong place, or under another name."""


def _elsewhere(path: Path) -> str:
    if len(path) == 4 and path[:1] == ("rules",) and path[2] == "choose":
        return ""
    return _ELSEWHERE.get((str(path[0]), str(path[-1])), "") if len(path) == 3 else ""


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
    here: Any = elements.Document
    for step in path:
        here = _inside(here, step)
    model = _model(here)
    return [field.alias or name for name, field in model.model_fields.items()] if model else []


def _inside(annotation: Any, step: str | int) -> Any:
    """Return the annotation of what stands under a key or at a position; None if nothing can."""
    model = _model(annotation)
    if model is not None:
        fields = model.model_fields.items()
        return next((f.annotation for n, f in fields if (f.alias or n) == step), None)
    return next((get_args(a)[-1] for a in _forms(annotation) if get_args(a)), None)


def _model(annotation: Any) -> type[BaseModel] | None:
    return next((a for a in _forms(annotation) if isinstance(a, type)), None)


def _forms(annotation: Any) -> list[Any]:
    """Look through `| None` and notes for models, and for lists and dicts of something."""
    origin = get_origin(annotation)
    if origin in (dict, list):
        return [annotation]
    if origin is not None:
        return [form for inside in get_args(annotation) for form in _forms(inside)]
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return []
