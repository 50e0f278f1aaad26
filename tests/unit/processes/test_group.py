"""Commands side by side: what they leave, what is told of them, and that nothing of them is left."""

from __future__ import annotations

import io
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from textwrap import dedent
from typing import TYPE_CHECKING

import pytest

from ci_accel.coverage.process_log import is_alive
from ci_accel.processes import group as processes
from ci_accel.processes import progress
from ci_accel.processes.group import Child, Ended, run_side_by_side
from tests.every_python.trace import LINUX
from tests.support.piped_process import PATIENCE, running

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.timeout(600)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait for nobody for seconds, and be no terminal."""
    ladder = [(number, 0.3) for number, _ in processes.LADDER[:-1]] + [processes.LADDER[-1]]
    monkeypatch.setattr(processes, "LADDER", tuple(ladder))
    monkeypatch.delenv("CI", raising=False)


@pytest.fixture
def child(tmp_path: Path) -> Callable[..., Child]:
    """Return a way to make a child that runs code."""
    made: list[Child] = []

    def make(code: str, *, argv: list[str] | None = None, **env: str) -> Child:
        number = len(made) + 1
        command = argv or [sys.executable, "-c", dedent(code)]
        log = tmp_path / f"part-{number}.log"
        new = Child(f"part {number}", command, env={**os.environ, **env}, cwd=tmp_path, log=log, items=number)
        made.append(new)
        return new

    return make


def ignore(_ended: Ended) -> None:
    """Have nothing to say."""


def told(caplog: pytest.LogCaptureFixture) -> list[tuple[str, str]]:
    """Return what was logged: the level, and the line less its seconds."""
    return [(record.levelname, record.getMessage()) for record in caplog.records if record.name == "ci_accel"]


def wait_for(condition: Callable[[], bool]) -> None:
    """Wait until something holds; that it does in the end is the test."""
    until = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.01)


# What they leave


def test_each_runs_in_its_own_surroundings(child: Callable[..., Child], tmp_path: Path) -> None:
    """Output and errors go to the log, there is no input, and environment and folder are as given; order stays."""
    code = """
        import os, sys, time
        time.sleep(float(os.environ["PAUSE"]))
        print(os.getcwd(), repr(sys.stdin.read()), os.getpgrp() == os.getpid(), flush=True)
        print("an error", file=sys.stderr)
        sys.exit(int(os.environ["CODE"]))
    """
    children = [child(code, CODE="3", PAUSE="0.2"), child(code, CODE="0", PAUSE="0")]
    ends: list[str] = []
    results = run_side_by_side(children, on_end=lambda ended: ends.append(ended.child.name))
    assert [(ended.child, ended.exit_code, ended.reason) for ended in results] == [
        (children[0], 3, ""),
        (children[1], 0, ""),
    ]
    assert ends == ["part 2", "part 1"]
    assert results[0].seconds > results[1].seconds > 0
    for number in (1, 2):
        log = (tmp_path / f"part-{number}.log").read_text()
        assert log == f"{tmp_path} '' True\nan error\n"
    assert repr(results[0]).startswith("Ended('part 1', exit_code=3, seconds=")


def test_they_run_side_by_side(child: Callable[..., Child], tmp_path: Path) -> None:
    """All at once: each waits for the others."""
    code = """
        import os, time
        open(os.environ["OWN"], "w").close()
        while len([name for name in os.listdir() if name.startswith("here")]) < 5:
            time.sleep(0.01)
    """
    children = [child(code, OWN=f"here-{number}") for number in range(5)]
    assert [ended.exit_code for ended in run_side_by_side(children, on_end=ignore)] == [0] * 5


def test_a_signal_is_an_exit_code_below_zero(child: Callable[..., Child]) -> None:
    """As subprocess has it; the others go on."""
    children = [child("import os; os.kill(os.getpid(), 9)"), child("import time; time.sleep(0.2)")]
    assert [ended.exit_code for ended in run_side_by_side(children, on_end=ignore)] == [-9, 0]


def test_the_end_is_told_in_the_main_thread(child: Callable[..., Child]) -> None:
    """There passports are written."""
    threads: list[threading.Thread] = []
    run_side_by_side([child("")], on_end=lambda _: threads.append(threading.current_thread()))
    assert threads == [threading.main_thread()]


# That nothing is left

STUBBORN = """
    import os, signal, subprocess, sys, time
    for number in {ignored}:
        signal.signal(number, signal.SIG_IGN)
    if len(sys.argv) == 1:
        code = open("stubborn.py").read()
        subprocess.Popen([sys.executable, "stubborn.py", "grandchild"])
    print(os.getpid(), flush=True)
    if len(sys.argv) > 1 or {stays}:
        time.sleep(60)
    while sum(1 for _ in open(os.environ["LOG"])) < 2:
        time.sleep(0.01)
