"""Set everything up in `.venv` beside this file, then do one thing.

    python3 start.py              run the reported plan and leave its picture in `out/`
    python3 start.py test         run every check and test
    python3 start.py why 01 ...   hand anything else to the `escalation-sim` command

Needs Python 3.11 or newer and nothing else. Deleting `.venv` undoes all of it.
"""

import sys

if sys.version_info < (3, 11):  # noqa: UP036 - older ones must be told, not shown a traceback
    found = f"{sys.version_info[0]}.{sys.version_info[1]} ({sys.executable})"
    sys.exit(f"escalation-sim needs Python 3.11 or newer, this is {found}")

import hashlib
import importlib.util
import os
import shutil
import subprocess
import tomllib
from pathlib import Path

HERE = Path(__file__).resolve().parent
VENV = HERE / ".venv"
STATE = VENV / "start.txt"  # `unfinished`, or what was installed and from which pyproject.toml
PICTURE = HERE / "out" / "01-reported-plan.png"
MAIN_JOB = ["run", "scenarios/01-reported-plan.yaml", "--seed", "9372", "--figure", str(PICTURE)]
LAYERS = "import importlinter.cli as cli; cli.lint_imports_command()"
CHECKS = {  # name: packages it needs, arguments of Python
    "ruff check": (["ruff"], ["-m", "ruff", "check", "."]),
    "ruff format": (["ruff"], ["-m", "ruff", "format", "--check", "."]),
    "mypy": (["mypy", "types-pyyaml"], ["-m", "mypy"]),
    "lint-imports": (["import-linter"], ["-c", LAYERS]),
    "pytest": ([], ["-m", "pytest", "-n", "auto"]),  # never skipped
}
NO_VENV = f"""
this Python cannot make a virtual environment; on Debian and Ubuntu this line helps:

    sudo apt install python3-venv

(python3.{sys.version_info.minor}-venv where that is not the system's own); then start again"""
ASTRAY = ("PYTHONHOME", "PYTHONPATH", "PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "PIP_NO_DEPS")


def venv_python(venv: Path, system: str = os.name) -> Path:
    """Return where a virtual environment keeps its Python."""
    return venv / ("Scripts/python.exe" if system == "nt" else "bin/python")


def environment(given: dict[str, str]) -> dict[str, str]:
    """Return the variables without those that lead Python or pip out of the virtual environment."""
    return {k: v for k, v in given.items() if k.upper() not in ASTRAY} | {"PIP_USER": "0"}


def fingerprint(project: bytes, place: Path, version: str) -> str:
    """Return a name for a set-up: another pyproject.toml, place or Python gives another."""
    return hashlib.sha256(b"\0".join([project, str(place).encode(), version.encode()])).hexdigest()


def ready(state: str, mark: str, wanted: str) -> bool:
    """Tell whether what is installed covers what is wanted, `run` or `test`."""
    return state in (f"{mark} {wanted}", f"{mark} test")


def python(*arguments: str, cwd: Path | None = HERE, quiet: bool = False) -> int:
    """Run the Python of `.venv` and return its exit code; -1 if it cannot start."""
    command = [str(venv_python(VENV)), *arguments]
    stderr = subprocess.DEVNULL if quiet else None
    env = environment(dict(os.environ))
    try:
        return subprocess.run(command, cwd=cwd, env=env, stderr=stderr, check=False).returncode
    except OSError:
        return -1


def install(*what: str) -> bool:
    """Install with pip, which says itself what went wrong."""
    return python("-m", "pip", "install", "--quiet", "--disable-pip-version-check", *what) == 0


def make_venv() -> None:
    """Make `.venv` anew."""
    if importlib.util.find_spec("ensurepip") is None:
        sys.exit(NO_VENV)
    shutil.rmtree(VENV, ignore_errors=True)
    VENV.mkdir(exist_ok=True)
    STATE.write_text("unfinished")
    command = [sys.executable, "-m", "venv", str(VENV)]
    if subprocess.run(command, cwd=HERE, env=environment(dict(os.environ)), check=False).returncode:
        sys.exit(NO_VENV)


def set_up(wanted: str) -> None:
    """Make `.venv` and install what is wanted, unless that is done already."""
    project = (HERE / "pyproject.toml").read_bytes()
    mark = fingerprint(project, HERE, f"{sys.version_info[:2]}")
    state = STATE.read_text() if STATE.is_file() else ""
    if ready(state, mark, wanted) and venv_python(VENV).exists():
        return
    print("setting up .venv, which may take a minute ...", flush=True)
    usable = "import pip, sys; sys.exit(sys.version_info < (3, 11))"
    if state == "unfinished" or python("-c", usable, quiet=True) != 0:
        make_venv()
    if not install("-e", "."):
        sys.exit("the packages could not be installed, pip says why above; then start again")
    if wanted == "test" and not install("-e", ".[test]"):
        wanted = "run"
        extra = tomllib.loads(project.decode())["project"]["optional-dependencies"]["test"]
        print("could not be installed:", *[one for one in extra if not install(one)])
    STATE.write_text(f"{mark} {wanted}")


def check_all() -> int:
    """Run every check; skip, and name, those whose packages could not be installed."""
    results = {}
    for name, (packages, arguments) in CHECKS.items():
        print(f"\n== {name}", flush=True)
        needs = f"import importlib.metadata as m; [m.version(p) for p in {packages}]"
        if python("-c", needs, quiet=True):
            results[name] = f"skipped, needs {' and '.join(packages)}"
        else:
            results[name] = "failed" if python(*arguments) else "passed"
    print("\n" + "\n".join(f"{name:14}{result}" for name, result in results.items()))
    return int("failed" in results.values())


def main(arguments: list[str]) -> int:
    """Set up, then run the main job, the checks, or the command with these arguments."""
    try:
        set_up("test" if arguments == ["test"] else "run")
        if not arguments:
            PICTURE.parent.mkdir(exist_ok=True)
    except OSError as problem:
        sys.exit(f"cannot write here: {problem}")
    if arguments == ["test"]:
        return check_all()
    if arguments:
        return python("-P", "-m", "escalation_sim", *arguments, cwd=None)
    code = python("-P", "-m", "escalation_sim", *MAIN_JOB)
    if code == 0:
        print(f"\nThe picture: {PICTURE}")
    return code


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit("stopped; start again to go on")
