"""What the fault tests share: the sample project, and the seed in the header."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.faults.child_process import STARTED
from tests.faults.crash_trials import SEED, TRIALS
from tests.faults.sample_project import SampleProject

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def pytest_report_header() -> str:
    """Show what repeats this run's chance."""
    return f"faults: FAULTS_SEED={SEED} FAULTS_TRIALS={TRIALS}"


@pytest.fixture(autouse=True)
def _no_child_outlives_its_test() -> Iterator[None]:
    """End the children that a failed test did not come to end."""
    yield
    for child in tuple(STARTED):
        child.give_up()


@pytest.fixture
def project(tmp_path: Path) -> SampleProject:
    """Return a project that nothing was built for yet."""
    return SampleProject(tmp_path)
