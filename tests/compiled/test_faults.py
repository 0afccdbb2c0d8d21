"""What stops a replication: the same number from both engines, and a reason when it is replayed."""

import pytest

from escalation_sim.engine.compiled import engine_for
from escalation_sim.engine.row import FAULTS
from escalation_sim.engine.simulate import Simulator
from escalation_sim.errors import RunError
from tests.compiled.both import SEED, plain_table, rows_of, simpy_rows
from tests.support import scenario

STOPPED = {
    "division by zero": ("expression", "situation: {n: 0, x: 1}\n"
        "rules: {divide: {when: now >= 3h, do: {x: 1 / n}}}"),
    "a chance above 1": ("expression", "situation: {n: 2, lit: true}\n"
        "rules: {throw: {when: lit, chance: n, do: {lit: false}}}"),
    "a negative length": ("expression", "situation: {lit: true, d: 1h}\n"
        "rules: {wait: {when: lit, after: d - 2h, do: {lit: false}}}"),
    "a root below zero": ("expression", "situation: {n: -1, lit: true}\n"
        "rules: {take: {when: lit, do: {n: sqrt(n)}}}"),
    "a number that is not finite": ("expression", "situation: {n: 10}\n"
        "rules: {grow: {when: n > 0, every: 1h, do: {n: n * n}}}"),
    "a rate below zero": ("expression", "situation: {n: -1, lit: true}\n"
        "rules: {flow: {when: lit, rate: n / 1h, note: x}}"),
    "a circle of rules": ("livelock", "situation: {n: 0}\n"
        "rules: {count: {on_change: n, do: {n: n + 1}}, begin: {when: n == 0, do: {n: 1}}}"),
    "a circle of deadlines": ("livelock", "situation: {lit: true}\n"
        "rules: {ask: {when: lit, after: 5h, within: 0h, again: true, choose: {a: {}}}}"),
    "a circle of clocks": ("livelock", "situation: {lit: true, d: 0h}\n"
        "rules: {beat: {when: lit, every: d, note: x}}\n"),
    "too many side by side": ("too many timers", "situation: {n: 0}\n"
        "rules:\n  count: {when: n < 9, every: 1h, do: {n: n + 1}}\n"
        "  answer: {on_change: n, after: 50h, at_most: 3, note: x}"),
}  # fmt: skip


@pytest.mark.parametrize("name", STOPPED)
def test_a_fault_is_the_same_number_from_both_engines_and_has_a_reason(name):
    fault, text = STOPPED[name]
    model = scenario(text)
    rows = simpy_rows(model, 30)
    assert rows_of(plain_table(model, 30)) == rows
    stopped = [row for row in rows if row.fault]
    assert stopped
    assert {FAULTS[row.fault] for row in stopped} == {fault}
    with pytest.raises(RunError):
        Simulator(model).run(SEED, stopped[0].replication)


def test_a_fault_in_machine_code_stops_only_its_own_replication(kernel_cache):
    model = scenario(
        "situation: {n: {draw: {empirical: [0, 1]}}, x: 0}\n"
        "rules: {divide: {when: now >= 3h, do: {x: 1 / n}}}\nresults: {x: {value: x}}"
    )
    table = engine_for(model, cache=kernel_cache).columns(SEED, 0, 200)
    assert [table.row(i) for i in range(200)] == simpy_rows(model, 200)
    assert 0 < int((table.fault != 0).sum()) < 200


def test_too_many_items_are_a_fault(monkeypatch):
    from escalation_sim.engine import replication  # noqa: PLC0415
    from escalation_sim.engine.compiled import kit  # noqa: PLC0415

    monkeypatch.setattr(replication, "MOST_ITEMS", 50)
    monkeypatch.setattr(kit, "MOST_ITEMS", 50)
    model = scenario("situation: {n: 0}\nrules: {beat: {when: n >= 0, every: 1h, do: {n: n + 1}}}")
    rows = simpy_rows(model, 2)
    assert [FAULTS[row.fault] for row in rows] == ["too many items"] * 2
    assert rows_of(plain_table(model, 2)) == rows
