"""Small scenarios whose shares, differences and indices are known by hand."""

from pathlib import Path

from escalation_sim.scenario.load import load_scenario
from escalation_sim.scenario.overrides import as_texts
from escalation_sim.studies.ensemble import Order
from tests.support import whole

HERE = Order(workers=1)

REGISTER = """\
schema: 1
title: A register
about: of one statement
origins: {paper: {name: A paper, chain: [paper]}}
open_questions: {q: whatever}
claims:
  said.so:
    by: somebody
    statement: something
    kind: reported
    origin: paper
    grade: {reliability: B, credibility: 2}
    leaves_open: [q]
    contested_by: []
"""

PRODUCT = """
parameters:
  p: {value: 0.5, range: [0, 1], claim: said.so}
  q: {value: 0.5, range: [0, 1]}
  idle: {value: 3, range: [1, 5]}
situation: {x: 0, y: 0, z: 0}
rules:
  a: {when: now >= 1h, chance: p, do: {x: 1}}
  b: {when: now >= 1h, chance: q, do: {y: 1}}
  c: {when: z > idle, do: {z: 0}}
outcomes: {both: {when: x == 1 and y == 1}, open: otherwise}
"""
"""Ends in `both` with probability p·q; p rests on a source, q is assumed."""

SURE = """
parameters:
  p: {value: 0.5, range: [0, 1]}
  q: {value: 0.5, range: [0, 1]}
situation: {x: 0}
rules: {a: {when: p + 2 * q > 1.5, do: {x: 1}}}
outcomes: {above: {when: x == 1}, below: otherwise}
"""
"""No chance at all: above where p + 2q > 1.5."""


def read(text, *, horizon="200h", tick="1h", set=None, reading=None):  # noqa: A002
    """Return a scenario given as text."""
    return load_scenario(
        Path("test.yaml"),
        settings=as_texts(set),
        readings=as_texts(reading),
        data=whole(text, horizon=horizon, tick=tick).encode(),
    )


def sourced(folder, text):
    """Return a scenario given as text, with a register of one claim beside it."""
    (folder / "claims.yaml").write_text(REGISTER, "utf-8")
    path = folder / "test.yaml"
    path.write_text(whole(text).replace("title: a test\n", "title: a test\nsources: claims.yaml\n"))
    return load_scenario(path)
