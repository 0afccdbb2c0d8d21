"""The trap of round brackets inside `{ }` and `[ ]`, where a comma ends a text without quotes.

`{value: triangular(2h, 6h, 24h)}` is valid YAML and means `value: "triangular(2h"`, `6h: null`,
`24h): null`. It is found by counting round brackets over the plain texts of one collection.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from escalation_sim.diagnostics import Diagnostic
from escalation_sim.location import Span
from escalation_sim.source.wording import shown

if TYPE_CHECKING:
    from escalation_sim.source.tree import Scalar

CODE = "unquoted-bracket"


@dataclass(slots=True)
class Cut:
    """Round brackets still open among the plain texts of one `{ }` or `[ ]`."""

    first: Span | None = None
    text: str = ""
    open: int = 0

    @property
    def running(self) -> bool:
        """Whether a text has been cut and its end has not been seen."""
        return self.first is not None

    def add(self, scalar: Scalar) -> Diagnostic | None:
        """Count one more plain text; return the problem when it ends one."""
        lowest, balance = _balance(scalar.text)
        first = self.first
        if first is None:
            if lowest < 0:
                return Diagnostic(
                    CODE,
                    f"{shown(scalar.text)} closes a bracket that it does not open",
                    scalar.span,
                    "inside `{ }` and `[ ]` a comma begins a new entry; quote the whole text",
                )
            if balance > 0:
                self.first, self.text, self.open = scalar.span, scalar.text, balance
            return None
        self.open += lowest if self.open + lowest <= 0 else balance
        if self.open > 0:
            return None
        whole = Span(
            first.file, first.line, first.column, scalar.span.end_line, scalar.span.end_column
        )
        written = shown(_one_line(whole)) if first.line == whole.end_line else "this text"
        self.first = None
        message = f"a comma inside `{{ }}` or `[ ]` cuts {written} short"
        help_ = "quote it, or write a law as a one-key map, as in `triangular: [2h, 6h, 24h]`"
        return Diagnostic(CODE, message, whole, help_)

    def ended(self) -> Diagnostic | None:
        """Return the problem of a bracket still open where its collection or the file ends."""
        first = self.first
        if first is None:
            return None
        self.first, self.open = None, 0
        message = f"{shown(self.text)} opens a bracket that it does not close"
        return Diagnostic(CODE, message, first, "close the bracket, or quote the whole text")


def _one_line(span: Span) -> str:
    return span.file.line(span.line)[span.column - 1 : span.end_column - 1]


def _balance(text: str) -> tuple[int, int]:
    """Return the lowest and the last count of open round brackets, reading from the left."""
    lowest = count = 0
    for character in text:
        count += (character == "(") - (character == ")")
        lowest = min(lowest, count)
    return lowest, count
