"""The parts below the figure: words, wrapping, histories, the time axis, the search for room."""

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from escalation_sim.figures import glyphs, history, words
from escalation_sim.figures.page import Box, Page
from escalation_sim.figures.place import Note, Search, Spot, hang, write_at_first
from escalation_sim.figures.sizes import LABEL, NOTE
from escalation_sim.figures.time_axis import LEAST_TICK, Span, time_axis

QUICK = settings(max_examples=60, deadline=None, derandomize=True)
NB = words.SPACE


def test_times_read_as_people_say_them():
    said = {0: "0 h", 150.4: "150 h", 3.5: "3.5 h", 2: "2 h", 2 / 3: "40 min", 85 / 3600: "1.4 min",
            12 / 3600: "12 s", 7440: "7,440 h", -3: "−3 h"}  # fmt: skip
    for hours, text in said.items():
        assert words.time_text(hours) == text.replace(" ", NB)


def test_lengths_stay_as_they_were_written():
    for hours, text in {72: "72 h", 1.5: "90 min", 0.5: "30 min", 8.3: "8.3 h"}.items():
        assert words.length_text(hours) == text.replace(" ", NB)


def test_two_different_times_never_read_the_same():
    assert words.two_times(57.24, 57.4) == (f"57.2{NB}h", f"57.4{NB}h")
    assert words.two_times(57, 60) == (f"57{NB}h", f"60{NB}h")


def test_a_share_is_never_rounded_to_none_or_all():
    assert words.percent(1, 1000) == f"1{NB}%"
    assert words.percent(999, 1000) == f"99{NB}%"
    assert words.percent(0, 0) == f"0{NB}%"
    assert words.percent(36, 41) == f"88{NB}%"


@QUICK
@given(st.text(max_size=80))
def test_any_text_is_drawn_on_one_line_with_glyphs_that_exist(text):
    drawn = glyphs.shown(text)
    assert "\n" not in drawn
    assert all(c == " " or ord(c) in glyphs._covered() for c in drawn)
    assert drawn == glyphs.shown(drawn)


@QUICK
@given(
    st.lists(st.text("abwi$_{}\\ü", min_size=1, max_size=30), max_size=12),
    st.floats(min_value=0.3, max_value=3),
)
def test_wrapped_lines_fit_and_lose_nothing(parts, room):
    text = " ".join(parts)
    lines = glyphs.wrap(text, NOTE, room)
    assert "".join(lines).replace(" ", "") == glyphs.shown(text).replace(" ", "")
    assert all(glyphs.width(line, NOTE) <= room or len(line) == 1 for line in lines)


def test_text_that_takes_too_many_lines_is_not_wrapped():
    assert glyphs.wrap("one two three four", LABEL, 0.5, 2) is None
    assert glyphs.first_that_fits(["much too long for this", "short"], LABEL, 0.5) == ["short"]


@QUICK
@given(
    end=st.integers(1, 10**8),
    beyond=st.integers(0, 10**6),
    events=st.lists(st.integers(0, 10**8), max_size=6),
)
def test_the_axis_keeps_the_order_of_times_and_its_ticks_apart(end, beyond, events):
    def hours(tick):
        return tick / 3600

    events = [tick for tick in events if tick <= end]
    axis = time_axis(hours, end, end + beyond, events, Span(1.5, 5.5))
    ticks = sorted({0, end, *events})
    xs = [axis.x(tick) for tick in ticks]
    assert xs == sorted(xs)
    assert xs[0] == 1.5
    assert xs[-1] <= 5.5 + 1e-6
    places = [axis.at_hour(mark) for mark in axis.marks]
    plain = [(a, b) for a, b in pairwise(places) if not axis.cuts]
    assert all(b - a >= LEAST_TICK * 0.8 for a, b in plain)
    for tick in events:
        assert not any(cut.begin < hours(tick) < cut.end for cut in axis.cuts)


def test_a_short_axis_ends_at_the_next_round_hour_within_the_horizon():
    def axis(end, horizon):
        return time_axis(float, end, horizon, [], Span(0, 4))

    ends = {3: 6, 6: 6, 7: 12, 13: 24, 30: 48, 123: 144, 168: 168}
    assert {end: axis(end, 720).end for end in ends} == ends
    assert axis(3, 5).end == 5


def test_a_long_quiet_span_is_cut_only_in_a_very_long_run():
    events = [10, 20]
    assert not time_axis(float, 300, 720, events, Span(0, 4)).cuts
    (cut,) = time_axis(float, 700, 720, events, Span(0, 4)).cuts
    assert 20 < cut.begin < cut.end < 700


@QUICK
@given(st.integers(0, 3), st.lists(st.tuples(st.integers(0, 9), st.integers(0, 3)), max_size=12))
def test_a_history_has_one_net_change_a_tick(begin, moves):
    moves.sort(key=lambda move: move[0])
    past = history._netted(begin, moves)
    ticks = [change.tick for change in past.changes]
    assert ticks == sorted(set(ticks))
    assert all(change.before != change.after for change in past.changes)
    assert past.at(9) == (moves[-1][1] if moves else begin)
    segments = past.segments(10)
    assert segments[0].begin == 0
    assert segments[-1].end == 10
    assert all(a.end == b.begin for a, b in pairwise(segments))


def test_a_note_hangs_where_there_is_room_in_the_longest_form_that_fits():
    page = Page(4.4)
    note = Note(("a rather long remark on several lines", "short"), NOTE, "Head")
    roomy = Search((2.0, 1.0), Box(1.0, 0.5, 5.0, 2.0))
    box = hang(page, note, roomy)
    assert box.left > 2.0
    assert hang(page, note, Search((2.0, 3.0), Box(1.9, 2.9, 2.6, 3.2))) is not None
    assert hang(page, note, Search((2.0, 3.0), Box(1.9, 2.9, 2.1, 3.0))) is None


def test_a_line_is_written_at_the_first_spot_that_is_free():
    page = Page(4.4)
    spots = [Spot((1.0, 1.0)), Spot((1.0, 2.0))]
    first = write_at_first(page, "one", NOTE, spots)
    second = write_at_first(page, "two", NOTE, spots)
    assert not first.meets(second)
    assert write_at_first(page, "three", NOTE, spots) is None


def test_nothing_is_written_off_the_page():
    assert write_at_first(Page(4.4), "text", NOTE, [Spot((7.1, 1.0)), Spot((1.0, 4.5))]) is None
