"""From PyYAML's events to the tree, under rules stricter than YAML's.

One pass without recursion. Only the pure Python parser is used: its messages are the same on all
platforms, and the C parser dies of deep nesting.
"""

from __future__ import annotations

import re
import sys
from bisect import bisect_right
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

import yaml

from escalation_sim.diagnostics import Diagnostic, in_order, suggest
from escalation_sim.errors import ScenarioError
from escalation_sim.location import SourceFile, Span, start_of
from escalation_sim.source import checks, limits, syntax
from escalation_sim.source.brackets import Cut
from escalation_sim.source.tree import Listing, Mapping, Node, Scalar
from escalation_sim.source.wording import shown

if TYPE_CHECKING:
    from collections.abc import Iterator

_LINE_END = re.compile("\r\n|\r|\n")
_ANCHOR_OR_TAG = re.compile(r"(?:&[0-9A-Za-z_-]+|![^\s]*|#[^\r\n]*|\s+)*")
_LONG_ESCAPE = re.compile(r"\\U([0-9a-fA-F]{8})")
_TAG = re.compile(r"(?:&[0-9A-Za-z_-]+|\s+)*(![^\s]*)")
_ESCAPED = (
    ArithmeticError, AssertionError, AttributeError, LookupError, RecursionError, TypeError,
    ValueError,
)  # fmt: skip
"""What PyYAML lets out beside its own errors, such as ValueError for the escape `\\U00110000`."""


class _LimitError(Exception):
    """Reading stops here; the reason is among the problems."""


@dataclass(slots=True)
class _Open:
    """A mapping or list whose end has not been read yet."""

    start: int
    flow: bool
    anchor: str | None
    counted: int
    cut: Cut
    is_key: bool = False
    is_mapping: bool = False
    end: int = 0
    height: int = 1
    items: list[Node] = field(default_factory=list)
    entries: list[tuple[Scalar, Node]] = field(default_factory=list)
    seen: dict[str, Span] = field(default_factory=dict)
    key: Scalar | None = None
    quiet: bool = False
    """Whether the value of this key is part of a problem reported already."""


@dataclass(frozen=True, slots=True)
class _Kept:
    """A complete node with an anchor, its number of values once expanded, and its height."""

    node: Node
    size: int
    height: int


class _Mark(Protocol):
    index: int


def _index(mark: _Mark | None) -> int:
    return mark.index if mark else 0


