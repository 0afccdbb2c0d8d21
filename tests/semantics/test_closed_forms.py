"""Many replications against closed forms.

Each bound is 4.5 standard errors, computed from the closed form and the number of replications (or,
where the form has no variance, from the replications themselves): a right engine passes all but one
in 150,000 of them, and none is ever widened. Distances between distributions are bounded by the
inequality of Dvoretzky, Kiefer and Wolfowitz at the same chance. Seeds are fixed.
"""

import math
from statistics import NormalDist, fmean, stdev

import pytest

from tests.support import runs, unit_exponential

SIGMAS = 4.5
LEVEL = 2 * NormalDist().cdf(-SIGMAS)


def check_share(hits, count, share):
    """Compare a share of independent runs with its exact value."""
    assert abs(hits / count - share) <= SIGMAS * math.sqrt(share * (1 - share) / count)


def check_mean(values, mean, sd=None, slack=0.0):
    """Compare a mean with its exact value; `slack` is a bias of the ticks, bounded exactly."""
    error = (stdev(values) if sd is None else sd) / math.sqrt(len(values))
    assert abs(fmean(values) - mean) <= SIGMAS * error + slack


def check_distribution(values, cdf, *, half_tick):
    """Compare a sample, rounded to ticks, with a distribution function."""
    count = len(values)
    bound = math.sqrt(math.log(2 / LEVEL) / (2 * count))
    for i, x in enumerate(sorted(values)):
        # before rounding the value lay within half a tick
        assert (i + 1) / count - cdf(x + half_tick) <= bound
        assert cdf(x - half_tick) - i / count <= bound


def erlang_cdf(steps, mean, x):
    """Return the distribution function of the Erlang law, by its finite sum."""
    if x <= 0:
        return 0.0
    y = x * steps / mean
    return 1 - math.exp(-y) * sum(y**k / math.factorial(k) for k in range(steps))


# competing exponentials

TWO_STREAMS = """
    situation: {who: [nobody, slow, fast]}
    rules:
      slow_: {when: who == nobody, rate: 1 / 20h, do: {who: slow}}
      fast_: {when: who == nobody, rate: 1 / 10h, do: {who: fast}}
    outcomes: {by_fast: who == fast, by_slow: who == slow}
"""

TWO_DELAYS = """
    situation: {who: [nobody, slow, fast]}
    rules:
      slow_: {when: true, after: {exponential: 20h}, unless: who != nobody, do: {who: slow}}
      fast_: {when: true, after: {exponential: 10h}, unless: who != nobody, do: {who: fast}}
    outcomes: {by_fast: who == fast, by_slow: who == slow}
"""

TWO_HOLDS = """
    situation: {who: [nobody, slow, fast]}
    rules:
      slow_: {when: who == nobody, for: {exponential: 20h}, do: {who: slow}}
      fast_: {when: who == nobody, for: {exponential: 10h}, do: {who: fast}}
    outcomes: {by_fast: who == fast, by_slow: who == slow}
"""


@pytest.mark.parametrize("text", [TWO_STREAMS, TWO_DELAYS, TWO_HOLDS], ids=["rate", "after", "for"])
def test_of_two_exponentials_each_is_first_with_its_share_of_the_rates(text):
    count = 4000
    played = list(runs(text, count, tick="1s", horizon="2000h"))
    check_share(sum(p.outcome == "by_fast" for p in played), count, 2 / 3)
    # the first of both is exponential as well, and independent of who it is
    mean = 20 / 3
    tick = 1 / 3600
    times = [p.hours(p.ended_at) for p in played]
    check_mean(times, mean, sd=mean, slack=tick)
    check_distribution(times, lambda x: 1 - math.exp(-max(x, 0) / mean), half_tick=tick)
    fast = [p.hours(p.ended_at) for p in played if p.outcome == "by_fast"]
    check_mean(fast, mean, sd=mean, slack=tick)


# deadlines

DEADLINE = """
    situation: {{late: false}}
    rules:
      decide:
        when: true
        after: {law}
        within: 24h
        choose: {{in_time: {{}}, lapsed: {{do: {{late: true}}}}}}
    results: {{late: {{share: late}}}}
"""


@pytest.mark.parametrize(("tick", "half"), [("1s", 0.5 / 3600), ("1h", 0.5), ("4h", 2.0)])
@pytest.mark.parametrize(
    ("law", "above"),
    [
        ("{exponential: 20h}", lambda x: math.exp(-x / 20)),
        ("{uniform: [12h, 36h]}", lambda x: (36 - x) / 24),
        ("{erlang: [4, 20h]}", lambda x: 1 - erlang_cdf(4, 20, x)),
    ],
    ids=["exponential", "uniform", "erlang"],
)
def test_a_deadline_is_missed_with_the_chance_of_a_longer_delay(law, above, tick, half):
    # a delay that is rounded to the deadline is in time, so the edge lies half a tick behind it
    count = 4000
    late = sum(p.results["late"] for p in runs(DEADLINE.format(law=law), count, tick=tick))
    check_share(late, count, above(24 + half))


