"""From a Scenario to a Model: names are looked up here and nowhere later."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from escalation_sim.chance.address import CONTRACT, site_key
from escalation_sim.diagnostics import Diagnostic, errors_in, in_order
from escalation_sim.errors import ScenarioError
from escalation_sim.expression.types import DURATION
from escalation_sim.model.clauses import (
    compiled_clauses,
    compiled_clocks,
    compiled_red_lines,
    compiled_sentences,
    name_clocks,
)
from escalation_sim.model.conflicts import conflicts_of
from escalation_sim.model.context import Context, text_in, tick_of
from escalation_sim.model.effects import compiled_script
from escalation_sim.model.inputs import inputs_of
from escalation_sim.model.knowledge import check_knowledge
from escalation_sim.model.model import Model, place_of
from escalation_sim.model.parameters import compile_anchors, compile_parameters
from escalation_sim.model.parties import compiled_parties, named_parties
from escalation_sim.model.readouts import (
    check_expectations,
    compiled_outcomes,
    compiled_results,
    label_of_rest,
)
from escalation_sim.model.rules import compiled_rules
from escalation_sim.model.scope import Names
from escalation_sim.model.situations import compiled_variables
from escalation_sim.scenario.shape import MOST_PROBLEMS
from escalation_sim.source.places import content_span

if TYPE_CHECKING:
    from collections.abc import Sequence

    from escalation_sim.model.model import Rule
    from escalation_sim.scenario.elements import Document
    from escalation_sim.scenario.load import Scenario


def compile_scenario(scenario: Scenario) -> Model:
    """Return the model; raises ScenarioError with every error found in the scenario."""
    model, found = examine(scenario)
    if errors_in(found):
        raise ScenarioError(errors_in(found))
    assert model is not None  # noqa: S101 - no errors, so there is one
    return model


def examine(scenario: Scenario) -> tuple[Model | None, list[Diagnostic]]:
    """Return the model if there are no errors, and all errors and warnings in order."""
    found = _Findings(scenario.faults)
    found.errors = len(errors_in(found))
    try:
        if found.errors >= MOST_PROBLEMS:
            raise _EnoughError  # noqa: TRY301 - told in one place, whoever finds the last one
        model = _compiled(scenario, found)
    except _EnoughError:
        shown = in_order(errors_in(found))[:MOST_PROBLEMS]
        message = f"{MOST_PROBLEMS} problems so far; there may be more"
        last = Diagnostic("too-many-problems", message, shown[-1].span, "correct these first")
        return None, [*shown, last]
    ordered = in_order(found)
    return (None if errors_in(ordered) else model), ordered


class _EnoughError(Exception):
    """There are more problems than anyone wants to read at once."""


class _Findings(list[Diagnostic]):
    """Problems found so far; one error too many ends the search."""

    errors = 0

    def append(self, found: Diagnostic) -> None:
        super().append(found)
        self.errors += found.severity == "error"
        if self.errors > MOST_PROBLEMS:
            raise _EnoughError


def _compiled(scenario: Scenario, found: list[Diagnostic]) -> Model:
    document = scenario.document
    tick = tick_of(document.time.tick, found)
    names = Names(tick, scenario.broken, found, others=_others(document), blind=scenario.blind)
    context = Context(scenario, names, found)
    _declare_all(context)
    named = named_parties(context)
    compile_anchors(context)
    compile_parameters(context)
    variables = compiled_variables(context)
    name_clocks(context)
    sentences = compiled_sentences(context)
    parties = compiled_parties(context, named)
    clauses = compiled_clauses(context)
    clocks = compiled_clocks(context)
    red_lines = compiled_red_lines(context)
    script = compiled_script(context)
    all_rules = compiled_rules(context)
    outcomes, fallback = compiled_outcomes(context)
    results = compiled_results(context)
    latches = tuple(names.latches)
    check_expectations(context)
    check_knowledge(context, all_rules, parties, variables, clocks, sentences)
    return Model(
        name=scenario.name,
        title=text_in(document.title),
        about=text_in(document.about),
        hash=_hash(scenario),
        files=scenario.files,
        changes=scenario.changes,
        seconds_per_tick=tick,
        horizon=_horizon(context),
        zero=text_in(document.time.zero),
        parties=parties,
        parameters=tuple(context.parameters),
        variables=variables,
        clauses=clauses,
        clocks=clocks,
        red_lines=red_lines,
        script=script,
        rules=all_rules,
        outcomes=outcomes,
        fallback=fallback,
        fallback_label=label_of_rest(context, fallback),
        results=results,
        latches=latches,
        latch_places=tuple(place_of(span) for span in names.latch_spans[: len(latches)]),
        inputs=inputs_of(
            parameters=context.parameters,
            parties=parties,
            variables=variables,
            clauses=clauses,
            clocks=clocks,
            script=script,
            rules=all_rules,
            outcomes=outcomes,
            tick=tick,
        ),
        conflicts=conflicts_of(all_rules, parties, clocks),
        claims=dict(sorted(context.cited.items())),
        sites=_sites(context, all_rules),
        span=scenario.span("title"),
    )


def _others(document: Document) -> dict[str, tuple[str, str]]:
    """Return what names that are no values stand for, and what to write instead of them."""
    return (
        {
            member: (f"a member of `{id_}`", f"write `{id_}.{member}`")
            for id_, party in document.parties.items()
            for member in party.members
        }
        | {
            reading: (f"a reading of `{clause}`", f"write `{clause}`, choose it under `reading`")
            for clause, entry in document.definitions.items()
            for reading in entry.readings or ()
        }
        | dict.fromkeys(document.results, ("a result", "name the condition it is taken of"))
        | dict.fromkeys(document.outcomes, ("an outcome", "name its condition by a definition"))
        | dict.fromkeys(document.rules, ("a rule", "let it set a flag, and read the flag"))
    )


def _hash(scenario: Scenario) -> str:
    text = f"{CONTRACT}:{scenario.content_hash}"
    return hashlib.blake2b(text.encode(), digest_size=8, person=b"model-1").hexdigest()


def _horizon(context: Context) -> int:
    scalar = context.scenario.document.time.horizon
    if scalar is None:
        return 0
    value = context.constant(scalar, DURATION)
    if value is None:
        return 0
    if value <= 0:
        context.report(
            content_span(scalar), "range", "the horizon must be later than zero", "as in `30d`"
        )
    return int(value)


def _sites(context: Context, all_rules: Sequence[Rule]) -> dict[str, int]:
    """Return the key of every random site; two rules may not share one."""
    names: dict[str, str] = {}
    for rule in all_rules:
        span = context.scenario.span("rules", rule.id)
        if rule.site in names:
            context.report(
                span,
                "duplicate-id",
                f"`{rule.id}` and `{names[rule.site]}` share a stream",
                "give each its own `stream`",
            )
        names[rule.site] = rule.id
    sites: dict[str, int] = {}
    asked = list(context.scenario.document.parties.values())
    for rule in all_rules:
        for place in ("chance", "for", "after", "every", "rate", "choose", "within"):
            sites[f"{rule.site}.{place}"] = site_key(f"{rule.site}.{place}")
        sites[rule.site] = site_key(rule.site)
        for member in asked[rule.ask].members if rule.ask is not None else ():
            sites[f"{rule.site}.ask.{member}"] = site_key(f"{rule.site}.ask.{member}")
    for id_ in context.scenario.document.situation:
        sites[f"situation.{id_}.draw"] = site_key(f"situation.{id_}.draw")
    for key in context.scenario.document.script:
        sites[f"script.{key}"] = site_key(f"script.{key}")
    if len(set(sites.values())) < len(sites):
        context.report(
            context.scenario.tree.span,
            "site-clash",
            "two random sites have one key",
            "rename a rule or set its `stream`",
        )
    return sites


def _declare_all(context: Context) -> None:
    """Take every id, so that one declared twice is found before anything is understood."""
    scenario = context.scenario
    for section in (
        "parties",
        "parameters",
        "situation",
        "ladders",
        "definitions",
        "clocks",
        "red_lines",
    ):
        for id_ in getattr(scenario.document, section):
            context.names.declare(id_, scenario.span(section, id_))
    for id_ in scenario.document.time.anchors:
        context.names.declare(id_, scenario.span("time", "anchors", id_))
