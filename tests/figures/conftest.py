"""Hard cases for the figures: small scenarios, each of them a way to go wrong."""

from pathlib import Path

import pytest

from escalation_sim import load, simulate

SIDES = "parties: {a: {name: Side A}, b: {name: Side B}}"
SEVERITY = "situation: {severity: {levels: [none, some, much]}}"
LADDERS = """\
ladders:
  up: {party: a, rungs: [r0, r1, r2, r3]}
  down: {party: b, rungs: [s0, s1, s2]}"""
OPEN = "outcomes: {open: otherwise}"


def words(text, number):
    return " ".join([text] * number)[:200]


CASES = {
    "short_run": f"""
time: {{zero: the alarm, horizon: 7d}}
{SIDES}
{SEVERITY}
{LADDERS}
script: {{1h: {{severity: much}}, 90min: {{up: r1}}, 2h: {{down: s1, severity: some}}}}
rules: {{x: {{when: down == s1, after: 1h, do: {{up: r3}}}}}}
outcomes: {{done: {{when: up == r3}}}}
""",
    "long_run": f"""
time: {{zero: the treaty, horizon: 3000d}}
{SIDES}
{SEVERITY}
{LADDERS}
clocks: {{c: {{while: severity > none, lull: 3d}}}}
script:
  10d: {{severity: much}}
  14d: {{up: r1}}
  1800d: {{severity: none}}
  2100d: {{severity: much}}
rules: {{x: {{when: c >= 300d, do: {{up: r3}}}}}}
{OPEN}
""",
    "many_rungs": f"""
time: {{horizon: 10d}}
{SIDES}
{SEVERITY}
ladders:
  up: {{party: a, rungs: [{", ".join(f"u{i}" for i in range(24))}]}}
  down: {{party: b, rungs: [{", ".join(f"d{i}" for i in range(22))}]}}
script: {{10h: {{severity: much, up: u3}}, 24h: {{up: u17}}, 60h: {{down: d20}}}}
{OPEN}
""",
    "every_rung": f"""
time: {{horizon: 10d}}
{SIDES}
ladders: {{up: {{party: a, rungs: [{", ".join(f"u{i}" for i in range(40))}]}}}}
script: {{{", ".join(f"{i}h: {{up: u{i}}}" for i in range(40))}}}
{OPEN}
""",
    "long_names": f"""
time: {{zero: "{words("something that takes many words to say", 5)}", horizon: 10d}}
parties: {{a: {{name: "{words("Party of many words", 10)}"}}, b: {{name: שלום עולם 🚀 مرحبا}}}}
situation:
  severity: {{label: "Severity $x_1$ {words("long", 30)}", levels: [none_{"a" * 40}, some]}}
ladders:
  up:
    party: a
    label: "{words("Ladder with a long name", 8)}"
    rungs:
      - r0: {{label: "$x_1$ and % more"}}
      - r1: {{label: "{"w" * 200}"}}
      - r2: {{label: "{words("word", 40)}"}}
      - r3: {{label: "🚀🚀 $\\\\frac{{1}}{{2}}$ مرحبا", short: ok}}
  down: {{party: b, rungs: [rest, move]}}
clocks: {{c: {{label: "{words("A clock of long name", 9)}", while: severity >= some}}}}
red_lines:
  l:
    label: "{words("A line with a long name", 8)}"
    holder: b
    crossed: up >= r2
    declares: "{words("declared words", 14)}"
script: {{10h: {{severity: some, up: r1}}, 24h: {{up: r2}}, 40h: {{down: move}}, 60h: {{up: r3}}}}
rules: {{late: {{when: c == 24h and up < r3, note: "{words("late", 40)}"}}}}
outcomes: {{over: {{label: "{words("An outcome with words", 9)}", when: up == r3, for: 3d}}}}
""",
    "one_instant": f"""
time: {{horizon: 5d}}
{SIDES}
{SEVERITY}
{LADDERS}
red_lines:
  l1: {{holder: b, crossed: up >= r1, declares: one}}
  l2: {{holder: b, crossed: up >= r2, declares: two}}
  l3: {{holder: b, crossed: up >= r3, declares: three}}
script: {{24h: {{severity: much, up: r1}}}}
rules:
  x: {{when: up == r1, do: {{up: r2}}}}
  y: {{when: up == r2, do: {{up: r3, severity: some}}}}
  z: {{by: b, when: l3, do: {{down: s1}}}}
{OPEN}
""",
    "calm": f"""
time: {{horizon: 30d}}
{SIDES}
{SEVERITY}
{LADDERS}
{OPEN}
""",
    "no_ladders": f"""
time: {{horizon: 5d}}
{SEVERITY}
clocks: {{c: {{while: severity > none, lull: 2h}}}}
script: {{1d: {{severity: some}}, 2d: {{severity: none}}, 49h: {{severity: much}}}}
outcomes: {{over: c >= 48h, open: otherwise}}
""",
    "nothing_at_all": f"""
time: {{horizon: 5d}}
situation: {{x: 0}}
{OPEN}
""",
    "no_strip": f"""
time: {{horizon: 5d}}
{SIDES}
{LADDERS}
script: {{1d: {{up: r2}}, 2d: {{down: s2}}, 3d: {{up: r0}}}}
{OPEN}
""",
    "one_ladder": f"""
time: {{horizon: 90s}}
{SIDES}
{SEVERITY}
ladders: {{up: {{party: a, rungs: [r0, r1, r2]}}}}
script: {{10s: {{up: r2}}, 20s: {{severity: some}}, 85s: {{up: r0}}}}
{OPEN}
""",
    "five_ladders": f"""
time: {{horizon: 5d}}
{SIDES}
situation: {{severity: {{levels: [none, some, much]}}, noted: false}}
{LADDERS}
  l3: {{party: b, rungs: [q0, q1, q2]}}
  l4: {{party: a, rungs: [p0, p1, p2], side: none}}
  l5: {{party: a, rungs: [o0, o1, o2]}}
clocks:
{chr(10).join(f"  c{i}: {{while: severity > none}}" for i in range(9))}
script:
  1d: {{up: r2, l4: p1, l3: q1}}
  2d: {{severity: some}}
  3d: {{up: r3, l3: q2, l4: p2, l5: o2}}
  80h: {{l3: q0, down: s1}}
rules:
{chr(10).join(f"  k{i}: {{when: c{i} >= {i * 8 + 5}h, do: {{noted: true}}}}" for i in range(9))}
{OPEN}
""",
    "flicker": f"""
time: {{horizon: 5d}}
{SIDES}
{SEVERITY}
{LADDERS}
clocks: {{c: {{while: severity > none, lull: 1h}}}}
red_lines: {{l: {{holder: b, crossed: up >= r2, declares: a word}}}}
rules:
  starts: {{when: severity == none, for: 4h, do: {{severity: some, up: r2}}}}
  stops: {{when: severity > none, for: 3h, do: {{severity: none, up: r1}}}}
  late: {{when: c == 2h and up < r3, note: late}}
  answers: {{by: b, when: l, chance: 0.4, do: {{down: at least s1}}}}
{OPEN}
""",
}


@pytest.fixture
def run_of(tmp_path):
    """Return a function that runs a hard case by name, or a scenario's text."""

    def run(case, *, seed=3):
        text = CASES.get(case, case)
        path = Path(tmp_path) / "case.yaml"
        path.write_text(f"schema: 1\ntitle: A hard case\n{text}", "utf-8")
        return simulate(load(path), seed=seed)

    return run


@pytest.fixture(params=sorted(CASES))
def hard_run(request, run_of):
    """A run of each hard case."""
    return run_of(request.param)
