"""The order of system calls when a template is published, and a kill at every one of them."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

import pytest

from tests.faults.child_process import Child
from tests.faults.sample_project import SampleProject, dump
from tests.faults.system_calls import CHANGES, CONTENTS, RENAMES, SYNCS, Call, below, inject, needs_strace, trace

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [needs_strace, pytest.mark.timeout(600)]

SHORT = 7
"""Step of the short sweep: every seventh call."""

FEWEST_CALLS = 50
"""Minimum number of calls about the project; with fewer, the output of strace was not recognised."""


def project_before(folder: Path, *, is_rebuild: bool) -> SampleProject:
    """Return a project without a stored template, or with a stale one."""
    project = SampleProject(folder)
    if is_rebuild:
        built = Child(project, "ensure", template=project.declaration()).end()
        assert built.value["status"] == "miss", built
        project.schema.write_text(project.schema.read_text("utf-8") + "CREATE TABLE edit (id INTEGER)\n", "utf-8")
    return project


def check_kill(folder: Path, call: Call, *, is_rebuild: bool) -> list[str]:
    """Kill ensure() at one call, then call it again; return the violations."""
    project = project_before(folder, is_rebuild=is_rebuild)
    reference = project.reference()
    before = dump(project.plain) if is_rebuild else ""
    violations = []
    killed = inject(call, "signal=SIGKILL", project, "ensure", template=project.declaration())
    if killed.exit_code != -signal.SIGKILL:
        violations.append(f"was not killed: {killed}")
    after = dump(project.plain) if project.plain.exists() else ""
    if after not in {before, reference}:
        violations.append("I5: the plain path was half-written")
    left = project.unfinished()
    destination = project.folder / "later.db"
    later = Child(project, "ensure", template=project.declaration(), destination=str(destination)).end()
    if later.error or later.value["status"] == "disabled" or later.value["warnings"]:
        violations.append(f"I4: the later run had trouble: {later}")
    elif not dump(destination) == dump(project.plain) == reference:
        violations.append("I1: the later run has another database")
    still_left = sorted(str(path.relative_to(folder)) for path in left & project.unfinished())
    if still_left:
        violations.append(f"I3: the later run left {', '.join(still_left)}")
    return [f"killed at {call}: {violation}" for violation in violations]


def sweep(folder: Path, step: int, *, is_rebuild: bool) -> list[str]:
    """Kill ensure() at every `step`th call about the project, each time in a new project; return the violations."""
    project = project_before(folder / "counted", is_rebuild=is_rebuild)
    calls, ending = trace(project, CHANGES, "ensure", template=project.declaration())
    assert ending.value["status"] == "miss", ending
    calls = below(calls, project.root, project.temporary)
    assert len(calls) > FEWEST_CALLS, calls
    return [
        violation
        for number, call in enumerate(calls[::step])
        for violation in check_kill(folder / f"kill-{number:03}", call, is_rebuild=is_rebuild)
    ]


both_kinds = pytest.mark.parametrize("is_rebuild", [False, True], ids=["first build", "rebuild"])


@both_kinds
def test_T02_kill_at_every_seventh_system_call(tmp_path: Path, is_rebuild: bool) -> None:
    """After a kill at any call, the next process builds at once, and no unfinished file is visible or left."""
    violations = sweep(tmp_path, SHORT, is_rebuild=is_rebuild)
    assert not violations, "\n".join(violations)


@pytest.mark.slow
@both_kinds
def test_T02_kill_at_every_system_call(tmp_path: Path, is_rebuild: bool) -> None:
    """The same holds for every call."""
    violations = sweep(tmp_path, 1, is_rebuild=is_rebuild)
    assert not violations, "\n".join(violations)


def test_T02_a_template_is_published_in_an_order_that_survives_a_power_cut(project: SampleProject) -> None:
    """The database, then the manifest: each is written, synced and renamed, and its folder is synced."""
    calls, ending = trace(project, [*CONTENTS, *SYNCS, *RENAMES], "ensure", template=project.declaration())
    assert ending.value["status"] == "miss", ending
    (database,), (manifest,) = project.databases(), project.manifests()
    steps = []
    for published in (database, manifest):
        (rename,) = (call for call in calls if call.paths()[-1:] == [str(published)])
        temporary = rename.paths()[0]
        about = [call for call in calls if call.paths()[:1] == [temporary]]
        assert [call.name for call in about[-2:]] == ["fsync", rename.name], about
        assert len(about) > 2, "nothing was written"
        assert {call.name for call in about[:-2]} <= {"write", "pwrite64"}, about
        after = calls[calls.index(rename) + 1]
        assert (after.name, after.paths()) == ("fsync", [str(project.store)]), after
        steps += [calls.index(call) for call in (about[0], about[-2], rename, after)]
    assert steps == sorted(steps)
