"""Fixtures of the fault tests, and the seed in pytest's header."""

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
    """Return the variables that repeat this run."""
    return f"faults: FAULTS_SEED={SEED} FAULTS_TRIALS={TRIALS}"


@pytest.fixture(autouse=True)
def _no_child_outlives_its_test() -> Iterator[None]:
    """End the children that a failed test did not end."""
    yield
    for child in tuple(STARTED):
        child.give_up()


@pytest.fixture
def project(tmp_path: Path) -> SampleProject:
    """A new project without a build."""
    return SampleProject(tmp_path)
