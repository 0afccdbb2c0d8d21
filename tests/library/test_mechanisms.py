"""Each mechanism of the domain is in a shipped scenario and does there what it teaches."""

import pytest

from escalation_sim import load
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

BREACH = {"compliance": 0, "enforcement": 0, "talks_succeed": 0}


def end_of(run, clock):
    """Return the hours at which a clock was reset."""
    return [run.hours(r.tick) for r in records(run, "clock_reset", f"clocks.{clock}")]


# evidence


def test_occurred_detected_and_attributed_are_three_moments_in_this_order():
    for run in sample("03", 30, trace=True):
        occurred = changes(run, "severity")[0][0]
        detected = changes(run, "reported")[0][0]
        attributed = changes(run, "named")[0][0]
        assert occurred < detected < attributed


def test_a_small_breach_may_be_missed_and_a_demanding_monitor_misses_more():
    unseen = {}
    for sureness in (0, 0.5, 1):
        runs = sample("07", 200, set={"sureness": sureness})
        unseen[sureness] = sum(run.results["breach_unseen"] for run in runs)
    assert unseen[0] < unseen[0.5] < unseen[1]
    run = first("07", lambda run: records(run, "chance_failed", "rules.monitors_report"))
    (missed, *_) = records(run, "chance_failed", "rules.monitors_report")
    drawn, threshold = missed.data["chance"]
    assert drawn >= threshold == 0.75


def test_an_alarm_may_be_false_and_a_demanding_monitor_raises_fewer():
    raised = {}
    for sureness in (0, 0.5, 1):
        runs = sample("07", 200, set={"sureness": sureness})
        raised[sureness] = sum(run.results["false_alarms_raised"] for run in runs)
    assert raised[0] > raised[0.5] > raised[1] == 0
    quiet = first("07", lambda run: firings(run, "false_alarm"), set={"sureness": 0})
    alarm = firings(quiet, "false_alarm")[0]
    before = [
        after for hour, _, after in changes(quiet, "severity") if hour <= quiet.hours(alarm.tick)
    ]
    assert (before or ["none"])[-1] == "none"


def test_a_false_alarm_and_a_misjudged_severity_are_put_right_by_a_second_look():
    run = first("07", lambda run: firings(run, "second_look"))
    look = firings(run, "second_look")[0]
    told = look.writes["reported"][1]
    truth = [after for hour, _, after in changes(run, "severity") if hour <= run.hours(look.tick)]
    assert told == (truth or ["none"])[-1]


def test_severity_may_be_judged_one_step_too_high_or_too_low():
    steps = set()
    for run in sample("07", 80, trace=True):
        for report in firings(run, "monitors_report"):
            if report.data["option"] in ("too_high", "too_low") and "reported" in report.writes:
                steps.add((report.reads["was(severity)"], report.writes["reported"][1]))
    assert steps == {("minor", "serious"), ("minor", "technical")}


def test_the_wrong_side_may_be_named_and_the_plan_then_rests():
    run = first("07", lambda run: any(a == "ukraine" for _, _, a in changes(run, "named")))
    named = next(hour for hour, _, after in changes(run, "named") if after == "ukraine")
    first_step = entered(run, "response.diplomatic_warning")
    before = [hour for hour, _, after in changes(run, "named") if after == "russia"]
    assert first_step is None or (before and before[0] < first_step)
    stopped = [run.hours(r.tick) for r in records(run, "clock_stopped", "clocks.breach_clock")]
    assert named in stopped


def test_rules_of_the_responders_read_reports_and_never_the_truth():
    for name in ("01", "07", "08", "18", "20"):
        model = load(name)
        secret = {v.id: v.known_to for v in model.variables if v.known_to is not None}
        assert {"severity", "broken_by"} <= set(secret)
        for hidden in secret.values():
            assert not hidden & {"backers", "coalition", "us"}


# clocks


def test_one_word_moves_the_third_phase_by_days():
    hours = {}
    for reading in ("floor", "within"):
        run = first("03", lambda run: run.stays, reading={"third_phase_due": reading})
        hours[reading] = entered(run, "response.coordinated_response")
    assert hours["floor"] - hours["within"] > 24


