"""Why something did not happen: what was false, how nearly, what called it off, who could have.

A tree: a rule that did not fire, what its condition lacked, and the rules that could have brought
that about and did not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from escalation_sim.expression import checked
from escalation_sim.expression.evaluate import value_of
from escalation_sim.expression.explain import decisive, truth
from escalation_sim.expression.text import hours_text, text_of, value_text
from escalation_sim.trace.explanation import Missing
from escalation_sim.trace.replay import Replay
from escalation_sim.trace.words import ENDLESS, changes_text, choice_texts, part_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from escalation_sim.expression.checked import Checked
    from escalation_sim.expression.explain import Part
    from escalation_sim.model.model import Effect, Entry, Option, Rule
    from escalation_sim.trace.records import Record
    from escalation_sim.trace.run import Run

DEEPEST = 4
"""How many rules behind each other a why-not follows."""


class WhyNot:
    """Answers for one run up to the end of one tick; each rule is explained once."""

    def __init__(self, run: Run, until: int) -> None:
        self.run = run
        self.model = run.model
        self.until = until
        self.records = [r for r in run.records if r.tick <= until]
        self.by_id = {r.id: r for r in run.records}
        self.explained: set[str] = set()
        self.depth = 0

    def hours(self, ticks: float) -> str:
        """Return ticks in words."""
        return hours_text(int(ticks) * self.model.seconds_per_tick)

    def rule(self, rule: Rule, wanted: Option | None = None) -> Missing:
        """Explain why a rule did not fire, or not with the wanted option."""
        told = [r for r in self.records if r.about == f"rules.{rule.id}"]
        fired = [r for r in told if r.kind == "fired"]
        text = f"{rule.id} did not fire"
        if fired:
            text = f"{rule.id} fired, but {'went another way' if rule.options else 'not to this'}"
        cited = wanted if wanted is not None and wanted.claims else rule
        source = cited.claims, cited.basis
        if rule.id in self.explained:
            return Missing(text, rule.where, *source, ("as explained above",))
        self.explained.add(rule.id)
        telling = [r for r in told if r.kind in ("fired", "chance_failed", "called_off")]
        reasons = [self._told(rule, r, wanted) for r in telling[-5:]]
        reasons += self._waiting(told)
        inside: tuple[Missing, ...] = ()
        if not told:
            found = self.unmet("", rule, rule.when)
            reasons += [*self._never_started(rule), *found.reasons]
            inside = found.inside
        return Missing(text, rule.where, *source, tuple(reasons), inside)

    def _never_started(self, rule: Rule) -> Iterator[str]:
        if rule.on_change is not None:
            name = self.model.variables[rule.on_change].id
            yield f"it starts at a change of {name}; there was none while its condition held"
        elif rule.rate is not None:
            view = Replay(self.run).to(self.until)
            tick = self.model.seconds_per_tick
            rate = value_text(value_of(rule.rate, view), rule.rate.type, (), tick)
            yield f"no firing of its stream came; its rate is {rate} at {self.hours(self.until)}"
            yield from (
                f"pending: {p}" for p in self.run.pending if p.split()[0] == f"rules.{rule.id}"
            )
        else:
            yield "it was never triggered"

    def held_since(self, node: Checked) -> int:
        """Return since which tick a condition that holds now has held at the ends of ticks."""
        since = -1
        for view in Replay(self.run).ends(self.until):
            if not truth(node, view):
                since = -1
            elif since < 0:
                since = view.now
        return since

    def _set_later(self, rule: Rule, variable: int, level: int, when: int | None) -> Record | None:
        """Return the firing after `when` that set a variable to a level or above, if any."""
        declared = self.model.variables[variable]
        for record in self.records if when is not None else ():
            if record.tick <= (when or 0) or record.about != f"rules.{rule.id}":
                continue
            _, new = record.writes.get(declared.id, (None, None))
            reached = declared.levels.index(new) if declared.levels and new else new
            if reached is not None and int(reached) >= level:
                return record
        return None

    def can_set(self, variable: int, level: int) -> bool:
        """Whether any rule or script entry sets a variable to just this level."""
        deeds = [effect for rule in self.model.rules for _, effect in _ways(rule)]
        deeds += [effect for entry in self.model.script for effect in entry.effects]
        return any(e.variable == variable and _reaches(e, level, exact=True) for e in deeds)

    def _told(self, rule: Rule, record: Record, wanted: Option | None) -> str:
        """Return what became of one occurrence, in words."""
        if record.kind == "fired":
            return self._other_way(record, wanted)
        if record.kind == "called_off":
            return self._called_off(rule, record)
        drawn, threshold = record.data["chance"]
        return (
            f"at {self.hours(record.tick)} it was triggered, but its chance failed: "
            f"drawn {drawn:.3f}, not below {threshold:g}"
        )

    def _other_way(self, record: Record, wanted: Option | None) -> str:
        option = record.data.get("option")
        said = f"at {self.hours(record.tick)} it fired"
        if record.data.get("lapsed"):
            took = f" and `{option}` was taken" if option else ""
            return f"at {self.hours(record.tick)} its deadline came before the choice{took}"
        if "open" not in record.data:
            return f"{said}: {changes_text(self.model, record) or 'nothing changed'}"
        said += f" and took `{option}`" if option else " and took no option"
        said += f" ({'; '.join(choice_texts(record))})" if list(choice_texts(record)) else ""
        if (
            wanted is not None
            and option != wanted.id
            and wanted.id not in record.data.get("open", ())
        ):
            said += f"; {self._passed_by(record, wanted)}"
        return said

    def _passed_by(self, record: Record, wanted: Option) -> str:
        """Return why an option was not among the open ones."""
        if wanted.id in ("otherwise", "lapsed"):
            return f"`{wanted.id}` is for when nothing else is taken"
        view = Replay(self.run).before(record)
        view.follow_asked(record)
        if truth(wanted.condition, view):
            return f"`{wanted.id}` was open as well, and comes later"
        return f"`{wanted.id}` was not open: {self._parts(wanted.condition, view)}"

    def _called_off(self, rule: Rule, record: Record) -> str:
        text = f"at {self.hours(record.tick)} it was called off, because {record.data['why']}"
        failing = record.data.get("failing")
        parts = [
            f"{p['text']} is false ({', '.join(f'{k} {v}' for k, v in p['values'].items())})"
            for p in failing or ()
        ]
        if not failing and rule.unless is not None:
            values = ", ".join(f"{k} {v}" for k, v in record.reads.items())
            parts = [f"{text_of(rule.unless)} ({values})" if values else text_of(rule.unless)]
        text += ": " + "; ".join(parts) if parts else ""
        by = [self.by_id[c] for c in record.causes if self.by_id[c].about != record.about]
        if by and by[0].kind != "begin":
            text += f", brought about by {by[0].about} at {self.hours(by[0].tick)}"
        due = record.data.get("due")
        if due is not None and due > record.tick:
            text += f"; it was due {self.hours(due - record.tick)} later, at {self.hours(due)}"
        return text

    def _waiting(self, told: Sequence[Record]) -> Iterator[str]:
        """Say of the last occurrence that is not over what it waits for."""
        over = {
            r.data.get("occurrence")
            for r in told
            if r.kind in ("fired", "called_off", "chance_failed", "ignored")
        }
        open_ = [
            r
            for r in told
            if r.kind in ("triggered", "waits") and r.data.get("occurrence") not in over
        ]
        for record in open_[-1:]:
            due = record.data.get("due")
            when = f", due at {self.hours(due)}" if due is not None else ""
            yield f"triggered at {self.hours(record.tick)} and still waiting{when}"

    def unmet(self, text: str, entry: Entry, node: Checked) -> Missing:
        """Explain a condition that was not true: now, when it was nearest, and what would do."""
        reasons: list[str] = []
        view = Replay(self.run).to(self.until)
        now = "" if truth(node, view) else self._parts(node, view)
        if now:
            reasons.append(f"at {self.hours(self.until)}: {now}")
        nearest = None if not now else self._nearest(node)
        missing: list[Part] = []
        when = self.until
        if nearest is not None:
            when, missing = nearest
            tick = self.model.seconds_per_tick
            said = "; ".join(part_text(p, tick) for p in missing)
            if said != now:
                reasons.append(f"nearest at {self.hours(when)}: {said}")
        inside: list[Missing] = []
        if self.depth < DEEPEST:
            self.depth += 1
            for part in missing:
                inside.extend(self._movers(part, when))
            self.depth -= 1
        return Missing(text, entry.where, entry.claims, entry.basis, tuple(reasons), tuple(inside))

    def _nearest(self, node: Checked) -> tuple[int, list[Part]] | None:
        """Return when a condition came nearest to true, and what was then missing."""
        best: tuple[tuple[float, ...], int, list[Part]] | None = None
        tick = self.model.seconds_per_tick
        for view in Replay(self.run).moments(min(self.until, self.run.ended_at)):
            if truth(node, view):
                continue
            parts = decisive(node, view, tick)
            steps = sum(p.gap if p.unit == "levels" else 1.0 for p in parts if p.unit != "ticks")
            time = sum(p.gap for p in parts if p.unit == "ticks")
            rest = sum(p.gap for p in parts if p.unit == "number")
            score = (float(len(parts)), steps, time, rest)
            if best is None or score < best[0]:
                best = (score, view.now, parts)
        return (best[1], best[2]) if best else None

    def _parts(self, node: Checked, view: Replay) -> str:
        tick = self.model.seconds_per_tick
        return "; ".join(part_text(p, tick) for p in decisive(node, view, tick))

    def _movers(self, part: Part, when: int) -> Iterator[Missing]:
        """Explain why the rules that could have turned a part had not by then."""
        match part.reads:
            case checked.Test(
                left=checked.Variable(index=index),
                operator=operator,
                right=checked.Constant(value=level, type=kind),
            ) if operator in (">=", ">", "==") and kind.kind == "level":
                least = int(level) + (operator == ">")
                exact = operator == "==" or self.can_set(index, least)
                yield from self.setters(index, least, exact=exact, when=when)
            case checked.Variable(index=index):
                yield from self.setters(index, 1, when=when)
            case checked.ClockTest(index=index) if part.gap == ENDLESS:
                clock = self.model.clocks[index]
                if f"clocks.{clock.id}" not in self.explained:
                    self.explained.add(f"clocks.{clock.id}")
                    yield self.unmet(f"{clock.id} was not running", clock, clock.from_)

    def setters(
        self, variable: int, level: int, *, exact: bool = False, when: int | None = None
    ) -> tuple[Missing, ...]:
        """Explain each rule that could have set a variable so high, and had not by `when`.

        `exact` leaves out rules that set it higher still.
        """
        found = []
        for rule in self.model.rules:
            ways = [
                option
                for option, effect in _ways(rule)
                if effect.variable == variable and _reaches(effect, level, exact=exact)
            ]
            if not ways:
                continue
            later = self._set_later(rule, variable, level, when)
            if later is None:
                found.append(self.rule(rule, ways[0]))
            else:
                text = f"{rule.id} did so only later, at {self.hours(later.tick)}"
                found.append(Missing(text, rule.where, rule.claims, rule.basis, ()))
        for entry in self.model.script:
            sets = any(
                e.variable == variable and _reaches(e, level, exact=exact) for e in entry.effects
            )
            if sets and not any(r.about == f"script.{entry.id}" for r in self.records):
                text = f"the script entry `{entry.id}` had not come"
                found.append(Missing(text, entry.where, entry.claims, entry.basis, ()))
        if not found:
            name = self.model.variables[variable].id
            found.append(Missing(f"nothing in the scenario sets {name} so", "", (), "", ()))
        return tuple(found)


def _ways(rule: Rule) -> Iterator[tuple[Option | None, Effect]]:
    """Yield every effect of a rule with the option it belongs to."""
    for effect in rule.effects:
        yield None, effect
    for option in (*rule.options, rule.otherwise, rule.lapsed):
        for effect in option.effects if option is not None else ():
            yield option, effect


def _reaches(effect: Effect, level: int, *, exact: bool) -> bool:
    """Whether an effect can bring a variable to a level, or above it."""
    value = effect.value
    if not isinstance(value, checked.Constant):
        return True
    reached = int(value.value)
    return effect.mode != "most" and (reached == level if exact else reached >= level)
