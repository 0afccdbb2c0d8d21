"""Chance: addressed uniforms, the project's own functions, laws of chance, rates by exposure.

Nothing in this room holds state or looks at a clock: the same arguments give the same bytes on
every platform. `address` says which 64 random bits belong to a place in a scenario, `functions`
has exp, log and friends built from + − × ÷ and square root, `quantiles` turns one uniform into one
sample, `laws` is what a scenario calls a law, and `exposure` keeps the books of a rate.
"""

from __future__ import annotations

from escalation_sim.chance.address import (
    CONTRACT,
    EMPTY_DIGEST,
    fold,
    hex16,
    run_key,
    seed_problem,
    site_key,
    uniform,
    word,
)
from escalation_sim.chance.exposure import NEVER, grow, ticks_until
from escalation_sim.chance.laws import KINDS, Kind, Law, problem, ticks

__all__ = [
    "CONTRACT",
    "EMPTY_DIGEST",
    "KINDS",
    "NEVER",
    "Kind",
    "Law",
    "fold",
    "grow",
    "hex16",
    "problem",
    "run_key",
    "seed_problem",
    "site_key",
    "ticks",
    "ticks_until",
    "uniform",
    "word",
]
