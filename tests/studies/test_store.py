"""A study on disk: what is damaged is told and computed again, what is another study is refused."""

import contextlib
import errno
import io
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from escalation_sim.errors import StudyError, UsageError
from escalation_sim.studies import store as room
from escalation_sim.studies.chunks import Chunk
from escalation_sim.studies.ensemble import Order, StudyInterrupted, run_study
from escalation_sim.studies.files import from_bytes
from escalation_sim.studies.manifest import manifest_of
from escalation_sim.studies.store import Store, begin, name_of
from tests.studies.support import environment, small_design, studied, write


def chunks_in(out):
    return sorted((out / "chunks").glob("*.npz"))


def told_by(store):
    told = []
    found = [chunk for chunk, _ in store.finished(told.append)]
    return found, told


@pytest.fixture
def out(tmp_path):
    """A finished study of nine runs in three chunks."""
    studied(tmp_path, 9, out=tmp_path / "out", chunk=3)
    return tmp_path / "out"


def test_a_folder_says_what_it_holds(out, tmp_path):
    manifest = json.loads((out / "manifest.json").read_text("utf-8"))
    base = small_design(tmp_path).base
    assert manifest["files"] == [list(file) for file in base.files]
    assert (manifest["seed"], manifest["runs"]) == (1, 9)
    assert manifest["points"] == [{"set": {}, "readings": {}, "model": base.hash}]
    assert manifest["columns"]["rungs"] == ["tone.kind", "tone.firm", "tone.harsh"]
    assert manifest["columns"]["outcomes"] == ["settled", "open"]
    assert manifest["says"]["parameters.patience.value"] == "20h"
    assert [i["id"] for i in manifest["inputs"]][:2] == [i.id for i in base.inputs][:2]
    assert [p.name.rsplit("-", 1)[0] for p in chunks_in(out)] == [
        f"p00000-r{first:012}-n3" for first in (0, 3, 6)
    ]


def test_a_chunk_is_a_plain_file_of_arrays_that_numpy_reads_alone(out):
    with np.load(chunks_in(out)[1], allow_pickle=False) as found:
        assert found["replication"].tolist() == [3, 4, 5]
        assert found["firsts"].shape == (3, 3)
        assert found["results"].shape == (5, 3)
        assert found["firing_digest"].dtype == np.uint64


@pytest.fixture
def lone(tmp_path):
    """The one chunk of a study of two runs."""
    studied(tmp_path, 2, out=tmp_path / "lone")
    return chunks_in(tmp_path / "lone")[0]


def test_a_chunk_cut_off_at_any_byte_is_told_and_left_out(lone):
    store = Store(lone.parents[1])
    data = lone.read_bytes()
    for length in range(len(data)):
        lone.write_bytes(data[:length])
        found, told = told_by(store)
        assert (found, len(told)) == ([], 1)
        assert lone.name in told[0]
    lone.write_bytes(data)
    assert told_by(store) == ([Chunk(0, 0, 2)], [])


def test_a_chunk_with_any_byte_changed_is_told_and_left_out(lone):
    store = Store(lone.parents[1])
    data = lone.read_bytes()
    for place in range(len(data)):
        changed = bytearray(data)
        changed[place] ^= 1 << (place % 8)
        lone.write_bytes(changed)
        found, told = told_by(store)
        assert (found, len(told)) == ([], 1), place


@pytest.mark.parametrize("damage", [0, 1, 100, 700, -1])
def test_what_was_damaged_is_computed_again_and_nothing_else(out, tmp_path, damage):
    expected = studied(tmp_path, 9).digest
    path = chunks_in(out)[1]
    data = path.read_bytes()
    path.write_bytes(data[:damage])
    told, begun = [], []
    found = studied(
        tmp_path, 9, out=out, resume=True, tell=told.append, watch=lambda d, t: begun.append((d, t))
    )
    assert found.digest == expected
    assert len(told) == 1
    assert begun == [(6, 9), (9, 9)]
    assert path.read_bytes() == data


def test_a_name_that_is_none_and_a_chunk_that_is_there_twice_are_told(out, tmp_path):
    path, other = chunks_in(out)[:2]
    data = other.read_bytes()
    shutil.copy(path, path.with_name("p0.npz"))
    studied(tmp_path, 4, out=tmp_path / "other", chunk=2)
    for other in chunks_in(tmp_path / "other"):
        shutil.copy(other, out / "chunks")
    found, told = told_by(Store(out))
    assert found == [Chunk(0, 0, 2), Chunk(0, 2, 2), Chunk(0, 6, 3)]
    assert len(told) == 3
    assert name_of(Chunk(0, 3, 3), data) in " ".join(told)


