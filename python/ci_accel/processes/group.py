"""Commands side by side, each in a process group of its own, none of which is left when this ends early."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from contextlib import contextmanager, suppress

from ci_accel.processes.progress import Progress
from ci_accel.processes.signals import Interruption

TYPE_CHECKING = False  # the name that type checkers know; importing typing would cost 7 ms
if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

PAUSE = 0.01
"""Seconds between two looks at the children."""

LADDER = ((signal.SIGINT, 2.0), (signal.SIGTERM, 3.0), (signal.SIGKILL, 2.0))
"""What children that are to stop are sent, each with the seconds until the next."""


class Child:
    """A command that runs beside others.

    Args:
        name: What it is called in messages: "part 3 of 8".
        argv: The command.
        env: All of its environment.
        cwd: Its working directory.
        log: File that takes its output and its errors, all of them. The folder has to be there.
        items: How many items it runs.

    All arguments can be read as attributes.
    """

    __slots__ = ("argv", "cwd", "env", "items", "log", "name")

    def __init__(
        self,
        name: str,
        argv: Sequence[str],
        *,
        env: Mapping[str, str],
        cwd: str | os.PathLike[str],
        log: str | os.PathLike[str],
        items: int,
    ) -> None:
        """Keep the values; nothing is started yet."""
        self.name = name
        self.argv = tuple(argv)
        self.env = dict(env)
        self.cwd = os.fspath(cwd)
        self.log = os.fspath(log)
        self.items = items


class Ended:
    """How a child ended.

    Attributes:
        child: Which.
        exit_code: Its exit code; negative: the signal that killed it.
        seconds: How long it ran.
        reason: Why it does not count in spite of its exit code; an empty string: it does.
    """

    __slots__ = ("child", "exit_code", "reason", "seconds")

    def __init__(self, child: Child, exit_code: int, seconds: float) -> None:
        """Keep the values."""
        self.child = child
        self.exit_code = exit_code
        self.seconds = seconds
        self.reason = ""

    def __repr__(self) -> str:
        """Show which child, and how it ended."""
        return f"Ended({self.child.name!r}, exit_code={self.exit_code}, seconds={self.seconds:.2f})"


class Group:
    """A child that was started, with all that it starts itself.

    Attributes:
        child: The one that was started.
    """

    __slots__ = ("_process", "_started", "child")

    def __init__(self, child: Child) -> None:
        """Start it.

        Raises:
            OSError: It cannot be started; `.filename` names what is missing.
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
        """Return how the child ended; None: it has not."""
        code = self._process.poll()
        return None if code is None else Ended(self.child, code, time.monotonic() - self._started)

    def is_there(self) -> bool:
        """Whether the child or anything that it started still runs."""
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
        """Send all of them a signal. As long as one is there, the number of the group belongs to no other."""
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, number)


def has_running(group: int) -> bool:
    """Whether a process group has more than zombies: in a container nobody may ever wait for orphans."""
    try:
        processes = [name for name in os.listdir("/proc") if name.isdigit()]
    except OSError:
        return True
    for process in processes:
        try:
            with open(f"/proc/{process}/stat", "rb") as file:
                state, _parent, its_group = file.read().rpartition(b")")[2].split()[:3]
        except (OSError, ValueError):  # it has just ended
            continue
        if int(its_group) == group and state not in {b"Z", b"X"}:
            return True
    return False


def run_side_by_side(
    children: Sequence[Child],
    *,
    on_end: Callable[[Ended], str | None],
    exit_codes: Collection[int] = (0,),
    subject: str = "coverage",
) -> list[Ended]:
    """Run commands, all at once, and tell how far they are.

    One that fails does not stop the others. Their output goes to their logs; where it failed, the log's end is shown.
    Whatever a command leaves running when it ends is stopped then. On Ctrl-C, SIGTERM or SIGHUP (as far as nobody else
    has a handler for these) and on any exception all of them are: SIGINT, after 2 s SIGTERM, after 3 s more SIGKILL.
    A second signal makes it SIGKILL at once.

    Args:
        children: The commands.
        on_end: Called with each one that has ended, while what it left still runs. Returns why it does not count, if
            so.
        exit_codes: Those of a command that did what it should.
        subject: What messages begin with.

    Returns:
        How they ended, in the order of `children`.

    Raises:
        OSError: A command cannot be started; `.filename` names what is missing. The others are stopped.
        KeyboardInterrupt: Ctrl-C.
        SystemExit: SIGTERM or SIGHUP, with the exit code that shells have for these.
    """
    groups: list[Group] = []
    ended: dict[int, Ended] = {}
    with (
        Interruption() as interruption,
        Progress(subject, len(children)) as progress,
        stopping(groups, interruption),
    ):
        for child in children:
            with interruption.held():  # else one could be started that nobody knows of
                groups.append(Group(child))
        while len(ended) < len(groups):
            for number, group in enumerate(groups):
                result = None if number in ended else group.ended()
                if result is not None:
                    result.reason = on_end(result) or ""
                    stop([group], LADDER[1:])
                    ended[number] = result
                    progress.tell(result, is_good=result.exit_code in exit_codes and not result.reason)
            progress.renew()
            time.sleep(PAUSE)
    return [ended[number] for number in range(len(groups))]


@contextmanager
def stopping(groups: Sequence[Group], interruption: Interruption) -> Iterator[None]:
    """Stop all children if the block ends with an exception, which then goes on."""
    try:
        yield
    except BaseException:
        with interruption.held(for_good=True):
            stop(groups, LADDER, is_urgent=lambda: interruption.is_pending)
        raise


def stop(
    groups: Sequence[Group],
    ladder: Sequence[tuple[signal.Signals, float]],
    *,
    is_urgent: Callable[[], bool] = lambda: False,
) -> None:
    """Send signals, one after another, until no process of some groups is left.

    Args:
        groups: The groups.
        ladder: The signals, each with the seconds until the next.
        is_urgent: Whether not to wait for the next.
    """
    left = [group for group in groups if group.is_there()]
    for number, grace in ladder:
        for group in left:
            group.send(number)
        until = time.monotonic() + grace
        while left and time.monotonic() < until and (number == signal.SIGKILL or not is_urgent()):
            time.sleep(PAUSE)
            left = [group for group in left if group.is_there()]
        if not left:
            return
