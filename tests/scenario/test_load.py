"""A scenario with its family: parents, registers, and the head that every file needs."""

from pathlib import Path

import pytest

from escalation_sim import library
from escalation_sim.errors import ScenarioError
from escalation_sim.scenario.load import DEEPEST_FAMILY, content, load_scenario

HEAD = "schema: 1\ntitle: a child\n"
PARENT = """\
schema: 1
title: a parent
about: what it asks
time: {horizon: 30d}
situation: {calm: true}
rules: {warn: {when: calm, note: a note}}
expect: {never_calm: {never: calm}}
"""


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "parent.yaml").write_text(PARENT)
    return tmp_path


def child(folder, text, name="child.yaml"):
    path = folder / name
    path.write_text(HEAD + text)
    return path


def codes(path):
    try:
        return [d.code for d in load_scenario(path).faults]
    except ScenarioError as error:
        return [d.code for d in error.diagnostics]


def test_a_child_takes_over_its_parent_but_not_its_title_text_and_expectations(folder):
    scenario = load_scenario(child(folder, "extends: parent.yaml\nrules: {warn: {after: 3h}}\n"))
    said = content(scenario.tree)
    assert said["title"] == "a child"
    assert "about" not in said
    assert "expect" not in said
    assert said["rules"] == {"warn": {"when": "calm", "note": "a note", "after": "3h"}}
    assert [name for name, _ in scenario.files] == ["child.yaml", "parent.yaml"]
    assert scenario.faults == ()


def test_the_order_of_files_and_the_hash_follow_the_content_alone(folder):
    one = load_scenario(child(folder, "extends: parent.yaml\n"))
    again = load_scenario(child(folder, "extends: parent.yaml   # a remark\n", "other.yaml"))
    changed = load_scenario(child(folder, "extends: parent.yaml\nrules: {warn: {note: b}}\n"))
    assert one.content_hash == again.content_hash != changed.content_hash
    assert one.files != again.files


def test_settings_and_readings_keep_title_and_expectations_and_are_listed(folder):
    path = folder / "parent.yaml"
    scenario = load_scenario(path, settings=[("rules.warn.note", "changed")])
    assert content(scenario.tree)["rules"]["warn"]["note"] == "changed"
    assert content(scenario.tree)["title"] == "a parent"
    assert "expect" in content(scenario.tree)
    assert scenario.changes == ("rules.warn.note=changed",)
    assert scenario.faults == ()


def test_a_place_is_found_by_its_path_or_the_nearest_thing_above_it(folder):
    scenario = load_scenario(child(folder, "extends: parent.yaml\nrules: {warn: {after: 3h}}\n"))
    assert scenario.span("rules", "warn", "after").where.endswith("child.yaml:4")
    assert scenario.span("rules", "warn", "when").where.endswith("parent.yaml:6")
    assert scenario.span("rules", "wran", "when") == scenario.span("rules")


@pytest.mark.parametrize(
    "name",
    [
        "../parent.yaml", "/etc/passwd", "~/parent.yaml", "C:parent.yaml", "a\\b.yaml",
        "http://x/y.yaml", "file:///etc/passwd", "%2e%2e/parent.yaml", "a//b.yaml", ".",
    ],
)  # fmt: skip
def test_a_parent_or_register_elsewhere_is_refused(folder, name):
    assert codes(child(folder, f"extends: '{name}'\n")) == ["path"]
    assert "path" in codes(child(folder, f"sources: '{name}'\ntime: {{horizon: 3d}}\n"))


def test_a_link_out_of_the_folder_is_refused(folder):
    inner = folder / "inner"
    inner.mkdir()
    try:
        (inner / "link.yaml").symlink_to(folder / "parent.yaml")
    except OSError:  # a platform that lets no ordinary user make links
        return
    assert codes(child(inner, "extends: link.yaml\n")) == ["path"]


def test_a_link_within_the_folder_and_files_below_it_are_fine(folder):
    below = folder / "below"
    below.mkdir()
    (below / "parent.yaml").write_text(PARENT)
    assert codes(child(folder, "extends: below/parent.yaml\n")) == []


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("nothing.yaml", "no-such-file"),
        ("x" * 300 + ".yaml", "no-such-file"),
        ("parent.yaml/more.yaml", "no-such-file"),
        ("below", "not-a-file"),
        ("child.yaml", "extends-cycle"),
    ],
)
def test_a_parent_that_cannot_be_read_is_told_where_it_is_named(folder, name, code):
    (folder / "below").mkdir()
    path = child(folder, f"extends: {name}\n")
    with pytest.raises(ScenarioError) as caught:
        load_scenario(path, shown="child.yaml")
    (problem,) = caught.value.diagnostics
    assert (problem.code, problem.span.where) == (code, "child.yaml:3")


def test_a_misspelt_parent_gets_the_nearest_file(folder):
    with pytest.raises(ScenarioError) as caught:
        load_scenario(child(folder, "extends: parnt.yaml\n"))
    assert caught.value.diagnostics[0].help == "did you mean `parent.yaml`?"


def test_faults_of_a_parent_are_shown_under_its_path(folder):
    below = folder / "below"
    below.mkdir()
    (below / "parent.yaml").write_text(PARENT.replace("when", "whn"))
    scenario = load_scenario(child(folder, "extends: below/parent.yaml\n"), shown="x/child.yaml")
    assert [d.span.where for d in scenario.faults] == ["x/below/parent.yaml:6"]


def test_a_family_has_a_largest_depth(folder):
    for i in range(DEEPEST_FAMILY):
        child(folder, f"extends: g{i + 1}.yaml\n", f"g{i}.yaml")
    (folder / f"g{DEEPEST_FAMILY}.yaml").write_text(PARENT)
    assert codes(folder / "g1.yaml") == []
    assert codes(folder / "g0.yaml") == ["extends-cycle"]


def test_a_circle_of_parents_shows_the_ring_only(folder):
    child(folder, "extends: one.yaml\n", "start.yaml")
    child(folder, "extends: two.yaml\n", "one.yaml")
    child(folder, "extends: one.yaml\n", "two.yaml")
    with pytest.raises(ScenarioError) as caught:
        load_scenario(folder / "start.yaml")
    (problem,) = caught.value.diagnostics
    assert problem.help == "one.yaml → two.yaml → one.yaml"
    assert Path(problem.span.file.name).name == "two.yaml"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ["missing-key", "missing-key", "missing-key"]),
        ("schema: 1\ntitle: x\n", ["missing-key"]),
        ("schema: 1\ntitle: x\ntime: {zero: now}\n", ["missing-key"]),
        ("schema: 1\ntitle: x\ntime: {horizn: 3d}\n", ["unknown-key"]),
        ("schema: 2\ntitle: x\ntime: {horizon: 3d}\n", ["schema"]),
        ("schema: 1\ntitle: x\ntime: {horizon: 3d}\n", []),
    ],
)
def test_every_file_has_a_version_a_title_and_a_horizon(tmp_path, text, expected):
    path = tmp_path / "x.yaml"
    path.write_text(text + "situation: {calm: true}\n")
    assert codes(path) == expected


def test_a_section_that_cannot_be_read_makes_the_scenario_blind(folder):
    assert load_scenario(child(folder, "time: {horizon: 3d}\nsituation: [a]\n")).blind
    assert not load_scenario(child(folder, "time: {horizon: 3d}\nrules: [a]\n")).blind


@pytest.mark.parametrize("path", library.scenarios(), ids=lambda path: path.stem)
def test_shipped_scenarios_have_no_faults(path):
    scenario = load_scenario(path)
    assert scenario.faults == ()
    assert scenario.register is not None
