"""Many replications on one SimPy environment."""

import pytest

from escalation_sim.engine.simulate import Simulator
from tests.support import scenario

TEXT = """
    situation: {n: 0}
    rules: {beat: {when: n < 20, every: {uniform: [1h, 3h]}, do: {n: n + 1}}}
    results: {n: {value: n}}
"""


def test_each_replication_counts_from_its_own_zero():
    simulator = Simulator(scenario(TEXT))
    one_after_the_other = [simulator.run(1, r).records for r in range(5)]
    assert one_after_the_other == [Simulator(simulator.model).run(1, r).records for r in range(5)]


def test_what_breaks_off_in_the_middle_does_not_go_on_in_the_next_replication(monkeypatch):
    simulator = Simulator(scenario(TEXT))
    whole = simulator.row(1, 3)
    life = simulator._life
    work = type(life).work

    def interrupted(self, tick):
        if tick > 10:
            raise KeyboardInterrupt
        work(self, tick)

    with monkeypatch.context() as patch:
        patch.setattr(type(life), "work", interrupted)
        with pytest.raises(KeyboardInterrupt):
            simulator.row(1, 4)
    assert simulator.row(1, 3) == whole
