"""The register of assumptions and the sources: what a model rests on, all of it."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, get_args

from escalation_sim.expression.text import text_of, value_text
from escalation_sim.model.model import Basis
from escalation_sim.reports.html import (
    NO_BREAK,
    Html,
    code,
    facts,
    join,
    link,
    paragraphs,
    table,
    tag,
)
from escalation_sim.reports.page import Section, blocks, note, sentence
from escalation_sim.trace.timeline import assumed_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from escalation_sim.model.model import Entry, Input, Model
    from escalation_sim.model.sources import Source

_GROUPS = (
    ("parameter", "Parameters"),
    ("member", "Members of parties"),
    ("definition", "Definitions"),
    ("constant", "Numbers written in other entries"),
)

_GRADES = {
    "A": "completely reliable",
    "B": "usually reliable",
    "C": "fairly reliable",
    "D": "not usually reliable",
    "E": "unreliable",
    "F": "reliability cannot be judged",
    "1": "confirmed",
    "2": "probably true",
    "3": "possibly true",
    "4": "doubtful",
    "5": "improbable",
    "6": "truth cannot be judged",
}
"""The words of the Admiralty code."""


def claim_links(claims: Sequence[str]) -> Html:
    """Return claims as links to where they are told."""
    return join((link(f"claim-{claim}", claim) for claim in claims), ", ")


def basis(kind: str, claims: Sequence[str] = ()) -> Html:
    """Return a basis with the claims behind it; assumed is dashed, as in the figures."""
    if not kind:
        return Html("")
    mark = tag("span", kind, class_="assumed" if kind == "assumed" else "sourced")
    return join([mark, tag("small", claim_links(claims))]) if claims else mark


def assumptions(model: Model) -> Section:
    """Return every input with value, range, basis, reason and place."""
    entries = dict(_entries(model))
    tables = []
    for kind, heading in _GROUPS:
        rows = [_row(model, i, entries) for i in model.inputs if i.kind == kind]
        if rows:
            heads = ("input", "value", _range_head(kind), "basis", "why, where")
            tables.append(tag("h3", f"{heading} ({len(rows)})"))
            tables.append(table(heads, rows, class_="inputs"))
    told = (
        "An input is a number, a chance or a sentence that the results rest on. Reported and "
        "declared cite a claim of the register; derived is computed from such; all else is "
        "assumed, and underlined with dashes. Which reading of a clause holds is always assumed."
    )
    return Section(
        "assumptions",
        "Register of assumptions",
        blocks(tag("p", sentence(assumed_text(model))), _tally(model), note(told), *tables),
    )


def _tally(model: Model) -> Html:
    counts = Counter(i.basis for i in model.inputs)
    of = len(model.inputs)
    return tag(
        "ul",
        *(
            tag("li", tag("b", str(counts[b])), f"{b} ({_percent(counts[b], of)})")
            for b in get_args(Basis)
        ),
        class_="tally",
    )


def _percent(part: int, whole: int) -> str:
    """Return whole per cent; 0 and 100 are kept for none and all."""
    if not whole:
        return "none"
    shown = round(100 * part / whole)
    if 0 < part < whole:
        shown = min(max(shown, 1), 99)
    return f"{shown} %"


def _range_head(kind: str) -> str:
    return {"parameter": "range", "definition": "readings"}.get(kind, "")


def _row(model: Model, given: Input, entries: dict[str, Entry]) -> list[Html | str]:
    entry = entries.get(given.id)
    label = entry.label if entry is not None and entry.label != _spaced(entry.id) else ""
    name = join([code(given.id), tag("small", label)]) if label else code(given.id)
    sentence_ = given.kind == "definition"
    value = code(given.text) if sentence_ else Html(tag("span", given.text))
    where = given.where.removeprefix(f"{model.files[0][0]}:")
    line = where if where == given.where else f"line {where}"
    return [
        name,
        value,
        _range(model, given),
        basis(given.basis, given.claims),
        join([entry.why if entry is not None else "", tag("small", line)]),
    ]


def _spaced(id_: str) -> str:
    return id_.replace("_", " ")


def _range(model: Model, given: Input) -> str:
    section, _, name = given.id.partition(".")
    if section == "parameters":
        parameter = next(p for p in model.parameters if p.id == name)
        if parameter.low is None or parameter.high is None:
            return ""
        ends = (
            value_text(v, parameter.type, (), model.seconds_per_tick)
            for v in (parameter.low, parameter.high)
        )
        return " to ".join(end.replace(" ", NO_BREAK) for end in ends)
    if given.kind == "definition":
        clause = next(c for c in model.clauses if c.id == name)
        return ", ".join(clause.readings) if len(clause.readings) > 1 else ""
    return ""


def _entries(model: Model) -> Iterator[tuple[str, Entry]]:
    """Yield every entry that can hold an input, by the input's id."""
    for section, entries in (
        ("parameters", model.parameters),
        ("definitions", model.clauses),
        ("situation", [v for v in model.variables if v.section == "situation"]),
        ("clocks", model.clocks),
        ("script", model.script),
        ("rules", model.rules),
        ("outcomes", model.outcomes),
    ):
        for entry in entries:
            yield f"{section}.{entry.id}", entry
    for party in model.parties:
        for member in party.members:
            yield f"parties.{party.id}.members.{member.id}", member


