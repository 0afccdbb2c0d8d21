"""The whole text of a kernel, and the numbers it is given."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from escalation_sim.engine.compiled import kit
from escalation_sim.engine.compiled.clock_text import ClockText, turns_of, write_soonest
from escalation_sim.engine.compiled.draft import ARRAYS, HEAD, TABLE_SIZE, Draft, Text, is_real
from escalation_sim.engine.compiled.kit import PARTS
from escalation_sim.engine.compiled.phrases import Phrases
from escalation_sim.engine.compiled.rule_text import RuleText, write_change
from escalation_sim.engine.compiled.tally_text import TallyText
from escalation_sim.engine.watch import NOW
from escalation_sim.expression.types import DURATION

if TYPE_CHECKING:
    from escalation_sim.expression.checked import Checked
    from escalation_sim.model.model import Model

OUTCOME, ENDED_AT, TIED, FAULT, FIRSTS = range(5)
"""Columns of whole numbers; the first entries into rungs come last."""

ENTRY = "replications"
"""The function of a kernel that is called from outside."""

TABLES = "tables"
"""The function of a kernel that makes its tables, called once."""


@dataclass(frozen=True, slots=True)
class Kernel:
    """A kernel's text, the numbers one model gives it, and how much room it needs."""

    text: str
    wholes: tuple[int, ...]
    reals: tuple[float, ...]
    keys: tuple[int, ...]
    site_keys: tuple[int, ...]
    site_laws: tuple[float, ...]
    tables: int
    rows: int
    row_reals: int


def kernel_of(model: Model) -> Kernel:
    """Write the kernel of a model."""
    return _Writer(model).kernel()


