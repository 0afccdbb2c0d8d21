"""The command line, called in this process: `call("run", "01")` gives code, stdout and stderr."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from escalation_sim.cli.app import run_app


@dataclass(frozen=True)
class Answer:
    code: int
    out: str
    err: str


@pytest.fixture
def call(capsys):
    def _call(*arguments: object) -> Answer:
        with pytest.raises(SystemExit) as leaving:
            run_app([str(a) for a in arguments])
        captured = capsys.readouterr()
        return Answer(int(leaving.value.code or 0), captured.out, captured.err)

    return _call


@pytest.fixture
def write(tmp_path):
    def _write(name: str, text: str):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return _write
