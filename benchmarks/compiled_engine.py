"""The compiled engine beside SimPy and C written by hand, on the reference ladder, in one run.

python benchmarks/compiled_engine.py             speeds in turns on one core, then on several
python benchmarks/compiled_engine.py --start     seconds to compile and load shipped scenarios
python benchmarks/compiled_engine.py --memory    memory at 10,000,000 replications, block by block
python benchmarks/compiled_engine.py --equal N   both engines on N random scenarios and all shipped
"""

from __future__ import annotations

import argparse
import os
import random
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))

from benchmarks.reference_ladder import Breach  # noqa: E402
from escalation_sim import library  # noqa: E402
from escalation_sim.engine.compiled import engine_for, refusal  # noqa: E402
from escalation_sim.engine.compiled.cache import Cache  # noqa: E402
from escalation_sim.engine.simulate import Simulator  # noqa: E402
from escalation_sim.errors import ScenarioError  # noqa: E402
from escalation_sim.workbench import load  # noqa: E402

LADDER = HERE / "reference_ladder.yaml"
TURNS = 15
BY_HAND, BY_KERNEL, BY_C = 300, 50_000, 300_000
BLOCK = 100_000


def speeds() -> None:
    """Measure in turns; a turn of each, so that a busy machine slows all of them."""
    with tempfile.TemporaryDirectory() as folder:
        ladder = engine_for(load(LADDER), cache=Cache(Path(folder) / "kernels"))
        program = in_c(Path(folder))
        ladder.columns(1, 0, BY_KERNEL)
        times: dict[str, list[float]] = {"SimPy by hand": [], "compiled": [], "C by hand": []}
        for turn in range(TURNS):
            begun = time.process_time()
            for i in range(BY_HAND):
                Breach(turn * BY_HAND + i).run()
            times["SimPy by hand"].append((time.process_time() - begun) / BY_HAND)
            begun = time.process_time()
            ladder.columns(1, turn * BY_KERNEL, BY_KERNEL)
            times["compiled"].append((time.process_time() - begun) / BY_KERNEL)
            if program:
                said = subprocess.run(
                    [program, str(BY_C), str(turn + 1)], capture_output=True, text=True, check=True
                )
                times["C by hand"].append(float(said.stdout.split()[0]) / BY_C)
        if not program:
            print("no C compiler here: C is left out")
            del times["C by hand"]
        for how, of in (("medians", statistics.median), ("quickest turns", min)):
            seconds = {name: of(found) for name, found in times.items()}
            print(how)
            for name, each in seconds.items():
                print(
                    f"  {name:14} {each * 1e9:10.0f} ns a replication, {1 / each:12,.0f} a second"
                )
            times_hand = seconds["SimPy by hand"] / seconds["compiled"]
            print(f"  the compiled engine is {times_hand:.0f} times as fast as SimPy by hand")
            if program:
                beside_c = seconds["compiled"] / seconds["C by hand"]
                print(f"  and takes {beside_c:.2f} times the time of C by hand")
        threads(ladder)


def threads(ladder: object) -> None:
    """Measure what further threads add, by the clock on the wall."""
    base = 0.0
    for count in range(1, min(4, os.cpu_count() or 1) + 1):
        best = min(
            timed(lambda c=count: ladder.columns(1, 0, 400_000, threads=c)) for _ in range(5)
        )
        base = base or best
        speed, gain = 400_000 / best, base / best
        print(f"  {count} threads: {speed:12,.0f} replications a second, {gain:.2f} times")


def timed(work: object) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def in_c(folder: Path) -> str | None:
    """Compile the ladder in C; None where there is no compiler."""
    compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    if compiler is None:
        return None
    program = folder / "ladder"
    source = str(HERE / "reference_ladder.c")
    command = [compiler, "-O3", "-march=native", source, "-o", str(program), "-lm"]
    return str(program) if subprocess.run(command, check=False).returncode == 0 else None


def start() -> None:
    """Compile every shipped scenario into an empty folder, then load it from there."""
    with tempfile.TemporaryDirectory() as folder:
        cache = Cache(Path(folder) / "kernels")
        begun = time.perf_counter()
        import llvmlite.binding  # noqa: F401, PLC0415
        import numpy  # noqa: F401, ICN001, PLC0415

        print(f"importing numpy and llvmlite: {time.perf_counter() - begun:.2f} s")
        for path in [LADDER, *sorted(library.folder("scenarios").glob("*.yaml"))]:
            model = load(path)
            if why := refusal(model):
                print(f"{path.stem}: {why}")
                continue
            said: list[str] = []
            cold = timed(lambda: engine_for(model, cache=cache, tell=said.append))  # noqa: B023
            warm = timed(lambda: engine_for(model, cache=cache))  # noqa: B023
            known = "" if said else " (its structure was there already)"
            print(
                f"{path.stem}: {len(model.rules)} rules, {cold:.2f} s{known}; cached {warm:.3f} s"
            )


def memory(count: int = 10_000_000) -> None:
    """Work off ten million replications, keeping what a study keeps, and look at the peak."""
    engine = engine_for(load(LADDER))
    engine.columns(1, 0, BLOCK)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    words = 0
    begun = time.perf_counter()
    for first in range(0, count, BLOCK):
        words += int(engine.columns(1, first, BLOCK).firing_digest.sum())
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    took = time.perf_counter() - begun
    print(f"{count:,} replications in {took:.1f} s; digests {words % 2**64:016x}")
    print(f"peak {peak / 1024:.0f} MiB, {(peak - before) / 1024:.0f} MiB more than after one block")


def equal(count: int) -> None:
    """Compare both engines: random scenarios by the kernel in Python, shipped ones compiled."""
    from tests.compiled.both import SEED, plain_table, rows_of, simpy_rows  # noqa: PLC0415
    from tests.compiled.generated import text_of  # noqa: PLC0415
    from tests.support import scenario  # noqa: PLC0415

    done = refused = 0
    for number in range(count):
        try:
            model = scenario(text_of(random.Random(number)))  # noqa: S311
        except ScenarioError:
            refused += 1
            continue
        if rows_of(plain_table(model, 20)) != simpy_rows(model, 20):
            print(f"random scenario {number} differs")
        done += 1
        if done % 1_000 == 0:
            print(f"{done:,} random scenarios, {refused:,} refused when they were read", flush=True)
    for path in [LADDER, *sorted(library.folder("scenarios").glob("*.yaml"))]:
        model = load(path)
        table, simulator = engine_for(model).columns(SEED, 0, 1_000), Simulator(model)
        unlike = [i for i in range(1_000) if table.row(i) != simulator.row(SEED, i)]
        print(f"{path.stem}: {len(unlike)} of 1,000 replications differ", flush=True)


def main() -> None:
    """Choose what to measure."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--start", action="store_true")
    parser.add_argument("--memory", action="store_true")
    parser.add_argument("--equal", type=int, metavar="N")
    given = parser.parse_args()
    if given.start:
        start()
    elif given.memory:
        memory()
    elif given.equal is not None:
        equal(given.equal)
    else:
        speeds()


if __name__ == "__main__":
    main()
