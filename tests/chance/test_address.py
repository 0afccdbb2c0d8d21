"""Uniforms by address: frozen, well mixed in every field, and the same everywhere.

The numeric functions also take arrays of uint64, which wrap as compiled code does; the large tests
use that, and one test holds arrays and plain Python numbers against each other.
"""

from __future__ import annotations

import os
import subprocess
import sys
from math import isqrt
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

import escalation_sim
from escalation_sim.chance import address
from escalation_sim.chance.address import (
    EMPTY_DIGEST,
    LARGEST_SEED,
    MASK64,
    fold,
    hex16,
    mix,
    run_key,
    seed_problem,
    site_key,
    uniform,
    word,
)

SITES = [
    "rules.report/after",
    "rules.report/chance",
    "rules.reporu/after",
    "council/a",
    "council/b",
]
WORDS = st.integers(0, MASK64)


def words_at(seed, replication, site, occurrence, index) -> np.ndarray:
    """Return the words at these addresses; any field but the site's name may be an array."""
    fields = (seed, replication, site_key(site), occurrence, index)
    a, b, c, d, e = (np.atleast_1d(np.asarray(field, dtype=np.uint64)) for field in fields)
    return word(run_key(a, b), c, d, e)


def words_along(dimension: str, count: int, start: int = 0) -> np.ndarray:
    """Return the words at `count` successive values of one field, the others held still."""
    running = np.arange(start, start + count, dtype=np.uint64)
    fields = {"seed": 12, "replication": 34, "site": SITES[0], "occurrence": 5, "index": 0}
    return words_at(**{**fields, dimension: running})


def uniforms(words: np.ndarray) -> np.ndarray:
    return ((words >> np.uint64(12)) + 0.5) * 2.0**-52


def test_contract_1_is_frozen():
    assert address.CONTRACT == 1
    assert hex16(site_key("rules.report/after")) == "822ab648afa40599"
    assert hex16(run_key(0, 0)) == "33fe8bd4f9c57863"
    assert hex16(run_key(LARGEST_SEED, LARGEST_SEED)) == "b5505584d8892bc9"
    run = run_key(2024, 7)
    site = site_key("rules.report/after")
    got = [
        hex16(word(run, site, occurrence, index)) for occurrence in (0, 1, 2) for index in (0, 1)
    ]
    assert got == [
        "77db7c105b3ed062",
        "8db129cdd5922906",
        "a7d0662785d17b80",
        "4a122b0e5281e972",
        "7bab051652333825",
        "2d849f5409a0032f",
    ]
    assert uniform(word(run, site, 1, 0)) == 0.6555236670008692
    assert hex16(EMPTY_DIGEST) == "cdcb105411cb35c2"
    assert hex16(fold(EMPTY_DIGEST, 72, site, 1, 0)) == "9c5b76feb9f248f4"


def test_the_mixer_is_splitmix64s_finaliser():
    # the first three outputs of SplitMix64 from seed 0, as published with the generator
    golden = 0x9E3779B97F4A7C15
    got = [mix(k * golden & MASK64) for k in (1, 2, 3)]
    assert got == [0xE220A8397B1DCDAF, 0x6E789E6AA1B965F4, 0x06C45D188009454F]


def test_the_steps_are_square_roots_of_primes():
    got = [
        address._SEED_STEP,
        address._REPLICATION_STEP,
        address._SITE_STEP,
        address._OCCURRENCE_STEP,
        address._INDEX_STEP,
        address._FOLD_STEP,
    ]
    primes = [2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47]
    roots = [isqrt(p << 128) & MASK64 for p in primes]
    assert got == [root for root in roots if root & 1 and root >> 63]


@given(WORDS, WORDS, WORDS, WORDS)
def test_arrays_of_unsigned_words_agree_with_plain_numbers(run, site, occurrence, index):
    fields = [np.array([x], dtype=np.uint64) for x in (run, site, occurrence, index)]
    assert int(word(*fields)[0]) == word(run, site, occurrence, index)
    assert int(run_key(*fields[:2])[0]) == run_key(run, site)
    assert int(fold(*fields, fields[0])[0]) == fold(run, site, occurrence, index, run)


@given(WORDS)
def test_a_uniform_is_inside_the_open_interval_and_its_complement_is_exact(w):
    u = uniform(w)
    assert 0.0 < u < 1.0
    assert u + uniform(MASK64 ^ w) == 1.0
    assert int(u * 2**53) == (w >> 12) * 2 + 1


def test_the_ends_of_the_uniforms():
    assert uniform(0) == 2.0**-53
    assert uniform(MASK64) == 1.0 - 2.0**-53


@given(WORDS, WORDS)
def test_the_mixer_never_joins_two_words(a, b):
    assert (mix(a) == mix(b)) == (a == b)


FIELDS = ("seed", "replication", "site", "occurrence", "index")


@pytest.mark.parametrize("field", FIELDS)
def test_every_bit_of_every_field_turns_half_the_bits(field):
    count = 4_000
    generator = np.random.default_rng(FIELDS.index(field))
    fields = {
        name: generator.integers(0, 2**64 if name == "site" else 2**20, count, dtype=np.uint64)
        for name in FIELDS
    }

    def words() -> np.ndarray:
        run = run_key(fields["seed"], fields["replication"])
        return word(run, fields["site"], fields["occurrence"], fields["index"])

    before = words()
    kept = fields[field]
    for bit in range(64 if field == "site" else 63):
        fields[field] = kept ^ np.uint64(1 << bit)
        turned = before ^ words()
        flips = np.array(
            [np.count_nonzero(turned >> np.uint64(b) & np.uint64(1)) for b in range(64)]
        )
        # 5.5 standard deviations: one in 26 million for each output bit, 20,000 of them in all
        assert np.all(np.abs(flips - count / 2) < 5.5 * np.sqrt(count / 4)), bit
        assert abs(flips.sum() / count - 32.0) < 5.5 * 4.0 / np.sqrt(count), bit


