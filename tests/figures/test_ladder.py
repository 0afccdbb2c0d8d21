"""What the ladder figure says: its headline, marks, clocks, notes and footer."""

import inspect

import pytest

from escalation_sim import load, simulate
from escalation_sim.engine.simulate import Simulator
from escalation_sim.figures import clock_story, frame, headline, ladder_figure, line_story, sides
from escalation_sim.figures.words import SPACE

SIDES = "parties: {a: {name: Side A}, b: {name: Side B}}"


def said(figure):
    found = [t.get_text() for t in figure.axes[0].texts]
    return [text.replace(SPACE, " ") for text in found if text.strip()]


def whole(figure):
    return " ".join(said(figure))


def marks(figure, kind):
    return [line for line in figure.axes[0].lines if line.get_gid() == f"mark {kind}"]


def lines(figure, role):
    return [line for line in figure.axes[0].lines if line.get_gid() == role]


def test_the_footer_cannot_be_switched_off():
    assert list(inspect.signature(ladder_figure).parameters) == ["run"]
    assert "identity" in inspect.signature(frame.begin).parameters
    assert inspect.signature(frame.begin).parameters["identity"].default is inspect.Parameter.empty


def test_the_footer_tells_readings_and_changes():
    model = load("01", set={"compliance": 0.6}, reading={"third_phase_due": "within"})
    text = whole(ladder_figure(simulate(model, seed=5, replication=2)))
    for part in ("seed 5", "replication 2", "third_phase_due=within", "compliance", "% of"):
        assert part.removesuffix(" of") in text
    assert model.hash[:8] in text


def test_a_short_run_says_so_and_its_axis_ends_at_six_hours(run_of):
    figure = ladder_figure(run_of("short_run"))
    assert "R3 at 3 h, s1 at 2 h: done, ended at 3 h" in said(figure)
    assert "6" in said(figure)
    assert "run ends at 3 h" in said(figure)


def test_quiet_time_of_a_very_long_run_is_cut_with_a_visible_break(run_of):
    figure = ladder_figure(run_of("long_run"))
    assert "Quiet time is cut." in whole(figure)
    assert "Week 0: the treaty." in whole(figure)
    assert len(lines(figure, "tick")) > 4


def test_rungs_that_are_not_reached_fold_when_there_are_too_many(run_of):
    texts = said(ladder_figure(run_of("many_rungs")))
    assert "13 rungs not reached" in texts
    assert "19 rungs not reached" in texts
    assert "U17" in texts


def test_crossings_at_one_instant_are_one_mark_with_a_count(run_of):
    figure = ladder_figure(run_of("one_instant"))
    assert len(marks(figure, "crossed")) == 1
    assert "3" in said(figure)
    assert "Red line crossed" in said(figure)
    assert "and 2 more" in whole(figure)
    stairs = [list(line.get_xdata()) for line in lines(figure, "stair")]
    assert [len(xs) for xs in stairs] == [4, 4]  # one riser each, for the net change


def test_a_calm_run_still_says_something(run_of):
    texts = said(ladder_figure(run_of("calm")))
    assert "Up stays at r0: open, nothing is due after the start" in texts
    assert "horizon, 720 h" in " ".join(texts)


def test_a_run_without_ladders_tells_of_the_strip(run_of):
    assert "Severity reaches much at 49 h: over at 72 h" in said(
        ladder_figure(run_of("no_ladders"))
    )


def test_a_run_with_nothing_to_draw_is_drawn(run_of):
    assert "Open, nothing is due after the start" in said(ladder_figure(run_of("nothing_at_all")))


def test_dollar_signs_are_drawn_as_written_and_missing_glyphs_leave_a_substitute(run_of):
    text = whole(ladder_figure(run_of("long_names")))
    assert "$x_1$ and % more" in text
    assert "□" in text
    assert "🚀" not in text


def test_names_that_do_not_fit_stand_in_a_list_below(run_of):
    texts = said(ladder_figure(run_of("long_names")))
    assert "Upper rung 2" in texts
    assert any(text.startswith("In full: Upper rung 2:") for text in texts)


def test_of_many_clocks_only_those_that_matter_are_drawn_and_the_others_counted(run_of):
    texts = said(ladder_figure(run_of("five_ladders")))
    assert "3 more clocks, 3 of them started." in texts
    assert "C0, 5 h" in texts
    assert "C7, 61 h" not in texts


def test_ladders_find_their_sides_without_being_told(run_of):
    layout = sides.layout(run_of("five_ladders"))
    assert layout.up.variable.id == "up"
    assert layout.down.variable.id == "down"
    assert [a.ladder.variable.id for a in layout.anchored] == ["l4", "l5"]
    assert [a.level for a in layout.anchored] == [3, 3]
    assert [ladder.variable.id for ladder in layout.lanes] == ["l3"]


def test_a_written_side_counts_first(run_of):
    run = run_of(f"""
time: {{horizon: 5d}}
{SIDES}
ladders:
  one: {{party: a, rungs: [a0, a1], side: none}}
  two: {{party: b, rungs: [b0, b1], side: up}}
  three: {{party: b, rungs: [c0, c1]}}
  four: {{party: a, rungs: [d0, d1]}}
outcomes: {{open: otherwise}}
""")
    layout = sides.layout(run)
    assert layout.up.variable.id == "two"
    assert layout.down.variable.id == "four"


