"""The text of a kernel follows from the structure of a model, and holds nothing of its words."""

import ast
import re

from escalation_sim.engine.compiled import engine_for
from escalation_sim.engine.compiled.kernel import kernel_of
from escalation_sim.engine.compiled.plain import BUILT_IN, SCOPE
from escalation_sim.workbench import load
from tests.compiled.both import random_models
from tests.support import scenario

VALUES = {
    "parameters.extended": "50h",
    "parameters.compliance": "0.9",
    "parameters.quorum": "2",
    "parameters.warning_latency": "{triangular: [2h, 5h, 9h]}",
    "parameters.coalition_latency.mean": "60h",
    "time.horizon": "60d",
}


def test_other_numbers_give_the_same_text():
    kernel = kernel_of(load("01"))
    for path, value in VALUES.items():
        assert kernel_of(load("01", set={path: value})).text == kernel.text, path
    assert kernel_of(load("01", set=VALUES)).text == kernel.text


def test_other_names_and_words_give_the_same_text():
    one = scenario("situation: {a: 1}\nrules: {r: {when: a > 0, after: 3h, do: {a: a + 1}}}")
    other = scenario(
        "situation: {tide: 9}\nrules: {surf: {when: tide > 7, after: 5h, do: {tide: tide + 2}}}"
    )
    assert kernel_of(one).text == kernel_of(other).text
    assert kernel_of(one).keys != kernel_of(other).keys


def test_zero_and_one_are_numbers_like_any_other():
    texts = {
        kernel_of(scenario(f"situation: {{a: {a}}}\nrules: {{r: {{when: a > {b}, after: {c}h, chance: {d}, note: x}}}}")).text
        for a in (0, 1, 2)
        for b in (0, 1, 5)
        for c in (0, 4)
        for d in (0, 1, 0.5)
    }  # fmt: skip
    assert len(texts) == 1


def test_a_text_uses_our_names_only():
    texts = [kernel_of(load("01")).text]
    texts += [kernel_of(model).text for _, model in random_models(range(40))]
    ours = re.compile(
        r"(take|look|trigger|next|interval|ripe|lapse|sentence|drawn)_\d+|[a-zA-Z]|OI|OW|OF|[a-z]\d+"
        r"|play|move|close|next_tick|replicate|replications|tables|look|foresee|seed|replication"
        r"|count|size|first|now|moves|items|until|ended_at|found|soonest|part|at|due|end|key|top|tick"
        r"|way|last|total|target|reached|held|gone|lull"
    )
    for text in texts:
        tree = ast.parse(text)
        names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
        names |= {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
        strange = {
            n for n in names
            if not ours.fullmatch(n) and n not in SCOPE and n not in BUILT_IN
            and n not in ("Ints", "Reals", "Words", "bool")
        }  # fmt: skip
        assert not strange
        strings = [
            n for n in ast.walk(tree) if isinstance(n, ast.Constant) and isinstance(n.value, str)
        ]
        assert not strings
        attributes = {n.attr for n in ast.walk(tree) if isinstance(n, ast.Attribute)}
        assert attributes <= {"nan"}


def test_an_id_never_reaches_a_text():
    model = scenario(
        "situation: {zebra_flag: true}\nladders: {zebra_ladder: {rungs: [zebra_low, zebra_high]}}\n"
        "definitions: {zebra_def: zebra_flag and zebra_ladder == zebra_low}\n"
        "rules: {zebra_rule: {when: zebra_def, choose: {zebra_way: {do: {zebra_ladder: zebra_high}}}, "
        "stream: zebra stream}}\noutcomes: {zebra_end: not zebra_flag, zebra_rest: otherwise}\n"
        "results: {zebra_result: {first: zebra_def}}"
    )
    assert "zebra" not in kernel_of(model).text


def test_a_changed_value_never_compiles_again(kernel_cache, monkeypatch):
    from escalation_sim.engine.compiled import machine  # noqa: PLC0415

    engine_for(load("01"), cache=kernel_cache)

    def compiled(*_):
        raise AssertionError("compiled again")

    monkeypatch.setattr(machine, "compiled", compiled)
    said = []
    for path, value in VALUES.items():
        engine_for(load("01", set={path: value}), cache=kernel_cache, tell=said.append)
    assert not said
