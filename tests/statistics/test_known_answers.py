"""Answers of small models with known answers: together they look as chance alone would have it.

Each of three tests of the Z values has a level of 1 %. Seeds are fixed, so a failure is no chance.
"""

import math

import pytest
from scipy import stats

from escalation_sim.chance.laws import KINDS, Law
from tests.statistics.questions import ALL, MEANS

LEVEL = 0.01


def what_is_unlikely(zs):
    """Return what of these values would be seen less often than the level if all were in order."""
    squares = sum(z * z for z in zs)
    largest = max(abs(z) for z in zs)
    chances = {
        "their distribution": stats.kstest(zs, "norm").pvalue,
        "their squares": 2 * min(stats.chi2.sf(squares, len(zs)), stats.chi2.cdf(squares, len(zs))),
        "the largest": -math.expm1(len(zs) * math.log1p(-2 * stats.norm.sf(largest))),
    }
    return [name for name, chance in chances.items() if chance < LEVEL]


@pytest.fixture(scope="module")
def zs():
    return [question.z(number) for number, question in enumerate(ALL)]


def test_there_are_enough_questions_and_one_on_the_mean_of_each_law():
    assert len(ALL) >= 20
    assert len({question.name for question in ALL}) == len(ALL)
    assert [question.law for question in MEANS] == list(KINDS)
    assert ALL[: len(MEANS)] == MEANS


def test_answers_are_jointly_standard_normal_and_one_percent_of_bias_in_any_law_is_seen(
    zs, monkeypatch
):
    assert what_is_unlikely(zs) == []
    sample, sampler = Law.sample, Law.sampler
    for number, question in enumerate(MEANS):
        planted = question.law

        def biased(law, u, planted=planted):
            return sample(law, u) * (1.01 if law.kind == planted else 1.0)

        with monkeypatch.context() as patch:
            patch.setattr(Law, "sample", biased)
            patch.setattr(Law, "sampler", lambda law: lambda u: biased(law, u))
            moved = question.z(number)
        assert what_is_unlikely([*zs[:number], moved, *zs[number + 1 :]]) != [], planted
        assert (Law.sample, Law.sampler) == (sample, sampler)


@pytest.mark.parametrize(
    ("spoil", "seen"),
    [
        (lambda z: 0.3 * z, "their squares"),
        (lambda z: 2.0 * z, "their squares"),
        (lambda z: z + 0.8, "their distribution"),
        (abs, "their distribution"),
    ],
    ids=["too narrow", "too wide", "all too large", "no minus"],
)
def test_values_that_are_not_standard_normal_are_seen(spoil, seen):
    ideal = [stats.norm.ppf((i + 0.5) / len(ALL)) for i in range(len(ALL))]
    assert what_is_unlikely(ideal) == []
    assert seen in what_is_unlikely([spoil(z) for z in ideal])
