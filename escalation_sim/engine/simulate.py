"""From a Model to a Run."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from escalation_sim.chance import address
from escalation_sim.engine.clockwork import Clockwork
from escalation_sim.engine.prepared import Prepared
from escalation_sim.engine.recorder import Recorder
from escalation_sim.engine.replication import Replication
from escalation_sim.engine.row import FAULTS, Fault, Row
from escalation_sim.errors import RunError, UsageError
from escalation_sim.trace.records import digest_of
from escalation_sim.trace.run import Run, header_of

if TYPE_CHECKING:
    from escalation_sim.model.model import Model

_FAULT_OF: dict[str, Fault] = {
    "arithmetic": "expression",
    "livelock": "livelock",
    "too-much": "too many items",
    "too-many": "too many timers",
}
"""What stops a replication, by the code of its error."""


class Simulator:
    """Runs replications of one model, one after the other."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.prepared = Prepared(model)
        self._life = Replication(self.prepared)
        self._clockwork = Clockwork(self._life)

    def run(self, seed: int = 1, replication: int = 0, *, trace: bool = True) -> Run:
        """Return one replication; `trace=False` keeps no records and is quicker.

        Raises RunError when a rule cannot be carried out, UsageError for a seed or replication
        that is no whole number from 0 to 2^63 - 1.
        """
        model, prepared = self.model, self.prepared
        recorder = Recorder(model, prepared.world) if trace else None
        life = self._lived(seed, replication, recorder)
        why = life.why_ended or "quiet"
        ended_at = prepared.world.now
        outcome = life.outcome.id if life.outcome else (model.fallback or None)
        pending = life.pending()
        if recorder:
            last = recorder.records[-1]
            recorder.place = last.place + 1 if last.tick == ended_at else 0
            if life.outcome:
                reads, causes = recorder.reasons(life.outcome.when)
                about = f"outcomes.{life.outcome.id}"
                since = prepared.tally.since[model.outcomes.index(life.outcome)]
                held = since if life.outcome.hold is not None else None
                recorder.add("outcome", about, life.outcome, causes, reads, since=held)
            recorder.add("end", "run", None, why=why, outcome=outcome, pending=list(pending))
        records = tuple(recorder.records) if recorder else ()
        header = header_of(model, seed, replication)
        return Run(
            model=model,
            seed=seed,
            replication=replication,
            outcome=outcome,
            ended_at=ended_at,
            why_ended=why,
            pending=pending,
            stays=prepared.tally.stays(),
            crossings={
                line.id: tuple(prepared.tally.crossings[i])
                for i, line in enumerate(model.red_lines)
            },
            clocks={
                clock.id: hand.at_end(ended_at)
                for clock, hand in zip(model.clocks, prepared.world.clocks, strict=True)
            },
            results=prepared.tally.results(),
            firing_digest=address.hex16(life.digest),
            trace_digest=digest_of(header, records) if recorder else "",
            ties=life.ties,
            records=records,
        )

    def row(self, seed: int, replication: int) -> Row:
        """Return one untraced replication in numbers; what stops a run becomes its fault.

        Raises UsageError for a seed or replication that is no whole number from 0 to 2^63 - 1.
        """
        try:
            life = self._lived(seed, replication, None)
        except RunError as error:
            fault = _FAULT_OF.get(error.diagnostic.code, "other")
            return Row(replication=replication, fault=FAULTS.index(fault))
        model, tally = self.model, self.prepared.tally
        ends = model.outcomes
        return Row(
            replication=replication,
            outcome=next((i for i, end in enumerate(ends) if end is life.outcome), len(ends)),
            ended_at=self.prepared.world.now,
            firing_digest=life.digest,
            path=tally.path,
            ties=life.ties,
            firsts=tuple(chain.from_iterable(tally.firsts)),
            results=tuple(tally.values),
        )

    def _lived(self, seed: int, replication: int, recorder: Recorder | None) -> Replication:
        """Let one replication live and close its tally; the world's `now` is then its end."""
        for name, number in (("seed", seed), ("replication", replication)):
            if problem := address.seed_problem(number):
                raise UsageError(f"{name}: {problem}")
        model, prepared, life = self.model, self.prepared, self._life
        life.begin(seed, replication, recorder)
        self._clockwork.drive()
        if life.why_ended == "horizon":
            prepared.world.now = model.horizon
        elif life.why_ended != "outcome":
            prepared.world.now = life.last_change
        outcome = life.outcome.id if life.outcome else (model.fallback or None)
        stands = life.why_ended not in ("outcome", "horizon")
        prepared.tally.finish(prepared.world.now, outcome, stands=stands)
        return life