@pytest.mark.parametrize("dimension", ["seed", "replication", "occurrence", "index"])
@pytest.mark.parametrize("start", [0, 2**31 - 7, 2**62])
def test_uniforms_are_even_along_every_dimension(dimension, start):
    words = words_along(dimension, 200_000, start)
    for low_bit in (0, 12, 24, 36, 48, 56):
        counts = np.bincount(
            (words >> np.uint64(low_bit) & np.uint64(255)).astype(int), minlength=256
        )
        assert 1e-5 < stats.chisquare(counts).pvalue < 1 - 1e-5
    assert stats.kstest(uniforms(words), "uniform").pvalue > 1e-5


@pytest.mark.parametrize("dimension", ["seed", "replication", "occurrence", "index"])
@pytest.mark.parametrize("lag", [1, 2, 16])
def test_neighbours_along_a_dimension_are_independent(dimension, lag):
    u = uniforms(words_along(dimension, 200_000))
    pairs = (u[:-lag] * 16).astype(int) * 16 + (u[lag:] * 16).astype(int)
    assert stats.chisquare(np.bincount(pairs, minlength=256)).pvalue > 1e-5
    assert abs(np.corrcoef(u[:-lag], u[lag:])[0, 1]) < 5.0 / np.sqrt(len(u))


RUNNING = np.arange(1, 200_001, dtype=np.uint64)
HOME = (1, 1, SITES[0], RUNNING, 0)
NEIGHBOURS = {
    **{name: (HOME, (1, 1, name, RUNNING, 0)) for name in SITES[1:]},
    "next seed": (HOME, (2, 1, SITES[0], RUNNING, 0)),
    "next replication": (HOME, (1, 2, SITES[0], RUNNING, 0)),
    "seed for replication": ((1, 2, SITES[0], RUNNING, 0), (2, 1, SITES[0], RUNNING, 0)),
    "next index": (HOME, (1, 1, SITES[0], RUNNING, 1)),
    "occurrence for index": ((1, 1, SITES[0], 1, RUNNING), (1, 1, SITES[0], RUNNING, 1)),
}


@pytest.mark.parametrize("pair", list(NEIGHBOURS.values()), ids=list(NEIGHBOURS))
def test_streams_of_neighbouring_places_are_independent(pair):
    a, b = (words_at(*place) for place in pair)
    count = len(a)
    u, v = uniforms(a), uniforms(b)
    assert abs(np.corrcoef(u, v)[0, 1]) < 5.0 / np.sqrt(count)
    table = np.bincount((u * 16).astype(int) * 16 + (v * 16).astype(int), minlength=256)
    assert stats.chisquare(table).pvalue > 1e-5
    differing = np.bitwise_count(a ^ b).sum()
    assert abs(differing / count - 32.0) < 5.0 * 4.0 / np.sqrt(count)


def test_a_million_addresses_are_a_million_words():
    grid = np.meshgrid(*(np.arange(n, dtype=np.uint64) for n in (10, 50, 5, 200, 2)), indexing="ij")
    seed, replication, site, occurrence, index = (axis.ravel() for axis in grid)
    keys = np.array([site_key(name) for name in SITES], dtype=np.uint64)
    words = word(run_key(seed, replication), keys[site.astype(int)], occurrence, index)
    assert words.size == 1_000_000
    assert np.unique(words).size == words.size


def test_fields_do_not_stand_in_for_each_other():
    a, b = site_key("a"), site_key("b")
    assert run_key(1, 2) != run_key(2, 1)
    assert word(run_key(1, 1), a, 1, 2) != word(run_key(1, 1), a, 2, 1)
    assert word(a, b, 1, 1) != word(b, a, 1, 1)


def test_the_digest_tells_every_field_and_the_order():
    rule, option = site_key("r"), site_key("o")
    firings = [(5, rule, 1, option), (5, rule, 2, option), (6, rule, 1, option), (5, rule, 1, 0)]
    firings.append((5, option, 1, rule))
    alone = {fold(EMPTY_DIGEST, *firing) for firing in firings}
    assert len(alone | {EMPTY_DIGEST}) == 6
    first, second = firings[:2]
    assert fold(fold(EMPTY_DIGEST, *first), *second) != fold(fold(EMPTY_DIGEST, *second), *first)


@pytest.mark.parametrize(
    ("seed", "expected"),
    [
        (0, None),
        (LARGEST_SEED, None),
        (-1, "must be from 0 to 9223372036854775807"),
        (2**63, "must be from 0 to 9223372036854775807"),
        (True, "must be a whole number"),
        (1.0, "must be a whole number"),
        ("1", "must be a whole number"),
    ],
)
def test_seeds_and_replications_are_whole_numbers_in_range(seed, expected):
    assert seed_problem(seed) == expected


def test_hash_randomisation_changes_nothing():
    code = (
        "from escalation_sim.chance.address import *\n"
        "print({hex16(word(run_key(3, 4), site_key(n), 1, 0)) for n in ['ä']}, site_key('\\u2026'))"
    )
    root = str(Path(escalation_sim.__path__[0]).parent)
    printed = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONPATH": root, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
            encoding="utf-8",
        ).stdout
        for seed in ("0", "1", "random")
    }
    assert len(printed) == 1
