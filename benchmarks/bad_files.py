"""How long each file of the bad-file corpus takes to be answered, and how much memory.

Each file is read three times in this process and the quickest time is shown; memory is what Python
allocated at its peak, from a fourth reading. Slowest first.
"""

from __future__ import annotations

import contextlib
import sys
import time
import tracemalloc
from pathlib import Path

from escalation_sim.errors import EscalationSimError
from escalation_sim.model.compiler import examine
from escalation_sim.scenario.load import load_scenario

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.bad import generated, grown  # noqa: E402 - found through the path above


def cases() -> dict[str, bytes]:
    """Return every bad text by name: the stored files and the generated ones."""
    found = {name: recipe() for name, recipe in generated.RECIPES.items()}
    found |= grown.RECIPES
    for path in sorted((ROOT / "tests" / "bad").rglob("*.yaml")):
        found[f"{path.parent.name}/{path.name}"] = path.read_bytes()
    return found


def answer(data: bytes) -> None:
    """Read one text the way `check` does."""
    with contextlib.suppress(EscalationSimError):
        examine(load_scenario(Path("bad.yaml"), data=data))


def main() -> None:
    """Print the table."""
    rows = []
    for name, data in cases().items():
        times = []
        for _ in range(3):
            start = time.perf_counter()
            answer(data)
            times.append(time.perf_counter() - start)
        tracemalloc.start()
        answer(data)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        rows.append((min(times) * 1000, peak / 2**20, len(data), name))
    rows.sort(reverse=True)
    print(f"{'ms':>9}  {'MiB':>6}  {'bytes':>9}  file")
    for milliseconds, mebibytes, size, name in rows:
        print(f"{milliseconds:9.2f}  {mebibytes:6.1f}  {size:9,}  {name}")
    middle = rows[len(rows) // 2][0]
    print(f"{len(rows)} files; slowest {rows[0][0]:.0f} ms, median {middle:.1f} ms")


if __name__ == "__main__":
    main()
