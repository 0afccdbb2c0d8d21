"""Point 9: expressions are typed at load, evaluate what they need, and fail one run only."""

import ast
from pathlib import Path

import pytest

import escalation_sim
from escalation_sim.chance import functions
from escalation_sim.engine.simulate import Simulator
from escalation_sim.errors import RunError
from tests.support import codes, ending, hours, order, problems, run, scenario

HEAD = """
    parameters: {share: 0.5, wait: 6h, firm: true}
    situation: {number: 2, length: 5h, flag: true, level: [low, mid, high], other: [low, mid,
        high], same: {like: level}}
    clocks: {c: {while: flag}}
"""


def faults(when, *, do="note: x"):
    return codes(HEAD + f"    rules: {{r: {{when: {when}, {do}}}}}")


@pytest.mark.parametrize(
    "when",
    [
        "flag", "not flag", "flag and number > 1", "flag == firm", "number == 2",
        "number * 2 + 1 >= share",
        "length >= 5h", "length + wait > 1d", "length * 2 > wait", "length / wait > 0.5",
        "wait / 2 < length", "level == mid", "level >= low", "level < high", "mid <= level",
        "level == same", "same > level", "now >= 5h", "now >= wait + 1h", "c >= wait",
        "c > length * 2",
        "true", "number > 1 if flag else length > 1h", "(1h if flag else 2h) <= length",
        "(level if flag else same) >= mid", "abs(number) > 1", "ever(number > 9)",
        "min(number, 3) == 2", "'max(length, wait) >= 6h'", "floor(number / 2) == 1",
        "sqrt(number) > 1",
    ],
)  # fmt: skip
def test_flags_levels_numbers_durations_and_times_are_understood(when):
    assert faults(when if "," not in when else f'"{when.strip(chr(39))}"') == []


@pytest.mark.parametrize(
    "when",
    [
        "number", "length", "level", "5h", "3", "flag + 1 > 0", "number + length > 1h",
        "length > 5",
        "number >= 5h", "flag > false", "flag >= flag", "level + 1 > low", "level == 1",
        "level == other",
        "level == number", "length * length > 1h", "number / length > 1",
        "flag and number", "not number", "1 if flag else 2", "(1 if flag else 2h) > 1",
        "level > flag", "sqrt(length) > 1", "floor(length) > 1", "ever(number)", "-flag",
        "abs(flag) > 1",
        '"min(number, length) > 1"', '"max(flag, flag)"',
    ],
)  # fmt: skip
def test_what_does_not_fit_is_an_error_at_load(when):
    assert faults(when) == ["type"]


@pytest.mark.parametrize(
    "do",
    [
        "do: {flag: 1}", "do: {number: 5h}", "do: {number: true}", "do: {length: 5}",
        "do: {length: number}",
        "do: {level: 1}", "do: {level: other}", "do: {flag: at least true}", "chance: 5h, note: x",
        "chance: flag, note: x", "after: number, note: x", "after: flag, note: x",
        "unless: number, note: x",
        "choose: {a: {if: number}}", "choose: {a: {weight: 5h}}",
    ],
)  # fmt: skip
def test_effects_chances_delays_and_weights_are_typed_as_well(do):
    assert "type" in faults("flag", do=do)


def test_a_level_takes_its_scale_from_the_other_side():
    assert faults("level == middle") == ["unknown-level"]
    assert codes("""
        ladders: {one: {rungs: [calm, warm]}, two: {rungs: [calm, cold]}}
        rules: {r: {when: one == calm and two == calm, note: x}}
    """) == []  # fmt: skip


def test_like_shares_a_scale_and_equal_words_do_not():
    assert faults("level == same") == []
    assert faults("level == other") == ["type"]


def test_a_division_gives_a_number():
    assert faults("length / wait == 5") == []
    assert faults("length / wait == 5h") == ["type"]
    played = run(HEAD + "    rules: {r: {when: true, do: {number: 7 / 2}}}")
    assert ending(played)["number"] == 3.5


def test_results_in_ticks_are_rounded_to_whole_ticks():
    text = "situation: {a: 5h, b: 5h}\nrules: {r: {when: true, do: {a: a / 2, b: b * 0.3}}}"
    assert ending(run(text)) == {"a": 3, "b": 2}
    assert ending(run(text, tick="1min")) == {"a": 150, "b": 90}


# only what is needed


