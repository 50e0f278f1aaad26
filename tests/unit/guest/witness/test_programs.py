"""Programs that a measured process starts."""

from __future__ import annotations

import os
import posix
import subprocess
from typing import TYPE_CHECKING

import pytest

from ci_accel.guest import carrier
from ci_accel.guest.spawn import ForkExec, Spawn
from ci_accel.guest.witness import programs
from tests.support.trace_records import Original
from tests.support.witness_records import said

if TYPE_CHECKING:
    from pathlib import Path

    from ci_accel.guest.witness import recorder

pytestmark = [pytest.mark.every_python, pytest.mark.timeout(600)]


MARKED = {b"COVERAGE_PROCESS_CONFIG": b"{}"}


def started(original: Original) -> dict[bytes, bytes]:
    """Return the environment that a program was started with."""
    arguments = original.arguments
    return dict(pair.split(b"=", 1) for pair in arguments[5]) if len(arguments) > 5 else dict(arguments[2])


@pytest.mark.parametrize(
    ("argv", "given", "is_recorded"),
    [
        (["python", "x.py"], MARKED, True),
        (["python", "-I", "x.py"], MARKED, False),
        (["script"], MARKED, True),
        (["other"], MARKED, False),
        (["python3", "x.py"], MARKED, False),
        (["missing"], MARKED, False),
        (["python", "x.py"], {}, False),
        (["python", "x.py"], {**MARKED, b"CI_ACCEL_WITNESS": b"/another"}, False),
    ],
)
def test_pythons_that_are_to_be_measured(
    recorded: recorder.Witness,
    log: Path,
    tmp_path: Path,
    argv: list[str],
    *,
    given: dict[bytes, bytes],
    is_recorded: bool,
) -> None:
    """Their processes are recorded, and they get the witness even if their environment is a new one."""
    shell = "#!/bin/sh\n"
    for name, text in {"script": "#!/usr/bin/python3\n", "other": shell, "python3": shell, "python": ""}.items():
        (tmp_path / name).write_text(text)
        (tmp_path / name).chmod(0o755)
    variables = {b"PYTHONPATH": b"/lib", **given}
    pairs = [name + b"=" + value for name, value in variables.items()]
    candidates = [os.fsencode(tmp_path / "no" / argv[0]), os.fsencode(tmp_path / argv[0])]
    forking, spawning = Original("fork_exec", 1234), Original("posix_spawn", 1234)
    observer = programs.Programs(os.fsencode(log), recorded.write)
    assert ForkExec(forking, observer)(argv, candidates, True, (), None, pairs, -1) == 1234
    expected = [["spawns", "1234"]] if is_recorded else []
    assert said(log)[1:] == expected
    assert Spawn(spawning, observer)(candidates[1], argv, variables, setsid=True) == 1234
    assert said(log)[1:] == expected * 2
    for original in (forking, spawning):
        carried = started(original).get(b"PYTHONPATH") == carrier.WITNESSES + b":/lib"
        assert carried == (given == MARKED)


def test_an_environment_that_is_inherited(
    recorded: recorder.Witness, log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A program that inherits the environment of a measured process gets a copy of it with the witness."""
    observer = programs.Programs(os.fsencode(log), recorded.write)
    original = Original("fork_exec")
    ForkExec(original, observer)([], [], True, (), None, None, -1)
    assert original.arguments[5] is None
    monkeypatch.setenv("COVERAGE_PROCESS_START", "settings")
    for original, arguments in (
        (Original("fork_exec"), ([], [], True, (), None, None, -1)),
        (Original("posix_spawn"), (b"/bin/true", [], None)),
    ):
        wrapper = Spawn if original.__name__ == "posix_spawn" else ForkExec
        wrapper(original, observer)(*arguments)
        assert started(original)[b"COVERAGE_PROCESS_START"] == b"settings"
        assert started(original)[b"CI_ACCEL_WITNESS"] == os.fsencode(log)


def test_programs_that_are_not_understood(recorded: recorder.Witness, log: Path) -> None:
    """Their arguments stay as they were."""
    observer = programs.Programs(os.fsencode(log), recorded.write)
    original = Original("posix_spawn")
    Spawn(original, observer)(b"/bin/true", [], {b"a": 1})
    assert original.arguments == (b"/bin/true", [], {b"a": 1})
    assert len(said(log)) == 1


def test_subprocess_starts_programs_with_the_wrappers(
    recorded: recorder.Witness, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It does so whether it was imported before or is imported later."""
    import _posixsubprocess

    original = _posixsubprocess.fork_exec
    monkeypatch.setattr(_posixsubprocess, "fork_exec", original)
    monkeypatch.setattr(subprocess, "_fork_exec", original, raising=False)
    for module in (os, posix):
        monkeypatch.setattr(module, "posix_spawn", posix.posix_spawn)
    recorded.imported("json")
    assert _posixsubprocess.fork_exec is original
    for _ in range(2):
        recorded.imported("_posixsubprocess")
    assert isinstance(_posixsubprocess.fork_exec, ForkExec)
    assert _posixsubprocess.fork_exec.__wrapped__ is original
    assert isinstance(os.posix_spawn, Spawn)
    assert subprocess._fork_exec is _posixsubprocess.fork_exec  # type: ignore[attr-defined] # from Python 3.11 on its own
