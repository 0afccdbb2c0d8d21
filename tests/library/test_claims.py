"""Every statement of the register is cited by something that a shipped run reaches."""

import pytest

from escalation_sim import library
from escalation_sim.scenario.register import read_register
from tests.library.reading import simulator

NAMES = [path.stem for path in library.scenarios()]
SEEDS = library.folder("seeds")


def claims_of(register):
    """Return the ids of a shipped register."""
    return set(read_register(SEEDS / register, register).claims)


@pytest.fixture(scope="module")
def reached():
    """Return what records of shipped runs cite; a chance that failed or a call-off is no reach."""
    found = set()
    for name in NAMES:
        for replication in range(12):
            for record in simulator(name).run(1, replication).records:
                if record.kind in ("fired", "crossed", "clock_started"):
                    found.update(record.claims)
    return found


def test_each_of_the_sixteen_claims_is_cited_by_something_reached(reached):
    claims = claims_of("claims.yaml")
    assert len(claims) == 16
    assert claims - reached == set()


def test_each_claim_of_the_second_register_is_cited_by_something_reached(reached):
    assert claims_of("ihr-claims.yaml") - reached == set()


def test_nothing_is_cited_that_no_register_holds(reached):
    assert reached <= claims_of("claims.yaml") | claims_of("ihr-claims.yaml")