@pytest.mark.parametrize(
    "when",
    [
        "zero != 0 and 1 / zero > 1", "zero == 0 or 1 / zero > 1",
        "1 / zero > 1 if zero != 0 else true",
        "true if zero == 0 else 1 / zero > 1", "not (zero != 0 and 1 / zero > 1)",
        "zero > 9 and zero > 8 and 1 / zero > 1", "zero < 9 or zero < 8 or 1 / zero > 1",
    ],
)  # fmt: skip
def test_and_or_and_if_evaluate_only_what_they_need(when):
    assert (
        run(f"situation: {{zero: 0}}\nrules: {{r: {{when: {when}, note: x}}}}").why_ended == "quiet"
    )


def test_options_behind_the_first_open_one_are_not_evaluated():
    played = run("""
        situation: {zero: 0}
        rules: {r: {when: true, choose: {a: {if: zero == 0}, b: {if: 1 / zero > 1}}}}
    """)
    assert order(played) == [(0.0, "r")]


# what stops a run


@pytest.mark.parametrize(
    ("what", "place"),
    [
        ("do: {x: 1 / zero}", "r"), ("do: {x: 1h / (zero * 1h)}", "r"), ("do: {x: log(zero)}", "r"),
        ("do: {x: sqrt(zero - 1)}", "r"), ("do: {x: exp(1000)}", "r"),
        ("do: {x: 1e308 * (10 + zero)}", "r"),
        ("do: {x: 1e308 + (zero + 1e308)}", "r"), ("do: {x: -1e308 - (zero + 1e308)}", "r"),
        ("chance: 1 / zero, note: x", "r"), ("after: 1h / zero, note: x", "r"),
        ("choose: {a: {if: 1 / zero > 1}}", "r"), ("choose: {a: {weight: 1 / zero}}", "r"),
        ("unless: 1 / zero > 1, note: x", "r"),
    ],
)  # fmt: skip
def test_a_result_that_is_no_finite_number_stops_the_run(what, place):
    text = f"situation: {{zero: 0, x: 0}}\nrules: {{r: {{when: now >= 3h, {what}}}}}"
    with pytest.raises(RunError) as caught:
        run(text, tick="1min")
    said = str(caught.value)
    assert caught.value.tick == (180 if "unless" not in what else 0)
    assert f"`{place}`" in said
    assert "test.yaml:5:" in said
    assert ("3 h" in said) or "unless" in what


@pytest.mark.parametrize(
    "text",
    [
        "rules: {r: {when: 1 / zero > 1, note: x}}",
        "rules: {r: {rate: 1 / (zero * 1h), note: x}}",
        "rules: {r: {every: 1h / zero, note: x}}",
        "definitions: {d: 1 / zero > 1}\nrules: {r: {when: d, note: x}}",
        "clocks: {c: {while: 1 / zero > 1}}\nrules: {r: {when: c > 1h, note: x}}",
        "clocks: {c: {while: zero == 0}}\nrules: {r: {when: c > 1h / zero, note: x}}",
        "red_lines: {l: {crossed: 1 / zero > 1}}\nrules: {r: {when: true, note: x}}",
        "rules: {r: {when: true, note: x}}\noutcomes: {o: 1 / zero > 1}",
        "rules: {r: {when: true, note: x}}\nresults: {o: {total: 1 / zero > 1}}",
        "rules: {r: {when: true, note: x}}\nresults: {o: {value: 1 / zero}}",
        "script: {0h: {zero: 1 / zero}}\nrules: {r: {when: true, note: x}}",
        "parties: {p: {members: {a: 1 / zero}}}\nrules: {r: {when: true, ask: p, choose: {a: {}}}}",
        "rules: {r: {when: ever(1 / zero > 1), note: x}}",
        "rules: {r: {when: now > 1h / zero, note: x}}",
    ],
)
def test_wherever_it_stands_a_division_by_zero_stops_the_run_with_its_file_and_line(text):
    with pytest.raises(RunError) as caught:
        run("situation: {zero: 0}\n" + text)
    assert "test.yaml:" in str(caught.value)
    assert "division by zero" in str(caught.value)


def test_a_duration_too_long_to_count_stops_the_run_and_is_no_crash():
    with pytest.raises(RunError):
        run("""
            situation: {long: 1h, share: 1.5}
            rules: {r: {every: 1h, do: {long: long + long}}, s: {when: now >= 1100h,
                do: {long: long * share}}}
        """, horizon="1200h")  # fmt: skip


