"""The start script's pure parts, and what it says when a virtual environment cannot be made."""

import importlib.util
import runpy
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def start(tmp_path, monkeypatch):
    """Load the script as a module that believes it stands in an empty folder."""
    spec = importlib.util.spec_from_file_location("start_script", ROOT / "start.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    (tmp_path / "pyproject.toml").write_text(
        "[project]\noptional-dependencies.test = ['ruff', 'types-x']"
    )
    monkeypatch.setattr(module, "HERE", tmp_path)
    monkeypatch.setattr(module, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(module, "STATE", tmp_path / ".venv" / "start.txt")
    monkeypatch.setattr(module, "PICTURE", tmp_path / "out" / "picture.png")
    return module


@pytest.fixture
def calls(start, monkeypatch):
    """Record what would be run; `calls.failing` says which commands fail."""

    class Calls(list):
        failing = staticmethod(lambda command: False)  # noqa: ARG005

    made = Calls()

    def run(command, **_):
        made.append(command)
        if command[1:3] == ["-m", "venv"]:
            python = start.venv_python(start.VENV)
            python.parent.mkdir()
            python.touch()
        elif not Path(command[0]).exists():
            raise FileNotFoundError(command[0])
        return subprocess.CompletedProcess(command, int(made.failing(command)))

    monkeypatch.setattr(start.subprocess, "run", run)
    return made


def short(calls):
    return [" ".join(c[1:]).replace("--quiet --disable-pip-version-check ", "") for c in calls]


def test_python_stands_elsewhere_on_windows(start):
    assert start.venv_python(Path("v"), "nt") == Path("v/Scripts/python.exe")
    assert start.venv_python(Path("v"), "posix") == Path("v/bin/python")


def test_variables_that_lead_out_of_the_environment_are_dropped(start):
    given = {"PIP_TARGET": "x", "PythonPath": "x", "PIP_USER": "1", "PIP_INDEX_URL": "u"}
    assert start.environment(given) == {"PIP_USER": "0", "PIP_INDEX_URL": "u"}


def test_a_set_up_is_known_by_project_place_and_python(start):
    same = start.fingerprint(b"p", Path("a"), "3.11")
    assert same == start.fingerprint(b"p", Path("a"), "3.11")
    others = [(b"q", Path("a"), "3.11"), (b"p", Path("b"), "3.11"), (b"p", Path("a"), "3.12")]
    assert same not in {start.fingerprint(*other) for other in others}


def test_what_serves_the_tests_serves_a_run_but_not_the_other_way_round(start):
    assert start.ready("m test", "m", "run")
    assert not start.ready("m run", "m", "test")
    assert not start.ready("n test", "m", "run")
    assert not start.ready("unfinished", "m", "run")


def test_the_first_start_sets_up_and_the_second_goes_straight_to_work(start, calls, capsys):
    assert start.main([]) == 0
    assert f"The picture: {start.PICTURE}" in capsys.readouterr().out
    assert start.PICTURE.parent.is_dir()
    assert [c.split(" --seed")[0] for c in short(calls)][-2:] == [
        "-m pip install -e .",
        "-P -m escalation_sim run scenarios/01-reported-plan.yaml",
    ]
    calls.clear()
    assert start.main(["why", "01", "x"]) == 0
    assert short(calls) == ["-P -m escalation_sim why 01 x"]


def test_an_interrupted_set_up_is_begun_anew(start, calls):
    start.set_up("run")
    start.STATE.write_text("unfinished")
    (start.VENV / "half").touch()
    calls.clear()
    start.set_up("run")
    assert not (start.VENV / "half").exists()
    assert [c.split()[1] for c in short(calls)] == ["venv", "pip"]


def test_a_changed_project_is_installed_over_the_old_one(start, calls):
    start.set_up("run")
    (start.HERE / "pyproject.toml").write_text("[project]")
    calls.clear()
    start.set_up("run")
    assert short(calls)[1:] == ["-m pip install -e ."]


def test_a_failed_install_is_no_set_up(start, calls):
    calls.failing = lambda command: "install" in command
    with pytest.raises(SystemExit, match="pip says why"):
        start.set_up("run")
    assert start.STATE.read_text() == "unfinished"


def test_debian_without_ensurepip_is_told_the_line_that_helps(start, monkeypatch):
    monkeypatch.setitem(sys.modules, "ensurepip", None)
    with pytest.raises(SystemExit, match="\n    sudo apt install python3-venv\n"):
        start.set_up("run")
    assert not start.VENV.exists()


def test_a_half_made_environment_is_told_the_line_that_helps_and_left_unfinished(start, calls):
    calls.failing = lambda command: command[1:3] == ["-m", "venv"]
    with pytest.raises(SystemExit, match="\n    sudo apt install python3-venv\n"):
        start.set_up("run")
    assert start.STATE.read_text() == "unfinished"


def test_what_cannot_be_installed_is_named_and_its_check_skipped(start, calls, capsys):
    lacking = ["types-x", "types-pyyaml", ".[test]"]
    calls.failing = lambda command: any(name in command[-1] for name in lacking)
    assert start.main(["test"]) == 0
    out = capsys.readouterr().out
    assert "could not be installed: types-x\n" in out
    assert "mypy          skipped, needs mypy and types-pyyaml\n" in out
    assert "pytest        passed\n" in out
    assert not start.ready(start.STATE.read_text(), start.STATE.read_text().split()[0], "test")


@pytest.mark.parametrize("code", [1, 5, -11])
@pytest.mark.usefixtures("calls")
def test_one_failed_check_fails_the_whole(start, capsys, monkeypatch, code):
    start.set_up("test")
    monkeypatch.setattr(start, "python", lambda *a, **_: code if "pytest" in a else 0)
    assert start.main(["test"]) == 1
    assert "pytest        failed\n" in capsys.readouterr().out


@pytest.mark.usefixtures("calls")
def test_a_folder_that_cannot_be_written_is_said_in_one_line(start, monkeypatch):
    monkeypatch.setattr(start, "VENV", start.HERE / "no" / "such" / "folder")
    with pytest.raises(SystemExit, match="cannot write here"):
        start.main([])


def test_an_older_python_is_told_so(monkeypatch):
    monkeypatch.setattr(sys, "version_info", (3, 10, 2))
    with pytest.raises(SystemExit, match=r"needs Python 3\.11 or newer, this is 3\.10 \("):
        runpy.run_path(str(ROOT / "start.py"), run_name="__main__")


def test_it_asks_for_the_python_that_the_package_asks_for():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert project["requires-python"] == ">=3.11"
    needed = {req.split(">")[0].lower() for req in project["optional-dependencies"]["test"]}
    assert {"ruff", "mypy", "types-pyyaml", "import-linter", "pytest"} <= needed
