"""A model made ready to run: one world, and every expression as a function over it.

Preparing costs more than a short replication, so it is done once for a model and used for all
replications of one worker, one after the other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from escalation_sim.chance.address import site_key
from escalation_sim.chance.laws import ticks
from escalation_sim.engine.decide import Deeds, outcome_of, prepared_effects
from escalation_sim.engine.tally import Tally
from escalation_sim.engine.watch import Watches
from escalation_sim.engine.world import World
from escalation_sim.expression import checked
from escalation_sim.expression.evaluate import EvaluationFault, value_of
from escalation_sim.model.knowledge import deeds_of

if TYPE_CHECKING:
    from escalation_sim.expression.checked import Value
    from escalation_sim.model.model import Model


class Prepared:
    """What a replication needs besides its own state."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.world = World(model)
        self.watches = Watches(model, self.world)
        self.deeds = [Deeds(model, rule, self.world) for rule in model.rules]
        self.tally = Tally(model, self.world)
        self.rule_keys = [model.sites[rule.site] for rule in model.rules]
        options = {
            o.id
            for rule in model.rules
            for o in (*rule.options, rule.otherwise, rule.lapsed)
            if o is not None
        }
        self.option_keys = {id_: site_key(f"option.{id_}") for id_ in options}
        self.remembered = [
            sorted(
                {
                    node.variable.index
                    for _, expression in deeds_of(rule)
                    for node in checked.walk(expression)
                    if isinstance(node, checked.Was)
                }
            )
            for rule in model.rules
        ]
        self.lines: list[bool] = []
        self._script = [prepared_effects(entry.effects, self.world) for entry in model.script]
        for party, row in zip(model.parties, self.world.weights, strict=True):
            row[:] = [float(value_of(member.weight, self.world)) for member in party.members]

    def begin(self) -> None:
        """Forget the last replication."""
        self.lines = [False] * len(self.model.red_lines)

    def script_time(self, i: int) -> int:
        """Return when a script entry happens in this replication, in ticks."""
        entry = self.model.script[i]
        delay = entry.time
        if delay.law is not None:
            return ticks(delay.law.sample(self.world.uniform(self.model.sites[entry.site], 0)))
        assert delay.value is not None  # noqa: S101 - a delay is a law or an expression
        when = int(value_of(delay.value, self.world))
        if when < 0:
            raise EvaluationFault("a time before zero")
        return when

    def script_changes(self, i: int) -> list[tuple[int, Value]]:
        """Return what a script entry writes, read from the world as it is."""
        return outcome_of(self._script[i], self.world)
