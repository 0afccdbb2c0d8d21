"""Reading shipped scenarios: the first replication that shows a thing, and what its trace says."""

from functools import cache

from escalation_sim.engine.simulate import Simulator
from escalation_sim.workbench import load


@cache
def _simulator(name, changes, readings):
    return Simulator(load(name, set=dict(changes), reading=dict(readings)))


def simulator(name, set=None, reading=None):  # noqa: A002 - as on the command line
    """Return the simulator of a shipped scenario with changes, made once."""
    return _simulator(name, tuple((set or {}).items()), tuple((reading or {}).items()))


def sample(name, count=60, *, seed=1, trace=False, **how):
    """Return the first replications of a shipped scenario."""
    made = simulator(name, **how)
    return [made.run(seed, r, trace=trace) for r in range(count)]


def first(name, wanted, *, seed=1, tries=400, **how):
    """Return the first replication for which `wanted(run)` holds, traced."""
    made = simulator(name, **how)
    for replication in range(tries):
        run = made.run(seed, replication)
        if wanted(run):
            return run
    raise AssertionError(f"none of {tries} replications of {name} shows it")


def entered(run, rung):
    """Return the hour at which `ladder.rung` was first entered, or None."""
    ladder, _, name = rung.partition(".")
    found = [s.entered for s in run.stays if (s.ladder, s.rung) == (ladder, name)]
    return run.hours(min(found)) if found else None


def firings(run, rule):
    """Return the records in which a rule fired."""
    return [r for r in run.records if r.kind == "fired" and r.about == f"rules.{rule}"]


def records(run, kind, about=None):
    """Return the records of a kind, of one entry or of all."""
    return [r for r in run.records if r.kind == kind and about in (None, r.about)]


def changes(run, variable):
    """Return (hour, before, after) of every change of a variable."""
    return [
        (run.hours(r.tick), *r.writes[variable])
        for r in run.records
        if variable in r.writes and r.kind != "begin"
    ]


def parameter(run, name):
    """Return a constant parameter of the run's model; durations in hours."""
    found = next(p for p in run.model.parameters if p.id == name)
    return run.hours(found.value) if found.type.kind == "duration" else found.value
