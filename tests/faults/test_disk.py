"""Full, read-only, broken and over-quota disks: the build continues, or an error names the plain path."""

from __future__ import annotations

import errno
import functools
import itertools
import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from tests.faults.child_process import Child
from tests.faults.sample_project import REPOSITORY, SampleProject, dump
from tests.faults.system_calls import CONTENTS, FOLDERS, RENAMES, SYNCS, below, inject, needs_strace, trace

if TYPE_CHECKING:
    from pathlib import Path

    from tests.faults.child_process import Ending
    from tests.faults.system_calls import Call

pytestmark = pytest.mark.timeout(600)

ERRORS = ("ENOSPC", "EIO", "EDQUOT", "EROFS")
"""Errors of a disk."""

READS = ("openat", "read", "pread64", "?statx", "getdents64", "fcntl")
"""System calls that read a file or make a file handle."""

TAG = "Signature: 8a477f597d28d172789f06886806bc55"
"""First bytes of a CACHEDIR.TAG."""

PAGE = 4096
"""Page size of a tmpfs in bytes."""


def trouble(project: SampleProject, error: str, ending: Ending, clone: Path) -> list[str]:
    """Return the violations of ensure() on a faulty disk, such as an error although the plain path could be written."""
    found = []
    if ending.error:
        named, is_there = ending.filename, project.plain.exists()
        if named not in {str(project.plain), str(project.plain.parent)} or is_there:
            found.append(f"an error about something else than the plain path: {ending}")
        elif not ending.text.startswith(f"[Errno {getattr(errno, error)}]"):
            found.append(f"an error with another number: {ending}")
    elif ending.value["status"] not in {"miss", "disabled"}:
        found.append(f"status {ending.value['status']}")
    elif not dump(clone) == dump(project.plain) == project.reference():
        found.append(f"another database: {ending}")
    return found


def trouble_afterwards(project: SampleProject) -> list[str]:
    """Return the violations of the next run on a disk without faults."""
    found = []
    left = project.unfinished()
    later = Child(project, "ensure", template=project.declaration()).end()
    if later.error or later.value["warnings"] or dump(project.plain) != project.reference():
        found.append(f"the next run was not clean: {later}")
    still_left = sorted(str(path.relative_to(project.folder)) for path in left & project.unfinished())
    if still_left:
        found.append(f"the next run left {', '.join(still_left)}")
    tag = project.store.parent / "CACHEDIR.TAG"
    if not tag.read_text("utf-8").startswith(TAG):
        found.append(f"{tag.name} is incomplete")
    return found


def calls_that_can_fail(project: SampleProject) -> list[Call]:
    """Return the system calls of ensure() that write to the disk."""
    names = ["openat", *FOLDERS, *RENAMES, *CONTENTS, *SYNCS]
    calls, ending = trace(project, names, "ensure", template=project.declaration())
    assert ending.value["status"] == "miss", ending
    calls = below(calls, project.root, project.temporary)
    return [call for call in calls if call.name != "openat" or "O_CREAT" in call.text]


def check_errors(folder: Path, pairs: list[tuple[Call, str]]) -> list[str]:
    """Inject one error into each of many projects; return the violations."""

    def check(numbered: tuple[int, tuple[Call, str]]) -> list[str]:
        number, (call, error) = numbered
        project = SampleProject(folder / f"error-{number:03}")
        clone = project.folder / "clone.db"
        arguments = {"template": project.declaration(), "destination": str(clone)}
        ending = inject(call, f"error={error}", project, "ensure", **arguments)
        wrong = [*trouble(project, error, ending, clone), *trouble_afterwards(project)]
        return [f"{error} at {call}: {violation}" for violation in wrong]

    # The projects share no files, so they can run at once.
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return [violation for found in pool.map(check, enumerate(pairs)) for violation in found]


@needs_strace
def test_T10_disk_that_fails_once(tmp_path: Path) -> None:
    """After a failing write, sync or rename, the build continues, leaves no partial file, and the next run is clean."""
    calls = calls_that_can_fail(SampleProject(tmp_path / "counted"))
    assert len(calls) > len(ERRORS), calls
    found = check_errors(tmp_path, list(zip(calls, itertools.cycle(ERRORS), strict=False)))
    assert not found, "\n".join(found)


@needs_strace
@pytest.mark.slow
def test_T10_disk_that_fails_once_in_every_way(tmp_path: Path) -> None:
    """The same holds for every error at every call."""
    calls = calls_that_can_fail(SampleProject(tmp_path / "counted"))
    found = check_errors(tmp_path, list(itertools.product(calls, ERRORS)))
    assert not found, "\n".join(found)


