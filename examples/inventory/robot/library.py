"""Keywords that run the program `inventory`, each test on its own copy of the template."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from robot.api.deco import keyword, library

try:
    import ci_accel
except ImportError:  # a plain copy of the template is sufficient; a clone is verified as well
    ci_accel = None  # type: ignore[assignment]  # mypy expects a module

PROGRAM = Path(sys.executable).with_name("inventory")
TIMEOUT_SECONDS = 60


@library(scope="TEST")
class Library:
    """The database of one test and the commands on it."""

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="inventory-"))
        self._database = self._folder / "inventory.db"

    @keyword
    def copy_template(self) -> None:
        """Copy the template, which all processes of the run share."""
        template = os.environ["INVENTORY_TEMPLATE_DB"]
        if ci_accel is not None:
            ci_accel.TemplateDB.open(template).clone(self._database)
        else:
            shutil.copyfile(template, self._database)

    @keyword
    def remove_copy(self) -> None:
        """Remove the database."""
        shutil.rmtree(self._folder)

    @keyword
    def run_inventory(self, command: str, *expected: str) -> None:
        """Run a command that must succeed, and compare the lines that it prints."""
        done = self._run(command)
        if done.returncode != 0 or (expected and done.stdout.splitlines() != list(expected)):
            raise AssertionError(done.stdout + done.stderr)

    @keyword
    def run_inventory_and_expect_error(self, command: str, message: str) -> None:
        """Run a command that must fail, and compare its message."""
        done = self._run(command)
        if done.returncode != 1 or done.stderr != f"inventory: {message}\n":
            raise AssertionError(done.stdout + done.stderr)

    def _run(self, command: str) -> subprocess.CompletedProcess[str]:
        arguments = ["--database", str(self._database), "--on", "2026-03-02", *shlex.split(command)]
        return subprocess.run(
            [str(PROGRAM), *arguments], check=False, capture_output=True, text=True, timeout=TIMEOUT_SECONDS
        )
