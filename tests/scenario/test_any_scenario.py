"""Whatever is done to a scenario's text, the answer is a model or errors for the user.

Words are deleted, doubled, swapped and replaced by others of the language; nothing but
`ScenarioError` and `RunError` may come out, and every problem must be one that can be shown.
"""

import random
import re
from pathlib import Path

import pytest

from escalation_sim.engine.simulate import Simulator
from escalation_sim.errors import RunError, ScenarioError
from escalation_sim.model.compiler import examine
from escalation_sim.scenario.load import load_scenario

SHEET = Path(__file__).parents[1] / "bad" / "good" / "the-whole-sheet.yaml"
TEXT = SHEET.read_text(encoding="utf-8")
WORD = re.compile(r"[A-Za-z_0-9.]+|[<>=!]+|[^\sA-Za-z_0-9]|\s+")
VALUES = (
    "null", "true", "0", "-1", "1e308", "72h", "0h", "-3h", "999999999999w", "now", "otherwise",
    "at least minor", "ever(attributed)", "was(severity)", "not attributed", "breach_clock",
    "council.joined", "overdue", "1 / 0", "log(0)", "latency", "troops * 1e308 * 1e308", "[]", "{}",
    "[a, b]", "{uniform: [1h, 2h]}", "{exponential: 0h}", "{empirical: []}",
    "{weibull: [0.001, 2h]}", "{like: reported}", "{do: {severity: minor}}",
    "{draw: {uniform: [0, 1]}}", "x" * 300, "'é'", "{lognormal: [1h, 100]}", "severity",
    "{erlang: [100, 1h], mean: 3h}", "0.5 / 1d", "1e9 / 1s",
)  # fmt: skip
ENTRY = re.compile(r"(\s*[^:{\n]+: )(.*)")


def words_changed(chance):
    words = WORD.findall(TEXT)
    for _ in range(chance.choice((1, 1, 2, 4))):
        i, j = chance.randrange(len(words)), chance.randrange(len(words))
        match chance.randrange(5):
            case 0:
                del words[i]
            case 1:
                words.insert(i, words[j])
            case 2:
                words[i] = words[j]
            case 3:
                words[i], words[j] = words[j], words[i]
            case _:
                words[i] = chance.choice(VALUES)
    return "".join(words)


def lines_changed(chance):
    lines = TEXT.split("\n")
    for _ in range(chance.choice((1, 1, 2))):
        i, j = chance.randrange(len(lines)), chance.randrange(len(lines))
        match chance.randrange(4):
            case 0:
                del lines[i]
            case 1:
                lines.insert(i, lines[j])
            case 2:
                lines[i], lines[j] = lines[j], lines[i]
            case _:
                lines[i] = ENTRY.sub(rf"\g<1>{chance.choice(VALUES)}", lines[i])
    return "\n".join(lines)


def value_changed(chance):
    """Replace one value somewhere within braces, so that the text stays YAML."""
    places = list(re.finditer(r"(?<=: )[^\s{}\[\],:][^{}\[\],:\n]*(?=[,}\n])", TEXT))
    place = chance.choice(places)
    return TEXT[: place.start()] + chance.choice(VALUES) + TEXT[place.end() :]


def answer_to(text, seed):
    """Return the problems told, and why the run ended if there was one to its end."""
    try:
        scenario = load_scenario(SHEET, shown=SHEET.name, data=text.encode())
    except ScenarioError as error:
        return error.diagnostics, None
    model, found = examine(scenario)
    if model is None:
        return found, None
    try:
        return found, Simulator(model).run(seed, trace=seed % 2 == 0).why_ended
    except RunError as error:
        return [*found, error.diagnostic], None


@pytest.mark.parametrize("change", [words_changed, lines_changed, value_changed])
@pytest.mark.parametrize("seed", range(5))
def test_a_changed_scenario_gives_a_run_or_errors_for_the_user(change, seed):
    chance = random.Random(f"{change.__name__}-{seed}")  # noqa: S311 - any changes will do
    for _ in range(30):
        problems, ended = answer_to(change(chance), seed)
        assert ended in ("outcome", "quiet", "horizon") or problems
        assert all(problem.render() and problem.as_json() for problem in problems)
        assert all(len(problem.message) <= 300 for problem in problems)
