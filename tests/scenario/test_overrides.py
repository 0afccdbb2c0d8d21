"""Changes from outside: `--set PATH=VALUE` and `--reading CLAUSE=READING`."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from escalation_sim.errors import ScenarioError
from escalation_sim.scenario.load import content
from escalation_sim.scenario.merge import in_full
from escalation_sim.scenario.overrides import as_texts, choosing, setting
from escalation_sim.source.reader import loads

BASE = """\
schema: 1
title: a base
parameters: {latency: 3h, severity: 2}
situation: {severity: [none, minor], calm: true}
definitions: {alarm: {readings: {narrow: calm, wide: not calm}}}
rules: {warn: {when: calm, after: latency, note: a note}}
"""


def base():
    return in_full(loads(BASE.encode(), "base")[0])


def fault_of(path, value):
    with pytest.raises(ScenarioError) as caught:
        setting(path, value, base())
    (problem,) = caught.value.diagnostics
    return problem


@pytest.mark.parametrize(
    ("path", "value", "expected"),
    [
        ("parameters.latency", "4h", {"parameters": {"latency": "4h"}}),
        ("latency", "4h", {"parameters": {"latency": "4h"}}),
        ("latency.mean", "4h", {"parameters": {"latency": {"mean": "4h"}}}),
        ("latency", "{uniform: [1h, 2h]}", {"parameters": {"latency": {"uniform": ["1h", "2h"]}}}),
        ("severity", "3", {"parameters": {"severity": "3"}}),
        ("rules.warn", "null", {"rules": {"warn": "null"}}),
        ("rules.warn.when", "not calm", {"rules": {"warn": {"when": "not calm"}}}),
        ("time.horizon", "9d", {"time": {"horizon": "9d"}}),
        ("script.5h", "{calm: false}", {"script": {"5h": {"calm": "false"}}}),
    ],
)
def test_a_setting_is_a_small_tree(path, value, expected):
    text = BASE + "time: {horizon: 3d}\nscript: {0h: {calm: true}}\n"
    assert content(setting(path, value, in_full(loads(text.encode(), "base")[0]))) == expected


@pytest.mark.parametrize(
    ("path", "code", "column", "help_"),
    [
        ("latncy", "unknown-path", 1, "did you mean `latency`?"),
        ("parameters.latncy", "unknown-path", 12, "did you mean `latency`?"),
        ("parametrs.latency", "unknown-path", 1, "did you mean `parameters`?"),
        ("rules.wran.when", "unknown-path", 7, "did you mean `warn`?"),
        ("", "usage", 1, "write `--set PATH=VALUE`"),
        ("  ", "usage", 1, "write `--set PATH=VALUE`"),
    ],
)
def test_a_path_that_leads_nowhere_is_told_at_the_step_that_is_wrong(path, code, column, help_):
    problem = fault_of(path, "4h")
    assert (problem.code, problem.span.column, problem.help) == (code, column, help_)
    assert problem.span.file.name == "--set"


def test_a_reading_is_a_small_tree_too():
    chosen = choosing("alarm", "wide")
    assert content(chosen) == {"reading": {"alarm": "wide"}}
    assert chosen.get("reading").get("alarm").span.file.name == "--reading"


def test_values_from_python_are_spelled_as_in_yaml():
    given_ = {"a": True, "b": False, "c": None, "d": 0.5, "e": "3h", "f": 7}
    assert as_texts(given_) == [
        ("a", "true"), ("b", "false"), ("c", "null"), ("d", "0.5"), ("e", "3h"), ("f", "7"),
    ]  # fmt: skip
    assert as_texts(None) == []


@given(
    st.text(max_size=20)
    | st.sampled_from(["latency", "parameters.latency", "rules.warn.after", "a: b"]),
    st.text(max_size=20)
    | st.sampled_from(["[", "{a", "&a *a", "!!python/none", "a: b", "\n- x", "'"]),
)
@example("latency", "1\nmore: 2")
@example("parameters", "{}")
@example("latency.", "1")
@example(".", "1")
@settings(max_examples=500, deadline=None, derandomize=True)
def test_any_setting_gives_a_tree_or_an_error_for_the_user(path, value):
    try:
        tree = setting(path, value, base())
    except ScenarioError:
        return
    assert content(tree)


@given(st.text(max_size=20), st.text(max_size=20))
@settings(max_examples=300, deadline=None, derandomize=True)
def test_any_reading_gives_a_tree_or_an_error_for_the_user(clause, reading):
    try:
        tree = choosing(clause, reading)
    except ScenarioError:
        return
    assert content(tree)
