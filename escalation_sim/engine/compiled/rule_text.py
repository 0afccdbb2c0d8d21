"""Writing one rule of a kernel: looked at, triggered, taken, lapsed.

A rule with `when` alone has one occurrence on its way at most, kept in places of its own. Rules of
which several can wait side by side (`on_change`, and `every` or `rate` with an `after`) keep rows,
in the order of their occurrences.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from escalation_sim.engine.compiled import kit
from escalation_sim.engine.compiled.draft import ARRAYS, HEAD, Draft, can_fail, is_real
from escalation_sim.expression import checked
from escalation_sim.expression.types import FLAG
from escalation_sim.model.knowledge import deeds_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from escalation_sim.engine.compiled.phrases import Phrases
    from escalation_sim.model.model import Effect, Option

MOVE = f"S[{kit.MOVE_WANTED}]"
LAST = f"S[{kit.LAST_CHANGE}]"
FIRST_KEPT = kit.SUSPECT + 1
"""Where values kept from the trigger begin in a row."""


class RuleText:
    """One rule of a draft; its places, and the functions that work on them."""

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

    # looking

    def looked_at(self) -> str:
        """Return when the rule has to be looked at."""
        rule, draft = self.rule, self.draft
        keys = draft.reads(rule.when, rule.unless, rule.rate)
        if rule.on_change is not None:
            keys.add(("value", rule.on_change))
        test = draft.touches(draft.looking, keys)
        return f"{test} or {self.starts_again} != 0" if rule.again else test

    def look(self) -> None:
        """Write what looking at the rule does."""
        with self.draft.out.block(f"def look_{self.index}({HEAD}, g: int) -> None:"):
            self._look_unless()
            if self.rule.rate is not None:
                self._look_rate()
            elif self.rule.on_change is not None:
                self._look_change()
            else:
                self._look_when()

    def _look_unless(self) -> None:
        rule, draft = self.rule, self.draft
        if rule.unless is None:
            return
        touched = draft.touches(draft.looking, draft.reads(rule.unless))
        with draft.out.block(f"if ({touched}) and {self.phrases.of(rule.unless)}:"):
            waiting = f"{self.rows} > 0" if self.in_rows else f"{self.key} < NEVER"
            if rule.rate is not None and not self.in_rows:
                return
            if rule.rate is None and self.stage:
                waiting += f" or {self.stage} != 0"
            with draft.out.block(f"if {waiting}:"):
                self._clear()
                self.line(f"{LAST} = now")

    def _look_when(self) -> None:
        rule, draft = self.rule, self.draft
        if rule.again:
            self.line(f"a = {self.starts_again}", f"{self.starts_again} = 0")
            self.line(f"held = {self.truth}")
        touched = draft.touches(draft.looking, draft.reads(rule.when))
        with draft.out.block(f"if {touched}:"):
            self.line(f"t = 1 if {self.phrases.of(rule.when)} else 0")
            with draft.out.block(f"if t != {self.truth}:"):
                self.line(f"{self.truth} = t")
                begin = f"interval_{self.index}({ARRAYS}, now)"
                if rule.every is None:
                    begin = f"trigger_{self.index}({ARRAYS}, now, g)"
                if self.holds:
                    with draft.out.block(f"if {self.stage} == 1:"):
                        with draft.out.block("if t == 0:"):
                            self.line(f"{self.suspect} = 1", f"{MOVE} = 1")
                    with draft.out.block("elif t != 0:"):
                        self.line(begin)
                else:
                    with draft.out.block("if t != 0:"):
                        self.line(begin)
        if rule.again:
            test = f"a != 0 and held != 0 and {self.truth} != 0 and {self.stage} == 0"
            with draft.out.block(f"if {test}:"):
                self.line(f"trigger_{self.index}({ARRAYS}, now, g)")

    def _look_change(self) -> None:
        rule, draft = self.rule, self.draft
        assert rule.on_change is not None  # noqa: S101 - that is what this is for
        if self.looks_at_when:
            touched = draft.touches(draft.looking, draft.reads(rule.when))
            with draft.out.block(f"if {touched}:"):
                self.line(f"t = 1 if {self.phrases.of(rule.when)} else 0")
                with draft.out.block(f"if t != {self.truth}:"):
                    self.line(f"{self.truth} = t")
                    if rule.wait is not None:
                        marked = f"suspect_all(X, {self.base}, {self.width}, {self.rows}) > 0"
                        with draft.out.block(f"if t == 0 and {marked}:"):
                            self.line(f"{self.suspect} = 1", f"{MOVE} = 1")
        mask = self._changed(rule.on_change)
        when = "" if not rule.has_when else f" and {self.phrases.of(rule.when)}"
        with draft.out.block(f"if {mask}{when}:"):
            self.line(f"trigger_{self.index}({ARRAYS}, now, g)")

    def _changed(self, variable: int) -> str:
        """Return whether a variable has changed, the first look of all not counted."""
        (line,) = self.draft.change(("value", variable), self.draft.looking)
        place, bit = line.split(" = ")[0], line.rpartition(" ")[2]
        return f"({place} & {bit}) != 0"

    def _look_rate(self) -> None:
        rule = self.rule
        assert rule.rate is not None  # noqa: S101 - that is what this is for
        rate = f"weight({self.phrases.of(rule.rate)}, S) if {self.phrases.of(rule.when)} else 0.0"
        self.line(f"r = {rate}")
        with self.draft.out.block(f"if r != {self.rate}:"):
            self._grow()
            self.line(f"{self.rate} = r")
            ready = f"({self.stream_key} >> {self.draft.shift}) == now"
            with self.draft.out.block(f"if {self.stage} == 0 or not {ready}:"):
                self.line(f"next_{self.index}({ARRAYS}, now, g)")

    def _grow(self) -> None:
        self.line(
            f"{self.exposure} = grow({self.exposure}, {self.rate}, now - {self.since})",
            f"{self.since} = now",
        )

    # beginning

    def begin(self) -> None:
        """Write what begins an occurrence: a trigger, an interval, the next of a stream."""
        if self.rule.rate is not None:
            self._next()
        elif self.rule.every is not None:
            self._interval()
        else:
            self._trigger()

    def _next(self) -> None:
        with self.draft.out.block(f"def next_{self.index}({HEAD}, g: int) -> None:"):
            with self.draft.out.block(f"if {self.stage} == 0:"):
                self.line(f"{self.stage} = 1", f"n = {self.count} + 1", f"{self.count} = n")
                uniform = self.draft.uniform(self.site("rate"), "n")
                self.line(f"{self.target} = {self.target} + (-log(1.0 - {uniform}))")
            self.line(f"w = ticks_until({self.exposure}, {self.target}, {self.rate})")
            self.line(f"{self.stream_key} = {self._item_key('w', 'g')}")
            if self.in_rows:
                self._refresh()

    def _interval(self) -> None:
        rule = self.rule
        with self.draft.out.block(f"def interval_{self.index}({HEAD}) -> None:"):
            self.line(f"n = {self.count} + 1", f"{self.count} = n", f"{LAST} = now")
            self.line(f"due = later(now, {self._length('every')})")
            self.line(f"{self.stage} = 1", f"{self.due} = due", f"{self.suspect} = 0")
            if rule.unless is not None:
                with self.draft.out.block(f"if {self.phrases.of(rule.unless)}:"):
                    self.line(f"{self.stage} = 0", f"{self.due} = NEVER", "return")
            with self.draft.out.block("if due <= now:"):
                self.line(f"{MOVE} = 1")

    def _trigger(self) -> None:
        rule, out = self.rule, self.draft.out
        with out.block(f"def trigger_{self.index}({HEAD}, g: int) -> None:"):
            self.line(f"n = {self.count} + 1", f"{self.count} = n", f"{LAST} = now")
            if not self.in_rows:
                with out.block(f"if {self.stage} != 0:"):
                    self.line("return")
            if rule.unless is not None:
                with out.block(f"if {self.phrases.of(rule.unless)}:"):
                    self.line("return")
            if rule.chance is not None:
                thrown = self.phrases.thrown(rule.chance, self.site("chance"), "n")
                with out.block(f"if not {thrown}:"):
                    self.line("return")
            if self.in_rows:
                self._add_row()
                self._keep_in_row()
                self._begin_in_row()
            else:
                self.line(f"{self.occurrence} = n", f"{self.stage} = 2")
                self._keep()
                self._begin_alone()

    def _begin_in_row(self) -> None:
        rule = self.rule
        if self.deadline:
            self.line(f"end = later(now, {self._length('within')})")
            self.line(f"X[at + {kit.DEADLINE}] = end")
            self.line(f"{self.deadline} = min({self.deadline}, end)")
        if rule.wait is not None:
            self.line(f"due = later(now, {self._length('for')})")
            self.line(f"X[at + {kit.ON_HOLD}] = 1", f"X[at + {kit.DUE}] = due")
            self.line(f"{self.due} = min({self.due}, due)")
            with self.draft.out.block("if due <= now:"):
                self.line(f"{MOVE} = 1")
            return
        length = self._length("after") if rule.after is not None else "0"
        self.line(f"key = {self._item_key(length, 'g')}", f"X[at + {kit.KEY}] = key")
        self.line(f"{self.key} = min({self.key}, key)")

    def _begin_alone(self) -> None:
        rule = self.rule
        if self.deadline:
            self.line(f"{self.deadline} = later(now, {self._length('within')})")
        if rule.wait is not None:
            self.line(f"due = later(now, {self._length('for')})")
            self.line(f"{self.stage} = 1", f"{self.due} = due", f"{self.suspect} = 0")
            with self.draft.out.block("if due <= now:"):
                self.line(f"{MOVE} = 1")
            return
        length = self._length("after") if rule.after is not None else "0"
        self.line(f"{self.key} = {self._item_key(length, 'g')}")

    # when the clocks move

    def examine(self) -> None:
        """Write how occurrences on hold are examined when the clocks move.

        Those whose condition is false are called off; the others that are due are marked with 2.
        """
        rule, out = self.rule, self.draft.out
        if not self.holds:
            return
        held = f"{self.stage} == 1" if not self.in_rows or rule.every is not None else ""
        if held:
            with out.block(f"if {held} and ({self.due} <= now or {self.suspect} != 0):"):
                with out.block(f"if not {self.phrases.of(rule.when)}:"):
                    self.line(f"{self.stage} = 0", f"{self.due} = NEVER", f"{self.suspect} = 0")
                    if self.deadline and not self.in_rows:
                        self.line(f"{self.deadline} = NEVER")
                    self.line(f"{LAST} = now")
                with out.block("else:"):
                    self.line(f"{self.suspect} = 2 if {self.due} <= now else 0")
            return
        with out.block(f"if {self.rows} > 0 and ({self.due} <= now or {self.suspect} != 0):"):
            self.line(f"{self.suspect} = 0", "k = 0")
            with out.block(f"while k < {self.rows}:"):
                self.line(f"at = {self.base} + k * {self.width}", "k = k + 1")
                on_hold = f"X[at + {kit.ON_HOLD}] != 0"
                wanted = f"X[at + {kit.DUE}] <= now or X[at + {kit.SUSPECT}] != 0"
                with out.block(f"if {on_hold} and ({wanted}):"):
                    with out.block(f"if {self.phrases.of(rule.when)}:"):
                        self.line(f"X[at + {kit.SUSPECT}] = 2 if X[at + {kit.DUE}] <= now else 0")
                        with out.block(f"if X[at + {kit.SUSPECT}] == 2:"):
                            self.line(f"{self.suspect} = 2")
                    with out.block("else:"):
                        self._drop_row()
                        self.line("k = k - 1", f"{LAST} = now")

    def mature(self) -> None:
        """Write how occurrences that were marked go on."""
        rule, out = self.rule, self.draft.out
        if not self.holds:
            return
        with out.block(f"if {self.suspect} == 2:"):
            self.line(f"{self.suspect} = 0")
            if rule.every is not None:
                self._mature_interval()
            elif self.in_rows:
                self._mature_rows()
            else:
                self.line(f"n = {self.occurrence}", f"{LAST} = now")
                self.line(f"{self.stage} = 2", f"{self.due} = NEVER")
                length = self._length("after") if rule.after is not None else "0"
                self.line(f"{self.key} = {self._item_key(length, '1')}")

    def _mature_interval(self) -> None:
        if self.in_rows:
            self.line(f"ripe_{self.index}({ARRAYS}, now)")
        else:
            self.line(f"{self.occurrence} = {self.count}")
            self.line(f"{self.key} = {self._item_key('0', '1')}")
        self.line(f"interval_{self.index}({ARRAYS}, now)")

    def _mature_rows(self) -> None:
        rule, out = self.rule, self.draft.out
        self.line(f"{LAST} = now", "k = 0")
        with out.block(f"while k < {self.rows}:"):
            self.line(f"at = {self.base} + k * {self.width}", "k = k + 1")
            with out.block(f"if X[at + {kit.SUSPECT}] == 2:"):
                self.line(f"n = X[at + {kit.OCCURRENCE}]")
                self.line(
                    f"X[at + {kit.SUSPECT}] = 0",
                    f"X[at + {kit.ON_HOLD}] = 0",
                    f"X[at + {kit.DUE}] = NEVER",
                )
                length = self._length("after") if rule.after is not None else "0"
                self.line(f"X[at + {kit.KEY}] = {self._item_key(length, '1')}")
        self._refresh()

    def ripen(self) -> None:
        """Write how an interval that is over joins the rows."""
        if self.rule.every is None or not self.in_rows:
            return
        with self.draft.out.block(f"def ripe_{self.index}({HEAD}) -> None:"):
            self.line(f"n = {self.count}")
            self._add_row()
            self.line(f"X[at + {kit.THROWS}] = 1")
            self.line(f"key = {self._item_key('0', '1')}", f"X[at + {kit.KEY}] = key")
            self.line(f"{self.key} = min({self.key}, key)")

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

    def _count(self) -> None:
        """Stop a run in which the rule is taken for ever at one tick."""
        self.line(f"c = {self.taken}", "tick = (now + 1) << 10")
        self.line("c = c + 1 if c >= tick else tick", f"{self.taken} = c")
        with self.draft.out.block(f"if c - tick >= {kit.MOST_AT_ONE_TICK}:"):
            self.line("fault(LIVELOCK, S)", "return")

    def _throw(self, fail: object) -> None:
        """Throw the chance of an `every` or a rate, unless it is called off."""
        rule, out = self.rule, self.draft.out
        tests = []
        if rule.unless is not None:
            tests.append(self.phrases.of(rule.unless))
        if rule.chance is not None:
            tests.append(f"not {self.phrases.thrown(rule.chance, self.site('chance'), 'n')}")
        for test in tests:
            with out.block(f"if {test}:"):
                fail()  # type: ignore[operator]
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
