"""Which ways up and down the runs of a study went: joint rungs, how often, and when.

A study keeps of each path its count and its least replication. That replication is run again to
learn the path's rungs; one more pass over all replications, chunk by chunk, tells when each step
was taken and how the path ended.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from escalation_sim.analysis.study import ends_of
from escalation_sim.engine.simulate import Simulator
from escalation_sim.errors import UsageError
from escalation_sim.studies.aggregate import MOST_PATHS, Spread, spread_of
from escalation_sim.studies.chunks import Chunk, missing, usual_size
from escalation_sim.studies.engines import engine_for
from escalation_sim.studies.shape import shape_of
from escalation_sim.trace.run import ILLUSTRATIVE

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path as File

    import networkx as nx

    from escalation_sim.analysis.study import Study, StudyPoint
    from escalation_sim.model.model import Model
    from escalation_sim.studies.columns import Columns
    from escalation_sim.studies.engines import Name
    from escalation_sim.studies.shape import Measure
    from escalation_sim.trace.run import Run

Joint = tuple[int, ...]
"""Where all ladders stand at once: the index of a rung for each ladder, in the model's order."""

ENDINGS = (".graphml", ".json")


@dataclass(frozen=True, slots=True)
class Path:
    """One sequence of joint rungs, and all runs that took it.

    `arrivals` holds when each step was taken, in ticks, the start first. None stands where that is
    not known: the step only returns to rungs that the run was on before. `ends` holds when the runs
    ended, by outcome.
    """

    joints: tuple[Joint, ...]
    count: int
    replication: int
    """The least replication that took it."""

    arrivals: tuple[Spread | None, ...] = field(repr=False)
    ends: dict[str, Spread] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Paths:
    """The escalation paths of one design point, the most frequent first."""

    scenario: str
    label: str
    runs: int
    seed: int
    model: Model = field(repr=False)
    paths: tuple[Path, ...]

    @property
    def measure(self) -> Measure:
        """How times are kept."""
        return shape_of(self.model).times

    def median_hours(self, spread: Spread | None) -> float | None:
        """Return the median of kept times in hours, None of none."""
        return spread.quantile(0.5, self.measure) if spread else None

    def name(self, joint: Joint) -> str:
        """Return the id of a joint rung: `response.warning + posture.restrained`."""
        return " + ".join(
            f"{ladder.id}.{ladder.levels[rung]}"
            for (_, ladder), rung in zip(self.model.ladders, joint, strict=True)
        )

    def graph(self) -> nx.DiGraph[str]:
        """Return the paths as a directed graph.

        Nodes are joint rungs (`kind` rungs) and outcomes (`kind` outcome). On nodes and edges stand
        `count`, the runs that were there or went there at least once, `share` of all runs, and
        `median_hours` of the first time, where it is known of all of them. Shares of the edges into
        outcomes add up to 1.
        """
        import networkx as nx  # noqa: PLC0415 - loaded where it is asked for

        graph: nx.DiGraph[str] = nx.DiGraph(
            scenario=self.scenario, point=self.label, runs=self.runs, seed=self.seed,
            model_hash=self.model.hash, note=ILLUSTRATIVE,
        )  # fmt: skip
        nodes, edges = _Tally(), _Tally()
        for path in self.paths:
            seen: set[tuple[str, ...]] = set()
            before = ""
            for joint, arrival in zip(path.joints, path.arrivals, strict=True):
                name = self.name(joint)
                for tally, key in ((nodes, (name,)), (edges, (before, name))):
                    if key not in seen and all(key):
                        seen.add(key)
                        tally.add(key, path.count, arrival)
                before = name
            for outcome, spread in path.ends.items():
                nodes.add((f"outcomes.{outcome}",), spread.n, spread)
                edges.add((before, f"outcomes.{outcome}"), spread.n, spread)
        labels = {f"outcomes.{id_}": label for id_, label in ends_of(self.model)}
        joints = {self.name(joint): joint for path in self.paths for joint in path.joints}
        for (name,), told in nodes.items(self):
            if name in joints:
                graph.add_node(name, kind="rungs", **self._rungs(joints[name]), **told)
            else:
                graph.add_node(name, kind="outcome", label=labels[name], **told)
        for (one, other), told in edges.items(self):
            graph.add_edge(one, other, **told)
        return graph

    def _rungs(self, joint: Joint) -> dict[str, str]:
        stands = [
            (ladder.id, ladder.levels[rung], f"{ladder.label}: {ladder.level_labels[rung]}")
            for (_, ladder), rung in zip(self.model.ladders, joint, strict=True)
        ]
        rungs = {f"ladder_{id_}": rung for id_, rung, _ in stands}
        return {"label": "; ".join(label for *_, label in stands), **rungs}

    def as_json(self) -> dict[str, Any]:
        """Return plain data: networkx's node-link form of the graph, and the paths one by one."""
        graph = self.graph()
        return {
            "directed": True,
            "multigraph": False,
            "graph": dict(graph.graph),
            "nodes": [{"id": name, **told} for name, told in graph.nodes(data=True)],
            "edges": [
                {"source": one, "target": other, **told}
                for one, other, told in graph.edges(data=True)
            ],
            "paths": [self._path(path) for path in self.paths],
        }

    def _path(self, path: Path) -> dict[str, Any]:
        return {
            "steps": [
                {"rungs": self.name(joint), "median_hours": self.median_hours(arrival)}
                for joint, arrival in zip(path.joints, path.arrivals, strict=True)
            ],
            "count": path.count,
            "share": path.count / self.runs,
            "replication": path.replication,
            "ends": {
                outcome: {"count": spread.n, "median_hours": self.median_hours(spread)}
                for outcome, spread in path.ends.items()
            },
        }


