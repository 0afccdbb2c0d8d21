"""What a rule would do now: pure questions to the world, answered without changing it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from escalation_sim.chance.laws import ticks
from escalation_sim.expression.evaluate import EvaluationFault, evaluator

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from escalation_sim.engine.world import World
    from escalation_sim.expression.checked import Value
    from escalation_sim.model.model import Delay, Effect, Model, Option, Rule


PreparedEffects: TypeAlias = "list[tuple[int, str, Callable[[], Any]]]"


@dataclass(frozen=True, slots=True)
class Throw:
    """A chance drawn against its threshold; it succeeds below it."""

    drawn: float
    threshold: float

    @property
    def succeeds(self) -> bool:
        """Whether the drawn number lies below the threshold."""
        return self.drawn < self.threshold


@dataclass(frozen=True, slots=True)
class Choice:
    """The option taken, or None; with the open options, their weights and the number drawn."""

    option: Option | None
    open: tuple[str, ...] = ()
    weights: tuple[float, ...] = ()
    drawn: float | None = None


class Deeds:
    """What one rule asks and does, with its expressions made ready over one world."""

    def __init__(self, model: Model, rule: Rule, world: World) -> None:
        self.rule = rule
        self.world = world
        self.sites = {
            place: model.sites[f"{rule.site}.{place}"]
            for place in ("chance", "for", "after", "every", "rate", "choose", "within")
        }
        self._chance = evaluator(rule.chance, world) if rule.chance is not None else None
        self._delays = {
            place: self._length(delay)
            for place, delay in (
                ("for", rule.wait),
                ("after", rule.after),
                ("every", rule.every),
                ("within", rule.within),
            )
            if delay is not None
        }
        self._options = [
            (
                option,
                evaluator(option.condition, world),
                evaluator(option.weight, world) if option.weight is not None else None,
            )
            for option in rule.options
        ]
        self.by_weight = any(option.weight is not None for option in rule.options)
        self._effects = {
            id(option): prepared_effects(option.effects, world)
            for option in (*rule.options, rule.otherwise, rule.lapsed)
            if option is not None
        }
        self._own_effects = prepared_effects(rule.effects, world)
        self.members: list[tuple[int, Callable[[], Any]]] = []
        if rule.ask is not None:
            self.members = [
                (model.sites[f"{rule.site}.ask.{member.id}"], evaluator(member.joins, world))
                for member in model.parties[rule.ask].members
            ]

    def _length(self, delay: Delay) -> Callable[[float], int]:
        law = delay.law
        if law is not None:
            return lambda u: ticks(law.sample(u))
        assert delay.value is not None  # noqa: S101 - a delay is a law or an expression
        value = evaluator(delay.value, self.world)

        def fixed(_: float) -> int:
            length = int(value())
            if length < 0:
                raise EvaluationFault("a negative duration", "keep it up, as in `max(0h, x)`")
            return length

        return fixed

    def has(self, place: str) -> bool:
        """Whether the rule has this delay."""
        return place in self._delays

    def length(self, place: str, occurrence: int) -> int:
        """Return the delay that begins now, in ticks."""
        return self._delays[place](self.world.uniform(self.sites[place], occurrence))

    def throw(self, occurrence: int) -> Throw | None:
        """Return the chance thrown for this occurrence; None if the rule has none."""
        if self._chance is None:
            return None
        threshold = float(self._chance())
        _check_chance(threshold)
        return Throw(self.world.uniform(self.sites["chance"], occurrence), threshold)

    def ask(self, occurrence: int) -> list[Throw]:
        """Let each member of the asked party decide by its own draw, in their order."""
        throws = []
        for site, joins in self.members:
            threshold = float(joins())
            _check_chance(threshold)
            throws.append(Throw(self.world.uniform(site, occurrence), threshold))
        return throws

    def choose(self, occurrence: int) -> Choice:
        """Return the way the rule goes now."""
        rule = self.rule
        if not rule.options and rule.otherwise is None:
            return Choice(None)
        if not self.by_weight:
            for option, condition, _ in self._options:
                if condition():
                    return Choice(option, (option.id,))
            return Choice(rule.otherwise)
        open_: list[Option] = []
        weights: list[float] = []
        for option, condition, weight in self._options:
            if condition():
                heavy = float(weight()) if weight is not None else 1.0
                if heavy < 0:
                    raise EvaluationFault(
                        f"a weight of {heavy:g}, which is below 0", "keep it up, as in `max(0, x)`"
                    )
                open_.append(option)
                weights.append(heavy)
        total = 0.0
        for heavy in weights:
            total += heavy
        if total == float("inf"):
            raise EvaluationFault("weights whose sum is not finite")
        if not total > 0:
            return Choice(rule.otherwise, tuple(o.id for o in open_), tuple(weights))
        drawn = self.world.uniform(self.sites["choose"], occurrence)
        target, sum_ = drawn * total, 0.0
        taken = open_[-1]
        for option, heavy in zip(open_, weights, strict=True):
            sum_ += heavy
            if target < sum_:
                taken = option
                break
        return Choice(taken, tuple(o.id for o in open_), tuple(weights), drawn)

    def changes(self, option: Option | None) -> list[tuple[int, Value]]:
        """Return the variables and their new values, all read from the world as it is."""
        effects = self._own_effects if option is None else self._effects[id(option)]
        return outcome_of(effects, self.world)


def _check_chance(threshold: float) -> None:
    if not 0 <= threshold <= 1:
        said = f"a chance of {threshold:g}, which is not from 0 to 1"
        raise EvaluationFault(said, "keep it within, as in `min(1, max(0, x))`")


def prepared_effects(effects: Sequence[Effect], world: World) -> PreparedEffects:
    """Make effects ready: variable, mode, and the new value as a function."""
    return [(e.variable, e.mode, evaluator(e.value, world)) for e in effects]


def outcome_of(effects: PreparedEffects, world: World) -> list[tuple[int, Value]]:
    """Return the variables and their new values, all read from the world as it is."""
    values = world.values
    found: list[tuple[int, Value]] = []
    for variable, mode, value in effects:
        new = value()
        if mode == "least":
            new = max(values[variable], new)
        elif mode == "most":
            new = min(values[variable], new)
        found.append((variable, new))
    return found
