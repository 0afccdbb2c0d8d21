"""Compiling what is read off: outcomes, results and expectations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from escalation_sim.diagnostics import Diagnostic, did_you_mean, one_of, suggest
from escalation_sim.expression.types import ANY, DURATION, NUMBER, TIME
from escalation_sim.model.context import spaced, text_in, within_bounds
from escalation_sim.model.model import Outcome, Result
from escalation_sim.scenario.leaves import ID
from escalation_sim.source.places import content_span

if TYPE_CHECKING:
    from collections.abc import Mapping

    from escalation_sim.location import Span
    from escalation_sim.model.context import Context
    from escalation_sim.scenario import elements
    from escalation_sim.source.tree import Scalar


def compiled_outcomes(context: Context) -> tuple[tuple[Outcome, ...], str]:
    """Understand how a run can end; return the outcomes and the id of the one for the rest."""
    found: list[Outcome] = []
    fallback = ""
    for id_, entry in context.scenario.document.outcomes.items():
        span = context.scenario.span("outcomes", id_)
        if entry.when is None:
            context.report(span, "missing-key", f"`{id_}` has no condition", "write `when: …`")
            continue
        if entry.when.text.strip() == "otherwise":
            if fallback:
                context.found.append(
                    Diagnostic(
                        "duplicate-id",
                        "two outcomes are `otherwise`",
                        span,
                        "give one of them a condition",
                        notes=(
                            (
                                f"the other is `{fallback}`",
                                context.scenario.span("outcomes", fallback),
                            ),
                        ),
                    )
                )
            if entry.for_ is not None:
                context.report(
                    context.scenario.span("outcomes", id_, "for"),
                    "rule-shape",
                    "`otherwise` takes no `for`",
                    "it is what a run ends with when no other outcome came true",
                )
            fallback = fallback or id_
            continue
        hold = None
        if entry.for_ is not None:
            hold = context.expression(entry.for_, DURATION)
            within_bounds(context, hold, entry.for_, 0, None)
            if context.settled(hold, entry.for_) is None:
                hold = None
        found.append(
            Outcome(
                **context.words(id_, entry, span), when=context.condition(entry.when), hold=hold
            )
        )
    return tuple(found), fallback


def label_of_rest(context: Context, fallback: str) -> str:
    """Return the words for the outcome of runs that reach no other."""
    entry = context.scenario.document.outcomes.get(fallback)
    return text_in(entry.label) or spaced(fallback) if entry else ""


def compiled_results(context: Context) -> tuple[Result, ...]:
    """Understand what is read off a run."""
    found: list[Result] = []
    for id_, entry in context.scenario.document.results.items():
        span = context.scenario.span("results", id_)
        kinds = [k for k in ("first", "total", "count", "value", "share") if getattr(entry, k)]
        if len(kinds) != 1:
            context.report(
                span,
                "rule-shape",
                f"`{id_}` reads {'nothing' if not kinds else 'several things'}",
                "write one of `first`, `total`, `count`, `value` and `share`",
            )
            continue
        words = context.words(id_, entry, span)
        words["given"] = _outcome_named(context, entry.given)
        kind = kinds[0]
        scalar: Scalar = getattr(entry, kind)
        if kind != "value" and entry.at is not None:
            place = context.scenario.span("results", id_, "at")
            context.report(
                place,
                "rule-shape",
                "`at` goes with `value` only",
                f"`{kind}` covers the whole run",
            )
        if kind == "value":
            found.extend(_values(context, scalar, entry, words))
            continue
        name = scalar.text.strip()
        document = context.scenario.document
        if kind == "count" and (name in document.rules or name in document.red_lines):
            target = "count_rule" if name in document.rules else "count_line"
            found.append(Result(**words, kind=cast("Any", target), target=name))
        elif kind == "share" and name in document.outcomes:
            found.append(Result(**words, kind="ends", target=name))
        elif name in context.names.broken_names:
            continue
        elif _is_slip(context, name) and kind in ("count", "share"):
            _unknown_result(context, scalar, kind)
        else:
            what = context.condition(scalar)
            found.append(Result(**words, kind=cast("Any", kind), what=what))
    return tuple(found)


def _is_slip(context: Context, name: str) -> bool:
    """Whether a text is one word that means nothing."""
    return bool(ID.match(name)) and context.names.meaning(name) is None


def _unknown_result(context: Context, scalar: Scalar, kind: str) -> None:
    """Report a misspelt rule or red line to count, or a misspelt outcome to take the share of."""
    document, name = context.scenario.document, scalar.text.strip()
    sections = ("outcomes",) if kind == "share" else ("rules", "red_lines")
    if context.names.broken(name) or any(context.lost(s) for s in sections):
        return
    known = [id_ for section in sections for id_ in getattr(document, section)]
    hint = did_you_mean(name, [*known, *context.names.names()])
    what = "an outcome" if kind == "share" else "a rule, a red line"
    context.report(
        content_span(scalar),
        "unknown-name",
        f"unknown name `{name[:64]}`",
        hint or f"`{kind}` takes the name of {what} or a condition",
    )


def _values(
    context: Context, scalar: Scalar, entry: elements.Result, words: dict[str, Any]
) -> list[Result]:
    what = context.expression(scalar, ANY, watched=True)
    times: list[tuple[str, int | None]] = [("", None)]
    if entry.at is not None:
        times = []
        for at in entry.at:
            value = context.constant(at, (DURATION, TIME))
            if value is not None and value < 0:
                context.report(content_span(at), "range", "a run begins at zero")
            suffix = f".{at.text.strip()}" if len(entry.at) > 1 else ""
            times.append((suffix, None if value is None else int(value)))
    return [
        Result(
            **words | {"id": words["id"] + suffix, "label": words["label"] + _at_text(suffix)},
            kind="value",
            what=what,
            at=at,
        )
        for suffix, at in times
    ]


def _at_text(suffix: str) -> str:
    return f" at {suffix[1:]}" if suffix else ""


def _outcome_named(context: Context, scalar: Scalar | None) -> str:
    if scalar is None:
        return ""
    known = context.scenario.document.outcomes
    if scalar.text not in known and not context.lost("outcomes"):
        context.report(
            content_span(scalar),
            "unknown-name",
            f"there is no outcome `{scalar.text[:64]}`",
            suggest(scalar.text, known, "outcomes are"),
        )
    return scalar.text


def check_expectations(context: Context) -> None:
    """Check the shape and the expressions of what the author expects."""
    document = context.scenario.document
    for id_, entry in document.expect.items():
        span = context.scenario.span("expect", id_)
        kinds = ("never", "always", "eventually", "entering", "share", "result")
        given = [k for k in kinds if getattr(entry, k) is not None]
        if len(given) != 1:
            context.report(
                span,
                "rule-shape",
                f"`{id_}` expects {'nothing' if not given else 'several things'}",
                "write one of `never`, `always`, `eventually`, `entering`, `share`, `result`",
            )
            continue
        for key in ("never", "always", "eventually"):
            context.condition(getattr(entry, key))
        for key in ("before", "within"):
            scalar = getattr(entry, key)
            if scalar is not None:
                context.constant(scalar, (DURATION, TIME))
        if entry.entering is not None:
            _entering(context, id_, entry.entering)
        if entry.share is not None and entry.share.text.strip() not in document.outcomes:
            if _is_slip(context, entry.share.text.strip()):
                _unknown_result(context, entry.share, "share")
            else:
                context.condition(entry.share)
        if given[0] in ("share", "result"):
            _between(context, id_, entry, span)
        _expected_keys(context, id_, entry, given[0])
        if (
            entry.result is not None
            and entry.result.text not in document.results
            and not context.lost("results")
        ):
            context.report(
                content_span(entry.result),
                "unknown-name",
                f"there is no result `{entry.result.text[:64]}`",
                suggest(entry.result.text, document.results, "results are"),
            )
        if entry.under is not None:
            _under(context, entry.under)


def _entering(context: Context, id_: str, entering: Mapping[str, Scalar]) -> None:
    ladders = context.scenario.document.ladders
    rungs = [r for k, v in context.names.scales.items() if k in ladders for r in v]
    for rung, scalar in entering.items():
        if rung not in rungs and not context.lost("ladders"):
            context.report(
                context.scenario.span("expect", id_, "entering", rung),
                "unknown-level",
                f"no ladder has a rung `{rung[:64]}`",
                suggest(rung, rungs, "rungs are"),
            )
        context.condition(scalar)


def _expected_keys(context: Context, id_: str, entry: elements.Expectation, kind: str) -> None:
    """Report keys that say nothing beside what is expected."""
    for key, kinds in (
        ("before", ("eventually",)),
        ("within", ("eventually",)),
        ("between", ("share", "result")),
        ("runs", ("share", "result")),
    ):
        if getattr(entry, key) is not None and kind not in kinds:
            context.report(
                context.scenario.span("expect", id_, key),
                "rule-shape",
                f"`{key}` does not go with `{kind}`",
                f"it goes with {one_of(kinds)}",
            )


def _between(context: Context, id_: str, entry: elements.Expectation, span: Span) -> None:
    if entry.between is None:
        context.report(
            span, "missing-key", f"`{id_}` has no `between`", "write `between: [low, high]`"
        )
        return
    if len(entry.between) != 2:
        place = context.scenario.span("expect", id_, "between")
        hint = "write `between: [low, high]`"
        context.report(place, "range", "`between` has two ends", hint)
        return
    wanted = NUMBER if entry.share is not None else (NUMBER, DURATION)
    low, high = (context.constant(s, wanted) for s in entry.between)
    if low is None or high is None:
        return
    if low > high:
        context.report(content_span(entry.between[0]), "range", "the low end is above the high end")
    elif entry.share is not None and not 0 <= low <= high <= 1:
        place = content_span(entry.between[0 if low < 0 else 1])
        context.report(place, "range", "a share is from 0 to 1")


def _under(context: Context, scalar: Scalar) -> None:
    clause, _, reading = scalar.text.partition(".")
    entry = context.scenario.document.definitions.get(clause)
    if entry is None and context.names.broken(clause):
        return
    if entry is None or reading not in (entry.readings or {}):
        known = [
            f"{c}.{r}"
            for c, e in context.scenario.document.definitions.items()
            for r in e.readings or ()
        ]
        context.report(
            content_span(scalar),
            "unknown-reading",
            f"there is no reading `{scalar.text[:64]}`",
            suggest(scalar.text, known, "readings are"),
        )
