"""The same chunks on a dask.distributed cluster: workers and the scheduler may be killed."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from escalation_sim.errors import StudyError, UsageError
from tests.studies.support import environment, started, studied, write

pytest.importorskip("distributed")
pytestmark = pytest.mark.skipif(os.name != "posix", reason="needs signals")

RUNS = 8_000

PATIENCE_SECONDS = 240
"""A guard against hanging, no measurement."""

QUICK = {
    "DASK_DISTRIBUTED__COMM__TIMEOUTS__CONNECT": "5s",
    "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "10",
    "DASK_DISTRIBUTED__WORKER__MEMORY__TERMINATE": "false",
}


def until(condition, process):
    begun = time.monotonic()
    while not condition():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() - begun < PATIENCE_SECONDS
        time.sleep(0.02)


def part(*arguments):
    """Start a scheduler or a worker in a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "dask", *map(str, arguments)],
        cwd=Path(__file__).parents[2],
        env=environment(**QUICK),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


class Cluster:
    """A scheduler and its workers, on loopback."""

    def __init__(self, workers):
        port = free_port()
        self.address = f"tcp://127.0.0.1:{port}"
        self.scheduler = part(
            "scheduler", "--host", "127.0.0.1", "--port", port, "--no-dashboard", "--no-show"
        )
        self.workers = [self.worker() for _ in range(workers)]

    def worker(self):
        return part(
            "worker", self.address, "--host", "127.0.0.1", "--nthreads", 1, "--no-nanny",
            "--no-dashboard", "--death-timeout", 120,
        )  # fmt: skip

    def end(self):
        for process in (*self.workers, self.scheduler):
            process.kill()
            process.wait()


@pytest.fixture
def cluster():
    made = Cluster(2)
    yield made
    made.end()


def begun(tmp_path, cluster, *more):
    options = ("--runs", RUNS, "--chunk", 50, "--out", tmp_path / "out", "--resume", "--json")
    return started(
        "study", tmp_path / "letter.yaml", *options, "--cluster", cluster.address, *more, env=QUICK
    )


def chunks_in(tmp_path):
    return list((tmp_path / "out" / "chunks").glob("*.npz"))


def ended(process):
    out, err = process.communicate(timeout=PATIENCE_SECONDS)
    return process.returncode, out, err


def test_a_worker_and_the_scheduler_are_killed_and_the_result_is_the_same(tmp_path, cluster):
    write(tmp_path)
    expected = studied(tmp_path, RUNS).digest
    process = begun(tmp_path, cluster)
    until(lambda: len(chunks_in(tmp_path)) >= 5, process)
    cluster.workers[0].send_signal(signal.SIGKILL)
    at_death = len(chunks_in(tmp_path))
    until(lambda: len(chunks_in(tmp_path)) >= at_death + 10, process)
    cluster.scheduler.send_signal(signal.SIGKILL)
    code, out, err = ended(process)
    assert (code, out) == (1, "")
    assert "was lost" in err
    assert "go on with --resume" in err
    assert "Traceback" not in err
    kept = len(chunks_in(tmp_path))
    assert at_death + 10 <= kept < RUNS // 50
    cluster.end()
    another = Cluster(1)
    try:
        code, out, err = ended(begun(tmp_path, another))
    finally:
        another.end()
    assert code == 0, err
    result = json.loads(out)
    assert (result["digest"], result["complete"]) == (expected, True)


def test_a_cluster_that_is_not_there_is_said(tmp_path, monkeypatch):
    from escalation_sim.studies import cluster as room  # noqa: PLC0415

    monkeypatch.setattr(room, "SECONDS_TO_CONNECT", 1)
    with pytest.raises(StudyError, match="there is no cluster at"):
        studied(tmp_path, 5, cluster=f"tcp://127.0.0.1:{free_port()}")


def test_without_the_extra_it_is_named(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(UsageError, match=r"install escalation-sim\[cluster\]"):
        studied(tmp_path, 5, cluster="tcp://127.0.0.1:1")
