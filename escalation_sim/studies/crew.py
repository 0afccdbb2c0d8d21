"""Who works tasks off: this process, or some others that may die.

A worker is a pool of one process. It leaves when the pipe to its parent closes, so that neither a
killed parent nor an interrupted one leaves anybody behind; one that dies is replaced, and its task
is given out again.
"""

from __future__ import annotations

import os
import signal
import threading
from collections import deque
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import get_context
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from escalation_sim.errors import StudyError

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable
    from concurrent.futures import Future
    from multiprocessing.connection import Connection
    from types import FrameType


class Labelled(Protocol):
    """A task that can say what it is."""

    @property
    def label(self) -> str:
        """What is worked at, in words."""


TaskT = TypeVar("TaskT", bound=Labelled)
AnswerT = TypeVar("AnswerT")

MOST_DEATHS = 5
"""Workers one task may cost, and starts in a row that may fail, before the study is stopped."""


def here(work: Callable[[TaskT], AnswerT], tasks: Iterable[TaskT]) -> Generator[AnswerT]:
    """Work tasks off in this process, one after the other."""
    for task in tasks:
        yield work(task)


def processes(
    work: Callable[[TaskT], AnswerT], tasks: Iterable[TaskT], workers: int
) -> Generator[AnswerT]:
    """Work tasks off in so many processes; answers come as they are ready.

    Raises StudyError when one task goes on killing its worker. Closing the iterator ends the
    workers at once.
    """
    coming = iter(tasks)
    again: deque[TaskT] = deque()
    deaths: dict[str, int] = {}
    crew = [_Worker() for _ in range(workers)]
    try:
        while True:
            for worker in crew:
                if worker.idle and (task := again.popleft() if again else next(coming, None)):
                    worker.take(work, task)
            busy = {w.future: w for w in crew if w.future is not None}
            if not busy:
                break
            for future in wait(busy, return_when=FIRST_COMPLETED).done:
                worker = busy[future]
                try:
                    answer = future.result()
                except BrokenProcessPool:
                    if (lost := worker.buried()) is not None:
                        deaths[lost.label] = deaths.get(lost.label, 0) + 1
                        if deaths[lost.label] >= MOST_DEATHS:
                            raise StudyError(_fatal(lost.label)) from None
                        again.append(lost)
                    continue
                if worker.told():
                    yield answer
    finally:
        for worker in crew:
            worker.leave()


def _fatal(label: str) -> str:
    return (
        f"{MOST_DEATHS} workers died one after the other at {label}\n"
        "  help: `--workers 1` works in this process and shows why; is there enough memory?"
    )


class _Worker:
    """One process and what it is doing: getting ready, working at a task, or nothing."""

    def __init__(self) -> None:
        self.pool: ProcessPoolExecutor | None = None
        self.line: Connection | None = None
        self.future: Future[Any] | None = None
        self.work: Callable[[Any], Any] | None = None
        self.task: Any = None
        self.ready = False
        self.failed_starts = 0

    @property
    def idle(self) -> bool:
        return self.future is None

    def take(self, work: Callable[[Any], Any], task: Any) -> None:
        """Begin with a task, after a process has said that it stands."""
        self.work, self.task = work, task
        if self.pool is None:
            self._start()
        else:
            self._submit()

    def told(self) -> bool:
        """Take note of an answer; return whether it was a task's."""
        self.failed_starts = 0
        if self.ready:
            self.future = self.task = None
            return True
        self.ready = True
        self._submit()
        return False

    def buried(self) -> Any:
        """Replace a dead process; return the task it died of, None if it never began with one."""
        died_at_work = self.ready
        self.leave()
        if died_at_work:
            lost, self.task, self.future = self.task, None, None
            return lost
        self.failed_starts += 1
        if self.failed_starts >= MOST_DEATHS:
            raise StudyError(
                "workers die before they have begun\n"
                "  help: `--workers 1` works in this process; in a script of your own, call the "
                'study under `if __name__ == "__main__":`'
            )
        self._start()
        return None

    def leave(self) -> None:
        """Let the process go, whatever it is doing."""
        if self.pool is not None and self.line is not None:
            self.line.close()
            self.pool.shutdown(wait=False, cancel_futures=True)
        self.pool, self.ready = None, False

    def _start(self) -> None:
        context = get_context("spawn")
        theirs, self.line = context.Pipe(duplex=False)
        self.pool = ProcessPoolExecutor(
            1, mp_context=context, initializer=_stay_while, initargs=(theirs,)
        )
        self.ready = False
        with _interrupts_kept_from_children():
            self.future = self.pool.submit(_stand)
        theirs.close()

    def _submit(self) -> None:
        assert self.pool is not None and self.work is not None  # noqa: S101, PT018 - started
        try:
            self.future = self.pool.submit(self.work, self.task)
        except BrokenProcessPool:  # it died idle
            self.leave()
            self._start()


@contextmanager
def _interrupts_kept_from_children() -> Generator[None]:
    """Let what is started meanwhile be deaf to Ctrl-C from its first moment on.

    A blocked signal stays blocked in a child; here it waits and arrives afterwards. It may reach
    another thread of this process, whose mask is its own, so the handler waits as well: a start
    that is broken off in the middle would leave a child that complains.
    """
    arrived: list[tuple[int, FrameType | None]] = []
    handlers: dict[int, Any] = {}
    if threading.current_thread() is threading.main_thread():
        for kind in (signal.SIGINT, signal.SIGTERM):
            handlers[kind] = signal.signal(kind, lambda *told: arrived.append(told))
    masks = hasattr(signal, "pthread_sigmask")
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT}) if masks else None
    try:
        yield
    finally:
        if before is not None:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
        for number, handler in handlers.items():
            signal.signal(number, handler)
    for number, frame in arrived[:1]:
        if callable(handlers[number]):
            handlers[number](number, frame)
        elif handlers[number] == signal.SIG_DFL:
            signal.raise_signal(number)


def _stand() -> None:
    """Say that a process has started and loaded what it needs."""


def _stay_while(line: Connection) -> None:
    """Leave when the other end of the line closes; Ctrl-C is the parent's business."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)

    def watch() -> None:
        try:
            line.recv()
        except (EOFError, OSError):
            os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