@pytest.mark.parametrize("hours", [6, 24, 48])
def test_the_anchor_moves_the_clock(hours):
    changed = {**BREACH, "attribution_delay": f"{hours}h", "detection_delay": "0h"}
    starts = {}
    for anchor in ("on_occurrence", "on_report", "on_attribution"):
        run = first("03", lambda run: run.stays, set=changed, reading={"breach_counts": anchor})
        starts[anchor] = run.hours(records(run, "clock_started", "clocks.breach_clock")[0].tick)
    assert starts == {"on_occurrence": 24, "on_report": 24, "on_attribution": 24 + hours}


def test_clocks_run_side_by_side_and_tiers_may_overtake_each_other():
    run = first("03", lambda run: entered(run, "force.authorised"))
    third = entered(run, "response.coordinated_response")
    assert entered(run, "response.coalition_intervention") is None
    assert third < run.hours(run.ended_at)


@pytest.mark.parametrize(("lull", "starts"), [(0, 147), (3, 147), (4, 75), (6, 75)])
def test_a_pause_of_four_hours_is_forgiven_or_starts_the_clock_again(lull, starts):
    run = first(
        "04", lambda run: run.stays, set={"lull_tolerance": f"{lull}h", "attribution_delay": "0h"}
    )
    assert entered(run, "response.coordinated_response") == starts
    assert bool(end_of(run, "breach_clock")) == (starts == 147)


def test_small_breaches_add_up_only_under_the_rule_that_adds_them_up():
    apart = sample("05", 60)
    together = sample("06", 60)
    assert all(entered(run, "response.coordinated_response") is None for run in apart)
    assert any(entered(run, "response.coordinated_response") for run in together)
    assert all(run.results["breaches_reported"] == 12 for run in apart)


def test_a_report_is_forgotten_after_the_memory():
    run = first("05", lambda run: firings(run, "report_is_forgotten"))
    counted = firings(run, "report_is_counted")[0]
    forgotten = firings(run, "report_is_forgotten")[0]
    assert run.hours(forgotten.tick - counted.tick) == parameter(run, "memory")


# responses


def test_compliance_depends_on_the_step_and_on_the_severity():
    chances = {}
    for name in ("01", "12"):
        for run in sample(name, 200, trace=True, set={"compliance": 0.3, "us_takes_part": 1}):
            for kind in ("triggered", "chance_failed"):
                for record in records(run, kind, "rules.russia_complies"):
                    rung = record.reads.get("response")
                    severity = [
                        a for h, _, a in changes(run, "severity") if h <= run.hours(record.tick)
                    ][-1]
                    chances.setdefault((rung, severity), set()).add(
                        round(record.data["chance"][1], 6)
                    )
    known = {k: v for k, v in chances.items() if k[0] == "diplomatic_warning"}
    assert known["diplomatic_warning", "serious"] == {0.3}
    assert known["diplomatic_warning", "extensive"] == {0.21}
    assert chances["coordinated_response", "extensive"] == {0.315}


def test_a_24_hour_deadline_with_a_30_hour_process_is_empty():
    runs = sample("01", 40, set={**BREACH, "warning_latency": "30h", "breach_length": "30d"})
    assert all(run.results["late_responses"] == 1 for run in runs)


def test_the_same_will_under_another_rule_of_decision_gives_another_result():
    votes = {
        "by_quorum": [],
        "by_lead": [],
        "by_weight": [],
        "unanimity": [],
        "each_for_itself": [],
    }
    for rule, found in votes.items():
        for run in sample("12", 60, trace=True, reading={"coalition_agrees": rule}):
            (vote,) = firings(run, "coalition_decides")
            found.append((vote.data["asked"], vote.data["option"] == "intervene"))
    asked = [[a for a, _ in v] for v in votes.values()]
    assert all(a == asked[0] for a in asked)
    yes = {rule: sum(agreed for _, agreed in found) for rule, found in votes.items()}
    assert yes["unanimity"] < yes["by_lead"] < yes["each_for_itself"]
    assert yes["unanimity"] < yes["by_quorum"] < yes["each_for_itself"]
    for names, agreed in votes["by_lead"]:
        assert agreed == names["eu_a"][0]


