"""Bytes come from regular files of a limited size, and nothing is waited for."""

import os
import socket
import sys
from pathlib import Path

import pytest

from escalation_sim.errors import ScenarioError
from escalation_sim.source import limits, reader

posix = pytest.mark.skipif(sys.platform == "win32", reason="needs a POSIX system")


def refusal(path: Path, shown: str = "x.yaml") -> str:
    with pytest.raises(ScenarioError) as caught:
        reader.read_bytes(path, shown)
    (problem,) = caught.value.diagnostics
    assert (problem.span.file.name, problem.span.line, problem.span.column) == (shown, 1, 1)
    return problem.render()


def test_the_bytes_of_a_file_come_back_unchanged(tmp_path):
    path = tmp_path / "x.yaml"
    path.write_bytes(b"title: \xff\r\n\x1a\x00")
    assert reader.read_bytes(path, "x.yaml") == b"title: \xff\r\n\x1a\x00"


def test_load_gives_tree_lines_and_the_bytes_that_were_read(tmp_path):
    path = tmp_path / "x.yaml"
    path.write_bytes(b"\xef\xbb\xbftitle: One\r\nabout: two\r\n")
    tree, file, data = reader.load(path, "folder/x.yaml")
    assert tree.keys() == ["title", "about"]
    assert file.name == "folder/x.yaml"
    assert file.lines == ("title: One", "about: two", "")
    assert data == path.read_bytes()


def test_a_missing_file_is_named_with_its_nearest_neighbour(tmp_path):
    (tmp_path / "01-plan.yaml").write_text("title: x\n")
    assert refusal(tmp_path / "01-paln.yaml", "01-paln.yaml") == (
        "01-paln.yaml:1:1: error[no-such-file]: there is no file `01-paln.yaml`\n"
        "  help: did you mean `01-plan.yaml`?"
    )


def test_a_missing_folder_is_a_missing_file(tmp_path):
    assert refusal(tmp_path / "none" / "x.yaml") == (
        "x.yaml:1:1: error[no-such-file]: there is no file `x.yaml`\n"
        "  help: check the name and the folder"
    )


def test_a_file_used_as_a_folder_is_a_missing_file(tmp_path):
    (tmp_path / "a").write_text("")
    assert "error[no-such-file]" in refusal(tmp_path / "a" / "x.yaml")


def test_a_folder_is_not_a_file(tmp_path):
    assert refusal(tmp_path) == (
        "x.yaml:1:1: error[not-a-file]: `x.yaml` is a folder, not a file\n"
        "  help: name a scenario's YAML file"
    )


@posix
def test_a_pipe_is_refused_without_waiting_for_a_writer(tmp_path):
    path = tmp_path / "pipe"
    os.mkfifo(path)
    assert "error[not-a-file]: `x.yaml` is a pipe, not a file" in refusal(path)


@posix
@pytest.mark.parametrize("name", ["/dev/zero", "/dev/null", "/dev/tty"])
def test_a_device_is_refused(name):
    assert "error[not-a-file]: `x.yaml` is a" in refusal(Path(name))


@posix
def test_a_socket_is_refused(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("s")
        assert "error[not-a-file]: `x.yaml` is a socket, not a file" in refusal(Path("s"))


@posix
def test_a_link_to_itself_is_refused(tmp_path):
    path = tmp_path / "loop"
    path.symlink_to(path)
    assert "error[unreadable]: `x.yaml` is a link that leads back to itself" in refusal(path)


@posix
def test_a_link_to_a_file_is_followed(tmp_path):
    (tmp_path / "x.yaml").write_bytes(b"a: 1\n")
    (tmp_path / "link").symlink_to("x.yaml")
    assert reader.read_bytes(tmp_path / "link", "link") == b"a: 1\n"


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (PermissionError(13, "x"), "error[unreadable]: `x.yaml` may not be read"),
        (OSError(5, "x"), "error[unreadable]: `x.yaml` cannot be read: EIO"),
        (OSError(99999, "x"), "error[unreadable]: `x.yaml` cannot be read: unknown"),
    ],
)
def test_failures_of_the_system_are_told_in_our_own_words(tmp_path, monkeypatch, error, expected):
    def fail(*_):
        raise error

    path = tmp_path / "x.yaml"
    path.write_text("a: 1\n")
    monkeypatch.setattr(os, "read", fail)
    assert expected in refusal(path)


def test_a_folder_that_the_system_forbids_to_open_is_still_a_folder(tmp_path, monkeypatch):
    def forbid(*_):
        raise PermissionError(13, "x")

    monkeypatch.setattr(os, "open", forbid)
    assert "error[not-a-file]: `x.yaml` is a folder" in refusal(tmp_path)
    assert "error[unreadable]: `x.yaml` may not be read" in refusal(tmp_path / "x.yaml")
    monkeypatch.setattr(Path, "is_dir", forbid)
    assert "error[unreadable]: `x.yaml` may not be read" in refusal(tmp_path)


def test_a_file_in_an_unreadable_folder_is_told_without_neighbours(tmp_path, monkeypatch):
    def forbid(*_):
        raise PermissionError(13, "x")

    monkeypatch.setattr(Path, "iterdir", forbid)
    assert "check the name and the folder" in refusal(tmp_path / "x.yaml")


def test_a_name_with_a_nul_is_unreadable():
    assert "cannot be read: its name is not valid" in refusal(Path("a\0b"))


def test_a_file_at_the_size_limit_is_read_and_one_byte_more_is_not(tmp_path):
    path = tmp_path / "x.yaml"
    path.write_bytes(b"#" * limits.FILE_BYTES)
    assert len(reader.read_bytes(path, "x.yaml")) == limits.FILE_BYTES
    path.write_bytes(b"#" * (limits.FILE_BYTES + 1))
    assert "error[file-too-large]: `x.yaml` is larger than 1024 KiB" in refusal(path)


def test_a_file_that_grows_while_it_is_read_is_still_too_large(tmp_path, monkeypatch):
    path = tmp_path / "x.yaml"
    path.write_text("a: 1\n")
    monkeypatch.setattr(os, "read", lambda _, most: b"#" * min(most, 1000))
    assert "error[file-too-large]" in refusal(path)


def test_no_descriptor_is_left_open(tmp_path):
    numbers = set()
    for _ in range(3):
        refusal(tmp_path)
        with (tmp_path / "probe").open("w") as probe:
            numbers.add(probe.fileno())
    assert len(numbers) == 1
