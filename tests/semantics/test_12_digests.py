"""Point 12: two digests. See also test_golden_digests for processes, locales and hash seeds."""

import copy
import pickle
from concurrent.futures import ProcessPoolExecutor
from itertools import pairwise
from multiprocessing import get_context

import pytest

from escalation_sim.chance import address
from escalation_sim.chance.address import site_key
from escalation_sim.engine.simulate import Simulator
from escalation_sim.trace.records import digest_of, read_lines, write_lines
from escalation_sim.workbench import load
from tests.support import SHIPPED, family, run, scenario, told

TEXT = """
    parties: {council: {members: {a: 0.9, b: 0.5}}}
    situation: {x: 0, open_: false}
    clocks: {c: {while: open_, lull: 2h}}
    rules:
      beat:  {every: {uniform: [1h, 9h]}, chance: 0.8, do: {x: x + 1, open_: not open_}}
      flow:  {when: open_, rate: 0.3 / 1h, do: {x: x + 1}}
      vote:  {on_change: x, after: {exponential: 5h}, ask: council,
          choose: {go: {if: council.joined == 2}, stay: {}}}
      read:  {when: c >= 3h, choose: {left: 1, right: 2}}
"""


def digests(model, replications, *, trace=True):
    simulator = Simulator(model)
    found = {}
    for replication in replications:
        played = simulator.run(1, replication, trace=trace)
        found[replication] = (played.firing_digest, played.trace_digest)
    return found


def test_the_firing_digest_folds_tick_rule_occurrence_and_option():
    played = run(TEXT)
    digest = address.EMPTY_DIGEST
    for record in told(played, "fired"):
        option = record.data.get("option")
        digest = address.fold(
            digest,
            record.tick,
            site_key(record.about),
            record.data["occurrence"],
            site_key(f"option.{option}") if option else 0,
        )
    assert played.firing_digest == f"{digest:016x}"


def test_a_run_in_which_nothing_fires_has_the_empty_digest():
    played = run("situation: {x: false}\nrules: {r: {when: x, note: x}}")
    assert played.firing_digest == f"{address.EMPTY_DIGEST:016x}"


def test_the_firing_digest_is_the_same_with_and_without_a_trace():
    model = scenario(TEXT)
    traced, plain = digests(model, range(5)), digests(model, range(5), trace=False)
    assert [d for d, _ in traced.values()] == [d for d, _ in plain.values()]
    assert {t for _, t in plain.values()} == {""}
    assert len({d for d, _ in traced.values()}) == 5


def test_the_trace_digest_is_that_of_the_header_and_the_records():
    played = run(TEXT)
    assert played.trace_digest == digest_of(played.header(), played.records)


def test_a_trace_that_was_written_and_read_has_the_digest_it_had():
    played = run(TEXT)
    header, records = read_lines(write_lines(played.header(), played.records))
    assert digest_of(header, records) == played.trace_digest
    assert len(records) == len(played.records)


def test_digests_do_not_depend_on_the_order_or_the_chunks_of_the_work():
    model = scenario(TEXT)
    whole = digests(model, range(12))
    backwards = digests(model, reversed(range(12)))
    chunks = {**digests(model, range(6, 12)), **digests(model, range(6))}
    alone = {r: digests(model, [r])[r] for r in range(12)}
    assert whole == backwards == chunks == alone


def test_digests_do_not_depend_on_the_workers():
    model = scenario(TEXT)
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        parts = list(pool.map(digests, [model] * 4, [range(i, 12, 4) for i in range(4)]))
    assert {k: v for part in parts for k, v in part.items()} == digests(model, range(12))


def test_a_model_that_was_pickled_gives_the_same_digests():
    model = scenario(TEXT)
    assert digests(pickle.loads(pickle.dumps(model)), range(3)) == digests(model, range(3))  # noqa: S301
    assert digests(copy.deepcopy(model), range(3)) == digests(model, range(3))


def test_the_same_bytes_give_the_same_digests_in_any_folder(tmp_path):
    text = (
        "schema: 1\n"
        "title: a test\n"
        "time: {horizon: 9h, tick: 1h}\n"
        "rules: {r: {every: {uniform: [1h, 2h]}, note: x}}"
    )
    found = []
    for name in ("one", "another"):
        (tmp_path / name).mkdir()
        model = family(tmp_path / name, test=text)
        found.append((model.hash, digests(model, range(3))))
    assert found[0] == found[1]


def test_another_seed_replication_delay_or_option_gives_another_digest():
    text = "rules: {r: {when: true, after: {uniform: [1h, 99h]}, choose: {a: {if: true}, b: {}}}}"
    base = run(text).firing_digest
    assert base == run(text).firing_digest
    others = [
        run(text, seed=2), run(text, replication=1), run(text.replace("99h", "98h")),
        run(text.replace("if: true", "if: false")), run(text.replace("{r:", "{q:")),
    ]  # fmt: skip
    assert base not in [o.firing_digest for o in others]


def test_what_nobody_can_see_fire_changes_no_firing_digest():
    # a rule that never fires, a label, a comment: the same firings, the same digest
    text = "situation: {x: false}\nrules: {r: {every: 9h, note: x}%s}"
    plain = run(text % "")
    more = run(text % ", never: {when: x, note: x, label: never}" + "\n# a comment")
    assert plain.firing_digest == more.firing_digest
    assert plain.trace_digest != more.trace_digest


@pytest.mark.parametrize("path", SHIPPED, ids=lambda p: p.stem)
def test_shipped_scenarios_give_the_same_digests_when_run_twice(path):
    model = load(path)
    assert digests(model, range(3)) == digests(load(path), range(3))
    assert [d for d, _ in digests(model, range(3)).values()] == [
        d for d, _ in digests(model, range(3), trace=False).values()
    ]


def test_ties_results_and_ends_do_not_depend_on_what_ran_before():
    simulator = Simulator(scenario(TEXT))
    first = [simulator.run(1, r) for r in range(6)]
    again = [simulator.run(1, r) for r in reversed(range(6))][::-1]
    for one, other in zip(first, again, strict=True):
        assert (one.records, one.ties, one.results, one.stays, one.clocks, one.pending) == (
            other.records, other.ties, other.results, other.stays, other.clocks, other.pending,
        )  # fmt: skip
    assert all(a.records != b.records for a, b in pairwise(first))
