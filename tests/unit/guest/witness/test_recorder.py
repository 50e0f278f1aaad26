"""The records of the witness."""

from __future__ import annotations

import os
import sys
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from ci_accel.guest.witness import recorder
from tests.support.witness_records import said

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = [pytest.mark.every_python, pytest.mark.timeout(600)]


def caller(name: str) -> Any:
    """Return a frame of a module."""
    return SimpleNamespace(f_globals={"__name__": name})


def test_tools_are_recorded_once(recorded: recorder.Witness, log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A tool is recorded when it is imported; the start of a forked process has the tools of its parent."""
    recorded.imported("json")
    monkeypatch.setitem(sys.modules, "coverage.control", SimpleNamespace())
    recorded.imported("json")
    recorded.imported("json")
    monkeypatch.setitem(sys.modules, "slipcover.slipcover", SimpleNamespace())
    recorded.forks()
    recorded.begin_again()
    recorded.begin_again()  # after a preexec_fn: there was no fork by Python code
    recorded.forks()
    recorded.forked()
    recorded.begin_again()
    assert [record[:5] for record in said(log)[1:]] == [
        ["imports", "coverage.py"],
        ["imports", "slipcover"],
        ["fork"],
        ["start", "1", "fork", str(os.getpid()), "coverage.py,slipcover"],
        ["fork"],
    ]


def test_records_that_cannot_be_written(recorded: recorder.Witness, log: Path) -> None:
    """If a record was lost, the process has no `end`."""
    moved = log.rename(log.with_suffix(".moved"))
    recorded.forks()
    moved.rename(log)
    recorded.end()
    assert [record[0] for record in said(log)] == ["start"]


class Measuring:
    """The module coverage.control, while something is measured or not."""

    def __init__(self, instance: object) -> None:
        self.Coverage = SimpleNamespace(current=lambda: instance)


EXITS: dict[str, tuple[object, str, object, str]] = {
    "nothing is imported": (None, "work", 0, "idle"),
    "coverage.py does not measure": (Measuring(None), "work", 0, "idle"),
    "it is still being imported": (SimpleNamespace(), "work", 0, "idle"),
    "it measures": (Measuring("something"), "work", 0, "unsaved"),
    "it has saved in its own os._exit": (Measuring("something"), "coverage.patch", 0, "saved"),
    "a worker is done": (Measuring("something"), "multiprocessing.popen_fork", 0, "saved"),
    "a worker is done with something": (Measuring("something"), "multiprocessing.forkserver", 3, "saved"),
    "a worker failed, maybe in saving": (Measuring("something"), "multiprocessing.popen_fork", 1, "unsaved"),
}


@pytest.mark.parametrize("case", EXITS)
def test_state_of_data_at_exit(
    recorded: recorder.Witness, log: Path, monkeypatch: pytest.MonkeyPatch, case: str
) -> None:
    """Data is lost only if coverage.py measures at that moment and has not saved."""
    control, module, code, data = EXITS[case]
    if control is not None:
        monkeypatch.setitem(sys.modules, "coverage.control", control)
    monkeypatch.setitem(sys.modules, "multiprocessing", SimpleNamespace(**{recorder.PATCHED: True}))
    recorded.exits(caller(module), code)
    assert said(log)[-1] == ["exit", data]


def test_a_worker_that_coverage_does_not_know(
    recorded: recorder.Witness, log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without concurrency = multiprocessing, the data of a forked worker is not saved."""
    monkeypatch.setitem(sys.modules, "coverage.control", Measuring("something"))
    monkeypatch.setitem(sys.modules, "multiprocessing", SimpleNamespace())
    recorded.exits(caller("multiprocessing.popen_fork"), 0)
    assert said(log)[-1] == ["exit", "unsaved"]


def within(module: str, handler: Callable[..., None], *arguments: Any) -> None:
    """Call a handler as the audit hook does for an event in a module of some name."""
    exec("call()", {"__name__": module, "call": lambda: handler(*arguments)})


def test_a_signal_that_coverage_passes_on(recorded: recorder.Witness, log: Path) -> None:
    """coverage.py has saved by then; other signals are not recorded."""
    for module, process in [
        ("coverage.control", os.getpid() + 1),
        ("work", os.getpid()),
        ("coverage.control", os.getpid()),
    ]:
        assert len(said(log)) == 1
        within(module, recorded.signals, process, 15)
    assert said(log)[1:] == [["exit", "saved"]]


def test_data_files_are_those_of_the_collector(recorded: recorder.Witness, log: Path) -> None:
    """The data files that coverage.py writes are recorded once; other databases are not."""
    for module, name in [
        ("work", "/tmp/other"),
        ("coverage.collector", "file:/tmp/probe?mode=ro"),
        ("coverage.collector", b"/tmp/bytes"),  # as bytes up to Python 3.10
        ("coverage.collector", "/tmp/a\tb\nc"),
        ("coverage.collector", "/tmp/a\tb\nc"),
    ]:
        within(module, recorded.connects, name)
    assert said(log)[1:] == [["saves", "/tmp/bytes"], ["saves", "/tmp/a?b?c"]]


def test_errors_of_coverage_at_exit_are_recorded(recorded: recorder.Witness, log: Path) -> None:
    """Python prints such errors, but the exit code stays 0."""
    for module in ("work", "coverage.data"):
        with pytest.raises(ZeroDivisionError) as caught:
            exec("1 / 0", {"__name__": module})
        recorded.fails(
            None, SimpleNamespace(exc_type=caught.type, exc_value="no\tspace\nleft", exc_traceback=caught.tb)
        )
    assert said(log)[1:] == [["fails", "ZeroDivisionError: no space left"]]


def test_a_wrapper_of_os_exit_runs_before_the_record(monkeypatch: pytest.MonkeyPatch) -> None:
    """If coverage.py has wrapped os._exit, it saves before the exit is recorded; other wrappers stay as they are."""
    calls: list[str] = []

    def wrapping(old: Callable[[], None] | None) -> Callable[[], None]:
        def wrapper() -> None:
            calls.append("saved")
            if old is not None:
                old()

        return wrapper

    def original() -> None:
        calls.append("original")

    def marked() -> None:
        calls.append("marked")

    wrapped = wrapping(original)
    assert recorder.beneath(wrapped, original, marked)
    wrapped()
    assert calls == ["saved", "marked"]
    assert not recorder.beneath(wrapping(None), original, marked)
    assert not recorder.beneath(original, original, marked)


def test_command_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    """A command line is one line of limited length."""
    monkeypatch.setattr(sys, "orig_argv", ["python", "-c", "a\tb\n" + "c" * 1000])
    assert recorder.command_line() == b"python -c a b " + b"c" * (recorder.MOST - len("python -c a b "))