@pytest.mark.parametrize(
    "make",
    [
        lambda: b"no archive",
        lambda: archive(replication=np.array([3, 4, 5])),
        lambda: archive(replication=np.array([{"a": 1}], dtype=object)),
    ],
)
def test_a_file_under_a_right_name_that_holds_no_rows_is_put_aside(out, make):
    data = make()
    for path in chunks_in(out)[1:]:
        path.unlink()
    chunk = Chunk(0, 3, 3)
    (out / "chunks" / name_of(chunk, data)).write_bytes(data)
    found, told = told_by(Store(out))
    assert (found, len(told)) == ([Chunk(0, 0, 3)], 1)


def archive(**arrays):
    file = io.BytesIO()
    np.savez(file, **arrays)
    return file.getvalue()


def test_what_is_pickled_is_never_read():
    harmful = np.array([print], dtype=object)
    with pytest.raises(ValueError, match=r"allow_pickle|pickle"):
        from_bytes(archive(**dict.fromkeys(room_types(), harmful)))


def room_types():
    from escalation_sim.studies.arrays import TYPES  # noqa: PLC0415

    return TYPES


def test_rows_under_another_chunks_name_are_put_aside(out):
    data = chunks_in(out)[0].read_bytes()
    for path in chunks_in(out):
        path.unlink()
    (out / "chunks" / name_of(Chunk(0, 3, 3), data)).write_bytes(data)
    found, told = told_by(Store(out))
    assert found == []
    assert "other replications" in told[0]


# which study it is


def refused(tmp_path, out, *, text=None, runs=9, seed=1, settings=(), **how):
    if text:
        write(tmp_path, text)
    design = small_design(tmp_path, settings=settings, **how)
    with pytest.raises(StudyError) as caught:
        run_study(design, runs=runs, seed=seed, order=Order(out=out, resume=True))
    return [line[4:] for line in str(caught.value).splitlines() if line.startswith("  - ")]


def test_another_value_is_refused_by_its_path(out, tmp_path):
    lines = refused(tmp_path, out, settings=[("patience", "21h")])
    assert lines == ["parameters.patience.value: 20h → 21h"]


def test_a_changed_file_is_refused_with_every_difference(out, tmp_path):
    text = (tmp_path / "letter.yaml").read_text("utf-8")
    text = text.replace("60h, tick", "50h, tick").replace("{exponential: 20h}", "30h")
    text = text.replace("  insist:", "  wait: {when: asked, note: we wait}\n  insist:")
    lines = refused(tmp_path, out, text=text)
    assert lines[:-1] == [
        "time.horizon: 60h → 50h",
        "rules.answer.after.exponential: 20h → not there",
        "rules.answer.after: not there → 30h",
        "rules.wait.when: not there → asked",
        "rules.wait.note: not there → we wait",
    ]
    assert lines[-1].startswith("files: letter.yaml (")


def test_entries_in_another_order_are_another_study(out, tmp_path):
    text = (tmp_path / "letter.yaml").read_text("utf-8")
    lines = text.splitlines(keepends=True)
    first, second = (
        next(i for i, x in enumerate(lines) if x.startswith(f"  {r}:"))
        for r in ("remind", "insist")
    )
    lines[first], lines[second] = lines[second], lines[first]
    assert refused(tmp_path, out, text="".join(lines))[0] == "the order of the entries"


def test_another_seed_fewer_runs_and_other_points_are_refused(out, tmp_path):
    assert refused(tmp_path, out, seed=2) == ["seed: 1 → 2"]
    assert refused(tmp_path, out, runs=8) == ["runs: 9 → 8 (fewer)"]
    lines = refused(tmp_path, out, sweeps=[("patience", ["5h"])])
    assert "design point no longer there: as written" in lines
    assert "design point that is new: patience=5h" in lines


@pytest.mark.parametrize(
    ("key", "words"),
    [("package", "version of escalation-sim"), ("contract", "contract of random numbers")],
)
def test_another_version_is_refused(out, tmp_path, key, words):
    path = out / "manifest.json"
    manifest = json.loads(path.read_text("utf-8"))
    manifest[key] = "0.0.1"
    path.write_text(json.dumps(manifest), "utf-8")
    assert [line.partition(":")[0] for line in refused(tmp_path, out)] == [words]