class _Tally:
    """Runs and times under a key, in the order in which keys come first."""

    def __init__(self) -> None:
        self.counts: Counter[tuple[str, ...]] = Counter()
        self.times: dict[tuple[str, ...], Spread] = {}

    def add(self, key: tuple[str, ...], count: int, times: Spread | None) -> None:
        self.counts[key] += count
        kept = self.times.setdefault(key, Spread())
        if times is not None:
            kept.add(times)

    def items(self, paths: Paths) -> list[tuple[tuple[str, ...], dict[str, Any]]]:
        """Return each key with its count, share and median hours, those not known left out."""
        found = []
        for key, count in self.counts.items():
            told: dict[str, Any] = {"count": count, "share": count / paths.runs}
            known = self.times[key]
            if known.n == count:
                told["median_hours"] = paths.median_hours(known)
            found.append((key, told))
        return found


def paths_of(study: Study, point: int = 0) -> Paths:
    """Return the paths of a design point.

    The point's replications are run once more on the study's engine, chunk by chunk: memory does
    not grow with their number. Raises UsageError where there are too many different paths, or
    where the study was interrupted.
    """
    at = study.points[point]
    known = at.aggregate.paths
    if known is None:
        raise UsageError(
            f"more than {MOST_PATHS:,} different paths are not kept; fewer runs, fewer rungs or a "
            "shorter horizon would do"
        )
    if not study.complete:
        raise UsageError("paths are of whole studies; go on with the interrupted one first")
    simulator = Simulator(at.model)
    joints = {
        path: joints_of(simulator.run(study.seed, replication, trace=False))
        for path, (_, replication) in known.items()
    }
    times = _Times(at, joints)
    engine = engine_for(at.model, _engine(study))
    for chunk in _chunks(study):
        times.add(engine.columns(study.seed, chunk.first, chunk.count).as_lists())
    found = [
        Path(joints[path], count, replication, *times.of(path))
        for path, (count, replication) in known.items()
    ]
    found.sort(key=lambda path: (-path.count, path.replication))
    return Paths(
        scenario=study.scenario,
        label=at.label,
        runs=at.runs,
        seed=study.seed,
        model=at.model,
        paths=tuple(found),
    )


def _engine(study: Study) -> Name:
    return "compiled" if study.engine == "compiled" else "simpy"


def _chunks(study: Study) -> list[Chunk]:
    return list(missing((), 1, study.runs, usual_size(study.runs, _engine(study))))


