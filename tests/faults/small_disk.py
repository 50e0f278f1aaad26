"""Call ensure() on a small disk, then on a large one, in a mount namespace.

`unshare -Urm python -m tests.faults.small_disk FOLDER SIZE` prints one line for each violation.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

from tests.faults import builder
from tests.faults.child_process import Child
from tests.faults.sample_project import SampleProject, builder_command, dump

OVERHEAD = 16 << 10
"""Bytes for the lock file and other small files. The builder may fail if fewer bytes are left for them."""

ROOM = 8 << 20
"""Size in bytes of a disk on which everything fits."""


def mount(folder: Path, size: int, *options: str) -> None:
    """Mount a disk of some size in bytes, or resize the mounted one."""
    choices = ",".join([*options, f"size={size}"])
    subprocess.run(["mount", "-t", "tmpfs", "-o", choices, "tmpfs", str(folder)], check=True)


def fits(project: SampleProject, size: int) -> bool:
    """Return whether the builder alone fits on a disk of this size."""
    if size <= 0:  # a tmpfs takes 0 for no limit
        return False
    folder = project.folder / "alone"
    folder.mkdir(exist_ok=True)
    mount(folder, size)
    environment = {name: text for name, text in project.environment().items() if name != builder.LOG}
    command = builder_command(str(folder / "template.db"))
    done = subprocess.run(command, cwd=project.root, env=environment, stderr=subprocess.DEVNULL, check=False)
    subprocess.run(["umount", str(folder)], check=True)
    return done.returncode == 0


def violations(project: SampleProject, size: int) -> list[str]:
    """Call ensure() with the given size, then with enough; return the violations."""
    build = project.root / "build"
    build.mkdir()
    reference, has_room = project.reference(), fits(project, size - OVERHEAD)
    mount(build, size)
    temporary = build / "temporary"
    temporary.mkdir()
    clone = project.folder / "clone.db"
    small = Child(
        project,
        "ensure",
        template=project.declaration(),
        destination=str(clone),
        environment={"TMPDIR": str(temporary)},
    ).end()
    found = []
    if small.error == "CalledProcessError":
        if has_room:
            found.append(f"the builder failed where it would not have: {small}")
    elif small.error:
        if small.filename != str(project.plain) or dump(project.plain) == reference:
            found.append(f"an error about something else than the plain path: {small}")
    elif not dump(clone) == dump(project.plain) == reference:
        found.append(f"another database: {small}")
    if project.plain.exists() and dump(project.plain) != reference:
        found.append("the plain path was incomplete")
    left = {*project.unfinished(), *temporary.iterdir()}
    if left:
        found.append(f"left {sorted(left)}: {small}")

    mount(build, ROOM, "remount")
    later = Child(project, "ensure", template=project.declaration()).end()
    if later.error or later.value["warnings"] or dump(project.plain) != reference:
        found.append(f"the next run was not clean: {later}")
    tag = build / "ci-accel" / "CACHEDIR.TAG"
    if not tag.read_text("utf-8").startswith("Signature: 8a477f597d28d172789f06886806bc55"):
        found.append(f"{tag.name} is incomplete")
    return found


def main(folder: str, size: str) -> None:
    """Print the violations."""
    project = SampleProject(Path(folder))
    for violation in violations(project, int(size)):
        sys.stdout.write(f"{size} bytes: {violation}\n")
    with suppress(OSError):
        shutil.rmtree(project.root / "build")


if __name__ == "__main__":
    main(*sys.argv[1:])
