"""Bad conditions too long to store: a name and the condition that is put into a small scenario."""

CONDITIONS = {
    "five-thousand-terms": "troops > " + "+".join(["troops"] * 5_000),
    "forty-terms": "troops > " + " + ".join(["troops"] * 40),
    "a-thousand-brackets": "(" * 1_000 + "calm" + ")" * 1_000,
    "forty-brackets": "(" * 40 + "calm" + ")" * 40,
    "a-thousand-nots": "not " * 1_000 + "calm",
    "forty-nots": "not " * 40 + "calm",
    "a-hundred-kilobytes": "calm and " * 12_000 + "calm",
    "six-hundred-parts": "troops+1>0 or " * 60 + "calm<1 or " * 15 + "calm",
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

RECIPES = {
    name: SCENARIO.format(condition=condition).encode() for name, condition in CONDITIONS.items()
}
