"""A checkout of examples/inventory, its nox sessions, and the coverage that they store."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

import ci_accel

INVENTORY = Path(__file__).resolve().parent.parent / "examples/inventory"
ARTIFACT = "build/coverage/coverage.json"
PASSPORT = f"{ARTIFACT}.passport.json"
MADE = shutil.ignore_patterns(".nox", ".*_cache", "__pycache__", "build", "*.db")
"""Generated files, which are not part of a checkout."""

BEHAVE_RAN = "scenarios passed"
"""The last line of behave has these words."""


class Job(NamedTuple):
    """The result of a nox session."""

    exit_code: int
    output: str


class Checkout:
    """The checkout.

    Attributes:
        root: The root of the project.
        kept: A copy of the coverage that the unit tests stored.
    """

    def __init__(self, folder: Path) -> None:
        """Define the paths. The checkout is empty until `prepare`."""
        self.root = folder / "inventory"
        self.kept = folder / "kept"
        self._sequential: dict[str, Any] | None = None

    def prepare(self) -> None:
        """Run the unit tests at the first call, and restore all files to the state after that run."""
        if not self.root.exists():
            shutil.copytree(INVENTORY, self.root, ignore=MADE)
            tests = self.nox("unit_tests", is_ci=True)
            assert tests.exit_code == 0, tests.output
            shutil.copytree(self.root / "build/coverage", self.kept)
        for name in ("src", "features"):
            shutil.rmtree(self.root / name)
        shutil.copytree(INVENTORY, self.root, ignore=MADE, dirs_exist_ok=True)
        shutil.rmtree(self.root / "build/coverage", ignore_errors=True)
        shutil.copytree(self.kept, self.root / "build/coverage")

    def nox(self, session: str, *, is_ci: bool) -> Job:
        """Run a nox session. Its environment is reused."""
        foreign = ("CI_ACCEL", "COV", "FORGEJO", "GITHUB", "NOX")
        variables = {name: value for name, value in os.environ.items() if not name.startswith(foreign) and name != "CI"}
        variables |= {"CI": "true"} if is_ci else {}
        done = subprocess.run(
            [sys.executable, "-m", "nox", "-s", session],
            cwd=self.root,
            env=variables,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        return Job(done.returncode, done.stdout)

    def coverage(self) -> ci_accel.Coverage:
        """Return the coverage that pyproject.toml declares."""
        return ci_accel.Project.load(self.root).coverage

    def parts(self) -> Path:
        """Return the folder with the parts of the run."""
        (run,) = [path for path in (self.root / "build/coverage").iterdir() if path.is_dir()]
        return run

    def sequential(self) -> dict[str, Any]:
        """Return the report of slipcover for one process that runs all features."""
        if self._sequential is None:
            report = self.root / "build/sequential.json"
            template = ci_accel.Project.load(self.root).template
            python = self.root / ".nox/unit_tests/bin/python"
            template.ensure(python=python)
            measured = [str(python), "-m", "slipcover", "--source", "src", "--json", "--out", str(report)]
            done = subprocess.run(
                [*measured, "-m", "behave", "--format", "progress2"],
                cwd=self.root,
                env={**os.environ, "INVENTORY_TEMPLATE_DB": template.database},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                check=False,
            )
            assert done.returncode == 0, done.stdout
            self._sequential = json.loads(report.read_text())
        return self._sequential

    def artifact_of(self, feature: str) -> None:
        """Replace the combined coverage with that of one feature."""
        run = self.parts()
        part = run / "part-001.data"
        passport = json.loads((run / "part-001.data.passport.json").read_text())
        passport["shards"][0] |= {"items": [feature], "number": 1}
        passport |= {"count": 1, "data": [passport["data"][0] | {"name": "coverage.json"}]}
        shutil.copyfile(part, self.root / ARTIFACT)
        (self.root / PASSPORT).write_text(json.dumps(passport))