def calls_that_read(project: SampleProject) -> list[tuple[Call, str]]:
    """Return the calls of a hit that read or open a file, each with a possible error."""
    calls, ending = trace(project, READS, "ensure", template=project.declaration())
    assert ending.value["status"] == "hit", ending
    opening = [("openat", ""), ("fcntl", "F_DUPFD")]
    found = []
    for call in below(calls, project.root):
        if any(call.name == name and word in call.text for name, word in opening):
            found.append((call, "EMFILE"))
        elif call.name != "fcntl":
            found.append((call, "EIO"))
    return found


def check_reads(folder: Path, step: int) -> list[str]:
    """Inject an error into every `step`th reading call of a hit; return the violations."""
    project = SampleProject(folder)
    template = project.declaration()
    clone = project.folder / "clone.db"
    assert Child(project, "ensure", template=template).end().value["status"] == "miss"
    found = []
    for call, error in calls_that_read(project)[::step]:
        ending = inject(call, f"error={error}", project, "ensure", template=template, destination=str(clone))
        if ending.error:
            if ending.filename not in {str(project.schema), str(project.plain)}:
                found.append(f"{error} at {call}: an error about neither an input nor the plain path: {ending}")
        elif not dump(clone) == dump(project.plain) == project.reference():
            found.append(f"{error} at {call}: another database: {ending}")
        clone.unlink(missing_ok=True)
        found += [f"{error} at {call}: {violation}" for violation in trouble_afterwards(project)]
    return found


@needs_strace
def test_T10_disk_that_cannot_be_read_once(tmp_path: Path) -> None:
    """If a reading call of a hit fails, only an input or the plain path is named in an error."""
    found = check_reads(tmp_path, 3)
    assert not found, "\n".join(found)


@needs_strace
@pytest.mark.slow
def test_T10_disk_that_cannot_be_read_at_any_call(tmp_path: Path) -> None:
    """The same holds for every call."""
    found = check_reads(tmp_path, 1)
    assert not found, "\n".join(found)


@pytest.mark.parametrize("most", [0, 1, 600, 4096, 20479, 20480, 24000])
def test_T10_files_larger_than_allowed(project: SampleProject, most: int) -> None:
    """If the limit on file sizes stops the database or its manifest, the cache is disabled and the build continues."""
    folder = project.root / "inputs"
    folder.mkdir()
    for number in range(300):
        (folder / f"{number:03}.sql").write_text(f"-- {number}\n", "utf-8")
    template = project.declaration(inputs=["schema.sql", "inputs"])
    clone = project.folder / "clone.db"
    ending = Child(project, "ensure", under={"FSIZE": most}, template=template).end()
    if ending.error:
        assert ending.filename == str(project.plain), ending
        assert most < PAGE * 5, "the plain path fits"
    else:
        assert ending.value["status"] == "disabled", ending
        assert dump(project.plain) == project.reference()
    assert not project.unfinished()
    for status in ("miss", "hit"):
        later = Child(project, "ensure", template=template, destination=str(clone)).end()
        assert later.value["status"] == status, later
        assert not later.value["warnings"]
        clone.unlink()
    assert dump(project.plain) == project.reference()
    assert (project.store.parent / "CACHEDIR.TAG").read_text("utf-8").startswith(TAG)


def test_T10_plain_path_larger_than_allowed_is_named(project: SampleProject) -> None:
    """Where the user's own path cannot be written, the error is the operating system's and names that path."""
    ending = Child(project, "ensure", under={"FSIZE": PAGE}, template=project.declaration()).end()
    assert (ending.error, ending.filename) == ("OSError", str(project.plain)), ending
    assert f"[Errno {errno.EFBIG}]" in ending.text
    assert not project.plain.exists()
    assert not project.unfinished()


@functools.cache
def why_no_namespace() -> str:
    """Return why no small disk can be mounted; empty if one can."""
    if shutil.which("unshare") is None:
        return "unshare is not installed"
    command = ["unshare", "-Urm", "mount", "-t", "tmpfs", "tmpfs", "/mnt"]
    tried = subprocess.run(command, capture_output=True, text=True, check=False)
    return f"no mounts in a namespace: {tried.stderr.strip()}" if tried.returncode else ""


@pytest.mark.skipif(bool(why_no_namespace()), reason=why_no_namespace() or "namespaces work")
def test_T10_small_disk(tmp_path: Path) -> None:
    """On a disk of any size, the database is right, or the error is about the plain path or the builder."""
    found = []
    for pages in range(4, 34, 3):
        folder = tmp_path / f"{pages:02}-pages"
        command = ["unshare", "-Urm", sys.executable, "-m", "tests.faults.small_disk", str(folder), str(pages * PAGE)]
        environment = SampleProject(folder).environment()
        done = subprocess.run(command, cwd=REPOSITORY, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        found += done.stdout.splitlines()
    assert not found, "\n".join(found)
