"""The figures `tornado` and `sweep`: readable whatever the names, and true to their tables."""

import pytest

from escalation_sim import library, study
from escalation_sim.analysis.matters import matters_of
from escalation_sim.analysis.sweep import sweep_of
from escalation_sim.figures import sweep_figure, tornado_figure
from escalation_sim.scenario.load import load_scenario
from tests.analysis.what_matters import HERE, PRODUCT, read, sourced
from tests.figures.test_text import LEAST_POINTS, off_the_page, overlaps, struck_through, texts_of

LONG = "a name of many words that goes on and on until nobody reads it any more "


def hard(parameters, outcomes, name, readings=3):
    """Return a scenario of so many parameters and outcomes, all with such names."""
    label = (name * 8)[:180].strip()
    lines = [
        f"  p{i}: {{value: {0.1 + 0.8 * i / parameters:.3f}, range: [0, 1], label: '{label} {i}'}}"
        for i in range(parameters)
    ]
    which = ", ".join(
        f"reading_{i}_{'x' * 40}: {'now >= ' + str(i) + 'h'}" for i in range(readings)
    )
    rules = [
        f"  r{i}: {{when: due and now >= {i + 1}h, chance: p{i}, do: {{x: x + 1, y: {i}}}}}"
        for i in range(parameters)
    ]
    ends = [
        f"  e{i}: {{when: 'now >= 30h and min(x, {outcomes - 1}) == {i}', label: '{label} {i}'}}"
        for i in range(outcomes)
    ]
    top = f"{{label: '{label}'}}"
    return "\n".join(
        [
            "parameters:", *lines, "situation: {x: 0, y: 0}",
            f"definitions: {{due: {{label: '{label}', readings: {{{which}}}}}}}",
            f"ladders: {{tone: {{label: '{label}', rungs: [low, {{high: {top}}}]}}}}",
            "rules:", *rules, "  up: {when: x > 1, do: {tone: high}}",
            "outcomes:", *ends,
        ]
    )  # fmt: skip


HARD = {
    "many inputs": hard(18, 3, "input "),
    "long names": hard(5, 4, LONG),
    "one long word": hard(3, 3, "w" * 60),
    "many outcomes": hard(10, 10, "outcome "),
    "few": hard(1, 2, "a"),
}


def assert_readable(figure, model, *said):
    texts = texts_of(figure)
    assert not overlaps(texts)
    assert not off_the_page(figure, texts)
    assert not struck_through(figure, texts)
    assert min(text.get_fontsize() for text, _ in texts) >= LEAST_POINTS - 1e-9
    width, height = figure.get_size_inches()
    assert width == pytest.approx(7.2)
    assert 4.4 <= height <= 7.2
    found = " ".join(text.get_text() for text, _ in texts).replace("\u00a0", " ")
    for part in (
        "Illustrative, not a forecast", model.hash[:8], "seed ",
        f"{model.assumed[0]} of {model.assumed[1]} inputs assumed", *said,
    ):  # fmt: skip
        assert part in found, part
    return found


@pytest.mark.parametrize("case", HARD)
@pytest.mark.parametrize("kind", ["outcome", "rung"])
def test_no_text_of_a_tornado_meets_another(case, kind):
    chosen = {"outcome": "e1"} if kind == "outcome" else {"rung": "tone.high"}
    found = matters_of(
        read(HARD[case]), runs=25, sobol=case == "few", samples=8, order=HERE, **chosen
    )
    figure = tornado_figure(found.tornado, found.variance)
    assert_readable(figure, found.tornado.model, "as written", "Whiskers")


@pytest.mark.parametrize("case", HARD)
def test_no_text_of_a_sweep_meets_another(case, tmp_path):
    path = tmp_path / "case.yaml"
    head = "schema: 1\ntitle: a hard case\ntime: {horizon: 200h, tick: 1h}\n"
    path.write_text(head + HARD[case], "utf-8")
    for values in (["0", "0.5", "1"], ["0.02", "0.06"]):
        made = study(path, runs=40, sweep={"p0": values})
        assert_readable(sweep_figure(made), made.written, "Mix of outcomes", "paired by seed")


