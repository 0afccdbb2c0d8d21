"""Point 8 on every shipped scenario: no rule shifts the random numbers of another.

Every uniform that a run draws is kept with its address: site, occurrence, index. A scenario is
changed in one rule, and at every address that both runs use the numbers must be the same; where
the change cannot touch anything else, both runs must use the same addresses.
"""

from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from escalation_sim.engine.simulate import Simulator
from escalation_sim.engine.world import World
from escalation_sim.model.compiler import compile_scenario
from escalation_sim.scenario.load import load_scenario
from escalation_sim.scenario.shape import document_of
from escalation_sim.source.tree import Mapping, Scalar
from escalation_sim.workbench import load
from tests.support import SHIPPED, scenario, uniform

REPLICATIONS = 3

read = cache(load_scenario)


@cache
def model_of(path):
    """Return the model of a shipped scenario as it is."""
    return compile_scenario(read(path))


def of_its_own(path, entry):
    """Say whether an entry is written in this file; the others are tried where they are written."""
    return Path(entry.span.file.name).name == path.name


RULES = [
    pytest.param(path, rule.id, id=f"{path.stem}-{rule.id}")
    for path in SHIPPED
    for rule in model_of(path).rules
    if of_its_own(path, rule)
]
WHOLE = [pytest.param(path, id=path.stem) for path in SHIPPED]


@pytest.fixture
def drawn(monkeypatch):
    """Return what a model draws: (replication, site, occurrence, index) → uniform."""
    kept = {}
    place = {}
    plain = World.uniform

    def uniform(self, site, occurrence, index=0):
        u = plain(self, site, occurrence, index)
        address = (place["replication"], site, occurrence, index)
        assert kept.setdefault(address, u) == u
        return u

    monkeypatch.setattr(World, "uniform", uniform)

    def draws(model):
        kept.clear()
        simulator = Simulator(model)
        digests = []
        for replication in range(REPLICATIONS):
            place["replication"] = replication
            digests.append(simulator.run(11, replication, trace=False).firing_digest)
        names = {key: name for name, key in model.sites.items()}
        return {(r, names[s], o, i): u for (r, s, o, i), u in kept.items()}, digests

    return draws


def changed(path, change):
    """Return the model of a shipped scenario after a change to its tree."""
    whole = read(path)
    tree = change(whole.tree)
    document, faults, broken = document_of(tree)
    assert not faults
    return compile_scenario(replace(whole, tree=tree, document=document, broken=broken))


def with_rules(tree, edit):
    """Return a tree whose rules are `edit` of its rules, a list of (key, node)."""
    entries = [
        (
            key,
            replace(node, entries=tuple(edit(list(node.entries)))) if key.text == "rules" else node,
        )
        for key, node in tree.entries
    ]
    return replace(tree, entries=tuple(entries))


def without_mentions(tree):
    """Return a tree without the results and expectations, which may name a rule."""
    return replace(
        tree, entries=tuple(e for e in tree.entries if e[0].text not in ("results", "expect"))
    )


def site_of(address):
    return address[1]


def belongs(address, rule):
    return site_of(address).startswith(f"rules.{rule}.")


def assert_alike(one, other):
    common = one.keys() & other.keys()
    assert {a: one[a] for a in common} == {a: other[a] for a in common}
    return common


@pytest.mark.parametrize(("path", "rule"), RULES)
def test_removing_a_rule_leaves_every_other_sites_numbers(drawn, path, rule):
    whole, _ = drawn(model_of(path))
    less, _ = drawn(
        changed(
            path,
            lambda tree: with_rules(
                without_mentions(tree), lambda rules: [r for r in rules if r[0].text != rule]
            ),
        )
    )
    assert not [a for a in less if belongs(a, rule)]
    common = assert_alike(whole, less)
    assert common


@pytest.mark.parametrize(("path", "rule"), RULES)
def test_putting_a_rule_first_or_last_leaves_every_sites_numbers(drawn, path, rule):
    whole, _ = drawn(model_of(path))
    for first in (True, False):

        def moved(rules, *, first=first):
            one = [r for r in rules if r[0].text == rule]
            rest = [r for r in rules if r[0].text != rule]
            return one + rest if first else rest + one

        other, _ = drawn(changed(path, lambda tree, moved=moved: with_rules(tree, moved)))
        assert assert_alike(whole, other)


@pytest.mark.parametrize(("path", "rule"), RULES)
def test_renaming_a_rule_with_its_stream_leaves_all_numbers_and_firings(drawn, path, rule):
    def renamed(rules):
        for key, node in rules:
            if key.text == rule:
                span = key.span
                stream = (Scalar("stream", span), Scalar(rule, span))
                yield (
                    Scalar("quite_another_name", span),
                    Mapping((*node.entries, stream), node.span),
                )
            else:
                yield key, node

    whole, digests = drawn(model_of(path))
    other, others = drawn(changed(path, lambda tree: with_rules(without_mentions(tree), renamed)))
    assert other == whole
    assert others == digests


