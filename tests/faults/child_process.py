"""A child process that plays a role of `child_roles`, seen from the test: started, heard, told, ended."""

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
"""Seconds between two looks at something that cannot tell by itself."""


@dataclass
class Ending:
    """How a role ended.

    Attributes:
        value: What it returned.
        error: Name of the exception's class; empty where there was none.
        text: The exception in words.
        filename: The file that an OSError names.
        is_ordinary: Whether the exception is an `Exception`.
        exit_code: Of the process; negative: the signal that killed it.
        output: What it and its children wrote to standard output.
        complaints: What they wrote to standard error.
    """

    value: Any = None
    error: str = ""
    text: str = ""
    filename: str = ""
    is_ordinary: bool = True
    exit_code: int = 0
    output: str = ""
    complaints: str = ""

    def __str__(self) -> str:
        """Tell it shortly."""
        if self.error:
            return f"{self.error}: {self.text[:300]} {self.complaints[-300:]}".strip()
        return f"{self.value} (exit code {self.exit_code}) {self.complaints[-300:]}"


STARTED: list[Child] = []
"""The children that have not come to their end yet."""


class Child:
    """A child process with a channel."""

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
        """Start it.

        Args:
            project: Gives the environment.
            role: Name of a function of `child_roles`.
            under: Conditions for `child_roles.suffer`.
            prefix: A command to start it by, such as strace.
            options: Of the interpreter.
            environment: Variables beside those of the project.
            arguments: Of the role.
        """
        own, its = socket.socketpair()
        self.channel = Channel(own)
        self._log = project.folder / f"{role}-{time.monotonic_ns()}.txt"
        call = json.dumps({"role": role, "under": under or {}, "arguments": arguments})
        command = [*prefix, sys.executable, *options, "-m", "tests.faults.child_roles", str(its.fileno()), call]
        with self._log.open("w", encoding="utf-8") as complaints, its:
            self.process = subprocess.Popen(
                command,
                cwd=project.root,
                env=project.environment(**(environment or {})),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=complaints,
                pass_fds=[its.fileno()],
                start_new_session=True,
            )
        STARTED.append(self)

    def hear(self, timeout: float = PATIENCE) -> Any:
        """Return the next thing that the role says."""
        return self.channel.hear(timeout)

    def say(self, thing: object = None) -> None:
        """Tell the role something."""
        self.channel.say(thing)

    def kill(self, *, group: bool = False) -> None:
        """End it by SIGKILL: alone, or with all that it started."""
        if group:
            os.killpg(self.process.pid, signal.SIGKILL)
        else:
            self.process.kill()

    def interrupt(self) -> None:
        """Send SIGINT, as Ctrl-C does."""
        self.process.send_signal(signal.SIGINT)

    def end(self, timeout: float = PATIENCE) -> Ending:
        """Wait until it and all that it started are gone; tell how it ended."""
        ending = Ending()
        try:
            while True:
                said = self.channel.hear(timeout)
                if said is None:
                    break
                if "ending" in said:
                    ending = Ending(**said["ending"])
            # A builder holds the output, too: it ends only with the last of them.
            output, _ = self.process.communicate(timeout=timeout)
        finally:
            self.give_up()
        ending.exit_code = self.process.returncode
        ending.output = output.decode(errors="replace")
        ending.complaints = self._log.read_text("utf-8", errors="replace")
        return ending

    def give_up(self) -> None:
        """End whatever is still there of it."""
        if self.process.returncode is None:
            with suppress(ProcessLookupError):
                self.kill(group=True)
            self.process.communicate()
        self.channel.close()
        if self in STARTED:
            STARTED.remove(self)

    def has_open(self, path: Path) -> bool:
        """Whether it has the file open now."""
        folder = Path(f"/proc/{self.process.pid}/fd")
        return any(_target(link) == str(path) for link in folder.iterdir())

    def wait_until_open(self, path: Path) -> None:
        """Wait until it has opened the file: then it is at work on it."""
        deadline = time.monotonic() + PATIENCE
        while not self.has_open(path):
            assert time.monotonic() < deadline, f"{path} was not opened"
            time.sleep(POLL)


def _target(link: Path) -> str:
    try:
        return str(link.readlink())
    except OSError:  # closed meanwhile
        return ""


class MeetingPoint:
    """Where a builder tells that it runs, and waits until it may go on."""

    def __init__(self) -> None:
        """Listen on a free port of the loopback."""
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.settimeout(PATIENCE)
        self._met: list[socket.socket] = []

    @property
    def port(self) -> str:
        """The port, as the builder's environment takes it."""
        return str(self._listener.getsockname()[1])

    def meet(self, timeout: float = PATIENCE) -> int:
        """Wait for the next builder; return its process id. It stands still from now on."""
        self._listener.settimeout(timeout)
        connection, _ = self._listener.accept()
        self._met.append(connection)
        connection.settimeout(timeout)
        with connection.makefile("rb") as said:
            return int(said.readline())

    def let_go(self) -> None:
        """Let the first of the builders that still wait go on."""
        self._met.pop(0).close()

    def close(self) -> None:
        """Let all go on, and listen no more."""
        while self._met:
            self.let_go()
        self._listener.close()


@contextmanager
def meeting_point() -> Iterator[MeetingPoint]:
    """Give a meeting point that lets everybody go in the end."""
    point = MeetingPoint()
    try:
        yield point
    finally:
        point.close()