def test_a_chain_of_exponential_steps_is_an_erlang_law_against_a_deadline():
    text = """
        situation: {steps: 0}
        rules: {step: {when: steps < 4, rate: 4 / 20h, do: {steps: steps + 1}}}
        results: {done: {value: (1 if steps == 4 else 0), at: 24h}, total: {total: steps < 4}}
    """
    count = 3000
    played = [p.results for p in runs(text, count, tick="1s", horizon="400h")]
    check_share(sum(r["done"] for r in played), count, erlang_cdf(4, 20, 24))
    times = [r["total"] for r in played]
    check_mean(times, 20, sd=10, slack=4 / 3600)
    check_distribution(times, lambda x: erlang_cdf(4, 20, x), half_tick=4 / 3600)


# laws

NORMAL = NormalDist(10, 8)
BELOW = NORMAL.cdf(0)
SPREAD = NormalDist().pdf(10 / 8) / (1 - BELOW)
NORMAL_MEAN = 10 + 8 * SPREAD
NORMAL_SD = math.sqrt(64 * (1 - SPREAD * (SPREAD + 10 / 8)))


def triangular_cdf(x):
    """Return the distribution function of the triangular law on 2, 6 and 24 hours."""
    if x <= 6:
        return max(x - 2, 0) ** 2 / (22 * 4)
    return 1 - max(24 - x, 0) ** 2 / (22 * 18)


LAWS = {
    "uniform": ("{uniform: [4h, 28h]}", 16, 24 / math.sqrt(12), lambda x: (x - 4) / 24),
    "triangular": (
        "{triangular: [2h, 6h, 24h]}", 32 / 3,
        math.sqrt((2**2 + 6**2 + 24**2 - 2 * 6 - 2 * 24 - 6 * 24) / 18), triangular_cdf,
    ),
    "exponential": ("{exponential: 15h}", 15, 15, lambda x: 1 - math.exp(-max(x, 0) / 15)),
    "erlang": ("{erlang: [3, 15h]}", 15, 15 / math.sqrt(3), lambda x: erlang_cdf(3, 15, x)),
    "weibull": (
        "{weibull: [1.5, 20h]}", 20 * math.gamma(1 + 1 / 1.5),
        20 * math.sqrt(math.gamma(1 + 2 / 1.5) - math.gamma(1 + 1 / 1.5) ** 2),
        lambda x: 1 - math.exp(-((max(x, 0) / 20) ** 1.5)),
    ),
    "lognormal": (
        "{lognormal: [12h, 0.6]}", 12 * math.exp(0.18),
        12 * math.exp(0.18) * math.sqrt(math.exp(0.36) - 1),
        lambda x: NormalDist().cdf(math.log(x / 12) / 0.6) if x > 0 else 0.0,
    ),
    "normal, cut below 0": (
        "{normal: [10h, 8h]}", NORMAL_MEAN, NORMAL_SD,
        lambda x: (NORMAL.cdf(x) - BELOW) / (1 - BELOW) if x > 0 else 0.0,
    ),
    "scaled to another mean": (
        "{exponential: 5h, mean: 30h}", 30, 30, lambda x: 1 - math.exp(-max(x, 0) / 30),
    ),
}  # fmt: skip


@pytest.mark.parametrize("law", LAWS)
def test_the_delays_of_a_rule_have_the_mean_and_the_quantiles_of_their_law(law):
    written, mean, sd, cdf = LAWS[law]
    text = f"rules: {{r: {{when: true, after: {written}, note: x}}}}"
    # the one firing is the last thing that happens
    times = [p.hours(p.ended_at) for p in runs(text, 3000, tick="1s", horizon="2000h")]
    half = 0.5 / 3600
    check_mean(times, mean, sd=sd, slack=half)
    check_distribution(times, lambda x: min(max(cdf(x), 0), 1), half_tick=half)


def test_the_delays_of_a_rule_have_the_values_of_an_empirical_law():
    text = "rules: {r: {when: true, after: {empirical: [5h, 9h, 9h, 30h]}, note: x}}"
    count = 3000
    times = [p.hours(p.ended_at) for p in runs(text, count)]
    for value, share in ((5, 0.25), (9, 0.5), (30, 0.25)):
        check_share(times.count(value), count, share)


# streams


