"""Workers that die, are replaced, and leave nobody behind."""

import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from escalation_sim.errors import StudyError
from escalation_sim.studies import crew
from tests.studies.support import alive, children

pytestmark = pytest.mark.skipif(os.name != "posix", reason="needs signals and /proc")

PATIENCE_SECONDS = 120
"""A guard against hanging, no measurement."""


@dataclass(frozen=True)
class Sum:
    number: int
    label: str = "a sum"
    folder: str = ""


def squared(task):
    return task.number**2


def fatal(task):
    if task.number == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return task.number


def fatal_once(task):
    mark = Path(task.folder) / f"died-{task.number}"
    if not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return task.number


def failing(task):
    raise ArithmeticError(f"no sum {task.number}")


def slow(task):
    time.sleep(PATIENCE_SECONDS * 3)
    return task.number


def until(condition):
    begun = time.monotonic()
    while not condition():
        assert time.monotonic() - begun < PATIENCE_SECONDS
        time.sleep(0.01)


@pytest.mark.parametrize("workers", [2, 3])
def test_every_task_is_answered_once(workers):
    tasks = [Sum(n) for n in range(50)]
    assert sorted(crew.processes(squared, tasks, workers)) == [n * n for n in range(50)]
    assert list(crew.here(squared, tasks)) == [n * n for n in range(50)]


def test_a_task_that_kills_every_worker_is_named_and_the_others_are_answered():
    answers = []
    coming = crew.processes(fatal, (Sum(n, f"sum {n}") for n in range(8)), 2)
    with pytest.raises(StudyError, match="5 workers died one after the other at sum 3"):
        answers.extend(coming)  # keeps what came before the error
    assert set(answers) >= {0, 1, 2, 4}
    assert 3 not in answers


def test_each_task_may_cost_a_worker(tmp_path):
    tasks = [Sum(n, f"sum {n}", str(tmp_path)) for n in range(4)]
    assert sorted(crew.processes(fatal_once, tasks, 2)) == list(range(4))
    assert len(list(tmp_path.iterdir())) == 4


def test_what_a_task_raises_is_raised_here_and_ends_the_others():
    with pytest.raises(ArithmeticError, match="no sum"):
        list(crew.processes(failing, [Sum(n) for n in range(4)], 2))
    until(lambda: not children(os.getpid()))


def test_an_iterator_that_is_closed_leaves_nobody_behind():
    answers = crew.processes(squared, (Sum(n) for n in range(10**9)), 2)
    assert next(answers) in (0, 1)
    mine = children(os.getpid())
    assert mine
    answers.close()
    until(lambda: not any(alive(pid) for pid in mine))


def test_workers_in_the_middle_of_something_long_leave_at_once():
    answers = crew.processes(slow, [Sum(1), Sum(2)], 2)
    with pytest.raises(KeyboardInterrupt):
        _interrupted(answers)
    until(lambda: not any(alive(pid) for pid in children(os.getpid())))


def _interrupted(answers):
    """Take the next answer, and be interrupted as soon as both workers are at work."""

    def arrived(*_):
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGALRM, arrived)
    signal.setitimer(signal.ITIMER_REAL, 2.0)
    try:
        next(answers)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def test_workers_that_cannot_start_stop_the_study(monkeypatch):
    monkeypatch.setattr(crew, "_stand", dying)
    with pytest.raises(StudyError, match="workers die before they have begun"):
        list(crew.processes(squared, [Sum(1)], 2))


def dying():
    os.kill(os.getpid(), signal.SIGKILL)