class Builder:
    """Builds the tree of one text; made for one use."""

    def __init__(self, text: str, file: SourceFile) -> None:
        self._text = text
        self._file = file
        self._starts = [0, *(match.end() for match in _LINE_END.finditer(text))]
        self._problems: list[Diagnostic] = []
        self._stack: list[_Open] = []
        self._anchors: dict[str, Span] = {}
        self._kept: dict[str, _Kept] = {}
        self._root: Node | None = None
        self._last: Scalar | None = None
        self._read_to = 0
        self._documents = 0
        self._counted = 0

    def build(self) -> Mapping:
        """Return the root mapping, or raise ScenarioError with all problems in order."""
        complete = False
        try:
            for event in self._events():
                self._take(event)
                complete = isinstance(event, yaml.StreamEndEvent)
            if complete:
                self._check_root()
        except _LimitError:
            pass
        if self._problems or not isinstance(self._root, Mapping):
            raise ScenarioError(in_order(self._problems))
        return self._root

    def _events(self) -> Iterator[yaml.Event]:
        """Yield PyYAML's events; a syntax error is reported and ends them."""
        try:
            yield from yaml.parse(self._text, Loader=yaml.SafeLoader)
        except yaml.YAMLError as error:
            found = syntax.diagnose(error, self._file, self._last, self._bracket())
        except _ESCAPED:
            found = self._bad_escape()
        else:
            return
        for here in reversed(self._stack):
            cut = here.cut.ended()
            if cut:
                found = cut
                break
        self._report(found)

    def _bad_escape(self) -> Diagnostic:
        """Return the problem of an escape that is no character; PyYAML does not say where."""
        for match in _LONG_ESCAPE.finditer(self._text, self._read_to):
            if int(match.group(1), 16) > sys.maxunicode:
                return syntax.no_character(self._span(*match.span()), match.group())
        return syntax.unknown(self._span(self._read_to, self._read_to))

    def _take(self, event: yaml.Event) -> None:
        match event:
            case yaml.ScalarEvent():
                self._scalar(event)
            case yaml.AliasEvent():
                self._alias(event)
            case yaml.MappingStartEvent() | yaml.SequenceStartEvent():
                self._open(event)
            case yaml.MappingEndEvent() | yaml.SequenceEndEvent():
                self._close(event)
            case yaml.DocumentStartEvent():
                self._document(event)
            case _:
                pass

    def _document(self, event: yaml.DocumentStartEvent) -> None:
        start = _index(event.start_mark)
        if self._documents:
            help_ = "put each scenario in a file of its own"
            place = self._span(start, start + 3)
            self._report(
                Diagnostic("several-documents", "a second document begins here", place, help_)
            )
            raise _LimitError
        self._documents += 1
        if self._text.startswith("%", start):
            self._report(syntax.directive(self._span(start, start + 1)))

    def _scalar(self, event: yaml.ScalarEvent) -> None:
        start, end = _index(event.start_mark), _index(event.end_mark)
        if event.tag is not None:
            self._refuse_tag(start)
        empty = not event.value and event.style is None
        if not empty and (event.anchor is not None or event.tag is not None):
            start = self._after_properties(start)
        if event.style in ("|", ">"):
            end = start + len(self._text[start:end].rstrip())
        scalar = Scalar(event.value, self._span(start, max(start, end)), event.style is None)
        self._last = scalar
        self._read_to = end
        parent = self._stack[-1] if self._stack else None
        if parent and parent.is_mapping and parent.key is None:
            self._check_key(parent, scalar)
        else:
            self._count(1, scalar.span)
            if parent and event.tag is None:
                self._check_value(parent, scalar, start)
        self._name(event)
        if event.anchor is not None:
            self._kept[event.anchor] = _Kept(scalar, 1, 0)
        self._add(scalar, 0, end)

    def _alias(self, event: yaml.AliasEvent) -> None:
        name = event.anchor or ""
        end = _index(event.end_mark)
        span = self._span(_index(event.start_mark), end)
        kept = self._kept.get(name)
        if kept is None:
            self._report(self._no_anchor(name, span))
            kept = _Kept(Scalar("", span, plain=False), 1, 0)
        parent = self._stack[-1] if self._stack else None
        if parent and parent.is_mapping and parent.key is None:
            message = f"{shown('*' + name)} cannot be a key"
            self._report(Diagnostic("bad-key", message, span, "write the key out"))
            self._add(Scalar("", span, plain=False), 0, end)
            return
        if len(self._stack) + kept.height > limits.DEPTH:
            self._too_deep(span)
        self._count(kept.size, span)
        self._add(kept.node, kept.height, end)

    def _open(self, event: yaml.MappingStartEvent | yaml.SequenceStartEvent) -> None:
        start = _index(event.start_mark)
        if event.tag is not None:
            self._refuse_tag(start)
        if event.anchor is not None or event.tag is not None:
            start = self._after_properties(start)
        place = self._span(start, start + 1)
        if len(self._stack) >= limits.DEPTH:
            self._too_deep(place)
        self._count(1, place)
        self._name(event)
        parent = self._stack[-1] if self._stack else None
        is_key = False
        if parent and parent.is_mapping and parent.key is None:
            is_key = True
            message = "a key is one text, not a list or mapping"
            help_ = "quote the key if the bracket belongs to it"
            parent.quiet = True
            self._report(Diagnostic("bad-key", message, place, help_))
        flow = bool(event.flow_style)
        is_mapping = isinstance(event, yaml.MappingStartEvent)
        # `[a: 1]` holds a mapping without braces of its own
        bare = parent and flow and is_mapping and not self._text.startswith("{", start)
        cut = parent.cut if parent and bare else Cut()
        opened = _Open(start, flow, event.anchor, self._counted - 1, cut, is_key, is_mapping)
        opened.end = start
        self._stack.append(opened)

    def _close(self, event: yaml.MappingEndEvent | yaml.SequenceEndEvent) -> None:
        here = self._stack.pop()
        shared = self._stack and self._stack[-1].cut is here.cut
        cut = None if shared else here.cut.ended()
        if cut:
            self._report(cut)
        # the end of a block collection is marked at the next token, lines further down
        end = max(here.end, _index(event.end_mark)) if here.flow and not shared else here.end
        span = self._span(here.start, end)
        node: Node
        if here.is_mapping:
            node = Mapping(tuple(here.entries), span, here.flow)
        else:
            node = Listing(tuple(here.items), span, here.flow)
        if here.anchor is not None:
            self._kept[here.anchor] = _Kept(node, self._counted - here.counted, here.height)
        self._add(Scalar("", span, plain=False) if here.is_key else node, here.height, end)

    def _add(self, node: Node, height: int, end: int) -> None:
        """Put a complete node where it belongs; `end` is where its text ends."""
        if not self._stack:
            self._root = node
            return
        parent = self._stack[-1]
        parent.end = max(parent.end, end)
        parent.height = max(parent.height, height + 1)
        if not parent.is_mapping:
            parent.items.append(node)
        elif parent.key is None:
            parent.key = node if isinstance(node, Scalar) else None
        else:
            parent.entries.append((parent.key, node))
            parent.key = None
            parent.quiet = False

    def _check_key(self, parent: _Open, key: Scalar) -> None:
        parent.quiet = self._count_brackets(parent, key)
        found = None if parent.quiet else checks.key_problem(key, parent.seen)
        if found:
            self._report(found)

    def _check_value(self, parent: _Open, value: Scalar, start: int) -> None:
        if value.plain and not value.text:
            if parent.quiet:
                return
            if parent.key is None:
                self._report(checks.missing_item(self._span(start - 1, start)))
                return
            colon = self._text[start - 1 : start] == ":"
            self._report(checks.missing_value(parent.key, colon=colon, flow=parent.flow))
            return
        if self._count_brackets(parent, value):
            return
        found = checks.value_problem(value)
        if found:
            self._report(found)

    def _count_brackets(self, parent: _Open, scalar: Scalar) -> bool:
        """Return whether the text belongs to one that a comma has cut."""
        if not (parent.flow and scalar.plain):
            return False
        running = parent.cut.running
        found = parent.cut.add(scalar)
        if found:
            self._report(found)
        return running or parent.cut.running or found is not None

    def _check_root(self) -> None:
        root = self._root
        if isinstance(root, Mapping):
            return
        help_ = "begin with a line such as `title: A short text`"
        if root is None or (isinstance(root, Scalar) and root.plain and not root.text):
            found = Diagnostic("not-a-mapping", "this file is empty", start_of(self._file), help_)
        else:
            kind = "a list" if isinstance(root, Listing) else "one text"
            message = f"a scenario is a mapping of keys to values, and this is {kind}"
            if isinstance(root, Scalar) and re.match(r"\w+:\S", root.text):
                help_ = "put a space after the `:`"
            found = Diagnostic("not-a-mapping", message, root.span, help_)
        self._report(found)

    def _no_anchor(self, name: str, span: Span) -> Diagnostic:
        if name in self._anchors:
            message = f"{shown('*' + name)} stands inside the very value it names"
            note = (f"{shown('&' + name)} stands here", self._anchors[name])
            help_ = "write the inner value out"
            return Diagnostic("alias-cycle", message, span, help_, notes=(note,))
        help_ = suggest(name, self._kept) or f"quote it if it is a text: `'*{name}'`"
        return Diagnostic("unknown-alias", f"no {shown('&' + name)} stands above", span, help_)

    def _name(self, event: yaml.NodeEvent) -> None:
        """Note where the node's anchor stands, if it has one."""
        anchor = event.anchor
        if anchor is None:
            return
        start = _index(event.start_mark)
        place = self._span(start, start + 1 + len(anchor))
        if anchor in self._anchors:
            message = f"{shown('&' + anchor)} is given twice"
            note = ("given first here", self._anchors[anchor])
            help_ = "rename one of the two"
            self._report(Diagnostic("duplicate-anchor", message, place, help_, notes=(note,)))
        self._anchors[anchor] = place

    def _refuse_tag(self, start: int) -> None:
        match = _TAG.match(self._text, start)
        place = self._span(*match.span(1)) if match else self._span(start, start + 1)
        self._report(syntax.tag(place, match.group(1) if match else "!"))

    def _bracket(self) -> Span | None:
        """Return the place of the innermost `[` or `{` that is open."""
        for here in reversed(self._stack):
            if here.flow and self._text[here.start : here.start + 1] in ("[", "{"):
                return self._span(here.start, here.start + 1)
        return None

    def _after_properties(self, start: int) -> int:
        match = _ANCHOR_OR_TAG.match(self._text, start)
        return match.end() if match else start

    def _count(self, values: int, place: Span) -> None:
        self._counted += values
        if self._counted > limits.NODES:
            message = f"more than {limits.NODES:,} values, counting what aliases repeat"
            self._report(
                Diagnostic("too-many-nodes", message, place, "write fewer values, or repeat less")
            )
            raise _LimitError

    def _too_deep(self, place: Span) -> None:
        message = f"more than {limits.DEPTH} mappings and lists inside one another"
        self._report(Diagnostic("too-deep", message, place, "is a closing bracket missing above?"))
        raise _LimitError

    def _report(self, found: Diagnostic) -> None:
        self._problems.append(found)
        if len(self._problems) == limits.PROBLEMS and found.code not in (
            "too-deep",
            "too-many-nodes",
        ):
            message = f"{limits.PROBLEMS} problems so far; the rest of the file was not read"
            self._problems.append(
                Diagnostic("too-many-problems", message, found.span, "correct these first")
            )
            raise _LimitError

    def _span(self, start: int, end: int) -> Span:
        """Return the span between two character offsets of the text."""
        line = bisect_right(self._starts, start)
        end_line = bisect_right(self._starts, end)
        return Span(
            self._file,
            line,
            start - self._starts[line - 1] + 1,
            end_line,
            end - self._starts[end_line - 1] + 1,
        )