def readings(model: Model) -> Html | None:
    """Return the clauses with several readings: which one holds, and what it says."""
    several = [c for c in model.clauses if len(c.readings) > 1]
    if not several:
        return None
    rows = [
        [
            join([code(c.id), tag("small", c.label)]) if c.label != _spaced(c.id) else code(c.id),
            tag("b", c.chosen),
            code(text_of(c.body)),
            ", ".join(r for r in c.readings if r != c.chosen),
        ]
        for c in several
    ]
    return table(("clause", "reading", "which says", "other readings"), rows)


def sources(model: Model) -> Section:
    """Return every claim that is cited, with all that the register says of it."""
    if not model.claims:
        body = tag("p", "No claim of a register is cited: everything here is assumed.")
        return Section("sources", "Sources", body)
    known = {source.id: source for source in model.sources}
    told = (
        "Each claim is told in the words of the register. The grade (Admiralty code) judges the "
        "origin by a letter and the statement by a figure; it is never the grade of a forecast. "
        "For a declaration it is that the words were said, not that they will be acted on."
    )
    claims = [_claim(id_, words, known.get(id_), model) for id_, words in model.claims.items()]
    return Section("sources", "Sources", blocks(note(told), *claims))


def _claim(id_: str, statement: str, source: Source | None, model: Model) -> Html:
    if source is None:
        return tag("article", tag("h3", code(id_)), paragraphs(statement), id=f"claim-{id_}")
    reliability, credibility = source.grade[:1], source.grade[1:]
    graded = f"{source.grade}: origin {_GRADES[reliability]}, statement {_GRADES[credibility]}"
    details = facts(
        (
            ("said by", source.by + (f" ({source.when})" if source.when else "")),
            ("origin", f"{source.origin}; reached us by {' → '.join(source.chain)}"),
            ("grade", graded),
            ("why this grade", source.grade_note),
            ("of the origin", source.origin_note),
            ("leaves open", " ".join(source.leaves_open) or "nothing that the register names"),
            ("contested by", _contested(source, model)),
        )
    )
    return tag(
        "article",
        tag("h3", code(id_), " ", tag("span", source.kind, class_="sourced")),
        paragraphs(source.statement),
        details,
        id=f"claim-{id_}",
        class_="claim",
    )


def _contested(source: Source, model: Model) -> Html:
    return join(
        (link(f"claim-{c}", c) if c in model.claims else code(c) for c in source.contested_by), ", "
    )
