"""Processes killed at random: crash trials of ci-accel and of two broken protocols."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from tests.faults import builder, crash_trials
from tests.faults.child_process import Child, meeting_point
from tests.faults.sample_project import SampleProject, dump

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.timeout(900)

MOST_TRIALS = 60
"""Trials within which a broken protocol must be caught. One in five catches it, so all miss it once in 700,000 runs."""


def test_T01_processes_that_start_at_once_share_one_build(tmp_path: Path) -> None:
    """Of eight processes that start together without a stored template, one builds, and all get the same bytes."""
    (trial,) = crash_trials.run_trials("ci-accel", tmp_path, trials=1, kills=0)
    assert not trial.violations, crash_trials.report([trial])
    project = SampleProject(trial.folder)
    assert project.builds() == 1
    (stored,) = project.databases()
    clones = [trial.folder / f"{number}.db" for number in range(crash_trials.PROCESSES)]
    assert {clone.read_bytes() for clone in [*clones, project.plain]} == {stored.read_bytes()}
    assert not project.unfinished()


def test_T02_killed_processes_leave_no_unfinished_database(tmp_path: Path) -> None:
    """Whichever process is killed at whatever moment, the others and the next one get complete databases."""
    sys.stderr.write(f"FAULTS_SEED={crash_trials.SEED}\n")
    trials = crash_trials.run_trials("ci-accel", tmp_path, trials=crash_trials.TRIALS)
    assert not any(trial.violations for trial in trials), crash_trials.report(trials)
    assert any(trial.killed for trial in trials)


@pytest.mark.parametrize("protocol", ["in-place", "exclusive-file"])
def test_T02_trials_catch_a_broken_protocol(tmp_path: Path, protocol: str) -> None:
    """The trials find violations of building in place, and of a lock file that a killed process leaves behind."""
    trials = crash_trials.run_trials(protocol, tmp_path, trials=MOST_TRIALS, until_caught=True)
    assert trials[-1].violations, crash_trials.report(trials)


@pytest.mark.parametrize("group", [True, False], ids=["with its builder", "without its builder"])
def test_T02_next_process_builds_without_waiting_for_a_killed_one(project: SampleProject, group: bool) -> None:
    """After the lock holder is killed, the next process builds without waiting, even if the builder still runs."""
    reference = project.reference()
    with meeting_point() as point:
        first = Child(project, "ensure", template=project.declaration(), environment={builder.MEET_PORT: point.port})
        point.meet()
        staging = project.unfinished()
        assert len(staging) == 1
        first.kill(group=group)
        second = Child(project, "ensure", template=project.declaration()).end()
        assert not second.error, second
        assert second.value["status"] == "miss"
        assert not second.value["warnings"]
        assert dump(project.plain) == reference
        assert not project.unfinished(), "the staging folder of the killed process was not removed"
    first.end()
    (stored,) = project.databases()
    assert dump(stored) == dump(project.plain) == reference
    assert not project.unfinished()
    assert Child(project, "ensure", template=project.declaration()).end().value["status"] == "hit"
