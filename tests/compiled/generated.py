"""Random scenarios over the whole language, from anything that can pick like `random.Random`.

Given hypothesis' `randoms`, they shrink; given a seeded `Random`, they are quick to make by the
thousand. Names are few and short so that rules meddle with each other; ticks are coarse so that
things fall on the same instant.
"""

FLAGS = ("fa", "fb", "fc")
LEVELS = ("low", "mid", "high")
RUNGS = ("calm", "tense", "hot")
NUMBERS = ("na", "nb")
LENGTHS = ("da", "db")
CLOCKS = ("c0", "c1", "c2")
ORDER = ("<", "<=", "==", "!=", ">=", ">")


class Writer:
    """Writes one scenario. Odd picks (faults, circles) are rare but there."""

    def __init__(self, pick):
        self.pick = pick
        self.clocks = CLOCKS[: pick.randint(0, 3)]
        self.rules = [f"r{i}" for i in range(pick.randint(1, 7))]
        self.lines = [f"line{i}" for i in range(pick.randint(0, 2))]
        self.definitions = []
        self.readable = ()
        """Clocks that may be read where we are: those before the one that is written."""

    # small choices

    def one(self, *choices):
        return self.pick.choice(choices)

    def maybe(self, chances):
        """Whether one of so many chances is hit."""
        return self.pick.randint(1, chances) == 1

    def hours(self, least=0, most=9):
        return f"{self.pick.randint(least, most)}h"

    # values

    def number(self, depth=1, was=False):
        simple = [
            lambda: self.one("0", "1", "2", "3", "0.5", "1.5"),
            lambda: self.one(*NUMBERS),
            lambda: self.one("pn", "pm", "drawn"),
            lambda: self.one("board.joined", "board.weight", "board.size"),
        ]
        if was:
            simple.append(lambda: f"was({self.one(*NUMBERS)})")
        if depth <= 0:
            return self.one(*simple)()
        inner = lambda: self.number(depth - 1, was)  # noqa: E731
        return self.one(
            *simple,
            lambda: f"({inner()} {self.one('+', '-', '*')} {inner()})",
            lambda: f"({inner()} {self.one('+', '-', '*')} {inner()})",
            lambda: f"{self.one('min', 'max')}({inner()}, {inner()}, {inner()})",
            lambda: f"({inner()} if {self.condition(0)} else {inner()})",
            lambda: (
                f"({self.length(0, was)} / {self.one('1h', '2h', 'da')})"
                if self.maybe(2)
                else inner()
            ),
            lambda: f"({inner()} / {self.one('2', '4', 'pn', inner())})",
            lambda: f"abs({inner()})",
            lambda: f"floor({inner()})",
            lambda: f"sqrt(abs({inner()}))" if not self.maybe(8) else f"sqrt({inner()})",
            lambda: f"exp(-abs({inner()}))",
            lambda: f"log(1 + abs({inner()}))" if not self.maybe(8) else f"log({inner()})",
            lambda: f"(-{inner()})",
        )()

    def length(self, depth=1, was=False):
        simple = [
            lambda: self.hours(),
            lambda: self.one(*LENGTHS),
            lambda: self.one("pd", "pe", "wait"),
        ]
        if was:
            simple.append(lambda: f"was({self.one(*LENGTHS)})")
        if depth <= 0:
            return self.one(*simple)()
        inner = lambda: self.length(depth - 1, was)  # noqa: E731
        return self.one(
            *simple,
            lambda: f"({inner()} + {inner()})",
            lambda: f"max(0h, {inner()} - {inner()})",
            lambda: f"({inner()} * {self.one('2', '0.5', '0.3')})",
            lambda: f"({inner()} / {self.one('2', '3')})",
            lambda: f"min({inner()}, {inner()})",
            lambda: f"({inner()} if {self.condition(0)} else {inner()})",
        )()

    def level(self):
        return self.one(*LEVELS, "la", "lb", "min(la, lb)", "max(la, lb)")

    # conditions

    def atom(self):
        flag = self.one(*FLAGS)
        return self.one(
            lambda: flag,
            lambda: f"not {flag}",
            lambda: f"{self.one('na', 'nb', 'drawn')} {self.one(*ORDER)} {self.number(0)}",
            lambda: f"{self.one('la', 'lb')} {self.one(*ORDER)} {self.one(*LEVELS)}",
            lambda: f"la {self.one(*ORDER)} lb",
            lambda: f"rung {self.one(*ORDER)} {self.one(*RUNGS)}",
            lambda: f"now {self.one(*ORDER)} {self.one(self.hours(), 'da', 'fair', 'pd', 'seen')}",
            lambda: f"{self.length(0)} {self.one(*ORDER)} {self.length(0)}",
            lambda: f"ever({self.one(flag, 'rung == hot', 'la > low and fb', 'now > 5h')})",
            lambda: self.one("true", "true", "false"),
            lambda: self.one("board.joined >= 1", "board.ann", "board.weight > 1"),
            lambda: f"{flag} == {self.one(*FLAGS)}",
            self.clock_test,
            self.clock_test,
            lambda: self.one(*self.definitions) if self.definitions else flag,
            lambda: self.one(*self.lines) if self.lines and self.definitions else flag,
        )()

    def clock_test(self):
        if not self.readable:
            return self.one(*FLAGS)
        length = self.one(self.hours(), self.hours(), "pd", "da", "da + 1h", "2 * pe")
        return f"{self.one(*self.readable)} {self.one(*ORDER)} {length}"

    def condition(self, depth=1):
        if depth <= 0 or self.maybe(2):
            return self.atom()
        left, right = self.condition(depth - 1), self.condition(depth - 1)
        return self.one(
            f"({left} and {right})",
            f"({left} or {right})",
            f"({left} and {right} and {self.atom()})",
            f"not ({left})",
            f"({left} if {right} else {self.atom()})",
        )

    # effects

    def effects(self, was=False):
        names = (*FLAGS, *NUMBERS, *LENGTHS, "la", "lb", "rung", "rung", "seen")
        written = {}
        for _ in range(self.pick.randint(1, 3)):
            name = self.one(*names)
            prefix = self.one("", "", "at least ", "at most ")
            if name in FLAGS:
                said = was and self.maybe(3) and f"was({self.one(*FLAGS)})"
                value = said or self.one("true", "false", f"not {name}", self.condition(0))
            elif name in NUMBERS:
                value = prefix + self.one(f"{name} + 1", "0", self.number(1, was))
            elif name in LENGTHS:
                value = prefix + self.length(1, was)
            elif name == "seen":
                value = self.one("now", "now", "now + 2h", "fair")
            elif name == "rung":
                value = prefix + self.one(*RUNGS)
            else:
                said = was and self.maybe(3) and f"was({self.one('la', 'lb')})"
                value = prefix + (said or self.level())
            written[name] = f'"{value}"'
        return "{" + ", ".join(f"{k}: {v}" for k, v in written.items()) + "}"

    # laws and delays

    def law(self, least=0):
        a, b = self.pick.randint(least, 3), self.pick.randint(4, 9)
        return self.one(
            f"{{uniform: [{a}h, {b}h]}}",
            f"{{triangular: [{a}h, {a + 1}h, {b}h]}}",
            f"{{exponential: {b}h}}",
            f"{{erlang: [{self.pick.randint(1, 3)}, {b}h]}}",
            f"{{weibull: [{self.one('0.7', '1', '2.5')}, {b}h]}}",
            f"{{lognormal: [{b}h, {self.one('0.3', '1')}]}}",
            f"{{normal: [{a + 1}h, {self.one('1h', '4h')}]}}",
            f"{{empirical: [{a}h, {a + 1}h, {b}h]}}",
            f"{{exponential: {b}h, mean: {a + 1}h}}",
        )

    def delay(self, least=0):
        return self.one(
            self.hours(least),
            self.hours(least),
            self.law(least),
            self.one("lu", "le", "pd") if least == 0 else "pd",
            f'"{self.length(1)}"' if least == 0 else f'"1h + {self.length(0)}"',
        )

    def chance(self):
        return self.one(
            "0.5",
            "0.9",
            "0.3",
            "pc",
            f'"{self.one("0.8", "1")} if {self.condition(0)} else 0.2"',
            '"min(1, max(0, na / 3))"',
            "drawn" if self.maybe(3) else "pc",
            "na" if self.maybe(12) else "0.7",
        )

    # sections

    def rule(self):
        parts = []
        kind = self.one("when", "when", "when", "change", "every", "rate")
        condition = self.condition(1)
        delays = []
        if kind == "change":
            parts.append(f"on_change: {self.one(*FLAGS, *NUMBERS, 'la', 'rung', 'da')}")
            if self.maybe(2):
                parts.append(f'when: "{condition}"')
                if self.maybe(2):
                    delays.append(f"for: {self.delay()}")
        else:
            parts.append(f'when: "{condition}"')
        if kind == "when" and self.maybe(2):
            delays.append(f"for: {self.delay()}")
        if kind == "every":
            parts.append(f"every: {self.delay(0 if self.maybe(6) else 1)}")
        if kind == "rate":
            rate = self.one(
                "0.2 / 1h", "pc / 1h", "na / 2h", "1 / 1h if fb else 0.1 / 1h", "2 / 1h"
            )
            parts.append(f'rate: "{rate}"')
        if self.maybe(2):
            delays.append(f"after: {self.delay()}")
        if kind == "when" and self.maybe(5):
            delays = [d for d in delays if not d.startswith("after")] + [f"after: {self.delay(1)}"]
            delays.append("again: true")
        parts += delays
        if kind != "when" and self.maybe(4):
            parts.append(f"at_most: {self.one('1', '2', '3', '20')}")
        if self.maybe(3):
            parts.append(f"chance: {self.chance()}")
        if self.maybe(4):
            parts.append(f'unless: "{self.condition(1)}"')
        if self.maybe(10):
            parts.append(f"stream: s{self.pick.randint(0, 10**6)}")
        parts += self.deeds()
        return "{" + ", ".join(parts) + "}"

    def deeds(self):
        if self.maybe(2):
            return [self.one(f"do: {self.effects(was=True)}", f"do: {self.effects()}", "note: x")]
        parts = []
        if self.maybe(2):
            parts.append("ask: board")
        within = self.maybe(2)
        if within:
            parts.append(f"within: {self.delay()}")
        options = []
        for i in range(self.pick.randint(1, 3)):
            inner = []
            if self.maybe(2):
                inner.append(f'if: "{self.one("board.joined >= 1", self.condition(1))}"')
            if self.maybe(3):
                inner.append(f'weight: "{self.one("1", "2", "0.5", "abs(na)", "pn", "nb")}"')
            if not self.maybe(4):
                inner.append(f"do: {self.effects(was=self.maybe(2))}")
            options.append(f"o{i}: {{{', '.join(inner)}}}")
        if self.maybe(2):
            options.append(f"otherwise: {{{self.one('note: x', 'do: ' + self.effects())}}}")
        if within and self.maybe(2):
            options.append(f"lapsed: {{do: {self.effects()}}}")
        parts.append(f"choose: {{{', '.join(options)}}}")
        return parts

    def clock(self):
        first, second = self.condition(1), self.condition(1)
        parts = [f'while: "{first}"']
        if self.maybe(3):
            parts = [f'from: "{first}"', f'until: "{second}"']
        if self.maybe(2):
            parts.append(f"lull: {self.one(self.hours(), 'pe', 'da')}")
        if self.maybe(3):
            parts.append(f'pause: "{self.condition(1)}"')
        return "{" + ", ".join(parts) + "}"

    def results(self):
        found = {
            "total": f'{{total: "{self.condition(1)}"}}',
            "first": f'{{first: "{self.condition(1)}"}}',
            "count": f'{{count: "({self.condition(1)})"}}',
            "share": f'{{share: "({self.condition(1)})"}}',
            "fired": f"{{count: {self.one(*self.rules)}}}",
            "number": f'{{value: "{self.number(1)}"}}',
            "length": f'{{value: "{self.length(1)}", at: {self.hours()}}}',
            "several": f'{{value: "{self.one("na", "da", "seen")}", at: [1h, 6h, {self.hours(7, 40)}]}}',
            "rate": '{value: "pc / 1h * na"}',
        }
        if self.lines:
            found["crossings"] = f"{{count: {self.lines[0]}}}"
        if self.ends:
            found["ended"] = "{share: over}"
            found["given"] = f"{{total: fa, given: {self.one('over', 'rest')}}}"
        return found

    def text(self):
        """Write the scenario."""
        self.ends = self.maybe(2)
        tick = self.one("1h", "1h", "1h", "20min", "1s")
        horizon = self.one("24h", "24h", "40h", "7h", "1h")
        heavy = self.one("1", "2", "0.5", "pn")
        out = [
            "schema: 1",
            "title: a test",
            f"time: {{horizon: {horizon}, tick: {tick}, anchors: {{fair: {self.hours()}}}}}",
            "parties:",
            f"  board: {{members: {{ann: {self.chance()}, bob: {{joins: 0.4, weight: {heavy}}}}}}}",
            "parameters:",
            f"  pn: {self.one('0', '1', '2', '2.5')}",
            "  pm: pn * 2 + 1",
            f"  pd: {self.hours()}",
            "  pe: pd / 2 + 1h",
            f"  pc: {self.one('0', '0.4', '0.8', '1')}",
            f"  lu: {self.law()}",
            f"  le: {self.law()}",
            "situation:",
            f"  fa: {self.one('true', 'false')}",
            "  fb: false",
            "  fc: true",
            f"  la: [{', '.join(LEVELS)}]",
            f"  lb: {{like: la, starts: {self.one(*LEVELS)}}}",
            f"  na: {self.one('0', '1', '2.5')}",
            "  nb: 1",
            f"  da: {self.hours()}",
            "  db: 2h",
            "  seen: 0h",
            f"  drawn: {{draw: {self.one('{uniform: [0, 1]}', '{normal: [1, 1]}', '{exponential: 2}', '{empirical: [0, 1, 2]}')}}}",
            f"  wait: {{draw: {self.law()}}}",
            f"ladders: {{rung: {{rungs: [{', '.join(RUNGS)}]}}, other: {{rungs: [low_one, high_one]}}}}",
        ]
        self.lines, lines = [], self.lines
        defined = {}
        for i in range(self.pick.randint(0, 2)):
            self.readable = self.clocks
            defined[f"def{i}"] = self.condition(self.one(1, 1, 3))
            self.definitions.append(f"def{i}")
        if defined:
            out.append("definitions:")
            out += [f'  {name}: "{text}"' for name, text in defined.items()]
        if lines:
            out.append("red_lines:")
            self.readable = self.clocks
            out += [f'  {name}: {{crossed: "{self.condition(1)}"}}' for name in lines]
        self.lines = lines
        known, self.definitions = self.definitions, []
        if self.clocks:
            out.append("clocks:")
            for i, name in enumerate(self.clocks):
                self.readable = self.clocks[:i]
                out.append(f"  {name}: {self.clock()}")
        self.definitions, self.readable = known, self.clocks
        script = {}
        for _ in range(self.pick.randint(0, 5)):
            when = self.one(self.hours(0, 26), self.hours(), "pd", "fair + 1h", "lu", "le")
            script[when] = self.effects()
        if script:
            out.append("script:")
            out += [f"  {when}: {what}" for when, what in script.items()]
        out.append("rules:")
        out += [f"  {name}: {self.rule()}" for name in self.rules]
        if self.ends:
            hold = self.one("", f", for: {self.hours()}", ", for: pe")
            out.append("outcomes:")
            out.append(f'  over: {{when: "{self.condition(1)}"{hold}}}')
            if self.maybe(2):
                out.append(f'  second: "{self.condition(1)}"')
            out.append("  rest: otherwise")
        out.append("results:")
        out += [f"  {name}: {what}" for name, what in self.results().items()]
        return "\n".join(out) + "\n"


def text_of(pick):
    """Return the text of a random scenario; a few are refused when they are read."""
    return Writer(pick).text()
