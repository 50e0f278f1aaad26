"""Hanging lock holders, deleted lock files, file systems without locks, pruning, forks, and Ctrl-C while waiting."""

from __future__ import annotations

import os
import platform
import shutil
from typing import TYPE_CHECKING

import pytest

from tests.faults import builder
from tests.faults.child_process import Child, meeting_point
from tests.faults.sample_project import SampleProject, dump, is_free
from tests.faults.system_calls import inject, inject_always, needs_strace, trace

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.faults.child_process import MeetingPoint

pytestmark = pytest.mark.timeout(600)

SHORT_TIMEOUT = 0.5
"""Lock timeout in seconds of a process that is to give up."""

LONG_TIMEOUT = 3600
"""Lock timeout in seconds of a process that is not to give up within the test."""

MOST_DATABASES = 8
"""Number of databases that a store keeps."""


@pytest.fixture
def point() -> Iterator[MeetingPoint]:
    """A meeting point at which builders wait."""
    with meeting_point() as point:
        yield point


def start_builder(project: SampleProject, point: MeetingPoint, **more: object) -> Child:
    """Start a process and wait until its builder runs. It holds the lock until `point` lets the builder go on."""
    holder = Child(project, "ensure", template=project.declaration(**more), environment={builder.MEET_PORT: point.port})
    point.meet()
    return holder


def edit(project: SampleProject) -> None:
    """Make the stored template stale, so that the next process builds under the same lock."""
    with project.schema.open("a", encoding="utf-8") as schema:
        schema.write("CREATE TABLE edit (id INTEGER)\n")


def ensured(project: SampleProject) -> Child:
    """Start a process that calls ensure() without an injected fault."""
    return Child(project, "ensure", template=project.declaration())


@pytest.mark.parametrize("by", ["argument", "environment"])
def test_T07_waiting_for_a_holder_that_hangs_is_bounded(project: SampleProject, point: MeetingPoint, by: str) -> None:
    """After the timeout, a process builds privately, stores nothing, and names the lock file and its holder."""
    reference = project.reference()
    holder = start_builder(project, point)
    (lock,) = project.locks()
    staging = project.unfinished()
    if by == "argument":
        waiter = Child(project, "ensure", template=project.declaration(lock_timeout=SHORT_TIMEOUT), tells=True)
    else:
        timeout = {"CI_ACCEL_LOCK_TIMEOUT": str(SHORT_TIMEOUT)}
        waiter = Child(project, "ensure", template=project.declaration(), tells=True, environment=timeout)
    named = (str(lock), f"pid {holder.process.pid}", platform.node(), "tests.faults.child_roles")
    message = waiter.hear()["logged"]
    assert all(name in message for name in named), message

    ending = waiter.end()
    assert ending.value["status"] == "disabled", ending
    assert all(name in ending.value["reasons"][0] for name in named), ending
    assert len(ending.value["warnings"]) == 2, "one about the wait, one about the disabled cache"
    assert ending.value["seconds"] >= SHORT_TIMEOUT
    assert dump(project.plain) == reference
    assert not project.databases()
    assert not project.manifests()
    assert project.unfinished() == staging, "the private build was removed with its process"

    point.let_go()
    assert holder.end().value["status"] == "miss"
    assert ensured(project).end().value["status"] == "hit"


@pytest.mark.parametrize("by", ["deleted", "replaced"])
def test_T08_lock_file_is_deleted_while_it_is_held(project: SampleProject, point: MeetingPoint, by: str) -> None:
    """After a held lock file is deleted, the next process locks a new file, and both get their databases."""
    reference = project.reference()
    first = start_builder(project, point)
    (lock,) = project.locks()
    if by == "deleted":
        lock.unlink()
    else:
        other = lock.with_suffix(".other")
        other.touch()
        other.replace(lock)
    second = start_builder(project, point)
    assert lock.exists()
    point.let_go()
    one = first.end()
    point.let_go()
    other_one = second.end()
    for ending in (one, other_one):
        assert not ending.error, ending
        assert dump(project.folder / ending.value["database"]) == reference
    assert dump(project.plain) == reference
    assert not project.unfinished()
    assert ensured(project).end().value["status"] == "hit"
    assert is_free(lock)


def test_T08_waiting_process_locks_the_new_file(project: SampleProject, point: MeetingPoint) -> None:
    """A process that waits for a lock file that is deleted locks the new file."""
    holder = start_builder(project, point)
    (lock,) = project.locks()
    waiter = Child(
        project,
        "ensure",
        template=project.declaration(lock_timeout=LONG_TIMEOUT),
        tells=True,
        environment={builder.MEET_PORT: point.port},
    )
    assert "waiting for" in waiter.hear()["logged"]
    lock.unlink()
    point.meet()
    assert not is_free(lock), "the waiter holds the new file"
    holder.kill(group=True)
    point.let_go()
    point.let_go()
    holder.end()
    ending = waiter.end()
    assert ending.value["status"] == "miss", ending
    assert dump(project.plain) == project.reference()


