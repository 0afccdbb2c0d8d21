"""One rule of a kernel: its places, and the small pieces that its functions are made of.

A rule with `when` alone has one occurrence on its way at most, kept in places of its own. Rules of
which several can wait side by side (`on_change`, and `every` or `rate` with an `after`) keep rows,
in the order of their occurrences.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from escalation_sim.engine.compiled import kit
from escalation_sim.engine.compiled.draft import Draft, can_fail, is_real
from escalation_sim.expression import checked
from escalation_sim.model.knowledge import deeds_of

if TYPE_CHECKING:
    from escalation_sim.engine.compiled.phrases import Phrases

MOVE = f"S[{kit.MOVE_WANTED}]"
LAST = f"S[{kit.LAST_CHANGE}]"
FIRST_KEPT = kit.SUSPECT + 1
"""Where values kept from the trigger begin in a row."""


class RulePlaces:
    """One rule of a draft: where its state stands, and the pieces that work on it."""

    def __init__(self, draft: Draft, phrases: Phrases, index: int) -> None:
        self.draft = draft
        self.phrases = phrases
        self.index = index
        self.rule = rule = draft.model.rules[index]
        self.repeats = rule.every is not None or rule.rate is not None
        self.in_rows = rule.on_change is not None or (self.repeats and rule.after is not None)
        self.key = f"S[{draft.item_keys[index]}]"
        change = rule.on_change is not None
        self.holds = rule.wait is not None or rule.every is not None
        self.looks_at_when = not change or rule.wait is not None or can_fail(rule.when)
        self.truth = self._new(when=self.looks_at_when and rule.rate is None)
        self.count = self._new()
        self.stage = self._new(when=not change)
        self.occurrence = self._new(when=not self.in_rows and rule.rate is None)
        self.taken = self._new()
        self.fired = self._new(
            when=any(r.kind == "count_rule" and r.target == rule.id for r in draft.model.results)
        )
        self.starts_again = self._new(when=rule.again)
        self.suspect = self._new(when=self.holds)
        self.due = f"S[{draft.wake()}]" if self.holds else ""
        has_deadline = rule.within is not None and not (self.repeats and rule.after is None)
        self.deadline = f"S[{draft.wake()}]" if has_deadline else ""
        self.since = self._new(when=rule.rate is not None)
        self.exposure, self.target, self.rate = "", "", ""
        self.stream_key = self.key
        if rule.rate is not None:
            self.exposure, self.target, self.rate = (f"F[{draft.real()}]" for _ in range(3))
            if self.in_rows:
                self.stream_key = f"S[{draft.whole('NEVER')}]"
        self._remember()
        self.rows = self._new(when=self.in_rows)
        self.width = FIRST_KEPT + len(self.kept_wholes)
        if self.in_rows:
            self.base, self.real_base = draft.rows(rule.at_most, self.width, len(self.kept_reals))

    def _new(self, *, when: bool = True) -> str:
        return f"S[{self.draft.whole()}]" if when else ""

    def _remember(self) -> None:
        """Make places for what `was(…)` will ask for."""
        wanted = sorted(
            {
                node.variable.index
                for _, expression in deeds_of(self.rule)
                for node in checked.walk(expression)
                if isinstance(node, checked.Was)
            }
        )
        self.was: dict[int, str] = {}
        self.kept_wholes: list[int] = []
        self.kept_reals: list[int] = []
        for variable in wanted:
            if is_real(self.draft.model.variables[variable].type):
                self.was[variable] = f"F[{self.draft.real()}]"
                self.kept_reals.append(variable)
            else:
                self.was[variable] = self._new()
                self.kept_wholes.append(variable)

    # pieces

    def line(self, *lines: str) -> None:
        """Add lines to the kernel."""
        self.draft.out.line(*lines)

    def site(self, place: str) -> str:
        """Return the name of one of the rule's random sites."""
        return f"{self.rule.site}.{place}"

    def _length(self, place: str, occurrence: str = "n") -> str:
        delay = {
            "for": self.rule.wait,
            "after": self.rule.after,
            "every": self.rule.every,
            "within": self.rule.within,
        }[place]
        assert delay is not None  # noqa: S101 - asked for only where there is one
        return self.phrases.length(delay, self.site(place), occurrence)

    def _item_key(self, length: str, generation: str) -> str:
        draft = self.draft
        if length == "0":
            rank_bits, shift = draft.rank_bits, draft.shift
            return f"(now << {shift}) | ({generation} << {rank_bits}) | {self.index}"
        return (
            f"due_key(now, {length}, {generation}, {self.index}, {draft.horizon}, "
            f"{draft.shift}, {draft.rank_bits})"
        )

    def _keep(self) -> None:
        """Keep what `was(…)` will ask for, as it is now."""
        for variable, place in self.was.items():
            self.line(f"{place} = {self.draft.value_at(variable)}")

    def _keep_in_row(self) -> None:
        for i, variable in enumerate(self.kept_wholes):
            self.line(f"X[at + {FIRST_KEPT + i}] = {self.draft.value_at(variable)}")
        if self.kept_reals:
            self.line(f"b = {self.real_base} + ({self._row('at')}) * {len(self.kept_reals)}")
            for i, variable in enumerate(self.kept_reals):
                self.line(f"Y[b + {i}] = {self.draft.value_at(variable)}")

    def _recall_from_row(self) -> None:
        for i, variable in enumerate(self.kept_wholes):
            self.line(f"{self.was[variable]} = X[at + {FIRST_KEPT + i}]")
        if self.kept_reals:
            self.line(f"b = {self.real_base} + ({self._row('at')}) * {len(self.kept_reals)}")
            for i, variable in enumerate(self.kept_reals):
                self.line(f"{self.was[variable]} = Y[b + {i}]")

    def _row(self, at: str) -> str:
        """Return the number of the row at a place; found by counting, for rows are few."""
        return f"row_number({at}, {self.base}, {self.width})"

    def _add_row(self) -> None:
        with self.draft.out.block(f"if {self.rows} >= {self.rule.at_most}:"):
            self.line("fault(TOO_MANY_TIMERS, S)", "return")
        self.line(
            f"at = {self.base} + {self.rows} * {self.width}",
            f"{self.rows} = {self.rows} + 1",
            f"X[at + {kit.KEY}] = NEVER",
            f"X[at + {kit.OCCURRENCE}] = n",
            f"X[at + {kit.ON_HOLD}] = 0",
            f"X[at + {kit.DUE}] = NEVER",
            f"X[at + {kit.DEADLINE}] = NEVER",
            f"X[at + {kit.THROWS}] = 0",
            f"X[at + {kit.SUSPECT}] = 0",
        )

    def _drop_row(self) -> None:
        if self.kept_reals:
            count = len(self.kept_reals)
            self.line(f"drop_reals(Y, {self.real_base}, {count}, {self.rows}, {self._row('at')})")
        self.line(
            f"drop_row(X, {self.base}, {self.width}, {self.rows}, at)",
            f"{self.rows} = {self.rows} - 1",
        )
        self._refresh()

    def _refresh(self) -> None:
        """Find anew what of the rows is due first."""
        given = f"X, {self.base}, {self.width}, {self.rows}"
        least = f"least_of({given}, {kit.KEY})"
        if self.rule.rate is not None:
            least = f"min({least}, {self.stream_key})"
        self.line(f"{self.key} = {least}")
        if self.due and self.rule.every is None:
            self.line(f"{self.due} = least_of({given}, {kit.DUE})")
        if self.deadline:
            self.line(f"{self.deadline} = least_of({given}, {kit.DEADLINE})")

    def _clear(self) -> None:
        """Let nothing of a rule wait any more, but the stream of a rate."""
        if self.in_rows:
            self.line(f"{self.rows} = 0")
            self.line(f"{self.key} = {self.stream_key if self.rule.rate is not None else 'NEVER'}")
        elif self.rule.rate is None:
            self.line(f"{self.key} = NEVER")
        if self.rule.rate is None and self.stage:
            self.line(f"{self.stage} = 0")
        if self.due:
            self.line(f"{self.due} = NEVER", f"{self.suspect} = 0")
        if self.deadline:
            self.line(f"{self.deadline} = NEVER")

    def _end_one(self) -> None:
        """End the one occurrence of a rule without rows, at its firing or failing."""
        if self.rule.rate is not None:
            return
        self.line(f"{self.key} = NEVER")
        if self.rule.every is not None:
            return
        self.line(f"{self.stage} = 0")
        if self.deadline:
            self.line(f"{self.deadline} = NEVER")
        if self.due:
            self.line(f"{self.due} = NEVER", f"{self.suspect} = 0")

    def _changed(self, variable: int) -> str:
        """Return whether a variable has changed, the first look of all not counted."""
        (line,) = self.draft.change(("value", variable), self.draft.looking)
        place, bit = line.split(" = ")[0], line.rpartition(" ")[2]
        return f"({place} & {bit}) != 0"

    def _grow(self) -> None:
        self.line(
            f"{self.exposure} = grow({self.exposure}, {self.rate}, now - {self.since})",
            f"{self.since} = now",
        )

    def _count(self) -> None:
        """Stop a run in which the rule is taken for ever at one tick."""
        self.line(f"c = {self.taken}", "tick = (now + 1) << 10")
        self.line("c = c + 1 if c >= tick else tick", f"{self.taken} = c")
        with self.draft.out.block(f"if c - tick >= {kit.MOST_AT_ONE_TICK}:"):
            self.line("fault(LIVELOCK, S)", "return")