def test_a_large_member_that_opts_out_costs_strength_before_it_costs_the_quorum():
    runs = sample("13", 100)
    met = sum(run.results["quorum_met"] for run in runs)
    strong = sum(run.results["strong_enough"] for run in runs)
    assert 0 < strong < met < 100


def test_without_the_us_the_third_phase_finds_nobody_and_says_so():
    run = first("13", lambda run: run.stays)
    (tried,) = firings(run, "coordinated_response_begins")
    assert tried.data["option"] == "otherwise"
    assert "does not take part" in tried.data["note"]


# forces


def test_authorised_preparing_in_place_and_withdrawn_are_four_moments():
    run = first("22", lambda run: entered(run, "force.withdrawn"))
    assert entered(run, "force.in_place") < entered(run, "force.withdrawn")
    whole = first("12", lambda run: entered(run, "force.in_place"))
    moments = [entered(whole, f"force.{r}") for r in ("authorised", "preparing", "in_place")]
    assert moments == sorted(moments)
    assert len(set(moments)) == 3


def test_presence_may_precede_any_breach():
    run = first("14", lambda run: run.stays)
    assert entered(run, "force.in_place") == 0
    assert run.crossings["western_troops_present"][0] == 0
    assert changes(run, "severity")[0][0] == 24


@pytest.mark.parametrize("days", [10, 30, 60])
def test_a_force_that_must_be_generated_comes_as_much_later(days):
    made = first(
        "15", lambda run: entered(run, "force.authorised"), set={"deployment_time": f"{days}d"}
    )
    arrived = entered(made, "force.in_place")
    if days == 60:
        assert arrived is None
    else:
        assert arrived - entered(made, "force.preparing") == 24 * days


# red lines and answers


def test_a_declared_line_is_enforced_as_surely_as_the_dial_says():
    answered = []
    for dial in (0, 0.25, 0.5, 1):
        runs = sample("21", 80, trace=True, set={"enforcement": dial})
        crossed = [run for run in runs if run.crossings["western_troops_present"]]
        answered.append(
            sum(bool(records(r, "triggered", "rules.russia_answers_troops")) for r in crossed)
        )
        if dial == 1:
            assert answered[-1] == len(crossed) > 0
    assert answered[0] == 0
    assert answered == sorted(answered)
    assert len(set(answered)) == 4


def test_the_menu_of_answers_has_six_ways_and_each_is_taken_some_time():
    taken = set()
    for run in sample("21", 400, trace=True):
        taken |= {r.data["option"] for r in firings(run, "russia_answers_troops")}
    assert taken == {"hold", "protest", "talk", "halt", "limited_strike", "widen"}


# talks, ways down, lulls


def test_talks_may_pause_the_clocks_or_start_them_again():
    start = first("18", lambda run: run.stays)
    paused = first("18", lambda run: run.stays, reading={"clocks_stand_still": "during_talks"})
    again = first("18", lambda run: run.stays, reading={"clocks_start_again": "after_talks"})
    assert not records(start, "clock_paused")
    assert records(paused, "clock_paused", "clocks.breach_clock")
    assert len(end_of(again, "breach_clock")) >= len(end_of(paused, "breach_clock"))


def test_sincere_talks_end_in_an_agreement_and_a_stall_never_does():
    agreed = [
        any(r.data["option"] == "agree" for r in firings(run, "talks_end"))
        for run in sample("18", 60, trace=True)
    ]
    assert 0.5 < sum(agreed) / len(agreed) < 1
    for run in sample("19", 60, trace=True):
        assert {r.data["option"] for r in firings(run, "talks_end")} <= {"fail"}


