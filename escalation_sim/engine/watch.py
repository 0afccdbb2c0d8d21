"""Conditions made ready to be looked at: what each reads, and when time alone can turn it."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, TypeAlias

from escalation_sim.chance.exposure import NEVER
from escalation_sim.engine.world import RUNNING
from escalation_sim.expression import checked
from escalation_sim.expression.evaluate import evaluator

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from escalation_sim.engine.world import World
    from escalation_sim.expression.checked import Checked
    from escalation_sim.model.model import Model

Key: TypeAlias = tuple[str, int]
"""Something that can change: ("value", i), ("clock", i), ("latch", i), ("party", i), ("now", 0)."""

NOW: Key = ("now", 0)

_SOONEST = {">=": (0,), "<": (0,), ">": (1,), "<=": (1,), "==": (0, 1), "!=": (0, 1)}
"""At which ticks after reaching a threshold a comparison can turn."""


def reads_of(node: Checked) -> frozenset[Key]:
    """Return what can change the value of an expression."""
    found: set[Key] = set()
    waiting = [node]
    while waiting:
        here = waiting.pop()
        match here:
            case checked.Variable(index=index):
                found.add(("value", index))
            case checked.ClockTest(index=index):
                found.add(("clock", index))
            case checked.Ever(index=index):
                found.add(("latch", index))
                continue
            case checked.Joined(party=party) | checked.Tally(party=party):
                found.add(("party", party))
            case checked.Now():
                found.add(NOW)
            case _:
                pass
        waiting.extend(checked.parts_of(here))
    return frozenset(found)


class Watches:
    """All conditions of a model over one world, with the table from changes to conditions.

    Conditions are known by a `slot`: ("latch", i), ("from", i), ("until", i), ("pause", i),
    ("line", i), ("when", i), ("unless", i), ("rate", i).
    """

    def __init__(self, model: Model, world: World) -> None:
        self.model = model
        self.world = world
        self.tests: dict[Key, Callable[[], bool]] = {}
        self.readers: dict[Key, set[Key]] = defaultdict(set)
        self.trees: list[Checked] = []
        for i, latch in enumerate(model.latches):
            self.watch(("latch", i), latch)
        for i, clock in enumerate(model.clocks):
            self.watch(("from", i), clock.from_)
            self.watch(("until", i), clock.until)
            self.watch(("pause", i), clock.pause)
        for i, line in enumerate(model.red_lines):
            self.watch(("line", i), line.crossed)
        for i, rule in enumerate(model.rules):
            self.watch(("when", i), rule.when)
            if rule.unless is not None:
                self.watch(("unless", i), rule.unless)
            if rule.rate is not None:
                self.watch(("rate", i), rule.rate)
                self.readers_also(("rate", i), rule.when)
        for outcome in model.outcomes:
            self.trees.append(outcome.when)
        for result in model.results:
            self.trees.append(result.what)
        self.turns = _Turns(self.trees, world)

    def watch(self, slot: Key, node: Checked) -> None:
        """Make one condition ready."""
        self.tests[slot] = evaluator(node, self.world)
        self.trees.append(node)
        for key in reads_of(node):
            self.readers[key].add(slot)

    def readers_also(self, slot: Key, node: Checked) -> None:
        """Let a slot be looked at when what `node` reads has changed, too."""
        for key in reads_of(node):
            self.readers[key].add(slot)

    def touched_by(self, changed: Iterable[Key]) -> set[Key]:
        """Return the slots that read any of what changed."""
        touched: set[Key] = set()
        for key in changed:
            if key in self.readers:
                touched |= self.readers[key]
        return touched


class _Turns:
    """When comparisons with clocks and with `now` can turn by the passing of time alone."""

    def __init__(self, trees: Iterable[Checked], world: World) -> None:
        self.world = world
        self.clocks: dict[tuple[int, Checked], tuple[Callable[[], int], set[int]]] = {}
        self.nows: dict[Checked, tuple[Callable[[], int], set[int]]] = {}
        for tree in trees:
            for node in checked.walk(tree):
                if isinstance(node, checked.ClockTest):
                    known = self.clocks.setdefault(
                        (node.index, node.threshold), (evaluator(node.threshold, world), set())
                    )
                    known[1].update(_SOONEST[node.operator])
                elif isinstance(node, checked.Test):
                    self._test(node)

    def _test(self, node: checked.Test) -> None:
        for side, other in ((node.left, node.right), (node.right, node.left)):
            if isinstance(side, checked.Now) and not isinstance(other, checked.Now):
                known = self.nows.setdefault(other, (evaluator(other, self.world), set()))
                known[1].update((0, 1))

    def next_after(self, now: int) -> int:
        """Return the first tick after `now` at which a comparison can turn, or `NEVER`."""
        soonest = NEVER
        hands = self.world.clocks
        for (clock, _), (threshold, offsets) in self.clocks.items():
            hand = hands[clock]
            if hand.state != RUNNING or hand.paused:
                continue
            reached = hand.base + threshold()
            for offset in offsets:
                if now < reached + offset < soonest:
                    soonest = reached + offset
        for threshold, offsets in self.nows.values():
            reached = threshold()
            for offset in offsets:
                if now < reached + offset < soonest:
                    soonest = reached + offset
        return soonest
