"""The small functions kernels are built from: plain scalar code over flat arrays of numbers.

They run as they stand, over lists, and are translated with the kernel. `S` holds the state of one
replication as whole numbers, `X` and `Y` the rows of occurrences that wait side by side. A fault
is kept in `S[0]`, the first one for good; what is computed after it has no meaning and is not seen.
"""

from __future__ import annotations

import math
import struct
from typing import TypeAlias

from escalation_sim.chance.exposure import NEVER
from escalation_sim.chance.functions import _LN2_HIGH, _LN2_LOW, _SQRT_TWO, exp, log
from escalation_sim.chance.laws import ticks
from escalation_sim.expression.types import MOST_TICKS

Ints: TypeAlias = "list[int]"
Words: TypeAlias = "list[int]"
Reals: TypeAlias = "list[float]"

EXPRESSION, LIVELOCK, TOO_MANY_ITEMS, TOO_MANY_TIMERS = 1, 2, 3, 4
"""Faults, as places in `engine.row.FAULTS`."""

MOST_AT_ONE_TICK = 1_000
MOST_ITEMS = 10_000_000

IDLE, RUNNING, STANDING = 0, 1, 2

# Places in `S`.
WRONG = 0
MOVE_WANTED = 1
LAST_CHANGE = 2
TIES = 3

# The parts of a clock, from the place where it begins.
STATE, BASE, HELD, HELD_EXACT, EXACT_AT, PAUSED_AT, STOP_WANTED, PAUSE_WANTED = range(8)

# The parts of a row of `X`; values kept from the trigger follow.
KEY, OCCURRENCE, ON_HOLD, DUE, DEADLINE, THROWS, SUSPECT = range(7)

NO_HAND = -NEVER
"""What a clock shows that is not running."""

_LARGEST_PART = 4503599627370496.0
"""From 2**52 on every double is whole."""

_INFINITY = math.inf


def ints(size: int) -> Ints:
    """Return so many whole numbers, all 0."""
    return [0] * size


def words(size: int) -> Words:
    """Return so many words, all 0."""
    return [0] * size


def reals(size: int) -> Reals:
    """Return so many doubles, all 0."""
    return [0.0] * size


def bits_of(value: float) -> int:
    """Return the 64 bits of a double as a word."""
    (bits,) = struct.unpack("<Q", struct.pack("<d", value))
    return int(bits)


def real_of(bits: int) -> float:
    """Return the double that has these 64 bits."""
    (value,) = struct.unpack("<d", struct.pack("<Q", bits))
    return float(value)


# sums that can go wrong


def counted(value: int, S: Ints) -> int:
    """Return a sum of ticks; a fault if it is too long to count."""
    if -MOST_TICKS <= value <= MOST_TICKS:
        return value
    if S[WRONG] == 0:
        S[WRONG] = EXPRESSION
    return 0


def finite(value: float, S: Ints) -> float:
    """Return a number; a fault if it is not finite."""
    if -_INFINITY < value < _INFINITY:
        return value
    if S[WRONG] == 0:
        S[WRONG] = EXPRESSION
    return 0.0


def rounded(value: float, S: Ints) -> int:
    """Return the whole number of ticks nearest to a product or quotient, floor(x + 1/2)."""
    moved = value + 0.5
    if -MOST_TICKS <= moved <= MOST_TICKS:
        return math.floor(moved)
    if S[WRONG] == 0:
        S[WRONG] = EXPRESSION
    return 0


def quotient(over: float, under: float, S: Ints) -> float:
    """Return `over / under`; a fault if that is not finite."""
    if under == 0.0:
        if S[WRONG] == 0:
            S[WRONG] = EXPRESSION
        return 0.0
    return finite(over / under, S)


def floored(value: float, S: Ints) -> float:
    """Return the greatest whole number not above a number."""
    value = finite(value, S)
    if -_LARGEST_PART < value < _LARGEST_PART:
        return float(math.floor(value))
    return value


def root(value: float, S: Ints) -> float:
    """Return the square root; a fault below 0."""
    if value < 0.0:
        if S[WRONG] == 0:
            S[WRONG] = EXPRESSION
        return 0.0
    return math.sqrt(value)


def exponential(value: float, S: Ints) -> float:
    """Return e to a power; a fault if it is not finite."""
    return finite(exp(value), S)


def logarithm(value: float, S: Ints) -> float:
    """Return the natural logarithm; a fault for what is not above 0."""
    if value <= 0.0:
        if S[WRONG] == 0:
            S[WRONG] = EXPRESSION
        return 0.0
    return finite(log(value), S)


