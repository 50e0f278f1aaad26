"""Three protocols by which processes share one template database: the one of ci-accel, and two broken ones.

The crash trials must catch the broken ones. Run as `python -m tests.faults.sharing_protocols`.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import time
import uuid
from pathlib import Path
from typing import Protocol

from tests.faults.child_roles import Messages
from tests.faults.sample_project import SampleProject, builder_command

POLL = 0.01
"""Seconds between two attempts to lock."""

PATIENCE = 1.0
"""Seconds that a broken protocol waits for a lock, many times the duration of a build."""


class SharingProtocol(Protocol):
    """The way a process gets its copy of the database."""

    def obtain(self, project: SampleProject, destination: Path) -> bool:
        """Put a copy of the database at `destination`; return whether the process waited for another one."""


class CiAccel:
    """The protocol of ci-accel: kernel lock, staging folder, digest, rename."""

    def obtain(self, project: SampleProject, destination: Path) -> bool:
        """Ensure and clone."""
        messages = Messages()
        template = project.template()
        outcome = template.ensure()
        if outcome.status == "disabled":
            raise RuntimeError(str(outcome))
        template.clone(destination)
        return any("waiting for" in text for text in messages.warnings())


class BuildInPlace:
    """A broken protocol: the database is built at the path that other processes read."""

    def obtain(self, project: SampleProject, destination: Path) -> bool:
        """Build if the file is missing, then copy it."""
        if not project.plain.exists():
            project.plain.parent.mkdir(parents=True, exist_ok=True)
            _build(project, project.plain)
        shutil.copyfile(project.plain, destination)
        return False


class ExclusiveFile:
    """A broken protocol: the lock is a file that its owner removes, so a killed owner leaves it."""

    def obtain(self, project: SampleProject, destination: Path) -> bool:
        """Wait for the lock and build, until a database exists; then copy it."""
        lock = project.plain.with_suffix(".lock")
        lock.parent.mkdir(parents=True, exist_ok=True)
        has_waited = False
        deadline = time.monotonic() + PATIENCE
        while not project.plain.exists():
            try:
                os.close(os.open(lock, os.O_CREAT | os.O_EXCL))
            except FileExistsError:
                if time.monotonic() > deadline:
                    raise
                has_waited = True
                time.sleep(POLL)
                continue
            staging = project.plain.with_name(f"{uuid.uuid4().hex}.tmp")
            _build(project, staging)
            staging.replace(project.plain)
            lock.unlink()
        shutil.copyfile(project.plain, destination)
        return has_waited


def _build(project: SampleProject, database: Path) -> None:
    # Two builders at once fail on existing tables. The damage is found when the database is dumped.
    with contextlib.suppress(subprocess.CalledProcessError):
        subprocess.run(builder_command(str(database)), cwd=project.root, check=True)


PROTOCOLS: dict[str, type[SharingProtocol]] = {
    "ci-accel": CiAccel,
    "in-place": BuildInPlace,
    "exclusive-file": ExclusiveFile,
}


def main(name: str, folder: str, destination: str) -> None:
    """Print `ready`, wait for a line, obtain the database, and print `waited` or `done`."""
    project, protocol = SampleProject(Path(folder)), PROTOCOLS[name]()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    has_waited = protocol.obtain(project, Path(destination))
    sys.stdout.write("waited\n" if has_waited else "done\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
