"""Small scenarios for tests: from YAML text to models, runs, and what is to be seen in them.

A text without `schema:` gets a head of its own: a title, a horizon of 200 hours and a tick of one
hour, so that hours and ticks are the same numbers. Numbers of chance are computed here a second
time, from the words of the contract, so that tests need not ask the engine for them.
"""

import json
import math
import os
import subprocess
import sys
import textwrap
from pathlib import Path

from escalation_sim import library
from escalation_sim.chance.address import site_key
from escalation_sim.engine.simulate import Simulator
from escalation_sim.errors import ScenarioError
from escalation_sim.model.compiler import compile_scenario
from escalation_sim.scenario.load import load_scenario
from escalation_sim.scenario.overrides import as_texts
from escalation_sim.workbench import load

SHIPPED = tuple(sorted(library.folder("scenarios").glob("*.yaml")))


def whole(text, *, horizon="200h", tick="1h"):
    """Return the text of a whole file; one with `schema:` is left as it is."""
    text = textwrap.dedent(text)
    if "schema:" in text:
        return text
    head = "schema: 1\ntitle: a test\n"
    if "\ntime:" not in "\n" + text:
        head += f"time: {{horizon: {horizon}, tick: {tick}}}\n"
    return head + text


def scenario(text, *, horizon="200h", tick="1h", set=None, reading=None):  # noqa: A002
    """Return the model of a scenario given as text."""
    data = whole(text, horizon=horizon, tick=tick).encode()
    read = load_scenario(
        Path("test.yaml"), settings=as_texts(set), readings=as_texts(reading), data=data
    )
    return compile_scenario(read)


def run(text, *, seed=1, replication=0, trace=True, **how):
    """Return one run of a scenario given as text."""
    return Simulator(scenario(text, **how)).run(seed, replication, trace=trace)


def runs(text, count, *, seed=1, trace=False, **how):
    """Yield many replications of a scenario given as text."""
    simulator = Simulator(scenario(text, **how))
    for replication in range(count):
        yield simulator.run(seed, replication, trace=trace)


def problems(text, **how):
    """Return the codes and whole messages of what is wrong with a scenario, in order."""
    try:
        scenario(text, **how)
    except ScenarioError as error:
        return [(d.code, f"{d.message} | {d.help}") for d in error.diagnostics]
    return []


def codes(text, **how):
    """Return the codes of what is wrong with a scenario, in order."""
    return [code for code, _ in problems(text, **how)]


def stopped_by(text, *, seconds=15, **how):
    """Return the code of the error that stops a run, which might as well hang: in a process.

    The seconds are a guard against hanging and no measurement.
    """
    program = (
        "import json, sys\n"
        "from escalation_sim.errors import RunError\n"
        "from tests.support import run\n"
        "text, how = json.load(sys.stdin)\n"
        "try:\n"
        "    print(run(text, **how).why_ended)\n"
        "except RunError as error:\n"
        "    print(error.diagnostic.code)\n"
    )
    try:
        done = subprocess.run(
            [sys.executable, "-B", "-c", program],
            input=json.dumps([text, how]),
            cwd=Path(__file__).parents[1],
            env={**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)},
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return "it hangs"
    return done.stdout.strip() or done.stderr


def family(folder, /, **texts):
    """Write files side by side, each named by its key; return the model of the last one."""
    for name, text in texts.items():
        (folder / f"{name}.yaml").write_text(textwrap.dedent(text), "utf-8")
    return load(folder / f"{list(texts)[-1]}.yaml")


def told(run, *kinds):
    """Return the records of these kinds."""
    return [r for r in run.records if r.kind in kinds]


def fired(run):
    """Return (hours, rule, option) of every firing, in order."""
    return [
        (run.hours(r.tick), r.about.removeprefix("rules."), r.data.get("option"))
        for r in told(run, "fired")
    ]


def order(run):
    """Return (hours, rule) of every firing, in order."""
    return [(hours, rule) for hours, rule, _ in fired(run)]


def hours(run, rule, *, option=None):
    """Return when a rule fired, in hours; with `option`, when it went that way."""
    return [h for h, r, o in fired(run) if r == rule and option in (None, o)]


def about(run, *kinds):
    """Return (hours, kind, id) of every record of these kinds, in order."""
    return [(run.hours(r.tick), r.kind, r.about.partition(".")[2]) for r in told(run, *kinds)]


def ending(run):
    """Return the values at the end, as the writes of the records leave them."""
    values = {}
    for record in run.records:
        values.update({name: after for name, (_, after) in record.writes.items()})
    return values


# the random numbers of the contract, point 8, computed from its words

MASK = 2**64 - 1


def _mixed(word):
    word = ((word ^ (word >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    word = ((word ^ (word >> 27)) * 0x94D049BB133111EB) & MASK
    return word ^ (word >> 31)


def uniform(site, occurrence, *, seed=1, replication=0, index=0):
    """Return the uniform at an address; `site` is a name such as `rules.report.after`."""
    state = _mixed(0x9E3779B97F4A7C15)  # contract number 1
    for step, part in (
        (0xBB67AE8584CAA73B, seed),
        (0xA54FF53A5F1D36F1, replication),
        (0x9B05688C2B3E6C1F, site_key(site)),
        (0x9159015A3070DD17, occurrence),
        (0x8EB44A8768581511, index),
    ):
        state = _mixed((state + step * part) & MASK)
    return ((state >> 12) + 0.5) * 2.0**-52


def unit_exponential(rule, occurrence, **address):
    """Return E_k of a rule with a rate."""
    return -math.log(1.0 - uniform(f"rules.{rule}.rate", occurrence, **address))


def rounded(ticks):
    """Return a drawn duration in whole ticks: floor(x + ½), never below 0."""
    return max(0, math.floor(ticks + 0.5))
