"""Compiling rules: triggers, delays, choices and which keys go together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from escalation_sim.diagnostics import suggest
from escalation_sim.expression import checked
from escalation_sim.expression.checker import Party as PartyName
from escalation_sim.expression.types import FLAG, NUMBER, RATE, UNKNOWN
from escalation_sim.model.context import text_in, within_bounds
from escalation_sim.model.effects import compiled_effects
from escalation_sim.model.model import Delay, Option, Rule
from escalation_sim.model.parties import party
from escalation_sim.source.places import content_span

if TYPE_CHECKING:
    from escalation_sim.expression.checked import Checked
    from escalation_sim.location import Span
    from escalation_sim.model.context import Context
    from escalation_sim.scenario import elements
    from escalation_sim.source.tree import Scalar


MOST_SIDE_BY_SIDE = 64


def compiled_rules(context: Context) -> tuple[Rule, ...]:
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
        effects=compiled_effects(context, entry.do, "rules", id_, "do"),
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
                effects=compiled_effects(context, option.do, *path, "do"),
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