@pytest.mark.parametrize("planted", ["directory", "link", "dangling link", "fifo", "file without permissions"])
def test_T08_something_else_in_place_of_the_lock_file(
    project: SampleProject, point: MeetingPoint, planted: str
) -> None:
    """Whatever has the name of the lock file, the build continues without hanging, and a link's target is unchanged."""
    assert ensured(project).end().value["status"] == "miss"
    (lock,) = project.locks()
    lock.unlink()
    precious = project.folder / "precious.txt"
    precious.write_text("not a lock", "utf-8")
    if planted == "directory":
        lock.mkdir()
    elif planted == "fifo":
        os.mkfifo(lock)
    elif planted == "file without permissions":
        lock.touch(0)
    else:
        lock.symlink_to(precious if planted == "link" else project.folder / "nothing")
    edit(project)
    holder = start_builder(project, point)
    waiter = Child(project, "ensure", template=project.declaration(lock_timeout=SHORT_TIMEOUT))
    try:
        ending = waiter.end()
    finally:
        point.let_go()
    for end in (ending, holder.end()):
        assert not end.error, end
        assert end.value["status"] in {"miss", "disabled"}, end
    assert dump(project.plain) == project.reference()
    assert precious.read_text("utf-8") == "not a lock"
    assert not (project.folder / "nothing").exists()


@needs_strace
@pytest.mark.parametrize("error", ["ENOLCK", "ENOSYS", "EOPNOTSUPP", "EIO"])
def test_T09_file_system_without_locks(project: SampleProject, error: str) -> None:
    """Without locks, the reason names the lock file, nothing is overwritten, and the next run is clean."""
    reference = project.reference()
    for _ in range(2):
        ending = inject_always(["flock"], f"error={error}", project, "ensure", template=project.declaration())
        assert not ending.error, ending
        assert dump(project.plain) == reference
        assert not project.unfinished()
        (lock,) = project.locks()
        if ending.value["status"] == "hit":
            break
        assert ending.value["status"] == "disabled", ending
        assert str(lock) in ending.value["reasons"][0]
        assert len(ending.value["warnings"]) == 1
    assert ending.value["status"] == "hit", "a database stored without a lock is proved like any other"
    after = ensured(project).end()
    assert after.value["status"] == "hit", after
    assert not after.value["warnings"]


@needs_strace
def test_T09_lock_that_fails_once(project: SampleProject) -> None:
    """After any failing call that locks or unlocks, the database is right and the next run is clean."""
    template = project.declaration()
    calls, _ = trace(project, ["flock"], "ensure", template=template)
    assert len(calls) > 5, calls
    for call in calls:
        shutil.rmtree(project.root / "build")
        ending = inject(call, "error=ENOLCK", project, "ensure", template=template)
        assert not ending.error, f"{call}: {ending}"
        assert dump(project.plain) == project.reference()
        after = ensured(project).end()
        assert after.value["status"] in {"hit", "miss"}, f"{call}: {after}"
        assert not after.value["warnings"], f"{call}: {after}"
        assert dump(project.plain) == project.reference()
        assert not project.unfinished(), call


@needs_strace
def test_T09_two_at_once_without_locks(project: SampleProject, point: MeetingPoint) -> None:
    """Two processes without locks both build, and neither damages the database of the other."""
    reference = project.reference()
    prefix = ["strace", "-qq", "-o", "/dev/null", "-e", "trace=flock", "-e", "inject=flock:error=ENOLCK"]
    both = [
        Child(
            project,
            "ensure",
            prefix=prefix,
            template=project.declaration(),
            environment={builder.MEET_PORT: point.port},
        )
        for _ in range(2)
    ]
    for _ in both:
        point.meet()
    for _ in both:
        point.let_go()
    for child in both:
        ending = child.end()
        assert ending.value["status"] == "disabled", ending
        assert dump(project.folder / ending.value["database"]) == reference
    assert len(project.databases()) == len(project.manifests()) == 1
    assert dump(project.plain) == reference
    assert not project.unfinished()
    assert ensured(project).end().value["status"] == "hit"


