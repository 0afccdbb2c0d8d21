"""Small models whose answers are known exactly: means, spreads and probabilities.

Each question has runs of its own, under a seed of its own, so that the answers are independent. An
observation has a known mean and standard deviation; the mean of many of them, less the known one
and over its standard error, is the question's Z value, which is then nearly standard normal.
"""

import math
from dataclasses import dataclass

from escalation_sim.engine.simulate import Simulator
from tests.support import scenario

SIDE_BY_SIDE = 40
"""Samples of a law in one run of a question about that law."""


@dataclass(frozen=True)
class Question:
    """A scenario, what is seen in a run of it, and what is known of that."""

    name: str
    text: str
    mean: float
    sd: float
    runs: int
    horizon: str = "200h"
    seen: object = None
    law: str = ""

    def z(self, number, *, times=1.0, seed=1_000):
        """Return the Z value of this question, the `number`-th, from `times` its runs."""
        simulator = Simulator(scenario(self.text, horizon=self.horizon, tick="1s"))
        total, count = 0.0, 0
        for replication in range(round(self.runs * times)):
            row = simulator.row(seed + number, replication)
            assert row.fault == 0
            for value in row.results:
                total += value if self.seen is None else self.seen(value)
                count += 1
        return (total / count - self.mean) / (self.sd / math.sqrt(count))


def probability(name, text, p, **how):
    """Return a question about a share."""
    return Question(name, text, p, math.sqrt(p * (1 - p)), how.pop("runs", 8_000), **how)


def quantity(name, text, mean, variance, **how):
    """Return a question about a mean."""
    return Question(name, text, mean, math.sqrt(variance), how.pop("runs", 8_000), **how)


def samples(law):
    """Return a scenario that draws a law many times over and reads each sample."""
    names = [f"x{i}" for i in range(SIDE_BY_SIDE)]
    drawn = ", ".join(f"{name}: {{draw: {law}}}" for name in names)
    read = ", ".join(f"{name}: {{value: {name}}}" for name in names)
    return f"situation: {{{drawn}}}\nresults: {{{read}}}\n"


def law_mean(kind, written, mean, variance):
    """Return a question about the mean of a law, with runs enough that 1 % is 6 standard errors."""
    wanted = (6 / 0.01) ** 2 * variance / mean**2
    runs = math.ceil(wanted / SIDE_BY_SIDE)
    return quantity(
        f"mean of {kind}", samples(f"{{{kind}: {written}}}"), mean, variance, runs=runs, law=kind
    )


def law_spread(kind, written, mean, variance, kurtosis):
    """Return a question about the mean squared distance from the mean of a law."""
    return Question(
        f"spread of {kind}",
        samples(f"{{{kind}: {written}}}"),
        variance,
        variance * math.sqrt(kurtosis - 1),
        600,
        seen=lambda x: (x - mean) ** 2,
        law=kind,
    )


def law_share(kind, written, below, p):
    """Return a question about the part of a law's samples below a number."""
    return Question(
        f"share of {kind} below {below}",
        samples(f"{{{kind}: {written}}}"),
        p,
        math.sqrt(p * (1 - p)),
        600,
        seen=lambda x: float(x < below),
        law=kind,
    )


def _triangular_variance(a, c, b):
    return (a * a + b * b + c * c - a * b - a * c - b * c) / 18


def _weibull(shape, scale):
    mean = scale * math.gamma(1 + 1 / shape)
    return mean, scale**2 * math.gamma(1 + 2 / shape) - mean**2


def _lognormal(median, sigma):
    grown = math.exp(sigma**2)
    return median * math.sqrt(grown), median**2 * grown * (grown - 1)


MEANS = (
    law_mean("uniform", "[2, 6]", 4.0, 16 / 12),
    law_mean("triangular", "[1, 4, 24]", 29 / 3, _triangular_variance(1, 4, 24)),
    law_mean("exponential", "10", 10.0, 100.0),
    law_mean("erlang", "[3, 12]", 12.0, 48.0),
    law_mean("weibull", "[2, 10]", *_weibull(2, 10)),
    law_mean("lognormal", "[5, 0.5]", *_lognormal(5, 0.5)),
    law_mean("normal", "[10, 1.5]", 10.0, 2.25),  # the cut at 0 lies 6.7 deviations away
    law_mean("empirical", "[1, 2, 2, 5]", 2.5, 2.25),
)
"""One question on the mean of each law."""

