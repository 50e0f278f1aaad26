# /// script
# dependencies = ["nox"]
# ///
# A project that depends on a released ci-accel has `dependencies = ["nox", "ci-accel"]` here: nox then installs both.
"""The sessions of the inventory. They use ci-accel if nox can import it, and do the same work without it."""

from __future__ import annotations

import os
from pathlib import Path

import nox

try:
    import ci_accel
except ImportError:  # for example `pipx run nox`: each session builds its own template and runs all features
    ci_accel = None  # type: ignore[assignment]  # mypy expects a module

nox.options.default_venv_backend = "uv|virtualenv"
project: ci_accel.Project | None = ci_accel.Project.load() if ci_accel else None  # type: ignore[truthy-bool]

# A wheel of ci-accel for the environments of the tests: with it they verify each copy of the template.
WHEEL = os.environ.get("INVENTORY_CI_ACCEL_WHEEL")

MEASURED = ["python", "-m", "slipcover", "--source", "src"]


def prepare(session: nox.Session) -> None:
    """Install the project and set INVENTORY_TEMPLATE_DB to a database with all migrations."""
    session.install("-e", ".[tests]", *([WHEEL] if WHEEL else []))
    if project:
        project.template.ensure(session)  # builds the template if an input changed, and logs the reason
    else:
        template = str(Path("build/.template-migrated.db").resolve())
        session.run("python", "scripts/create_template_db.py", template)
        session.env["INVENTORY_TEMPLATE_DB"] = template


def run_shards(session: nox.Session, project: ci_accel.Project) -> None:
    """Measure all features in one process per core."""
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
    """Run the features, each scenario on its own copy of the template. Arguments select features."""
    prepare(session)
    if project and not session.posargs:
        run_shards(session, project)
    else:
        session.run("behave", *(session.posargs or ["--format", "progress2"]))


@nox.session(reuse_venv=True)
def integration_tests(session: nox.Session) -> None:
    """Run the Robot suites in two processes that share the template."""
    prepare(session)
    session.run("pabot", "--processes", "2", "--outputdir", "build/robot", *(session.posargs or ["robot/"]))


@nox.session(reuse_venv=True)
def coverage_report(session: nox.Session) -> None:
    """Report the coverage of the last unit_tests. Fail below 97 %, and if a source or feature changed since."""
    if project is None:
        prepare(session)
        session.run(*MEASURED, "--fail-under", "97", "-m", "behave", "--format", "progress2")
        return
    if not project.coverage.explain() and "CI" not in os.environ:  # on a developer's machine, run the features first
        prepare(session)
        run_shards(session, project)
    project.coverage.report(session=session)  # fails below the threshold, or if the data is incomplete or stale


if __name__ == "__main__":
    nox.main()
