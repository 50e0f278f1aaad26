# /// script
# dependencies = ["nox", "ci-accel"]
# ///
"""The sessions of the inventory: as fast as ci-accel makes them, and the same without it."""

from __future__ import annotations

import os
from pathlib import Path

import nox

try:
    import ci_accel
except ImportError:  # a contributor without the wheel: every session takes the old path
    ci_accel = None  # type: ignore[assignment]

nox.options.default_venv_backend = "uv|virtualenv"
project: ci_accel.Project | None = ci_accel.Project.load() if ci_accel else None  # type: ignore[truthy-bool]

# A wheel of ci-accel for the tests, which then prove each clone; without it they copy the template plainly.
WHEEL = os.environ.get("INVENTORY_CI_ACCEL_WHEEL")


def prepare(session: nox.Session) -> None:
    """Install the project and set INVENTORY_TEMPLATE_DB to a database with all migrations applied."""
    session.install("-e", ".[tests]", *([WHEEL] if WHEEL else []))
    if project:
        project.template.ensure(session)  # built once, proved each time; says why
    else:
        template = str(Path("build/.template-migrated.db").resolve())
        session.run("python", "scripts/create_template_db.py", template)
        session.env["INVENTORY_TEMPLATE_DB"] = template


@nox.session(reuse_venv=True)
def unit_tests(session: nox.Session) -> None:
    """Run the features, each scenario on its own clone of the template; or those that are named."""
    prepare(session)
    session.run("behave", *(session.posargs or ["--format", "progress2"]))


@nox.session(reuse_venv=True)
def integration_tests(session: nox.Session) -> None:
    """Run the Robot suites in two processes, which share the template."""
    prepare(session)
    session.run("pabot", "--processes", "2", "--outputdir", "build/robot", *(session.posargs or ["robot/"]))


@nox.session(reuse_venv=True)
def coverage_report(session: nox.Session) -> None:
    """Run the features once more, measured: each line of the sources counts."""
    prepare(session)
    measured = ["python", "-m", "slipcover", "--source", "src", "--fail-under", "97", "-m", "behave"]
    session.run(*measured, "--format", "progress2")


if __name__ == "__main__":
    nox.main()
