"""A kernel while it is written: its lines, the places of its state, the numbers it is given.

The text of a kernel depends on the structure of a model alone. Every number of the model (horizon,
parameters, constants, arguments of laws, starting values, lengths) gets a place in one of three
arrays instead, in the order in which the writer comes upon it, so that a model with other numbers
gives the same text. Names in the text are ours: `S[12]`, `take_3`; nothing of a scenario's own text
gets into it.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from escalation_sim.chance.address import site_key
from escalation_sim.engine.compiled.kit import PART_SIZE, PARTS
from escalation_sim.engine.watch import NOW, Key, reads_of
from escalation_sim.expression import checked
from escalation_sim.expression.types import NUMBER, RATE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from escalation_sim.chance.laws import Law
    from escalation_sim.expression.checked import Checked, Value
    from escalation_sim.model.model import Model

ARRAYS = "S, F, X, Y, I, C, K, Q, A, B, D, U, G"
HEAD = (
    "S: Ints, F: Reals, X: Ints, Y: Reals, I: Ints, C: Reals, K: Words, Q: Words, A: Reals, "
    "B: Reals, D: Words, U: Reals, G: Ints, now: int"
)
"""What every function of a kernel takes first.

S and F are the state of a replication, X and Y rows of waiting occurrences and first entries; I, C
and K are what the model gives: whole numbers, doubles, keys. D is the run's key and two digests.
Q are the keys of random sites, U the uniforms of their first occurrences, drawn together when a
replication begins; of these, G are the ticks of exponential delays, by the means and scales in A.
B are tables of laws that are slow to compute.
"""

FIRST: Key = ("first", 0)
"""Stands among what has changed when nothing has been looked at yet."""

BITS = 62
"""Changes that one whole number can tell apart."""

TABLED = frozenset({"erlang", "weibull", "lognormal", "normal"})
"""Laws that are slow to compute, and smooth."""

TABLE_SIZE = PARTS * PART_SIZE
"""Doubles of one table."""

RESERVED = 4
"""Places at the head of S that `kit` names."""


class Text:
    """Lines of Python, indented by blocks."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.depth = 0

    def line(self, *lines: str) -> None:
        """Add lines to the block that is open."""
        self.lines.extend("    " * self.depth + line for line in lines)

    @contextmanager
    def block(self, head: str) -> Iterator[None]:
        """Open a block under a line; one that stays empty gets a `pass`."""
        self.line(head)
        self.depth += 1
        before = len(self.lines)
        yield
        if len(self.lines) == before:
            self.line("pass")
        self.depth -= 1

    def text(self) -> str:
        """Return all lines."""
        return "\n".join(self.lines) + "\n"


@dataclass(slots=True)
class Numbers:
    """What a kernel is given: the values behind `I[…]`, `C[…]` and `K[…]`, in their order."""

    wholes: list[int] = field(default_factory=list)
    reals: list[float] = field(default_factory=list)
    keys: list[int] = field(default_factory=list)
    sites: list[int] = field(default_factory=list)
    exponentials: dict[int, tuple[float, float]] = field(default_factory=dict)
    """Mean and scale of the exponential delay that is drawn at a site."""
    lists: list[tuple[int, tuple[float, ...]]] = field(default_factory=list)
    _parameters: dict[tuple[int, bool], str] = field(default_factory=dict)
    _keys: dict[str, str] = field(default_factory=dict)

    def whole(self, value: Value) -> str:
        """Return the place of a whole number."""
        self.wholes.append(int(value))
        return f"I[{len(self.wholes) - 1}]"

    def real(self, value: Value) -> str:
        """Return the place of a double."""
        self.reals.append(float(value))
        return f"C[{len(self.reals) - 1}]"

    def parameter(self, index: int, value: Value, *, real: bool) -> str:
        """Return the place of a parameter; each has one."""
        known = self._parameters.get((index, real))
        if known is None:
            known = self.real(value) if real else self.whole(value)
            self._parameters[index, real] = known
        return known

    def key(self, place: str, value: int) -> str:
        """Return the place of a key; each named place has one."""
        if place not in self._keys:
            self.keys.append(value)
            self._keys[place] = f"K[{len(self.keys) - 1}]"
        return self._keys[place]

    def option(self, id_: str) -> str:
        """Return the place of an option's key."""
        return self.key(f"option.{id_}", site_key(f"option.{id_}"))

    def values(self, values: tuple[float, ...]) -> tuple[str, str]:
        """Return the places of where a list of doubles begins and how long it is."""
        begins, count = self.whole(0), self.whole(len(values))
        self.lists.append((len(self.wholes) - 2, values))
        return begins, count

    def arrays(self) -> tuple[list[int], list[float]]:
        """Return whole numbers and doubles; lists stand behind the other doubles."""
        wholes, reals = list(self.wholes), list(self.reals)
        for place, values in self.lists:
            wholes[place] = len(reals)
            reals.extend(values)
        return wholes, reals

    def places(self) -> dict[str, int]:
        """Return the places of sites in Q, U and G: exponential delays first."""
        order = sorted(range(len(self.sites)), key=lambda i: i not in self.exponentials)
        found = {str(number): place for place, number in enumerate(order)}
        return {**found, "sites": padded(len(order)), "means": padded(len(self.exponentials))}

    def site_arrays(self) -> tuple[list[int], list[float]]:
        """Return the keys of all sites, and the means and then the scales of exponential delays."""
        places = self.places()
        keys = [0] * places["sites"]
        laws = [0.0] * (2 * places["means"])
        for number, key in enumerate(self.sites):
            keys[places[str(number)]] = key
        for number, (mean, scale) in self.exponentials.items():
            laws[places[str(number)]] = mean
            laws[places["means"] + places[str(number)]] = scale
        return keys, laws


