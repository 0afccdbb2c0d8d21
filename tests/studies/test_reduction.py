"""Reductions are exact: any chunks, any order, lists or arrays, give the same whole numbers."""

import math
import random
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from escalation_sim.engine.row import FAULTS, Row
from escalation_sim.studies import aggregate as room
from escalation_sim.studies.aggregate import MOST_PATHS, empty, reduced, relative_bin, spread_of
from escalation_sim.studies.arrays import as_arrays, from_arrays
from escalation_sim.studies.columns import Columns, columns_of
from escalation_sim.studies.files import as_bytes, from_bytes
from escalation_sim.studies.pairs import Common, common_of, compared
from escalation_sim.studies.shape import FIXED, RELATIVE, Measure, Shape, shape_of, tick_bin
from tests.studies.support import rows_of, small_design, tallied
from tests.support import scenario

SHAPE = Shape(
    outcomes=3,
    rungs=2,
    times=Measure(1.0, 15, Fraction(1, 60), "h"),
    results=(
        Measure(60.0, 15, Fraction(1, 60), "h"),
        Measure(1.0, 1, Fraction(1)),
        Measure(float(FIXED), RELATIVE, Fraction(1, FIXED)),
    ),
)

words = st.integers(0, 2**64 - 1)
ticks = st.integers(-1, 5000)
some = st.one_of(
    st.none(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.integers(-3, 300).map(float),
)


@st.composite
def rows(draw, count=16):
    """Replications of all kinds, failed ones and huge results among them."""
    found = []
    for number in range(draw(st.integers(0, count))):
        fault = draw(st.sampled_from((0, 0, 0, 0, 1, 2, 5)))
        if fault:
            found.append(Row(replication=number, fault=fault))
            continue
        found.append(
            Row(
                replication=number,
                outcome=draw(st.integers(0, 2)),
                ended_at=draw(st.integers(0, 5000)),
                firing_digest=draw(words),
                path=draw(st.one_of(st.integers(0, 3), words)),
                ties=draw(st.integers(0, 2)),
                firsts=(draw(ticks), draw(ticks)),
                results=(
                    draw(st.one_of(st.none(), st.integers(0, 5000).map(lambda t: t / 60))),
                    draw(st.one_of(st.none(), st.integers(0, 9).map(float))),
                    draw(some),
                ),
            )
        )
    return found


def aggregate_of(rows_, shape=SHAPE):
    return reduced(columns_of(rows_, shape.rungs, len(shape.results)), shape)


def arrays_of(columns):
    return from_arrays(as_arrays(columns))


@given(rows(), st.lists(st.integers(0, 16)), st.randoms())
def test_chunks_add_up_to_the_whole_in_any_order(found, cuts, chance):
    places = sorted({0, len(found), *(c for c in cuts if c < len(found))})
    pieces = [found[a:b] for a, b in pairwise(places)]
    chance.shuffle(pieces)
    total = empty(SHAPE)
    for piece in pieces:
        total.add(aggregate_of(piece))
    assert total == aggregate_of(found)


@given(rows())
def test_arrays_give_the_same_as_lists(found):
    columns = columns_of(found, 2, 3)
    assert reduced(arrays_of(columns), SHAPE) == reduced(columns, SHAPE)


@given(rows())
def test_a_stored_file_gives_back_the_same_rows_and_the_same_bytes(found):
    columns = columns_of(found, 2, 3)
    data = as_bytes(columns)
    again = from_bytes(data)
    assert as_bytes(again) == data
    assert reduced(again, SHAPE) == reduced(columns, SHAPE)
    assert again.as_lists() == columns


def test_a_block_is_cut_where_sums_would_leave_64_bits(monkeypatch):
    from escalation_sim.studies import arrays  # noqa: PLC0415

    chance = random.Random(4)  # noqa: S311 - no secrets here
    found = [
        Row(
            replication=i,
            outcome=i % 3,
            ended_at=chance.randrange(2**52),
            firing_digest=chance.randrange(2**64),
            path=i % 7,
            firsts=(chance.randrange(2**52), 2**53 - 1),
            results=(chance.uniform(0, 2**46), 1.0, chance.uniform(-(2**32), 2**32)),
        )
        for i in range(400)
    ]
    columns = columns_of(found, 2, 3)
    whole = reduced(arrays_of(columns), SHAPE)
    assert whole == reduced(columns, SHAPE)
    monkeypatch.setattr(arrays, "ROWS_AT_ONCE", 64)
    assert reduced(arrays_of(columns), SHAPE) == whole


def test_the_numbers_of_a_real_study_are_those_of_its_rows(tmp_path):
    model = small_design(tmp_path).base
    found = rows_of(model, 300)
    shape = shape_of(model)
    total = aggregate_of(found, shape)
    fine = [row for row in found if not row.fault]
    assert 0 < len(fine) < len(found)
    assert (total.runs, total.failed) == (len(fine), len(found) - len(fine))
    assert total.faults[FAULTS.index("expression")] == total.failed
    assert dict(enumerate(total.outcomes)) == tallied(found, lambda r: r.outcome)
    for i, spread in enumerate(total.rungs):
        came = [r.firsts[i] for r in fine if r.firsts[i] >= 0]
        assert (spread.n, spread.total) == (len(came), sum(came))
        assert (spread.least, spread.greatest) == (min(came), max(came))
    hours = [r.results[0] for r in fine if r.results[0] is not None]
    first = total.results[0]
    assert first.n == len(hours)
    assert float(first.total * shape.results[0].per_part) == pytest.approx(math.fsum(hours))
    assert total.paths is not None
    assert {p: n for p, (n, _) in total.paths.items()} == tallied(found, lambda r: r.path)
    for path, (_, least) in total.paths.items():
        assert least == min(r.replication for r in fine if r.path == path)


@given(st.lists(st.integers(-(2**70), 2**70), min_size=1), st.sampled_from((RELATIVE, 1, 7, 15)))
def test_a_quantile_is_off_by_less_than_its_bin(parts, width):
    measure = Measure(1.0, width, Fraction(1))
    spread = spread_of(parts, width)
    ordered = sorted(parts)
    for q in (0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 1.0):
        true = ordered[max(1, math.ceil(q * len(ordered) - 1e-9)) - 1]
        told = spread.quantile(q, measure)
        bound = width - 1 if width else abs(true) / 128
        assert abs(Fraction(told) - true) <= bound + abs(true) * Fraction(1, 2**52)


@given(st.lists(st.integers(0, 255), min_size=1))
def test_small_whole_numbers_have_exact_quantiles_in_relative_bins(numbers):
    spread = spread_of([n * FIXED for n in numbers], RELATIVE)
    measure = Measure(float(FIXED), RELATIVE, Fraction(1, FIXED))
    assert spread.quantile(0.5, measure) == sorted(numbers)[(len(numbers) + 1) // 2 - 1]


@given(st.integers(-(2**80), 2**80), st.integers(-(2**80), 2**80))
def test_relative_bins_keep_the_order(a, b):
    if a < b:
        assert relative_bin(a) <= relative_bin(b)


def test_too_many_paths_are_given_up_whatever_the_order(monkeypatch):
    monkeypatch.setattr(room, "MOST_PATHS", 5)
    found = [
        Row(replication=i, path=i, firsts=(0, -1), results=(None, None, None)) for i in range(6)
    ]
    whole = aggregate_of(found)
    assert whole.paths is None
    for split in range(1, 6):
        total = empty(SHAPE)
        for piece in (found[split:], found[:split]):
            total.add(aggregate_of(piece))
        assert total == whole
    assert aggregate_of(found[:5]).paths == {i: (1, i) for i in range(5)}
    assert MOST_PATHS == 10_000


def test_the_digest_word_tells_replications_firings_outcomes_and_paths_apart():
    base = Row(
        replication=1, outcome=1, firing_digest=5, path=6, firsts=(0, 1), results=(None,) * 3
    )
    words_ = {aggregate_of([base]).rows}
    for name, value in (("replication", 2), ("outcome", 2), ("firing_digest", 6), ("path", 7)):
        other = {f: getattr(base, f) for f in Row.__slots__} | {name: value}
        words_.add(aggregate_of([Row(**other)]).rows)
    words_.add(aggregate_of([Row(replication=1, fault=1)]).rows)
    words_.add(aggregate_of([Row(replication=1, fault=2)]).rows)
    assert len(words_) == 7


def test_what_a_failed_replication_left_in_arrays_counts_nowhere():
    columns = columns_of([Row(replication=0, fault=1)], 2, 3)
    arrays = as_arrays(columns)
    junk = {name: np.full_like(array, 1) for name, array in arrays.items()}
    junk["replication"] = arrays["replication"]
    junk["fault"] = arrays["fault"]
    assert reduced(from_arrays(junk), SHAPE) == reduced(columns, SHAPE)


def test_an_empty_chunk_is_the_aggregate_of_nothing():
    assert aggregate_of([]) == empty(SHAPE)
    assert reduced(arrays_of(columns_of([], 2, 3)), SHAPE) == empty(SHAPE)


@pytest.mark.parametrize(
    ("horizon", "tick", "wide"),
    [
        ("200h", "1h", 1),
        ("60h", "1min", 1),
        ("30d", "1min", 15),
        ("30d", "1s", 900),
        ("98d", "7s", 296),  # no round length is a whole number of these ticks
    ],
)
def test_bins_of_time_are_round_and_few(horizon, tick, wide):
    model = scenario("situation: {a: true}", horizon=horizon, tick=tick)
    assert tick_bin(model) == wide
    assert model.horizon / wide <= 4096


def test_columns_of_no_rows_have_all_their_columns():
    columns = columns_of([], 2, 3)
    assert isinstance(columns, Columns)
    assert (len(columns), len(columns.firsts), len(columns.results)) == (0, 2, 3)


@given(rows(), rows(), st.booleans())
def test_pairs_of_arrays_give_the_same_as_pairs_of_lists(mine, theirs, same_ladders):
    count = min(len(mine), len(theirs))
    common = Common(
        rungs=((0, 1), (1, 0)),
        results=((0, 0), (1, 1), (2, 2)),
        ends=((0, 1, 2), (2, 1, 3)),
        same_ladders=same_ladders,
    )
    one, other = (columns_of(side[:count], 2, 3) for side in (mine, theirs))
    assert compared(arrays_of(one), arrays_of(other), (SHAPE, SHAPE), common) == compared(
        one, other, (SHAPE, SHAPE), common
    )
    itself = compared(
        one, one, (SHAPE, SHAPE), replace(common, rungs=((0, 0), (1, 1)), ends=((0, 1, 2),) * 2)
    )
    assert itself.changed == 0


def test_pairs_of_a_chunk_add_up_over_its_blocks(monkeypatch, tmp_path):
    from escalation_sim.studies import pair_arrays  # noqa: PLC0415

    models = [small_design(tmp_path, settings=[("patience", p)]).base for p in ("20h", "9h")]
    shapes, common = tuple(map(shape_of, models)), common_of(*models)
    sides = [arrays_of(columns_of(rows_of(m, 90), 3, 5)) for m in models]
    whole = compared(*sides, shapes, common)
    monkeypatch.setattr(pair_arrays, "ROWS_AT_ONCE", 32)
    assert compared(*sides, shapes, common) == whole
    assert whole.changed > 10
