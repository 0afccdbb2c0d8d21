"""Small random scenarios: whatever is written, certain things always hold."""

from itertools import pairwise

from hypothesis import HealthCheck, assume, event, given, settings
from hypothesis import strategies as st

from escalation_sim.engine.simulate import Simulator
from escalation_sim.errors import RunError
from tests.support import scenario

HORIZON = 24

FLAGS = ("fa", "fb", "fc")
LEVELS = ("low", "mid", "high")
RATES = ("0.2 / 1h", "0.5 / 1h * num", "1 / 1h if fb else 0.1 / 1h")

hours = st.integers(0, 9)
some_hours = st.integers(1, 9)


def atoms(clocks):
    """Conditions of one part."""
    flag = st.sampled_from(FLAGS)
    parts = [
        flag,
        flag.map(lambda f: f"not {f}"),
        st.tuples(st.sampled_from((">", "<=", "==")), st.integers(0, 3)).map(
            lambda p: f"num {p[0]} {p[1]}"
        ),
        st.tuples(st.sampled_from((">=", "==", "<")), st.sampled_from(LEVELS)).map(
            lambda p: f"rung {p[0]} {p[1]}"
        ),
        st.tuples(st.sampled_from((">=", "<", "==", ">")), hours).map(
            lambda p: f"now {p[0]} {p[1]}h"
        ),
        flag.map(lambda f: f"ever({f})"),
        st.just("true"),
        st.just("council.joined >= 1"),
    ]
    if clocks:
        parts.append(
            st.tuples(
                st.sampled_from(clocks), st.sampled_from((">=", "<", "==", ">", "<=", "!=")), hours
            ).map(lambda p: f"{p[0]} {p[1]} {p[2]}h")
        )
    return st.one_of(parts)


def conditions(clocks):
    """Conditions of up to three parts."""
    return st.recursive(
        atoms(clocks),
        lambda inner: st.tuples(inner, st.sampled_from(("and", "or")), inner).map(
            lambda p: f"({p[0]} {p[1]} {p[2]})"
        ),
        max_leaves=3,
    )


@st.composite
def effects(draw):
    """Effects on one to three different variables."""
    written = {}
    for name in draw(
        st.lists(st.sampled_from((*FLAGS, "num", "rung")), min_size=1, max_size=3, unique=True)
    ):
        if name == "num":
            written[name] = draw(
                st.sampled_from(("num + 1", "0", "at most 2", "at least 1", "2 if fa else 0"))
            )
        elif name == "rung":
            written[name] = draw(
                st.sampled_from(("low", "mid", "at least mid", "at most mid", "high"))
            )
        else:
            written[name] = draw(st.sampled_from(("true", "false", f"not {name}", "fa", "num > 1")))
    return "{" + ", ".join(f"{k}: {v}" for k, v in written.items()) + "}"


def delays(least):
    """Delays, written or drawn."""
    return st.one_of(
        st.integers(least, 9).map(lambda h: f"{h}h"),
        st.just(f"{{uniform: [{least + 1}h, 7h]}}"),
        st.just("{exponential: 3h}" if least == 0 else "{empirical: [1h, 2h, 5h]}"),
    )


@st.composite
def rules(draw, clocks):
    """One rule of any kind."""
    parts = []
    kind = draw(st.sampled_from(("when", "when", "when", "change", "every", "rate")))
    condition = draw(conditions(clocks))
    if kind == "change":
        parts.append(f"on_change: {draw(st.sampled_from((*FLAGS, 'num', 'rung')))}")
        if draw(st.booleans()):
            parts.append(f"when: {condition}")
            if draw(st.booleans()):
                parts.append(f"for: {draw(delays(0))}")
    else:
        parts.append(f"when: {condition}")
    if kind == "when" and draw(st.booleans()):
        parts.append(f"for: {draw(delays(0))}")
    if kind == "every":
        parts.append(f"every: {draw(delays(1))}")
    if kind == "rate":
        parts.append(f"rate: {draw(st.sampled_from(RATES))}")
    if draw(st.booleans()):
        parts.append(f"after: {draw(delays(0))}")
    if kind == "when" and draw(st.integers(0, 4)) == 0:
        parts = [p for p in parts if not p.startswith("after")] + [
            f"after: {draw(delays(1))}",
            "again: true",
        ]
    if draw(st.integers(0, 2)) == 0:
        parts.append(f"chance: {draw(st.sampled_from(('0.5', '0.9', '1 if fc else 0.3')))}")
    if draw(st.integers(0, 3)) == 0:
        parts.append(f"unless: {draw(conditions(clocks))}")
    if draw(st.booleans()):
        parts.append(f"do: {draw(effects())}")
    else:
        if draw(st.booleans()):
            parts.append("ask: council")
        if draw(st.booleans()):
            parts.append(f"within: {draw(delays(0))}")
        first = draw(st.sampled_from((f"if: {condition}", "if: council.joined == 2", "weight: 2")))
        parts.append(
            f"choose: {{one: {{{first}, do: {draw(effects())}}}, "
            f"two: {{do: {draw(effects())}}}, otherwise: {{note: x}}}}"
        )
    return "{" + ", ".join(parts) + "}"


