"""What the compiled engine does not take, it says with the place; what is not installed, too."""

import subprocess
import sys

import pytest

from escalation_sim.engine.compiled import engine_for, refusal
from escalation_sim.engine.compiled import refusal as room
from escalation_sim.errors import UsageError
from tests.support import scenario


def many(count):
    rules = "\n".join(f"  r{i}: {{when: a, note: x}}" for i in range(count))
    return scenario(f"situation: {{a: true}}\nrules:\n{rules}")


def test_too_many_rules_are_refused_at_the_first_one_too_many():
    assert refusal(many(100)) is None
    why = refusal(many(101))
    assert "more than 100 rules" in why
    assert "`r100` at test.yaml:106" in why
    with pytest.raises(UsageError, match="more than 100 rules"):
        engine_for(many(101))


def test_a_horizon_of_too_many_ticks_is_refused():
    text = "time: {horizon: 900000d, tick: 0.001s}\nsituation: {a: true}\nrules:\n"
    text += "\n".join(f"  r{i}: {{when: a, note: x}}" for i in range(60))
    assert "a longer `time.tick` would do" in refusal(scenario(text))


def test_conditions_beyond_all_measure_are_refused_where_they_stand(monkeypatch):
    import importlib  # noqa: PLC0415

    module = importlib.import_module("escalation_sim.engine.compiled.refusal")
    monkeypatch.setattr(module, "MOST_PARTS", 5)
    text = "situation: {a: true, b: true}\nrules: {r: {when: a and b and not a and not b, note: x}}"
    assert "in `r` at test.yaml:5" in refusal(scenario(text))


def test_without_the_extra_it_says_what_to_install(monkeypatch):
    import importlib  # noqa: PLC0415

    module = importlib.import_module("escalation_sim.engine.compiled.refusal")
    monkeypatch.setattr(module, "find_spec", lambda _: None)
    assert "pip install escalation-sim[fast]" in room(many(1))


def test_the_room_loads_nothing_before_it_is_asked():
    program = (
        "import sys, escalation_sim.engine.compiled\n"
        "print([m for m in ('numpy', 'llvmlite', 'numba') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