def not_negative(value: int, S: Ints) -> int:
    """Return a length; a fault below 0."""
    if value < 0:
        if S[WRONG] == 0:
            S[WRONG] = EXPRESSION
        return 0
    return value


def weight(value: float, S: Ints) -> float:
    """Return a weight or a rate; a fault below 0."""
    if value < 0.0:
        if S[WRONG] == 0:
            S[WRONG] = EXPRESSION
        return 0.0
    return value


def probability(value: float, S: Ints) -> float:
    """Return a chance; a fault outside 0 to 1."""
    if 0.0 <= value <= 1.0:
        return value
    if S[WRONG] == 0:
        S[WRONG] = EXPRESSION
    return 0.0


def fault(what: int, S: Ints) -> None:
    """Keep a fault, unless there is one already."""
    if S[WRONG] == 0:
        S[WRONG] = what


# the same bits on a shorter way


def log_between(x: float) -> float:
    """Return `functions.log` of a normal number above 0, without a branch.

    The exponent is read off the bits instead of being found by scaling; the sums are the same, in
    the same order.
    """
    bits = bits_of(x)
    k = (bits >> 52) - 1023
    m = real_of((bits & 0xFFFFFFFFFFFFF) | 0x3FF0000000000000)
    upper = (m > _SQRT_TWO) | ((m == _SQRT_TWO) & (x < 1.0))
    k = k + 1 if upper else k
    m = m * 0.5 if upper else m
    f = m - 1.0
    s = f / (2.0 + f)
    z = s * s
    series = 1.531383769920937332e-01 + z * 1.479819860511658591e-01
    series = 1.818357216161805012e-01 + z * series
    series = 2.222219843214978396e-01 + z * series
    series = 2.857142874366239149e-01 + z * series
    series = 3.999999999940941908e-01 + z * series
    series = 6.666666666666735130e-01 + z * series
    half_square = 0.5 * f * f
    return k * _LN2_HIGH - ((half_square - (s * (half_square + z * series) + k * _LN2_LOW)) - f)


def drawn_exponential(mean: float, scale: float, u: float) -> int:
    """Return an exponential delay in ticks; u lies strictly between 0 and 1."""
    return ticks(-mean * log_between(1.0 - u) * scale)


# laws by table: nearly the sample, and whether that settles the tick


PARTS = 512
"""Parts into which the uniforms from 0 to 1 are cut."""

FIRST_PART, LAST_PART = 4, 508
"""Parts that are tabled; nearer the ends quantiles bend too much."""

PART_SIZE = 8
"""Six coefficients of a polynomial in t from -1 to 1, how far it may be off, and a rest."""

POINTS = 9
"""Where a part is looked at: six nodes of Chebyshev's, then both ends and the middle."""

_FAR, _MIDDLE, _NEAR = 0.9659258262890683, 0.7071067811865476, 0.25881904510252074

_DOUBT = 64.0
"""How much more than the worst difference seen is allowed for."""


def node(j: int) -> float:
    """Return one of the points at which a part is looked at, from -1 to 1."""
    if j < 3:
        return -_FAR if j == 0 else (-_MIDDLE if j == 1 else -_NEAR)
    if j < 6:
        return _NEAR if j == 3 else (_MIDDLE if j == 4 else _FAR)
    return -1.0 if j == 6 else (1.0 if j == 7 else 0.0)


def table_point(part: int, j: int) -> float:
    """Return the uniform that stands at one point of a part."""
    return (float(part) + 0.5 * (node(j) + 1.0)) / PARTS


def fit(B: Reals, at: int, V: Reals) -> None:
    """Put one part into a table, from the law's samples at its points.

    Newton's differences through the nodes, written out in powers of t.
    """
    for level in range(1, 6):
        for j in range(5, level - 1, -1):
            V[j] = (V[j] - V[j - 1]) / (node(j) - node(j - level))
    for k in range(6):
        B[at + k] = 0.0
    for j in range(5, -1, -1):
        for k in range(5, 0, -1):
            B[at + k] = B[at + k - 1] - node(j) * B[at + k]
        B[at] = V[j] - node(j) * B[at]
    worst = 0.0
    for j in range(6, 9):
        worst = max(worst, abs(V[j] - power_sum(B, at, node(j))))
    B[at + 6] = _DOUBT * worst + 1e-12 * (1.0 + abs(B[at]))


