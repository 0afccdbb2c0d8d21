# ruff: noqa: INP001 - a script beside the documents, no package
"""Write the tables of docs/model.md again, from the shipped scenarios.

Run it as `python docs/make_model_card.py`.
Text between `<!-- made: NAME -->` and `<!-- /made -->` is made here; the rest is written by hand.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from escalation_sim import library
from escalation_sim import load as load_anew
from escalation_sim.expression.text import text_of, value_text
from escalation_sim.model.context import law_text
from escalation_sim.model.graph import structure_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from escalation_sim.model.graph import Structure
    from escalation_sim.model.model import Model, Parameter, Rule

PAGE = Path(__file__).resolve().parent / "model.md"
BASE = "01-reported-plan"
_MADE = re.compile(r"(<!-- made: (\w+) -->\n).*?(<!-- /made -->)", re.DOTALL)


def card() -> str:
    """Return the page with every made table as the scenarios have it now."""
    makers = {
        "library": library_table,
        "parties": parties_table,
        "parameters": parameters_table,
        "further": further_table,
        "clauses": clauses_table,
        "rules": rules_table,
        "assumed": assumed_table,
    }
    text = PAGE.read_text("utf-8")
    return _MADE.sub(lambda m: m[1] + "\n" + makers[m[2]]() + "\n" + m[3], text)


@cache
def load(name: str, clause: str = "", reading: str = "") -> Model:
    """Return a shipped scenario, perhaps under another reading of one clause."""
    return load_anew(name, reading={clause: reading} if clause else {})


@cache
def _structure(name: str, clause: str = "", reading: str = "") -> Structure:
    return structure_of(load(name, clause, reading))


def models() -> list[Model]:
    """Return every shipped scenario, in the order of their numbers."""
    return [load(path.stem) for path in library.scenarios()]


def plans() -> list[Model]:
    """Return the shipped scenarios that are about the reported plan."""
    base = load(BASE)
    ladders = {v.id for _, v in base.ladders}
    return [m for m in models() if {v.id for _, v in m.ladders} == ladders]


def library_table() -> str:
    """List the scenarios: number, what each asks, rules, share of assumed inputs."""
    rows = []
    for model in models():
        asks = next((s for s in _sentences(model.about) if s.endswith("?")), "")
        count, of = model.assumed
        rows.append((f"`{model.name}`", model.title, asks, len(model.rules), f"{count} of {of}"))
    return table(("file", "title", "asks", "rules", "assumed inputs"), rows)


def parties_table() -> str:
    """List the parties of all plans, with what they do and what only they know."""
    rows = {}
    for model in plans():
        for party in model.parties:
            acts = [rule.id for rule in model.rules if rule.by == party.id]
            knows = [v.id for v in model.variables if v.known_to and party.id in v.known_to]
            old = rows.get(party.id, (party.label, [], []))
            rows[party.id] = (
                party.label,
                unique([*old[1], *acts]),
                unique([*old[2], *knows]),
            )
    return table(
        ("party", "its rules", "what it knows and not everybody does"),
        [(label, codes(acts), codes(knows)) for label, acts, knows in rows.values()],
    )


def parameters_table() -> str:
    """List the base's parameters."""
    base = load(BASE)
    return _parameters(base, base.parameters)


def further_table() -> str:
    """List the parameters that overlays add or give another value."""
    base = {p.id: _value(load(BASE), p) for p in load(BASE).parameters}
    rows: list[tuple[object, ...]] = []
    for model in plans()[1:]:
        for p in model.parameters:
            value = _value(model, p)
            if base.get(p.id) != value:
                said = p.why or ("instead of " + base[p.id] if p.id in base else "")
                rows.append((f"`{model.name[:2]}`", f"`{p.id}`", value, _range(model, p), said))
    return table(("in", "parameter", "value", "range", "why"), rows)


def clauses_table() -> str:
    """List the clauses that can be read in several ways, with every reading's sentence."""
    rows = []
    base = load(BASE)
    for clause in base.clauses:
        if len(clause.readings) < 2:
            continue
        for reading in clause.readings:
            model = load(BASE, clause.id, reading)
            body = next(c for c in model.clauses if c.id == clause.id).body
            rows.append((f"`{clause.id}`", f"`{reading}`", f"`{text_of(body)}`", _source(clause)))
    return table(("clause", "reading", "says", "rests on"), rows)


def rules_table() -> str:
    """List the base's rules: who, when it starts, what it rests on."""
    return table(
        ("rule", "by", "starts when", "rests on", "line"),
        [
            (f"`{r.id}`", r.by or "–", _start(r), _source(r), f"`{r.where}`")
            for r in load(BASE).rules
        ],
    )


def assumed_table() -> str:
    """List, for each scenario, how many inputs have which basis."""
    rows = []
    for model in models():
        count = {
            basis: sum(i.basis == basis for i in model.inputs)
            for basis in ("reported", "declared", "derived", "assumed")
        }
        rows.append((f"`{model.name[:2]}`", *count.values()))
    return table(("scenario", "reported", "declared", "derived", "assumed"), rows)


def _parameters(model: Model, parameters: Iterable[Parameter]) -> str:
    return table(
        ("parameter", "value", "range", "rests on", "why", "read by"),
        [
            (
                f"`{p.id}`",
                _value(model, p),
                _range(model, p),
                _source(p),
                p.why,
                codes(used_by(model, p)),
            )
            for p in parameters
        ],
    )


def used_by(model: Model, parameter: Parameter) -> list[str]:
    """Return the ids of what reads a parameter itself, in any reading of any clause."""
    source = f"parameters.{parameter.id}"
    found = _readers(source, model.name)
    for clause in model.clauses:
        mine = f"definitions.{clause.id}"
        for reading in clause.readings:
            if mine in _readers(source, model.name, clause.id, reading):
                found.append(mine)
    return [
        name if name.startswith("script.") else name.partition(".")[2] for name in unique(found)
    ]


def _readers(source: str, *of: str) -> list[str]:
    return [edge.target for edge in _structure(*of).edges if edge.source == source]


def unique(names: Iterable[str]) -> list[str]:
    """Return names, each once, in the order of their first."""
    return list(dict.fromkeys(names))


def _value(model: Model, p: Parameter) -> str:
    if p.law is None:
        return value_text(p.value, p.type, (), model.seconds_per_tick)
    if p.type.kind == "duration":
        return law_text(p.law, model.seconds_per_tick)
    return f"{p.law.kind} {', '.join(f'{a:g}' for a in p.law.arguments)}"


def _range(model: Model, p: Parameter) -> str:
    if p.low is None or p.high is None:
        return ""
    ends = [value_text(v, p.type, (), model.seconds_per_tick) for v in (p.low, p.high)]
    return f"{ends[0]} to {ends[1]}"


def _source(entry: object) -> str:
    claims, basis = getattr(entry, "claims", ()), getattr(entry, "basis", "")
    return f"{basis}: {codes(claims)}" if claims else basis


def _start(rule: Rule) -> str:
    if rule.on_change is not None:
        return f"`{load(BASE).variables[rule.on_change].id}` changes"
    return f"`{text_of(rule.when)}`"


def _sentences(text: str) -> Iterator[str]:
    yield from re.split(r"(?<=[.?!])\s+", " ".join(text.split()))


def codes(names: Iterable[str]) -> str:
    """Return names as code, separated by commas."""
    return ", ".join(f"`{name}`" for name in names)


def table(head: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> str:
    """Return a Markdown table."""
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    lines += ["| " + " | ".join(str(c).replace("|", "\\|") for c in row) + " |" for row in rows]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    PAGE.write_text(card(), "utf-8", newline="\n")
