"""One command in the foreground: input, output, exit code and signals pass through."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from textwrap import dedent
from typing import TYPE_CHECKING

import pytest

from ci_accel.processes import foreground
from ci_accel.processes.foreground import run_in_foreground
from tests.support.piped_process import running

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [pytest.mark.timeout(600), pytest.mark.measured_children]

DRIVER = """
    import signal, sys
    from ci_accel.processes.foreground import run_in_foreground
    # Under nohup or in the background, this process has inherited ignored signals.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    {before}
    print(run_in_foreground([sys.executable, "-c", {code!r}]).exit_code)
"""


def driver(folder: Path, code: str, before: str = "") -> list[str]:
    """Return a command that runs code in the foreground and prints its exit code."""
    (folder / "driver.py").write_text(dedent(DRIVER).format(code=dedent(code), before=before))
    return [sys.executable, "driver.py"]


def test_input_output_and_exit_code_pass_through(tmp_path: Path) -> None:
    """The command reads our input and writes to our output; its exit code is returned."""
    code = "import sys; print(input()); print('an error', file=sys.stderr); sys.exit(3)"
    with running(driver(tmp_path, code), cwd=tmp_path) as process:
        process.tell("hello")
        assert process.rest() == ["hello", "3"]
        assert process.error_line() == "an error\n"


def test_environment_and_folder(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """The command gets the given environment and working directory."""
    (tmp_path / "folder").mkdir()
    code = "import os; print(os.getcwd(), os.environ['GIVEN'])"
    ended = run_in_foreground([sys.executable, "-c", code], env={"GIVEN": "yes"}, cwd=tmp_path / "folder")
    assert capfd.readouterr().out == f"{tmp_path / 'folder'} yes\n"
    assert ended.exit_code == 0
    assert ended.seconds > 0


def test_a_command_that_is_missing() -> None:
    """The error names a missing program."""
    with pytest.raises(FileNotFoundError) as caught:
        run_in_foreground(["no-such-program"])
    assert caught.value.filename == "no-such-program"


WAITING = """
    import signal, sys, time
    signal.signal(signal.SIG{name}, lambda *_: sys.exit(7))
    print("ready", flush=True)
    time.sleep(60)
"""


@pytest.mark.parametrize("name", ["INT", "TERM", "HUP", "USR1"])
def test_signals_are_passed_on(tmp_path: Path, name: str) -> None:
    """A signal is passed on, and the command decides what to do."""
    with running(driver(tmp_path, WAITING.format(name=name)), cwd=tmp_path, has_terminal=False) as process:
        assert process.line() == "ready\n"
        process.send_signal(getattr(signal, f"SIG{name}"))
        assert process.rest() == ["7"]


@pytest.mark.measured_children(False)  # a killed process leaves no complete data
def test_a_signal_that_ends_the_command(tmp_path: Path) -> None:
    """A signal that kills the command is a negative exit code, and our handlers are not inherited."""
    code = "import time; print('ready', flush=True); time.sleep(60)"
    with running(driver(tmp_path, code), cwd=tmp_path) as process:
        assert process.line() == "ready\n"
        process.send_signal(signal.SIGTERM)
        assert process.rest() == ["-15"]


def test_a_signal_that_is_ignored_stays_so(tmp_path: Path) -> None:
    """A signal that is ignored, as SIGHUP under nohup, is ignored by the command as well."""
    code = "import signal; print(signal.getsignal(signal.SIGHUP) is signal.SIG_IGN)"
    before = "signal.signal(signal.SIGHUP, signal.SIG_IGN)"
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
    """Ctrl-C arrives once: the terminal sends it to the command as well, so that it is not passed on."""
    # The driver's new session gets our pseudo-terminal as its controlling terminal.
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


def test_it_runs_in_any_thread() -> None:
    """A command can run in another thread than the main thread; signals are not passed on then."""
    codes: list[int] = []
    thread = threading.Thread(target=lambda: codes.append(run_in_foreground(["true"]).exit_code))
    thread.start()
    thread.join()
    assert codes == [0]


def test_a_signal_before_the_command_is_started() -> None:
    """A signal that arrives before the command is started is kept for it."""
    forwarder = foreground.Forwarder()
    forwarder.handle(signal.SIGTERM, None)
    assert forwarder.early == [signal.SIGTERM]
