"""The world rebuilt from records is the world that was."""

from __future__ import annotations

import pytest

from escalation_sim import load, simulate
from escalation_sim.engine.simulate import Simulator
from escalation_sim.trace.replay import Replay
from tests.support import scenario

CLOCKS = """
situation: {x: false, talks: false, n: 0}
clocks:
  plain: {while: x}
  lulled: {while: x, lull: 3h}
  held: {while: x, lull: 2h, pause: talks}
  apart: {from: x, until: n >= 3, pause: talks}
rules:
  toggle_on: {when: not x, after: {uniform: [0h, 6h]}, again: true, do: {x: true}}
  toggle_off: {when: x, after: {uniform: [0h, 6h]}, again: true, do: {x: false, n: n + 1}}
  talk: {every: {uniform: [1h, 9h]}, do: {talks: not talks}}
  forget: {when: n >= 3, after: 5h, do: {n: 0}}
  marks: {when: lulled >= 4h or held == 3h or apart > 7h, note: seen}
"""


def compared(model, run):
    """Return clocks and levels at the end, as the run tells them and as the records do."""
    view = Replay(run).to(run.ended_at)
    hands = {c.id: view.hand(i) for i, c in enumerate(model.clocks)}
    told = {id_: clock.hand for id_, clock in run.clocks.items()}
    rungs = {v.id: v.levels[int(view.values[i])] for i, v in model.ladders}
    last = {s.ladder: s.rung for s in run.stays if s.left is None}
    return (told, last), ({k: v if v is None else max(v, 0) for k, v in hands.items()}, rungs)


@pytest.mark.parametrize("horizon", ["1h", "7h", "40h", "41h", "100h"])
def test_clocks_rebuilt_from_records_show_what_the_engine_showed(horizon):
    model = scenario(CLOCKS, horizon=horizon)
    simulator = Simulator(model)
    seen = set()
    for replication in range(60):
        run = simulator.run(11, replication)
        told, rebuilt = compared(model, run)
        assert told == rebuilt, replication
        seen.update(r.kind for r in run.records)
    if horizon == "100h":
        assert {"clock_resumed", "clock_reset", "clock_paused", "clock_unpaused"} <= seen


@pytest.mark.parametrize("seed", range(20))
def test_the_shipped_plan_ends_alike_in_its_records(seed):
    model = load("01")
    told, rebuilt = compared(model, simulate(model, seed=seed))
    assert told == rebuilt