@st.composite
def clocks(draw, earlier):
    """One clock; it reads only clocks before it, so that no clock turns itself."""
    first, second = draw(conditions(earlier)), draw(conditions(earlier))
    parts = [f"while: {first}"] if draw(st.booleans()) else [f"from: {first}", f"until: {second}"]
    if draw(st.booleans()):
        parts.append(f"lull: {draw(hours)}h")
    if draw(st.integers(0, 2)) == 0:
        parts.append(f"pause: {draw(conditions(earlier))}")
    return "{" + ", ".join(parts) + "}"


@st.composite
def scenarios(draw):
    """Write a whole scenario."""
    names = [f"c{i}" for i in range(draw(st.integers(0, 3)))]
    script = {}
    for hour in draw(st.lists(st.integers(0, HORIZON), max_size=5, unique=True)):
        script[hour] = draw(effects())
    lines = [
        "parties: {council: {members: {ann: 0.7, bob: 0.4}}}",
        f"situation: {{fa: {str(draw(st.booleans())).lower()}, fb: false, fc: true, num: 0}}",
        "ladders: {rung: {rungs: [low, mid, high]}}",
        "red_lines: {line: {crossed: rung == high or num > 2}}",
    ]
    if names:
        lines.append("clocks:")
        lines += [f"  {name}: {draw(clocks(names[:i]))}" for i, name in enumerate(names)]
    if script:
        lines.append("script:")
        lines += [f"  {hour}h: {what}" for hour, what in script.items()]
    lines.append("rules:")
    lines += [f"  r{i}: {draw(rules(names))}" for i in range(draw(st.integers(1, 5)))]
    if draw(st.integers(0, 3)) == 0:
        lines.append(
            f"outcomes: {{over: {{when: {draw(conditions(names))}, for: {draw(hours)}h}}, "
            "rest: otherwise}"
        )
    lines.append("results:")
    lines.append(f"  total: {{total: {draw(conditions(names))}}}")
    lines.append(f"  first: {{first: {draw(conditions(names))}}}")
    lines.append("  count: {count: r0}")
    return "\n".join(lines) + "\n"


def played(simulator, *, trace=True):
    """Return a run, or the error that stopped it."""
    try:
        return simulator.run(3, 0, trace=trace)
    except RunError as error:
        return error


