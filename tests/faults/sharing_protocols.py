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
"""Seconds between two looks at a lock."""

PATIENCE = 1.0
"""Seconds that the wrong protocols wait for a lock: far more than a build takes."""


class SharingProtocol(Protocol):
    """How a process comes to its copy of the database."""

    def obtain(self, project: SampleProject, destination: Path) -> bool:
        """Put a copy of the database at `destination`; say whether another process had to be waited for."""


class CiAccel:
    """A kernel lock, private staging, digest, rename."""

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
    """Wrong: the database is built where others look for it."""

    def obtain(self, project: SampleProject, destination: Path) -> bool:
        """Build where no file is, copy where one is."""
        if not project.plain.exists():
            project.plain.parent.mkdir(parents=True, exist_ok=True)
            _build(project, project.plain)
        shutil.copyfile(project.plain, destination)
        return False


class ExclusiveFile:
    """Wrong: the lock is a file that its owner has to remove, which the dead do not."""

    def obtain(self, project: SampleProject, destination: Path) -> bool:
        """Build under the lock, which is waited for as long as there is no database."""
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
    # Two at once stumble over each other's tables: whoever looks at the database will see.
    with contextlib.suppress(subprocess.CalledProcessError):
        subprocess.run(builder_command(str(database)), cwd=project.root, check=True)


PROTOCOLS: dict[str, type[SharingProtocol]] = {
    "ci-accel": CiAccel,
    "in-place": BuildInPlace,
    "exclusive-file": ExclusiveFile,
}


def main(name: str, folder: str, destination: str) -> None:
    """Say that this process is ready, wait for the start, obtain; say whether it had to wait."""
    project, protocol = SampleProject(Path(folder)), PROTOCOLS[name]()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    has_waited = protocol.obtain(project, Path(destination))
    sys.stdout.write("waited\n" if has_waited else "done\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