def test_decided_and_in_place_are_two_marks_joined_by_a_dashed_line(run_of):
    figure = ladder_figure(run_of("five_ladders"))
    dashed = [line for line in lines(figure, "stair") if line.get_linestyle() == "--"]
    assert len(dashed) == 1
    assert "l4: p1 24 h, p2 72 h" in said(figure)


DEADLINE = f"""
time: {{horizon: 5d}}
{SIDES}
situation: {{severity: {{levels: [none, some]}}}}
ladders:
  up: {{party: a, rungs: [r0, r1, r2]}}
  down: {{party: b, rungs: [s0, s1]}}
clocks: {{c: {{while: severity > none, lull: 2h}}}}
script: {{10h: {{severity: some}}, WHEN: {{up: r1}}, 60h: {{severity: none}}}}
rules:
  late: {{when: c == 24h and up < r1, note: too late}}
  more: {{when: c >= 36h, after: 4h, do: {{up: at least r2}}}}
outcomes: {{open: otherwise}}
"""


def kinds(run):
    (story,) = clock_story.stories(run, run.ended_at)
    return [(event.kind, run.hours(event.tick)) for event in story.events]


def test_a_missed_deadline_is_marked_at_the_clock_and_at_its_rung(run_of):
    run = run_of(DEADLINE.replace("WHEN", "40h"))
    assert kinds(run) == [
        ("start", 10), ("missed", 34), ("met", 40), ("expired", 46), ("reset", 62),
    ]  # fmt: skip
    figure = ladder_figure(run)
    assert len(marks(figure, "missed")) == 2
    assert len(marks(figure, "expired")) == 2
    assert "deadline 34 h, missed by 6 h" in whole(figure)
    assert "36 h are up at 46 h" in said(figure)
    assert "a 24 h deadline missed at 34 h" in headline.titles(
        run, sides.layout(run), clock_story.stories(run, run.ended_at)
    )[0].replace(SPACE, " ")


def test_a_deadline_met_in_time_is_not_missed_even_in_its_last_instant(run_of):
    for when in ("20h", "34h"):
        run = run_of(DEADLINE.replace("WHEN", when))
        met = float(when[:-1])
        assert kinds(run) == [("start", 10), ("met", met), ("expired", 46), ("reset", 62)]
        assert not marks(ladder_figure(run), "missed")


def test_a_bridged_lull_counts_and_a_pause_does_not(run_of):
    run = run_of("""
time: {horizon: 5d}
situation: {severity: {levels: [none, some]}, talks: false}
clocks: {c: {while: severity > none, lull: 3h, pause: talks}}
script:
  0h: {severity: some}
  10h: {severity: none}
  12h: {severity: some}
  20h: {talks: true}
  25h: {talks: false}
outcomes: {over: c >= 30h}
""")
    (story,) = clock_story.stories(run, run.ended_at)
    (life,) = story.lives
    shown = [(run.hours(s.begin), run.hours(s.end), s.runs) for s in life.spans]
    assert shown == [
        (0, 10, True), (10, 12, False), (12, 20, True), (20, 25, False), (25, 35, True),
    ]  # fmt: skip
    assert run.hours(life.reaches(story.lengths[0].ticks, ">=")) == 35


@pytest.mark.parametrize(("chance", "head"), [(1, "Answer drawn"), (0, "No answer drawn")])
def test_the_answer_to_a_red_line_is_told_given_or_not(run_of, chance, head):
    run = run_of(f"""
time: {{horizon: 5d}}
{SIDES}
situation: {{severity: {{levels: [none, some]}}}}
ladders:
  up: {{party: a, rungs: [r0, r1]}}
  down: {{party: b, rungs: [s0, s1, s2]}}
red_lines: {{line: {{holder: b, crossed: up == r1, declares: a word}}}}
script: {{10h: {{up: r1}}}}
rules: {{answer: {{by: b, when: line, chance: {chance}.0, after: 12h, do: {{down: s2}}}}}}
outcomes: {{open: otherwise}}
""")
    (crossing,) = line_story.crossings(run)
    assert crossing.answer.given == bool(chance)
    figure = ladder_figure(run)
    assert head in said(figure)
    assert "a word" in whole(figure)
    assert len(lines(figure, "answer")) == chance
    if chance:
        assert "22 h: s2; its chance of 1.00 and 12 h delay are assumed" in whole(figure)


def test_rungs_that_a_source_speaks_of_are_solid_and_the_others_dashed():
    run = simulate(load("01"), seed=7)
    layout = sides.layout(run)
    assert {1, 2, 3, 4} <= layout.up.sourced
    assert not layout.down.sourced
    guides = lines(ladder_figure(run), "guide")
    assert {line.get_linestyle() for line in guides} == {"-", "--"}


def test_a_run_without_records_is_drawn_without_clocks():
    figure = ladder_figure(Simulator(load("01")).run(1203, 8, trace=False))
    assert not marks(figure, "start") or len(marks(figure, "start")) == 1
    assert "Illustrative, not a forecast" in said(figure)