always = settings(
    max_examples=70,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


def completed(text, **how):
    """Return the simulator and the traced run of a scenario that runs to its end."""
    simulator = Simulator(scenario(text, horizon=f"{HORIZON}h", **how))
    run = played(simulator)
    event("stopped" if isinstance(run, RunError) else run.why_ended)
    assume(not isinstance(run, RunError))
    return simulator, run


@always
@given(scenarios())
def test_a_scenario_runs_to_its_end_or_stops_with_an_error_of_its_own(text):
    simulator = Simulator(scenario(text, horizon=f"{HORIZON}h"))
    traced, plain, again = (played(simulator, trace=t) for t in (True, False, True))
    if isinstance(traced, RunError):
        assert str(plain) == str(traced) == str(again)
        return
    for name in (
        "outcome", "ended_at", "why_ended", "pending", "stays", "crossings", "clocks", "results",
        "firing_digest", "ties",
    ):  # fmt: skip
        assert getattr(plain, name) == getattr(traced, name), name
    assert (again.trace_digest, again.records) == (traced.trace_digest, traced.records)
    assert 0 <= traced.ended_at <= HORIZON


@always
@given(scenarios())
def test_records_are_in_order_and_causes_are_earlier_records(text):
    _, run = completed(text)
    assert [r.id for r in run.records] == list(range(len(run.records)))
    for before, after in pairwise(run.records):
        assert (before.tick, before.place) <= (after.tick, after.place)
    for record in run.records:
        assert all(0 <= cause < record.id for cause in record.causes), record
    assert run.records[0].kind == "begin"
    assert run.records[-1].kind == "end"


@always
@given(scenarios())
def test_writing_again_what_the_records_say_gives_the_world_at_the_end(text):
    simulator, run = completed(text)
    model, world = simulator.model, simulator.prepared.world
    values, stays, entered = {}, [], 0
    for record in run.records:
        for name, (before, after) in record.writes.items():
            assert record.kind == "begin" or values[name] == before
            assert record.kind == "begin" or before != after
            if name == "rung" and record.kind != "begin":
                stays.append((before, entered, record.tick))
                entered = record.tick
            values[name] = after
    stays.append((values["rung"], entered, None))
    for i, variable in enumerate(model.variables):
        value = world.values[i]
        assert values[variable.id] == (variable.levels[value] if variable.levels else value)
    assert [(s.rung, s.entered, s.left) for s in run.stays] == stays
    crossed = [r.tick for r in run.records if r.kind == "crossed"]
    assert list(run.crossings["line"]) == crossed
    assert run.results["count"] == sum(
        r.kind == "fired" and r.about == "rules.r0" for r in run.records
    )


@always
@given(scenarios())
def test_what_has_happened_does_not_depend_on_the_horizon(text):
    _, short = completed(text)
    longer = played(Simulator(scenario(text, horizon=f"{2 * HORIZON}h")))
    assume(not isinstance(longer, RunError) or longer.tick > HORIZON)
    if isinstance(longer, RunError):
        return

    def before(run):
        return [
            r.as_json()
            for r in run.records
            if r.tick <= HORIZON and r.kind not in ("outcome", "end")
        ]

    assert before(short) == before(longer)
    if short.why_ended != "horizon":
        assert (short.why_ended, short.ended_at) == (longer.why_ended, longer.ended_at)
        assert short.firing_digest == longer.firing_digest


@always
@given(scenarios())
def test_clocks_go_from_state_to_state_and_their_hands_never_back(text):
    _, run = completed(text)
    states, hands, started, paused = {}, {}, {}, {}
    following = {
        "clock_started": ("idle", "running"),
        "clock_stopped": ("running", "standing"),
        "clock_resumed": ("standing", "running"),
        "clock_reset": ("standing", "idle"),
    }
    for record in run.records:
        if not record.kind.startswith("clock_"):
            continue
        clock, hand = record.about, record.data.get("hand")
        state = states.get(clock, "idle")
        if record.kind in following:
            before, states[clock] = following[record.kind]
            assert state == before, record
            assert not paused.get(clock), record
        else:
            assert paused.get(clock, False) is (record.kind == "clock_unpaused"), record
            paused[clock] = record.kind == "clock_paused"
        if record.kind == "clock_started":
            assert hand == 0
            started[clock], hands[clock] = record.tick, 0
        elif states.get(clock, "idle") != "idle":
            assert hands[clock] <= hand <= record.tick - started[clock], record
            hands[clock] = hand
        else:
            assert hand is None
    for name, end in run.clocks.items():
        state = states.get(f"clocks.{name}", "idle")
        stands = paused.get(f"clocks.{name}", False)
        assert end.running is (state == "running" and not stands)
        assert (end.hand is None) is (state == "idle")
        assert end.resets == sum(
            r.kind == "clock_reset" and r.about == f"clocks.{name}" for r in run.records
        )


@always
@given(scenarios())
def test_every_occurrence_begins_once_and_ends_at_most_once(text):
    _, run = completed(text)
    begun, ended = set(), set()
    for record in run.records:
        if not record.about.startswith("rules."):
            continue
        key = (record.about, record.data["occurrence"])
        if record.kind in ("fired", "called_off", "chance_failed", "ignored"):
            assert key not in ended, record
            ended.add(key)
        elif record.kind == "triggered":
            begun.add(key)
        if record.kind in ("fired", "called_off"):
            assert key in begun, record
    for about in {a for a, _ in begun | ended}:
        numbers = sorted({o for a, o in begun | ended if a == about})
        assert numbers == list(range(1, len(numbers) + 1)), about
