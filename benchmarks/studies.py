"""What a study costs beside its runs: memory at 10^4 and 10^6 runs, reductions, commits, workers.

The engine is the compiled one where there is one; on SimPy a million runs of the shipped plan take
many minutes, so there the larger study has 10^5 unless `--million` is given.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path

from escalation_sim import load
from escalation_sim.studies.aggregate import reduced
from escalation_sim.studies.arrays import as_arrays, from_arrays
from escalation_sim.studies.chunks import Chunk
from escalation_sim.studies.engines import SimpyEngine
from escalation_sim.studies.files import as_bytes
from escalation_sim.studies.shape import shape_of
from escalation_sim.studies.store import Store

COMPILED = find_spec("escalation_sim.engine.compiled") is not None


def measured(*arguments: object) -> tuple[float, float, dict]:
    """Run the command in a process of its own; return seconds, peak MiB and what it printed."""
    program = (
        "import resource, sys\n"
        "from escalation_sim.cli.app import app\n"
        "app.main(sys.argv[1:], standalone_mode=False)\n"
        "peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "print(peak / (2**20 if sys.platform == 'darwin' else 2**10), file=sys.stderr)\n"
    )
    start = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", program, *map(str, arguments), "--json"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    seconds = time.perf_counter() - start
    return seconds, float(done.stderr.splitlines()[-1]), json.loads(done.stdout)


def memory() -> None:
    """Compare the peak memory of a small and a large study."""
    large = 10**6 if COMPILED or "--million" in sys.argv else 10**5
    print(f"{'runs':>10} {'engine':>9} {'seconds':>8} {'of the engine':>14} {'peak MiB':>9}")
    for runs in (10**4, large):
        options = ("--runs", runs, "--workers", 1, "--chunk", 2000)
        options += ("--engine", "compiled") if COMPILED else ()
        seconds, peak, found = measured("study", "01", *options)
        engine = found["engine_seconds"]
        print(f"{runs:>10,} {found['engine']:>9} {seconds:>8.1f} {engine:>14.1f} {peak:>9.1f}")


def reductions() -> None:
    """Measure the reduction of rows, and one commit."""
    model = load("01")
    shape = shape_of(model)
    lists = SimpyEngine(model).columns(1, 0, 2000)
    arrays = from_arrays({n: _repeated(a) for n, a in as_arrays(lists).items()})
    for name, columns in (("lists", lists), ("arrays", arrays)):
        start = time.perf_counter()
        reduced(columns, shape)
        seconds = time.perf_counter() - start
        print(
            f"reduced {len(columns):,} rows of {name}: {1e6 * seconds / len(columns):.2f} µs a row"
        )
    data = as_bytes(lists)
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "chunks").mkdir()
        store = Store(Path(folder))
        start = time.perf_counter()
        for number in range(20):
            store.commit(Chunk(0, number * 2000, 2000), data)
        millis = 1000 * (time.perf_counter() - start) / 20
    print(f"committed a chunk of {len(data):,} bytes: {millis:.1f} ms")


def _repeated(array):  # type: ignore[no-untyped-def]
    import numpy as np  # noqa: PLC0415

    return np.tile(array, 500) if array.ndim == 1 else np.tile(array, (1, 500))


def workers() -> None:
    """Compare one process with two on the SimPy engine."""
    for count in (1, 2):
        options = ("--runs", 4000, "--engine", "simpy", "--workers", count)
        seconds, _, found = measured("study", "01", *options)
        print(f"{count} workers: {seconds:.1f} s, digest {found['digest']}")


if __name__ == "__main__":
    memory()
    reductions()
    workers()
