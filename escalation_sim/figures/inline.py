"""Figures as SVG that can stand inside a page: no outside names, no ids of another figure."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import matplotlib as mpl

if TYPE_CHECKING:
    from collections.abc import Iterator
    from xml.etree.ElementTree import Element

    from matplotlib.figure import Figure

_DROPPED = frozenset({"metadata", "style"})

_REFERENCE = re.compile(r"url\(#([^)]+)\)")


def inline_svg(figure: Figure, name: str, label: str) -> str:
    """Return a figure as one `<svg>` element for HTML, the same text for the same figure.

    `name` begins every id in it, so that several figures can stand on a page; `label` says in
    words what is to be seen. Texts are drawn as outlines.
    """
    settings: Any = {
        "svg.hashsalt": "escalation-sim",
        "svg.fonttype": "path",
        "text.hinting": "none",
        "text.antialiased": True,
        "savefig.bbox": None,
    }
    drawn = io.BytesIO()
    with mpl.rc_context(settings):
        figure.savefig(drawn, format="svg", metadata={"Date": None, "Creator": None})
    root = ET.fromstring(drawn.getvalue())  # noqa: S314 - written by matplotlib just now
    _clean(root)
    _rename(root, name)
    size = root.attrib
    root.attrib = {
        "viewBox": size["viewBox"],
        "role": "img",
        "aria-label": label,
        "stroke-linejoin": "round",
        "stroke-linecap": "butt",
    }
    return ET.tostring(root, encoding="unicode", short_empty_elements=False)


def _clean(element: Element) -> None:
    """Take the names of outside vocabularies off the tags, and out what HTML does not need."""
    element.tag = _local(element.tag)
    element.attrib = {_local(key): value for key, value in element.attrib.items()}
    element.text = (element.text or "").strip() or None
    element.tail = None
    for child in list(element):
        if not isinstance(child.tag, str) or _local(child.tag) in _DROPPED:
            element.remove(child)
        else:
            _clean(child)


def _rename(root: Element, name: str) -> None:
    """Begin every id that something refers to with a name; drop the others."""
    used = set(_references(root))
    for element in root.iter():
        for key, value in list(element.attrib.items()):
            if key == "id":
                if value in used:
                    element.set(key, f"{name}-{value}")
                else:
                    del element.attrib[key]
            elif key == "href":
                element.set(key, f"#{name}-{value.removeprefix('#')}")
            elif "url(#" in value:
                element.set(key, _REFERENCE.sub(rf"url(#{name}-\1)", value))


def _references(root: Element) -> Iterator[str]:
    for element in root.iter():
        for key, value in element.attrib.items():
            if key == "href":
                yield value.removeprefix("#")
            else:
                yield from _REFERENCE.findall(value)


def _local(name: str) -> str:
    return name.rpartition("}")[2]