def test_a_comment_is_no_change(out, tmp_path):
    text = (tmp_path / "letter.yaml").read_text("utf-8")
    write(tmp_path, "# looked through\n" + text)
    found = studied(tmp_path, 9, out=out, resume=True)
    assert found.digest == studied(tmp_path, 9).digest


@pytest.mark.parametrize("text", ["", "{", "[]", '{"format": 1}', "null"])
def test_a_damaged_manifest_is_refused_and_not_overwritten(out, tmp_path, text):
    (out / "manifest.json").write_text(text, "utf-8")
    with pytest.raises(StudyError):
        studied(tmp_path, 9, out=out, resume=True)
    assert (out / "manifest.json").read_text("utf-8") == text
    assert len(chunks_in(out)) == 3


# the folder


def test_a_folder_in_use_is_refused(out, tmp_path):
    with pytest.raises(UsageError, match="holds a study already; `--resume`"):
        studied(tmp_path, 9, out=out)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("all of it", "utf-8")
    for resume in (True, False):
        with pytest.raises(UsageError, match="other things"):
            studied(tmp_path, 9, out=tmp_path / "mine", resume=resume)
    with pytest.raises(UsageError, match="is a file"):
        studied(tmp_path, 9, out=tmp_path / "mine" / "thesis.txt")


def test_two_studies_at_once_in_one_folder_are_refused(out, tmp_path):
    manifest = manifest_of(small_design(tmp_path), runs=9, seed=1)
    store = begin(out, manifest, resume=True)
    program = (
        "import sys\n"
        "from tests.studies.support import studied\n"
        "from pathlib import Path\n"
        "studied(Path(sys.argv[1]), 9, out=Path(sys.argv[1]) / 'out', resume=True)\n"
    )
    command = [sys.executable, "-c", program, str(tmp_path)]
    cwd = Path(__file__).parents[2]
    done = subprocess.run(
        command, cwd=cwd, env=environment(), capture_output=True, text=True, check=False
    )
    assert "somebody else is at work" in done.stderr
    store.close()
    subprocess.run(command, cwd=cwd, env=environment(), check=True)


def test_what_somebody_was_writing_when_he_died_is_swept_up(out, tmp_path):
    for place in (out, out / "chunks"):
        (place / ".x.123.part").write_bytes(b"half")
    studied(tmp_path, 9, out=out, resume=True)
    assert not list(out.rglob("*.part"))


def test_a_study_that_died_before_its_manifest_begins_anew(tmp_path):
    out = tmp_path / "out"
    (out / "chunks").mkdir(parents=True)
    (out / ".manifest.json.77.part").write_bytes(b"{")
    (out / "lock").touch()
    found = studied(tmp_path, 9, out=out, resume=True)
    assert found.digest == studied(tmp_path, 9).digest


@pytest.mark.parametrize("call", ["fsync", "replace"])
@pytest.mark.parametrize("number", range(1, 6))
def test_a_full_disk_at_any_write_loses_no_finished_chunk(tmp_path, monkeypatch, call, number):
    expected = studied(tmp_path, 9).digest
    out = tmp_path / "out"
    left = [number]
    true = os.fsync if call == "fsync" else Path.replace

    def failing(*arguments):
        left[0] -= 1
        if left[0] == 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return true(*arguments)

    with monkeypatch.context() as broken:
        if call == "fsync":
            broken.setattr(room.os, "fsync", failing)
        else:
            broken.setattr(Path, "replace", failing)
        with contextlib.suppress(OSError):
            studied(tmp_path, 9, out=out, chunk=3)
    assert left[0] <= 0 or (call, number) == ("replace", 5)  # there are four files
    kept = len(chunks_in(out))
    begun = []
    found = studied(
        tmp_path, 9, out=out, resume=True, chunk=3, watch=lambda done, _: begun.append(done)
    )
    assert found.digest == expected
    assert begun[0] == 3 * kept
    assert not list(out.rglob("*.part"))


def test_an_interrupted_study_is_whole_as_far_as_it_goes(tmp_path):
    def stop(done, _):
        if done >= 4:
            raise KeyboardInterrupt

    with pytest.raises(StudyInterrupted) as caught:
        studied(tmp_path, 9, out=tmp_path / "out", chunk=2, watch=stop)
    ensemble = caught.value.ensemble
    assert not ensemble.complete
    assert ensemble.aggregates == studied(tmp_path, 4).aggregates
