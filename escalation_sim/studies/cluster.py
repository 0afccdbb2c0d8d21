"""The same tasks on an existing dask.distributed cluster: no scheduler of our own.

What is true is on disk here: the scheduler may die and the study be resumed on another one.
"""

from __future__ import annotations

import logging
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

import escalation_sim
from escalation_sim.chance.address import CONTRACT
from escalation_sim.errors import StudyError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable

    from distributed import Client

TaskT = TypeVar("TaskT")
AnswerT = TypeVar("AnswerT")

SECONDS_TO_CONNECT = 20
AHEAD = 2
"""Tasks given out for each thread of the cluster, so that none waits and memory stays small."""

RETRIES = 5
"""Workers one task may cost before the study is stopped."""


def on_cluster(
    work: Callable[[TaskT], AnswerT], tasks: Iterable[TaskT], address: str
) -> Generator[AnswerT]:
    """Work tasks off on the cluster at an address; answers come as they are ready.

    Raises UsageError when distributed is not installed, StudyError when the cluster cannot be
    reached, is lost, or runs another version of this package.
    """
    try:
        import distributed  # noqa: F401, PLC0415 - an extra
    except ImportError:
        raise UsageError(
            "--cluster needs dask.distributed: install escalation-sim[cluster]"
        ) from None
    with _quiet():
        yield from _connected(work, tasks, address)


def _connected(
    work: Callable[[TaskT], AnswerT], tasks: Iterable[TaskT], address: str
) -> Generator[AnswerT]:
    import distributed  # noqa: PLC0415 - an extra

    try:
        client = distributed.Client(
            address, timeout=SECONDS_TO_CONNECT, set_as_default=False, name="escalation-sim"
        )
    except (OSError, ValueError) as error:
        raise StudyError(f"there is no cluster at `{address}`: {error}") from None
    try:
        _agree(client, address)
        yield from _worked(client, work, tasks)
    except (OSError, distributed.CancelledError, distributed.KilledWorker) as error:
        raise StudyError(
            f"the cluster at `{address}` was lost ({type(error).__name__}); what is finished is "
            "kept if there is an --out\n  help: go on with --resume, on any cluster or on none"
        ) from None
    finally:
        client.close(timeout=SECONDS_TO_CONNECT)


def _worked(
    client: Client, work: Callable[[TaskT], AnswerT], tasks: Iterable[TaskT]
) -> Generator[AnswerT]:
    import distributed  # noqa: PLC0415 - an extra

    coming = iter(tasks)
    going = distributed.as_completed([], loop=client.loop)
    waiting = 0
    while True:
        room = max(1, AHEAD * sum(client.nthreads().values()))
        while waiting < room and (task := next(coming, None)) is not None:
            going.add(client.submit(work, task, pure=False, retries=RETRIES))
            waiting += 1
        if not waiting:
            return
        future = next(going)
        waiting -= 1
        answer: AnswerT = future.result()
        future.release()
        yield answer


@contextmanager
def _quiet() -> Generator[None]:
    """Keep back what distributed logs of lost connections: we say it ourselves."""
    loggers = [logging.getLogger(name) for name in ("distributed", "distributed.client")]
    before = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        for logger, level in zip(loggers, before, strict=True):
            logger.setLevel(level)


def identity() -> tuple[str, int]:
    """Return what must be the same here and there for rows to be the same."""
    return escalation_sim.__version__, CONTRACT


def _agree(client: Client, address: str) -> None:
    """Refuse a cluster with another version of this package; wait for its first worker."""
    client.wait_for_workers(1, timeout=SECONDS_TO_CONNECT)
    for worker, there in client.run(identity).items():
        if tuple(there) != identity():
            raise StudyError(
                f"worker {worker} at `{address}` has escalation-sim {there[0]}, here it is "
                f"{escalation_sim.__version__}\n  help: install the same version everywhere"
            )
