"""What the names of one scenario mean: the table that the checker asks.

Definitions and derived parameters are understood the first time they are asked for, so that they
may stand in any order; a circle among them is a fault.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from escalation_sim.diagnostics import Diagnostic
from escalation_sim.expression import checked
from escalation_sim.expression.checker import Party, names_in
from escalation_sim.expression.types import TIME, UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from fractions import Fraction

    from escalation_sim.expression.checker import Meaning
    from escalation_sim.location import Span


@dataclass(slots=True)
class Names:
    """The names of one scenario (a checker's Scope).

    `pending` holds what is understood on demand; `spans` where each name is declared.
    """

    seconds_per_tick: Fraction
    broken_names: frozenset[str]
    found: list[Diagnostic]
    meanings: dict[str, Meaning] = field(default_factory=dict)
    pending: dict[str, Callable[[], Meaning]] = field(default_factory=dict)
    spans: dict[str, Span] = field(default_factory=dict)
    scales: dict[str, tuple[str, ...]] = field(default_factory=dict)
    latches: list[checked.Checked] = field(default_factory=list)
    latch_spans: list[Span] = field(default_factory=list)
    others: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """What names that are no values stand for, and what to write instead of them."""

    blind: bool = False
    """Whether a whole section of names could not be read, so that any name may be one of them."""

    _waiting: dict[str, tuple[str, ...]] = field(default_factory=dict)
    _latch_numbers: dict[checked.Checked, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.meanings["now"] = checked.Now(TIME)

    def declare(self, name: str, span: Span) -> bool:
        """Take a name; report and refuse one that is taken already."""
        earlier = self.spans.get(name)
        if earlier is not None:
            first, second = earlier, span
            if first.file == second.file and first.line > second.line:
                first, second = second, first
            self.found.append(
                Diagnostic(
                    "duplicate-id",
                    f"`{name}` is declared twice",
                    second,
                    "ids are shared by parties, parameters, situations, ladders, definitions, "
                    "clocks, red lines and anchors; choose another",
                    notes=((f"the other `{name}` is here", first),),
                )
            )
            return False
        self.spans[name] = span
        return True

    def meaning(self, name: str) -> Meaning | None:
        """Return what `name` stands for, working it out if that has not been done yet."""
        if name not in self.meanings and name in self.pending:
            self._settle(name)
        return self.meanings.get(name)

    def wait(self, name: str, work: Callable[[], Meaning], texts: Iterable[str]) -> None:
        """Let `work` find the meaning of a name when it is asked for; `texts` say what it needs."""
        self.pending[name] = work
        self._waiting[name] = tuple(texts)

    def _settle(self, name: str) -> None:
        """Work out a name after all that it mentions; goes round by itself, however deep."""
        way = {name: self._mentioned(name)}
        while way:
            here = next(reversed(way))
            needed = next((n for n in way[here] if n not in self.meanings), None)
            if needed is None:
                del way[here]
                self.meanings.setdefault(here, self.pending[here]())
            elif needed in way:
                self._circle([*way][[*way].index(needed) :])
            else:
                way[needed] = self._mentioned(needed)

    def _mentioned(self, name: str) -> Iterator[str]:
        """Go through the names that wait, too, and that the texts of this one mention."""
        for text in self._waiting.get(name, ()):
            yield from (word for word in names_in(text) if word in self.pending)

    def _circle(self, ring: list[str]) -> None:
        name = ring[0]
        shown = [*ring[:12], "…"] if len(ring) > 12 else ring
        self.found.append(
            Diagnostic(
                "circular",
                f"`{name}` is defined by itself",
                self.spans[name],
                " → ".join([*shown, name]),
            )
        )
        self.meanings[name] = checked.Constant(value=False, type=UNKNOWN, text=name)

    def names(self) -> Sequence[str]:
        """Return every name that means something."""
        return [*self.meanings, *(n for n in self.pending if n not in self.meanings)]

    def levels(self, scale: str) -> tuple[str, ...]:
        """Return the levels of a scale from low to high."""
        return self.scales.get(scale, ())

    def broken(self, name: str) -> bool:
        """Whether `name` is declared with faults that are already reported."""
        return self.blind or name in self.broken_names

    def declared(self, name: str) -> bool:
        """Whether `name` is declared anywhere, even if it has no meaning yet or here."""
        return name in self.spans

    def parties(self) -> Sequence[str]:
        """Return the names of the parties."""
        return [name for name, meaning in self.meanings.items() if isinstance(meaning, Party)]

    def elsewhere(self, name: str) -> tuple[str, str] | None:
        """Return what a name that is no value stands for, in words, and what to write instead."""
        return self.others.get(name)

    def scales_of(self, level: str) -> Sequence[str]:
        """Return the scales that have a level of this name."""
        return [scale for scale, levels in self.scales.items() if level in levels]

    def latch(self, body: checked.Checked, span: Span) -> int:
        """Return the number of the latch for `ever(body)`; the same body shares one."""
        number = self._latch_numbers.setdefault(body, len(self.latches))
        if number == len(self.latches):
            self.latches.append(body)
            self.latch_spans.append(span)
        return number
