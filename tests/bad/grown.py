"""Bad scenarios too long to store: a name and what writes them."""

CONDITIONS = {
    "five-thousand-terms": "troops > " + "+".join(["troops"] * 5_000),
    "forty-terms": "troops > " + " + ".join(["troops"] * 40),
    "a-thousand-brackets": "(" * 1_000 + "calm" + ")" * 1_000,
    "forty-brackets": "(" * 40 + "calm" + ")" * 40,
    "a-thousand-nots": "not " * 1_000 + "calm",
    "forty-nots": "not " * 40 + "calm",
    "a-hundred-kilobytes": "calm and " * 12_000 + "calm",
    "more-than-five-hundred-parts": "-1<-2 or " * 105 + "calm",
    "sums-within-sums": "(" * 12 + "troops" + ("+1" * 10 + ")") * 12 + " > 0",
    "nine-hundred-minus-signs": "troops > " + "-" * 900 + "1",
    "forty-calls": "abs(" * 40 + "troops" + ")" * 40 + " > 0",
    "forty-branches": "calm if calm else " * 40 + "calm",
    "a-name-of-nine-hundred-letters": "x" * 900,
    "a-number-of-nine-hundred-digits": "deadline > " + "9" * 900 + "h",
    "a-long-line-with-a-fault-in-its-middle": "calm and " * 40 + "clam" + " and calm" * 40,
}

SCENARIO = """\
schema: 1
title: A condition that is too long
time: {{horizon: 30d}}
parameters: {{deadline: 24h}}
situation: {{calm: true, troops: 0}}
rules:
  warn: {{when: {condition}, note: a note}}
"""

HEAD = """\
schema: 1
title: More than anyone would write by hand
time: {horizon: 30d}
situation: {calm: true}
"""

SECTIONS = {
    "definitions-one-upon-the-other": "definitions:\n  d0: calm\n"
    + "".join(f"  d{i}: not d{i - 1}\n" for i in range(1, 300)),
    "definitions-in-a-long-circle": "definitions:\n"
    + "".join(f"  d{i}: not d{(i + 1) % 300}\n" for i in range(300)),
    "parameters-in-a-long-row": "parameters:\n  p0: 1h\n"
    + "".join(f"  p{i}: p{i - 1} + 1h\n" for i in range(1, 500))
    + "rules: {warn: {when: calm, after: p499, nte: late}}\n",
    "a-thousand-and-one-rules": "rules:\n"
    + "".join(f"  r{i}: {{when: calm, note: a note}}\n" for i in range(1_001)),
    "two-hundred-and-one-members": "parties:\n  council:\n    members:\n"
    + "".join(f"      m{i}: 0.5\n" for i in range(201)),
    "a-hundred-and-twenty-unknown-names": "rules:\n"
    + "".join(f"  r{i}: {{when: clam, note: a note}}\n" for i in range(120)),
    "a-hundred-and-twenty-unknown-keys": "rules:\n"
    + "".join(f"  r{i}: {{whn: calm, note: a note}}\n" for i in range(120)),
}

RECIPES = {
    f"conditions/{name}": SCENARIO.format(condition=condition).encode()
    for name, condition in CONDITIONS.items()
} | {f"model/{name}": (HEAD + section).encode() for name, section in SECTIONS.items()}