class _Writer:
    def __init__(self, model: Model) -> None:
        self.model = model
        self.draft = Draft(model)
        self.phrases = Phrases(self.draft)
        self.rules = [RuleText(self.draft, self.phrases, i) for i in range(len(model.rules))]
        self.clocks = [ClockText(self.draft, self.phrases, i) for i in range(len(model.clocks))]
        self.tally = TallyText(self.draft, self.phrases, self.rules)
        self.script = [f"S[{self.draft.wake()}]" for _ in model.script]
        self.moves = bool(self.clocks) or any(rule.holds for rule in self.rules)

    def kernel(self) -> Kernel:
        for rule in self.rules:
            rule.begin()
            rule.ripen()
            rule.look()
            rule.take()
            rule.lapse()
        self._look()
        if self.moves:
            self._move()
        if self.script:
            self._play()
        self.tally.close()
        self._next_tick()
        self._replication()
        self._entry()
        self._tables()
        draft = self.draft
        wholes, reals = draft.numbers.arrays()
        site_keys, site_laws = draft.numbers.site_arrays()
        places = draft.numbers.places()
        text = draft.laws.text() + self.phrases.functions.text() + draft.out.text()
        return Kernel(
            text=re.sub("@([a-z0-9]+)@", lambda found: str(places[found[1]]), text),
            wholes=tuple(wholes),
            reals=tuple(reals),
            keys=tuple(draft.numbers.keys),
            site_keys=tuple(site_keys),
            site_laws=tuple(site_laws),
            tables=len(draft.tables) * TABLE_SIZE,
            rows=draft.row_places,
            row_reals=draft.row_reals,
        )

    def _look(self) -> None:
        """Write how everything that reads what has changed is looked at, once."""
        draft, out = self.draft, self.draft.out
        with out.block(f"def look({HEAD}, g: int) -> None:"):
            words = range(draft.words)
            if self.clocks or draft.latches:
                out.line(*(f"S[{draft.looking[w]}] = 0" for w in words))
                some = " or ".join(f"S[{p}] != 0" for p in draft.changed)
                with out.block(f"while {some}:"):
                    for w in words:
                        changed, touched = draft.changed[w], draft.touched[w]
                        looking = draft.looking[w]
                        out.line(f"S[{touched}] = S[{changed}]", f"S[{changed}] = 0")
                        out.line(f"S[{looking}] = S[{looking}] | S[{touched}]")
                    self._latches()
                    for clock in self.clocks:
                        clock.look(draft.touched)
            else:
                for w in words:
                    out.line(f"S[{draft.looking[w]}] = S[{draft.changed[w]}]")
                    out.line(f"S[{draft.changed[w]}] = 0")
            for w in words:
                seen = draft.in_tick[w]
                out.line(f"S[{seen}] = S[{seen}] | S[{draft.looking[w]}]")
            self.tally.lines()
            for rule in self.rules:
                with out.block(f"if {rule.looked_at()}:"):
                    out.line(f"look_{rule.index}({ARRAYS}, now, g)")

    def _latches(self) -> None:
        draft = self.draft
        for i, body in enumerate(self.model.latches):
            place = f"S[{draft.latches[i]}]"
            touched = draft.touches(draft.touched, draft.reads(body))
            with draft.out.block(f"if {place} == 0 and ({touched}) and {self.phrases.of(body)}:"):
                draft.out.line(f"{place} = 1", *draft.change(("latch", i)))

    def _move(self) -> None:
        """Write how the clocks move."""
        out = self.draft.out
        with out.block(f"def move({HEAD}) -> None:"):
            for clock in self.clocks:
                clock.settle()
            out.line(f"S[{kit.MOVE_WANTED}] = 0")
            for rule in self.rules:
                rule.examine()
            for clock in self.clocks:
                clock.move()
            for rule in self.rules:
                rule.mature()

    def _play(self) -> None:
        """Write what the script does at a tick: all values first, then all changes."""
        draft, out = self.draft, self.draft.out
        with out.block(f"def play({HEAD}) -> None:"):
            planned: list[tuple[str, list[tuple[int, str]]]] = []
            for place, entry in zip(self.script, self.model.script, strict=True):
                kept = []
                with out.block(f"if {place} == now:"):
                    for effect in entry.effects:
                        kind = self.model.variables[effect.variable].type
                        real = is_real(kind)
                        keep = f"F[{draft.real()}]" if real else f"S[{draft.whole()}]"
                        text = self.phrases.stored(effect.value, kind)
                        if effect.mode != "set":
                            name = "max" if effect.mode == "least" else "min"
                            text = f"{name}({draft.value_at(effect.variable)}, {text})"
                        out.line(f"{keep} = {text}")
                        kept.append((effect.variable, keep))
                planned.append((place, kept))
            for place, kept in planned:
                with out.block(f"if {place} == now:"):
                    out.line(f"{place} = NEVER", f"S[{kit.LAST_CHANGE}] = now")
                    for variable, keep in kept:
                        write_change(draft, variable, keep)

    def _next_tick(self) -> None:
        """Write when something is due next; `m` is the key of the next rule item."""
        draft, out = self.draft, self.draft.out
        clocks, nows = turns_of(self._trees())
        with out.block(f"def next_tick({HEAD}, m: int) -> int:"):
            out.line("soonest = NEVER")
            with out.block("if m < NEVER:"):
                out.line(f"soonest = m >> {draft.shift}")
            if draft.wakes:
                out.line(f"soonest = min(soonest, {least([f'S[{p}]' for p in draft.wakes])})")
            for clock in self.clocks:
                clock.next_tick(clocks.get(clock.index, {}))
            for threshold, offsets in nows.items():
                out.line(f"w = {self.phrases.of(threshold)}")
                write_soonest(draft, offsets)
            self.tally.next_tick()
            out.line("return soonest")

    def _trees(self) -> list[Checked]:
        """Return everything that wakes the engine when time alone can turn it."""
        model = self.model
        trees: list[Checked] = [*model.latches]
        for clock in model.clocks:
            trees += [clock.from_, clock.until, clock.pause]
        trees += [line.crossed for line in model.red_lines]
        for rule in model.rules:
            trees += [node for node in (rule.when, rule.unless, rule.rate) if node is not None]
        trees += [outcome.when for outcome in model.outcomes]
        trees += [result.what for result in model.results]
        return trees

    def _begin(self) -> None:
        """Write how a replication begins: starting values, drawn ones, times of the script."""
        draft, out, numbers = self.draft, self.draft.out, self.draft.numbers
        for i, variable in enumerate(self.model.variables):
            place = draft.value_at(i)
            if variable.law is not None:
                sample = draft.sample(variable.law, draft.uniform(variable.site, "0"))
                drawn = f"ticks({sample})" if variable.type == DURATION else sample
                out.line(f"{place} = {drawn}")
            elif variable.section == "situation":
                real = is_real(variable.type)
                start = numbers.real(variable.start) if real else numbers.whole(variable.start)
                out.line(f"{place} = {start}")
        for ladder, begins in draft.firsts.items():
            count = len(self.model.variables[ladder].levels)
            out.line(f"X[{begins}] = 0")
            with out.block(f"for k in range({begins + 1}, {begins + count}):"):
                out.line("X[k] = -1")
        for place, entry in zip(self.script, self.model.script, strict=True):
            out.line(f"{place} = {self.phrases.length(entry.time, entry.site, '0')}")

    def _replication(self) -> None:
        draft, out = self.draft, self.draft.out
        head = (
            "seed: int, replication: int, j: int, size: int, X: Ints, Y: Reals, I: Ints, "
            "C: Reals, K: Words, Q: Words, A: Reals, B: Reals, OI: Ints, OW: Words, OF: Reals"
        )
        body = Text()
        draft.out, inner = body, out
        body.depth = 1
        body.line("D[0] = run_key(seed, replication)", "D[1] = EMPTY_DIGEST")
        with body.block("for k in range(@sites@):"):
            body.line("U[k] = uniform(word(D[0], Q[k], 1, 0))")
        with body.block("for k in range(@means@):"):
            body.line("G[k] = drawn_exponential(A[k], A[@means@ + k], U[k])")
        body.line("now = 0", "g = 1", "moves = 0", f"items = {0 if self.moves else 1}")
        self._begin()
        if self.script:
            body.line(f"play({ARRAYS}, now)")
        body.line(*draft.change(("first", 0)), *draft.change(NOW))
        body.line("until = 0", "ended_at = 0", "found = -1")
        with body.block("while True:"):
            self._step()
        self._end()
        draft.out = inner
        with inner.block(f"def replicate({head}) -> None:"):
            inner.line(f"S = ints({draft.whole_places})", f"F = reals({max(1, draft.real_places)})")
            inner.line("D = words(3)", "U = reals(@sites@)", "G = ints(@means@)")
            inner.line(*(f"S[{place}] = {start}" for place, start in draft.starts))
        inner.lines += body.lines

    def _step(self) -> None:
        """Write one step: a look, and then the next item, or the next tick."""
        draft, out = self.draft, self.draft.out
        with out.block("if g > 0:"):
            out.line(f"look({ARRAYS}, now, g)")
        with out.block(f"if S[{kit.WRONG}] != 0:"):
            out.line("break")
        out.line(f"m = {least([rule.key for rule in self.rules]) if self.rules else 'NEVER'}")
        head = "if"
        if self.rules:
            with out.block(f"if (m >> {draft.shift}) == now:"):
                self._item()
            head = "elif"
        if self.moves:
            with out.block(f"{head} moves == 0 or S[{kit.MOVE_WANTED}] != 0:"):
                out.line("moves = moves + 1", "g = 1")
                with out.block(f"if moves > {kit.MOST_AT_ONE_TICK}:"):
                    out.line("fault(LIVELOCK, S)", "break")
                self._count()
                out.line(f"move({ARRAYS}, now)")
            head = "elif"
        for rule in self.rules:
            if rule.deadline:
                with out.block(f"{head} {rule.deadline} <= now:"):
                    out.line("g = 1")
                    self._count()
                    out.line(f"lapse_{rule.index}({ARRAYS}, now)")
                head = "elif"
        with out.block("else:" if head == "elif" else "if True:"):
            self._close()

    def _count(self) -> None:
        self.draft.out.line("items = items + 1")
        with self.draft.out.block(f"if items > {kit.MOST_ITEMS}:"):
            self.draft.out.line("fault(TOO_MANY_ITEMS, S)", "break")

    def _item(self) -> None:
        draft, out = self.draft, self.draft.out
        mask = (1 << (draft.shift - draft.rank_bits)) - 1
        self._count()
        out.line(f"g = (m >> {draft.rank_bits}) & {mask}")
        out.line(f"r = m & {(1 << draft.rank_bits) - 1}")
        for i in range(len(self.rules)):
            with out.block(f"{'if' if i == 0 else 'elif'} r == {i}:"):
                out.line(f"take_{i}({ARRAYS}, now, g, m)")
        out.line("g = g + 1")

    def _close(self) -> None:
        """Write the end of a tick and the beginning of the next."""
        draft, out = self.draft, self.draft.out
        horizon = draft.horizon
        out.line(f"found = close({ARRAYS}, now)")
        with out.block(f"if S[{kit.WRONG}] != 0:"):
            out.line("break")
        with out.block(f"if found >= 0 or now >= {horizon}:"):
            out.line("until = now", "ended_at = now", "break")
        out.line(f"w = next_tick({ARRAYS}, now, m)")
        with out.block(f"if S[{kit.WRONG}] != 0:"):
            out.line("break")
        with out.block("if w >= NEVER:"):
            out.line(f"until = {horizon}", f"ended_at = S[{kit.LAST_CHANGE}]", "break")
        out.line(f"now = min(w, {horizon})", "moves = 0", "g = 1")
        out.line(*(f"S[{place}] = 0" for place in draft.in_tick))
        if not self.moves:
            self._count()
        if self.script:
            soonest = least(list(self.script))
            with out.block(f"if {soonest} <= now:"):
                out.line(f"play({ARRAYS}, now)", *draft.change(NOW))
            with out.block("else:"):
                self._look_at_time()
        else:
            self._look_at_time()

    def _look_at_time(self) -> None:
        """Write the look at a tick's beginning, when nothing but the time has changed."""
        draft, out, model = self.draft, self.draft.out, self.model
        trees = [*model.latches, *(line.crossed for line in model.red_lines)]
        for clock in model.clocks:
            trees += [clock.from_, clock.until, clock.pause]
        if NOW in draft.reads(*trees):
            out.line(*draft.change(NOW))
            return
        out.line(*(f"S[{place}] = 0" for place in draft.looking))
        out.line(*draft.change(NOW, draft.looking), *draft.change(NOW, draft.in_tick))
        for rule in self.rules:
            if NOW in draft.reads(rule.rule.when, rule.rule.unless, rule.rule.rate):
                out.line(f"look_{rule.index}({ARRAYS}, now, 1)")
        out.line("g = 0")

    def _end(self) -> None:
        """Write the row of a replication into its columns."""
        out = self.draft.out
        with out.block("if found < 0:"):
            out.line(f"found = {len(self.model.outcomes)}")
        columns = {
            OUTCOME: "found",
            ENDED_AT: "ended_at",
            TIED: f"S[{kit.TIES}]",
            FAULT: f"S[{kit.WRONG}]",
        }
        for column, text in columns.items():
            out.line(f"OI[{column} * size + j] = {text}")
        begins = FIRSTS
        for variable, firsts in self.draft.firsts.items():
            count = len(self.model.variables[variable].levels)
            with out.block(f"for k in range({count}):"):
                out.line(f"OI[({begins} + k) * size + j] = X[{firsts} + k]")
            begins += count
        out.line("OW[j] = D[1]", "OW[size + j] = D[2]")
        self.tally.finish()

    def _entry(self) -> None:
        out = self.draft.out
        with out.block(
            f"def {ENTRY}(seed: int, first: int, count: int, size: int, X: Ints, Y: Reals, "
            "I: Ints, C: Reals, K: Words, Q: Words, A: Reals, B: Reals, "
            "OI: Ints, OW: Words, OF: Reals) -> None:"
        ):
            with out.block("for j in range(count):"):
                out.line("replicate(seed, first + j, j, size, X, Y, I, C, K, Q, A, B, OI, OW, OF)")

    def _tables(self) -> None:
        """Write how the tables of laws are made."""
        out = self.draft.out
        with out.block(f"def {TABLES}(I: Ints, C: Reals, B: Reals) -> None:"):
            out.line(f"V = reals({kit.POINTS})")
            for number, sample in enumerate(self.draft.tables):
                begins = number * TABLE_SIZE
                with out.block(f"for part in range({PARTS}):"):
                    out.line(f"at = {begins} + part * {kit.PART_SIZE}")
                    out.line("B[at + 6] = 1.0")
                    with out.block(f"if part >= {kit.FIRST_PART} and part < {kit.LAST_PART}:"):
                        with out.block(f"for j in range({kit.POINTS}):"):
                            out.line("u = table_point(part, j)", f"V[j] = {sample}")
                        out.line("fit(B, at, V)")


def least(texts: list[str]) -> str:
    """Return the least of some whole numbers, as a tree of `min`."""
    while len(texts) > 1:
        pairs = [
            f"min({texts[i]}, {texts[i + 1]})" if i + 1 < len(texts) else texts[i]
            for i in range(0, len(texts), 2)
        ]
        texts = pairs
    return texts[0]
