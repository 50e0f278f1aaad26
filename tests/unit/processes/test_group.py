"""Commands side by side: their results and logs, and that no process is left."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from pathlib import Path
from textwrap import dedent
from typing import TYPE_CHECKING

import pytest

from ci_accel.processes.group import run_side_by_side
from ci_accel.processes.process_state import is_alive
from tests.support.piped_process import PATIENCE, running

if TYPE_CHECKING:
    from collections.abc import Callable

    from ci_accel.processes.child import Child, Ended

pytestmark = pytest.mark.timeout(600)


def run(
    children: list[Child], on_end: Callable[[Child, Ended], str | None] = lambda _child, _ended: None
) -> list[Ended]:
    """Run children as a feature does."""
    return run_side_by_side(children, subject="coverage", noun="shards", on_end=on_end)


def wait_for(condition: Callable[[], bool]) -> None:
    """Wait until a condition holds."""
    until = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.01)


# Results and logs


def test_each_runs_in_its_own_surroundings(child: Callable[..., Child], tmp_path: Path) -> None:
    """Output and errors go to the log; input is empty; environment and folder are as given; results are in order."""
    code = """
        import os, sys, time
        while os.environ["WAITS_FOR"] and not os.path.exists(os.environ["WAITS_FOR"]):
            time.sleep(0.01)
        print(os.getcwd(), repr(sys.stdin.read()), os.getpgrp() == os.getpid(), flush=True)
        print("an error", file=sys.stderr)
        sys.exit(int(os.environ["CODE"]))
    """
    children = [child(code, CODE="3", WAITS_FOR="second-has-ended"), child(code, CODE="0", WAITS_FOR="")]
    names: list[str] = []

    def note(child: Child, _ended: Ended) -> None:
        names.append(child.name)
        (tmp_path / "second-has-ended").touch()

    results = run(children, note)
    assert [(ended.exit_code, ended.reason) for ended in results] == [(3, ""), (0, "")]
    assert names == ["part 2", "part 1"]
    assert results[0].seconds > results[1].seconds > 0
    for number in (1, 2):
        log = (tmp_path / f"part-{number}.log").read_text()
        assert log == f"{tmp_path} '' True\nan error\n"


def test_they_run_side_by_side(child: Callable[..., Child], tmp_path: Path) -> None:
    """All children run at the same time: each waits for the others."""
    code = """
        import os, time
        open(os.environ["OWN"], "w").close()
        while len([name for name in os.listdir() if name.startswith("here")]) < 5:
            time.sleep(0.01)
    """
    children = [child(code, OWN=f"here-{number}") for number in range(5)]
    assert [ended.exit_code for ended in run(children)] == [0] * 5


def test_a_signal_is_a_negative_exit_code(child: Callable[..., Child]) -> None:
    """The exit code of a killed child is that of subprocess, and the others run on."""
    children = [child("import os; os.kill(os.getpid(), 9)"), child("import time; time.sleep(0.2)")]
    assert [ended.exit_code for ended in run(children)] == [-9, 0]


def test_on_end_is_called_in_the_main_thread(child: Callable[..., Child]) -> None:
    """`on_end` may write files without locks."""
    threads: list[threading.Thread] = []
    run([child("")], lambda _child, _ended: threads.append(threading.current_thread()))
    assert threads == [threading.main_thread()]


# That no process is left

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
    """Return a child with a grandchild. Both print their process ids and ignore some signals."""
    (folder / "stubborn.py").write_text(dedent(STUBBORN).format(ignored=ignored, stays=stays))
    return child("", argv=[sys.executable, "stubborn.py"], LOG="part-1.log")


def numbers(log: str | os.PathLike[str]) -> list[int]:
    """Return the process ids in a log."""
    return [int(line) for line in Path(log).read_text().splitlines() if line.isdigit()] if os.path.exists(log) else []


@pytest.mark.parametrize("ignored", ["()", "(signal.SIGINT,)", ALL])
def test_an_exception_stops_them_all(child: Callable[..., Child], tmp_path: Path, ignored: str) -> None:
    """An exception stops children and grandchildren, whichever signals they ignore, and is raised again."""
    lasting = stubborn(tmp_path, child, ignored=ignored)

    def fail(_child: Child, _ended: Ended) -> None:
        wait_for(lambda: len(numbers(lasting.log)) == 2)
        message = "no passport"
        raise OSError(message)

    with pytest.raises(OSError, match="no passport"):
        run([lasting, child("")], fail)
    assert not any(is_alive(process) for process in numbers(lasting.log))


def test_a_program_that_is_missing(child: Callable[..., Child], tmp_path: Path) -> None:
    """The error names a missing program, and the children that were started are stopped."""
    lasting = stubborn(tmp_path, child)
    with pytest.raises(FileNotFoundError) as caught:
        run([lasting, child("", argv=["no-such-program"])])
    assert caught.value.filename == "no-such-program"
    assert not any(is_alive(process) for process in numbers(lasting.log))


def test_processes_that_a_child_leaves_running_are_stopped(child: Callable[..., Child], tmp_path: Path) -> None:
    """A process that a child leaves running is stopped after `on_end`, which may still wait for it."""
    leaving = stubborn(tmp_path, child, ignored=ALL, stays=False)
    seen: list[bool] = []
    (ended,) = run([leaving], lambda _child, _ended: seen.append(all(map(is_alive, numbers(leaving.log)[:1]))))
    assert ended.exit_code == 0
    assert len(numbers(leaving.log)) == 2
    assert not any(is_alive(process) for process in numbers(leaving.log))


DRIVER = """
    import os, signal, sys
    from ci_accel.processes import group
    from ci_accel.processes.child import Child
    from ci_accel.processes.group import run_side_by_side

    # Under nohup or in the background, this process has inherited ignored signals.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    {settings}
    argv = [sys.executable, "stubborn.py"]
    children = [
        Child(name=log, argv=argv, env={{"LOG": log}}, cwd=".", log=log, items=1)
        for log in ("one.log", "two.log")
    ]
    try:
        run_side_by_side(children, subject="tests", noun="shards", on_end=lambda child, ended: None)
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
    """Ctrl-C raises KeyboardInterrupt and other signals SystemExit, after SIGINT has stopped all children."""
    (tmp_path / "stubborn.py").write_text(dedent(STUBBORN).format(ignored="()", stays=True))
    settings = "group.LADDER = ((signal.SIGINT, 120), (signal.SIGKILL, 120))"
    (tmp_path / "driver.py").write_text(dedent(DRIVER).format(settings=settings))
    logs = [str(tmp_path / log) for log in ("one.log", "two.log")]
    with running([sys.executable, "driver.py"], cwd=tmp_path) as driver:
        wait_for(lambda: all(len(numbers(log)) == 2 for log in logs))
        driver.send_signal(number)
        assert driver.line() == f"{name}\n"
        assert driver.wait() == code
    assert not any(is_alive(process) for log in logs for process in numbers(log))


