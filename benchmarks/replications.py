"""Replications a second of each shipped scenario on the SimPy engine, untraced and traced."""

from __future__ import annotations

import time

from escalation_sim import library, load
from escalation_sim.engine.simulate import Simulator

COUNT = 300


def main() -> None:
    """Print the table."""
    print(f"{'scenario':40} {'untraced/s':>10} {'traced/s':>9} {'ratio':>6}")
    for path in library.scenarios():
        simulator = Simulator(load(path))
        rates = []
        for trace in (False, True):
            start = time.perf_counter()
            for replication in range(COUNT):
                simulator.run(1, replication, trace=trace)
            rates.append(COUNT / (time.perf_counter() - start))
        print(f"{path.stem:40} {rates[0]:10.0f} {rates[1]:9.0f} {rates[0] / rates[1]:6.1f}")


if __name__ == "__main__":
    main()
