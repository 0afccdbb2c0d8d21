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


def drive(replication: Replication) -> None:
    """Run one replication that has begun to its end; raises RunError as it was raised."""
    environment = simpy.Environment()
    failed: list[RunError] = []
    environment.process(_worker(environment, replication, failed))
    environment.run()
    if failed:
        raise failed[0]


def _worker(
    environment: simpy.Environment, replication: Replication, failed: list[RunError]
) -> Generator[simpy.events.Event, Any, None]:
    try:
        replication.work(0)
        while (tick := replication.next_tick()) is not None:
            yield environment.timeout(tick - int(environment.now))
            replication.work(tick)
    except RunError as error:  # SimPy would raise a copy, and cannot make one
        failed.append(error)
