"""The fenced blocks of a page, and what comes of them when they are run.

A page is played from top to bottom in a folder of its own. Comments before a fence say what is
expected of it; they do not show on the page:

- `<!-- file: NAME -->` names a scenario, so that commands below can use it
- `<!-- on: NAME -->` says which scenario a fragment changes (`on: NAME under SECTION` for what
  stands inside a section); a fragment without it gets a title and a time
- `<!-- events: 2 warn; 8 close (late) -->`: all firings of the run, hours and rule, in order
- `<!-- ends: quiet 8 -->`, `<!-- results: a 3; b never -->`, `<!-- crossed: 4 line -->`
- `<!-- error: CODE … -->`, `<!-- warning: CODE … -->`: what the check finds;
  `<!-- stops: CODE -->`: the run stops with this error
- before a text: `<!-- output: run FILE … -->`, `<!-- output -->` (of the Python block above),
  `<!-- timeline: 0h..24h by 1h mark 6h; row, row -->`, `<!-- instant: 72h -->`; before JSON:
  `<!-- record: KIND ABOUT -->`
- before console lines: `<!-- exit: 1 -->`, and `<!-- keep: REGEX -->` for an excerpt
- a scenario may be `<!-- register: NAME -->` instead

`events`, `ends`, `results`, `timeline` and `instant` take options before the colon, as in
`<!-- events --reading due=within: 0 third -->`.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import shlex
import traceback
from dataclasses import dataclass, field
from pathlib import Path

from escalation_sim.cli.app import run_app
from escalation_sim.diagnostics import errors_in
from escalation_sim.engine.simulate import Simulator
from escalation_sim.errors import EscalationSimError, RunError, ScenarioError
from escalation_sim.model.compiler import examine
from escalation_sim.scenario.load import load_scenario
from escalation_sim.scenario.register import read_register
from tests.docs.drawing import instant, timeline

ROOT = Path(__file__).resolve().parents[2]

HEAD = "schema: 1\ntitle: an example\n"
TIME = "time: {horizon: 10d, tick: 1h}\n"

_COMMENT = re.compile(
    r"<!--\s*(?P<name>/?[a-z]+)(?P<options>[^:\n]*?)\s*(?P<rest>:.*?)?-->", re.DOTALL
)
_FENCE = re.compile(r"^```(?P<language>[a-z]*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
_EVENT = re.compile(r"(?P<hours>[0-9.]+) (?P<name>\w+)(?: \((?P<option>\w+)\))?\Z")

RUN_MARKS = frozenset({"events", "ends", "results", "crossed"})
FILE_MARKS = frozenset({"file", "on", "error", "warning", "stops", "register"})
OUTPUT_MARKS = frozenset({"output", "timeline", "instant", "record", "exit", "keep"})
MARKS = RUN_MARKS | FILE_MARKS | OUTPUT_MARKS | {"tour", "/tour"}


@dataclass(frozen=True)
class Mark:
    """One comment before a fence."""

    name: str
    options: str
    rest: str


@dataclass(frozen=True)
class Block:
    """One fence of a page, with the comments before it; `start` and `end` bound its text."""

    page: Path
    line: int
    language: str
    text: str
    start: int
    end: int
    marks: tuple[Mark, ...]

    def mark(self, name):
        """Return the first comment of this name, or None."""
        return next((m for m in self.marks if m.name == name), None)

    def named(self, name, otherwise=""):
        """Return what the first comment of this name says."""
        mark = self.mark(name)
        return mark.rest.strip() if mark else otherwise

    def names(self):
        """Return the names of all comments."""
        return {mark.name for mark in self.marks}

    def __str__(self):
        return f"{self.page.relative_to(ROOT)}:{self.line}"


@dataclass
class Played:
    """What came of one block: its faults, and what an output block would say now."""

    block: Block
    faults: list[str] = field(default_factory=list)
    fresh: str | None = None


def pages():
    """Return the pages whose blocks are run."""
    return (ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md")))


def blocks(page):
    """Return the fences of a page, each with the comments that stand directly before it."""
    text = page.read_text("utf-8")
    found = []
    last = 0
    for fence in _FENCE.finditer(text):
        between = text[last : fence.start()]
        marks = []
        for comment in _COMMENT.finditer(between):
            rest = re.sub(r"<!--.*?-->", "", between[comment.end() :], flags=re.DOTALL)
            if not rest.strip():
                said = (comment["rest"] or "").removeprefix(":")
                marks.append(Mark(comment["name"], comment["options"].strip(), said))
        line = text.count("\n", 0, fence.start()) + 1
        start, end = fence.span("text")
        found.append(Block(page, line, fence["language"], fence["text"], start, end, tuple(marks)))
        last = fence.end()
    return found


class Stage:
    """The folder in which the blocks of one page are played, and what they left behind."""

    def __init__(self, folder):
        self.folder = folder
        self.file = ""
        self.printed = ""

    def play(self, block):
        """Run one block."""
        played = Played(block, [f"unknown comment `{n}`" for n in block.names() - MARKS])
        try:
            with contextlib.chdir(self.folder):
                getattr(self, f"_{block.language or 'unknown'}", self._unknown)(played)
        except EscalationSimError as error:
            played.faults.append(str(error))
        except Exception:  # noqa: BLE001 - any other is told as well, and the page goes on
            played.faults.append(traceback.format_exc())
        return played

    # languages

    def _unknown(self, played):
        played.faults.append(f"no test knows the language `{played.block.language}`")

    def _sh(self, played):
        for line in played.block.text.splitlines():
            words = shlex.split(line)
            if words[:2] != ["python3", "start.py"] or not set(words[2:]) <= {"test"}:
                played.faults.append(f"no test runs `{line}`")

    def _python(self, played):
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            exec(compile(played.block.text, str(played.block), "exec"), {"__name__": "page"})  # noqa: S102
        self.printed = out.getvalue()

    def _console(self, played):
        block = played.block
        allowed = int(block.named("exit", "0"))
        keep = block.named("keep")
        lines = []
        for line in block.text.splitlines():
            if not line.startswith("$ "):
                continue
            words = shlex.split(line[2:])
            assert words[0] == "escalation-sim", f"no test runs `{line}`"
            code, output = command(words[1:])
            if code not in (0, allowed):
                played.faults.append(f"`{line}` leaves with {code}:\n{output}")
            lines += [line, *excerpt(output, keep)]
        only_commands = all(x.startswith("$ ") for x in block.text.splitlines())
        played.fresh = block.text if only_commands else "\n".join(lines).rstrip() + "\n"

    def _text(self, played):
        block = played.block
        for mark in block.marks:
            if mark.name == "output":
                played.fresh = self.printed
                if mark.rest.strip():
                    _, output = command(shlex.split(mark.rest))
                    played.fresh = "\n".join(excerpt(output, block.named("keep"))) + "\n"
            elif mark.name == "timeline":
                played.fresh = timeline(self._run(mark.options), mark.rest)
            elif mark.name == "instant":
                played.fresh = instant(self._run(mark.options), mark.rest)
        if played.fresh is None:
            played.faults.append("a text says what it is: output, timeline or instant")

    def _json(self, played):
        mark = played.block.mark("record")
        assert mark, "a piece of JSON says which record it is"
        kind, about = mark.rest.split()
        run = self._run(mark.options)
        record = next(r for r in run.records if r.kind == kind and r.about == about)
        played.fresh = json.dumps(record.as_json(), indent=2, ensure_ascii=False) + "\n"

    def _yaml(self, played):
        block = played.block
        if block.mark("register"):
            read_register(Path(block.named("register")), block.named("register"))
            return
        self.file = block.named("file", f"line-{block.line}.yaml")
        Path(self.file).write_text(self._whole(block), "utf-8")
        errors, warnings = block.named("error").split(), block.named("warning").split()
        try:
            model, found = examine(load_scenario(Path(self.file)))
        except ScenarioError as error:
            model, found = None, list(error.diagnostics)
        for severity, wanted in (("error", errors), ("warning", warnings)):
            codes = [d.code for d in found if d.severity == severity]
            if codes != wanted:
                report = "\n".join(d.render() for d in found)
                played.faults.append(f"{severity}s {wanted} expected, {codes} found\n{report}")
        if model is None or errors_in(found):
            return
        stops = block.named("stops")
        try:
            self._judged(played)
        except RunError as error:
            if error.diagnostic.code != stops:
                raise
        else:
            assert not stops, f"the run does not stop with `{stops}`"

    def _whole(self, block):
        """Complete a fragment; its own lines come first, so that line numbers stay right."""
        if re.search(r"^schema:", block.text, re.MULTILINE):
            return block.text
        name, _, section = block.named("on").partition(" under ")
        text = f"{section}:\n{block.text}" if section else block.text
        if name:
            return text + HEAD + f"extends: {name}\n"
        return text + HEAD + ("" if re.search(r"^time:", text, re.MULTILINE) else TIME)

    def _judged(self, played):
        """Run the scenario and hold the run against the comments."""
        self._run("")
        judges = {"events": fired, "ends": ending, "results": results, "crossed": crossed}
        for mark in played.block.marks:
            if mark.name in judges:
                wanted = [x.strip() for x in mark.rest.split(";") if x.strip() not in ("", "none")]
                found = judges[mark.name](self._run(mark.options), wanted)
                if found != wanted:
                    played.faults.append(
                        f"{mark.name} {mark.options}: {wanted} is said, {found} is so"
                    )

    def _run(self, options):
        words = shlex.split(options)
        pairs = list(zip(words[::2], words[1::2], strict=True))
        given = {k: v for k, v in pairs if k in ("--seed", "--replication")}
        scenario = load_scenario(
            Path(self.file),
            settings=[tuple(v.split("=", 1)) for k, v in pairs if k == "--set"],
            readings=[tuple(v.split("=", 1)) for k, v in pairs if k == "--reading"],
        )
        model, found = examine(scenario)
        if model is None:
            raise ScenarioError(found)
        return Simulator(model).run(int(given.get("--seed", 1)), int(given.get("--replication", 0)))


def command(words):
    """Return the exit code and all that a command prints, as in a terminal of 100 columns."""
    out = io.StringIO()
    columns = os.environ.get("COLUMNS")
    os.environ["COLUMNS"] = "100"
    code = 0
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
            run_app(words)
    except SystemExit as leaving:
        code = int(leaving.code or 0)
    finally:
        os.environ.pop("COLUMNS")
        if columns is not None:
            os.environ["COLUMNS"] = columns
    return code, out.getvalue()


def excerpt(output, keep):
    """Return the lines of an output; with a pattern, those that match and … for the others."""
    lines = [line.rstrip() for line in output.rstrip().splitlines()]
    if not keep:
        return lines
    shown = []
    for line in lines:
        if re.search(keep, line):
            shown.append(line)
        elif shown[-1:] != ["  …"]:
            shown.append("  …")
    return shown


def fired(run, _):
    """Return the firings as comments write them."""
    return [
        f"{run.hours(r.tick):g} {r.about.removeprefix('rules.')}"
        + (f" ({r.data['option']})" if r.data.get("option") else "")
        for r in run.records
        if r.kind == "fired"
    ]


def ending(run, _):
    """Return how a run ended as comments write it."""
    said = run.outcome if run.why_ended == "outcome" else run.why_ended
    return [f"{said} {run.hours(run.ended_at):g}"]


def results(run, wanted):
    """Return those results that a comment names."""
    names = [w.split()[0] for w in wanted]
    values = run.results
    return [f"{n} {'never' if values[n] is None else format(values[n], 'g')}" for n in names]


def crossed(run, _):
    """Return the crossings of red lines."""
    found = [(tick, line) for line, ticks in run.crossings.items() for tick in ticks]
    return [f"{run.hours(tick):g} {line}" for tick, line in sorted(found)]


def play(page, folder):
    """Run all blocks of a page, from top to bottom."""
    stage = Stage(folder)
    found = blocks(page)
    for block in found:
        if block.mark("register"):
            (folder / block.named("register")).write_text(block.text, "utf-8")
    return [stage.play(block) for block in found]


__all__ = ["ROOT", "Block", "Played", "blocks", "pages", "play"]
