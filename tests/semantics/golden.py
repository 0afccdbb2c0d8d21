"""The golden digests: what shipped scenarios must give, on every machine.

python tests/semantics/golden.py            print them as JSON
python tests/semantics/golden.py --write    keep them in golden_digests.json, after a change
                                            that was meant to change what runs give
"""

import json
import sys
from pathlib import Path

from escalation_sim import library
from escalation_sim.engine.simulate import Simulator
from escalation_sim.workbench import load

KEPT = Path(__file__).with_name("golden_digests.json")
SEEDS = ((1, 0), (1, 1), (7, 0), (2026, 41), (2**63 - 1, 2**63 - 1))


def digests():
    """Return [seed, replication, firing digest, trace digest] of some runs, by scenario."""
    found = {}
    for path in sorted(library.folder("scenarios").glob("*.yaml")):
        simulator = Simulator(load(path))
        found[path.stem] = []
        for seed, replication in SEEDS:
            run = simulator.run(seed, replication)
            found[path.stem].append([seed, replication, run.firing_digest, run.trace_digest])
    return found


if __name__ == "__main__":
    text = json.dumps(digests(), indent=1) + "\n"
    if "--write" in sys.argv[1:]:
        KEPT.write_text(text, "utf-8")
    else:
        sys.stdout.write(text)
