"""The tracer's log: its paths, and when it is written."""

from __future__ import annotations

import _imp
import os
import posix
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any, cast

import pytest

from ci_accel.guest.tracer import log as logs
from ci_accel.guest.tracer.log import Log, absolute, opened_path
from tests.every_python.trace import LINUX
from tests.support.trace_records import said, written

pytestmark = [pytest.mark.every_python, pytest.mark.timeout(600)]


# Paths


def test_absolute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A path becomes absolute; links and `..` are not resolved."""
    monkeypatch.chdir(tmp_path)
    here = os.fsencode(tmp_path)
    assert absolute(None) == absolute(".") == here
    assert absolute("a//b/././c") == absolute(Path("a/b/c")) == absolute(b"a/b/c") == here + b"/a/b/c"
    assert absolute("a/../b") == here + b"/a/../b"
    assert absolute("b", b"/folder") == b"/folder/b"
    assert absolute(".", b"/folder") == b"/folder"
    assert absolute("///b", b"/folder") == b"/b"
    assert absolute("\udcff") == here + b"/\xff"
    with pytest.raises(TypeError):
        absolute(cast("Any", 1.5))


@LINUX
def test_opened_path(tmp_path: Path, descriptor: int, pipe: int) -> None:
    """A folder has the path with which it was opened; pipes and closed descriptors are errors."""
    assert opened_path(descriptor) == os.fsencode(tmp_path)
    with pytest.raises(OSError, match=r"has no path"):
        opened_path(pipe)
    with pytest.raises(OSError, match=r"No such file"):
        opened_path(10**6)


def test_opened_path_where_there_is_no_proc(monkeypatch: pytest.MonkeyPatch) -> None:
    """On macOS the path comes from fcntl, which pads its answer."""
    fake: Any = ModuleType("fcntl")
    fake.F_GETPATH = 50
    fake.fcntl = lambda descriptor, command, room: (b"/opened/%d/%d" % (descriptor, command)).ljust(len(room), b"\0")
    monkeypatch.setitem(sys.modules, "fcntl", fake)
    monkeypatch.setattr(logs, "sys", SimpleNamespace(platform="darwin"))
    assert opened_path(7) == b"/opened/7/50"


# The log


def test_log_begins_with_the_interpreter(log: Log) -> None:
    """The first record has the parent, the way of starting and the interpreter."""
    assert Path(os.fsdecode(log.path)).read_bytes() == b""
    log.flush()
    facts = [sys.executable, str(sys.implementation.cache_tag), str(sys.flags.optimize), _imp.check_hash_based_pycs]
    ends = [sys.prefix, str(int(sys.flags.dont_write_bytecode))]
    assert written(log.path) == [("start", "1", str(os.getppid()), "exec", *facts, *ends)]
    assert Path(os.fsdecode(log.path)).read_bytes().startswith(b"%d\tstart\t" % os.getpid())


def test_records_are_written_once(log: Log) -> None:
    """`record` and `doubt` write the same record once, `write` each time."""
    for _ in range(2):
        log.record(b"stat", b"/a", b"f")
        log.write(b"spawn", b"1")
        log.doubt(OSError("no \udcff"))
        log.doubt("words")
    assert said(log) == [
        ("stat", "/a", "f"),
        ("spawn", "1"),
        ("doubt", "OSError: no \\udcff"),
        ("doubt", "words"),
        ("spawn", "1"),
    ]


def test_log_is_buffered(log: Log) -> None:
    """Records are written when the buffer is full."""
    path = Path(os.fsdecode(log.path))
    log.record(b"stat", b"/first", b"-")
    assert path.read_bytes() == b""
    log.record(b"stat", b"/" + b"x" * logs.ROOM, b"-")
    assert len(written(path)) == 3


def test_log_ends_once(log: Log) -> None:
    """The last records come before the end, once; records after the end are written at once."""
    log.before_end = lambda: log.write(b"stat", b"/last", b"-")
    log.end()
    log.end()
    assert written(log.path)[1:] == [("stat", "/last", "-"), ("end",)]
    log.record(b"read", b"/late", b"-")
    assert written(log.path)[-1] == ("read", "/late", "-")


def test_log_before_another_program(log: Log) -> None:
    """Before another program takes the place of this one, all records are written, without an end."""
    log.before_end = lambda: log.write(b"stat", b"/last", b"-")
    log.leave()
    assert written(log.path)[1:] == [("stat", "/last", "-")]


def test_log_of_a_fork(log: Log) -> None:
    """A forked process has a start of its own, and none of the records that its parent has in its buffer."""
    log.record(b"stat", b"/parent", b"-")
    log.begin_again()
    (start,) = written(log.path)
    assert start[:4] == ("start", "1", str(os.getpid()), "fork")
    log.record(b"stat", b"/child", b"-")
    assert written(log.path)[1:] == [("stat", "/child", "-")]


def test_log_of_a_worker(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker of multiprocessing may be killed at any time, so it writes each record at once."""
    monkeypatch.setattr(sys, "orig_argv", ["python", "-c", "spawn_main()", "--multiprocessing-fork"])
    worker = Log(log.path)
    assert written(log.path)[0][3] == "worker"
    worker.record(b"stat", b"/a", b"-")
    assert written(log.path)[1:] == [("stat", "/a", "-")]


def test_log_that_cannot_be_opened(log: Log) -> None:
    """Records that cannot be written stay in the buffer, in order."""
    path = Path(os.fsdecode(log.path))
    path.rename(path.with_suffix(".away"))
    log.record(b"stat", b"/a", b"-")
    log.flush()
    log.end()
    path.with_suffix(".away").rename(path)
    assert said(log) == [("stat", "/a", "-"), ("end",)]


@pytest.mark.parametrize("room", [0, 1, 40])
def test_log_that_is_torn(log: Log, monkeypatch: pytest.MonkeyPatch, room: int) -> None:
    """If a disk is full in the middle of a line, the rest is written later."""
    log.record(b"stat", b"/a", b"-")
    write = posix.write
    with monkeypatch.context() as patch:
        patch.setattr(log, "_write", lambda file, text: write(file, text[:room]))
        log.flush()
    assert len(Path(os.fsdecode(log.path)).read_bytes()) == room
    log.record(b"stat", b"/b", b"-")
    assert said(log) == [("stat", "/a", "-"), ("stat", "/b", "-")]
    assert written(log.path)[0][0] == "start"


def test_log_that_two_threads_write(log: Log) -> None:
    """A line that another thread has just taken is not written again."""

    class Taken(list[bytes]):
        def pop(self, _index: Any = -1) -> bytes:
            """Fail as if another thread had taken the line."""
            raise IndexError

    log._lines = Taken([b"1\tx\n"])
    log.flush()
    assert written(log.path) == []


@pytest.mark.parametrize("way", ["end", "leave"])
def test_errors_at_the_end(log: Log, way: str) -> None:
    """An error in the last records makes the trace incomplete, and the other records are written."""

    def fail() -> None:
        message = "late"
        raise RuntimeError(message)

    log.before_end = fail
    getattr(log, way)()
    expected = [("doubt", "RuntimeError: late"), ("end",)]
    assert said(log) == (expected if way == "end" else expected[:1])
