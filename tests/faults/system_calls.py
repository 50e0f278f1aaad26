"""The system calls of a process: listed, answered with an error, or its end. Needs strace and leave to trace."""

from __future__ import annotations

import functools
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.faults.child_process import PATIENCE, POLL, Child, Ending

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tests.faults.sample_project import SampleProject

FOLDERS = ("?mkdir", "?mkdirat", "?rmdir", "?unlink", "?unlinkat")
"""System calls that make and remove names."""

RENAMES = ("?rename", "?renameat", "?renameat2", "?link", "?linkat")
"""System calls that give another name."""

CONTENTS = ("write", "pwrite64", "ftruncate", "?copy_file_range")
"""System calls that change what is in a file."""

SYNCS = ("fsync", "fdatasync")
"""System calls that bring it to the disk."""

CHANGES = ("openat", "flock", *FOLDERS, *RENAMES, *CONTENTS, *SYNCS)
"""All at which it matters whether a process dies before or after them."""

HALTED = "--- stopped by SIGSTOP ---"
"""What strace says of a process that has halted."""

STARTING_FOLDER = re.compile(r"AT_FDCWD<[^>]*>")
"""How strace shows the current folder, whose path says nothing about a call."""


@functools.cache
def why_not() -> str:
    """Say why no process can be traced here; empty where it can."""
    if shutil.which("strace") is None:
        return "strace is not installed"
    command = ["strace", "-qq", "-e", "trace=none", sys.executable, "-c", ""]
    tried = subprocess.run(command, capture_output=True, text=True, check=False)
    return f"strace may not trace: {tried.stderr.strip()}" if tried.returncode else ""


needs_strace = pytest.mark.skipif(bool(why_not()), reason=why_not() or "strace works")
"""Marks a test that traces."""


@dataclass(frozen=True)
class Call:
    """One system call of a process.

    Attributes:
        name: Its name.
        number: Which one of this name it was, from 1.
        text: How strace shows it.
    """

    name: str
    number: int
    text: str

    def __str__(self) -> str:
        """Show what it is about: its last paths are the ones that matter."""
        files = ", ".join(path.rpartition("/project/")[2] for path in self.paths())
        return f"{self.name} {self.number} ({files})"

    def paths(self) -> list[str]:
        """Return the paths of its files and its arguments."""
        return re.findall(r'[<"](/[^>"]*)[>"]', STARTING_FOLDER.sub("", self.text))


def trace(project: SampleProject, names: Iterable[str], role: str, **arguments: Any) -> tuple[list[Call], Ending]:
    """Play a role; return its system calls of these names. Its children are not traced.

    Args:
        project: For the role.
        names: Names of system calls, as strace takes them.
        role: Name of a function of `child_roles`.
        arguments: For the role.
    """
    log = project.folder / "strace.txt"
    prefix = [*_strace(log), "-y", "-s", "0", "-e", f"trace={','.join(names)}"]
    ending = Child(project, role, prefix=prefix, **arguments).end()
    return _parse(log), ending


def inject(call: Call, fault: str, project: SampleProject, role: str, **arguments: Any) -> Ending:
    """Play a role, and do something at one of its system calls.

    Args:
        call: As `trace` returned it.
        fault: As strace takes it: "error=ENOSPC", "signal=SIGKILL".
        project: For the role.
        role: Name of a function of `child_roles`.
        arguments: For the role.
    """
    return inject_always([call.name], f"{fault}:when={call.number}", project, role, **arguments)


def inject_always(names: Sequence[str], fault: str, project: SampleProject, role: str, **arguments: Any) -> Ending:
    """Play a role, and do something at all of its system calls of these names, or at those that `fault` tells."""
    called = ",".join(names)
    prefix = [*_strace(project.folder / "strace.txt"), "-e", f"trace={called}", "-e", f"inject={called}:{fault}"]
    return Child(project, role, prefix=prefix, **arguments).end()


class Halting:
    """A role that halts right after some of its system calls, until it is told to go on."""

    def __init__(self, calls: Iterable[Call], project: SampleProject, role: str, **arguments: Any) -> None:
        """Start it. It can halt at one call of each name.

        Args:
            calls: As `trace` returned them for the same role in a project in the same state.
            project: For the role.
            role: Name of a function of `child_roles`.
            arguments: For the role.
        """
        self._log = project.folder / f"halting-{time.monotonic_ns()}.txt"
        self._halts = 0
        prefix = _strace(self._log)
        names = sorted({call.name for call in calls})
        prefix += ["-e", f"trace={','.join(names)}"]
        for call in calls:
            prefix += ["-e", f"inject={call.name}:signal=SIGSTOP:when={call.number}"]
        self.child = Child(project, role, prefix=prefix, **arguments)

    def wait_until_halted(self) -> None:
        """Wait until it has come to the next of the calls."""
        assert self.halts_within(PATIENCE), "it did not halt"

    def halts_within(self, seconds: float) -> bool:
        """Wait that long; say whether it has come to the next of the calls."""
        deadline = time.monotonic() + seconds
        while not self._log.exists() or self._log.read_text("utf-8").count(HALTED) <= self._halts:
            assert self.child.process.poll() is None, "it came to its end without halting"
            if time.monotonic() > deadline:
                return False
            time.sleep(POLL)
        return True

    def go_on(self) -> None:
        """Let it go on."""
        self._halts += 1
        tracer = self.child.process.pid
        (traced,) = Path(f"/proc/{tracer}/task/{tracer}/children").read_text("ascii").split()
        os.kill(int(traced), signal.SIGCONT)


def _strace(log: Path) -> list[str]:
    return ["strace", "-qq", "-o", str(log)]


def _parse(log: Path) -> list[Call]:
    calls, count = [], Counter[str]()
    for line in log.read_text("utf-8", errors="replace").splitlines():
        found = re.match(r"(\w+)\(", line)
        if found is not None:
            name = found[1]
            count[name] += 1
            calls.append(Call(name, count[name], line))
    return calls


def below(calls: Iterable[Call], *folders: Path) -> list[Call]:
    """Return the calls that are about something in these folders."""
    starts = tuple(f"{folder}/" for folder in folders)
    return [call for call in calls if any(path.startswith(starts) for path in call.paths())]