LAWS = (
    *MEANS,
    law_spread("uniform", "[2, 6]", 4.0, 16 / 12, 9 / 5),
    law_spread("triangular", "[1, 4, 24]", 29 / 3, _triangular_variance(1, 4, 24), 12 / 5),
    law_spread("exponential", "10", 10.0, 100.0, 9.0),
    law_spread("erlang", "[3, 12]", 12.0, 48.0, 5.0),
    law_spread("normal", "[10, 1.5]", 10.0, 2.25, 3.0),
    law_share("weibull", "[2, 10]", 5, 1 - math.exp(-0.25)),
    law_share("lognormal", "[5, 0.5]", 5 * math.exp(0.5), 0.8413447460685429),
    law_share("normal", "[0, 1]", 0.6744897501960817, 0.5),  # half of the parent, made whole
    law_share("empirical", "[1, 2, 2, 5]", 2.5, 0.75),
)
"""Questions about laws alone."""

RACE = """
    situation: {a: false, b: false}
    rules:
      one: {when: "true", after: {exponential: 10h}, do: {a: true}}
      two: {when: "true", after: {exponential: 30h}, do: {b: true}}
"""


def _race(more):
    return RACE + "\n".join("    " + line for line in more.splitlines()) + "\n"


def _on_for_the_rest(mean, until):
    """Return mean and variance of the time from an exponential start to a fixed end."""
    gone = math.exp(-until / mean)
    first = until - mean * (1 - gone)
    return first, until**2 - 2 * mean * until + 2 * mean**2 * (1 - gone) - first**2


def _sum_of_those_that_came(times, chance, mean, until):
    """Return mean and variance of the sum of the times whose exponential delay ended by `until`."""
    came = [(t, chance * (1 - math.exp(-(until - t) / mean))) for t in times]
    return sum(t * p for t, p in came), sum(t * t * p * (1 - p) for t, p in came)


