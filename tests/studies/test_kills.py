"""Killed at random moments: nothing that was finished is lost, and the result is the same."""

import contextlib
import json
import os
import random
import signal
import time

import pytest

from tests.studies.support import alive, children, started, studied, write

pytestmark = pytest.mark.skipif(os.name != "posix", reason="needs signals and /proc")

RUNS, KILLS = 6_000, 30

PATIENCE_SECONDS = 240
"""A guard against hanging, no measurement."""


def until(condition):
    begun = time.monotonic()
    while not condition():
        assert time.monotonic() - begun < PATIENCE_SECONDS
        time.sleep(0.005)


def begun(tmp_path, out, runs=RUNS, chunk=100):
    """Start or go on with the study in a process of its own."""
    options = ("--runs", runs, "--chunk", chunk, "--workers", 2, "--out", out, "--resume", "--json")
    return started("study", tmp_path / "letter.yaml", *options)


def finished(process):
    """Wait for the end; return what was printed."""
    out, err = process.communicate(timeout=PATIENCE_SECONDS)
    assert process.returncode == 0, err
    return json.loads(out)


def chunks_in(out):
    folder = out / "chunks"
    return {p.name for p in folder.glob("*.npz")} if folder.exists() else set()


def test_thirty_kills_of_workers_and_parents_at_random_moments_change_nothing(tmp_path):
    write(tmp_path)
    expected = studied(tmp_path, RUNS).digest
    chance = random.Random(20)  # noqa: S311 - no secrets here
    kills = {"parent": 0, "worker": 0}
    studies = completed = 0
    kept = set()
    while sum(kills.values()) < KILLS or completed < studies:
        if completed == studies:
            studies += 1
            kept = set()
        out = tmp_path / f"out-{studies}"
        process = begun(tmp_path, out)
        crew = []
        while process.poll() is None and sum(kills.values()) < KILLS:
            time.sleep(chance.uniform(0.02, 0.6))
            crew = children(process.pid) or crew
            if chance.random() < 0.75:
                with contextlib.suppress(IndexError, ProcessLookupError):
                    os.kill(chance.choice([p for p in crew if alive(p)]), signal.SIGKILL)
                    kills["worker"] += 1
            elif process.poll() is None:
                crew = children(process.pid)
                process.kill()
                kills["parent"] += 1
                break
        _, err = process.communicate(timeout=PATIENCE_SECONDS)
        assert process.returncode in (0, -signal.SIGKILL), err
        completed += process.returncode == 0
        until(lambda left=crew: not any(alive(pid) for pid in left))
        assert kept <= chunks_in(out)
        kept = chunks_in(out)
    for number in range(1, studies + 1):
        result = json.loads((tmp_path / f"out-{number}" / "study.json").read_text("utf-8"))
        assert (result["digest"], result["complete"]) == (expected, True)
    assert min(kills.values()) >= 5


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_study_says_how_to_go_on_and_can_be_gone_on_with(tmp_path, number):
    write(tmp_path)
    out, runs = tmp_path / "out", 3000
    process = begun(tmp_path, out, runs, 25)
    until(lambda: len(chunks_in(out)) >= 3)
    crew = children(process.pid)
    process.send_signal(number)
    told, err = process.communicate(timeout=PATIENCE_SECONDS)
    assert process.returncode == 130
    assert not any(alive(pid) for pid in crew)
    partial = json.loads(told)
    assert partial["complete"] is False
    done = sum(p["runs"] + p["failed"] for p in partial["points"])
    assert done == 25 * len(chunks_in(out)) < runs
    line = next(x for x in err.splitlines() if "escalation-sim study" in x)
    assert line.split()[-1] == "--resume"
    assert f"--runs {runs} --workers 2 --chunk 25 --out {out} --json" in line
    assert "Traceback" not in err
    assert finished(begun(tmp_path, out, runs))["digest"] == studied(tmp_path, runs).digest


@pytest.mark.parametrize("after", [0.0, 0.01, 0.3])
def test_ctrl_c_in_a_terminal_reaches_everybody_and_nobody_complains(tmp_path, after):
    options = ("--runs", 10**6, "--workers", 2)
    process = started("study", write(tmp_path), *options, start_new_session=True)
    until(lambda: children(process.pid))
    time.sleep(after)  # while the workers are still starting
    os.killpg(process.pid, signal.SIGINT)
    _, err = process.communicate(timeout=PATIENCE_SECONDS)
    assert process.returncode == 130
    assert "Traceback" not in err
    assert err.count("interrupted") == 1
