"""The readings table of the domain notes: the text of a clause is a policy variable.

All latencies are zero. "Extensive and extends beyond 72 hours" has four readings; for each course
of a breach they give the first tick at which the third phase may start, or none.
"""

import pytest

from escalation_sim import load, simulate

BASE = """\
schema: 1
title: The readings of one clause
time: {zero: the breach begins, horizon: 200h, tick: TICK}
parties: {monitors: {}, responders: {}}
parameters:
  extended:        72h
  lull_tolerance:  6h
  detection_delay: 0h
situation:
  severity: {levels: [none, minor, extensive], known_to: monitors}
  reported: {like: severity}
ladders:
  response: {party: responders, rungs: [watching, third_phase]}
definitions:
  third_phase_due:
    readings:
      floor:      reported >= extensive and breach_clock >= extended
      within:     reported >= extensive and breach_clock <= extended
      checkpoint: reported >= extensive and breach_clock == extended
      sustained:  extensive_clock >= extended
clocks:
  breach_clock:    {while: reported > none, lull: lull_tolerance}
  extensive_clock: {while: reported >= extensive, lull: lull_tolerance}
script:
SCRIPT
rules:
  report:      {by: monitors, on_change: severity, after: detection_delay,
      do: {reported: was(severity)}}
  third_phase: {by: responders, when: third_phase_due, do: {response: third_phase}}
results:
  starts: {first: response == third_phase}
"""

READINGS = ("floor", "within", "checkpoint", "sustained")

CASES = {
    "C1 extensive 0–120": {0: "extensive", 120: "none"},
    "C2 minor 0–80, extensive 80–120": {0: "minor", 80: "extensive", 120: "none"},
    "C3 extensive 10–60": {10: "extensive", 60: "none"},
    "C4 minor 0–120": {0: "minor", 120: "none"},
    "C5 extensive 0–70, lull 6 h, extensive 76–120": {
        0: "extensive", 70: "none", 76: "extensive", 120: "none",
    },
    "C6 extensive 0–72 exactly": {0: "extensive", 72: "none"},
    "C7 minor 0–72, extensive 72–120": {0: "minor", 72: "extensive", 120: "none"},
}  # fmt: skip

#                floor within checkpoint sustained
TABLE = {
    "C1": (72, 0, 72, 72),
    "C2": (80, None, None, None),
    "C3": (None, 10, None, None),
    "C4": (None, None, None, None),
    "C5": (76, 0, None, 76),
    "C6": (None, 0, None, None),
    "C7": (72, 72, 72, None),
}
"""With lulls of six hours tolerated; None is "no"."""

NOT_TOLERATED = {**TABLE, "C5": (None, 0, None, None)}

TICKS = ("1s", "1min", "1h")


@pytest.fixture
def starts(tmp_path):
    """Return when the third phase starts, in hours, for a course of severity."""

    def first(course, *, reading, tick="1s", **parameters):
        script = "\n".join(f"  {hour}h: {{severity: {level}}}" for hour, level in course.items())
        path = tmp_path / "case.yaml"
        path.write_text(BASE.replace("TICK", tick).replace("SCRIPT", script), "utf-8")
        run = simulate(
            load(
                path,
                reading={"third_phase_due": reading},
                set=parameters,
            )
        )
        entered = [stay.entered for stay in run.stays if stay.rung == "third_phase"]
        assert [run.hours(tick) for tick in entered[:1]] == [
            hour for hour in (run.results["starts"],) if hour is not None
        ]
        return run.results["starts"]

    return first


@pytest.mark.parametrize("tick", TICKS)
@pytest.mark.parametrize("reading", READINGS)
@pytest.mark.parametrize("case", CASES)
def test_each_cell_of_the_table_holds_exactly(starts, case, reading, tick):
    expected = TABLE[case[:2]][READINGS.index(reading)]
    assert starts(CASES[case], reading=reading, tick=tick) == expected


@pytest.mark.parametrize("tick", TICKS)
@pytest.mark.parametrize("reading", READINGS)
@pytest.mark.parametrize("case", CASES)
def test_each_cell_holds_exactly_if_no_lull_is_tolerated(starts, case, reading, tick):
    expected = NOT_TOLERATED[case[:2]][READINGS.index(reading)]
    assert starts(CASES[case], reading=reading, tick=tick, lull_tolerance="0h") == expected


