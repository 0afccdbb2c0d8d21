"""The register of claims, the shipped one and broken ones, against loader and JSON Schema."""

import json
import re
from dataclasses import FrozenInstanceError
from pathlib import Path

import jsonschema
import pytest
import yaml

from escalation_sim import library
from escalation_sim.errors import ScenarioError
from escalation_sim.scenario.register import read_register
from tests.small_register import SMALL_REGISTER

SEEDS = library.folder("seeds")
SCHEMA = json.loads((SEEDS / "claims.schema.json").read_text("utf-8"))

SEED_CLAIMS = {
    "plan.drafted": "reported",
    "plan.agreed": "reported",
    "plan.first-24h": "reported",
    "plan.second-phase": "reported",
    "plan.coalition-members": "reported",
    "plan.third-phase": "reported",
    "ceasefire.demanded": "reported",
    "ru.no-ceasefire-first": "declared",
    "ru.rearm-regroup": "declared",
    "ru.root-causes": "declared",
    "ru.no-western-forces": "declared",
    "ru.foreign-intervention": "declared",
    "ru.legitimate-targets": "declared",
    "talks.abu-dhabi": "reported",
    "nato.arrive-after-deal": "declared",
    "nato.other-ways": "declared",
}


@pytest.fixture(scope="module")
def shipped():
    return read_register(SEEDS / "claims.yaml", "claims.yaml")


def read(tmp_path, text):
    path = tmp_path / "claims.yaml"
    path.write_text(text, "utf-8")
    return read_register(path, "claims.yaml")


def accepted_by_schema(text):
    return jsonschema.Draft202012Validator(SCHEMA).is_valid(yaml.safe_load(text))


def test_all_sixteen_statements_are_there_in_order_and_of_their_kind(shipped):
    assert {id_: claim.kind for id_, claim in shipped.claims.items()} == SEED_CLAIMS
    assert list(shipped.claims) == list(SEED_CLAIMS)


def test_the_plan_has_one_origin_of_three_links(shipped):
    origins = {c.origin for c in shipped.claims.values() if c.id.startswith("plan.")}
    assert origins == {"plan-sources"}
    assert shipped.origins["plan-sources"].chain == (
        "three unnamed people",
        "Financial Times",
        "the seed document",
    )


def test_every_chain_ends_at_the_document_we_read(shipped):
    assert {origin.chain[-1] for origin in shipped.origins.values()} == {"the seed document"}


def test_every_claim_says_why_it_is_graded_so_and_none_is_called_confirmed(shipped):
    for claim in shipped.claims.values():
        assert claim.grade_note, claim.id
        assert claim.grade.credibility > 1, claim.id


def test_all_eight_open_questions_are_left_open_by_some_claim(shipped):
    cited = {q for claim in shipped.claims.values() for q in claim.leaves_open}
    assert len(shipped.open_questions) == 8
    assert cited == set(shipped.open_questions)


def test_whoever_is_contested_contests(shipped):
    pairs = {(c.id, other) for c in shipped.claims.values() for other in c.contested_by}
    assert pairs
    assert pairs == {(b, a) for a, b in pairs}


def test_no_calendar_date_was_invented(shipped):
    told = [f"{c.statement} {c.by} {c.when}" for c in shipped.claims.values()]
    assert set(re.findall(r"\d+", " ".join(told))) == {"24", "72"}
    assert {c.when for c in shipped.claims.values()} == {
        "",
        "an article on a Tuesday",
        "meetings in December and January",
        "a Monday",
        "a Tuesday",
        "a Wednesday and a Thursday",
        "last September",
    }


def test_the_first_line_names_the_schema_and_the_schema_accepts_the_file():
    text = (SEEDS / "claims.yaml").read_text("utf-8")
    assert text.startswith("# yaml-language-server: $schema=claims.schema.json\n")
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    jsonschema.validate(yaml.safe_load(text), SCHEMA, jsonschema.Draft202012Validator)


def test_a_claim_knows_its_line_and_its_grade_reads_as_two_signs(tmp_path):
    register = read(tmp_path, SMALL_REGISTER)
    claim = register.claims["plan.first"]
    assert claim.span.where == "claims.yaml:8"
    assert str(claim.grade) == "C3"
    assert claim.contested
    assert not register.claims["side.no"].contested
    assert (claim.when, register.claims["side.no"].when) == ("", "a Monday")


def test_a_register_cannot_be_changed(tmp_path):
    register = read(tmp_path, SMALL_REGISTER)
    with pytest.raises(TypeError):
        register.claims["plan.more"] = register.claims["plan.first"]
    with pytest.raises(FrozenInstanceError):
        register.claims["plan.first"].kind = "declared"


def test_an_unknown_id_is_answered_with_the_nearest_or_with_all(tmp_path):
    register = read(tmp_path, SMALL_REGISTER)
    assert register.unknown("plan.frist") == "did you mean `plan.first`?"
    assert register.unknown("zzz") == "claims in claims.yaml are `plan.first`, `side.no`"


