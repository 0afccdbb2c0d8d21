"""Kernels on disk: used when they can be trusted, made anew when not."""

import os
import subprocess
import sys

import pytest

from escalation_sim.engine.compiled import engine_for
from escalation_sim.engine.compiled.cache import FORMAT, MOST_FILES, Cache, default_folder
from tests.compiled.both import SEED, simpy_rows
from tests.support import scenario

TEXT = "situation: {n: 0}\nrules: {beat: {when: n < 5, every: {exponential: 4h}, do: {n: n + 1}}}\n"
posix = pytest.mark.skipif(os.name != "posix", reason="folders of other systems know no modes")


@pytest.fixture(scope="module")
def model():
    return scenario(TEXT)


@pytest.fixture
def cache(tmp_path):
    return Cache(tmp_path / "kernels")


def told(model, cache):
    """Return whether an engine had to be compiled, after seeing that it runs as it should."""
    said = []
    engine = engine_for(model, cache=cache, tell=said.append)
    assert [engine.row(SEED, r) for r in range(20)] == simpy_rows(model, 20)
    return bool(said)


def files(cache):
    return sorted(cache.folder.iterdir())


def test_a_kernel_is_compiled_once(model, cache):
    assert told(model, cache)
    assert not told(model, cache)
    assert len(files(cache)) == 1


def test_a_damaged_file_is_made_anew(model, cache):
    assert told(model, cache)
    (path,) = files(cache)
    good = path.read_bytes()
    middle = len(good) // 2
    flipped = good[:middle] + bytes([good[middle] ^ 1]) + good[middle + 1 :]
    damaged = [b"", good[:10], good[: len(FORMAT) + 32], good[:-1], flipped, good + b"x"]
    for data in damaged:
        path.write_bytes(data)
        assert cache.read(path) is None
    assert told(model, cache)
    assert path.read_bytes()[: len(FORMAT)] == FORMAT
    assert not told(model, cache)


@posix
def test_what_others_may_write_is_not_used(model, cache):
    assert told(model, cache)
    (path,) = files(cache)
    path.chmod(0o666)
    assert cache.read(path) is None
    path.chmod(0o600)
    assert cache.read(path) is not None
    cache.folder.chmod(0o777)
    assert cache.read(path) is None
    assert told(model, cache)


@posix
def test_the_folder_is_the_users_alone(model, cache):
    told(model, cache)
    assert cache.folder.stat().st_mode & 0o777 == 0o700
    assert files(cache)[0].stat().st_mode & 0o077 == 0


def test_without_a_place_to_write_it_is_compiled_each_time(model, tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    cache = Cache(blocked / "kernels")
    assert told(model, cache)
    assert told(model, cache)


def test_old_files_make_room(cache):
    cache.folder.mkdir(mode=0o700)
    for i in range(MOST_FILES + 10):
        old = cache.folder / f"kernel-{i}.bin"
        old.write_bytes(b"x")
        os.utime(old, (i, i))
    cache.write(cache.folder / "kernel-new.bin", b"code")
    names = {path.name for path in files(cache)}
    assert len(names) == MOST_FILES
    assert "kernel-new.bin" in names
    assert "kernel-0.bin" not in names


def test_two_programs_at_once_do_no_harm(model, cache):
    program = (
        "import sys; from pathlib import Path; from tests.support import scenario\n"
        "from escalation_sim.engine.compiled import engine_for\n"
        "from escalation_sim.engine.compiled.cache import Cache\n"
        f"e = engine_for(scenario({TEXT!r}), cache=Cache(Path(sys.argv[1])))\n"
        "print(e.row(5, 3).firing_digest)"
    )
    command = [sys.executable, "-c", program, str(cache.folder)]
    both = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    said = [p.communicate(timeout=120)[0].strip() for p in both]
    assert said == [str(simpy_rows(model, 4)[3].firing_digest)] * 2
    assert len(files(cache)) == 1
    assert not told(model, cache)


def test_another_processor_or_text_has_a_file_of_its_own(cache):
    from dataclasses import replace  # noqa: PLC0415

    from escalation_sim.engine.compiled.machine import Machine  # noqa: PLC0415

    here = Machine.here()
    other = replace(here, processor="another")
    paths = {cache.path("a", here), cache.path("b", here), cache.path("a", other)}
    assert len(paths) == 3


def test_the_folder_can_be_named(monkeypatch, tmp_path):
    monkeypatch.setenv("ESCALATION_SIM_CACHE", str(tmp_path / "here"))
    assert default_folder() == tmp_path / "here"
    monkeypatch.delenv("ESCALATION_SIM_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    if sys.platform.startswith("linux"):
        assert default_folder() == tmp_path / "escalation-sim"
