"""A piece of a scalar's text is found again in the file."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from escalation_sim.location import Span
from escalation_sim.source import reader
from escalation_sim.source.places import content_span, part_of
from escalation_sim.source.tree import Scalar


def value(text: str) -> Scalar:
    tree, _ = reader.loads(text.encode(), "x.yaml")
    node = tree.entries[-1][1]
    assert isinstance(node, Scalar)
    return node


def written(span: Span) -> str:
    assert span.line == span.end_line
    return span.file.line(span.line)[span.column - 1 : span.end_column - 1]


FORMS = {
    "plain": "when: alpha and beta or gamma\n",
    "plain over lines": "when: alpha and\n  beta\n\n  or gamma\n",
    "single-quoted": "when: 'alpha and beta or gamma'\n",
    "single-quoted over lines": "when: 'alpha\n  and beta or\n  gamma'\n",
    "doubled quotes": "when: 'it''s alpha and ''beta'' or gamma'\n",
    "double-quoted": 'when: "alpha and beta or gamma"\n',
    "double-quoted over lines": 'when: "alpha and beta\n\n   or gamma"\n',
    "literal": "when: |\n  alpha and\n    beta or\n\n  gamma\n",
    "folded": "when: >-  # a comment with alpha\n  alpha\n  and beta or\n  gamma\n",
    "anchored": "when: &beta alpha and beta or gamma\n",
    "in braces": "when: alpha and beta or gamma # beta\n",
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("word", ["alpha", "and", "beta", "or", "gamma"])
def test_each_word_is_found_in_every_form(form, word):
    scalar = value(FORMS[form])
    start = scalar.text.index(word)
    assert written(part_of(scalar, start, start + len(word))) == word


def test_a_piece_over_a_line_end_is_cut_there():
    scalar = value("when: alpha and\n  beta\n")
    assert written(part_of(scalar, 6, len(scalar.text))) == "and"


def test_behind_the_last_character_stands_an_empty_span_at_the_end():
    scalar = value("when: 'alpha'\n")
    span = part_of(scalar, 5, 5)
    assert (span.column, span.end_column) == (13, 13)


def test_an_empty_piece_has_a_place_and_no_width():
    span = part_of(value("when: alpha\n"), 2, 2)
    assert (span.column, span.end_column) == (9, 9)


def test_escapes_hide_the_places_so_the_whole_content_is_given():
    assert written(part_of(value('when: "al\\x70ha and beta"\n'), 9, 13)) == "al\\x70ha and beta"


def test_the_content_of_a_quoted_text_stands_inside_its_quotes():
    assert written(content_span(value("when: 'alpha'\n"))) == "alpha"
    assert written(content_span(value('when: "alpha"\n'))) == "alpha"
    assert written(content_span(value("when: ''\n"))) == ""
    assert written(content_span(value("when: alpha\n"))) == "alpha"


def test_the_content_of_a_text_over_several_lines_is_all_of_it():
    for form in ("when: 'a\n  b'\n", "when: |\n  a\n", "when: a\n  b\n"):
        assert content_span(value(form)) == value(form).span


@given(
    st.text("ab '", min_size=1, max_size=30).filter(lambda t: t == t.strip()),
    st.integers(0, 30),
    st.integers(0, 30),
)
def test_every_piece_of_a_single_quoted_line_is_found(text, start, length):
    scalar = value("when: '" + text.replace("'", "''") + "'\n")
    assert scalar.text == text
    piece = text[start : start + length]
    found = written(part_of(scalar, start, start + length))
    assert found.replace("''", "'") in (piece, piece + "'") or found == piece


def test_a_text_that_is_not_in_the_file_has_the_span_it_was_given():
    span = value("when: alpha\n").span
    assert part_of(Scalar("other", span), 0, 3) == span
    assert part_of(Scalar("alphabet", span), 0, 8) == span


def test_line_ends_kept_after_a_block_stand_at_its_end():
    scalar = value("when: |+\n  a\n\n\n")
    assert scalar.text == "a\n\n\n"
    assert part_of(scalar, 3, 4).line == 2
