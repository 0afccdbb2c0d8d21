"""Mistakes put into either engine on purpose: comparing the two on random scenarios finds each.

A mistake need not show in every scenario; it has to show in one of the first hundred or so that the
comparison goes through.
"""

import math
import re
from heapq import heappush

import pytest

from escalation_sim.chance import laws, quantiles
from escalation_sim.engine import agenda, decide, occurrences, replication, rules, world
from escalation_sim.engine.compiled import plain
from escalation_sim.engine.compiled.kernel import kernel_of
from tests.compiled.both import plain_table, random_models, rows_of, simpy_rows
from tests.support import scenario

REPLICATIONS = 4

ON_TIME = """
situation: {cases: false, notified: false, bell: false}
clocks: {since: {while: cases}}
script: {0h: {cases: true}, 24h: {bell: true}}
rules:
  notify: {when: cases, after: 24h, do: {notified: true}}
  fine:   {when: since >= 24h and bell and not notified, note: too late}
"""
"""Who acts exactly at the deadline is in time, even if a bell makes everybody look before."""


@pytest.fixture(scope="module")
def sound():
    """Scenarios with their kernels and the rows that both engines give."""
    found = []
    for model in (scenario(ON_TIME), *(model for _, model in random_models(range(120)))):
        kernel = kernel_of(model)
        rows = rows_of(plain_table(model, REPLICATIONS, kernel=kernel))
        assert rows == simpy_rows(model, REPLICATIONS)
        found.append((model, kernel, rows))
    return found


def clocks_first(text):
    """Move the clocks before any rule of the tick."""
    return re.sub(r"if (\(m >> \d+\) == now):", r"if \1 and moves != 0:", text)


def triggered_again(text):
    """Trigger a rule at each look at which its condition is true."""
    return re.sub(r"if t != (S\[\d+\]):", r"if t != \1 or t != 0:", text)


def never_called_off(text):
    """Forget that a condition turned false while a rule was on hold."""
    return re.sub(r"if t == 0:\n( +)(S\[\d+\]) = 1\n", r"if t == 0:\n\1\2 = 0\n", text)


def shorter_lulls(text):
    return text.replace("now + lull", "now + max(0, lull - 1)")


def one_generation(text):
    """Let what an item makes due be of its own generation."""
    return text.replace("g = g + 1\n", "g = g + 0\n")


def last_rule_first(text):
    """Turn the order of rules at a tie around."""
    count = text.count("def take_")

    def rank(i):
        return str(count - 1 - int(i))

    text = re.sub(r"(<< \d+\) \| )(\d+)\b", lambda m: m[1] + rank(m[2]), text)
    text = re.sub(r"(due_key\(now, .*, )(\d+)(, I\[0\],)", lambda m: m[1] + rank(m[2]) + m[3], text)
    return re.sub(r"r == (\d+):", lambda m: f"r == {rank(m[1])}:", text)


def ties_unseen(text):
    return re.sub(r"(S\[3\]) = S\[3\] \+ 1", r"\1 = S[3]", text)


def hands_in_time(text):
    """Let hands be on their tick before the clocks have moved."""
    return re.sub(r"\bhand\(S, ", "hand_in_time(S, ", text)


TEXTS = [
    clocks_first,
    triggered_again,
    never_called_off,
    shorter_lulls,
    one_generation,
    last_rule_first,
    ties_unseen,
    hands_in_time,
]


@pytest.mark.parametrize("mutant", TEXTS, ids=lambda mutant: mutant.__name__)
def test_a_mistake_in_a_kernel_is_found(sound, mutant, monkeypatch):
    def hand_in_time(S, at, now):
        return now - S[at + 1] if S[at] == 1 and S[at + 5] < 0 else plain.SCOPE["hand"](S, at, now)

    monkeypatch.setitem(plain.SCOPE, "hand_in_time", hand_in_time)
    assert any(
        rows_of(plain_table(model, REPLICATIONS, kernel=kernel, text=mutant(kernel.text))) != rows
        for model, kernel, rows in sound
        if mutant(kernel.text) != kernel.text
    )


def rounded_down(x):
    return 0 if not x > 0.0 else math.floor(min(x, laws.NEVER))


def upside_down(low, high, u):
    return low + (high - low) * (1.0 - u)


@pytest.mark.parametrize(
    ("name", "mutant"), [("ticks", rounded_down), ("uniform_quantile", upside_down)]
)
def test_a_mistake_in_what_a_kernel_draws_with_is_found(sound, name, mutant, monkeypatch):
    monkeypatch.setitem(plain.SCOPE, name, mutant)
    assert any(
        rows_of(plain_table(model, REPLICATIONS, kernel=kernel)) != rows
        for model, kernel, rows in sound
    )


def break_generations(patch):
    real = agenda.Agenda.make_ready
    patch.setattr(agenda.Agenda, "make_ready", lambda self, _, instance: real(self, 0, instance))


def break_ranks(patch):
    def make_ready(self, generation, instance):
        instance.stage = agenda.READY
        self.count += 1
        heappush(
            self.ready, (generation, -instance.rule, instance.occurrence, self.count, instance)
        )

    patch.setattr(agenda.Agenda, "make_ready", make_ready)


def break_calling_off(patch):
    real = occurrences.Occurrences.call_off

    def call_off(self, instance, why, *, failing=False, unless=False):
        if unless:
            real(self, instance, why, failing=failing, unless=unless)

    patch.setattr(occurrences.Occurrences, "call_off", call_off)


def break_triggering(patch):
    real = rules.Rules._turn

    def turn(self, i, generation, *, now):
        real(self, i, generation, now=now)
        self.holding.discard(i)

    patch.setattr(rules.Rules, "_turn", turn)


def break_lulls(patch):
    real = world.ClockHand.stand
    patch.setattr(world.ClockHand, "stand", lambda self, now, lull: real(self, now, lull + 1))


def break_rounding(patch):
    for module in (decide, world):
        patch.setattr(module, "ticks", rounded_down)


def break_laws(patch):
    patch.setattr(quantiles, "uniform_quantile", upside_down)
    patch.setattr(laws.quantiles, "triangular_quantile", lambda low, *_: low)


def break_clock_order(patch):
    """Let the clocks move before the rule items of a tick."""
    real = replication.Replication.look

    def look(self, generation):
        real(self, generation)
        if getattr(self, "moved_at", -1) != self.world.now:
            self.moved_at = self.world.now
            self._move()
            real(self, 1)

    patch.setattr(replication.Replication, "look", look)


BROKEN = [
    break_generations,
    break_ranks,
    break_calling_off,
    break_triggering,
    break_lulls,
    break_rounding,
    break_laws,
    break_clock_order,
]


@pytest.mark.parametrize("mutant", BROKEN, ids=lambda mutant: mutant.__name__)
def test_a_mistake_in_the_engine_on_simpy_is_found(sound, mutant, monkeypatch):
    mutant(monkeypatch)
    assert any(simpy_rows(model, REPLICATIONS) != rows for model, _, rows in sound)
