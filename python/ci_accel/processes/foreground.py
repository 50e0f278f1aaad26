"""One command of a coverage run in the foreground, for runners that start their own workers."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from contextlib import contextmanager

from ci_accel.guest.carrier import witnessed

TYPE_CHECKING = False  # the name that type checkers know; importing typing would cost 7 ms
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from types import FrameType
    from typing import Any

PASSED_ON = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGUSR1, signal.SIGUSR2)
"""Signals that are the command's to heed, not ours."""

FROM_THE_KEYBOARD = frozenset({signal.SIGINT, signal.SIGQUIT})
"""Those that a terminal sends to all processes in its foreground, so that the command has them already."""


class PartRun:
    """How the command of a part ended.

    Attributes:
        exit_code: Its exit code; negative: the signal that killed it.
        seconds: How long it ran.
    """

    __slots__ = ("exit_code", "seconds")

    def __init__(self, exit_code: int, seconds: float) -> None:
        """Keep the values."""
        self.exit_code = exit_code
        self.seconds = seconds

    def __repr__(self) -> str:
        """Show both."""
        return f"PartRun(exit_code={self.exit_code}, seconds={self.seconds:.2f})"


def run_part(
    argv: Sequence[str],
    *,
    log: str | os.PathLike[str],
    env: Mapping[str, str] | None = None,
    cwd: str | os.PathLike[str] | None = None,
) -> PartRun:
    """Run a command with our own input and output, and let its processes tell of themselves.

    Signals that we get are passed on to it, and it alone decides what comes of them. Signals that we ignore it ignores
    as well.

    Args:
        argv: The command.
        log: Where its processes are to tell of themselves, for `lives.doubts`. It is made, or made empty.
        env: Its environment; None: ours.
        cwd: Its working directory; None: ours.

    Returns:
        How it ended.

    Raises:
        OSError: It cannot be started, or the log cannot be written; `.filename` names what is missing.
    """
    with open(log, "wb"):
        pass
    started = time.monotonic()
    with passing_on() as receiver:
        process = subprocess.Popen(argv, env=witnessed(os.environ if env is None else env, log), cwd=cwd)
        receiver.command = process
        for number in receiver.early:
            process.send_signal(number)
        code = process.wait()
    return PartRun(code, time.monotonic() - started)


class Receiver:
    """Gets our signals.

    Attributes:
        command: Who is to get them; None: it is not started yet.
        early: Those that came before it was.
    """

    __slots__ = ("command", "early")

    def __init__(self) -> None:
        """Begin without a command."""
        self.command: subprocess.Popen[bytes] | None = None
        self.early: list[int] = []

    def take(self, number: int, _frame: FrameType | None) -> None:
        """Pass a signal on, unless the terminal has."""
        if number in FROM_THE_KEYBOARD and is_in_foreground():
            return
        if self.command is None:
            self.early.append(number)
        else:
            self.command.send_signal(number)


@contextmanager
def passing_on() -> Iterator[Receiver]:
    """Pass signals on; outside of the main thread Python lets nobody."""
    receiver = Receiver()
    old: dict[signal.Signals, Any] = {}
    if threading.current_thread() is threading.main_thread():
        for number in PASSED_ON:
            if signal.getsignal(number) != signal.SIG_IGN:
                old[number] = signal.signal(number, receiver.take)
    try:
        yield receiver
    finally:
        for number, handler in old.items():
            signal.signal(number, handler)


def is_in_foreground() -> bool:
    """Whether a terminal sends its signals to us, and so to our children, too."""
    try:
        terminal = os.open("/dev/tty", os.O_RDONLY | os.O_NOCTTY | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        return os.tcgetpgrp(terminal) == os.getpgrp()
    except OSError:
        return False
    finally:
        os.close(terminal)
