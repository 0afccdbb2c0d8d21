"""Timelines drawn from runs, so that no drawing on a page can be wrong.

One row a thing, one column a stretch of time. In a row of a flag `█` is true; elsewhere a value
stands where it begins. A clock runs `0───`, stands in a lull `╌`, is paused `:`, is reset `×`. A
rule is triggered `△`, waits `╌`, fires `▲`; it is called off `×`, its chance fails `!`, a trigger
is ignored `?`. A red line is crossed `▲`.
"""

from __future__ import annotations

import re
from fractions import Fraction

from escalation_sim.cli.inputs import ticks_of_time
from escalation_sim.trace.words import deed_text

_SPEC = re.compile(
    r"(?P<start>\w+)\.\.(?P<end>\w+) by (?P<step>\S+) mark (?P<mark>\S+); (?P<rows>.+)", re.DOTALL
)
_RULE = {"triggered": "△", "fired": "▲", "called_off": "×", "chance_failed": "!", "ignored": "?"}


class _Grid:
    def __init__(self, run, spec):
        found = _SPEC.fullmatch(" ".join(spec.split()))
        assert found, f"`{spec}` is no timeline: FROM..TO by STEP mark STEP; ROWS"
        self.run = run
        # in seconds; a column may be shorter than a tick
        self.start, self.end, self.step, self.mark = (
            ticks_of_time(found[name], Fraction(1)) for name in ("start", "end", "step", "mark")
        )
        self.rows = [name.strip() for name in found["rows"].split(",")]
        self.width = (self.end - self.start) // self.step + 1
        over = run.model.horizon if run.why_ended == "quiet" else run.ended_at
        self.last = min(self.column(over), self.width - 1)

    def column(self, tick):
        return int((tick * self.run.model.seconds_per_tick - self.start) // self.step)

    def tick(self, column):
        return (self.start + column * self.step) / self.run.model.seconds_per_tick

    def axis(self):
        line = [" "] * (self.width + 6)
        for second in range(self.start, self.end + 1, self.mark):
            text = f"{second / 3600:g}"
            column = (second - self.start) // self.step
            line[column : column + len(text)] = text
        return "".join(line).rstrip()

    def put(self, line, column, text):
        for i, character in enumerate(text):
            if 0 <= column + i < self.width:
                line[column + i] = character

    def variable(self, name):
        model = self.run.model
        variable = next(v for v in model.variables if v.id == name)
        changes = [(r.tick, r.writes[name][1]) for r in self.run.records if name in r.writes]
        flag = variable.type.kind == "flag"
        line = [" "] * self.width
        shown = None
        for column in range(self.last + 1):
            value = [v for tick, v in changes if tick <= self.tick(column)][-1]
            if flag:
                line[column] = "█" if value else "·"
                continue
            if value != shown:
                text = value if isinstance(value, str) else f"{value:g}"
                for i in range(column, self.last + 1):
                    line[i] = "─"
                self.put(line, column, text)
            shown = value
        return "".join(line[: self.last + 1])

    def clock(self, name):
        line = [" "] * self.width
        states = {"clock_started": "─", "clock_resumed": "─", "clock_unpaused": "─",
                  "clock_stopped": "╌", "clock_paused": ":", "clock_reset": " "}  # fmt: skip
        told = [r for r in self.run.records if r.about == f"clocks.{name}"]
        for record in told:
            for column in range(max(self.column(record.tick), 0), self.last + 1):
                line[column] = states[record.kind]
            if record.kind in ("clock_started", "clock_reset"):
                mark = "0" if record.kind == "clock_started" else "×"
                self.put(line, self.column(record.tick), mark)
        return "".join(line).rstrip()

    def rule(self, name):
        line = [" "] * self.width
        told = [r for r in self.run.records if r.about == f"rules.{name}" and r.kind in _RULE]
        for begun in (r for r in told if r.kind == "triggered"):
            mine = [
                r for r in told
                if r.data["occurrence"] == begun.data["occurrence"] and r.kind != "triggered"
            ]  # fmt: skip
            over = self.column(mine[-1].tick) if mine else self.last + 1
            self.put(line, self.column(begun.tick), "╌" * (over - self.column(begun.tick)))
        for kind in ("triggered", "ignored", "chance_failed", "called_off", "fired"):
            for record in told:
                if record.kind == kind:
                    self.put(line, self.column(record.tick), _RULE[kind])
        return "".join(line).rstrip()

    def row(self, name):
        model = self.run.model
        if name in self.run.crossings:
            line = [" "] * self.width
            for tick in self.run.crossings[name]:
                self.put(line, self.column(tick), "▲")
            return "".join(line).rstrip()
        if any(v.id == name for v in model.variables):
            return self.variable(name)
        if any(c.id == name for c in model.clocks):
            return self.clock(name)
        assert any(r.id == name for r in model.rules), f"there is no `{name}` to draw"
        return self.rule(name)


def timeline(run, spec):
    """Return a drawing of some rows of a run."""
    grid = _Grid(run, spec)
    names = ["hours", *grid.rows]
    wide = max(map(len, names)) + 2
    lines = [grid.axis(), *(grid.row(name) for name in grid.rows)]
    return "".join(
        f"{name:<{wide}}{line}".rstrip() + "\n" for name, line in zip(names, lines, strict=True)
    )


def instant(run, spec):
    """Return what is done at one tick, item by item, in order."""
    tick = ticks_of_time(spec.strip(), run.model.seconds_per_tick)
    places = {}
    for record in run.records:
        if record.tick == tick and record.kind not in ("begin", "end"):
            places.setdefault(record.place, []).append(deed_text(run.model, record))
    lines = []
    for number, texts in enumerate(places.values(), start=1):
        lines += [f"{number}  {texts[0]}", *(f"   {text}" for text in texts[1:])]
    return "\n".join(lines) + "\n"