def joints_of(run: Run) -> tuple[Joint, ...]:
    """Return where the ladders of a run stood together at the end of ticks, one after the other."""
    ladders = [ladder for _, ladder in run.model.ladders]
    place = {ladder.id: i for i, ladder in enumerate(ladders)}
    here = [0] * len(ladders)
    moves: dict[int, dict[int, int]] = {}
    for stay in run.stays:
        i = place[stay.ladder]
        moves.setdefault(stay.entered, {})[i] = ladders[i].levels.index(stay.rung)
    found = [tuple(here)]
    for tick in sorted(moves):
        for i, rung in moves[tick].items():
            here[i] = rung
        if tuple(here) != found[-1]:
            found.append(tuple(here))
    return tuple(found)


class _Times:
    """When the steps of each path were taken, and when its runs ended, chunk after chunk."""

    def __init__(self, point: StudyPoint, joints: dict[int, tuple[Joint, ...]]) -> None:
        self.width = shape_of(point.model).times.width
        self.outcomes = [id_ for id_, _ in ends_of(point.model)]
        offsets, at = [], 0
        for _, ladder in point.model.ladders:
            offsets.append(at)
            at += len(ladder.levels)
        self.marks = {path: marks_of(found, offsets) for path, found in joints.items()}
        self.arrivals = {
            path: [None if mark is None else Spread() for mark in marks]
            for path, marks in self.marks.items()
        }
        self.ends: dict[int, dict[str, Spread]] = {path: {} for path in joints}

    def add(self, columns: Columns) -> None:
        """Add the replications of a chunk of lists."""
        rows: dict[int, list[int]] = {}
        for i, (path, fault) in enumerate(zip(columns.path, columns.fault, strict=True)):
            if not fault:
                rows.setdefault(path, []).append(i)
        for path, mine in rows.items():
            for mark, spread in zip(self.marks[path], self.arrivals[path], strict=True):
                if mark is not None and spread is not None:
                    first = columns.firsts[mark]
                    spread.add(spread_of([first[i] for i in mine], self.width))
            ended: dict[int, list[int]] = {}
            for i in mine:
                ended.setdefault(columns.outcome[i], []).append(columns.ended_at[i])
            for outcome, ticks in ended.items():
                kept = self.ends[path].setdefault(self.outcomes[outcome], Spread())
                kept.add(spread_of(ticks, self.width))

    def of(self, path: int) -> tuple[tuple[Spread | None, ...], dict[str, Spread]]:
        """Return the arrivals and the ends of a path, the outcomes in the model's order."""
        ends = self.ends[path]
        return tuple(self.arrivals[path]), {o: ends[o] for o in self.outcomes if o in ends}


def marks_of(joints: Sequence[Joint], offsets: Sequence[int]) -> list[int | None]:
    """Return for each step the column of first entries that tells its time; None where none does.

    That is the column of a rung which the step is the first to stand on.
    """
    visited = [{rung} for rung in joints[0]]
    marks: list[int | None] = [offsets[0] + joints[0][0] if offsets else None]
    for before, after in pairwise(joints):
        new = [
            i for i, (a, b) in enumerate(zip(before, after, strict=True))
            if a != b and b not in visited[i]
        ]  # fmt: skip
        marks.append(offsets[new[0]] + after[new[0]] if new else None)
        for i, rung in enumerate(after):
            visited[i].add(rung)
    return marks


def write_paths(paths: Paths, target: File) -> None:
    """Write the graph as `.graphml`, or with the paths as `.json`. Raises UsageError."""
    if target.suffix.lower() == ".graphml":
        import networkx as nx  # noqa: PLC0415 - loaded where it is asked for

        text = "\n".join(nx.generate_graphml(paths.graph())) + "\n"
    elif target.suffix.lower() == ".json":
        text = json.dumps(paths.as_json(), indent=1, ensure_ascii=False) + "\n"
    else:
        raise UsageError(f"`{target.name}`: paths are written as {' or '.join(ENDINGS)}")
    target.write_text(text, encoding="utf-8", newline="\n")