MODELS = (
    probability(
        "chance",
        'situation: {n: 0}\nrules: {r: {when: "true", chance: 0.3, do: {n: 1}}}\n'
        "results: {r: {count: r}}",
        0.3,
    ),
    quantity(
        "a delay",
        'situation: {a: false}\nrules: {r: {when: "true", after: {exponential: 5h}, do: '
        "{a: true}}}\nresults: {when: {first: a}}",
        5.0,
        25.0,
        horizon="400h",
    ),
    quantity(
        "a delay of several steps",
        'situation: {a: false}\nrules: {r: {when: "true", after: {erlang: [2, 36h]}, do: '
        "{a: true}}}\nresults: {when: {first: a}}",
        36.0,
        648.0,
        horizon="2000h",
    ),
    probability(
        "a condition that must hold",
        "situation: {quiet: true, calm: false}\nrules:\n"
        "  noise: {when: quiet, after: {exponential: 10h}, do: {quiet: false}}\n"
        "  settle: {when: quiet, for: 5h, do: {calm: true}}\n"
        "results: {calm: {share: ever(calm)}}",
        math.exp(-0.5),
    ),
    quantity(
        "a rate",
        'situation: {n: 0}\nrules: {r: {when: "true", rate: 0.5 / 1h, do: {n: n + 1}}}\n'
        "results: {n: {count: r}}",
        10.0,
        10.0,
        horizon="20h",
        runs=3_000,
    ),
    Question(
        "the spread of a rate",
        'situation: {n: 0}\nrules: {r: {when: "true", rate: 0.5 / 1h, do: {n: n + 1}}}\n'
        "results: {n: {count: r}}",
        5.0,
        math.sqrt(5 + 2 * 25),
        5_000,
        horizon="10h",
        seen=lambda n: (n - 5) ** 2,
    ),
    quantity(
        "a rate that changes",
        "situation: {busy: false, n: 0}\nscript: {10h: {busy: true}}\n"
        'rules: {r: {when: "true", rate: 1.2 / 1h if busy else 0.3 / 1h, do: {n: n + 1}}}\n'
        "results: {n: {count: r}}",
        9.0,
        9.0,
        horizon="15h",
        runs=3_000,
    ),
    quantity(
        "a rate with a chance",
        'situation: {n: 0}\nrules: {r: {when: "true", rate: 2 / 1h, chance: 0.25, '
        "do: {n: n + 1}}}\nresults: {n: {value: n}}",
        4.0,
        4.0,
        horizon="8h",
        runs=3_000,
    ),
    quantity(
        "every hour with a chance",
        'situation: {n: 0}\nrules: {r: {when: "true", every: 1h, chance: 0.25, do: {n: n + 1}}}\n'
        "results: {n: {value: n}}",
        6.0,
        24 * 0.25 * 0.75,
        horizon="24h",
        runs=2_000,
    ),
    quantity(
        "intervals drawn anew",
        'situation: {n: 0}\nrules: {r: {when: "true", every: {exponential: 2h}, do: {n: n + 1}}}\n'
        "results: {n: {value: n}}",
        5.0,
        5.0,
        horizon="10h",
        runs=3_000,
    ),
    quantity(
        "tries until the first success",
        "situation: {done: false}\nrules: {r: {when: not done, every: 1h, chance: 0.2, "
        "do: {done: true}}}\nresults: {when: {first: done}}",
        5.0,
        20.0,
        runs=5_000,
    ),
    probability(
        "options by weight",
        'situation: {way: [none, left, middle, right]}\nrules: {r: {when: "true", choose: '
        "{left: {weight: 1, do: {way: left}}, middle: {weight: 3, do: {way: middle}}, "
        "right: {weight: 6, do: {way: right}}}}}\nresults: {middle: {share: way == middle}}",
        0.3,
    ),
    probability(
        "two of three members",
        "parties: {council: {members: {a: 0.9, b: 0.6, c: 0.5}}}\nsituation: {sent: false}\n"
        'rules: {r: {by: council, when: "true", ask: council, choose: {send: '
        "{if: council.joined >= 2, do: {sent: true}}, otherwise: {note: x}}}}\n"
        "results: {sent: {share: sent}}",
        0.9 * 0.6 * 0.5 + 0.9 * 0.6 * 0.5 + 0.9 * 0.4 * 0.5 + 0.1 * 0.6 * 0.5,
    ),
    quantity(
        "the weight of those who join",
        "parties: {council: {members: {a: {joins: 0.9, weight: 2}, b: {joins: 0.6, weight: 5}}}}\n"
        'situation: {sent: 0}\nrules: {r: {by: council, when: "true", ask: council, choose: {send: '
        "{do: {sent: council.weight}}}}}\nresults: {sent: {value: sent}}",
        0.9 * 2 + 0.6 * 5,
        4 * 0.09 + 25 * 0.24,
    ),
    probability(
        "which of two comes first",
        _race("outcomes: {first: a, second: b, neither: otherwise}\nresults: {won: {share: a}}"),
        0.75,
        horizon="900h",
    ),
    quantity(
        "when the earlier of two comes",
        _race("results: {when: {first: a or b}}"),
        7.5,
        56.25,
        horizon="900h",
    ),
    quantity(
        "when the later of two has come",
        _race("results: {when: {first: a and b}}"),
        32.5,
        831.25,
        horizon="900h",
    ),
    probability(
        "an outcome among others",
        _race("outcomes: {both: a and b, neither: otherwise}\nresults: {over: {share: both}}"),
        (1 - math.exp(-2)) * (1 - math.exp(-2 / 3)),
        horizon="20h",
    ),
    probability(
        "a pause longer than the lull",
        "situation: {breach: true}\nclocks: {c: {while: breach, lull: 6h}}\nrules:\n"
        "  stop: {when: breach and not ever(not breach), after: 3h, do: {breach: false}}\n"
        "  go_on: {when: not breach, after: {exponential: 4h}, do: {breach: true}}\n"
        "results: {bridged: {share: ever(c >= 100h)}}",
        1 - math.exp(-1.5),
        horizon="102h",
        runs=6_000,
    ),
    quantity(
        "the time for which something is so",
        'situation: {lit: false}\nrules: {r: {when: "true", after: {exponential: 5h}, do: '
        "{lit: true}}}\nresults: {hours: {total: lit}}",
        *_on_for_the_rest(5.0, 20.0),
        horizon="20h",
    ),
    quantity(
        "a script at a drawn time",
        "parameters: {dawn: {exponential: 8h}}\nsituation: {lit: false}\n"
        "script: {dawn: {lit: true}}\nresults: {when: {first: lit}}",
        8.0,
        64.0,
        horizon="600h",
    ),
    probability(
        "a deadline that passes",
        "parties: {us: {}}\nsituation: {late: false}\n"
        'rules: {r: {by: us, when: "true", after: {exponential: 10h}, within: 5h, choose: '
        "{act: {weight: 1, do: {late: false}}, lapsed: {do: {late: true}}}}}\n"
        "results: {late: {share: late}}",
        math.exp(-0.5),
    ),
    probability(
        "called off before it comes",
        "situation: {a: false, b: false}\nrules:\n"
        '  stop: {when: "true", after: {exponential: 20h}, do: {b: true}}\n'
        '  go: {when: "true", after: {exponential: 10h}, unless: b, do: {a: true}}\n'
        "results: {went: {share: a}}",
        2 / 3,
        horizon="2000h",
    ),
    quantity(
        "each change answered side by side",
        "situation: {x: 0, sum: 0}\nscript: {1h: {x: 1}, 2h: {x: 2}, 3h: {x: 3}, 4h: {x: 4}}\n"
        "rules: {r: {on_change: x, after: {exponential: 5h}, chance: 0.5, "
        "do: {sum: sum + was(x)}}}\n"
        "results: {sum: {value: sum}}",
        *_sum_of_those_that_came((1, 2, 3, 4), 0.5, 5.0, 10.0),
        horizon="10h",
    ),
)
"""Questions about rules, clocks and outcomes."""

ALL = (*LAWS, *MODELS)
