"""Compiling what happens: effects, the script, rules, outcomes and results."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Literal, cast

from escalation_sim.diagnostics import Diagnostic, did_you_mean, one_of, suggest
from escalation_sim.expression import checked
from escalation_sim.expression.checker import Party as PartyName
from escalation_sim.expression.types import ANY, DURATION, FLAG, NUMBER, RATE, TIME, UNKNOWN
from escalation_sim.model.context import spaced, text_in
from escalation_sim.model.model import Delay, Effect, Option, Outcome, Result, Rule, Script
from escalation_sim.model.things import party, within_bounds
from escalation_sim.scenario.leaves import ID
from escalation_sim.source.places import content_span

if TYPE_CHECKING:
    from collections.abc import Mapping

    from escalation_sim.expression.checked import Checked
    from escalation_sim.location import Span
    from escalation_sim.model.context import Context
    from escalation_sim.scenario import elements
    from escalation_sim.source.tree import Scalar

PREFIXES: dict[str, Literal["least", "most"]] = {"at least ": "least", "at most ": "most"}

MOST_SIDE_BY_SIDE = 64


def effects(
    context: Context, written: elements.Effects | None, *path: str, remembers: bool = True
) -> tuple[Effect, ...]:
    """Understand a map of effects; `path` is where it stands.

    `remembers` is false where nothing was triggered, so that `was` has no meaning.
    """
    found = []
    for target, scalar in (written or {}).items():
        span = context.scenario.span(*path, target)
        variable = context.names.meaning(target)
        if not isinstance(variable, checked.Variable):
            _no_target(context, target, span)
            continue
        if fault := _not_quite_a_prefix(scalar.text, variable):
            context.report(content_span(scalar), "syntax", *fault)
            continue
        mode: Literal["set", "least", "most"] = "set"
        skip = 0
        for prefix, meaning in PREFIXES.items():
            if scalar.text.startswith(prefix):
                mode, skip = meaning, len(prefix)
        if mode != "set" and variable.type == FLAG:
            context.report(
                content_span(scalar),
                "type",
                "a flag has no `at least` or `at most`",
                f"write `{target}: true` or `{target}: false`",
            )
            continue
        value = context.expression(scalar, variable.type, effects=remembers, skip=skip)
        found.append(Effect(variable.index, mode, value))
    return tuple(found)


def _not_quite_a_prefix(text: str, variable: checked.Variable) -> tuple[str, str] | None:
    """Return what is wrong with an effect that wants to say `at least` or `at most`."""
    match = re.match(r"at[ _-]*(least|most)\b(.*)", text, re.DOTALL)
    if not match or (text.startswith(tuple(PREFIXES)) and match[2].strip()):
        return None
    said = f"at {match[1]}"
    example = match[2].strip() or (variable.levels[-1] if variable.levels else "1")
    message = f"`{said}` what?" if not match[2].strip() else f"`{said}` is written with one space"
    return message, f"write `{said} {example[:64]}`"


def _no_target(context: Context, target: str, span: Span) -> None:
    meaning = context.names.meaning(target)
    if context.names.broken(target):
        return
    if isinstance(meaning, checked.Constant) and meaning.type == UNKNOWN:
        return
    document = context.scenario.document
    if meaning is None:
        known = [*document.situation, *document.ladders]
        context.report(
            span,
            "unknown-name",
            f"there is no situation or ladder `{target[:64]}`",
            suggest(target, known, "there are"),
        )
    else:
        kind = type(meaning).__name__.lower()
        kinds = {"named": "definition", "drawn": "parameter", "constant": "time", "now": "time"}
        kind = kinds.get(kind, kind)
        if isinstance(meaning, checked.Named) and meaning.section == "red_lines":
            kind = "red line"
        context.report(
            span,
            "type",
            f"`{target}` is a {kind} and cannot be changed",
            "only situations and ladders change",
        )


def script(context: Context) -> tuple[Script, ...]:
    """Understand the script; two entries may not write one variable at one time."""
    found: list[Script] = []
    taken: dict[tuple[int, int], tuple[str, Span]] = {}
    for key, entry in context.scenario.document.script.items():
        holder = context.scenario.tree.get("script")
        scalar = holder.key(key) if holder is not None and hasattr(holder, "key") else None
        if scalar is None:
            continue
        delay = context.delay(scalar, scalar.span, time=True)
        changes = effects(context, entry, "script", key, remembers=False)
        if delay is None:
            continue
        if delay.value is not None:
            when = context.settled(delay.value, scalar)
            for effect in changes if when is not None else ():
                earlier = taken.get((int(cast("float", when)), effect.variable))
                if earlier:
                    context.found.append(
                        Diagnostic(
                            "script-clash",
                            "two script entries write one variable at one time",
                            scalar.span,
                            "put both into one entry, or move one by a tick",
                            notes=((f"the other is `{earlier[0]}`", earlier[1]),),
                        )
                    )
                taken[int(cast("float", when)), effect.variable] = (key, scalar.span)
        found.append(
            Script(
                id=key,
                label=spaced(key),
                span=scalar.span,
                time=delay,
                effects=changes,
                site=f"script.{key}",
            )
        )
    return tuple(found)


def rules(context: Context) -> tuple[Rule, ...]:
    """Understand the rules, in their rank order."""
    return tuple(
        _rule(context, id_, entry) for id_, entry in context.scenario.document.rules.items()
    )


def _rule(context: Context, id_: str, entry: elements.Rule) -> Rule:
    span = context.scenario.span("rules", id_)
    fits = _fit_together(context, id_, entry, span)
    words = context.words(id_, entry, span)
    chance = None
    if entry.chance is not None:
        chance = context.expression(entry.chance, NUMBER)
        within_bounds(context, chance, entry.chance, 0, 1)
    rate = None
    if entry.rate is not None:
        rate = context.expression(entry.rate, RATE, watched=True)
        known = context.known(rate)
        if known is not None and known < 0:
            context.report(content_span(entry.rate), "range", "a rate cannot be negative")
    wait = _delay(context, entry.for_, id_, "for")
    after = _delay(context, entry.after, id_, "after")
    if (
        fits
        and entry.again
        and entry.again.flag
        and not any(_lasts(context, delay) for delay in (wait, after))
    ):
        place = context.scenario.span("rules", id_, "again")
        hint = "add `for: …` or `after: …`, or use `every`"
        context.report(place, "rule-shape", "`again` needs a positive delay", hint)
    options = _options(context, id_, entry)
    return Rule(
        **words,
        by=party(context, entry.by),
        when=context.condition(entry.when),
        has_when=entry.when is not None,
        on_change=_watched(context, entry.on_change),
        wait=wait,
        after=after,
        every=_delay(context, entry.every, id_, "every"),
        within=_delay(context, entry.within, id_, "within"),
        rate=rate,
        chance=chance,
        unless=context.condition(entry.unless) if entry.unless is not None else None,
        again=bool(entry.again and entry.again.flag),
        at_most=_at_most(context, entry.at_most),
        ask=_asked(context, entry.ask),
        options=tuple(o for o in options if o.id not in ("otherwise", "lapsed")),
        otherwise=next((o for o in options if o.id == "otherwise"), None),
        lapsed=next((o for o in options if o.id == "lapsed"), None),
        effects=effects(context, entry.do, "rules", id_, "do"),
        note=text_in(entry.note),
        site=f"rules.{text_in(entry.stream) or id_}",
    )


def _delay(context: Context, written: Any, id_: str, key: str) -> Delay | None:
    if written is None:
        return None
    span = context.scenario.span("rules", id_, key)
    delay = context.delay(written, span, "rules", id_, key)
    if key == "every" and delay and not _lasts(context, delay):
        said = f"`every: {delay.text}` never lets time pass"
        context.report(span, "instant-cycle", said, "give it a length, as in `24h`")
    return delay or Delay(value=checked.Constant(value=0, type=UNKNOWN, text="?"))


def _lasts(context: Context, delay: Delay | None) -> bool:
    """Whether a delay is not zero in every run."""
    if delay is None:
        return False
    if delay.law is not None:
        return delay.law.mean > 0
    return delay.value is None or context.known(delay.value) != 0


def _fit_together(context: Context, id_: str, entry: elements.Rule, span: Span) -> bool:
    """Check which keys go together; each fault names the key to leave out or add."""
    faults: list[str] = []

    def fault(key: str, message: str, hint: str = "") -> None:
        faults.append(key)
        place = context.scenario.span("rules", id_, key) if key else span
        context.report(place, "rule-shape", message, hint)

    starts = bool(entry.when or entry.on_change or entry.rate or entry.every)
    acts = not (entry.choose is None and entry.do is None and entry.note is None)
    if not starts and not acts:
        fault(
            "",
            f"nothing starts `{id_}`, and it does nothing",
            "write when it starts and what it does, as in `{when: …, do: …}`",
        )
    elif not starts:
        fault(
            "",
            f"nothing starts `{id_}`",
            "write `when: …`, `on_change: …`, `rate: …` or `every: …`",
        )
    elif not acts:
        fault("", f"`{id_}` does nothing", "write `do: …`, `choose: …` or `note: …`")
    repeating = [k for k, v in (("every", entry.every), ("rate", entry.rate)) if v is not None]
    if len(repeating) == 2:
        fault("rate", "a rule has `every` or `rate`, not both", "leave one out")
    if repeating and entry.for_ is not None:
        fault(
            "for",
            f"`for` does not go with `{repeating[0]}`",
            f"`{repeating[0]}` runs only while `when` holds; "
            "for a condition that has lasted, compare a clock in `when`",
        )
    if repeating and entry.on_change is not None:
        fault("on_change", f"`on_change` does not go with `{repeating[0]}`", "use `when`")
    if entry.on_change is not None and entry.for_ is not None and entry.when is None:
        fault(
            "for",
            "`on_change` with `for` needs a `when` that must stay true",
            "add `when: …`, or write `after` for a delay that nothing calls off",
        )
    when_alone = not repeating and entry.on_change is None and entry.when is not None
    if entry.again is not None and entry.again.flag and not when_alone:
        fault("again", "`again` goes with `when` only", "`every` and `rate` repeat by themselves")
    if entry.within is not None and entry.choose is None:
        fault(
            "within",
            "`within` needs `choose`",
            "it is the deadline of a choice",
        )
    if entry.choose is not None and entry.do is not None:
        fault("do", "a rule has `do` or `choose`, not both", "put the effects into the options")
    if entry.ask is not None and entry.choose is None:
        fault("ask", "`ask` needs `choose`", "what the members decide is read under `if`")
    if entry.at_most is not None and entry.on_change is None and not repeating:
        fault(
            "at_most",
            "`at_most` goes with `on_change`, `every` or `rate`",
            "a rule with `when` alone never waits twice at once; leave it out",
        )
    return not faults


def _watched(context: Context, scalar: Scalar | None) -> int | None:
    if scalar is None:
        return None
    meaning = context.names.meaning(scalar.text)
    if isinstance(meaning, checked.Variable):
        return meaning.index
    if not context.names.broken(scalar.text):
        document = context.scenario.document
        known = [*document.situation, *document.ladders]
        if meaning is None:
            context.report(
                content_span(scalar),
                "unknown-name",
                f"there is no situation or ladder `{scalar.text[:64]}`",
                suggest(scalar.text, known, "there are"),
            )
        else:
            context.report(
                content_span(scalar),
                "type",
                "`on_change` takes the name of a situation or ladder",
                "for a condition, use `when`",
            )
    return None


def _at_most(context: Context, scalar: Scalar | None) -> int:
    if scalar is None:
        return MOST_SIDE_BY_SIDE
    number = scalar.number
    if number is None or not 1 <= number <= 10_000:
        context.report(content_span(scalar), "range", "`at_most` is from 1 to 10,000")
        return MOST_SIDE_BY_SIDE
    return int(number)


def _asked(context: Context, scalar: Scalar | None) -> int | None:
    if not party(context, scalar) or scalar is None:
        return None
    meaning = context.names.meaning(scalar.text)
    assert isinstance(meaning, PartyName)  # noqa: S101 - `party` has looked
    if not meaning.members:
        context.report(
            content_span(scalar),
            "unknown-name",
            f"`{scalar.text}` has no members to ask",
            f"list them under `parties.{scalar.text}.members`",
        )
    return meaning.index


def _options(context: Context, id_: str, entry: elements.Rule) -> list[Option]:
    found = []
    if entry.choose is not None and not [k for k in entry.choose if k != "lapsed"]:
        context.report(
            context.scenario.span("rules", id_, "choose"),
            "rule-shape",
            "there is nothing to choose",
            "list the options, as in `{go: {if: …, do: …}, otherwise: {note: …}}`",
        )
    for name, option in (entry.choose or {}).items():
        path = ("rules", id_, "choose", name)
        span = context.scenario.span(*path)
        for key, given in (("if", option.if_), ("weight", option.weight)):
            if name in ("otherwise", "lapsed") and given is not None:
                context.report(
                    context.scenario.span(*path, key),
                    "rule-shape",
                    f"`{name}` takes no `{key}`",
                    "it is taken when no other option is open"
                    if name == "otherwise"
                    else "it is taken when the deadline has passed",
                )
        if name == "lapsed" and entry.within is None:
            context.report(
                span,
                "rule-shape",
                "`lapsed` needs `within`",
                "add the deadline to the rule, as in `within: 48h`",
            )
        condition: Checked = checked.ALWAYS
        if option.if_ is not None:
            condition = context.expression(option.if_, FLAG, effects=True)
        weight = None
        if option.weight is not None:
            weight = context.expression(option.weight, NUMBER, effects=True)
            within_bounds(context, weight, option.weight, 0, None)
        found.append(
            Option(
                **context.words(name, option, span),
                condition=condition,
                weight=weight,
                effects=effects(context, option.do, *path, "do"),
                note=text_in(option.note),
            )
        )
    open_ = [o for o in found if o.id != "lapsed"]
    if open_ and all(isinstance(o.weight, checked.Constant) and o.weight.value == 0 for o in open_):
        context.report(
            context.scenario.span("rules", id_, "choose"),
            "rule-shape",
            "no option can be taken, all their weights are 0",
            "give one of them a weight above 0, or add `otherwise: …`",
        )
    return found


def outcomes(context: Context) -> tuple[tuple[Outcome, ...], str]:
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


def results(context: Context) -> tuple[Result, ...]:
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
        Result(**{**words, "id": words["id"] + suffix}, kind="value", what=what, at=at)
        for suffix, at in times
    ]


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


def expectations(context: Context) -> None:
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