@pytest.mark.parametrize(("path", "rule"), RULES)
def test_renaming_a_rule_without_its_stream_gives_it_new_numbers_and_no_other_rule(
    drawn, path, rule
):
    def renamed(rules):
        for key, node in rules:
            yield (Scalar("quite_another_name", key.span) if key.text == rule else key), node

    whole, _ = drawn(model_of(path))
    other, _ = drawn(changed(path, lambda tree: with_rules(without_mentions(tree), renamed)))
    assert not [a for a in other if belongs(a, rule)]
    assert_alike(whole, other)
    for (r, site, o, i), u in other.items():
        old = (r, site.replace("quite_another_name", rule), o, i)
        assert site == old[1] or whole.get(old) != u


NEW = b"""\
schema: 1
title: new rules
time: {horizon: 9h}
situation: {bystander: 0}
rules:
  aaa_new: {every: {uniform: [1h, 9h]}, chance: 0.5, after: {exponential: 5h}, do: {bystander: 1}}
  zzz_new: {rate: 0.3 / 1h, choose: {one: 1, two: {weight: 2, do: {bystander: bystander + 1}}}}
"""


@pytest.mark.parametrize("path", WHOLE)
def test_adding_rules_that_touch_nothing_leaves_all_numbers(drawn, path):
    added = load_scenario(path, data=NEW)

    def more(tree):
        entries = []
        for key, node in tree.entries:
            extra = added.tree.get(key.text)
            if key.text == "situation":
                entries.append((key, replace(node, entries=(*node.entries, *extra.entries))))
            elif key.text == "rules":
                first, last = extra.entries
                entries.append((key, replace(node, entries=(first, *node.entries, last))))
            else:
                entries.append((key, node))
        return replace(tree, entries=tuple(entries))

    whole, _ = drawn(model_of(path))
    other, _ = drawn(changed(path, more))
    mine = {a: u for a, u in other.items() if not (belongs(a, "aaa_new") or belongs(a, "zzz_new"))}
    assert mine == whole
    assert len(other) > len(mine)


@pytest.mark.parametrize("path", WHOLE)
def test_turning_the_rules_around_leaves_every_sites_numbers(drawn, path):
    whole, _ = drawn(model_of(path))
    other, _ = drawn(changed(path, lambda tree: with_rules(tree, lambda rules: rules[::-1])))
    assert assert_alike(whole, other)


@pytest.mark.parametrize("path", WHOLE)
def test_readings_of_a_scenario_share_their_numbers(drawn, path):
    whole, _ = drawn(model_of(path))
    for clause in model_of(path).clauses:
        for reading in clause.readings if of_its_own(path, clause) else ():
            other, _ = drawn(load(path, reading={clause.id: reading}))
            assert assert_alike(whole, other)


@pytest.mark.parametrize("path", WHOLE)
def test_every_draw_of_a_run_is_the_uniform_of_its_address(drawn, path):
    found, _ = drawn(model_of(path))
    assert found
    for (replication, site, occurrence, index), u in found.items():
        expected = uniform(site, occurrence, seed=11, replication=replication, index=index)
        assert u == expected, site


@pytest.mark.parametrize("path", WHOLE)
def test_whenever_a_party_is_asked_all_its_members_are_drawn(drawn, path):
    model = model_of(path)
    found, _ = drawn(model)
    for rule in model.rules:
        if rule.ask is None:
            continue
        members = {m.id for m in model.parties[rule.ask].members}
        asked = {}
        for replication, site, occurrence, _ in found:
            if site.startswith(f"{rule.site}.ask."):
                asked.setdefault((replication, occurrence), set()).add(site.rpartition(".")[2])
        assert all(names == members for names in asked.values())


VOTE = """
    parties: {{council: {{members: {{a: 0.9, b: {{joins: 0.6, weight: 3}}, c: 0.5}}}}}}
    situation: {{troops: 0}}
    rules:
      vote:
        every: 10h
        chance: {chance}
        ask: council
        choose: {{go: {{if: {agrees}, do: {{troops: troops + 1}}}}, otherwise: {{}}}}
      slow: {{on_change: troops, after: {{exponential: 5h}}, note: x}}
"""


@pytest.mark.parametrize(
    "agrees",
    [
        "council.a",
        "council.joined >= 2",
        "council.joined == council.size",
        "council.weight > 3",
        "false",
    ],
)
def test_the_voting_rule_does_not_change_what_the_members_draw(drawn, agrees):
    base, _ = drawn(scenario(VOTE.format(agrees="true", chance=1)))
    other, _ = drawn(scenario(VOTE.format(agrees=agrees, chance=1)))
    votes = [{a: u for a, u in d.items() if belongs(a, "vote")} for d in (base, other)]
    assert votes[0] == votes[1]
    assert len([a for a in votes[0] if "ask" in site_of(a)]) == 20 * 3 * REPLICATIONS
    assert_alike(base, other)


def test_a_failed_chance_shifts_no_vote_and_no_delay(drawn):
    base, _ = drawn(scenario(VOTE.format(agrees="true", chance=1)))
    other, _ = drawn(scenario(VOTE.format(agrees="true", chance=0.4)))
    common = assert_alike(base, other)
    assert (
        0
        < len([a for a in common if "ask" in site_of(a)])
        < len([a for a in base if "ask" in site_of(a)])
    )
    assert any(belongs(a, "slow") for a in common)
