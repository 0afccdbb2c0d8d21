"""The model card says what the files say, and what it names exists."""

import importlib.util
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "model.md").read_text("utf-8")
MECHANISMS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in PAGE.partition("## Mechanisms")[2].partition("\n## ")[0].splitlines()
    if line.startswith("| ") and "told by" not in line
]


@pytest.fixture(scope="module")
def maker():
    path = ROOT / "docs" / "make_model_card.py"
    spec = importlib.util.spec_from_file_location("make_model_card", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_tables_are_what_the_scenarios_say_today(maker):
    assert maker.card() == PAGE


def test_every_parameter_of_the_base_is_read_by_something(maker):
    base = maker.load(maker.BASE)
    assert [p.id for p in base.parameters if not maker.used_by(base, p)] == []


@pytest.mark.parametrize("row", MECHANISMS, ids=lambda row: row[0])
def test_a_mechanism_names_ids_scenarios_and_a_test_that_exist(row, maker):
    _, told, seen, tested = row
    models = {model.name[:2]: model for model in maker.models()}
    ids = set()
    for number in {*seen.split(", "), "01"}:
        model = models[number]
        for section in ("rules", "parameters", "variables", "clocks", "clauses", "red_lines"):
            ids |= {entry.id for entry in getattr(model, section)}
    assert set(re.findall(r"`(\w+)`", told)) <= ids
    tests = "".join(p.read_text("utf-8") for p in (ROOT / "tests" / "library").glob("*.py"))
    assert f"def {tested.strip('`')}(" in tests


def test_all_sixteen_mechanisms_are_there():
    assert len(MECHANISMS) == 16
