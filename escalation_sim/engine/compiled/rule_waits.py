"""Writing how a rule of a kernel waits: looked at, triggered, on hold, called off, matured."""

from __future__ import annotations

from escalation_sim.engine.compiled import kit
from escalation_sim.engine.compiled.draft import ARRAYS, HEAD
from escalation_sim.engine.compiled.rule_places import LAST, MOVE, RulePlaces


class RuleWaits(RulePlaces):
    """What comes between a change and a rule's item."""

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
