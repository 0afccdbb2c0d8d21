"""One tree laid over another: what a child file and changes from outside come down to."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from escalation_sim.scenario.load import content
from escalation_sim.scenario.merge import in_full, inherited, overlay
from escalation_sim.source.reader import loads
from escalation_sim.source.tree import at


def tree(text, name="base"):
    return in_full(loads(text.encode(), name)[0])


def merged(base, child):
    found = []
    result = overlay(tree(base), tree(child, "child"), found)
    return content(result), found


def test_maps_merge_by_key_and_keep_the_order_of_the_parent():
    result, found = merged(
        "rules: {a: {when: x, note: one}, b: {when: y, note: two}}",
        "rules: {c: {when: z, note: three}, b: {note: new}, a: {after: 3h}}",
    )
    assert found == []
    assert list(result["rules"]) == ["a", "b", "c"]
    assert result["rules"]["a"] == {"when": "x", "note": "one", "after": "3h"}
    assert result["rules"]["b"] == {"when": "y", "note": "new"}


@pytest.mark.parametrize(
    ("base", "child", "expected"),
    [
        ("ladders: {l: {rungs: [a, b]}}", "ladders: {l: {rungs: [c, d]}}", {"rungs": ["c", "d"]}),
        ("script: {1h: {x: 1, y: 1}}", "script: {1h: {x: 2}}", {"x": "2"}),
        ("rules: {r: {do: {x: 1, y: 1}}}", "rules: {r: {do: {x: 2}}}", {"do": {"x": "2"}}),
        (
            "rules: {r: {choose: {a: 1, b: 2}}}",
            "rules: {r: {choose: {c: 3}}}",
            {"choose": {"c": {"weight": "3"}}},
        ),
    ],
    ids=["lists", "script entries", "effects", "options"],
)
def test_some_things_are_replaced_as_a_whole(base, child, expected):
    result, _ = merged(base, child)
    (section,) = result.values()
    (entry,) = section.values()
    assert entry == expected


@pytest.mark.parametrize(
    ("base", "child", "expected"),
    [
        ("definitions: {d: x}", "definitions: {d: {readings: {}}}", {"readings": {}}),
        ("definitions: {d: {readings: {a: x}}}", "definitions: {d: y}", {"when": "y"}),
        ("parameters: {p: 3h}", "parameters: {p: {exponential: 4h}}", {"exponential": "4h"}),
        ("parameters: {p: {exponential: 4h, mean: 5h}}", "parameters: {p: 3h}", {"value": "3h"}),
        ("parameters: {p: {exponential: 4h}}", "parameters: {p: {mean: 5h}}",
         {"exponential": "4h", "mean": "5h"}),
        ("situation: {s: [a, b]}", "situation: {s: {like: t}}", {"like": "t"}),
        ("situation: {s: {draw: {uniform: [0, 1]}}}", "situation: {s: 3}", {"starts": "3"}),
        ("clocks: {c: {while: x}}", "clocks: {c: {from: y}}", {"from": "y"}),
        ("clocks: {c: {from: x, until: y}}", "clocks: {c: {while: z}}", {"while": "z"}),
        ("rules: {r: {do: {x: 1}}}", "rules: {r: {choose: {}}}", {"choose": {}}),
        ("results: {r: {total: x}}", "results: {r: {count: y}}", {"count": "y"}),
    ],
)  # fmt: skip
def test_one_way_of_saying_it_replaces_the_other(base, child, expected):
    result, found = merged(base, child)
    (section,) = result.values()
    (entry,) = section.values()
    assert entry == expected
    assert found == []


def test_null_removes_and_removing_nothing_is_reported_where_it_is_written():
    result, found = merged(
        "rules: {a: {when: x, note: one}, b: {when: y}}\noutcomes: {o: x}",
        "rules: {a: {note: null, nte: null}, b: null, c: null}\noutcomes: null\nclocks: null",
    )
    assert result == {"rules": {"a": {"when": "x"}}}
    assert [(d.code, d.span.where, d.help) for d in found] == [
        ("nothing-to-remove", "child:1", "there are `when`"),
        ("nothing-to-remove", "child:1", "there are `a`"),
        ("nothing-to-remove", "child:3", "there are `rules`"),
    ]


@pytest.mark.parametrize(
    ("change", "kept"),
    [
        ("{value: 3h}", True),
        ("{value: 4h}", False),
        ("{value: 4h, claim: other.claim}", "other.claim"),
        ("{label: words, short: w, why: because, range: [1h, 9h]}", True),
        ("{exponential: 3h}", False),
        ("{mean: 3h}", False),
        ("4h", False),
    ],
)
def test_a_changed_value_without_a_claim_drops_the_claim(change, kept):
    result, _ = merged(
        "parameters: {p: {value: 3h, claim: a.claim}}", f"parameters: {{p: {change}}}"
    )
    claim = result["parameters"]["p"].get("claim")
    assert claim == ({True: "a.claim", False: None}[kept] if isinstance(kept, bool) else kept)


def test_a_child_speaks_for_itself_in_title_about_and_expectations():
    base = tree("title: one\nabout: this\nextends: other.yaml\nexpect: {e: {never: x}}\nschema: 1")
    assert content(inherited(base)) == {"schema": "1"}


def test_every_piece_keeps_the_place_it_was_written_at():
    base = tree("rules:\n  a: {when: x, note: one}")
    result = overlay(base, tree("rules:\n\n  a: {note: two}\n  b: {when: y}", "child"), [])
    rules = result.get("rules")
    assert rules.get("a").get("when").span.where == "base:2"
    assert rules.get("a").get("note").span.where == "child:3"
    assert rules.key("b").span.where == "child:4"
    assert rules.get("a").span.where == "child:3"


def test_short_forms_are_written_in_full_at_their_own_place():
    full = tree(
        "parameters: {p: 3h}\nsituation: {s: [a, b], f: true}\nparties: {c: {members: {m: 0.5}}}"
    )
    assert content(full) == {
        "parameters": {"p": {"value": "3h"}},
        "situation": {"s": {"levels": ["a", "b"]}, "f": {"starts": "true"}},
        "parties": {"c": {"members": {"m": {"joins": "0.5"}}}},
    }
    assert at(full, ("parameters", "p", "value")).span.column == 17


entries = st.dictionaries(
    st.sampled_from(["when", "note", "after", "do", "choose", "claim", "why"]),
    st.sampled_from(["x", "3h", "{x: 1}", "{a: 1, b: 2}", "[one, two]"]),
    max_size=5,
)
sections = st.dictionaries(st.sampled_from(["a", "b", "c"]), entries, max_size=3)
documents = st.dictionaries(
    st.sampled_from(["rules", "definitions", "parameters", "script"]),
    sections,
    min_size=1,
    max_size=3,
)


def written(document):
    return "\n".join(
        f"{section}: {{{', '.join(f'{k}: {{{_flow(e)}}}' for k, e in entries.items())}}}"
        for section, entries in document.items()
    )


def _flow(entry):
    return ", ".join(f"{key}: {value}" for key, value in entry.items())


@given(documents)
@settings(max_examples=150, deadline=None, derandomize=True)
def test_laying_a_file_over_itself_changes_nothing(document):
    base = tree(written(document))
    found = []
    assert content(overlay(base, base, found)) == content(base)
    assert found == []


@given(documents, documents)
@settings(max_examples=150, deadline=None, derandomize=True)
def test_what_the_child_says_holds_and_what_it_does_not_mention_stays(base, child):
    result, found = merged(written(base), written(child))
    assert found == []
    said, before = content(tree(written(child))), content(tree(written(base)))
    for section, given_entries in said.items():
        for id_, entry in given_entries.items():
            for key, value in entry.items() if section != "script" else ():
                if not isinstance(value, dict) or (key in ("do", "choose") and section == "rules"):
                    assert result[section][id_][key] == value
    for section, old in before.items():
        for id_, entry in old.items():
            if id_ not in said.get(section, {}):
                assert result[section][id_] == entry