def test_the_other_replications_go_on():
    model = scenario("""
        situation: {zero: {draw: {empirical: [0, 1]}}, x: 0}
        rules: {r: {when: true, do: {x: 1 / zero}}}
    """)
    simulator = Simulator(model)
    kept, stopped = [], []
    for replication in range(20):
        try:
            kept.append(simulator.run(1, replication).firing_digest)
        except RunError:
            stopped.append(replication)
    assert len(kept) + len(stopped) == 20
    assert kept
    assert stopped
    assert len(set(kept)) == 1


# functions of our own


def test_exp_and_log_are_the_projects_own():
    # made from + − × ÷ and square root, so that platforms agree to the last bit
    own = {"exp", "expm1", "exp2", "log", "log1p", "log2", "log10", "pow", "gamma", "lgamma", "erf",
           "erfc", "sin", "cos", "tan", "sinh", "cosh", "tanh"}  # fmt: skip
    package = Path(escalation_sim.__file__).parent
    for room in ("chance", "expression", "engine"):
        for path in sorted((package / room).rglob("*.py")):
            tree = ast.parse(path.read_text("utf-8"))
            used = {
                node.attr
                for node in ast.walk(tree)
                if isinstance(node, ast.Attribute)
                and isinstance(node.value, ast.Name)
                and node.value.id in ("math", "numpy", "np", "cmath")
            }
            powers = [
                node
                for node in ast.walk(tree)
                if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow)
            ]
            assert not used & own, path
            assert all(isinstance(p.left, ast.Constant) for p in powers), path  # as in 2**63


def test_conditions_use_the_projects_own_functions():
    played = run("""
        situation: {a: 0, b: 0, c: 0}
        rules: {r: {when: true, do: {a: exp(1), b: log(10), c: sqrt(2)}}}
    """)
    assert ending(played) == {"a": functions.exp(1.0), "b": functions.log(10.0), "c": 2.0**0.5}


# what there is not


@pytest.mark.parametrize(
    "when",
    [
        "print(flag)", "eval(flag)", "len(flag) > 1", "flag.bit_length() > 1", "number.real > 1",
        "__import__(flag)", "().__class__", "number ** 2 > 1", "9**9**9 > 1", "number // 2 > 1",
        "number % 2 > 1", "flag & flag", "flag | flag", "~number", "number << 2 > 1",
        "lambda: flag",
        "'[flag for flag in flag]'", "(flag)(flag)", "flag if flag", "1 < number < 3",
        "number > 'a'",
        "flag is flag", "number in number", "f(number)", "number = 2", "number := 2",
    ],
)  # fmt: skip
def test_there_are_no_other_calls_texts_powers_or_attributes(when):
    text = HEAD + f'    rules: {{r: {{when: "{when}", note: x}}}}'
    assert codes(text)


@pytest.mark.parametrize(
    "when",
    [
        "(" * 5000 + "flag" + ")" * 5000,
        " or ".join(["flag"] * 5000),
        "not " * 5000 + "flag",
        "-" * 5000 + "1 > 0",
        "1 + " * 5000 + "1 > 0",
        "flag" + " " * 100_000 + "and flag",
        "a" * 100_000,
        "true if flag else " * 1000 + "true",
        "abs(" * 2000 + "number" + ")" * 2000 + " > 0",
    ],
)
def test_length_depth_and_nodes_have_limits(when):
    found = problems(HEAD + f"    rules: {{r: {{when: {when}, note: x}}}}")
    assert len(found) == 1
    assert len(found[0][1]) < 500


def test_bindings_are_those_of_the_page():
    played = run("""
        situation: {a: 1, b: 2, flag: false}
        rules:
          one:   {when: flag or not flag and a < b, note: x}
          two:   {when: 1 + 2 * 3 == 7 and -2 * -3 == 6 and 8 / 2 / 2 == 2 and 5 - 2 - 1 == 2,
              note: x}
          three: {when: (1 if flag else 2 if a > b else 3) == 3, note: x}
          four:  {when: not a == b, note: x}
    """)
    assert [r for _, r in order(played)] == ["one", "two", "three", "four"]


def test_a_fault_does_not_hide_the_next():
    found = codes(HEAD + "    rules: {r: {when: nobody, note: x}, s: {when: number, note: x}}")
    assert found == ["unknown-name", "type"]


def test_times_and_durations_may_be_added():
    played = run("""
        time: {horizon: 20h, tick: 1h, anchors: {toa: 6h}}
        situation: {seen: 0h}
        rules:
          r: {when: now >= toa + 2h, do: {seen: now - toa}}
          s: {when: seen == 2h, note: x}
    """)
    assert hours(played, "s") == [8.0]
