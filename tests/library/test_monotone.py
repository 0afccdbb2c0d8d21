"""More of one input never does the opposite of what it is for, on the same random numbers.

Over every shipped scenario of the plan, replication by replication. Where the model rightly breaks
such a law, docs/model.md gives the reason, and the test holds it to that reason.
"""

from itertools import pairwise

import pytest

from escalation_sim import library
from tests.library.reading import entered, sample, simulator

PLANS = [path.stem[:2] for path in library.scenarios() if path.stem[:2] != "23"]
THIRD, SECOND = "response.coordinated_response", "response.coalition_intervention"
THIRD_NEVER = {"02", "05", "07", "10", "11", "12", "13", "14", "15", "16", "17"}
"""Where the third phase cannot come, so that its laws do not concern them."""

SECOND_OFTEN = {"12", "14", "15"}
"""Where the second phase stands alone, so that its law is put to the test many times."""

QUORUM = sorted(set(PLANS) - {"10", "11"})
"""Where a quorum decides."""

DELAYS = ("0h", "6h", "48h")
RUNS = 40


def hours(name, rung, **change):
    """Return when a rung was first entered in each replication, None for never."""
    return [entered(run, rung) for run in sample(name, RUNS, set=change)]


def earlier(a, b):
    """Say whether b comes before a; never is later than any hour."""
    return b is not None and (a is None or b < a)


def shown(found):
    """Return in how many runs a rung was entered."""
    return sum(hour is not None for hours_ in found for hour in hours_)


@pytest.mark.parametrize("name", PLANS)
def test_a_longer_detection_delay_never_brings_phase_three_earlier(name):
    cut = {"compliance": 0, "enforcement": 0}  # what the response brings about is left out
    found = [hours(name, THIRD, detection_delay=d, **cut) for d in DELAYS]
    assert (shown(found) > 0) == (name not in THIRD_NEVER)
    for sooner, later in pairwise(found):
        assert not any(map(earlier, sooner, later))


@pytest.mark.parametrize("name", sorted(set(PLANS) - THIRD_NEVER))
def test_where_a_longer_delay_brings_it_earlier_an_earlier_answer_had_ended_the_breach(name):
    kept = [sample(name, RUNS, set={"detection_delay": d}) for d in DELAYS]
    for d, sooner, later in zip(DELAYS, kept, kept[1:], strict=False):
        for a, b in zip(sooner, later, strict=True):
            if earlier(entered(a, THIRD), entered(b, THIRD)):
                run = simulator(name, set={"detection_delay": d}).run(a.seed, a.replication)
                acted = {r.about for r in run.records if r.kind == "fired"}
                assert acted & {"rules.russia_complies", "rules.russia_answers_troops"}


@pytest.mark.parametrize("name", PLANS)
def test_a_higher_chance_to_comply_never_raises_the_share_of_phase_three(name):
    found = [hours(name, THIRD, compliance=c) for c in (0, 0.4, 1)]
    assert (shown(found) > 0) == (name not in THIRD_NEVER)
    for less, more in pairwise(found):
        assert not any(a is None and b is not None for a, b in zip(less, more, strict=True))


@pytest.mark.parametrize("name", QUORUM)
def test_a_stricter_quorum_never_brings_phase_two_earlier(name):
    found = [hours(name, SECOND, quorum=q) for q in (3, 6, 8)]
    assert shown(found) > RUNS or name not in SECOND_OFTEN
    for looser, stricter in pairwise(found):
        assert not any(map(earlier, looser, stricter))