def test_T19_builds_of_two_commands_do_not_wait_for_each_other(project: SampleProject, point: MeetingPoint) -> None:
    """Builders with different commands run at the same time, and both templates are stored."""
    command = project.declaration()["build"]
    one = start_builder(project, point)
    other = start_builder(project, point, build=[*command, "another"], path="build/other.db")
    point.let_go()
    point.let_go()
    for child in (one, other):
        ending = child.end()
        assert ending.value["status"] == "miss", ending
        assert not ending.value["warnings"]
    assert len(project.manifests()) == 2
    assert not project.unfinished()
    for more in ({}, {"build": [*command, "another"], "path": "build/other.db"}):
        again = Child(project, "ensure", template=project.declaration(**more)).end()
        assert again.value["status"] == "hit", again


def test_T19_pruning_spares_what_a_process_holds(project: SampleProject) -> None:
    """A process can clone the database it was given until it exits, however many are built meanwhile."""
    clone = project.folder / "clone.db"
    user = Child(project, "ensure", template=project.declaration(), destination=str(clone), waits=True)
    given = user.hear()["ensured"]
    reference = project.reference()
    for number in range(MOST_DATABASES + 2):
        edit_to(project, number)
        outcome = ensured(project).end()
        assert outcome.value["status"] == "miss", outcome
    assert given in {str(path) for path in project.databases()}
    assert len(project.databases()) <= MOST_DATABASES + 1
    user.say()
    ending = user.end()
    assert not ending.error, ending
    assert dump(clone) == reference
    edit_to(project, MOST_DATABASES + 2)
    assert ensured(project).end().value["status"] == "miss"
    assert given not in {str(path) for path in project.databases()}, "no process held it any more"
    assert len(project.databases()) <= MOST_DATABASES


def edit_to(project: SampleProject, number: int) -> None:
    """Change the schema to a numbered variant."""
    lines = project.schema.read_text("utf-8").splitlines()
    statement = f"CREATE TABLE variant_{number} (id INTEGER)"
    project.schema.write_text("\n".join([*lines[: len(lines) - (number > 0)], statement]) + "\n", "utf-8")


def test_T20_end_of_a_forked_child_does_not_release_the_lock(project: SampleProject) -> None:
    """The exit of a child forked under the lock neither releases the lock nor removes the staging folder."""
    parent = Child(project, "fork_under_the_lock", template=project.declaration(), child_lives=False)
    assert parent.hear() == "forked"
    (lock,) = project.locks()
    assert not is_free(lock)
    assert len(project.unfinished()) == 1, "the child removed the parent's staging folder"
    parent.say()
    assert parent.hear() == "ensured"
    assert is_free(lock)
    parent.say()
    ending = parent.end()
    assert ending.value == "miss", ending
    assert dump(project.plain) == project.reference()
    assert not project.unfinished()


def test_T20_lock_is_released_though_a_forked_child_lives(project: SampleProject) -> None:
    """The parent releases the lock although a child forked under the lock still has the file open."""
    parent = Child(project, "fork_under_the_lock", template=project.declaration(), child_lives=True)
    assert parent.hear() == "forked"
    parent.say()
    assert parent.hear() == "ensured"
    (lock,) = project.locks()
    assert is_free(lock)
    edit(project)
    other = ensured(project).end()
    assert other.value["status"] == "miss", other
    assert not other.value["warnings"], "it waited for the child"
    parent.say()
    assert parent.end().value == "miss"


def test_T20_interrupt_ends_the_wait(project: SampleProject, point: MeetingPoint) -> None:
    """Ctrl-C ends the wait for a lock, leaves no file, and does not affect the holder."""
    holder = start_builder(project, point)
    staging = project.unfinished()
    waiter = Child(project, "ensure", template=project.declaration(lock_timeout=LONG_TIMEOUT), tells=True)
    assert "waiting for" in waiter.hear()["logged"]
    waiter.interrupt()
    ending = waiter.end()
    assert ending.error == "KeyboardInterrupt", ending
    assert project.unfinished() == staging
    (lock,) = project.locks()
    assert not is_free(lock)
    point.let_go()
    assert holder.end().value["status"] == "miss"
    assert is_free(lock)


def test_T20_interrupt_during_the_message_ends_the_wait(project: SampleProject, point: MeetingPoint) -> None:
    """Ctrl-C while the message about the wait is logged is not delayed until the wait is over."""
    holder = start_builder(project, point)
    template = project.declaration(lock_timeout=LONG_TIMEOUT)
    waiter = Child(project, "ensure_with_interrupting_log", template=template)
    assert waiter.hear() == "ensuring"
    ending = waiter.end()
    assert ending.error == "KeyboardInterrupt", ending
    point.let_go()
    assert holder.end().value["status"] == "miss"
