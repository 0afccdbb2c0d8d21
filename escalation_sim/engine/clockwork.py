"""SimPy keeps the time: the only file that imports it.

One process sleeps to the next tick in our agenda and works it off. Order at a tick, calling off,
and a horizon that includes its tick are decided in `replication`, not by SimPy's event queue:
`run(until=72)` would leave out 72, and a timer that lost its purpose would keep the run alive.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import simpy

if TYPE_CHECKING:
    from collections.abc import Generator

    from escalation_sim.engine.replication import Replication


def drive(replication: Replication) -> None:
    """Run one replication that has begun to its end."""
    environment = simpy.Environment()
    environment.process(_worker(environment, replication))
    environment.run()


def _worker(
    environment: simpy.Environment, replication: Replication
) -> Generator[simpy.events.Event, Any, None]:
    replication.work(0)
    while (tick := replication.next_tick()) is not None:
        yield environment.timeout(tick - int(environment.now))
        replication.work(tick)
