"""UTF-8 comes in; what is not UTF-8, or cannot be seen, is named with its place."""

import pytest

from escalation_sim.errors import ScenarioError
from escalation_sim.source import limits, reader


def places(data: bytes) -> list[tuple[str, int, int, str]]:
    with pytest.raises(ScenarioError) as caught:
        reader.read_text(data, "x.yaml")
    return [(d.code, d.span.line, d.span.column, d.message) for d in caught.value.diagnostics]


def test_a_byte_order_mark_is_dropped_and_not_counted():
    text, file = reader.read_text(b"\xef\xbb\xbfa: 1\n", "x.yaml")
    assert text == "a: 1\n"
    assert file.line(1) == "a: 1"


def test_columns_count_characters_and_not_bytes():
    assert places("é😀é\x07".encode()) == [
        ("bad-character", 1, 4, "the character U+0007 cannot stand in a scenario")
    ]
    assert places("a\r\né😀".encode() + b"\xff")[0][:3] == ("bad-encoding", 2, 3)


@pytest.mark.parametrize(
    "character",
    "\x00\x01\x08\x0b\x0c\x1b\x7f\x80\x85\x9f"
    "\u2028\u2029\u202a\u202e\u2066\u2069\ufeff\ufffe\uffff",
)
def test_characters_that_cannot_be_seen_are_refused(character):
    found = places(f"about: text\nab{character}c".encode())
    assert [(code, line, column) for code, line, column, _ in found] == [("bad-character", 2, 3)]
    assert f"U+{ord(character):04X}" in found[0][3]


@pytest.mark.parametrize("text", ["\t\r\n ~", "\u00a0é ß", "日本語", "😀 \U0010fffd", "a\u200db"])
def test_other_characters_are_welcome(text):
    assert reader.read_text(text.encode(), "x.yaml")[0] == text


def test_each_unseen_character_is_reported_once():
    assert [p[:3] for p in places(b"\x07\x07\x08\n\x07")] == [
        ("bad-character", 1, 1),
        ("bad-character", 1, 3),
    ]


def test_a_binary_file_gets_no_more_than_the_limit_of_problems():
    assert len(places("".join(map(chr, range(0x7F, 0xA0))).encode())) == limits.PROBLEMS


@pytest.mark.parametrize("codec", ["utf-16", "utf-16-le", "utf-16-be", "utf-32-le"])
def test_utf_16_is_recognised_with_and_without_its_mark(codec):
    assert places("title: x".encode(codec)) == [
        ("bad-encoding", 1, 1, "this file is UTF-16, not UTF-8")
    ]


@pytest.mark.parametrize("data", [b"a\xc3", b"a\xe2\x82", b"a\xc0\xaf", b"a\xf4\x90\x80\x80"])
def test_broken_overlong_and_too_high_sequences_are_not_utf_8(data):
    assert places(data)[0][:3] == ("bad-encoding", 1, 2)


def test_text_in_memory_has_the_same_size_limit():
    assert reader.read_text(b"#" * limits.FILE_BYTES, "x.yaml")
    assert places(b"#" * (limits.FILE_BYTES + 1))[0][0] == "file-too-large"
