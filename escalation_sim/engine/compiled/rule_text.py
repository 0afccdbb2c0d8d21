"""Writing what a rule of a kernel does: its items taken, its ways chosen, its deadlines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from escalation_sim.engine.compiled import kit
from escalation_sim.engine.compiled.draft import ARRAYS, HEAD, Draft, is_real
from escalation_sim.engine.compiled.rule_places import LAST
from escalation_sim.engine.compiled.rule_waits import RuleWaits
from escalation_sim.expression.types import FLAG

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from escalation_sim.engine.compiled.phrases import Phrases
    from escalation_sim.model.model import Effect, Option


class RuleText(RuleWaits):
    """One rule of a draft, whole."""

    # taking

    def take(self) -> None:
        """Write what happens when the rule's next item is taken; `m` is its key."""
        out = self.draft.out
        with out.block(f"def take_{self.index}({HEAD}, g: int, m: int) -> None:"):
            self._count()
            self.line(f"{LAST} = now")
            if self.rule.rate is not None:
                self._take_stream()
            elif self.in_rows:
                self._take_row()
            else:
                self.line(f"n = {self.occurrence}")
                if self.rule.every is not None:
                    self._keep()
                    self._throw(self._end_one)
                self._ties()
                self._act()
                self._end_one()

    def _throw(self, fail: Callable[[], None]) -> None:
        """Throw the chance of an `every` or a rate, unless it is called off."""
        rule, out = self.rule, self.draft.out
        tests = []
        if rule.unless is not None:
            tests.append(self.phrases.of(rule.unless))
        if rule.chance is not None:
            tests.append(f"not {self.phrases.thrown(rule.chance, self.site('chance'), 'n')}")
        for test in tests:
            with out.block(f"if {test}:"):
                fail()
                self.line("return")

    def _go_on_in_row(self) -> None:
        """Let a thrown occurrence wait in its `after`."""
        self._throw(self._drop_row)
        if self.deadline:
            self.line(f"X[at + {kit.DEADLINE}] = later(now, {self._length('within')})")
        self.line(f"X[at + {kit.KEY}] = {self._item_key(self._length('after'), '(g + 1)')}")
        self._refresh()

    def _take_row(self) -> None:
        out = self.draft.out
        given = f"X, {self.base}, {self.width}, {self.rows}"
        self.line(f"at = row_with({given}, {kit.KEY}, m)", f"n = X[at + {kit.OCCURRENCE}]")
        if self.rule.every is not None:
            with out.block(f"if X[at + {kit.THROWS}] != 0:"):
                self.line(f"X[at + {kit.THROWS}] = 0")
                self._keep_in_row()
                self._go_on_in_row()
                self.line("return")
        self._act_in_row()

    def _act_in_row(self) -> None:
        self._ties()
        self._recall_from_row()
        self._drop_row()
        self._act()

    def _take_stream(self) -> None:
        out = self.draft.out
        if not self.in_rows:
            self.line(f"n = {self.count}")
            self._keep()
            self._grow()
            self.line(f"{self.stage} = 0", f"next_{self.index}({ARRAYS}, now, g + 1)")
            self._throw(lambda: None)
            self._ties()
            self._act()
            return
        given = f"X, {self.base}, {self.width}, {self.rows}"
        self.line(f"at = row_with({given}, {kit.KEY}, m)")
        with out.block("if at < 0:"):
            self.line(f"n = {self.count}")
            self._grow()
            self._add_row()
            self._keep_in_row()
            self.line(f"{self.stage} = 0", f"next_{self.index}({ARRAYS}, now, g + 1)")
            self._go_on_in_row()
            self.line("return")
        self.line(f"n = X[at + {kit.OCCURRENCE}]")
        self._act_in_row()

    def _ties(self) -> None:
        """Count a tie if another item of this generation waits whose order could matter."""
        conflicts = self.draft.model.conflicts
        here = self.index
        others = [
            j
            for j in range(len(self.draft.model.rules))
            if j != here and (min(here, j), max(here, j)) in conflicts
        ]
        top = f"(m | {(1 << self.draft.rank_bits) - 1})"
        tests = [f"(S[{self.draft.item_keys[j]}] <= top)" for j in others]
        if (here, here) in conflicts and self.in_rows:
            given = f"X, {self.base}, {self.width}, {self.rows}"
            tests.append(f"(rows_with({given}, {kit.KEY}, top) > 1)")
            if self.rule.rate is not None:
                tests.append(f"({self.stream_key} <= top)")
        if not tests:
            return
        self.line(f"top = {top}")
        with self.draft.out.block(f"if {' | '.join(tests)}:"):
            self.line(f"S[{kit.TIES}] = S[{kit.TIES}] + 1")

    # acting

    def _act(self) -> None:
        """Write what a firing does; `n` is the occurrence."""
        rule = self.rule
        self.phrases.was = self.was
        if rule.ask is not None:
            self._ask(rule.ask)
        if not rule.options and rule.otherwise is None:
            self._fire(None, rule.effects)
        elif any(option.weight is not None for option in rule.options):
            self._choose_by_weight()
        else:
            self._choose_first()
        self.phrases.was = {}
        if rule.again:
            self.line(f"{self.starts_again} = 1")

    def _ask(self, party: int) -> None:
        members = self.draft.model.parties[party].members
        for i, member in enumerate(members):
            thrown = self.phrases.thrown(member.joins, self.site(f"ask.{member.id}"), "n")
            self.line(f"j{i} = 1 if {thrown} else 0")
        for i, place in enumerate(self.draft.joined[party]):
            self.line(f"S[{place}] = j{i}")
        self.line(*self.draft.change(("party", party)))

    def _choose_first(self) -> None:
        out = self.draft.out
        head = "if"
        for option in self.rule.options:
            with out.block(f"{head} {self.phrases.of(option.condition)}:"):
                self._fire(option, option.effects)
            head = "elif"
        self._rest(head)

    def _rest(self, head: str) -> None:
        otherwise = self.rule.otherwise
        if head == "if":
            self._fire(otherwise, otherwise.effects if otherwise else self.rule.effects)
            return
        with self.draft.out.block("else:"):
            self._fire(otherwise, otherwise.effects if otherwise else ())

    def _choose_by_weight(self) -> None:
        out, options = self.draft.out, self.rule.options
        for i, option in enumerate(options):
            heavy = f"weight({self.phrases.of(option.weight)}, S)" if option.weight else "1.0"
            condition = self.phrases.of(option.condition)
            self.line(f"w{i} = {heavy} if {condition} else -1.0")
        self.line("total = 0.0")
        for i in range(len(options)):
            with out.block(f"if w{i} >= 0.0:"):
                self.line(f"total = total + w{i}")
        self.line("total = finite(total, S)", "way = -1", "last = -1")
        with out.block("if total > 0.0:"):
            uniform = self.draft.uniform(self.site("choose"), "n")
            self.line(f"target = {uniform} * total", "reached = 0.0")
            for i in range(len(options)):
                with out.block(f"if w{i} >= 0.0:"):
                    self.line(f"last = {i}", f"reached = reached + w{i}")
                    with out.block("if way < 0 and target < reached:"):
                        self.line(f"way = {i}")
            with out.block("if way < 0:"):
                self.line("way = last")
        for i, option in enumerate(options):
            with out.block(f"{'if' if i == 0 else 'elif'} way == {i}:"):
                self._fire(option, option.effects)
        self._rest("elif")

    def _fire(self, option: Option | None, effects: Sequence[Effect]) -> None:
        draft, numbers = self.draft, self.draft.numbers
        rule_key = numbers.key(self.rule.site, draft.model.sites[self.rule.site])
        option_key = numbers.option(option.id) if option else "0"
        self.line(f"D[1] = fold(D[1], now, {rule_key}, n, {option_key})")
        if self.fired:
            self.line(f"{self.fired} = {self.fired} + 1")
        write_effects(draft, self.phrases, effects)

    # deadlines

    def lapse(self) -> None:
        """Write what happens when a deadline decides."""
        if not self.deadline:
            return
        rule, out = self.rule, self.draft.out
        option = rule.lapsed or rule.otherwise
        with out.block(f"def lapse_{self.index}({HEAD}) -> None:"):
            self._count()
            self.line(f"{LAST} = now")
            if self.in_rows:
                given = f"X, {self.base}, {self.width}, {self.rows}"
                self.line(f"at = row_with({given}, {kit.DEADLINE}, now)")
                self.line(f"n = X[at + {kit.OCCURRENCE}]")
                self._recall_from_row()
                self._drop_row()
            else:
                self.line(f"n = {self.occurrence}")
            self.phrases.was = self.was
            self._fire(option, option.effects if option else ())
            self.phrases.was = {}
            if not self.in_rows:
                self._end_one()
            if rule.again:
                self.line(f"{self.starts_again} = 1")


