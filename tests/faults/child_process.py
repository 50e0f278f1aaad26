"""A child process that runs a role of `child_roles`, and the meeting point for builders."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.faults.child_roles import Channel

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tests.faults.sample_project import SampleProject

PATIENCE = 180.0
"""Seconds after which a process that sends nothing is considered to hang."""

POLL = 0.002
"""Seconds between two polls."""


@dataclass
class Ending:
    """The end of a role.

    Attributes:
        value: The return value.
        error: Name of the exception's class; empty without an exception.
        text: Message of the exception.
        filename: The file that an OSError names.
        is_ordinary: Whether the exception is an `Exception`.
        exit_code: Exit code of the process, or the negative number of the signal that killed it.
        output: Standard output of the process and its children.
        error_output: Standard error of the process and its children.
    """

    value: Any = None
    error: str = ""
    text: str = ""
    filename: str = ""
    is_ordinary: bool = True
    exit_code: int = 0
    output: str = ""
    error_output: str = ""

    def __str__(self) -> str:
        """Return a short description."""
        if self.error:
            return f"{self.error}: {self.text[:300]} {self.error_output[-300:]}".strip()
        return f"{self.value} (exit code {self.exit_code}) {self.error_output[-300:]}"


STARTED: list[Child] = []
"""The children that have not been ended yet."""


class Child:
    """A child process that runs a role, with a channel to it."""

    def __init__(
        self,
        project: SampleProject,
        role: str,
        *,
        under: dict[str, Any] | None = None,
        prefix: Sequence[str] = (),
        options: Sequence[str | bytes] = (),
        environment: dict[str, str] | None = None,
        **arguments: Any,
    ) -> None:
        """Start the process.

        Args:
            project: The project, whose environment the process gets.
            role: Name of a function of `child_roles`.
            under: Conditions for `child_roles.set_conditions`.
            prefix: A command that starts the process, such as strace.
            options: Options of the interpreter.
            environment: Variables to add to those of the project.
            arguments: Arguments of the role.
        """
        own, its = socket.socketpair()
        self.channel = Channel(own)
        self._log = project.folder / f"{role}-{time.monotonic_ns()}.txt"
        call = json.dumps({"role": role, "under": under or {}, "arguments": arguments})
        command = [*prefix, sys.executable, *options, "-m", "tests.faults.child_roles", str(its.fileno()), call]
        with self._log.open("w", encoding="utf-8") as error_output, its:
            self.process = subprocess.Popen(
                command,
                cwd=project.root,
                env=project.environment(**(environment or {})),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=error_output,
                pass_fds=[its.fileno()],
                start_new_session=True,
            )
        STARTED.append(self)

    def hear(self, timeout: float = PATIENCE) -> Any:
        """Return the next message of the role."""
        return self.channel.hear(timeout)

    def say(self, message: object = None) -> None:
        """Send a message to the role."""
        self.channel.say(message)

    def kill(self, *, group: bool = False) -> None:
        """Kill the process, alone or with its process group."""
        if group:
            os.killpg(self.process.pid, signal.SIGKILL)
        else:
            self.process.kill()

    def interrupt(self) -> None:
        """Send SIGINT, as Ctrl-C does."""
        self.process.send_signal(signal.SIGINT)

    def end(self, timeout: float = PATIENCE) -> Ending:
        """Wait for the end of the process and its children, and return how the role ended."""
        ending = Ending()
        try:
            while True:
                said = self.channel.hear(timeout)
                if said is None:
                    break
                if "ending" in said:
                    ending = Ending(**said["ending"])
            # A builder shares the output, so this waits for the last of them.
            output, _ = self.process.communicate(timeout=timeout)
        finally:
            self.give_up()
        ending.exit_code = self.process.returncode
        ending.output = output.decode(errors="replace")
        ending.error_output = self._log.read_text("utf-8", errors="replace")
        return ending

    def give_up(self) -> None:
        """Kill the rest of the process group."""
        if self.process.returncode is None:
            with suppress(ProcessLookupError):
                self.kill(group=True)
            self.process.communicate()
        self.channel.close()
        if self in STARTED:
            STARTED.remove(self)

    def has_open(self, path: Path) -> bool:
        """Return whether the process has the file open."""
        folder = Path(f"/proc/{self.process.pid}/fd")
        return any(_target(link) == str(path) for link in folder.iterdir())

    def wait_until_open(self, path: Path) -> None:
        """Wait until the process has opened the file."""
        deadline = time.monotonic() + PATIENCE
        while not self.has_open(path):
            assert time.monotonic() < deadline, f"{path} was not opened"
            time.sleep(POLL)


def _target(link: Path) -> str:
    try:
        return str(link.readlink())
    except OSError:  # closed in the meantime
        return ""


class MeetingPoint:
    """A socket at which a builder reports its start and waits until it is released."""

    def __init__(self) -> None:
        """Listen on a free port of the loopback."""
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.settimeout(PATIENCE)
        self._met: list[socket.socket] = []

    @property
    def port(self) -> str:
        """The port, as a value for the variable `builder.MEET_PORT`."""
        return str(self._listener.getsockname()[1])

    def meet(self, timeout: float = PATIENCE) -> int:
        """Wait for the next builder, which then waits; return its process id."""
        self._listener.settimeout(timeout)
        connection, _ = self._listener.accept()
        self._met.append(connection)
        connection.settimeout(timeout)
        with connection.makefile("rb") as said:
            return int(said.readline())

    def let_go(self) -> None:
        """Release the builder that has waited longest."""
        self._met.pop(0).close()

    def close(self) -> None:
        """Release all builders, and close the socket."""
        while self._met:
            self.let_go()
        self._listener.close()


@contextmanager
def meeting_point() -> Iterator[MeetingPoint]:
    """Yield a meeting point that releases all builders at the end of the block."""
    point = MeetingPoint()
    try:
        yield point
    finally:
        point.close()
