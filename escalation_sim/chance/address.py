"""Which random bits belong to which place: uniforms by address, and the firing digest.

A sequence of random numbers shifts when somebody draws one more. Here nothing is a sequence: each
64-bit word is a pure function of

    contract number, seed, replication, site, occurrence, index

so adding, removing or renaming one rule leaves the numbers of all others as they were, and neither
the order of work nor the number of workers can matter.

* **seed**, **replication**: whole numbers from 0 to 2**63 - 1.
* **site**: `site_key` of a name such as `rules.report/after`.
* **occurrence**: from 1, as traces count: the first trigger of a rule is 1. 0 is for what is drawn
  once a run and belongs to no trigger, such as a key of the script.
* **index**: from 0, for sites that draw more than once at an occurrence.

Every field is absorbed by adding it, times an odd constant of its own, and passing the sum through
a bijective 64-bit mixer. For fixed other fields two different values of one field therefore never
give the same word after the last field, and after earlier ones only with probability 2**-64.

All functions but `site_key`, `seed_problem` and `hex16` use nothing except + * ^ & >> on 64-bit
words. Compiled with unsigned 64-bit arguments they agree bit for bit with plain Python; every
constant has its top bit set, so that a compiler which types literals by size takes it for unsigned.
"""

from __future__ import annotations

from hashlib import blake2b

CONTRACT = 1
"""The number of this whole arrangement: change any word it gives and this must change as well."""

LARGEST_SEED = 2**63 - 1
"""The greatest seed, and the greatest replication."""

MASK64 = 0xFFFF_FFFF_FFFF_FFFF

# The finaliser of SplitMix64: shifts 30, 27, 31 and these multipliers are variant 13 of David
# Stafford, "Better Bit Mixing" (2011); G. Steele, D. Lea, C. Flood, "Fast Splittable Pseudorandom
# Number Generators" (OOPSLA 2014) show that it passes BigCrush over any odd, irregular step.
_MULTIPLIER_1 = 0xBF58_476D_1CE4_E5B9
_MULTIPLIER_2 = 0x94D0_49BB_1331_11EB

# Steps without a hidden motive: the first 64 bits after the point of the golden ratio and of the
# square roots of 3, 7, 13, 31, 43 and 47 (those primes up to 47 that give an odd number with the
# top bit set).
_CONTRACT_STEP = 0x9E37_79B9_7F4A_7C15
_SEED_STEP = 0xBB67_AE85_84CA_A73B
_REPLICATION_STEP = 0xA54F_F53A_5F1D_36F1
_SITE_STEP = 0x9B05_688C_2B3E_6C1F
_OCCURRENCE_STEP = 0x9159_015A_3070_DD17
_INDEX_STEP = 0x8EB4_4A87_6858_1511
_FOLD_STEP = 0xDB0C_2E0D_64F9_8FA7

_PERSON = b"escalation-sim-%d" % CONTRACT


def site_key(name: str) -> int:
    """Return the 64-bit key of a site's name, for the hot path to use instead of the name.

    The first 8 bytes, most significant first, of BLAKE2b over the name's UTF-8, personalised with
    this package and contract. Two names of one scenario share a key with probability below
    n² / 2**65 for n names; a loader that wants certainty compares them.
    """
    return int.from_bytes(blake2b(name.encode(), digest_size=8, person=_PERSON).digest(), "big")


def seed_problem(seed: object) -> str | None:
    """Return what is wrong with `seed` as a seed or a replication number, or None."""
    if isinstance(seed, bool) or not isinstance(seed, int):
        return "must be a whole number"
    if not 0 <= seed <= LARGEST_SEED:
        return f"must be from 0 to {LARGEST_SEED}"
    return None


def mix(word: int) -> int:
    """Return `word` with its 64 bits thoroughly mixed; a bijection of 64-bit words."""
    word = ((word ^ (word >> 30)) * _MULTIPLIER_1) & MASK64
    word = ((word ^ (word >> 27)) * _MULTIPLIER_2) & MASK64
    return word ^ (word >> 31)


def run_key(seed: int, replication: int) -> int:
    """Return the 64-bit key of one run: the contract, then the seed, then the replication."""
    state = mix((seed * _SEED_STEP + _RUN_START) & MASK64)
    return mix((state + replication * _REPLICATION_STEP) & MASK64)


def word(run: int, site: int, occurrence: int, index: int) -> int:
    """Return the 64 random bits at this address; `run` is what `run_key` gave.

    `mix` is written out: in plain Python a call would cost half as much again.
    """
    state = (run + site * _SITE_STEP) & MASK64
    state = ((state ^ (state >> 30)) * _MULTIPLIER_1) & MASK64
    state = ((state ^ (state >> 27)) * _MULTIPLIER_2) & MASK64
    state = ((state ^ (state >> 31)) + occurrence * _OCCURRENCE_STEP) & MASK64
    state = ((state ^ (state >> 30)) * _MULTIPLIER_1) & MASK64
    state = ((state ^ (state >> 27)) * _MULTIPLIER_2) & MASK64
    state = ((state ^ (state >> 31)) + index * _INDEX_STEP) & MASK64
    state = ((state ^ (state >> 30)) * _MULTIPLIER_1) & MASK64
    state = ((state ^ (state >> 27)) * _MULTIPLIER_2) & MASK64
    return state ^ (state >> 31)


def uniform(word: int) -> float:
    """Return the number in (0, 1) that `word` stands for: ((word >> 12) + ½) · 2⁻⁵².

    Exact, as is 1 - u; the least is 2⁻⁵³, the greatest 1 - 2⁻⁵³, the mean exactly ½.
    """
    return ((word >> 12) + 0.5) * 2.220446049250313e-16


def fold(digest: int, tick: int, rule_key: int, occurrence: int, option_key: int) -> int:
    """Return the firing digest after one more firing; begin with `EMPTY_DIGEST`.

    `tick` and `occurrence` are whole numbers from 0, `rule_key` the rule's `site_key`, `option_key`
    that of the option taken, or 0 where there was nothing to choose. The fields are absorbed in
    this order, so the digest tells both what fired and in which order. `mix` is written out here,
    too.
    """
    state = (digest + tick * _FOLD_STEP) & MASK64
    state = ((state ^ (state >> 30)) * _MULTIPLIER_1) & MASK64
    state = ((state ^ (state >> 27)) * _MULTIPLIER_2) & MASK64
    state = ((state ^ (state >> 31)) + rule_key * _SITE_STEP) & MASK64
    state = ((state ^ (state >> 30)) * _MULTIPLIER_1) & MASK64
    state = ((state ^ (state >> 27)) * _MULTIPLIER_2) & MASK64
    state = ((state ^ (state >> 31)) + occurrence * _OCCURRENCE_STEP) & MASK64
    state = ((state ^ (state >> 30)) * _MULTIPLIER_1) & MASK64
    state = ((state ^ (state >> 27)) * _MULTIPLIER_2) & MASK64
    state = ((state ^ (state >> 31)) + option_key * _INDEX_STEP) & MASK64
    state = ((state ^ (state >> 30)) * _MULTIPLIER_1) & MASK64
    state = ((state ^ (state >> 27)) * _MULTIPLIER_2) & MASK64
    return state ^ (state >> 31)


def hex16(word: int) -> str:
    """Return `word` as 16 lower-case hexadecimal digits, the form digests are shown in."""
    return f"{word:016x}"


_RUN_START = mix((CONTRACT * _CONTRACT_STEP) & MASK64)

EMPTY_DIGEST = mix((CONTRACT * _FOLD_STEP) & MASK64)
"""The firing digest of a run in which nothing has fired."""