def write_effects(draft: Draft, phrases: Phrases, effects: Sequence[Effect]) -> None:
    """Write effects: all values first, then each variable that it changes."""
    variables = draft.model.variables
    for i, effect in enumerate(effects):
        kind = variables[effect.variable].type
        text = phrases.stored(effect.value, kind)
        if effect.mode != "set" and kind != FLAG:
            name = "max" if effect.mode == "least" else "min"
            text = f"{name}({draft.value_at(effect.variable)}, {text})"
        draft.out.line(f"{'f' if is_real(kind) else 'e'}{i} = {text}")
    for i, effect in enumerate(effects):
        real = is_real(variables[effect.variable].type)
        write_change(draft, effect.variable, f"{'f' if real else 'e'}{i}")


def write_change(draft: Draft, variable: int, value: str) -> None:
    """Write that a variable takes a value, and what else a change of it means."""
    place = draft.value_at(variable)
    with draft.out.block(f"if {place} != {value}:"):
        draft.out.line(f"{place} = {value}")
        firsts = draft.firsts.get(variable)
        if firsts is not None:
            with draft.out.block(f"if X[{firsts} + {value}] < 0:"):
                draft.out.line(f"X[{firsts} + {value}] = now")
        draft.out.line(*draft.change(("value", variable)))
