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

MEASURED = ["python", "-m", "slipcover", "--source", "src"]


def prepare(session: nox.Session) -> None:
    """Install the project and set INVENTORY_TEMPLATE_DB to a database with all migrations applied."""
    session.install("-e", ".[tests]", *([WHEEL] if WHEEL else []))
    if project:
        project.template.ensure(session)  # built once, proved each time; says why
    else:
        template = str(Path("build/.template-migrated.db").resolve())
        session.run("python", "scripts/create_template_db.py", template)
        session.env["INVENTORY_TEMPLATE_DB"] = template


def run_shards(session: nox.Session, project: ci_accel.Project) -> None:
    """Run all features, measured: as many processes as there are cores, each with a share of them."""
    run = project.coverage.run(
        shards=len(os.sched_getaffinity(0)),
        command=[*MEASURED, "--json", "--out", "{part}", "-m", "behave", "--format", "progress2", "{items}"],
        session=session,
    )
    if not run:
        session.error(str(run))
    project.coverage.combine()


@nox.session(reuse_venv=True)
def unit_tests(session: nox.Session) -> None:
    """Run the features, each scenario on its own clone of the template; or those that are named, unmeasured."""
    prepare(session)
    if project and not session.posargs:
        run_shards(session, project)
    else:
        session.run("behave", *(session.posargs or ["--format", "progress2"]))


@nox.session(reuse_venv=True)
def integration_tests(session: nox.Session) -> None:
    """Run the Robot suites in two processes, which share the template."""
    prepare(session)
    session.run("pabot", "--processes", "2", "--outputdir", "build/robot", *(session.posargs or ["robot/"]))


@nox.session(reuse_venv=True)
def coverage_report(session: nox.Session) -> None:
    """Report what unit_tests has covered, if it was all of the features and this code; gate on it."""
    if project is None:
        prepare(session)
        session.run(*MEASURED, "--fail-under", "97", "-m", "behave", "--format", "progress2")
        return
    if not project.coverage.explain() and "CI" not in os.environ:  # on a laptop: run the tests first
        prepare(session)
        run_shards(session, project)
    gate = project.coverage.check(session=session)  # raises where the artifact is not whole and of this code
    project.coverage.report()
    if not gate:
        session.error(gate.message)


if __name__ == "__main__":
    nox.main()
