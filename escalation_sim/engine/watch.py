"""Conditions made ready to be looked at: what each reads, and when time alone can turn it."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeAlias

from escalation_sim.chance.exposure import NEVER
from escalation_sim.engine.world import RUNNING
from escalation_sim.expression import checked
from escalation_sim.expression.evaluate import EvaluationFault, evaluator

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from escalation_sim.engine.world import World
    from escalation_sim.expression.checked import Checked
    from escalation_sim.model.model import Model

Key: TypeAlias = tuple[str, int]
"""Something that can change: ("value", i), ("clock", i), ("latch", i), ("party", i), ("now", 0)."""

NOW: Key = ("now", 0)

WHEN, UNLESS, CLOSELY = 1, 2, 4
"""What of a rule looks at something; a rule may have a sum of these. CLOSELY marks rules that more
than a turn of their `when` can start: with `on_change`, a rate, or `again`."""

MOST_UNITED = 1_000
"""How many unions of readers are kept, so that what often changes together is united once."""

SOONEST = {">=": (0,), "<": (0,), ">": (1,), "<=": (1,), "==": (0, 1), "!=": (0, 1)}
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


@dataclass(frozen=True, slots=True, eq=False)
class Readers:
    """Who reads something that can change: indices into the model, each in rank order."""

    latches: tuple[int, ...] = ()
    clocks: tuple[int, ...] = ()
    lines: tuple[int, ...] = ()
    rules: tuple[tuple[int, int], ...] = ()
    """Rules, each with what of it reads: a sum of WHEN, UNLESS and CLOSELY."""

    readouts: tuple[int, ...] = ()
    """Results, and after them outcomes."""


NOBODY = Readers()


def united(*readers: Readers) -> Readers:
    """Return the readers of any of several things."""
    if len(readers) == 1:
        return readers[0]
    rules: dict[int, int] = {}
    for some in readers:
        for rule, what in some.rules:
            rules[rule] = rules.get(rule, 0) | what
    return Readers(
        latches=tuple(sorted({i for some in readers for i in some.latches})),
        clocks=tuple(sorted({i for some in readers for i in some.clocks})),
        lines=tuple(sorted({i for some in readers for i in some.lines})),
        rules=tuple(sorted(rules.items())),
        readouts=tuple(sorted({i for some in readers for i in some.readouts})),
    )


class Watches:
    """All conditions of a model over one world, with the table from changes to readers."""

    def __init__(self, model: Model, world: World) -> None:
        self.world = world
        self._looks: dict[Key, list[Readers]] = defaultdict(list)
        self._trees: list[Checked] = []
        self.latches = [
            self._watch(latch, Readers(latches=(i,))) for i, latch in enumerate(model.latches)
        ]
        self.starts, self.stops, self.pauses = (
            [self._watch(node, Readers(clocks=(i,))) for i, node in enumerate(nodes)]
            for nodes in (
                [clock.from_ for clock in model.clocks],
                [clock.until for clock in model.clocks],
                [clock.pause for clock in model.clocks],
            )
        )
        self.lines = [
            self._watch(line.crossed, Readers(lines=(i,))) for i, line in enumerate(model.red_lines)
        ]
        self.closely = [
            CLOSELY if rule.rate is not None or rule.on_change is not None or rule.again else 0
            for rule in model.rules
        ]
        self.when, self.unless, self.rate = (
            [
                self._watch(node, Readers(rules=((i, what | self.closely[i]),)))
                for i, node in enumerate(nodes)
            ]
            for what, nodes in (
                (WHEN, [rule.when for rule in model.rules]),
                (UNLESS, [rule.unless or checked.NEVER for rule in model.rules]),
                (CLOSELY, [rule.rate or checked.NEVER for rule in model.rules]),
            )
        )
        readouts = [*(r.what for r in model.results), *(o.when for o in model.outcomes)]
        self.readouts = [
            self._watch(node, Readers(readouts=(i,))) for i, node in enumerate(readouts)
        ]
        self.turns = _Turns(self._trees, world)
        self.of_values = [self._of("value", i) for i in range(len(model.variables))]
        self.of_clocks = [self._of("clock", i) for i in range(len(model.clocks))]
        self.of_latches = [self._of("latch", i) for i in range(len(model.latches))]
        self.of_parties = [self._of("party", i) for i in range(len(model.parties))]
        self.of_now = self._of(*NOW)
        """Those for which `now` is new at every tick; the others are in `of_ticks`."""

        self.of_ticks = {i: self._of(kind, i) for kind, i in self._looks if kind == "tick"}
        """Those that `now` can turn at this tick, and at no other than such ticks."""

        self.united = lru_cache(MOST_UNITED)(united)
        self.at_start = self._at_start()

    def _watch(self, node: Checked, reader: Readers) -> Callable[[], Any]:
        """Make one condition ready, and enter who looks at it."""
        self._trees.append(node)
        keys = reads_of(node)
        alone = not reader.clocks and not any(what & CLOSELY for _, what in reader.rules)
        if NOW in keys and alone and (ticks := _turning_ticks(node, self.world)):
            keys = keys - {NOW} | {("tick", tick) for tick in ticks}
        for key in keys:
            self._looks[key].append(reader)
        return evaluator(node, self.world)

    def _of(self, kind: str, i: int) -> Readers:
        """Return the readers of one thing."""
        looks = self._looks.get((kind, i))
        return united(*looks) if looks else NOBODY

    def _at_start(self) -> Readers:
        """Return who has something to see in the world as it starts, before anything is drawn.

        A condition that is false there, and of which nothing it reads has changed, would start
        nothing: most rules of a large model need no look until something concerns them.
        """

        def true(tests: Iterable[Callable[[], Any]]) -> list[int]:
            return [i for i, test in enumerate(tests) if _true_or_at_fault(test)]

        concerned = Readers(
            latches=tuple(true(self.latches)),
            clocks=tuple(range(len(self.starts))),
            lines=tuple(true(self.lines)),
            readouts=tuple(range(len(self.readouts))),
        )
        whens = [Readers(rules=((i, WHEN | self.closely[i]),)) for i in true(self.when)]
        unlesses = [Readers(rules=((i, UNLESS),)) for i in true(self.unless)]
        return united(concerned, *whens, *unlesses)


def _true_or_at_fault(test: Callable[[], Any]) -> bool:
    try:
        return bool(test())
    except EvaluationFault:
        return True


def _fixed(node: Checked, world: World) -> int | None:
    """Return the ticks an expression stands for if no run can change them."""
    if reads_of(node):
        return None
    try:
        return int(evaluator(node, world)())
    except EvaluationFault:
        return None  # it is raised where a run asks for it


def _turning_ticks(node: Checked, world: World) -> set[int] | None:
    """Return the ticks at which `now` can turn a condition; None if that could be any tick.

    One that reads a clock, too, is looked at whenever a tick begins: until the clocks move, a hand
    that stood on its tick is just short of the next, which only a look then sees.
    """
    ticks: set[int] = set()
    waiting = [node]
    while waiting:
        here = waiting.pop()
        if isinstance(here, checked.Now | checked.ClockTest):
            return None
        if isinstance(here, checked.Ever):
            continue
        if isinstance(here, checked.Test):
            sides = [side for side in (here.left, here.right) if not isinstance(side, checked.Now)]
            if len(sides) == 1:
                reached = _fixed(sides[0], world)
                if reached is None:
                    return None
                ticks.update((reached, reached + 1))
                continue
        waiting.extend(checked.parts_of(here))
    return ticks


class _Turns:
    """When comparisons with clocks and with `now` can turn by the passing of time alone.

    Thresholds of `now` that no run can change are kept as the sorted ticks they wake at.
    """

    def __init__(self, trees: Iterable[Checked], world: World) -> None:
        self.world = world
        self.clocks: dict[tuple[int, Checked], tuple[Callable[[], int], set[int]]] = {}
        self.nows: dict[Checked, Callable[[], int]] = {}
        for tree in trees:
            for node in checked.walk(tree):
                if isinstance(node, checked.ClockTest):
                    known = self.clocks.setdefault(
                        (node.index, node.threshold), (evaluator(node.threshold, world), set())
                    )
                    known[1].update(SOONEST[node.operator])
                elif isinstance(node, checked.Test):
                    self._test(node)
        fixed: set[int] = set()
        for node in [*self.nows]:
            reached = _fixed(node, world)
            if reached is not None:
                fixed.update((reached, reached + 1))
                del self.nows[node]
        self.fixed = sorted(fixed)
        self.any = bool(self.fixed or self.nows or self.clocks)

    def _test(self, node: checked.Test) -> None:
        for side, other in ((node.left, node.right), (node.right, node.left)):
            if isinstance(side, checked.Now) and not isinstance(other, checked.Now):
                self.nows.setdefault(other, evaluator(other, self.world))

    def next_after(self, now: int) -> int:
        """Return the first tick after `now` at which a comparison can turn, or `NEVER`."""
        place = bisect_right(self.fixed, now)
        soonest = self.fixed[place] if place < len(self.fixed) else NEVER
        if not (self.clocks or self.nows):
            return soonest
        hands = self.world.clocks
        for (clock, _), (threshold, offsets) in self.clocks.items():
            hand = hands[clock]
            if hand.state != RUNNING or hand.paused:
                continue
            reached = hand.base + threshold()
            for offset in offsets:
                if now < reached + offset < soonest:
                    soonest = reached + offset
        for threshold in self.nows.values():
            reached = threshold()
            for offset in (0, 1):
                if now < reached + offset < soonest:
                    soonest = reached + offset
        return soonest