# what is replaced, by what; the headline; whether the JSON Schema sees it too
BAD = {
    "unknown key": (
        "    by: two people",
        "    by: two people\n    whn: a Monday",
        "claims.yaml:10:5: error[unknown-key]: `whn` is not a key of `plan.first`",
        "did you mean `when`?",
        True,
    ),
    "unknown top key": (
        "title:",
        "abuot: a\ntitle:",
        "claims.yaml:2:1: error[unknown-key]: `abuot` is not a key of a register",
        "did you mean `about`?",
        True,
    ),
    "missing key": (
        "    by: two people\n",
        "",
        "claims.yaml:8:3: error[missing-key]: `plan.first` lacks `by`",
        "",
        True,
    ),
    "bad kind": (
        "kind: reported",
        "kind: rumoured",
        "claims.yaml:11:11: error[unknown-word]: `rumoured` is no kind",
        "one of `reported`, `declared`",
        True,
    ),
    "bad reliability": (
        "reliability: C",
        "reliability: G",
        "claims.yaml:13:26: error[unknown-word]: `G` is no reliability",
        "one of `A`, `B`, `C`, `D`, `E`, `F`",
        True,
    ),
    "bad credibility": (
        "credibility: 3",
        "credibility: 0",
        "claims.yaml:13:42: error[unknown-word]: `0` is no credibility",
        "one of `1`, `2`, `3`, `4`, `5`, `6`",
        True,
    ),
    "quoted credibility": (
        "credibility: 3",
        "credibility: '3'",
        "claims.yaml:13:42: error[unknown-word]: `3` in quotes is no credibility",
        "write `3`",
        True,
    ),
    "grade in one word": (
        "grade: {reliability: C, credibility: 3}",
        "grade: C3",
        "claims.yaml:13:12: error[wrong-type]: `grade` is not a map",
        "keys are `reliability`, `credibility`",
        True,
    ),
    "bad id": (
        "  plan.first:",
        "  Plan:",
        "claims.yaml:8:3: error[bad-id]: `Plan` is not an id in `claims`",
        "lower case, in parts joined by dots, as in `plan.first-24h`",
        True,
    ),
    "no list": (
        "leaves_open: [how-long]",
        "leaves_open: how-long",
        "claims.yaml:14:18: error[wrong-type]: `leaves_open` is not a list",
        "write `[…]`",
        True,
    ),
    "empty text": (
        "by: two people",
        "by: ' '",
        "claims.yaml:9:9: error[empty-text]: `by` is empty",
        "say it, or drop the key",
        True,
    ),
    "number for a text": (
        "by: two people",
        "by: 2",
        "claims.yaml:9:9: error[wrong-type]: `by` is not a text",
        "put it in quotes",
        True,
    ),
    "map for a text": (
        "by: two people",
        "by: {two: people}",
        "claims.yaml:9:9: error[wrong-type]: `by` is not a text",
        "",
        True,
    ),
    "empty chain": (
        "chain: [two people, a paper]",
        "chain: []",
        "claims.yaml:4:33: error[empty-list]: `chain` is empty",
        "name who said it first",
        True,
    ),
    "cited twice": (
        "contested_by: [side.no]",
        "contested_by: [side.no, side.no]",
        "claims.yaml:15:29: error[duplicate]: `side.no` is cited twice",
        "",
        True,
    ),
    "no claims": (
        SMALL_REGISTER[SMALL_REGISTER.index("claims:") :],
        "claims: none",
        "claims.yaml:7:9: error[wrong-type]: `claims` is not a map of ids",
        "",
        True,
    ),
    "other version": (
        "schema: 1",
        "schema: 2",
        "claims.yaml:1:9: error[unknown-word]: `2` is no schema",
        "one of `1`",
        True,
    ),
    "unknown origin": (
        "origin: paper",
        "origin: papper",
        "claims.yaml:12:13: error[unknown-origin]: `papper` is not in `origins`",
        "did you mean `paper`?",
        False,
    ),
    "unknown question": (
        "leaves_open: [how-long]",
        "leaves_open: [how-lnog]",
        "claims.yaml:14:19: error[unknown-question]: `how-lnog` is not in `open_questions`",
        "did you mean `how-long`?",
        False,
    ),
    "unknown claim": (
        "contested_by: [side.no]",
        "contested_by: [side.yes]",
        "claims.yaml:15:20: error[unknown-claim]: `side.yes` is not in `claims`",
        "did you mean `side.no`?",
        False,
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_loader_and_schema_agree_on_a_bad_register(tmp_path, case):
    old, new, headline, hint, seen_by_schema = BAD[case]
    assert old in SMALL_REGISTER
    text = SMALL_REGISTER.replace(old, new, 1)
    with pytest.raises(ScenarioError) as caught:
        read(tmp_path, text)
    problem = caught.value.diagnostics[0]
    assert (problem.headline, problem.help) == (headline, hint)
    assert accepted_by_schema(text) is not seen_by_schema


def test_loader_and_schema_agree_on_a_good_register(tmp_path):
    assert len(read(tmp_path, SMALL_REGISTER).claims) == 2
    assert accepted_by_schema(SMALL_REGISTER)


def test_all_problems_are_reported_at_once_in_the_order_of_the_text(tmp_path):
    text = SMALL_REGISTER.replace("kind: reported", "kind: heard").replace("when: a", "wen: a")
    text = text.replace("chain: [two people, a paper]", "chain: []")
    with pytest.raises(ScenarioError) as caught:
        read(tmp_path, text)
    found = [(d.code, d.span.line) for d in caught.value.diagnostics]
    assert found == [("empty-list", 4), ("unknown-word", 11), ("unknown-key", 24)]


def test_an_id_used_twice_is_an_error_at_the_second(tmp_path):
    with pytest.raises(ScenarioError) as caught:
        read(tmp_path, SMALL_REGISTER.replace("  side.no:", "  plan.first:"))
    assert caught.value.diagnostics[0].span.line == 16


def test_a_register_that_is_not_there_is_an_error_not_a_traceback():
    with pytest.raises(ScenarioError):
        read_register(Path("no/such/claims.yaml"), "no/such/claims.yaml")
