"""Run one command in the foreground and pass signals on to it."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from ci_accel.processes.child import Ended

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from types import FrameType

FORWARDED = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGUSR1, signal.SIGUSR2)
"""Signals that are passed on to the command."""

SENT_BY_TERMINALS = frozenset({signal.SIGINT, signal.SIGQUIT})
"""Signals that a terminal sends to all processes in its foreground, which include the command."""


def run_in_foreground(
    argv: Sequence[str],
    *,
    env: Mapping[str, str] | None = None,
    cwd: str | os.PathLike[str] | None = None,
) -> Ended:
    """Run a command with the input and output of this process.

    Signals that this process receives are passed on, and the command decides what to do. Signals that this process
    ignores are ignored by the command as well.

    Args:
        argv: The command.
        env: The complete environment; None: that of this process.
        cwd: The working directory; None: that of this process.

    Returns:
        How the command ended.

    Raises:
        OSError: The command cannot be started; `.filename` names what is missing.
    """
    started = time.monotonic()
    with forwarding() as forwarder:
        process = subprocess.Popen(argv, env=env, cwd=cwd)
        forwarder.command = process
        for number in forwarder.early:
            process.send_signal(number)
        code = process.wait()
    return Ended(code, time.monotonic() - started)


class Forwarder:
    """A signal handler that passes signals on to a command.

    Attributes:
        command: The command; None if it is not started yet.
        early: Signals that arrived before the command was started.
    """

    __slots__ = ("command", "early")

    def __init__(self) -> None:
        """Begin without a command."""
        self.command: subprocess.Popen[bytes] | None = None
        self.early: list[int] = []

    def handle(self, number: int, _frame: FrameType | None) -> None:
        """Pass a signal on, unless the terminal has sent it to the command itself."""
        if number in SENT_BY_TERMINALS and is_in_foreground():
            return
        if self.command is None:
            self.early.append(number)
        else:
            self.command.send_signal(number)


@contextmanager
def forwarding() -> Iterator[Forwarder]:
    """Pass signals on within the block. Outside of the main thread Python allows no handlers, and nothing changes."""
    forwarder = Forwarder()
    old: dict[signal.Signals, Any] = {}
    if threading.current_thread() is threading.main_thread():
        for number in FORWARDED:
            if signal.getsignal(number) != signal.SIG_IGN:
                old[number] = signal.signal(number, forwarder.handle)
    try:
        yield forwarder
    finally:
        for number, handler in old.items():
            signal.signal(number, handler)


def is_in_foreground() -> bool:
    """Return whether this process is in the foreground of a terminal, which then sends its signals to children too."""
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
