"""`escalation-sim check` and `schema`."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import jsonschema
import pytest
import yaml

from escalation_sim import library
from escalation_sim.scenario.schema import FILE_NAME, schema_text

GOOD = "schema: 1\ntitle: Nothing happens\ntime: {horizon: 1d}\n"
BAD = GOOD + "rules:\n  a: {whn: true, do: {x: 1}}\n  b: {when: y > 1, note: hm}\n"


def test_a_clean_file_leaves_with_0_and_says_so_on_stdout(call, write):
    answer = call("check", write("good.yaml", GOOD))
    assert (answer.code, answer.err) == (0, "")
    assert "no errors" in answer.out


def test_all_files_are_checked_and_all_problems_shown(call, write):
    bad, good = write("bad.yaml", BAD), write("good.yaml", GOOD)
    answer = call("check", bad, good)
    assert answer.code == 1
    assert "did you mean `when`?" in answer.err
    assert "unknown name `y`" in answer.err
    assert f"{bad}: 2 errors" in answer.err
    assert f"{good}: no errors" in answer.out


def test_findings_as_json_carry_places_and_help(call, write):
    bad = write("bad.yaml", BAD)
    answer = call("check", bad, "--json")
    assert (answer.code, answer.err) == (1, "")
    [report] = json.loads(answer.out)["files"]
    assert (report["path"], report["ok"]) == (str(bad), False)
    first = report["diagnostics"][0]
    assert (first["code"], first["line"], first["column"]) == ("unknown-key", 5, 7)
    assert first["help"] == "did you mean `when`?"


def test_a_missing_file_is_wrong_usage(call):
    answer = call("check", "no-such-file.yaml")
    assert answer.code == 2
    assert "there is no file `no-such-file.yaml`" in answer.err


@pytest.mark.parametrize("path", library.scenarios(), ids=lambda p: p.stem)
def test_every_shipped_scenario_is_clean_and_names_the_schema(call, path):
    answer = call("check", path)
    assert (answer.code, answer.err) == (0, "")
    first = path.read_text(encoding="utf-8").splitlines()[0]
    assert first == f"# yaml-language-server: $schema={FILE_NAME}"


def test_the_shipped_schema_is_the_one_the_code_makes(call):
    shipped = (library.folder("scenarios") / FILE_NAME).read_text(encoding="utf-8")
    assert shipped == schema_text() == call("schema").out


@pytest.mark.parametrize("path", library.scenarios(), ids=lambda p: p.stem)
def test_the_schema_accepts_every_shipped_scenario(path):
    validator = jsonschema.Draft202012Validator(json.loads(schema_text()))
    # YAML 1.1's reading differs from ours only in words that our reader refuses
    assert list(validator.iter_errors(yaml.safe_load(path.read_text(encoding="utf-8")))) == []


@pytest.mark.parametrize(
    "text",
    [
        "schema: 1\ntitle: t\nruels: {}\n",
        "schema: 1\ntitle: t\nrules: {a: {whn: true}}\n",
        "schema: 1\ntitle: t\nrules: {A-b: {when: true}}\n",
        "schema: 1\ntitle: t\nsituation: {x: {levels: 3}}\n",
        "title: t\n",
    ],
)
def test_the_schema_refuses_what_an_editor_should_underline(text):
    validator = jsonschema.Draft202012Validator(json.loads(schema_text()))
    assert list(validator.iter_errors(yaml.safe_load(text)))


@pytest.mark.parametrize(
    "text",
    [
        "schema: 1\ntitle: t\nextends: 01-reported-plan.yaml\nrules: {warn: null}\n",
        "schema: 1\ntitle: t\nextends: 01-reported-plan.yaml\nrules: {warn: {after: null}}\n",
        "schema: 1\ntitle: t\nparameters: {x: 6h, y: {uniform: [1h, 2h]}}\n",
        "schema: 1\ntitle: t\nrules: {a: {when: true, for: {uniform: [1h, 2h]}, choose: {b: 3}}}\n",
    ],
)
def test_the_schema_accepts_short_forms_and_overlays(text):
    validator = jsonschema.Draft202012Validator(json.loads(schema_text()))
    assert list(validator.iter_errors(yaml.safe_load(text))) == []


def command(*arguments: str, **options) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "escalation_sim", *arguments],
        capture_output=True, text=True, encoding="utf-8", check=False, timeout=60, **options,
    )  # fmt: skip


def test_a_scenario_is_read_from_standard_input():
    answer = command("check", "-", input=BAD)
    assert answer.returncode == 1
    assert answer.stderr.startswith("<stdin>:5:7: error[unknown-key]")
    assert command("check", "-", input=GOOD).returncode == 0


def test_a_reader_that_goes_away_is_no_error():
    with subprocess.Popen(
        [sys.executable, "-m", "escalation_sim", "schema"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as process:  # fmt: skip
        assert process.stdout is not None
        process.stdout.read(10)
        process.stdout.close()
        assert process.stderr is not None
        assert process.stderr.read() == b""
        assert process.wait(timeout=60) == 0


@pytest.mark.skipif(os.name == "nt", reason="closing a standard stream is the shell's there")
@pytest.mark.parametrize("arguments", ["check 01", "run 01", "run 01 --json", "why 01 rules.warn"])
def test_a_closed_stdout_is_no_traceback(arguments):
    answer = subprocess.run(
        ["/bin/sh", "-c", f'"{sys.executable}" -m escalation_sim {arguments} >&-'],
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert (answer.returncode, answer.stderr) == (0, "")


HEAVY = ("matplotlib", "numpy", "networkx", "rich", "scipy", "numba", "pandas")


@pytest.mark.parametrize("arguments", [["check", "01"], ["run", "01"], ["why", "01", "rules.warn"]])
def test_checking_and_running_import_nothing_heavy(arguments):
    program = (
        "import sys\n"
        "from escalation_sim.cli.app import run_app\n"
        f"try:\n    run_app({arguments!r})\n"
        "except SystemExit as leaving:\n    assert not leaving.code\n"
        f"print('HEAVY', [m for m in {HEAVY!r} if m in sys.modules])\n"
    )
    answer = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True, text=True, encoding="utf-8", check=True, timeout=60,
    )  # fmt: skip
    assert answer.stdout.splitlines()[-1] == "HEAVY []"


def test_checking_does_not_load_the_engine():
    program = (
        "import sys\nfrom escalation_sim.cli.app import run_app\n"
        "try:\n    run_app(['check', '01'])\nexcept SystemExit:\n    pass\n"
        "print('simpy' in sys.modules)\n"
    )
    answer = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60
    )
    assert answer.stdout.splitlines()[-1] == "False"
