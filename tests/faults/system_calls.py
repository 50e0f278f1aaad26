"""Lists the system calls of a process and injects errors and signals into them, with strace."""

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
"""System calls that make and remove folders and files."""

RENAMES = ("?rename", "?renameat", "?renameat2", "?link", "?linkat")
"""System calls that rename and link files."""

CONTENTS = ("write", "pwrite64", "ftruncate", "?copy_file_range")
"""System calls that change the content of a file."""

SYNCS = ("fsync", "fdatasync")
"""System calls that write cached data to the disk."""

CHANGES = ("openat", "flock", *FOLDERS, *RENAMES, *CONTENTS, *SYNCS)
"""System calls before and after which a killed process leaves different states."""

HALTED = "--- stopped by SIGSTOP ---"
"""Line of strace for a process that was stopped."""

STARTING_FOLDER = re.compile(r"AT_FDCWD<[^>]*>")
"""The working directory in the output of strace, which is not an argument of the call."""


@functools.cache
def why_not() -> str:
    """Return why strace cannot be used; empty if it can."""
    if shutil.which("strace") is None:
        return "strace is not installed"
    command = ["strace", "-qq", "-e", "trace=none", sys.executable, "-c", ""]
    tried = subprocess.run(command, capture_output=True, text=True, check=False)
    return f"strace may not trace: {tried.stderr.strip()}" if tried.returncode else ""


needs_strace = pytest.mark.skipif(bool(why_not()), reason=why_not() or "strace works")
"""Skips a test where strace cannot be used."""


@dataclass(frozen=True)
class Call:
    """One system call of a process.

    Attributes:
        name: Name of the call.
        number: Number among the calls of this name, from 1.
        text: Line of strace.
    """

    name: str
    number: int
    text: str

    def __str__(self) -> str:
        """Return the name, the number and the paths below the project."""
        files = ", ".join(path.rpartition("/project/")[2] for path in self.paths())
        return f"{self.name} {self.number} ({files})"

    def paths(self) -> list[str]:
        """Return the paths of the arguments and of the open files."""
        return re.findall(r'[<"](/[^>"]*)[>"]', STARTING_FOLDER.sub("", self.text))


def trace(project: SampleProject, names: Iterable[str], role: str, **arguments: Any) -> tuple[list[Call], Ending]:
    """Run a role; return its system calls of these names. Its children are not traced.

    Args:
        project: Project of the role.
        names: Names of system calls, in the syntax of strace.
        role: Name of a function of `child_roles`.
        arguments: Arguments of the role.
    """
    log = project.folder / "strace.txt"
    prefix = [*_strace(log), "-y", "-s", "0", "-e", f"trace={','.join(names)}"]
    ending = Child(project, role, prefix=prefix, **arguments).end()
    return _parse(log), ending


def inject(call: Call, fault: str, project: SampleProject, role: str, **arguments: Any) -> Ending:
    """Run a role and inject a fault into one of its system calls.

    Args:
        call: A call that `trace` returned.
        fault: The fault in the syntax of strace: "error=ENOSPC", "signal=SIGKILL".
        project: Project of the role.
        role: Name of a function of `child_roles`.
        arguments: Arguments of the role.
    """
    return inject_always([call.name], f"{fault}:when={call.number}", project, role, **arguments)


def inject_always(names: Sequence[str], fault: str, project: SampleProject, role: str, **arguments: Any) -> Ending:
    """Run a role and inject a fault into its system calls of these names, or those that `fault` selects."""
    called = ",".join(names)
    prefix = [*_strace(project.folder / "strace.txt"), "-e", f"trace={called}", "-e", f"inject={called}:{fault}"]
    return Child(project, role, prefix=prefix, **arguments).end()


class Halting:
    """A role that is stopped after some of its system calls, until `go_on` is called."""

    def __init__(self, calls: Iterable[Call], project: SampleProject, role: str, **arguments: Any) -> None:
        """Start the role. It can be stopped at one call of each name.

        Args:
            calls: Calls that `trace` returned for the same role in a project in the same state.
            project: Project of the role.
            role: Name of a function of `child_roles`.
            arguments: Arguments of the role.
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
        """Wait until the role is stopped at the next of the calls."""
        assert self.halts_within(PATIENCE), "the role was not stopped"

    def halts_within(self, seconds: float) -> bool:
        """Wait up to some seconds; return whether the role was stopped at the next of the calls."""
        deadline = time.monotonic() + seconds
        while not self._log.exists() or self._log.read_text("utf-8").count(HALTED) <= self._halts:
            assert self.child.process.poll() is None, "the role ended without being stopped"
            if time.monotonic() > deadline:
                return False
            time.sleep(POLL)
        return True

    def go_on(self) -> None:
        """Continue the role."""
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
    """Return the calls that have a path in these folders."""
    starts = tuple(f"{folder}/" for folder in folders)
    return [call for call in calls if any(path.startswith(starts) for path in call.paths())]
