"""The JSON Schema of scenario files, generated from their shape: completion and hover in editors.

It is lenient where a child file is: entries may be partial or `null`. What it cannot say is
checked when the scenario is read.
"""

from __future__ import annotations

import json
from typing import Any

from escalation_sim.scenario.elements import SECTIONS, SHORTHAND, Document
from escalation_sim.scenario.leaves import ID

FILE_NAME = "scenario.schema.json"

_SHORT: dict[str, Any] = {
    "scalar": {"type": ["string", "number", "boolean"]},
    "list": {"type": "array", "items": {"type": "string"}},
}


def scenario_schema() -> dict[str, Any]:
    """Return the schema as plain data (JSON Schema 2020-12)."""
    schema: dict[str, Any] = Document.model_json_schema(by_alias=True)
    definitions: dict[str, Any] = schema.pop("$defs")
    _tidy(schema)
    _tidy(definitions)
    for path, short in SHORTHAND.items():
        holder = _holder(schema, definitions, path)
        entry = holder["additionalProperties"]
        holder["additionalProperties"] = {"anyOf": [entry, *(_SHORT[form] for form in short)]}
    for section in (*SECTIONS, "script"):
        entries = schema["properties"][section]
        entries["additionalProperties"] = _or_null(entries["additionalProperties"])
        if section != "script":
            entries["propertyNames"] = {"pattern": "^" + ID.pattern.replace(r"\Z", "$")}
    for definition in definitions.values():
        for name, value in definition.get("properties", {}).items():
            definition["properties"][name] = _or_null(value)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A scenario of escalation-sim",
        "description": "Rules, clocks, ladders and red lines, with sources.",
        "type": "object",
        "required": ["schema", "title"],
        "additionalProperties": False,
        "properties": schema["properties"],
        "$defs": definitions,
    }


def schema_text() -> str:
    """Return the schema as the text that is shipped and printed."""
    return json.dumps(scenario_schema(), indent=2, ensure_ascii=False) + "\n"


def _tidy(node: Any) -> None:
    """Take out pydantic's titles, defaults and `or null`."""
    if isinstance(node, list):
        for item in node:
            _tidy(item)
    if not isinstance(node, dict):
        return
    if isinstance(node.get("title"), str):
        del node["title"]
    node.pop("default", None)
    choices = node.get("anyOf")
    if choices and {"type": "null"} in choices:
        rest = [c for c in choices if c != {"type": "null"}]
        del node["anyOf"]
        if len(rest) == 1:
            node.update(rest[0] if "$ref" not in rest[0] else {"allOf": rest})
        else:
            node["anyOf"] = rest
    for value in node.values():
        _tidy(value)


def _or_null(node: dict[str, Any]) -> dict[str, Any]:
    """Let a child file remove this."""
    description = {"description": node["description"]} if "description" in node else {}
    rest = {k: v for k, v in node.items() if k != "description"}
    return {**description, "anyOf": [rest, {"type": "null"}]}


def _holder(
    schema: dict[str, Any], definitions: dict[str, Any], path: tuple[str, ...]
) -> dict[str, Any]:
    """Return the schema of the map at a path, following references."""
    here = schema["properties"][path[0]]
    for step in path[1:]:
        if step == "*":
            here = here["additionalProperties"]
            while "anyOf" in here:
                here = here["anyOf"][0]
            here = definitions[here["$ref"].rpartition("/")[2]]
        else:
            here = here["properties"][step]
    found: dict[str, Any] = here
    return found
