"""Plain texts that YAML readers disagree about are refused, and others explained."""

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from escalation_sim.errors import ScenarioError
from escalation_sim.source import reader, traps

WORDS = [
    form
    for word in ("yes", "no", "on", "off", "true", "false")
    for form in (word, word.capitalize(), word.upper())
    if form not in ("true", "false")
]
NUMBERS = ["010", "-010", "+01", "00", "08", "0x1F", "-0xff", "0o17", "0b11", "1_000", "1_0.5"]
TIMES = ["24:00", "30:00", "190:20:30", "1:30", "-1:30", "1:30.5"]
OTHERS = [".nan", ".NaN", ".inf", "-.inf", "+.Inf", "~", "Null", "NULL"]
FINE = ["0", "-0", "10", "1e3", "1E-3", "0.5", "-1.5", ".5", "6h", "0h", "null", "true", "false"]
FINE += [
    "none",
    "nobody",
    "yesterday",
    "2024-02-31",
    "a:b",
    "10:00h",
    "0x",
    "A minor breach",
    "y",
    "N",
]


def codes(text: str) -> list[str]:
    try:
        reader.loads(text.encode(), "x.yaml")
    except ScenarioError as error:
        return [problem.code for problem in error.diagnostics]
    return []


@pytest.mark.parametrize("text", WORDS + NUMBERS + TIMES + OTHERS)
def test_an_ambiguous_text_is_refused_as_a_value_wherever_it_stands(text):
    assert codes(f"a: {text}\n") == ["ambiguous-value"]
    assert codes(f"a: {{b: {text}}}\n") == ["ambiguous-value"]
    assert codes(f"a: [1, {text}]\n") == ["ambiguous-value"]
    assert traps.explain(text)


@pytest.mark.parametrize("text", [t for t in WORDS + NUMBERS + TIMES + OTHERS if t[0] not in "~N"])
def test_an_ambiguous_text_is_refused_as_a_key(text):
    assert codes(f"{text}: 1\n") == ["ambiguous-key"]


@pytest.mark.parametrize("text", WORDS + NUMBERS + TIMES + OTHERS)
def test_the_same_text_in_quotes_or_a_block_is_welcome(text):
    assert codes(f"a: '{text}'\nb: \"{text}\"\n'{text}': 1\nc: |-\n  {text}\n") == []


@pytest.mark.parametrize("text", FINE)
def test_other_texts_are_welcome(text):
    assert traps.refused(text) is None
    assert codes(f"a: {text}\nb: [{text}]\n") == []


@pytest.mark.parametrize(
    ("text", "help_"),
    [
        ("no", "a flag is written `true` or `false`, YAML 1.1 reads `no` as `false`"),
        ("TRUE", "a flag is written `true` or `false`"),
        ("y", "YAML 1.1 reads `y` as `true`"),
        ("24:00", "as in `24h`; YAML 1.1 reads `24:00` as `1440`"),
        ("190:20:30", "YAML 1.1 reads `190:20:30` as `685230`"),
        ("-1:30", "as `-90`"),
        ("010", "write `10`, without the leading zero"),
        ("-007", "write `-7`"),
        ("0x1F", "write `31`"),
        ("0b11", "write `3`"),
        ("1_000", "write `1000`"),
        (".nan", "write a finite number"),
        ("~", "write `null`"),
        ("2024-02-31", "YAML 1.1 reads `2024-02-31` as a date"),
        ("2024-02-28 10:00", "as a date"),
        ("1e400", "below 1.8e308"),
        ("1" * 5000, "at most 40 characters"),
        ("inf", "write a finite number"),
        ("0,5", "`0.5`"),
    ],
)
def test_the_help_says_what_to_write(text, help_):
    assert help_ in traps.explain(text)


def test_where_there_is_nothing_to_say_the_help_is_empty():
    assert [traps.explain(text) for text in ("", "warning", "6h", "1e3", "-0.0")] == [""] * 5


@pytest.mark.parametrize(
    "text", ["0x" + "f" * 9000, "0" * 9000, "1:" + "00:" * 900 + "00", "1_" * 999]
)
def test_long_numbers_are_named_shortened_and_never_converted(text):
    trap = traps.refused(text)
    assert trap is None or len(trap.message + trap.help) < 300


@given(st.text("0123456789_:.+-xobeEyYnN~aAfFINinul", max_size=10))
def test_no_text_is_both_welcome_and_changed_by_a_yaml_1_1_reader(text):
    if traps.refused(text) or traps.explain(text) or not text or text == "null":
        return
    try:
        value = yaml.SafeLoader("- " + text).get_single_data()
    except (yaml.YAMLError, ValueError):
        return
    if not isinstance(value, list) or len(value) != 1 or isinstance(value[0], str | list | dict):
        return
    assert float(value[0]) == float(text)
