"""The reference ladder twice in one run: written by hand in SimPy, and as a scenario.

python benchmarks/reference_ladder.py            speed in turns, with the ratio; load time; cost by
                                                 number of rules and of replications
python benchmarks/reference_ladder.py --chances  200,000 runs against the reference values
"""

from __future__ import annotations

import argparse
import math
import random
import statistics
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import simpy

from escalation_sim import load
from escalation_sim.chance.address import site_key
from escalation_sim.engine.simulate import Simulator
from escalation_sim.model.compiler import compile_scenario
from escalation_sim.scenario.load import load_scenario

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from escalation_sim.model.model import Model

    Steps = Generator[simpy.Event, object, None]

SCENARIO = Path(__file__).with_name("reference_ladder.yaml")
HORIZON = 720.0
KNOWN = {"coordinated": 0.0818, "clash": 0.0903}
"""From 20 million replications of the same model in C, each ± 0.0001."""


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


def by_hand(first: int, count: int) -> None:
    for seed in range(first, first + count):
        Breach(seed).run()


def seconds(work: Callable[[int, int], object], first: int, count: int) -> float:
    """Return seconds of this process: on a busy machine its own work is what counts."""
    start = time.process_time()
    work(first, count)
    return time.process_time() - start


def rows(simulator: Simulator) -> Callable[[int, int], None]:
    def work(first: int, count: int) -> None:
        for replication in range(first, first + count):
            simulator.row(1, replication)

    return work


def traced(simulator: Simulator) -> Callable[[int, int], None]:
    def work(first: int, count: int) -> None:
        for replication in range(first, first + count):
            simulator.run(1, replication)

    return work


def side_by_side(rounds: int, count: int) -> None:
    """Measure in turns, so that a busy machine slows all of them alike."""
    simulator = Simulator(load(SCENARIO))
    ways = {
        "written by hand in SimPy": by_hand,
        "as a scenario, no trace": rows(simulator),
        "as a scenario, traced": traced(simulator),
    }
    taken: dict[str, list[float]] = {name: [] for name in ways}
    for work in ways.values():
        work(0, count)
    for turn in range(rounds):
        for name, work in ways.items():
            taken[name].append(seconds(work, turn * count, count) / count)
    hand = taken["written by hand in SimPy"]
    print(f"{'the reference ladder':28} {'runs/s':>8} {'µs/run':>8} {'speed beside by hand':>21}")
    for name, each in taken.items():
        share = statistics.median(h / e for h, e in zip(hand, each, strict=True))
        middle = statistics.median(each)
        print(f"{name:28} {1 / middle:8.0f} {1e6 * middle:8.1f} {share:21.2f}")


def loading() -> None:
    times = []
    for _ in range(15):
        start = time.perf_counter()
        Simulator(load(SCENARIO))
        times.append(time.perf_counter() - start)
    print(f"\nfrom the file to a simulator ready to run: {1e3 * statistics.median(times):.1f} ms")


def with_rules(count: int) -> Model:
    """Return a model in which one rule acts every hour, and `count` others look at something else.

    A scenario has at most 1,000 rules; beyond that, rules of the Model are copied under new names.
    """
    written = min(count, 999)
    still = "\n".join(f"  still_{i}: {{when: idle, after: 1h, note: x}}" for i in range(written))
    text = (
        "schema: 1\ntitle: rules that nothing concerns\ntime: {horizon: 720h}\n"
        "situation: {idle: false, beats: 0}\nrules:\n"
        f'  beat: {{when: "true", every: 1h, do: {{beats: beats + 1}}}}\n{still}\n'
    )
    model = compile_scenario(load_scenario(Path("rules.yaml"), data=text.encode()))
    sites, more = dict(model.sites), []
    for i in range(written, count):
        site = f"rules.still_{i}"
        more.append(replace(model.rules[-1], id=f"still_{i}", site=site))
        places = [p for p in model.sites if p.startswith("rules.still_0")]
        for place in places:
            name = place.replace("rules.still_0", site, 1)
            sites[name] = site_key(name)
    return replace(model, rules=(*model.rules, *more), sites=sites)


def rules_and_events() -> None:
    print(f"\n{'rules that nothing concerns':28} {'µs a firing':>12} {'ms to prepare':>14}")
    for count in (10, 100, 999, 3_000, 10_000):
        model = with_rules(count)
        start = time.perf_counter()
        simulator = Simulator(model)
        ready = time.perf_counter() - start
        work = rows(simulator)
        each = statistics.median(seconds(work, r, 1) / 720 for r in range(15))
        print(f"{count:28,} {1e6 * each:12.2f} {1e3 * ready:14.1f}")


def replications() -> None:
    simulator = Simulator(load(SCENARIO))
    print(f"\n{'replications':28} {'µs/run':>8}")
    for count in (10, 100, 1_000, 10_000, 30_000):
        print(f"{count:28,} {1e6 * seconds(rows(simulator), 0, count) / count:8.1f}")


def chances(count: int, seed: int) -> None:
    """Compare what happens with the reference values, in standard errors."""
    simulator = Simulator(load(SCENARIO))
    model = simulator.model
    clash = [outcome.id for outcome in model.outcomes].index("clash")
    seen = dict.fromkeys(KNOWN, 0)
    for replication in range(count):
        row = simulator.row(seed, replication)
        seen["coordinated"] += row.firsts[-1] >= 0
        seen["clash"] += row.outcome == clash
    for name, p in KNOWN.items():
        error = math.sqrt(p * (1 - p) / count)
        share = seen[name] / count
        print(f"P({name}) = {share:.5f}, reference {p}: {(share - p) / error:+.2f} standard errors")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--chances", action="store_true")
    parser.add_argument("--runs", type=int, default=200_000)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    if asked.chances:
        chances(asked.runs, asked.seed)
        return
    side_by_side(rounds=40, count=200)
    loading()
    rules_and_events()
    replications()


if __name__ == "__main__":
    main()
