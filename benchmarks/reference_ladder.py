"""The reference ladder twice in one run: written by hand in SimPy, and as a scenario.

python benchmarks/reference_ladder.py            speed, in turns, with the ratio; load time; rules
python benchmarks/reference_ladder.py --chances  200,000 runs against the reference values
"""

from __future__ import annotations

import argparse
import math
import random
import statistics
import time
from pathlib import Path
from typing import TYPE_CHECKING

import simpy

from escalation_sim import load
from escalation_sim.engine.simulate import Simulator
from escalation_sim.model.compiler import compile_scenario
from escalation_sim.scenario.load import load_scenario

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

SCENARIO = Path(__file__).with_name("reference_ladder.yaml")
HORIZON = 720.0
KNOWN = {"coordinated": 0.0818, "clash": 0.0903}
"""From 20 million replications of the same model in C, each ± 0.0001."""

Steps = "Generator[simpy.Event, object, None]"


class Breach:
    """One replication as a SimPy user would write it; hours, one generator of numbers a run."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)  # noqa: S311 - a simulation
        self.env = simpy.Environment()
        self.end = self.env.event()
        self.extensive = self.chance.random() < 0.4
        self.entered: dict[str, float] = {}

    def run(self) -> str:
        """Return how it ended."""
        self.env.process(self.ends(self.chance.expovariate(1 / (150 if self.extensive else 60))))
        self.env.process(self.first_response())
        until = self.env.any_of([self.end, self.env.timeout(HORIZON)])
        self.env.run(until=until)
        return str(self.end.value) if self.end.triggered else "open"

    def ends(self, after: float, how: str = "contained") -> Steps:
        yield self.env.timeout(after)
        if not self.end.triggered:
            self.end.succeed(how)

    def perhaps(self, chance: float, mean: float, how: str = "contained") -> None:
        if self.chance.random() < chance:
            self.env.process(self.ends(self.chance.expovariate(1 / mean), how))

    def first_response(self) -> Steps:
        yield self.env.timeout(self.chance.uniform(2, 12))
        self.env.process(self.warning())
        yield self.env.timeout(self.chance.uniform(6, 24))
        self.entered["engagement"] = self.env.now
        self.perhaps(0.20, 24)
        yield self.env.timeout(self.chance.gammavariate(2, 18))
        self.entered["intervention"] = self.env.now
        self.perhaps(0.25, 12, "clash")
        self.perhaps(0.35, 36)
        if self.extensive:
            wait = max(0.0, 72 - self.env.now) + self.chance.uniform(0, 24)
            yield self.env.timeout(wait)
            self.entered["coordinated"] = self.env.now
            self.perhaps(0.40, 8, "clash")
            self.perhaps(0.50, 24)

    def warning(self) -> Steps:
        yield self.env.timeout(self.chance.triangular(1, 24, 4))
        self.entered["warning"] = self.env.now
        self.perhaps(0.30, 12)


def main():
    n = 20000
    t = time.perf_counter()
    co = cl = 0
    for i in range(n):
        b = Breach(i)
        h = b.run()
        co += "coordinated" in b.entered
        cl += h == "clash"
    print(n / (time.perf_counter() - t), co / n, cl / n)


main()