def power_sum(B: Reals, at: int, t: float) -> float:
    """Return the polynomial of a part at t."""
    total = B[at + 4] + t * B[at + 5]
    total = B[at + 3] + t * total
    total = B[at + 2] + t * total
    total = B[at + 1] + t * total
    return B[at] + t * total


def tabled(B: Reals, begins: int, u: float) -> int:
    """Return the ticks of a law at u by its table; -1 where that could be the wrong tick."""
    place = u * PARTS
    part = math.floor(place)
    if part < FIRST_PART or part >= LAST_PART:
        return -1
    at = begins + part * PART_SIZE
    half = power_sum(B, at, 2.0 * (place - part) - 1.0) + 0.5
    doubt = B[at + 6]
    if not (doubt < 0.5 and half < 4503599627370496.0):
        return -1
    whole = math.floor(half)
    rest = half - whole
    if rest < doubt or rest > 1.0 - doubt:
        return -1
    return whole


# when things are due


def later(now: int, length: int) -> int:
    """Return the tick `length` after `now`, or `NEVER`."""
    return min(now + length, NEVER)


def due_key(
    now: int, length: int, generation: int, rank: int, horizon: int, shift: int, rank_bits: int
) -> int:
    """Return the key of a rule item: its tick, its generation, its rank, in one number.

    What is due at once belongs to `generation`, what is due later to the first of its tick. Ticks
    beyond the horizon are all alike, for none is worked off.
    """
    if length == 0:
        return (now << shift) | (generation << rank_bits) | rank
    due = now + length
    if due >= NEVER:
        return NEVER
    return (min(due, horizon + 1) << shift) | rank


# clocks


def hand(S: Ints, at: int, now: int) -> int:
    """Return what a clock shows, in ticks; `NO_HAND` when it is not running or standing."""
    state = S[at + STATE]
    if state == IDLE:
        return NO_HAND
    if state == STANDING or S[at + PAUSED_AT] >= 0:
        return S[at + HELD]
    return running_hand(S, at, now)


def running_hand(S: Ints, at: int, now: int) -> int:
    """Return what a running hand shows: one tick less until the clocks have moved."""
    shown = now - S[at + BASE]
    return shown if S[at + EXACT_AT] == now else shown - 1


def exact(S: Ints, at: int, now: int) -> bool:
    """Whether the hand is on its tick: moved there, or stopped after it was."""
    if S[at + STATE] == STANDING or S[at + PAUSED_AT] >= 0:
        return S[at + HELD_EXACT] != 0
    return S[at + EXACT_AT] == now


def hold_hand(S: Ints, at: int, now: int) -> None:
    """Keep what a running hand shows, for a stop or a pause."""
    S[at + HELD] = running_hand(S, at, now)
    S[at + HELD_EXACT] = 1 if S[at + EXACT_AT] == now else 0


# rows of occurrences that wait side by side


def least_of(X: Ints, base: int, width: int, count: int, part: int) -> int:
    """Return the least of one part over all rows, or `NEVER`."""
    least = NEVER
    for k in range(count):
        least = min(least, X[base + k * width + part])
    return least


def row_with(X: Ints, base: int, width: int, count: int, part: int, most: int) -> int:
    """Return the place of the first row of which a part is at most `most`; -1 if there is none."""
    for k in range(count):
        at = base + k * width
        if X[at + part] <= most:
            return at
    return -1


def rows_with(X: Ints, base: int, width: int, count: int, part: int, most: int) -> int:
    """Return of how many rows a part is at most `most`."""
    found = 0
    for k in range(count):
        if X[base + k * width + part] <= most:
            found += 1
    return found


def suspect_all(X: Ints, base: int, width: int, count: int) -> int:
    """Mark every row on hold to be looked at when the clocks move; return how many there are."""
    found = 0
    for k in range(count):
        at = base + k * width
        if X[at + ON_HOLD] != 0:
            X[at + SUSPECT] = 1
            found += 1
    return found


def row_number(at: int, base: int, width: int) -> int:
    """Return which row it is that begins at `at`, from 0."""
    row = 0
    while base + row * width < at:
        row += 1
    return row


def drop_row(X: Ints, base: int, width: int, count: int, at: int) -> None:
    """Take out the row at `at`; the rows after it move up."""
    for k in range(at, base + (count - 1) * width):
        X[k] = X[k + width]


def drop_reals(Y: Reals, base: int, width: int, count: int, row: int) -> None:
    """Take out the numbers of one row; those after it move up."""
    for k in range(base + row * width, base + (count - 1) * width):
        Y[k] = Y[k + width]
