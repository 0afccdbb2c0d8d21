"""Display names are labels: other names change nothing but names."""

import pytest

from escalation_sim import library, load, simulate
from escalation_sim.figures import ladder_figure
from escalation_sim.trace.records import line_of

NAMES = [path.stem for path in library.scenarios()]


def renamed(model):
    """Return settings that give every party, member and ladder's side another name."""
    return {f"parties.{p.id}.name": f"Party {i}" for i, p in enumerate(model.parties)} | {
        f"parties.{p.id}.short": f"P{i}" for i, p in enumerate(model.parties)
    }


@pytest.mark.parametrize("name", NAMES)
def test_other_display_names_change_nothing_but_names(name):
    model = load(name)
    other = load(name, set=renamed(model))
    assert [p.label for p in other.parties] == [f"Party {i}" for i in range(len(model.parties))]
    for replication in range(3):
        one = simulate(model, seed=5, replication=replication)
        two = simulate(other, seed=5, replication=replication)
        assert one.firing_digest == two.firing_digest
        assert one.results == two.results
        assert one.stays == two.stays
        lines = [[line_of(r.as_json()) for r in run.records] for run in (one, two)]
        assert lines[0] == lines[1]


def test_other_display_names_reach_the_figure():
    model = load("01")
    run = simulate(load("01", set=renamed(model)), seed=9372)
    texts = [text.get_text() for text in ladder_figure(run).findobj() if hasattr(text, "get_text")]
    said = " ".join(texts)
    russia = [p.id for p in model.parties].index("russia")
    assert f"P{russia}" in said or f"Party {russia}".upper() in said
