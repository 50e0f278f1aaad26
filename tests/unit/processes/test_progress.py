"""Progress of children: log lines, the live line on a terminal, and the end of a failed child's log."""

from __future__ import annotations

import fcntl
import io
import logging
import os
import re
import struct
import sys
import termios
from typing import TYPE_CHECKING

import pytest

from ci_accel.processes import progress
from ci_accel.processes.group import run_side_by_side

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from pathlib import Path

    from ci_accel.processes.child import Child, Ended

pytestmark = pytest.mark.timeout(600)


def run(
    children: list[Child],
    on_end: Callable[[Child, Ended], str | None] = lambda _child, _ended: None,
    *,
    subject: str = "coverage",
    exit_codes: Collection[int] = (0,),
) -> list[Ended]:
    """Run children as a feature does."""
    return run_side_by_side(children, subject=subject, noun="shards", on_end=on_end, exit_codes=exit_codes)


def logged(caplog: pytest.LogCaptureFixture) -> list[tuple[str, str]]:
    """Return the level and the message of each log record."""
    return [(record.levelname, record.getMessage()) for record in caplog.records if record.name == "ci_accel"]


def test_in_ci_each_end_is_a_line(
    child: Callable[..., Child], caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    """In CI each child that ends is a line with its items, its seconds and its log."""
    caplog.set_level(logging.INFO, "ci_accel")
    run([child("")])
    run([child("")], subject="tests")
    (first, second) = logged(caplog)
    assert first[0] == "INFO"
    head, _, tail = first[1].partition(" in ")
    assert head == "coverage: part 1: ok, 1 item"
    assert tail.endswith(f" s ({os.path.relpath(tmp_path / 'part-1.log')})")
    assert second[1].startswith("tests: part 2: ok, 2 items in ")


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("import sys; sys.exit(3)", "exit code 3"),
        ("import os; os.kill(os.getpid(), 15)", "killed by SIGTERM"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGRTMIN + 2)", "killed by signal "),
    ],
)
def test_a_failure_shows_the_end_of_its_log(
    child: Callable[..., Child], caplog: pytest.LogCaptureFixture, code: str, words: str
) -> None:
    """A failure is a warning with the last lines of the log."""
    run([child("print('\\n'.join(map(str, range(100))), flush=True); " + code)])
    ((level, text),) = logged(caplog)
    first, *lines = text.splitlines()
    assert level == "WARNING"
    assert first.startswith(f"coverage: part 1: {words}")
    assert lines == [f"    {number}" for number in range(60, 100)]


def test_exit_codes_that_count_as_success(child: Callable[..., Child], caplog: pytest.LogCaptureFixture) -> None:
    """A feature can accept other exit codes than 0."""
    caplog.set_level(logging.INFO, "ci_accel")
    run([child("import sys; sys.exit(5)")], exit_codes={0, 5})
    assert logged(caplog)[0][0] == "INFO"


def test_a_result_that_does_not_count(child: Callable[..., Child], caplog: pytest.LogCaptureFixture) -> None:
    """A result that `on_end` refuses is a failure with the reason, in spite of its exit code."""
    (ended,) = run([child("")], lambda _child, _ended: "its process 1234 forked")
    assert ended.reason == "its process 1234 forked"
    ((level, text),) = logged(caplog)
    assert level == "WARNING"
    assert text.startswith("coverage: part 1: refused: its process 1234 forked, 1 item in ")


class Terminal(io.StringIO):
    """A terminal that keeps what is written to it."""

    def isatty(self) -> bool:
        """Return True."""
        return True


def test_on_a_terminal_there_is_a_live_line(
    child: Callable[..., Child], caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The live line is updated, erased before a failure and at the end; a success is not logged."""
    caplog.set_level(logging.INFO, "ci_accel")
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(progress, "RENEWAL", 0.0)
    code = """
        import os, sys, time
        while not os.path.exists(os.environ["LINE"]):
            time.sleep(0.01)
        sys.exit(int(os.environ["CODE"]))
    """

    class Watched(Terminal):
        def write(self, text: str) -> int:
            if match := re.search(r"\d of 2", text):
                (tmp_path / match[0]).touch()
            return super().write(text)

    terminal = Watched()
    monkeypatch.setattr(sys, "stderr", terminal)
    run([child(code, LINE="0 of 2", CODE="1"), child(code, LINE="1 of 2", CODE="0")])
    lines = [re.sub(r"\(\d+ s\)", "(N s)", line) for line in terminal.getvalue().split(progress.ERASE)]
    assert lines[0] == lines[-1] == ""
    assert "coverage: 0 of 2 shards done (N s)" in lines
    assert "coverage: 1 of 2 shards done, 1 failed (N s)" in lines
    assert [level for level, _ in logged(caplog)] == ["WARNING"]


@pytest.mark.parametrize(
    ("variables", "is_live"),
    [
        ({"TERM": "xterm"}, True),
        ({"TERM": "xterm", "CI": "false"}, True),
        ({"TERM": "xterm", "NO_COLOR": "1"}, True),
        ({"TERM": "xterm", "CI": "true"}, False),
        ({"TERM": "dumb"}, False),
        ({}, False),
    ],
)
def test_where_there_is_a_live_line(monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], is_live: bool) -> None:
    """There is a live line on a terminal that can erase lines, outside of CI."""
    monkeypatch.delenv("TERM", raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys, "stderr", Terminal())
    assert progress.is_terminal() == is_live
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    assert not progress.is_terminal()
    closed = io.StringIO()
    closed.close()
    for missing in (None, closed):
        monkeypatch.setattr(sys, "stderr", missing)
        assert not progress.is_terminal()


@pytest.mark.parametrize("columns", [40, 20])
def test_the_live_line_is_cut_at_the_width_of_the_terminal(monkeypatch: pytest.MonkeyPatch, columns: int) -> None:
    """A line that wrapped could not be erased."""
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setattr(progress, "columns", lambda: columns)
    monkeypatch.setattr(progress, "RENEWAL", 0.0)
    monkeypatch.setenv("TERM", "xterm")
    with progress.Progress("coverage of a long name", "long-named shards", 10) as shown:
        shown.update()
    _, line, end = terminal.getvalue().split(progress.ERASE)
    assert (line, end) == ("coverage of a long name: 0 of 10 long-named shards"[: columns - 1], "")


def test_the_width_of_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """The width is that of the terminal of standard error; 80 without one."""
    ours, theirs = os.openpty()
    with open(theirs, "w") as terminal:
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 40, 0, 0))
        monkeypatch.setattr(sys, "stderr", terminal)
        assert progress.columns() == 40
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    assert progress.columns() == 80
    os.close(ours)


def test_a_terminal_that_is_closed(child: Callable[..., Child], monkeypatch: pytest.MonkeyPatch) -> None:
    """The children run on when the terminal is closed."""
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(progress, "RENEWAL", 0.0)

    def close(_child: Child, _ended: Ended) -> None:
        terminal.close()

    results = run([child(""), child("import time; time.sleep(0.2)")], close)
    assert [ended.exit_code for ended in results] == [0, 0]


def test_a_missing_log_has_no_last_lines(tmp_path: Path) -> None:
    """A missing log has no last lines; a long log is read at its end only."""
    assert progress.last_lines(str(tmp_path / "none")) == []
    (tmp_path / "log").write_bytes(b"a" * progress.SHOWN_BYTES + b"\xff\nlast\n")
    assert progress.last_lines(str(tmp_path / "log"))[-1] == "last"
    assert sum(map(len, progress.last_lines(str(tmp_path / "log")))) < progress.SHOWN_BYTES