def test_either_side_may_be_the_one_that_stalls():
    mirror = {"sincerity_russia": 1, "sincerity_ukraine": 0}
    ours = [run.firing_digest for run in sample("19", 30)]
    theirs = [run.firing_digest for run in sample("19", 30, set=mirror)]
    assert ours == theirs


def test_the_way_down_has_another_threshold_a_hold_and_only_rungs_that_were_climbed():
    for name in ("01", "02", "22"):
        for run in sample(name, 60, trace=True):
            climbed = ["monitoring"]
            for hour, before, after in changes(run, "response"):
                levels = next(v.levels for _, v in run.model.ladders if v.id == "response")
                if levels.index(after) > levels.index(before):
                    climbed.append(after)
                    continue
                assert after in climbed
                reports = [c for c in changes(run, "reported") if c[0] <= hour]
                assert reports[-1][2] == "none"
                assert hour - reports[-1][0] >= parameter(run, "calm_before_a_step") - 1e-9


def test_each_step_down_takes_the_calm_that_it_needs():
    for run in sample("22", 20, set={"enforcement": 0}):
        quick = simulator("22", set={"enforcement": 0, "calm_before_a_step": "1s"})
        without = quick.run(run.seed, run.replication, trace=False)
        saved = run.results["time_on_the_ladder"] - without.results["time_on_the_ladder"]
        climbed = [s for s in run.stays if s.ladder == "response" and s.entered > 0]
        rungs = {s.rung for s in climbed} - {"monitoring"}
        assert saved == pytest.approx(len(rungs) * 48, abs=0.01)


# both sides


def test_either_side_may_break_it_be_named_and_dispute_the_finding():
    seen = set()
    for run in sample("09", 200, trace=True):
        breaker = run.records[0].writes["broken_by"][1]
        breaker = ([a for _, _, a in changes(run, "broken_by")] or [breaker])[-1]
        for _, _, named in changes(run, "named"):
            if named != "nobody":
                seen.add((breaker, named))
        for side in ("russia", "ukraine"):
            for record in firings(run, f"{side}_answers_the_finding"):
                seen.add((side, record.data["option"]))
        if firings(run, "ukraine_complies"):
            seen.add("ukraine complied")
        if firings(run, "russia_complies"):
            seen.add("russia complied")
    sides = ("russia", "ukraine")
    assert seen == {(a, b) for a in sides for b in (*sides, "dispute", "accept")} | {
        "ukraine complied",
        "russia complied",
    }


def test_the_plan_answers_only_the_side_that_was_named_first():
    seen = 0
    for run in sample("09", 100, trace=True):
        named = [after for _, _, after in changes(run, "named")]
        if named[:1] == ["ukraine"]:
            seen += 1
            warned = entered(run, "response.diplomatic_warning")
            assert warned is None or "russia" in named
    assert seen


def test_a_commission_may_uphold_or_overturn_a_disputed_finding():
    taken = set()
    for run in sample("08", 60, trace=True):
        for ruling in firings(run, "commission_rules"):
            taken.add(ruling.data["option"])
            if ruling.data["option"] == "overturn":
                assert ruling.writes["named"][1] == "nobody"
                after = [a for h, _, a in changes(run, "named") if h > run.hours(ruling.tick)]
                report_ends = [h for h, _, a in changes(run, "reported") if a == "none"]
                assert not after or report_ends[0] > run.hours(ruling.tick)
    assert taken == {"uphold", "overturn"}


def test_a_dispute_takes_from_the_first_24_hours_unless_the_plan_does_not_wait():
    waits = sum(run.results["late_responses"] for run in sample("08", 80))
    goes_on = sample("08", 80, reading={"russia_is_held_responsible": "at_once"})
    assert waits > sum(run.results["late_responses"] for run in goes_on)


# another field


def test_another_field_has_clocks_from_two_sources_and_both_can_be_missed():
    late = {"detection_is_late": 0, "notification_is_late": 0, "response_is_late": 0}
    for run in sample("23", 80, trace=True):
        for rule in late:
            late[rule] += len(firings(run, rule))
    assert all(0 < count < 80 for count in late.values())
