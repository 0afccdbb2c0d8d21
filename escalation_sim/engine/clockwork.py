"""SimPy keeps the time: the only file that imports it.

One process sleeps to the next tick in our agenda and works it off. Order at a tick, calling off,
and a horizon that includes its tick are decided in `replication`, not by SimPy's event queue:
`run(until=72)` would leave out 72, and a timer that lost its purpose would keep the run alive.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import simpy

from escalation_sim.errors import RunError

if TYPE_CHECKING:
    from collections.abc import Generator

    from escalation_sim.engine.replication import Replication


class Clockwork:
    """One environment for the lives of one replication after the other.

    SimPy's time goes on from life to life; each counts its ticks from where it began.
    """

    def __init__(self, replication: Replication) -> None:
        self.replication = replication
        self.environment = simpy.Environment()

    def drive(self) -> None:
        """Run the replication that has begun to its end; raises RunError as it was raised."""
        failed: list[RunError] = []
        self.environment.process(self._worker(failed))
        try:
            self.environment.run()
        except BaseException:
            self.environment = simpy.Environment()  # nothing of a broken life goes on in the next
            raise
        if failed:
            raise failed[0]

    def _worker(self, failed: list[RunError]) -> Generator[simpy.events.Event, Any, None]:
        environment, replication = self.environment, self.replication
        zero = int(environment.now)
        try:
            replication.work(0)
            while (tick := replication.next_tick()) is not None:
                yield environment.timeout(zero + tick - int(environment.now))
                replication.work(tick)
        except RunError as error:  # SimPy would raise a copy, and cannot make one
            failed.append(error)
