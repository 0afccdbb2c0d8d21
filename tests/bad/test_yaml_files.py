"""Every bad file says exactly what its `.expect` file says.

`python tests/bad/test_yaml_files.py` writes the expectations anew, to be read before use.
"""

import runpy
from pathlib import Path

import pytest

from escalation_sim.errors import ScenarioError
from escalation_sim.source import reader

FOLDER = Path(__file__).with_name("yaml")
GENERATED = runpy.run_path(str(Path(__file__).with_name("generated.py")))["RECIPES"]
STORED = {path.stem: path.read_bytes for path in sorted(FOLDER.glob("*.yaml"))}
FILES = {**STORED, **GENERATED}


def report_on(name: str) -> str:
    try:
        reader.loads(FILES[name](), f"{name}.yaml")
    except ScenarioError as error:
        return "\n\n".join(problem.render() for problem in error.diagnostics) + "\n"
    return ""


@pytest.mark.parametrize("name", FILES)
def test_a_bad_file_gets_exactly_the_expected_report(name):
    expected = (FOLDER / f"{name}.expect").read_text(encoding="utf-8")
    assert report_on(name) == expected
    assert expected


def test_every_expectation_belongs_to_a_file():
    assert {path.stem for path in FOLDER.glob("*.expect")} == set(FILES)


def test_stored_files_are_small():
    assert all(len(read()) < 5000 for read in STORED.values())


def test_no_name_is_both_stored_and_generated():
    assert not set(STORED) & set(GENERATED)


if __name__ == "__main__":
    for file in FILES:
        (FOLDER / f"{file}.expect").write_text(report_on(file), encoding="utf-8")
