"""A clause under its readings: one run held fixed, and each sentence asked of it."""

import pytest

from escalation_sim import UsageError, load, study
from escalation_sim.analysis.readings import probed_model, readings_of
from escalation_sim.engine.simulate import Simulator

SEVENTY_TWO = """\
schema: 1
title: Seventy-two hours
time: {horizon: 200h, tick: 1h}
situation: {severity: {levels: [none, minor, extensive]}}
ladders: {response: {rungs: [watching, acting]}}
definitions:
  due:
    label: Extensive and beyond 72 hours
    readings:
      floor:      severity == extensive and breach_clock >= 72h
      within:     severity == extensive and breach_clock <= 72h
      checkpoint: severity == extensive and breach_clock == 72h
      remembered: ever(severity == extensive) and severity == minor
      never_so:   severity == none and ever(severity == extensive)
clocks: {breach_clock: {while: severity > none}}
script: {0h: {severity: minor}, 10h: {severity: extensive}, 60h: {severity: minor}, 74h: {severity: extensive}}
rules: {act: {when: due, do: {response: acting, severity: none}}}
outcomes: {acted: {when: response == acting}, open: otherwise}
"""  # noqa: E501 - one line of script
"""Whoever acts under a reading ends the breach; the run held fixed is that of the first one."""


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    path = tmp_path_factory.mktemp("readings") / "due.yaml"
    path.write_text(SEVENTY_TWO, "utf-8")
    return readings_of(study(path, runs=3, reading={"due": "all"}))


def test_each_sentence_is_asked_of_the_run_of_the_first_reading(found):
    spans = {row.reading: row.spans for row in found.rows}
    assert found.clause.chosen == "floor"
    assert found.run.ended_at == 74
    assert spans["floor"] == ((74.0, 74.0),)
    assert spans["within"] == ((10.0, 60.0),)
    assert spans["checkpoint"] == ()
    assert spans["remembered"] == ((60.0, 74.0),)
    assert spans["never_so"] == ((74.0, 74.0),)


def test_beside_it_stands_how_the_run_ends_if_the_clause_is_read_so(found):
    ends = {row.reading: (row.outcome, row.ended_hours) for row in found.rows}
    assert ends["floor"] == ("acted", 74.0)
    assert ends["within"] == ("acted", 10.0)
    assert ends["checkpoint"][0] == "open"
    assert ends["remembered"] == ("acted", 60.0)


def test_plain_data_holds_hours_and_sentences(found):
    told = found.as_json()
    assert told["clause"] == "due"
    assert told["replication"] == found.run.replication
    first = {row["reading"]: row["first_hours"] for row in told["readings"]}
    assert first["within"] == 10.0
    assert first["checkpoint"] is None
    assert "breach_clock >= 72h" in told["readings"][0]["sentence"]


@pytest.mark.parametrize("clause", ["third_phase_due", "breach_counts", "second_phase_due"])
def test_watching_sentences_changes_nothing_in_a_run(clause):
    base = load("01")
    clauses = {
        reading: next(c for c in load("01", reading={clause: reading}).clauses if c.id == clause)
        for reading in next(c for c in base.clauses if c.id == clause).readings
    }
    probed = probed_model(base, [(name, c.body) for name, c in clauses.items()])
    plain, watched = Simulator(base), Simulator(probed)
    for replication in range(15):
        one = plain.run(1, replication, trace=False)
        other = watched.run(1, replication, trace=False)
        assert one.firing_digest == other.firing_digest
        assert one.results == other.results
        assert one.stays == other.stays
        chosen = f"reading.{next(c for c in base.clauses if c.id == clause).chosen}"
        assert chosen in other.crossings


def test_the_run_is_the_one_in_which_answers_differ_most():
    several = study("01", runs=30, reading={"third_phase_due": "all"})
    found = readings_of(several)
    answers = {row.first_hours for row in found.rows}
    for replication in range(30):
        other = readings_of(several, replication=replication)
        assert len({row.first_hours for row in other.rows}) <= len(answers)
        if len({row.first_hours for row in other.rows}) == len(answers):
            assert replication >= found.run.replication
            break


def test_a_study_without_the_readings_is_refused():
    with pytest.raises(UsageError, match="--reading third_phase_due=all"):
        readings_of(study("01", runs=2), "third_phase_due")