def test_a_stream_counts_like_poisson_on_ticks_of_any_length():
    text = "rules: {r: {rate: 20 / 10h, note: x}}\nresults: {count: {count: r}}"
    for tick, count in (("1min", 150), ("1h", 150), ("10h", 150)):
        counts = [p.results["count"] for p in runs(text, count, tick=tick, horizon="100h")]
        check_mean(counts, 200, sd=math.sqrt(200))
        # the variance of a Poisson count is its mean; that of the sample variance is known, too
        error = math.sqrt((200 + 2 * 200**2) / count)
        assert abs(stdev(counts) ** 2 - 200) <= SIGMAS * error


def test_a_stream_thinned_by_a_chance_counts_like_poisson():
    text = "rules: {r: {rate: 2 / 1h, chance: 0.3, note: x}}\nresults: {count: {count: r}}"
    count = 250
    counts = [p.results["count"] for p in runs(text, count, tick="1min", horizon="100h")]
    check_mean(counts, 60, sd=math.sqrt(60))
    error = math.sqrt((60 + 2 * 60**2) / count)
    assert abs(stdev(counts) ** 2 - 60) <= SIGMAS * error


def test_the_gaps_of_a_thinned_stream_are_exponential():
    text = """
        situation: {hit: false}
        rules: {r: {when: not hit, rate: 0.5 / 1h, chance: 0.2, do: {hit: true}}}
    """
    times = [p.hours(p.ended_at) for p in runs(text, 1500, tick="1s", horizon="1000h")]
    check_mean(times, 10, sd=10, slack=1 / 3600)
    check_distribution(times, lambda x: 1 - math.exp(-max(x, 0) / 10), half_tick=1 / 3600)


# queues, births and deaths


def mean_state(births, deaths, start, until):
    """Return the mean state over time of a birth–death process from 0 to `until`, by uniformising.

    The time spent in each state is the sum over k of (chance of more than k events of a Poisson
    stream of rate q) / q times the k-step chances of the embedded chain.
    """
    size = len(births)
    q = max(b + d for b, d in zip(births, deaths, strict=True))
    chances = [float(i == start) for i in range(size)]
    term = math.exp(-q * until)
    beyond = 1.0 - term
    time_in = [0.0] * size
    k = 0
    while beyond > 1e-13 or k < q * until:
        time_in = [t + beyond / q * c for t, c in zip(time_in, chances, strict=True)]
        moved = [0.0] * size
        for i, c in enumerate(chances):
            moved[i] += c * (1 - (births[i] + deaths[i]) / q)
            if i + 1 < size:
                moved[i + 1] += c * births[i] / q
            if i:
                moved[i - 1] += c * deaths[i] / q
        chances = moved
        k += 1
        term *= q * until / k
        beyond -= term
    assert abs(sum(time_in) - until) < 1e-6
    return sum(i * t for i, t in enumerate(time_in)) / until


QUEUE = """
    situation: {queue: START}
    rules:
      arrive: {when: queue < 4, rate: 0.8 / 1h, do: {queue: queue + 1}}
      serve:  {when: queue > 0, rate: 1 / 1h, do: {queue: queue - 1}}
    results:
      one:   {total: queue >= 1}
      two:   {total: queue >= 2}
      three: {total: queue >= 3}
      four:  {total: queue >= 4}
"""


@pytest.mark.parametrize("start", [0, 4])
def test_a_queue_with_four_places_has_the_mean_number_of_its_markov_chain(start):
    hours = 30
    text = QUEUE.replace("START", str(start))
    played = runs(text, 700, tick="1s", horizon=f"{hours}h")
    means = [sum(p.results.values()) / hours for p in played]
    exact = mean_state([0.8] * 4 + [0.0], [0.0] + [1.0] * 4, start, hours)
    check_mean(means, exact)


def test_a_long_run_of_the_queue_has_its_steady_state():
    hours = 2000
    text = QUEUE.replace("START", "1")
    played = runs(text, 10, tick="1s", horizon=f"{hours}h")
    shares = [p.results["four"] / hours for p in played]
    powers = [0.8**i for i in range(5)]
    check_mean(shares, powers[4] / sum(powers))


# two deaths due by one tick both come, also when the first ends the condition: nobody dies of none
PASSAGE = """
    situation: {heads: 0}
    rules:
      come: {when: heads < 3, rate: 1 / 1h, do: {heads: heads + 1}}
      go:   {when: heads > 0 and heads < 3, rate: heads * 1 / 1h, do: {heads: "max(heads - 1, 0)"}}
    outcomes: {full: heads == 3}
"""


