"""Run commands side by side, each in a process group of its own, and stop all of them if the run ends early."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from ci_accel.processes.child import Ended
from ci_accel.processes.process_state import has_running
from ci_accel.processes.progress import Progress
from ci_accel.processes.signals import Interruption

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

    from ci_accel.processes.child import Child

PAUSE = 0.01
"""Seconds between two checks of the children."""

LADDER = ((signal.SIGINT, 2.0), (signal.SIGTERM, 3.0), (signal.SIGKILL, 2.0))
"""Signals that stop a child, each with the seconds to wait before the next."""


class Group:
    """A child that was started, with all processes that it starts.

    Attributes:
        child: The child.
    """

    __slots__ = ("_process", "_started", "child")

    def __init__(self, child: Child) -> None:
        """Start the child.

        Raises:
            OSError: The child cannot be started; `.filename` names what is missing.
        """
        self.child = child
        self._started = time.monotonic()
        with open(child.log, "wb") as log:
            self._process = subprocess.Popen(
                child.argv,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=child.env,
                cwd=child.cwd,
                start_new_session=True,
            )

    def ended(self) -> Ended | None:
        """Return how the child ended, or None if it still runs."""
        code = self._process.poll()
        return None if code is None else Ended(code, time.monotonic() - self._started)

    def is_running(self) -> bool:
        """Return whether the child or a process that it started still runs."""
        if self._process.poll() is None:
            return True
        try:
            os.killpg(self._process.pid, 0)
        except ProcessLookupError:
            return False
        except PermissionError:
            return True
        return has_running(self._process.pid)

    def send(self, number: signal.Signals) -> None:
        """Send a signal to all processes of the group.

        The group's number cannot belong to another group as long as one of its processes exists.
        """
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, number)


def run_side_by_side(
    children: Sequence[Child],
    *,
    subject: str,
    noun: str,
    on_end: Callable[[Child, Ended], str | None],
    exit_codes: Collection[int] = (0,),
) -> list[Ended]:
    """Run commands at the same time, and show the progress.

    A command that fails does not stop the others. The output goes to the logs; the end of a failed command's log is
    shown. Processes that a command leaves running when it ends are stopped.

    Ctrl-C, SIGTERM, SIGHUP (unless another handler is installed for it) and any exception stop all commands: by SIGINT,
    after 2 s by SIGTERM, after 3 s more by SIGKILL. A second signal sends SIGKILL at once.

    Args:
        children: The commands.
        subject: First word of messages: "coverage".
        noun: What the commands are, in the plural: "shards".
        on_end: Called for each command that has ended, before the processes that it left running are stopped. Returns
            why the result does not count, or None.
        exit_codes: Exit codes that count as success.

    Returns:
        How the commands ended, in the order of `children`.

    Raises:
        OSError: A command cannot be started; `.filename` names what is missing. The other commands are stopped.
        KeyboardInterrupt: Ctrl-C.
        SystemExit: SIGTERM or SIGHUP, with the exit code that shells use.
    """
    groups: list[Group] = []
    results: dict[int, Ended] = {}
    with (
        Interruption() as interruption,
        Progress(subject, noun, len(children)) as progress,
        stopping(groups, interruption),
    ):
        for child in children:
            with interruption.deferred():  # a child that is started must also be in the list
                groups.append(Group(child))
        while len(results) < len(groups):
            for number, group in enumerate(groups):
                ended = None if number in results else group.ended()
                if ended is not None:
                    ended = replace(ended, reason=on_end(group.child, ended) or "")
                    stop([group], LADDER[1:])
                    results[number] = ended
                    is_good = ended.exit_code in exit_codes and not ended.reason
                    progress.report(group.child, ended, is_good=is_good)
            progress.update()
            time.sleep(PAUSE)
    return [results[number] for number in range(len(groups))]


@contextmanager
def stopping(groups: Sequence[Group], interruption: Interruption) -> Iterator[None]:
    """Stop all groups if the block raises an exception, and raise it again."""
    try:
        yield
    except BaseException:
        with interruption.deferred(for_good=True):
            stop(groups, LADDER, is_urgent=lambda: interruption.is_pending)
        raise


def stop(
    groups: Sequence[Group],
    ladder: Sequence[tuple[signal.Signals, float]],
    *,
    is_urgent: Callable[[], bool] = lambda: False,
) -> None:
    """Send signals, one after the other, until no process of the groups is left.

    Args:
        groups: The groups.
        ladder: The signals, each with the seconds to wait before the next.
        is_urgent: Returns whether to send the next signal without waiting.
    """
    left = [group for group in groups if group.is_running()]
    for number, grace in ladder:
        for group in left:
            group.send(number)
        until = time.monotonic() + grace
        while left and time.monotonic() < until and (number == signal.SIGKILL or not is_urgent()):
            time.sleep(PAUSE)
            left = [group for group in left if group.is_running()]
        if not left:
            return
