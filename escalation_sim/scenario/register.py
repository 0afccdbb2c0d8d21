"""The register of claims: who said what, how far it carries, and what it leaves open.

A scenario cites claims by id; what a cited claim is (reported or declared) is decided here and
nowhere else. `seeds/README.md` describes the file.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal, TypeVar, cast

from escalation_sim.diagnostics import Diagnostic, in_order, one_of, suggest
from escalation_sim.errors import ScenarioError
from escalation_sim.source import tree
from escalation_sim.source.reader import load
from escalation_sim.source.wording import shown as in_ticks

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from escalation_sim.location import Span

Kind = Literal["reported", "declared"]
Entry = TypeVar("Entry")

VERSIONS = ("1",)
KINDS = ("reported", "declared")
RELIABILITY = ("A", "B", "C", "D", "E", "F")
CREDIBILITY = ("1", "2", "3", "4", "5", "6")

_CLAIM_ID = re.compile(r"[a-z][a-z0-9_-]*(\.[a-z0-9][a-z0-9_-]*)+\Z")
_WORD = re.compile(r"[a-z][a-z0-9_-]*\Z")
_ID_HELP = {
    _CLAIM_ID: "lower case, in parts joined by dots, as in `plan.first-24h`",
    _WORD: "lower case, digits, `-` and `_`, a letter first",
}
_UNKNOWN = {
    "origins": "unknown-origin",
    "open_questions": "unknown-question",
    "claims": "unknown-claim",
}


@dataclass(frozen=True, slots=True)
class Grade:
    """The Admiralty code; of an origin and a statement, never of a forecast."""

    reliability: str
    credibility: int

    def __str__(self) -> str:
        return f"{self.reliability}{self.credibility}"


@dataclass(frozen=True, slots=True)
class Origin:
    """The first who said it, and the `chain` by which it reached us; repeating adds no origin."""

    id: str
    name: str
    chain: tuple[str, ...]
    when: str
    note: str
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Question:
    """Something the source does not settle, so that a scenario must assume it."""

    id: str
    text: str
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Claim:
    """One statement, in our own words; `when` and `grade_note` may be empty."""

    id: str
    by: str
    statement: str
    kind: Kind
    origin: str
    grade: Grade
    grade_note: str
    leaves_open: tuple[str, ...]
    contested_by: tuple[str, ...]
    when: str
    span: Span = field(compare=False, repr=False)

    @property
    def contested(self) -> bool:
        """Whether another claim of the register speaks against this one."""
        return bool(self.contested_by)


@dataclass(frozen=True, slots=True)
class Register:
    """All claims of one file in its order; `name` is the file as shown to the user."""

    name: str
    title: str
    about: str
    origins: Mapping[str, Origin]
    open_questions: Mapping[str, Question]
    claims: Mapping[str, Claim]

    def unknown(self, claim_id: str) -> str:
        """Return the help for an id that is not in the register: the nearest one, or all."""
        return suggest(claim_id, self.claims, f"claims in {self.name} are")


def read_register(path: Path, shown: str) -> Register:
    """Read a register; raise `ScenarioError` with every problem found in it.

    `shown` is the path as messages show it.
    """
    root, file, _ = load(path, shown)
    check = _Check()
    top = check.record(
        root,
        "a register",
        required=("schema", "title", "origins", "claims"),
        optional=("about", "open_questions"),
    )
    check.word(top.get("schema"), "schema", VERSIONS, quoted=False)
    title = check.text(top.get("title"), "title")
    about = check.text(top.get("about"), "about")
    origins = check.entries(top.get("origins"), "origins", _WORD, check.origin)
    questions = check.entries(top.get("open_questions"), "open_questions", _WORD, check.question)
    claims = check.entries(top.get("claims"), "claims", _CLAIM_ID, check.claim)
    check.references()
    if check.problems:
        raise ScenarioError(in_order(check.problems))
    return Register(
        name=file.name,
        title=title,
        about=about,
        origins=MappingProxyType(origins),
        open_questions=MappingProxyType(questions),
        claims=MappingProxyType(claims),
    )


class _Check:
    """Takes the tree apart and notes what is wrong; what it returns is used only if nothing is."""

    def __init__(self) -> None:
        self.problems: list[Diagnostic] = []
        self._ids: dict[str, tuple[str, ...]] = {}
        self._cited: list[tuple[str, tree.Scalar]] = []

    def origin(self, key: tree.Scalar, node: tree.Node) -> Origin:
        """Read one entry of `origins`."""
        got = self.record(
            node, f"`{key.text}`", required=("name", "chain"), optional=("when", "note"), at=key
        )
        chain = self.listing(got.get("chain"), "chain")
        if not chain and isinstance(got.get("chain"), tree.Listing):
            self.problem(
                "empty-list", "`chain` is empty", got["chain"].span, "name who said it first"
            )
        return Origin(
            id=key.text,
            name=self.text(got.get("name"), "name"),
            chain=tuple(self.text(item, "chain") for item in chain),
            when=self.text(got.get("when"), "when"),
            note=self.text(got.get("note"), "note"),
            span=key.span,
        )

    def question(self, key: tree.Scalar, node: tree.Node) -> Question:
        """Read one entry of `open_questions`."""
        return Question(key.text, self.text(node, key.text), key.span)

    def claim(self, key: tree.Scalar, node: tree.Node) -> Claim:
        """Read one entry of `claims`."""
        got = self.record(
            node,
            f"`{key.text}`",
            required=("by", "statement", "kind", "origin", "grade", "leaves_open", "contested_by"),
            optional=("grade_note", "when"),
            at=key,
        )
        origin = got.get("origin")
        return Claim(
            id=key.text,
            by=self.text(got.get("by"), "by"),
            statement=self.text(got.get("statement"), "statement"),
            kind=cast("Kind", self.word(got.get("kind"), "kind", KINDS)),
            origin="".join(self.cite("origins", [origin] if origin else [])),
            grade=self.grade(got.get("grade")),
            grade_note=self.text(got.get("grade_note"), "grade_note"),
            leaves_open=self.cite(
                "open_questions", self.listing(got.get("leaves_open"), "leaves_open")
            ),
            contested_by=self.cite("claims", self.listing(got.get("contested_by"), "contested_by")),
            when=self.text(got.get("when"), "when"),
            span=key.span,
        )

    def grade(self, node: tree.Node | None) -> Grade:
        """Read a grade; the two letters of the code are checked apart."""
        got = self.record(node, "`grade`", required=("reliability", "credibility"))
        reliability = self.word(got.get("reliability"), "reliability", RELIABILITY)
        credibility = self.word(got.get("credibility"), "credibility", CREDIBILITY, quoted=False)
        return Grade(reliability, int(credibility or 6))

    def references(self) -> None:
        """Note every cited id that the register does not hold."""
        for section, cited in self._cited:
            known = self._ids.get(section, ())
            if cited.text not in known:
                self.problem(
                    _UNKNOWN[section],
                    f"{in_ticks(cited.text)} is not in `{section}`",
                    cited.span,
                    suggest(cited.text, known, "there are") or f"`{section}` is empty",
                )

    def cite(self, section: str, nodes: Sequence[tree.Node]) -> tuple[str, ...]:
        """Read ids from another section, to be looked up when all sections are read."""
        found: list[str] = []
        for node in nodes:
            word = self.text(node, "an id")
            if word in found:
                self.problem("duplicate", f"{in_ticks(word)} is cited twice", node.span)
            elif word and isinstance(node, tree.Scalar):
                found.append(word)
                self._cited.append((section, node))
        return tuple(found)

    def entries(
        self,
        node: tree.Node | None,
        section: str,
        pattern: re.Pattern[str],
        read: Callable[[tree.Scalar, tree.Node], Entry],
    ) -> dict[str, Entry]:
        """Read a map of ids to entries."""
        if node is None:
            return {}
        if not isinstance(node, tree.Mapping):
            self.problem("wrong-type", f"`{section}` is not a map of ids", node.span)
            return {}
        self._ids[section] = tuple(node.keys())
        for key, _ in node:
            if not pattern.match(key.text):
                self.problem(
                    "bad-id",
                    f"{in_ticks(key.text)} is not an id in `{section}`",
                    key.span,
                    _ID_HELP[pattern],
                )
        return {key.text: read(key, entry) for key, entry in node}

    def record(
        self,
        node: tree.Node | None,
        what: str,
        required: Sequence[str],
        optional: Sequence[str] = (),
        at: tree.Scalar | None = None,
    ) -> dict[str, tree.Node]:
        """Read a map with fixed keys; note the unknown and the missing ones."""
        if node is None:
            return {}
        place = (at or node).span
        known = (*required, *optional)
        if not isinstance(node, tree.Mapping):
            self.problem("wrong-type", f"{what} is not a map", place, f"keys are {one_of(known)}")
            return {}
        for key, _ in node:
            if key.text not in known:
                self.problem(
                    "unknown-key",
                    f"{in_ticks(key.text)} is not a key of {what}",
                    key.span,
                    suggest(key.text, known, "keys are"),
                )
        missing = [name for name in required if node.get(name) is None]
        if missing:
            self.problem("missing-key", f"{what} lacks {one_of(missing)}", place)
        return {key.text: value for key, value in node}

    def listing(self, node: tree.Node | None, what: str) -> tuple[tree.Node, ...]:
        """Read a list; a missing one is empty."""
        if isinstance(node, tree.Listing):
            return node.items
        if node is not None:
            self.problem("wrong-type", f"`{what}` is not a list", node.span, "write `[…]`")
        return ()

    def text(self, node: tree.Node | None, what: str) -> str:
        """Read a text that says something; a missing one is empty."""
        if node is None:
            return ""
        if not isinstance(node, tree.Scalar):
            self.problem("wrong-type", f"`{what}` is not a text", node.span)
        elif node.is_null or not node.text.strip():
            self.problem("empty-text", f"`{what}` is empty", node.span, "say it, or drop the key")
        elif node.flag is not None or node.number is not None:
            self.problem("wrong-type", f"`{what}` is not a text", node.span, "put it in quotes")
        else:
            return node.text.strip()
        return ""

    def word(
        self, node: tree.Node | None, what: str, words: Sequence[str], *, quoted: bool = True
    ) -> str:
        """Read one of a few words, or numbers (not `quoted`); a missing one is empty."""
        if node is None:
            return ""
        if not isinstance(node, tree.Scalar):
            self.problem("wrong-type", f"`{what}` is not a word", node.span, _choice(words))
        elif node.text not in words:
            text = in_ticks(node.text)
            self.problem("unknown-word", f"{text} is no {what}", node.span, _choice(words))
        elif not (quoted or node.plain):
            text = in_ticks(node.text)
            message = f"{text} in quotes is no {what}"
            self.problem("unknown-word", message, node.span, f"write {text}")
        else:
            return node.text
        return ""

    def problem(self, code: str, message: str, span: Span, help_: str = "") -> None:
        """Note one problem."""
        self.problems.append(Diagnostic(code, message, span, help_))


def _choice(words: Sequence[str]) -> str:
    return f"one of {one_of(words)}"
