"""One digest whoever works a study off, however it is cut, and whenever it was interrupted."""

import contextlib
import json
import subprocess
import sys
from pathlib import Path

import pytest

from escalation_sim.studies.chunks import Chunk, missing
from escalation_sim.studies.ensemble import Order, StudyInterrupted, run_study
from tests.studies.support import environment, small_design, studied, write

RUNS = 240
ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def design(tmp_path_factory):
    folder = tmp_path_factory.mktemp("design")
    return small_design(folder, readings=[("late", "all")])


@pytest.fixture(scope="module")
def expected(design):
    return run_study(design, runs=RUNS)


@pytest.mark.parametrize("chunk", [1, 7, 1000])
@pytest.mark.parametrize("workers", [1, 2, 3])
def test_workers_and_chunks_do_not_show(design, expected, workers, chunk):
    found = run_study(design, runs=RUNS, order=Order(workers=workers, chunk=chunk))
    assert found.aggregates == expected.aggregates
    assert found.digest == expected.digest
    assert found.complete


@pytest.mark.parametrize("chunk", [1, 7, 1000])
def test_a_study_broken_off_and_gone_on_with_is_the_same(design, expected, chunk, tmp_path):
    out = tmp_path / "out"
    stops = [50, 51, 200, 300, 10_000]
    digests = []
    for at in stops:

        def stop(done, total, at=at):
            assert total == 2 * RUNS
            if at <= done < total:
                raise KeyboardInterrupt

        order = Order(chunk=chunk, out=out, resume=True, watch=stop)
        with contextlib.suppress(StudyInterrupted):
            digests.append(run_study(design, runs=RUNS, order=order).digest)
    assert digests
    assert set(digests) == {expected.digest}


def test_going_on_with_other_chunks_and_more_runs_is_the_same_as_all_at_once(design, tmp_path):
    for runs, chunk in ((20, 7), (50, 3), (131, 100)):
        order = Order(chunk=chunk, out=tmp_path / "out", resume=True)
        found = run_study(design, runs=runs, order=order)
        assert found.digest == run_study(design, runs=runs).digest
    names = [p.name for p in (tmp_path / "out" / "chunks").iterdir()]
    assert len(names) == 2 * (3 + 10 + 1)


@pytest.mark.parametrize("seed", ["0", "1", "random"])
def test_the_seed_of_hashes_does_not_show(expected, seed, tmp_path):
    command = [sys.executable, "-m", "escalation_sim", "study", str(write(tmp_path))]
    command += ["--reading", "late=all", "--runs", str(RUNS), "--workers", "2", "--json"]
    done = subprocess.run(
        command, cwd=ROOT, env=environment(PYTHONHASHSEED=seed), capture_output=True, check=True
    )
    assert json.loads(done.stdout)["digest"] == expected.digest


def test_without_numpy_a_study_gives_the_same(expected, tmp_path):
    program = (
        "import sys\nsys.modules['numpy'] = None\nfrom escalation_sim.cli import main\nmain()\n"
    )
    command = [sys.executable, "-c", program, "study", str(write(tmp_path))]
    command += ["--reading", "late=all", "--runs", str(RUNS), "--workers", "1", "--json"]
    done = subprocess.run(command, cwd=ROOT, env=environment(), capture_output=True, check=True)
    assert json.loads(done.stdout)["digest"] == expected.digest


def test_check_and_run_load_no_arrays_and_a_study_without_a_folder_neither(tmp_path):
    path = write(tmp_path)
    for command in (["check", path], ["run", path, "--seed", "3"], ["study", path, "--runs", "5"]):
        program = (
            "import sys\n"
            "from escalation_sim.cli.app import app\n"
            "app.main(sys.argv[1:], standalone_mode=False)\n"
            "print('numpy' in sys.modules)\n"
        )
        done = subprocess.run(
            [sys.executable, "-c", program, *map(str, command)],
            cwd=ROOT, env=environment(), capture_output=True, text=True, check=True,
        )  # fmt: skip
        assert done.stdout.splitlines()[-1] == "False"


def test_another_seed_another_reading_and_another_number_of_runs_have_other_digests(tmp_path):
    digests = {
        studied(tmp_path, 50).digest,
        studied(tmp_path, 51).digest,
        studied(tmp_path, 50, seed=2).digest,
        studied(
            tmp_path, 50, design=small_design(tmp_path, readings=[("late", "whenever")])
        ).digest,
    }
    assert len(digests) == 4


def test_the_replications_of_a_longer_study_begin_with_those_of_a_shorter_one(tmp_path):
    from escalation_sim.studies.engines import SimpyEngine  # noqa: PLC0415

    engine = SimpyEngine(small_design(tmp_path).base)
    long, short = engine.columns(3, 0, 30), engine.columns(3, 10, 5)
    assert short.firing_digest == long.firing_digest[10:15]
    assert short.replication == [10, 11, 12, 13, 14]


def test_what_is_missing_lies_between_what_is_done():
    done = [Chunk(0, 10, 5), Chunk(0, 0, 3), Chunk(1, 0, 20)]
    assert list(missing(done, 3, 20, 6)) == [
        Chunk(0, 3, 6), Chunk(0, 9, 1), Chunk(0, 15, 5),
        Chunk(2, 0, 6), Chunk(2, 6, 6), Chunk(2, 12, 6), Chunk(2, 18, 2),
    ]  # fmt: skip
    assert list(missing([], 1, 10**18, 10**17))[-1] == Chunk(0, 9 * 10**17, 10**17)
