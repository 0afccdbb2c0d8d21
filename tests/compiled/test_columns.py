"""Columns: the same whoever works them off, in whatever pieces."""

from dataclasses import fields

import numpy as np
import pytest

from escalation_sim.engine.compiled import engine_for
from escalation_sim.engine.compiled.engine import BLOCK
from escalation_sim.errors import UsageError
from tests.compiled.both import SEED, simpy_rows
from tests.support import scenario

TEXT = """
situation: {lit: false, length: 0h}
ladders: {rung: {rungs: [low, mid, high]}}
rules:
  light: {when: not lit, after: {erlang: [3, 10h]}, do: {lit: true, rung: mid}}
  climb: {when: rung == mid, rate: 0.05 / 1h, chance: 0.5, do: {rung: high, length: now}}
outcomes: {over: {when: rung == high, for: 3h}, rest: otherwise}
results:
  first:  {first: rung == high}
  total:  {total: lit}
  when:   {value: length}
  given:  {total: lit, given: over}
  ended:  {share: over}
  pace:   {value: 0.1 / 1h}
"""


@pytest.fixture(scope="module")
def engine(kernel_cache):
    return engine_for(scenario(TEXT), cache=kernel_cache)


def same(one, other):
    return all(
        np.array_equal(getattr(one, f.name), getattr(other, f.name), equal_nan=f.name == "results")
        for f in fields(one)
    )


def test_rows_are_those_of_the_engine_on_simpy(engine):
    table = engine.columns(SEED, 0, 300)
    assert [table.row(i) for i in range(300)] == simpy_rows(engine.model, 300)
    assert engine.row(SEED, 17) == table.row(17)


def test_pieces_make_the_same_columns_as_the_whole(engine):
    whole = engine.columns(SEED, 0, 3 * BLOCK + 7)
    pieces = [engine.columns(SEED, first, 1_000) for first in range(0, 12_000, 1_000)]
    for field in fields(whole):
        joined = np.concatenate([getattr(p, field.name) for p in pieces], axis=-1)
        whole_column = getattr(whole, field.name)[..., :12_000]
        assert np.array_equal(joined, whole_column, equal_nan=field.name == "results")


def test_threads_do_not_show(engine):
    count = 5 * BLOCK + 3
    one = engine.columns(SEED, 0, count)
    for threads in (2, 3):
        assert same(one, engine.columns(SEED, 0, count, threads=threads))


def test_replications_are_addressed_not_counted(engine):
    far = 2**62
    assert engine.columns(SEED, far, 2).row(1) == engine.row(SEED, far + 1)
    assert engine.row(SEED, far).replication == far


def test_no_replications_are_no_rows(engine):
    assert len(engine.columns(SEED, 3, 0)) == 0


@pytest.mark.parametrize(("seed", "first"), [(-1, 0), (2**63, 0), (0, -1), (0, 2**63)])
def test_a_number_out_of_range_is_refused(engine, seed, first):
    with pytest.raises(UsageError, match=r"seed|replication"):
        engine.columns(seed, first, 1)
