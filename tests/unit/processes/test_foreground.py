"""One command in the foreground: its own input, output, exit code and signals, and its processes seen."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from textwrap import dedent
from typing import TYPE_CHECKING

import pytest

from ci_accel.coverage import process_log
from ci_accel.processes import foreground
from ci_accel.processes.foreground import run_part
from tests.support.piped_process import running

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [pytest.mark.timeout(600), pytest.mark.measured_children]

DRIVER = """
    import sys
    from ci_accel.processes.foreground import run_part
    {before}
    print(run_part([sys.executable, "-c", {code!r}], log="part.log").exit_code)
"""


def driver(folder: Path, code: str, before: str = "") -> list[str]:
    """Return a command that runs code as a part and prints its exit code."""
    (folder / "driver.py").write_text(dedent(DRIVER).format(code=dedent(code), before=before))
    return [sys.executable, "driver.py"]


def test_input_output_and_exit_code_pass_through(tmp_path: Path) -> None:
    """As if nobody stood between, and the command's processes have told of themselves."""
    code = "import sys; print(input()); print('an error', file=sys.stderr); sys.exit(3)"
    with running(driver(tmp_path, code), cwd=tmp_path) as process:
        process.tell("hello")
        assert process.rest() == ["hello", "3"]
        assert process.error_line() == "an error\n"
    (life,) = process_log.read(tmp_path / "part.log")
    assert life.ending == "end"


def test_environment_and_folder(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """They can be given; the log is emptied first."""
    log = tmp_path / "part.log"
    log.write_text("of another run")
    (tmp_path / "folder").mkdir()
    code = "import os; print(os.getcwd(), os.environ['GIVEN'])"
    run = run_part([sys.executable, "-c", code], log=log, env={"GIVEN": "yes"}, cwd=tmp_path / "folder")
    assert capfd.readouterr().out == f"{tmp_path / 'folder'} yes\n"
    assert len(process_log.read(log)) == 1
    assert repr(run).startswith("PartRun(exit_code=0, seconds=")
    assert run.seconds > 0


def test_a_command_that_is_missing(tmp_path: Path) -> None:
    """The error names it, or the log that cannot be written."""
    with pytest.raises(FileNotFoundError) as caught:
        run_part(["no-such-program"], log=tmp_path / "part.log")
    assert caught.value.filename == "no-such-program"
    with pytest.raises(FileNotFoundError) as caught:
        run_part(["true"], log=tmp_path / "none" / "part.log")
    assert caught.value.filename == str(tmp_path / "none" / "part.log")


WAITING = """
    import signal, sys, time
    signal.signal(signal.SIG{name}, lambda *_: sys.exit(7))
    print("ready", flush=True)
    time.sleep(60)
"""


@pytest.mark.parametrize("name", ["INT", "TERM", "HUP", "USR1"])
def test_signals_are_passed_on(tmp_path: Path, name: str) -> None:
    """The command decides what comes of them, and we report how it ended."""
    with running(driver(tmp_path, WAITING.format(name=name)), cwd=tmp_path, has_terminal=False) as process:
        assert process.line() == "ready\n"
        process.send_signal(getattr(signal, f"SIG{name}"))
        assert process.rest() == ["7"]


def test_a_signal_that_ends_the_command(tmp_path: Path) -> None:
    """Its number is below zero, as in subprocess, and no handler of ours is inherited."""
    code = "import time; print('ready', flush=True); time.sleep(60)"
    with running(driver(tmp_path, code), cwd=tmp_path) as process:
        assert process.line() == "ready\n"
        process.send_signal(signal.SIGTERM)
        assert process.rest() == ["-15"]


def test_a_signal_that_is_ignored_stays_so(tmp_path: Path) -> None:
    """As under nohup, for the command as well."""
    code = "import signal; print(signal.getsignal(signal.SIGHUP) is signal.SIG_IGN)"
    before = "import signal; signal.signal(signal.SIGHUP, signal.SIG_IGN)"
    with running(driver(tmp_path, code, before), cwd=tmp_path) as process:
        assert process.rest() == ["True", "0"]


COUNTING = """
    import signal, time
    count = []
    signal.signal(signal.SIGINT, lambda *_: count.append(1))
    print("ready", flush=True)
    until = time.monotonic() + 60
    while not count and time.monotonic() < until:
        time.sleep(0.01)
    time.sleep(0.5)  # for a second one
    print(len(count), flush=True)
"""


def test_ctrl_c_comes_once(tmp_path: Path) -> None:
    """The terminal sends it to the command as well: passing it on would make two of it."""
    # What makes the terminal's other end the controlling one of the driver's new session.
    before = "import fcntl, os, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0)"
    ours, theirs = os.openpty()
    command = driver(tmp_path, COUNTING, before)
    with subprocess.Popen(
        command, cwd=tmp_path, stdin=theirs, stdout=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        os.close(theirs)
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        os.write(ours, b"\x03")
        assert process.stdout.read().splitlines() == ["1", "0"]
    os.close(ours)


def test_it_runs_in_any_thread(tmp_path: Path) -> None:
    """Signals are then not passed on: Python lets no other thread."""
    codes: list[int] = []
    thread = threading.Thread(target=lambda: codes.append(run_part(["true"], log=tmp_path / "log").exit_code))
    thread.start()
    thread.join()
    assert codes == [0]


def test_a_signal_before_the_command_is_there() -> None:
    """It waits for it."""
    receiver = foreground.Receiver()
    receiver.take(signal.SIGTERM, None)
    assert receiver.early == [signal.SIGTERM]