@pytest.mark.measured_children
def test_a_second_signal_hurries(tmp_path: Path) -> None:
    """After a second signal, children that ignore the first ones are killed at once."""
    (tmp_path / "stubborn.py").write_text(dedent(STUBBORN).format(ignored=ALL, stays=True))
    settings = "group.LADDER = ((signal.SIGINT, 600), (signal.SIGTERM, 600), (signal.SIGKILL, 120))"
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


def test_other_handlers_are_kept(child: Callable[..., Child]) -> None:
    """Handlers are replaced only during the run, and only those that Python starts with."""

    def handler(_number: int, _frame: object) -> None:
        pass

    inside: list[object] = []

    def look(_child: Child, _ended: Ended) -> None:
        inside.extend(signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP))

    old = signal.signal(signal.SIGTERM, handler)
    try:
        run([child("")], look)
        assert inside[1] is handler
        assert inside[0] is not signal.default_int_handler
        assert inside[2] is not signal.SIG_DFL
        assert signal.getsignal(signal.SIGTERM) is handler
    finally:
        signal.signal(signal.SIGTERM, old)
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    assert signal.getsignal(signal.SIGHUP) is signal.SIG_DFL


def test_it_runs_in_any_thread(child: Callable[..., Child]) -> None:
    """In another thread than the main thread, no handlers are installed."""
    results: list[Ended] = []
    made = child("")
    thread = threading.Thread(target=lambda: results.extend(run([made])))
    thread.start()
    thread.join()
    assert [ended.exit_code for ended in results] == [0]