@pytest.mark.parametrize("path", ["wait", "p"])
def test_a_sweep_along_hours_and_numbers_says_what_it_found(path, tmp_path):
    file = tmp_path / "case.yaml"
    file.write_text(
        "schema: 1\ntitle: a case\ntime: {horizon: 200h, tick: 1h}\n"
        "parameters: {p: {value: 0.5, range: [0, 1]}, wait: {value: 20h, range: [1h, 90h]}}\n"
        "situation: {x: 0, stop: false}\nscript: {50h: {stop: true}}\n"
        "rules: {a: {when: not stop and now >= 3h, after: wait, chance: p, unless: stop, "
        "do: {x: 1}}}\noutcomes: {up: {when: x == 1, label: It rises}, down: {when: stop, "
        "label: It falls}, open: otherwise}\n",
        "utf-8",
    )
    values = {"wait": ["1h", "30h", "60h", "90h"], "p": ["0", "0.3", "0.7", "1"]}[path]
    made = study(file, runs=300, sweep={path: values})
    sweep = sweep_of(made)
    said = assert_readable(sweep_figure(sweep), made.written, "It rises", "It falls")
    if path == "p":
        assert "Above 0.5" in said
        assert "equal at 0.5" in said
        assert f"{100 * sweep.overtakings[0].share:.0f} %" in said
    else:
        assert " h" in said


@pytest.mark.parametrize("name", ["23"])
def test_no_text_of_a_shipped_scenario_meets_another(name):
    scenario = load_scenario(library.find_scenario(name))
    found = matters_of(scenario, runs=6, order=HERE)
    assert_readable(tornado_figure(found.tornado), found.tornado.model)


def test_what_is_assumed_is_dashed_and_what_has_a_source_is_not(tmp_path):
    found = matters_of(sourced(tmp_path, PRODUCT), outcome="both", runs=60, order=HERE).tornado
    figure = tornado_figure(found)
    edges = [
        line
        for line in figure.axes[0].lines
        if line.get_gid() == "frame" and len(line.get_xdata()) == 5
    ]
    drawn = [bar for bar in found.bars if bar.reach]
    assert len(edges) == len(drawn) == 2
    for bar, line in zip(drawn, edges, strict=True):
        assert line.is_dashed() == (bar.input.basis == "assumed")


def test_bars_reach_as_far_as_the_shares_of_their_table(tmp_path):
    found = matters_of(sourced(tmp_path, PRODUCT), outcome="both", runs=60, order=HERE).tornado
    lines = tornado_figure(found).axes[0].lines
    edges = [x.get_xdata() for x in lines if x.get_gid() == "frame" and len(x.get_xdata()) == 5]
    base = next(line for line in lines if line.get_gid() == "base").get_xdata()[0]
    drawn = [bar for bar in found.bars if bar.reach]
    scales = [(max(xs) - min(xs)) / bar.reach for bar, xs in zip(drawn, edges, strict=True)]
    assert scales == pytest.approx([scales[0]] * len(scales))
    for bar, xs in zip(drawn, edges, strict=True):
        share = (base - min(xs)) / scales[0] + bar.shares[0]
        assert share == pytest.approx(found.base.share)


def test_a_tornado_in_which_nothing_moves_is_drawn_all_the_same():
    still = read(
        "parameters: {p: {value: 3, range: [1, 5]}}\nsituation: {a: 0}\n"
        "rules: {x: {when: a > p, do: {a: 0}}}\noutcomes: {up: {when: a == 1}, open: otherwise}"
    )
    found = matters_of(still, outcome="up", runs=10, order=HERE).tornado
    said = assert_readable(tornado_figure(found), found.model)
    assert "No single input moves" in said