"""
ALL = "(signal.SIGINT, signal.SIGTERM)"


def stubborn(folder: Path, child: Callable[..., Child], *, ignored: str = "()", stays: bool = True) -> Child:
    """Return a child with a grandchild, both of which tell their numbers and ignore some signals."""
    (folder / "stubborn.py").write_text(dedent(STUBBORN).format(ignored=ignored, stays=stays))
    new = child("", argv=[sys.executable, "stubborn.py"])
    new.env["LOG"] = new.log
    return new


def numbers(log: str) -> list[int]:
    """Return the processes that have told their numbers."""
    return [int(line) for line in Path(log).read_text().splitlines() if line.isdigit()] if os.path.exists(log) else []


@pytest.mark.parametrize("ignored", ["()", "(signal.SIGINT,)", ALL])
def test_an_exception_stops_them_all(child: Callable[..., Child], tmp_path: Path, ignored: str) -> None:
    """Children and grandchildren, whichever signals they ignore; then the exception goes on."""
    lasting = stubborn(tmp_path, child, ignored=ignored)

    def fail(_ended: Ended) -> None:
        wait_for(lambda: len(numbers(lasting.log)) == 2)
        message = "no passport"
        raise OSError(message)

    with pytest.raises(OSError, match="no passport"):
        run_side_by_side([lasting, child("")], on_end=fail)
    assert not any(is_alive(process) for process in numbers(lasting.log))


def test_a_program_that_is_missing(child: Callable[..., Child], tmp_path: Path) -> None:
    """The error names it, and those that were started are stopped."""
    lasting = stubborn(tmp_path, child)
    with pytest.raises(FileNotFoundError) as caught:
        run_side_by_side([lasting, child("", argv=["no-such-program"])], on_end=ignore)
    assert caught.value.filename == "no-such-program"
    assert not any(is_alive(process) for process in numbers(lasting.log))


def test_what_a_child_leaves_running_is_stopped(child: Callable[..., Child], tmp_path: Path) -> None:
    """When it ends, and after on_end, which may still wait for it."""
    leaving = stubborn(tmp_path, child, ignored=ALL, stays=False)
    seen: list[bool] = []
    (ended,) = run_side_by_side([leaving], on_end=lambda _: seen.append(all(map(is_alive, numbers(leaving.log)[:1]))))
    assert ended.exit_code == 0
    assert len(numbers(leaving.log)) == 2
    assert not any(is_alive(process) for process in numbers(leaving.log))


DRIVER = """
    import os, signal, sys
    from ci_accel.processes import group as processes
    from ci_accel.processes.group import Child, run_side_by_side

    {settings}
    argv = [sys.executable, "stubborn.py"]
    children = [
        Child(log, argv, env={{"LOG": log}}, cwd=".", log=log, items=1)
        for log in ("one.log", "two.log")
    ]
    try:
        run_side_by_side(children, on_end=lambda ended: None)
    except BaseException as error:
        print(type(error).__name__, flush=True)
        raise
"""


@pytest.mark.measured_children
@pytest.mark.parametrize(
    ("number", "name", "code"),
    [
        (signal.SIGINT, "KeyboardInterrupt", -signal.SIGINT),
        (signal.SIGTERM, "SystemExit", 128 + signal.SIGTERM),
        (signal.SIGHUP, "SystemExit", 128 + signal.SIGHUP),
    ],
)
def test_signals_stop_them_all(tmp_path: Path, number: signal.Signals, name: str, code: int) -> None:
    """Ctrl-C is KeyboardInterrupt, and the others end this process as well, when no child is left."""
    (tmp_path / "stubborn.py").write_text(dedent(STUBBORN).format(ignored="()", stays=True))
    (tmp_path / "driver.py").write_text(dedent(DRIVER).format(settings=""))
    logs = [str(tmp_path / log) for log in ("one.log", "two.log")]
    with running([sys.executable, "driver.py"], cwd=tmp_path) as driver:
        wait_for(lambda: all(len(numbers(log)) == 2 for log in logs))
        driver.send_signal(number)
        assert driver.line() == f"{name}\n"
        assert driver.wait() == code
    assert not any(is_alive(process) for log in logs for process in numbers(log))


@pytest.mark.measured_children
def test_a_second_signal_hurries(tmp_path: Path) -> None:
    """Who has sent one and sends another does not wait for those that ignore them."""
    (tmp_path / "stubborn.py").write_text(dedent(STUBBORN).format(ignored=ALL, stays=True))
    settings = "processes.LADDER = ((signal.SIGINT, 50), (signal.SIGTERM, 50), (signal.SIGKILL, 50))"
    (tmp_path / "driver.py").write_text(dedent(DRIVER).format(settings=settings))
    logs = [str(tmp_path / log) for log in ("one.log", "two.log")]
    with running([sys.executable, "driver.py"], cwd=tmp_path) as driver:
        wait_for(lambda: all(len(numbers(log)) == 2 for log in logs))
        driver.send_signal(signal.SIGTERM)
        time.sleep(0.2)
        driver.send_signal(signal.SIGINT)
        assert driver.line() == "SystemExit\n"
        assert driver.wait() == 128 + signal.SIGTERM
    assert not any(is_alive(process) for log in logs for process in numbers(log))


def test_handlers_of_others_stay(child: Callable[..., Child]) -> None:
    """Ours are there only meanwhile, and only where Python's own were."""

    def handler(_number: int, _frame: object) -> None:
        pass

    inside: list[object] = []

    def look(_ended: Ended) -> None:
        inside.extend(signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP))

    old = signal.signal(signal.SIGTERM, handler)
    hangup = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    try:
        run_side_by_side([child("")], on_end=look)
        assert inside[1] is handler
        assert inside[0] is not signal.default_int_handler
        assert inside[2] is not signal.SIG_DFL
        assert signal.getsignal(signal.SIGTERM) is handler
        assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
        assert signal.getsignal(signal.SIGHUP) is signal.SIG_DFL
    finally:
        signal.signal(signal.SIGTERM, old)
        signal.signal(signal.SIGHUP, hangup)


