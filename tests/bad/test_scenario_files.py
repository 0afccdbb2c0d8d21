"""Every bad scenario says exactly what its `.expect` file says, at once and without side effects.

`model/` holds faults of shape, names, structure, families of files and changes from outside,
`conditions/` faults of expressions, `runs/` faults that only a run can find, `good/` none at all.
A file may begin with `# run: --set a=b --reading c=d`.

`python tests/bad/test_scenario_files.py` writes the expectations anew, to be read before use.
"""

import contextlib
import functools
import os
import re
import runpy
import shlex
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from escalation_sim import library
from escalation_sim.engine.simulate import Simulator
from escalation_sim.errors import RunError, ScenarioError
from escalation_sim.model.compiler import examine
from escalation_sim.scenario.load import load_scenario

HERE = Path(__file__).parent
FOLDERS = ("conditions", "model", "runs")
STORED = {
    f"{folder}/{path.stem}": path
    for folder in FOLDERS
    for path in sorted((HERE / folder).glob("*.yaml"))
}
GROWN = runpy.run_path(str(HERE / "grown.py"))["RECIPES"]
FILES = [*STORED, *GROWN]
GOOD = [*library.scenarios(), *sorted((HERE / "good").glob("*.yaml"))]
HANG_GUARD = 10


def changes_of(text):
    """Return the settings and readings that a file asks for in its first line."""
    found = {"--set": [], "--reading": []}
    first = text.partition("\n")[0]
    if first.startswith("# run: "):
        words = iter(shlex.split(first.removeprefix("# run: ")))
        for option in words:
            found[option].append(tuple(next(words).split("=", 1)))
    return found["--set"], found["--reading"]


@functools.cache
def diagnostics_of(name):
    """Return everything that is said about a file: when it is read, or else when it is run."""
    path = STORED.get(name, HERE / f"{name}.yaml")
    data = GROWN.get(name) or path.read_bytes()
    settings, readings = changes_of(data.decode())
    try:
        scenario = load_scenario(
            path, shown=path.name, settings=settings, readings=readings, data=data
        )
    except ScenarioError as error:
        return list(error.diagnostics)
    model, found = examine(scenario)
    if model is not None and name.startswith("runs/"):
        try:
            Simulator(model).run(seed=1)
        except RunError as error:
            found.append(error.diagnostic)
    return found


def report_on(name):
    return "\n\n".join(problem.render() for problem in diagnostics_of(name)) + "\n"


def expected(name):
    return (HERE / f"{name}.expect").read_text(encoding="utf-8")


@contextlib.contextmanager
def guarded():
    """Fail instead of hanging, where the platform can; nothing here is a measurement."""

    def hung(*_):
        pytest.fail(f"no answer within {HANG_GUARD} s")

    if not hasattr(signal, "SIGALRM"):
        yield
        return
    before = signal.signal(signal.SIGALRM, hung)
    signal.alarm(HANG_GUARD)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


@pytest.mark.parametrize("name", FILES)
def test_a_bad_file_gets_exactly_the_expected_report(name):
    with guarded():
        report = report_on(name)
    assert report == expected(name)


def test_there_are_many_bad_files_and_each_has_an_expectation():
    stored = {f"{folder}/{p.stem}" for folder in FOLDERS for p in (HERE / folder).glob("*.expect")}
    assert stored == set(FILES)
    assert len(FILES) >= 110
    assert all(expected(name).strip() for name in FILES)


def test_stored_files_are_small():
    assert all(path.stat().st_size < 5000 for path in STORED.values())


@pytest.mark.parametrize("name", FILES)
def test_every_problem_points_at_something_in_its_file(name):
    for problem in diagnostics_of(name):
        span = problem.span
        line = span.file.line(span.line)
        assert 1 <= span.line <= max(len(span.file.lines), 1)
        assert 1 <= span.column <= len(line) + 1
        assert (span.end_line, span.end_column) >= (span.line, span.column)
        for _, place in problem.notes:
            assert place.file.line(place.line)


@pytest.mark.parametrize("name", FILES)
def test_nothing_is_reported_twice(name):
    places = [(p.span.where, p.span.column, p.message) for p in diagnostics_of(name)]
    assert len(set(places)) == len(places)


@pytest.mark.parametrize("name", FILES)
def test_messages_are_short_sentences_in_lower_case_without_a_full_stop(name):
    for problem in diagnostics_of(name):
        first = re.sub(r"`[^`]*`|--\w+", "x", problem.message)
        assert first[:1].islower() or first[:1].isdigit() or first.startswith("YAML")
        assert not problem.message.endswith(".")
        assert not problem.help.endswith(".")
        assert len(problem.message) <= 200
        assert len(problem.help) <= 500
        assert "\n" not in problem.message + problem.help


@pytest.mark.parametrize("name", [n for n in FILES if n.startswith("runs/")])
def test_what_only_a_run_can_find_is_no_fault_of_the_file(name):
    path = STORED[name]
    model, found = examine(load_scenario(path, shown=path.name))
    assert model is not None
    assert found == []
    with pytest.raises(RunError) as caught:
        Simulator(model).run(seed=1, trace=False)
    assert caught.value.diagnostic.render() + "\n" == expected(name)


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.stem)
def test_a_good_scenario_gets_no_report(path):
    model, found = examine(load_scenario(path))
    assert model is not None
    assert found == []


AUDIT = """
import runpy, sys
here = runpy.run_path(sys.argv[1])
names, forbidden = here["FILES"], []
"\\x00".encode("unicode_escape")        # what is loaded lazily is loaded here
for name in names[::10]:
    here["report_on"](name)
watching = True

def hook(event, arguments):
    if not watching:
        return
    if event == "open":
        _, mode, flags = arguments
        writing = any(c in (mode or "") for c in "wax+") or (isinstance(flags, int) and flags & 3)
        if writing:
            forbidden.append((event, arguments))
    elif event.split(".")[0] in ("compile", "exec", "os", "shutil", "socket", "subprocess"):
        if event not in ("os.listdir", "os.scandir"):
            forbidden.append((event, arguments))

sys.addaudithook(hook)
for name in names:
    here["report_on"](name)
watching = False
print(forbidden)
"""


def test_no_bad_file_makes_the_package_write_connect_or_run_code(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", AUDIT, __file__],
        cwd=tmp_path, capture_output=True, text=True, check=True, timeout=60,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)},
    )  # fmt: skip
    assert done.stdout.strip() == "[]"
    assert list(tmp_path.iterdir()) == []


LIMITED = """
import runpy, sys
try:
    import resource
    resource.setrlimit(resource.RLIMIT_AS, (512 * 1024 * 1024,) * 2)
except ImportError:
    pass
here = runpy.run_path(sys.argv[1])
for name in here["FILES"]:
    sys.stdout.write(name + "\\n" + here["report_on"](name))
"""


def test_all_reports_are_the_same_in_little_memory_and_under_another_hash_seed(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", LIMITED, __file__],
        cwd=tmp_path, capture_output=True, check=True, timeout=60,
        env={
            **os.environ,
            "PYTHONPATH": os.pathsep.join(p for p in sys.path if p),
            "PYTHONHASHSEED": "4711",
            "PYTHONIOENCODING": "utf-8",
        },
    )  # fmt: skip
    told = done.stdout.decode("utf-8").replace("\r\n", "\n")
    assert told == "".join(f"{name}\n{expected(name)}" for name in FILES)


if __name__ == "__main__":
    for file in FILES:
        (HERE / f"{file}.expect").write_text(report_on(file), encoding="utf-8")