def first_passage(births, deaths):
    """Return mean and standard deviation of the time from state 0 to the state behind the last.

    By the recursions for the time from each state to the next and for its square.
    """
    mean, square, total, variance = 0.0, 0.0, 0.0, 0.0
    for birth, death in zip(births, deaths, strict=True):
        rate, down = birth + death, death / (birth + death)
        # an exponential time, then maybe a step down: from there back, and once more from here
        here = (1 / rate + down * mean) / (1 - down)
        back = square + 2 * mean * here
        squared = (2 / rate**2 + 2 / rate * down * (mean + here) + down * back) / (1 - down)
        mean, square = here, squared
        total += mean
        variance += square - mean**2
    return total, math.sqrt(variance)


PASSAGES = 4000


@pytest.fixture(scope="module")
def passages():
    """Return the first-passage times on fine and on coarse ticks, with the same random numbers."""
    found = {}
    for tick in ("1s", "72s"):
        played = runs(PASSAGE, PASSAGES, tick=tick, horizon="5000h")
        found[tick] = [p.hours(p.ended_at) for p in played]
    return found


@pytest.mark.parametrize("tick", ["1s", "72s"])
def test_births_and_deaths_reach_a_state_at_the_exact_mean_time(passages, tick):
    # 72 s are 0.02 of an hour: rate times tick is 0.02 and more, where drawing anew would be biased
    mean, sd = first_passage([1, 1, 1], [0, 1, 2])
    assert mean == pytest.approx(8)
    seconds = int(tick[:-1])
    check_mean(passages[tick], mean, sd=sd, slack=seconds / 3600)


def test_coarse_ticks_leave_the_times_of_births_and_deaths_unbiased(passages):
    # the same numbers on both ticks: what remains is the rounding, half a tick (0.01 h), and
    # chance; drawing anew at each change would add 0.24 h
    differences = [c - f for c, f in zip(passages["72s"], passages["1s"], strict=True)]
    check_mean(differences, 0.01, slack=0.01)


def test_a_rate_modulated_by_another_stream_counts_what_its_exposure_says():
    # a stream that changes its rate about every 50 ticks: drawing anew at each would lose half a
    # tick a time
    text = """
        situation: {busy: false}
        rules:
          turn_on:  {when: not busy, rate: 1 / 1h, do: {busy: true}}
          turn_off: {when: busy, rate: 1 / 1h, do: {busy: false}}
          event:    {rate: 3 / 1h if busy else 1 / 1h, note: x}
        results: {events: {count: event}, busy: {total: busy}}
    """
    hours = 60
    left = []
    for played in runs(text, 250, tick="72s", horizon=f"{hours}h"):
        # given the times of being busy, the count is Poisson with the exposure as its mean
        exposure = hours + 2 * played.results["busy"]
        left.append((played.results["events"] - exposure) / math.sqrt(exposure))
    check_mean(left, 0.0, sd=1.0)
    assert abs(stdev(left) ** 2 - 1) <= SIGMAS * math.sqrt((2 + 1 / (2 * hours)) / len(left))


def test_a_rate_that_changes_at_every_tick_loses_nothing():
    text = """
        situation: {flip: false}
        rules:
          turn:  {every: 1min, do: {flip: not flip}}
          event: {rate: 3 / 1h if flip else 1 / 1h, note: x}
        results: {events: {count: event}}
    """
    hours = 20
    for replication, played in enumerate(runs(text, 5, tick="1min", horizon=f"{hours}h")):
        exposure, expected, target = 0.0, 0, 0.0
        for minute in range(hours * 60):
            exposure += (1 if minute % 2 == 0 else 3) / 60
        while True:
            target += unit_exponential("event", expected + 1, replication=replication)
            if target > exposure:
                break
            expected += 1
        assert played.results["events"] == expected


# votes


def test_a_quorum_is_reached_with_the_chance_of_its_members():
    members = {"a": 0.9, "b": 0.8, "c": 0.6, "d": 0.5, "e": 0.8, "f": 0.7, "g": 0.6, "h": 0.4}
    listed = ", ".join(f"{m}: {p}" for m, p in members.items())
    text = f"""
        parties: {{council: {{members: {{{listed}}}}}}}
        situation: {{joined: 0}}
        rules: {{vote: {{when: true, ask: council,
            choose: {{a: {{do: {{joined: council.joined}}}}}}}}}}
        results: {{joined: {{value: joined}}}}
    """
    count = 4000
    joined = [p.results["joined"] for p in runs(text, count)]
    chances = [1.0]
    for p in members.values():
        chances = [
            (chances[k] * (1 - p) if k < len(chances) else 0) + (chances[k - 1] * p if k else 0)
            for k in range(len(chances) + 1)
        ]
    for quorum in (3, 5, 8):
        check_share(sum(j >= quorum for j in joined), count, sum(chances[quorum:]))
    variance = sum(p * (1 - p) for p in members.values())
    check_mean(joined, sum(members.values()), sd=math.sqrt(variance))
