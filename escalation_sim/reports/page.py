"""The page around the sections: one file, nothing fetched, nothing run, good to print."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from escalation_sim import __version__
from escalation_sim.reports.html import Html, join, link, tag
from escalation_sim.reports.style import style
from escalation_sim.trace.run import ILLUSTRATIVE

if TYPE_CHECKING:
    from collections.abc import Sequence

POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; "
    "base-uri 'none'; form-action 'none'"
)
"""What a browser may load for the page: its own styles, and nothing else."""


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the page: where links lead to, its heading, and its HTML."""

    id: str
    heading: str
    body: Html


def page(kind: str, title: str, lead: str, identity: str, sections: Sequence[Section]) -> str:
    """Return the whole page as text.

    `kind` says what is reported, `lead` in a sentence what came of it, `identity` what was run.
    """
    head = [
        Html('<meta charset="utf-8">'),
        tag("meta", http_equiv="Content-Security-Policy", content=POLICY),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="generator", content=f"escalation-sim {__version__}"),
        tag("title", f"{title} · {kind}"),
        Html(f"<style>{style(title)}</style>"),
    ]
    top = tag(
        "header",
        tag("p", tag("span", kind), tag("strong", ILLUSTRATIVE), class_="kicker"),
        tag("h1", title),
        tag("p", lead, class_="lead"),
        tag("p", identity, class_="identity"),
        tag("nav", *(link(s.id, s.heading) for s in sections), aria_label="Sections"),
    )
    parts = [tag("section", tag("h2", s.heading), s.body, id=s.id, class_="part") for s in sections]
    foot = tag(
        "footer",
        tag("p", tag("strong", ILLUSTRATIVE), f" · escalation-sim {__version__} · {title}"),
    )
    body = tag("body", top, tag("main", *parts), foot)
    whole = tag("html", tag("head", *head), body, lang="en")
    return f"<!doctype html>\n{whole}\n"


def sentence(words: str) -> str:
    """Return words as a sentence: a capital first, a full stop last."""
    whole = words[:1].upper() + words[1:]
    return whole if whole.endswith((".", "!", "?")) else f"{whole}."


def note(words: str) -> Html:
    """Return a remark below a table or figure."""
    return tag("p", words, class_="note")


def blocks(*parts: Html | None) -> Html:
    """Return the parts that are there, one after the other."""
    return join(part for part in parts if part)