@pytest.mark.parametrize("tick", TICKS)
@pytest.mark.parametrize("reading", ["floor", "sustained"])
def test_a_lull_that_is_not_tolerated_starts_the_clock_again(starts, reading, tick):
    goes_on = {0: "extensive", 70: "none", 76: "extensive"}
    assert starts(goes_on, reading=reading, tick=tick, lull_tolerance="6h") == 76
    assert starts(goes_on, reading=reading, tick=tick, lull_tolerance="5h") == 148
    assert starts(goes_on, reading=reading, tick=tick, lull_tolerance="0h") == 148


@pytest.mark.parametrize("tick", TICKS)
@pytest.mark.parametrize(
    ("tolerance", "expected"), [("0h", 147), ("3h", 147), ("4h", 75), ("6h", 75)]
)
def test_stopping_at_71_and_starting_again_at_75_is_a_matter_of_the_tolerance(
    starts, tolerance, expected, tick
):
    goes_on = {0: "extensive", 71: "none", 75: "extensive"}
    assert starts(goes_on, reading="floor", tick=tick, lull_tolerance=tolerance) == expected


@pytest.mark.parametrize(
    ("reading", "expected"), [("floor", 84), ("within", 12), ("checkpoint", 84), ("sustained", 84)]
)
@pytest.mark.parametrize("tick", TICKS)
def test_a_clock_that_starts_at_detection_is_later_by_the_time_of_detection(
    starts, reading, expected, tick
):
    course = CASES["C1 extensive 0–120"]
    assert starts(course, reading=reading, tick=tick, detection_delay="12h") == expected


def test_a_breach_one_tick_longer_than_72_hours_has_gone_beyond_them(tmp_path):
    text = BASE.replace("TICK", "1s").replace(
        "SCRIPT", "  0h: {severity: extensive}\n  259201s: {severity: none}"
    )
    (tmp_path / "case.yaml").write_text(text, "utf-8")
    run = simulate(load(tmp_path / "case.yaml"))
    assert run.results["starts"] == 72


def test_a_reading_is_an_overlay_of_a_few_lines(tmp_path):
    script = "  0h: {severity: extensive}\n  120h: {severity: none}"
    text = BASE.replace("TICK", "1s").replace("SCRIPT", script)
    (tmp_path / "base.yaml").write_text(text, "utf-8")
    for reading, expected in zip(READINGS, TABLE["C1"], strict=True):
        child = (
            "schema: 1\n"
            f"title: {reading}\n"
            "extends: base.yaml\n"
            f"reading: {{third_phase_due: {reading}}}\n"
        )
        (tmp_path / "child.yaml").write_text(child, "utf-8")
        assert simulate(load(tmp_path / "child.yaml")).results["starts"] == expected


SHIPPED = """\
schema: 1
title: The shipped plan, with a scripted breach and no latencies
extends: 01-reported-plan.yaml
parameters: {detection_delay: 0h, attribution_delay: 0h, coordination_latency: 0h, us_takes_part: 1}
script:
  breach_begins: null
  talks_begin: null
  0h: {ceasefire: true}
SCRIPT
rules:
  breach_grows: null
  breach_dies_down: null
  russia_complies: null
  russia_answers_troops: null
outcomes: {troops_struck: null, ended_after_third_phase: null, ended_before_third_phase: null}
results: {starts: {first: response == coordinated_response}}
"""


@pytest.mark.parametrize("reading", READINGS)
@pytest.mark.parametrize("case", CASES)
def test_the_shipped_plan_has_the_readings_of_the_table(tmp_path, case, reading):
    course = "\n".join(
        f"  {60 * hour}min: {{severity: {level}}}" for hour, level in CASES[case].items()
    )
    (tmp_path / "case.yaml").write_text(SHIPPED.replace("SCRIPT", course), "utf-8")
    run = simulate(load(tmp_path / "case.yaml", reading={"third_phase_due": reading}))
    assert run.results["starts"] == TABLE[case[:2]][READINGS.index(reading)]