class Draft:
    """One kernel while it is written."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.out = Text()
        self.laws = Text()
        self.tables: list[str] = []
        """The samples of tabled laws, as they are written, at a uniform `u`."""
        self.numbers = Numbers()
        self.whole_places = RESERVED
        self.real_places = 0
        self.row_places = 0
        self.row_reals = 0
        self.starts: list[tuple[int, str]] = []
        """Places of S that do not start at 0, with what they start at."""
        self.wakes: list[int] = []
        """Places of S that hold a tick at which something is due."""
        self.horizon = self.numbers.whole(model.horizon)
        rules = len(model.rules)
        self.rank_bits = max(1, rules.bit_length())
        self.shift = key_bits(rules)
        self.values = [self.real() if is_real(v.type) else self.whole() for v in model.variables]
        self.latches = [self.whole() for _ in model.latches]
        self.joined = [[self.whole() for _ in party.members] for party in model.parties]
        self.clocks = [self._clock() for _ in model.clocks]
        self.lines = [self.whole() for _ in model.red_lines]
        self.item_keys = [self.whole("NEVER") for _ in model.rules]
        self.firsts: dict[int, int] = {}
        """Where the first entries into a ladder's rungs stand in X, by variable."""
        for i, ladder in model.ladders:
            self.firsts[i] = self.row_places
            self.row_places += len(ladder.levels)
        self._bits = self._bits_of()
        self.words = -(-len(self._bits) // BITS)
        self.changed = [self.whole() for _ in range(self.words)]
        self.looking = [self.whole() for _ in range(self.words)]
        self.touched = [self.whole() for _ in range(self.words)]
        self.in_tick = [self.whole() for _ in range(self.words)]

    # places

    def whole(self, start: str = "") -> int:
        """Return a new place in S; it starts at 0, or at what `start` says."""
        self.whole_places += 1
        if start:
            self.starts.append((self.whole_places - 1, start))
        return self.whole_places - 1

    def real(self) -> int:
        """Return a new place in F; it starts at 0."""
        self.real_places += 1
        return self.real_places - 1

    def wake(self) -> int:
        """Return a new place in S for a tick at which something is due; at first there is none."""
        place = self.whole("NEVER")
        self.wakes.append(place)
        return place

    def rows(self, count: int, width: int, reals: int) -> tuple[int, int]:
        """Return where new rows begin, in X and in Y."""
        begins = self.row_places, self.row_reals
        self.row_places += count * width
        self.row_reals += count * reals
        return begins

    def _clock(self) -> tuple[int, int]:
        """Return the places of a new clock and of the end of its lull."""
        at = self.whole()
        for part in range(1, 8):
            place = self.whole("-1" if part in (4, 5) else "")
            assert place == at + part  # noqa: S101 - the parts stand side by side
        return at, self.whole("NEVER")

    def value_at(self, variable: int) -> str:
        """Return a variable as it is written in the kernel."""
        kind = "F" if is_real(self.model.variables[variable].type) else "S"
        return f"{kind}[{self.values[variable]}]"

    # changes, and who looks at them

    def _bits_of(self) -> dict[Key, int]:
        """Give a number to everything whose change somebody looks at."""
        model = self.model
        keys: dict[Key, None] = {FIRST: None, NOW: None}
        trees: list[Checked] = [*model.latches]
        for clock in model.clocks:
            trees += [clock.from_, clock.until, clock.pause]
        trees += [line.crossed for line in model.red_lines]
        for rule in model.rules:
            trees += [node for node in (rule.when, rule.unless, rule.rate) if node is not None]
            if rule.on_change is not None:
                keys["value", rule.on_change] = None
        trees += [outcome.when for outcome in model.outcomes]
        trees += [result.what for result in model.results]
        for tree in trees:
            keys |= dict.fromkeys(sorted(reads_of(tree)))
        keys |= dict.fromkeys(("value", i) for i, _ in model.ladders)
        return {key: bit for bit, key in enumerate(keys)}

    def change(self, key: Key, places: list[int] | None = None) -> list[str]:
        """Return the lines that say that something has changed; none if nobody looks."""
        if key not in self._bits:
            return []
        word, bit = divmod(self._bits[key], BITS)
        place = (places or self.changed)[word]
        return [f"S[{place}] = S[{place}] | {1 << bit}"]

    def touches(self, places: list[int], keys: Iterable[Key]) -> str:
        """Return the condition that something among `keys` has changed."""
        masks = [0] * self.words
        for key in {FIRST, *keys}:
            if key in self._bits:
                word, bit = divmod(self._bits[key], BITS)
                masks[word] |= 1 << bit
        tests = [f"(S[{p}] & {m}) != 0" for p, m in zip(places, masks, strict=True) if m]
        return " or ".join(tests)

    def reads(self, *nodes: Checked | None) -> set[Key]:
        """Return what any of the nodes reads."""
        found: set[Key] = set()
        for node in nodes:
            if node is not None:
                found |= reads_of(node)
        return found

    # laws

    def site(self, site: str) -> int:
        """Return the number of a random site."""
        key = self.model.sites[site]
        if key not in self.numbers.sites:
            self.numbers.sites.append(key)
        return self.numbers.sites.index(key)

    def uniform(self, site: str, occurrence: str) -> str:
        """Return the uniform at an address; that of a first occurrence is there already."""
        place = f"@{self.site(site)}@"
        text = f"uniform(word(D[0], Q[{place}], {occurrence}, 0))"
        return f"(U[{place}] if n == 1 else {text})" if occurrence == "n" else text

    def delay(self, law: Law, site: str, occurrence: str) -> str:
        """Return the ticks of a law drawn at an address."""
        if law.kind == "exponential" and occurrence == "n":
            number = self.site(site)
            self.numbers.exponentials[number] = (law.scalar[1], law.scale)
            place = f"@{number}@"
            uniform = f"uniform(word(D[0], Q[{place}], n, 0))"
            later = f"drawn_exponential(A[{place}], A[@means@ + {place}], {uniform})"
            return f"(G[{place}] if n == 1 else {later})"
        uniform = self.uniform(site, occurrence)
        if law.kind in TABLED and occurrence == "n":
            return self._by_table(law, uniform)
        return f"ticks({self.sample(law, uniform)})"

    def _by_table(self, law: Law, uniform: str) -> str:
        """Return the ticks of a law that has a table; where that is in doubt it is computed."""
        number, sample = len(self.tables), self.sample(law, "u")
        self.tables.append(sample)
        with self.laws.block(f"def drawn_{number}(I: Ints, C: Reals, B: Reals, u: float) -> int:"):
            self.laws.line(f"w = tabled(B, {number * TABLE_SIZE}, u)")
            with self.laws.block("if w >= 0:"):
                self.laws.line("return w")
            self.laws.line(f"return ticks({sample})")
        return f"drawn_{number}(I, C, B, {uniform})"

    def sample(self, law: Law, uniform: str) -> str:
        """Return the sample of a law at a uniform, before any rounding."""
        real = self.numbers.real
        if law.values:
            begins, count = self.numbers.values(law.values)
            return f"C[{begins} + empirical_index({count}, {uniform})] * {real(law.scale)}"
        _, a, b, c = law.scalar
        match law.kind:
            case "uniform" | "weibull" | "lognormal":
                text = f"{law.kind}_quantile({real(a)}, {real(b)}, {uniform})"
            case "triangular":
                text = f"triangular_quantile({real(a)}, {real(b)}, {real(c)}, {uniform})"
            case "exponential":
                text = f"exponential_quantile({real(a)}, {uniform})"
            case "erlang":
                text = f"erlang_quantile({self.numbers.whole(a)}, {real(b)}, {uniform})"
            case "normal":
                given = ", ".join(map(real, (a, b, c)))
                text = f"normal_quantile_above_zero({given}, {uniform})"
            case _:
                raise AssertionError(law.kind)
        return f"{text} * {real(law.scale)}"


def key_bits(rules: int) -> int:
    """Return how many binary digits of an item's key are not its tick: generation and rank.

    Generations rise with items, of which each rule has some thousand at a tick at most.
    """
    return max(1, rules.bit_length()) + max(12, (1_001 * (rules + 1)).bit_length())


def padded(count: int) -> int:
    """Return how much room so many numbers get: a processor works off eight at a time."""
    return -(-count // 8) * 8


def is_real(kind: object) -> bool:
    """Whether values of a type are doubles; all others are whole numbers."""
    return kind in (NUMBER, RATE)


def can_fail(*nodes: Checked | None) -> bool:
    """Whether computing any of the nodes can be a fault."""
    return any(
        isinstance(part, checked.Sum | checked.Function)
        for node in nodes
        if node is not None
        for part in checked.walk(node)
    )
