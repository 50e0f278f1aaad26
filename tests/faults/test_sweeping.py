"""Leftovers of dead processes are removed, files that a running process uses are not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.faults import builder
from tests.faults.child_process import Child, meeting_point
from tests.faults.sample_project import SampleProject, dump
from tests.faults.system_calls import Call, Halting, needs_strace, trace

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [needs_strace, pytest.mark.timeout(600)]

SHORT_WAIT = 1.0
"""Seconds to wait for a process that may or may not be able to continue."""


def edit(project: SampleProject) -> None:
    """Make the stored template stale."""
    with project.schema.open("a", encoding="utf-8") as schema:
        schema.write("CREATE TABLE edit (id INTEGER)\n")


def ensured(project: SampleProject, **more: Any) -> Child:
    """Start a process that calls ensure() without an injected fault."""
    return Child(project, "ensure", template=project.declaration(**more))


def without_plain_path(folder: Path) -> SampleProject:
    """Return a project with a stored template and no plain path: ensure() is a hit and copies the database there."""
    project = SampleProject(folder)
    assert ensured(project).end().value["status"] == "miss"
    project.plain.unlink()
    return project


def first(calls: list[Call], name: str, ending: str) -> Call:
    """Return the first call of this name whose file has the suffix."""
    return next(call for call in calls if call.name == name and any(path.endswith(ending) for path in call.paths()))


@pytest.mark.parametrize("moment", ["flock", "close"], ids=["during the check", "after the check"])
def test_T02_sweeper_spares_a_file_that_is_being_written(tmp_path: Path, moment: str) -> None:
    """A sweep that finds a file between its creation and its lock does not stop the writer."""
    writer_calls, ending = trace(
        without_plain_path(tmp_path / "counted"),
        ["openat", "write"],
        "ensure",
        template=SampleProject(tmp_path / "counted").declaration(),
    )
    assert ending.value["status"] == "hit", ending
    made, written = (first(writer_calls, name, ".tmp") for name in ("openat", "write"))

    counted = without_plain_path(tmp_path / "counted too")
    unfinished = counted.plain.with_name(f"{counted.plain.name}.left.ci-accel.tmp")
    unfinished.touch()
    edit(counted)
    sweeper_calls, _ = trace(counted, ["flock", "close"], "ensure", template=counted.declaration())
    looked = first(sweeper_calls, moment, unfinished.name)

    project = without_plain_path(tmp_path / "real")
    template = project.declaration()
    writer = Halting([made, written], project, "ensure", template=template)
    writer.wait_until_halted()
    assert any(path.name.endswith(".tmp") for path in project.unfinished())
    edit(project)
    sweeper = Halting([looked], project, "ensure", template=template)
    sweeper.wait_until_halted()
    writer.go_on()
    # The writer may continue at once, or only when the sweeper has decided.
    has_written = writer.halts_within(SHORT_WAIT)
    sweeper.go_on()
    assert sweeper.child.end().value["status"] == "miss"
    if not has_written:
        writer.wait_until_halted()
    writer.go_on()
    ending = writer.child.end()
    assert not ending.error, ending
    assert ending.value["status"] == "hit"
    assert not project.unfinished()


def test_T02_sweeper_spares_a_folder_that_is_being_made(tmp_path: Path) -> None:
    """A sweep at any step of making a staging folder does not stop the build in it."""
    counted = SampleProject(tmp_path / "counted")
    calls, _ = trace(counted, ["?mkdir", "?mkdirat", "openat", "flock"], "ensure", template=counted.declaration())
    about = [call for call in calls if any(".staging." in path for path in call.paths())]
    built = next(number for number, call in enumerate(about) if "template.db" in call.text)
    assert built > 0, about
    for number, call in enumerate(about[:built]):
        project = SampleProject(tmp_path / f"halted-{number}")
        clone = project.folder / "clone.db"
        maker = Halting([call], project, "ensure", template=project.declaration(), destination=str(clone))
        maker.wait_until_halted()
        other = {"build": [*project.declaration()["build"], "another"], "path": "build/other.db"}
        for status in ("miss", "hit"):
            assert ensured(project, **other).end().value["status"] == status
        maker.go_on()
        ending = maker.child.end()
        assert not ending.error, f"halted at {call}: {ending}"
        assert dump(clone) == dump(project.plain) == project.reference()
        assert not project.unfinished()


def start_unrecorded_build(project: SampleProject, start: Any) -> Any:
    """Start ensure() and change an input during the build, so that the database stays private."""
    with meeting_point() as point:
        child = start(
            project,
            "ensure",
            template=project.declaration(inputs=["schema.sql", "notes.txt"]),
            destination=str(project.folder / "clone.db"),
            environment={builder.MEET_PORT: point.port},
        )
        point.meet()
        (project.root / "notes.txt").write_text("edited", "utf-8")
    return child


def with_notes(folder: Path) -> SampleProject:
    """Return a project with an input that the builder does not read."""
    project = SampleProject(folder)
    (project.root / "notes.txt").touch()
    return project


def test_T02_sweeper_spares_a_private_build(tmp_path: Path) -> None:
    """A private database is not removed by the process that takes the lock next."""
    counted = with_notes(tmp_path / "counted")
    log = counted.folder / "strace.txt"

    def start(project: SampleProject, role: str, **arguments: Any) -> Child:
        prefix = ["strace", "-qq", "-o", str(log), "-y", "-e", "trace=flock"]
        return Child(project, role, prefix=prefix, **arguments)

    ending = start_unrecorded_build(counted, start).end()
    assert any("not recorded" in reason for reason in ending.value["reasons"]), ending
    flocks = [line for line in log.read_text("utf-8").splitlines() if line.startswith("flock(")]
    released = next(number for number, line in enumerate(flocks, 1) if ".lock>, LOCK_UN" in line)
    call = Call("flock", released, flocks[released - 1])

    project = with_notes(tmp_path / "real")
    reference = project.reference()
    keeper = start_unrecorded_build(project, lambda *given, **named: Halting([call], *given, **named))
    keeper.wait_until_halted()
    assert ensured(project).end().value["status"] == "miss"
    keeper.go_on()
    ending = keeper.child.end()
    assert not ending.error, ending
    assert ending.value["status"] == "miss"
    assert dump(project.folder / "clone.db") == reference
    assert not project.unfinished()
