"""The register of the mission's parts: a shipped scenario runs each row, and its trace is read."""

import pytest

from tests.library.reading import (
    changes,
    entered,
    firings,
    first,
    parameter,
    records,
    sample,
    simulator,
)


def test_a_ceasefire_in_force_is_broken_and_the_clock_starts():
    run = first("01", lambda run: run.stays)
    (demanded,) = firings(run, "ceasefire_is_demanded")
    assert demanded.claims == ("ceasefire.demanded",)
    (broken,) = firings(run, "ceasefire_is_broken")
    assert run.hours(broken.tick) == parameter(run, "breach_begins")
    started = records(run, "clock_started", "clocks.breach_clock")[0]
    assert started.tick > broken.tick
    assert changes(run, "reported")[0] == (run.hours(started.tick), "none", "serious")


def test_the_breach_has_the_severity_and_the_length_that_the_file_gives():
    run = first("02", lambda run: run.outcome == "ended_before_third_phase")
    severity = changes(run, "severity")
    assert severity[0] == (24, "none", "minor")
    assert severity[-1][2] == "none"
    assert run.results["time_in_breach"] == pytest.approx(severity[-1][0] - 24)


def test_phase_1a_comes_within_24_hours_of_the_clock_or_a_missed_deadline_is_on_record():
    seen = set()
    for run in sample("03", 60, trace=True):
        started = records(run, "clock_started", "clocks.breach_clock")[0].tick
        due = run.hours(started) + parameter(run, "first_response_deadline")
        missed = firings(run, "first_response_late")
        in_time = entered(run, "response.diplomatic_warning") <= due
        assert in_time != bool(missed)
        assert all(run.hours(r.tick - started) == 24 for r in missed)
        assert all("plan.first-24h" in r.claims for r in [*missed, *firings(run, "warn")])
        seen.add(in_time)
    assert seen == {True, False}


def test_phase_1b_is_a_rung_of_its_own():
    run = first("01", lambda run: entered(run, "response.local_engagement"))
    (engaged,) = firings(run, "engage")
    assert engaged.claims == ("plan.first-24h",)
    assert engaged.writes["response"] == ("diplomatic_warning", "local_engagement")
    assert next(r.by for r in run.model.rules if r.id == "engage") == "ukraine"


def test_phase_2_is_decided_by_members_and_says_who_joined():
    run = first("12", lambda run: entered(run, "response.coalition_intervention"))
    (decided,) = firings(run, "coalition_decides")
    assert decided.claims == ("plan.second-phase", "plan.coalition-members")
    joined = {name for name, (yes, drawn, chance) in decided.data["asked"].items() if yes}
    assert joined == {
        n for n, (_, drawn, chance) in decided.data["asked"].items() if drawn < chance
    }
    assert {"uk", "norway", "iceland", "tuerkiye"} < set(decided.data["asked"])
    assert len(joined) >= parameter(run, "quorum")
    in_place = entered(run, "force.in_place")
    assert entered(run, "force.authorised") < entered(run, "force.preparing") < in_place
    assert entered(run, "response.coalition_intervention") == in_place


@pytest.mark.parametrize("reading", ["floor", "within", "checkpoint", "sustained"])
def test_phase_3_comes_in_the_reading_chosen(reading):
    run = first("03", lambda run: run.stays, reading={"third_phase_due": reading})
    (begun,) = firings(run, "coordinated_response_begins")
    assert begun.claims == ("plan.third-phase", "plan.drafted")
    assert begun.data["option"] == "take_part"
    trigger = records(run, "triggered", "rules.coordinated_response_begins")[0]
    started = records(run, "clock_started", "clocks.breach_clock")[0]
    since = run.hours(trigger.tick - started.tick)
    assert since < 72 if reading == "within" else since == 72


def test_phase_3_needs_an_extensive_breach():
    for run in sample("02", 60):
        assert entered(run, "response.coordinated_response") is None


def test_the_red_line_is_crossed_at_the_instant_of_presence_and_its_answer_is_a_draw():
    answers = set()
    for run in sample("21", 60, trace=True, set={"enforcement": 0.5}):
        crossed = records(run, "crossed")
        present = [hour for hour, _, after in changes(run, "force") if after == "in_place"]
        assert [run.hours(r.tick) for r in crossed] == present
        for record in crossed:
            assert set(record.claims) == {
                "ru.legitimate-targets",
                "ru.foreign-intervention",
                "ru.no-western-forces",
            }
        triggers = records(run, "triggered", "rules.russia_answers_troops")
        failed = records(run, "chance_failed", "rules.russia_answers_troops")
        assert len(triggers) + len(failed) == len(crossed)
        answers |= {r.data["option"] for r in firings(run, "russia_answers_troops")}
        answers |= {"not enforced" for _ in failed}
    assert {"not enforced", "hold", "protest", "limited_strike"} <= answers


def test_troops_after_a_deal_cross_the_line_with_no_breach():
    for run in sample("16", 20, trace=True):
        assert not changes(run, "severity")
        assert entered(run, "response.diplomatic_warning") is None
        (arrival,) = firings(run, "forces_arrive_after_deal")
        assert arrival.claims == ("nato.arrive-after-deal",)
        (crossed,) = records(run, "crossed")
        assert crossed.tick == arrival.tick


def test_without_a_ceasefire_the_plan_never_starts():
    for run in sample("17", 20, trace=True):
        claims = {c for r in run.records if r.kind == "fired" for c in r.claims}
        assert {"ceasefire.demanded", "ru.no-ceasefire-first", "ru.root-causes"} <= claims
        assert entered(run, "response.diplomatic_warning") is None
        settled = changes(run, "ceasefire")
        started = records(run, "clock_started", "clocks.breach_clock")
        assert not started or settled


def test_a_lull_changes_what_either_side_can_do_later_and_can_be_switched_off():
    on = {"regroups_russia": 1, "regroups_ukraine": 1}
    for side, switch in (("russia", "regroups_russia"), ("ukraine", "regroups_ukraine")):
        both = first("20", lambda run: run.results["time_in_breach"] > 24, set=on)
        used = firings(both, f"{side}_regroups")[0]
        assert used.writes == {f"{side}_regrouped": (False, True)}
        off = simulator("20", set={**on, switch: 0}).run(both.seed, both.replication)
        assert not firings(off, f"{side}_regroups")
        assert changes(off, "response") != changes(both, "response")
    assert firings(both, "lull_is_objected_to")[0].claims == ("ru.rearm-regroup",)


def test_talks_pause_end_and_fail_with_and_without_stopping_the_clocks():
    ends = set()
    for run in sample("18", 40, trace=True):
        assert {r.claims for r in firings(run, "talks_are_held")} == {("talks.abu-dhabi",)}
        ends |= {record.data["option"] for record in firings(run, "talks_end")}
        assert not records(run, "clock_paused")
    assert ends == {"agree", "fail"}
    paused = first("18", lambda run: run.stays, reading={"clocks_stand_still": "during_talks"})
    assert records(paused, "clock_paused", "clocks.breach_clock")


def test_help_in_other_ways_crosses_no_red_line():
    run = first(
        "02", lambda run: firings(run, "help_in_other_ways") and not entered(run, "force.in_place")
    )
    helped = firings(run, "help_in_other_ways")[0]
    assert helped.claims == ("nato.other-ways",)
    assert helped.writes == {"other_help": (False, True)}
    assert not [r for r in records(run, "crossed") if r.tick == helped.tick]
    assert not any(run.crossings.values())
