"""The sessions of the example that the demo does not run: the Robot suites and the coverage report."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

INVENTORY = Path(__file__).parent.parent.parent / "examples" / "inventory"


@pytest.mark.parametrize("session", ["integration_tests", "coverage_report"])
def test_sessions(session: str, tmp_path: Path) -> None:
    """A session succeeds in a clean checkout."""
    generated = shutil.ignore_patterns(".nox", ".*_cache", "__pycache__", "build")
    checkout = shutil.copytree(INVENTORY, tmp_path / "inventory", ignore=generated)
    command = [sys.executable, "-m", "nox", "-s", session]
    done = subprocess.run(
        command,
        cwd=checkout,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-9000:]
    assert "template database: miss" in done.stdout
    assert f"Session {session} was successful" in done.stdout