def test_it_runs_in_any_thread(child: Callable[..., Child]) -> None:
    """Signals are then left alone, as Python wants it."""
    results: list[Ended] = []
    made = child("")
    thread = threading.Thread(target=lambda: results.extend(run_side_by_side([made], on_end=ignore)))
    thread.start()
    thread.join()
    assert [ended.exit_code for ended in results] == [0]


@LINUX
def test_zombies_are_not_waited_for() -> None:
    """A group of nothing else has ended: in a container nobody may wait for orphans."""
    with subprocess.Popen(["true"], start_new_session=True) as process:
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
        os.killpg(process.pid, 0)
        assert not processes.has_running(process.pid)
    assert processes.has_running(os.getpgrp())


# What is told


def test_in_ci_each_end_is_a_line(
    child: Callable[..., Child], caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    """With the items, the seconds and where the log is; nothing goes to the terminal."""
    caplog.set_level(logging.INFO, "ci_accel")
    run_side_by_side([child("")], on_end=ignore)
    run_side_by_side([child("")], on_end=ignore, subject="tests")
    (first, second) = told(caplog)
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
    """So that nobody has to download it: the last lines, however many there are."""
    run_side_by_side([child("print('\\n'.join(map(str, range(100))), flush=True); " + code)], on_end=ignore)
    ((level, text),) = told(caplog)
    first, *lines = text.splitlines()
    assert level == "WARNING"
    assert first.startswith(f"coverage: part 1: {words}")
    assert lines == [f"    {number}" for number in range(60, 100)]


def test_exit_codes_that_are_fine(child: Callable[..., Child], caplog: pytest.LogCaptureFixture) -> None:
    """Some runners have others than 0."""
    caplog.set_level(logging.INFO, "ci_accel")
    run_side_by_side([child("import sys; sys.exit(5)")], on_end=ignore, exit_codes={0, 5})
    assert told(caplog)[0][0] == "INFO"


def test_a_part_that_is_refused(child: Callable[..., Child], caplog: pytest.LogCaptureFixture) -> None:
    """Its exit code is fine, and yet it does not count; the reason is what on_end says."""
    (ended,) = run_side_by_side([child("")], on_end=lambda _: "its process 1234 forked")
    assert ended.reason == "its process 1234 forked"
    ((level, text),) = told(caplog)
    assert level == "WARNING"
    assert text.startswith("coverage: part 1: refused: its process 1234 forked, 1 item in ")


class Terminal(io.StringIO):
    """A terminal that keeps what it shows."""

    def isatty(self) -> bool:
        """It is one."""
        return True


def test_on_a_terminal_there_is_a_live_line(
    child: Callable[..., Child], caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is written anew, gives way to failures, and is gone at the end; a part that is fine needs no line."""
    caplog.set_level(logging.INFO, "ci_accel")
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(progress, "RENEWAL", 0.0)
    run_side_by_side([child("raise SystemExit(1)"), child("import time; time.sleep(0.4)")], on_end=ignore)
    lines = terminal.getvalue().split(progress.ERASE)
    assert lines[0] == lines[-1] == ""
    assert "coverage: 0 of 2 shards done (0 s)" in lines
    assert "coverage: 1 of 2 shards done, 1 failed (0 s)" in lines
    assert [level for level, _ in told(caplog)] == ["WARNING"]


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
def test_where_a_line_can_change(monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], is_live: bool) -> None:
    """On a terminal that can, and that somebody sees."""
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


def test_a_terminal_that_goes_away(child: Callable[..., Child], monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever has closed it sees nothing; the children run on."""
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(progress, "RENEWAL", 0.0)

    def leave(_ended: Ended) -> None:
        terminal.close()

    results = run_side_by_side([child(""), child("import time; time.sleep(0.2)")], on_end=leave)
    assert [ended.exit_code for ended in results] == [0, 0]


def test_a_log_that_is_gone_has_no_last_lines(tmp_path: Path) -> None:
    """That a child failed is told all the same."""
    assert progress.last_lines(str(tmp_path / "none")) == []
    (tmp_path / "log").write_bytes(b"a" * progress.SHOWN_BYTES + b"\xff\nlast\n")
    assert progress.last_lines(str(tmp_path / "log"))[-1] == "last"
    assert sum(map(len, progress.last_lines(str(tmp_path / "log")))) < progress.SHOWN_BYTES
