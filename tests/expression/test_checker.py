"""Trees are understood: names, types, and one fault for one mistake."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from escalation_sim.expression import checked
from escalation_sim.expression.checker import names_in
from escalation_sim.expression.types import ANY, DURATION, FLAG, NUMBER, RATE, TIME, UNKNOWN
from tests.expression.support import VARIABLES, check, names, understood

PIECES = (
    *VARIABLES, "p", "wait", "latency", "clock", "idle", "council", "council.uk", "council.joined",
    "quiet", "now", "lost", "typo", "minor", "high", "1", "0.5", "72h", "true", "and", "or", "not",
    "if", "else", "(", ")", "+", "-", "*", "/", "<", "==", ">=", "min(", "ever(", "was(", ",",
)  # fmt: skip


def codes(text, wanted=FLAG, **how):
    return [(d.code, d.span.column) for d in check(text, wanted, **how)[1]]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("n + m * 2", NUMBER), ("n / m", NUMBER), ("-n", NUMBER), ("council.joined", NUMBER),
        ("since + 3h", DURATION), ("since * n", DURATION), ("2 * since", DURATION),
        ("since / 2", DURATION), ("since / wait", NUMBER), ("now + 3h", TIME), ("3h + now", TIME),
        ("now - now", DURATION), ("now - 3h", TIME), ("n / 1d", RATE), ("n / 1d * 2", RATE),
        ("n / 1d * wait", NUMBER), ("n / (m / 1d)", DURATION), ("1 / 1d + 1 / 1d", RATE),
        ("1 / 1d / (1 / 1h)", NUMBER), ("min(n, m, 3)", NUMBER), ("max(since, wait)", DURATION),
        ("abs(-since)", DURATION), ("floor(n)", NUMBER), ("exp(log(sqrt(n)))", NUMBER),
        ("n if calm else m", NUMBER), ("calm and hot", FLAG), ("severity > none", FLAG),
        ("severity", VARIABLES["severity"]), ("max(severity, reported)", VARIABLES["severity"]),
        ("ever(n > 1)", FLAG), ("quiet", FLAG), ("clock >= wait * 2", FLAG), ("council.uk", FLAG),
    ],
)  # fmt: skip
def test_every_operator_has_its_type(text, kind):
    assert understood(text, ANY).type == kind


@pytest.mark.parametrize(
    "text",
    [
        "n + since", "since + n", "now + now", "now * 2", "2 * now", "since * since", "calm + 1",
        "severity + 1", "-calm", "-severity", "n < since", "calm < hot", "calm == 1",
        "severity < response", "severity == 1", "now == 1", "min(n, since)", "max(calm, hot)",
        "floor(since)", "sqrt(calm)", "min(n)", "ever(n)", "ever()", "n if calm else since",
        "n if m else n", "not n", "calm and n", "1 / calm", "wait / now", "1/1d < 1",
    ],
)  # fmt: skip
def test_what_does_not_go_together_is_one_type_fault(text):
    assert [code for code, _ in codes(text, ANY)] == ["type"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("typo > 1", [("unknown-name", 1)]),
        ("typo > other", [("unknown-name", 1)]),
        ("typo >= minor", [("unknown-name", 1)]),
        ("minor <= typo", [("unknown-name", 10)]),
        ("severity >= minr", [("unknown-level", 13)]),
        ("minr <= severity", [("unknown-level", 1)]),
        ("severity >= high", [("unknown-level", 13)]),
        ("minor", [("unknown-name", 1)]),
        ("minor < extensive", [("unknown-name", 9)]),
        ("typo and calm and other", [("unknown-name", 1), ("unknown-name", 19)]),
        ("typo + 1 > other * 2", [("unknown-name", 1), ("unknown-name", 12)]),
        ("lost", []),
        ("lost > 3", []),
        ("lost >= minor", []),
        ("minor <= lost", []),
        ("lost >= anything", []),
        ("lost.uk", []),
        ("lost + typo > 1", [("unknown-name", 8)]),
        ("council.fr", [("unknown-name", 1)]),
        ("calm.uk", [("type", 1)]),
        ("councl.uk", [("unknown-name", 1)]),
        ("council", [("type", 1)]),
        ("latency > 3h", [("law", 1)]),
        ("clock", [("clock", 1)]),
        ("clock > idle", [("clock", 9)]),
        ("clock > 72", [("type", 9)]),
        ("clock > (3h if idle > 3h else 4h)", [("clock", 10)]),
        ("clock + 3h > 72h", [("clock", 1)]),
        ("flor(n) > 1", [("unknown-function", 1)]),
        ("triangular(1h, 2h, 3h)", [("unknown-function", 1)]),
        ("ever > 1", [("unknown-name", 1)]),
    ],
)
def test_one_mistake_is_one_fault_under_the_very_word(text, expected):
    assert codes(text) == expected


def test_now_is_compared_alone_in_watched_conditions_and_free_elsewhere():
    assert codes("now >= wait + 24h", watched=True) == []
    assert codes("wait <= now", watched=True) == []
    assert codes("now - 24h >= wait", watched=True) == [("now", 1)]
    assert codes("ever(now - 24h >= wait)") == [("now", 6)]
    assert codes("now - 24h >= wait") == []


def test_was_has_a_meaning_in_effects_only():
    assert understood("was(n)", NUMBER, effects=True) == checked.Was(understood("n", NUMBER))
    assert codes("was(n) > 1") == [("was", 1)]
    assert codes("was(n + 1)", NUMBER, effects=True) == [("was", 5)]
    assert codes("was(p)", NUMBER, effects=True) == [("was", 5)]
    assert codes("ever(was(calm))", effects=True) == [("was", 6)]


def test_the_same_ever_shares_a_latch():
    scope = names()
    first = understood("ever(n > 1) and ever(n > 2)", scope=scope)
    again = understood("ever(n > 2)", scope=scope)
    assert [t.index for t in first.terms] == [0, 1]
    assert again.index == 1
    assert len(scope.latches) == 2


def test_a_clock_on_the_right_is_the_comparison_read_from_the_other_side():
    assert understood("72h <= clock") == understood("clock >= 72h")
    assert understood("72h > clock") == understood("clock < 72h")
    assert understood("72h == clock") == understood("clock == 72h")


def test_levels_take_their_scale_from_the_other_side():
    assert understood("minor <= severity") == checked.Test(
        "<=",
        checked.Constant(1, VARIABLES["severity"], "minor"),
        understood("severity", ANY),
    )
    assert codes("minor", VARIABLES["severity"]) == []


def test_durations_are_whole_ticks():
    assert understood("1.5h", DURATION) == checked.Constant(90, DURATION, "1.5h")
    assert codes("90s", DURATION) == [("unit", 1)]
    assert codes("99999999999999999w", DURATION) == [("unit", 1)]


def test_a_value_of_the_wrong_type_is_unknown_so_that_nothing_follows_from_it():
    tree, found = check("72", DURATION)
    assert tree.type == UNKNOWN
    assert [d.help for d in found] == ["give it a unit, as in `72h`"]


@pytest.mark.parametrize(
    ("text", "wanted", "help_"),
    [
        ("severity", FLAG, "compare it with a level, as in `severity >= minor`"),
        ("n", FLAG, "compare it with something, as in `n > 0`"),
        ("council.joined", FLAG, "compare it with something, as in `council.joined > 0`"),
        ("n", DURATION, "give the value of `n` a unit, as in `24h`"),
        ("0.5", RATE, "a rate is a number for a time, as in `0.5 / 1d`"),
        ("3h", NUMBER, "a plain number has no unit"),
        ("calm", NUMBER, "write `1 if calm else 0`"),
        ("2", VARIABLES["severity"], "its levels are `none`, `minor`, `extensive`"),
        ("calm == 1", FLAG, "write `calm` or `not calm`"),
        ("n + 3h > 3h", FLAG, "make the number a length first, as in `x * 1h`"),
        ("yes", FLAG, "a flag is written `true` or `false`"),
        ("ture", FLAG, "did you mean `true`?"),
        ("sevrity > none", FLAG, "did you mean `severity`?"),
        ("severity.minor", FLAG, "write `severity == minor`"),
        (
            "uniform(1, 2) > 1",
            FLAG,
            "a law of chance is written as a map, `{uniform: [low, high]}`",
        ),
        ("now()", FLAG, "write `now`, without brackets"),
    ],
)
def test_help_says_what_to_write(text, wanted, help_):
    assert [d.help for d in check(text, wanted)[1]] == [help_]


def test_names_in_a_text_are_those_that_stand_for_values():
    assert names_in("a + min(b, c.d) > 3h and not ever(e)") == ["a", "b", "c", "e"]
    assert names_in("other(a)") == ["other", "a"]
    assert names_in("a &&") == []


@given(
    st.lists(st.sampled_from(PIECES), max_size=14).map(" ".join),
    st.sampled_from([FLAG, NUMBER, DURATION, RATE, ANY, UNKNOWN, VARIABLES["severity"]]),
    st.booleans(),
    st.booleans(),
)
@settings(max_examples=1500, deadline=None, derandomize=True)
def test_any_text_is_understood_or_has_faults_within_it(text, wanted, watched, effects):
    tree, found = check(text, wanted, watched=watched, effects=effects)
    assert found or tree.type != UNKNOWN or "lost" in text or wanted == UNKNOWN
    for fault in found:
        assert 1 <= fault.span.column <= len(text) + 1
        assert fault.render()
    assert len({(d.span.column, d.message) for d in found}) == len(found)
