"""Forks, spawned children and threads share no state by accident, and no thread is left."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.faults.child_process import Child
from tests.faults.sample_project import SampleProject, dump

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.timeout(600)

TIMES = 200
"""Number of repetitions of a test that depends on chance."""

needs_linux = pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="no /proc to count threads in")


@pytest.fixture
def many(project: SampleProject) -> list[str]:
    """Return enough inputs for several threads."""
    folder = project.root / "many"
    folder.mkdir()
    for number in range(100):
        (folder / f"{number}.sql").write_text(f"-- {number}\n", "utf-8")
    return ["many"]


@needs_linux
def test_X04_no_thread_is_left_after_a_fingerprint(project: SampleProject, many: list[str]) -> None:
    """After each of 200 calls, the process has as many threads as before."""
    ending = Child(project, "threads_left", root=str(project.root), inputs=many, times=TIMES).end()
    assert ending.value == [1] * TIMES, ending


def test_X04_fork_after_a_fingerprint_is_safe(project: SampleProject, many: list[str]) -> None:
    """Python, which warns about a fork in a process with threads, does not warn."""
    ending = Child(project, "forks_afterwards", root=str(project.root), inputs=many, times=TIMES).end()
    assert ending.value == [], ending


@pytest.fixture
def short() -> Iterator[SampleProject]:
    """A project at a short path, because the path of the fork server's socket is limited."""
    with tempfile.TemporaryDirectory() as folder:
        yield SampleProject(Path(folder).resolve())


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_X04_children(short: SampleProject, method: str) -> None:
    """Children of every start method, and the parent before and after, can use every function."""
    project, folder = short, short.folder / "clones"
    ending = Child(project, "children", template=project.declaration(), method=method, folder=str(folder)).end()
    assert not ending.error, ending
    statuses, digests, fingerprints = zip(*ending.value, strict=True)
    assert statuses == ("miss", *["hit"] * 9)
    assert len(set(digests)) == len(set(fingerprints)) == 1
    assert project.builds() == 1
    reference = project.reference()
    assert [dump(clone) for clone in folder.iterdir()] == [reference] * 10
    assert not project.unfinished()


def test_X04_threads(project: SampleProject) -> None:
    """Of sixteen threads without a stored template, one builds, and the others wait and get the same database."""
    folder = project.folder / "clones"
    ending = Child(project, "threads", template=project.declaration(), folder=str(folder)).end()
    assert not ending.error, ending
    statuses, digests, fingerprints = zip(*ending.value, strict=True)
    assert sorted(statuses) == [*["hit"] * 15, "miss"]
    assert len(set(digests)) == len(set(fingerprints)) == 1
    assert project.builds() == 1
    reference = project.reference()
    assert [dump(clone) for clone in folder.iterdir()] == [reference] * 16
    assert not project.unfinished()


def test_X04_threads_that_share_one_object(project: SampleProject) -> None:
    """Sixteen threads can clone one TemplateDB at once."""
    folder = project.folder / "clones"
    template = project.declaration()
    ending = Child(project, "threads_with_one_object", template=template, folder=str(folder)).end()
    assert not ending.error, ending
    (stored,) = project.databases()
    clones = list(folder.iterdir())
    assert len(clones) == 160, "and nothing unfinished"
    assert {clone.read_bytes() for clone in clones} == {stored.read_bytes()}


@pytest.mark.parametrize("is_off", [False, True], ids=["private build", "switched off"])
def test_X04_end_of_a_forked_child_leaves_the_parents_database(project: SampleProject, is_off: bool) -> None:
    """A private database is removed by the process that made it, not by its forked child."""
    environment = {"CI_ACCEL": "off"} if is_off else {}
    if not is_off:
        project.store.parent.mkdir(parents=True)
        project.store.touch()
    template = project.declaration()
    child = Child(
        project,
        "forked_child_of_private_build",
        template=template,
        folder=str(project.folder),
        environment=environment,
    )
    ending = child.end()
    assert ending.value == "disabled", ending
    reference = project.reference()
    assert dump(project.folder / "child.db") == dump(project.folder / "parent.db") == reference
    assert not project.unfinished(), "the private database outlived its process"
