"""Writing what a kernel reads off a run: results, outcomes, the path, at the end of each tick."""

from __future__ import annotations

from typing import TYPE_CHECKING

from escalation_sim.engine.compiled.draft import HEAD, can_fail

if TYPE_CHECKING:
    from escalation_sim.engine.compiled.draft import Draft
    from escalation_sim.engine.compiled.phrases import Phrases
    from escalation_sim.engine.compiled.rule_text import RuleText
    from escalation_sim.model.model import Result


class TallyText:
    """Results and outcomes of a draft."""

    def __init__(self, draft: Draft, phrases: Phrases, rules: list[RuleText]) -> None:
        self.draft = draft
        self.phrases = phrases
        model = draft.model
        self.results = [
            (f"S[{draft.whole()}]", f"S[{draft.whole('-1')}]", f"F[{draft.real()}]")
            for _ in model.results
        ]
        self.rungs = [f"S[{draft.whole()}]" for _ in model.ladders]
        self.crossed = [f"S[{draft.whole()}]" for _ in model.red_lines]
        self.fired = {rule.rule.id: rule.fired for rule in rules}
        self.crossings = {
            line.id: place for line, place in zip(model.red_lines, self.crossed, strict=True)
        }
        self.since = [f"S[{draft.whole('-1')}]" for _ in model.outcomes]
        self.holds: list[str] = []
        self.moments = [
            draft.numbers.whole(r.at) if r.at is not None else "" for r in model.results
        ]

    def lines(self) -> None:
        """Write how red lines are looked at."""
        draft, out = self.draft, self.draft.out
        for i, line in enumerate(draft.model.red_lines):
            place = f"S[{draft.lines[i]}]"
            with out.block(f"if {draft.touches(draft.looking, draft.reads(line.crossed))}:"):
                out.line(f"c = 1 if {self.phrases.of(line.crossed)} else 0")
                with out.block(f"if c != {place}:"):
                    out.line(f"{place} = c", f"S[{2}] = now")
                    out.line(f"{self.crossed[i]} = {self.crossed[i]} + c")

    def close(self) -> None:
        """Write the end of a tick; the function returns the outcome that is true, or -1."""
        draft, out = self.draft, self.draft.out
        with out.block(f"def close({HEAD}) -> int:"):
            for i, (variable, _) in enumerate(draft.model.ladders):
                rung, place = self.rungs[i], draft.value_at(variable)
                with out.block(f"if {place} != {rung}:"):
                    out.line(f"{rung} = {place}", f"D[2] = fold(D[2], 0, {i}, {place}, 0)")
            for i, result in enumerate(draft.model.results):
                self._read(i, result)
            out.line("found = -1")
            for i, outcome in enumerate(draft.model.outcomes):
                since = self.since[i]
                touched = draft.touches(draft.in_tick, draft.reads(outcome.when))
                with out.block(f"if {touched}:"):
                    with out.block(f"if {self.phrases.of(outcome.when)}:"):
                        with out.block(f"if {since} < 0:"):
                            out.line(f"{since} = now")
                    with out.block("else:"):
                        out.line(f"{since} = -1")
                reached = f"now >= {since}"
                if outcome.hold is not None:
                    reached += f" + {self.phrases.of(outcome.hold)}"
                with out.block(f"if found < 0 and {since} >= 0 and {reached}:"):
                    out.line(f"found = {i}")
            out.line("return found")

    def _read(self, i: int, result: Result) -> None:
        draft, out = self.draft, self.draft.out
        truth, since, number = self.results[i]
        if result.kind not in ("first", "total", "count", "share", "value"):
            return
        test = draft.touches(draft.in_tick, draft.reads(result.what))
        if result.kind == "value":
            test = f"({test})" + (f" and now <= {self.moments[i]}" if self.moments[i] else "")
            with out.block(f"if {test}:"):
                out.line(f"{number} = {self.phrases.number(result.what)}")
            return
        if result.kind == "first" and not can_fail(result.what):
            test = f"{since} < 0 and ({test})"
        with out.block(f"if {test}:"):
            out.line(f"t = 1 if {self.phrases.of(result.what)} else 0")
            if result.kind == "first":
                with out.block(f"if t != 0 and {since} < 0:"):
                    out.line(f"{since} = now")
                return
            if result.kind == "share":
                out.line(f"{truth} = t")
                return
            with out.block(f"if t != {truth}:"):
                out.line(f"{truth} = t")
                if result.kind == "count":
                    out.line(f"{number} = {number} + float(t)")
                    return
                with out.block("if t != 0:"):
                    out.line(f"{since} = now")
                with out.block("else:"):
                    out.line(f"{number} = {number} + float(now - {since})")

    def next_tick(self) -> None:
        """Write when an outcome will have held long enough."""
        for since, outcome in zip(self.since, self.draft.model.outcomes, strict=True):
            if outcome.hold is None:
                continue
            with self.draft.out.block(f"if {since} >= 0:"):
                self.draft.out.line(f"w = {since} + {self.phrases.of(outcome.hold)}")
                with self.draft.out.block("if now < w and w < soonest:"):
                    self.draft.out.line("soonest = w")

    def finish(self) -> None:
        """Write the results into their columns; `until` is how far the world was followed.

        Lengths stay in ticks and rates by the tick; nan stands for what never came.
        """
        out = self.draft.out
        for i, result in enumerate(self.draft.model.results):
            truth, since, number = self.results[i]
            target = f"OF[{i} * size + j]"
            match result.kind:
                case "first":
                    out.line(f"{target} = float({since}) if {since} >= 0 else math.nan")
                case "total":
                    more = f"{number} + float(until - {since})"
                    out.line(f"{target} = {more} if {truth} != 0 else {number}")
                case "count":
                    out.line(f"{target} = {number}")
                case "share":
                    out.line(f"{target} = float({truth})")
                case "count_rule":
                    out.line(f"{target} = float({self.fired[result.target]})")
                case "count_line":
                    out.line(f"{target} = float({self.crossings[result.target]})")
                case "value" if self.moments[i]:
                    out.line(f"{target} = {number} if {self.moments[i]} <= until else math.nan")
                case "value":
                    out.line(f"{target} = {number}")
                case _:
                    out.line(f"{target} = math.nan")
