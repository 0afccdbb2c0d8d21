"""Why a model has no compiled engine, in one sentence that names the place."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING

from escalation_sim.engine.compiled.draft import key_bits
from escalation_sim.expression import checked
from escalation_sim.model.model import place_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from escalation_sim.expression.checked import Checked
    from escalation_sim.model.model import Entry, Model

MOST_RULES = 100
"""More would compile for minutes."""

MOST_PARTS = 20_000
"""Parts of all conditions and values together; a definition counts at each use."""

NEEDED = ("numpy", "llvmlite")


def refusal(model: Model) -> str | None:
    """Return why the compiled engine does not take a model, or None."""
    for name in NEEDED:
        if find_spec(name) is None:
            return f"{name} is not installed; it comes with `pip install escalation-sim[fast]`"
    if len(model.rules) > MOST_RULES:
        rule = model.rules[MOST_RULES]
        return f"more than {MOST_RULES} rules; `{rule.id}` at {rule.where} is one too many"
    longest = (1 << (62 - key_bits(len(model.rules)))) - 2
    if model.horizon > longest:
        return (
            f"{place_of(model.span)}: a horizon of {model.horizon:,} ticks, more than {longest:,}; "
            "a longer `time.tick` would do"
        )
    parts = 0
    for entry, node in _expressions(model):
        for _ in checked.walk(node):
            parts += 1
            if parts > MOST_PARTS:
                return (
                    f"conditions and values of more than {MOST_PARTS:,} parts, definitions "
                    f"written out; the limit is passed in `{entry.id}` at {entry.where}"
                )
    return None


def _expressions(model: Model) -> Iterator[tuple[Entry, Checked]]:
    """Yield every expression that is written into a kernel, with the entry it stands in."""
    for clock in model.clocks:
        yield from ((clock, n) for n in (clock.from_, clock.until, clock.lull, clock.pause))
    yield from ((line, line.crossed) for line in model.red_lines)
    for rule in model.rules:
        nodes = [rule.when, rule.rate, rule.chance, rule.unless]
        nodes += [d.value for d in (rule.wait, rule.after, rule.every, rule.within) if d]
        options = [*rule.options, *filter(None, (rule.otherwise, rule.lapsed))]
        for option in options:
            nodes += [option.condition, option.weight, *(e.value for e in option.effects)]
        nodes += [effect.value for effect in rule.effects]
        yield from ((rule, node) for node in nodes if node is not None)
    yield from ((outcome, outcome.when) for outcome in model.outcomes)
    yield from ((result, result.what) for result in model.results)
