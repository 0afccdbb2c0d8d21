"""Golden digests of the shipped scenarios, in processes that differ in all that must not matter.

After a change that was meant to change what runs give: `python tests/semantics/golden.py --write`.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import escalation_sim
from tests.semantics import golden

ROOT = Path(escalation_sim.__file__).resolve().parent.parent
KEPT = json.loads(golden.KEPT.read_text("utf-8"))


def test_every_shipped_scenario_has_golden_digests_and_they_hold():
    assert golden.digests() == KEPT


WAYS = {
    "hash seed 0": {"PYTHONHASHSEED": "0"},
    "hash seed 1": {"PYTHONHASHSEED": "1"},
    "hash seed 4294967295": {"PYTHONHASHSEED": "4294967295"},
    "German": {"LC_ALL": "de_DE.UTF-8", "LANG": "de_DE.UTF-8", "TZ": "Europe/Berlin"},
    "Turkish": {"LC_ALL": "tr_TR.UTF-8", "TZ": "Asia/Istanbul"},
    "C": {"LC_ALL": "C", "TZ": "UTC", "PYTHONUTF8": "0"},
    "POSIX": {"LC_ALL": "POSIX", "LANG": "", "TZ": "America/St_Johns", "PYTHONCOERCECLOCALE": "0"},
    "quarter hours": {"TZ": "Asia/Kathmandu", "PYTHONHASHSEED": "77"},
    "optimised": {"PYTHONOPTIMIZE": "2"},
}


@pytest.mark.parametrize("way", WAYS)
def test_digests_are_the_same_whatever_the_hash_seed_the_folder_the_locale_and_the_time_zone(
    way, tmp_path
):
    folder = tmp_path / "ein Ordner – später"
    folder.mkdir()
    kept = {
        k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "LC_", "LANG", "TZ"))
    }
    done = subprocess.run(
        [sys.executable, "-B", str(Path(golden.__file__).resolve())],
        cwd=ROOT if way == "hash seed 1" else folder,
        env={**kept, "PYTHONPATH": str(ROOT), **WAYS[way]},
        capture_output=True,
        check=False,
    )
    assert done.stderr.decode("utf-8", "replace") == ""
    assert json.loads(done.stdout.decode("ascii")) == KEPT
