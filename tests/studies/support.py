"""A small quick scenario with everything a study counts, and studies of it."""

import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

from escalation_sim.engine.simulate import Simulator
from escalation_sim.scenario.load import load_scenario
from escalation_sim.studies.design import designed
from escalation_sim.studies.ensemble import Order, run_study

SMALL = """\
schema: 1
title: A letter and its answer
time: {horizon: 60h, tick: 1min}
parameters:
  patience: {value: 20h, range: [1h, 50h]}
  reply_chance: {value: 0.6}
situation: {asked: true, answered: false, luck: {draw: {empirical: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]}}}
ladders: {tone: {rungs: [kind, firm, {harsh: {label: Harsh}}]}}
definitions:
  late:
    readings:
      soon: now >= patience
      whenever: now >= 2 * patience
rules:
  answer: {when: asked, after: {exponential: 20h}, chance: reply_chance, do: {answered: true}}
  remind: {when: late and not answered, do: {tone: firm}}
  insist: {when: tone == firm, after: {uniform: [1h, 9h]}, do: {tone: harsh}}
  divide: {when: tone == harsh, do: {luck: 10 / luck}}
outcomes: {settled: {when: answered}, open: otherwise}
results:
  first_harsh: {first: tone == harsh}
  hours_firm: {total: tone == firm}
  reminders: {count: remind}
  luck_then: {value: luck, at: [10h]}
  was_firm: {share: ever(tone == firm)}
"""
"""A run ends by an answer or by the horizon; one in ten of the harsh ones divides by zero."""


def write(folder, text=SMALL, name="letter.yaml"):
    path = Path(folder) / name
    path.write_text(text, "utf-8")
    return path


def small_design(folder, *, settings=(), **how):
    path = write(folder) if not (Path(folder) / "letter.yaml").exists() else folder / "letter.yaml"
    return designed(load_scenario(path, settings=settings), **how)


def studied(folder, runs, *, seed=1, design=None, **order):
    return run_study(design or small_design(folder), runs=runs, seed=seed, order=Order(**order))


def rows_of(model, runs, seed=1):
    simulator = Simulator(model)
    return [simulator.row(seed, r) for r in range(runs)]


def environment(**more):
    """Return an environment in which a process finds this package."""
    path = os.pathsep.join(p for p in sys.path if p)
    return {**os.environ, "PYTHONPATH": path, **more}


def started(*arguments, **how):
    """Start the command in a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "escalation_sim", *map(str, arguments)],
        cwd=Path(__file__).parents[2],
        env=environment(**how.pop("env", {})),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        **how,
    )


def children(pid):
    """Return the workers of a process, on Linux."""
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdecimal():
            continue
        try:
            status = (entry / "stat").read_text()
            command = (entry / "cmdline").read_bytes()
        except OSError:
            continue
        parent = int(status.rpartition(")")[2].split()[1])
        if parent == pid and b"spawn_main" in command:
            found.append(int(entry.name))
    return found


def alive(pid):
    try:
        status = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
    return status.rpartition(")")[2].split()[0] not in ("Z", "X")


def tallied(rows, what):
    return Counter(what(row) for row in rows if not row.fault)
