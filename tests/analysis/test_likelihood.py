"""Words for shares, by scale."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from escalation_sim.analysis.likelihood import ICD_203, IPCC, SCALES

BETWEEN = [
    (ICD_203, 0.005, ""),
    (ICD_203, 0.03, "almost no chance"),
    (ICD_203, 0.1, "very unlikely"),
    (ICD_203, 0.3, "unlikely"),
    (ICD_203, 0.5, "roughly even chance"),
    (ICD_203, 0.6, "likely"),
    (ICD_203, 0.9, "very likely"),
    (ICD_203, 0.97, "almost certain"),
    (ICD_203, 0.995, ""),
    (IPCC, 0.001, "exceptionally unlikely"),
    (IPCC, 0.05, "very unlikely"),
    (IPCC, 0.2, "unlikely"),
    (IPCC, 0.5, "about as likely as not"),
    (IPCC, 0.6, "about as likely as not"),
    (IPCC, 0.8, "likely"),
    (IPCC, 0.95, "very likely"),
    (IPCC, 0.999, "virtually certain"),
]


@pytest.mark.parametrize(("scale", "share", "word"), BETWEEN)
def test_a_share_has_its_word(scale, share, word):
    assert scale.word(share) == word


@pytest.mark.parametrize(
    ("scale", "share", "word"),
    [
        (ICD_203, 0.0, ""), (ICD_203, 0.01, "almost no chance"), (ICD_203, 0.05, "very unlikely"),
        (ICD_203, 0.2, "unlikely"), (ICD_203, 0.45, "roughly even chance"),
        (ICD_203, 0.55, "roughly even chance"), (ICD_203, 0.8, "likely"),
        (ICD_203, 0.95, "very likely"), (ICD_203, 0.99, "almost certain"), (ICD_203, 1.0, ""),
        (IPCC, 0.0, "exceptionally unlikely"), (IPCC, 0.01, "very unlikely"),
        (IPCC, 0.33, "about as likely as not"), (IPCC, 0.66, "about as likely as not"),
        (IPCC, 0.9, "likely"), (IPCC, 0.99, "very likely"), (IPCC, 1.0, "virtually certain"),
    ],
)  # fmt: skip
def test_at_a_border_stands_the_word_nearer_to_one_half(scale, share, word):
    assert scale.word(share) == word


@given(st.sampled_from(sorted(SCALES)), st.floats(0, 1), st.floats(0, 1))
def test_words_rise_with_the_share(name, a, b):
    words = [word for _, word in SCALES[name].steps]
    low, high = sorted((a, b))
    places = [len(words) - 1 if s > 0.9 and w == "" else words.index(w)
              for s, w in ((s, SCALES[name].word(s)) for s in (low, high))]  # fmt: skip
    assert places[0] <= places[1]
