"""Why something happened in a run, and why it did not: the chain of causes, or what was missing.

Nothing here is a guess: a reason is read from the records, or found by evaluating the model's own
conditions in the world rebuilt from them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from escalation_sim.diagnostics import suggest
from escalation_sim.errors import UsageError
from escalation_sim.expression.evaluate import value_of
from escalation_sim.expression.explain import decisive, truth
from escalation_sim.expression.text import hours_text
from escalation_sim.trace.chain import Chain
from escalation_sim.trace.explanation import Explanation, Missing
from escalation_sim.trace.replay import Replay
from escalation_sim.trace.whynot import WhyNot
from escalation_sim.trace.words import part_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from escalation_sim.model.model import Model
    from escalation_sim.trace.records import Record
    from escalation_sim.trace.run import Run


def why(run: Run, target: str, at: int | None = None) -> Explanation:
    """Explain a rung, rule, red line, clock, outcome or definition at a time (default: the end).

    `target` is `ladder.rung`, `rules.ID`, `red_lines.ID`, `clocks.ID`, `outcomes.ID` or
    `definitions.ID`; `at` is in ticks, and past the end means at the end.

    Raises UsageError for a target the scenario does not have,
    for a time outside the run, and for a run without a trace.
    """
    if not run.records:
        raise UsageError("this run was not traced")
    until = run.ended_at if at is None else at
    if until < 0 or until > run.model.horizon:
        end = hours_text(run.model.horizon * run.model.seconds_per_tick)
        raise UsageError(f"the run goes from 0 h to {end}")
    return _Inquiry(run, min(until, run.ended_at), asked=until).answer(target)


def targets_of(model: Model) -> list[str]:
    """Return everything that `why` can be asked about."""
    found = [f"{v.id}.{level}" for _, v in model.ladders for level in v.levels]
    for section, entries in (
        ("rules", model.rules),
        ("red_lines", model.red_lines),
        ("clocks", model.clocks),
        ("outcomes", model.outcomes),
        ("definitions", [c for c in model.clauses if c.body.type.kind == "flag"]),
    ):
        found += [f"{section}.{entry.id}" for entry in entries]
    return found + ([f"outcomes.{model.fallback}"] if model.fallback else [])


class _Inquiry:
    def __init__(self, run: Run, until: int, asked: int) -> None:
        self.run = run
        self.model = run.model
        self.until = until
        self.late = asked > until
        self.whynot = WhyNot(run, until)
        self.records = self.whynot.records
        self.hours = self.whynot.hours
        self.chain = Chain(run.model, self.records)

    @property
    def end(self) -> str:
        when = self.hours(self.until)
        return f"{when}, when the run had ended" if self.late else when

    def answer(self, target: str) -> Explanation:
        section, _, name = target.partition(".")
        answers: dict[str, Callable[[str, str], Explanation]] = {
            "rules": self.rule,
            "red_lines": self.red_line,
            "clocks": self.clock,
            "outcomes": self.outcome,
            "definitions": self.definition,
        }
        known = targets_of(self.model)
        if target not in known:
            hint = suggest(target, known, "ask about")
            raise UsageError(f"there is nothing called `{target}` to explain; {hint}")
        if section in answers:
            return answers[section](target, name)
        variable = next(i for i, ladder in self.model.ladders if ladder.id == section)
        return self.rung(target, variable, self.model.variables[variable].levels.index(name))

    def happened(self, target: str, headline: str, *goals: Record) -> Explanation:
        return Explanation(target, self.until, True, headline, self.chain.to(goals))

    def did_not(self, target: str, headline: str, *missing: Missing) -> Explanation:
        return Explanation(target, self.until, False, headline, missing=missing)

    def told(self, about: str, *kinds: str) -> list[Record]:
        return [r for r in self.records if r.about == about and (not kinds or r.kind in kinds)]

    def rung(self, target: str, variable: int, level: int) -> Explanation:
        ladder = self.model.variables[variable]
        words = f"{target} ({ladder.label}: {ladder.level_labels[level]})"
        moves = [r for r in self.records if ladder.id in r.writes]
        at_level = [ladder.levels.index(r.writes[ladder.id][1]) for r in moves]
        entering = [r for r, to in zip(moves, at_level, strict=True) if to == level]
        if entering:
            times = [self.hours(r.tick) for r in entering if r.kind != "begin"]
            if not times:
                return self.happened(target, f"{words} is where the run starts")
            return self.happened(target, f"{words} was entered at {_listed(times)}", entering[-1])
        above = [r for r, to in zip(moves, at_level, strict=True) if to > level]
        if above:
            over = above[0].writes[ladder.id][1]
            headline = f"{words} was passed over at {self.hours(above[0].tick)}, straight to {over}"
            return Explanation(target, self.until, False, headline, self.chain.to(above[:1]))
        headline = f"{words} was not reached by {self.end}"
        exact = self.whynot.can_set(variable, level)
        return self.did_not(target, headline, *self.whynot.setters(variable, level, exact=exact))

    def rule(self, target: str, name: str) -> Explanation:
        fired = self.told(target, "fired")
        if fired:
            times = _listed([self.hours(r.tick) for r in fired])
            return self.happened(target, f"{target} fired at {times}", fired[-1])
        rule = next(r for r in self.model.rules if r.id == name)
        return self.did_not(target, f"{target} did not fire by {self.end}", self.whynot.rule(rule))

    def red_line(self, target: str, name: str) -> Explanation:
        crossed = self.told(target, "crossed")
        if crossed:
            times = _listed([self.hours(r.tick) for r in crossed])
            return self.happened(target, f"{target} was crossed at {times}", crossed[-1])
        line = next(x for x in self.model.red_lines if x.id == name)
        found = self.whynot.unmet(f"{name} was never crossed", line, line.crossed)
        return self.did_not(target, f"{target} was not crossed by {self.end}", found)

    def clock(self, target: str, name: str) -> Explanation:
        index = next(i for i, c in enumerate(self.model.clocks) if c.id == name)
        told = self.told(target)
        if not told:
            clock = self.model.clocks[index]
            found = self.whynot.unmet(f"{name} never started", clock, clock.from_)
            return self.did_not(target, f"{target} did not start by {self.end}", found)
        hand = Replay(self.run).to(self.until).hand(index)
        resets = len(self.told(target, "clock_reset"))
        headline = f"{target} " + (
            f"is not running at {self.end}"
            if hand is None
            else f"shows {self.hours(max(hand, 0))} at {self.end}"
        )
        if resets:
            headline += f"; it was reset {'once' if resets == 1 else f'{resets} times'}"
        return Explanation(target, self.until, hand is not None, headline, self.chain.to(told[-1:]))

    def outcome(self, target: str, name: str) -> Explanation:
        ended = self.told(target, "outcome")
        if ended:
            when = self.hours(ended[0].tick)
            return self.happened(target, f"{target} ended the run at {when}", *ended)
        over = self.until >= self.run.ended_at
        if name == self.model.fallback:
            if over and self.run.outcome == name:
                why_ended = (
                    "nothing more was due" if self.run.why_ended == "quiet" else "the horizon"
                )
                headline = f"{target}: no other outcome had come by {self.end} ({why_ended})"
                return self.happened(target, headline)
            headline = f"{target} is for runs without another outcome"
            if over and self.run.why_ended == "outcome":
                headline += f"; this one ended in {self.run.outcome} at {self.hours(self.until)}"
            return self.did_not(target, headline)
        outcome = next(o for o in self.model.outcomes if o.id == name)
        found = self.whynot.unmet(f"{name} did not hold", outcome, outcome.when)
        reasons = found.reasons
        if over and self.run.why_ended == "outcome":
            ended_at = self.hours(self.run.ended_at)
            reasons = (f"{self.run.outcome} ended the run at {ended_at}", *reasons)
        if outcome.hold is not None and truth(outcome.when, Replay(self.run).to(self.until)):
            since = self.whynot.held_since(outcome.when)
            length = int(value_of(outcome.hold, Replay(self.run).to(self.until)))
            missing = since + length - self.until
            held = f"its condition has held since {self.hours(since)}"
            still = f"it must hold for {self.hours(length)}, {self.hours(missing)} more"
            reasons = (f"{held}; {still}", *reasons)
        found = Missing(found.text, found.where, found.claims, found.basis, reasons, found.inside)
        return self.did_not(target, f"{target} had not come by {self.end}", found)

    def definition(self, target: str, name: str) -> Explanation:
        clause = next(c for c in self.model.clauses if c.id == name)
        view = Replay(self.run).to(self.until)
        reading = f" in the reading `{clause.chosen}`" if clause.chosen else ""
        if not truth(clause.body, view):
            found = self.whynot.unmet(f"{name} is false", clause, clause.body)
            return self.did_not(target, f"{target} does not hold at {self.end}{reading}", found)
        tick = self.model.seconds_per_tick
        parts = "; ".join(part_text(p, tick) for p in decisive(clause.body, view, tick))
        return self.happened(target, f"{target} holds at {self.end}{reading}: {parts}")


def _listed(times: list[str]) -> str:
    """Write times in a row; many are cut short."""
    shown = ", ".join(times[:6])
    return shown + (f" and {len(times) - 6} times more" if len(times) > 6 else "")
