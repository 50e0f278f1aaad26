"""The sessions of the bookshop: as fast as ci-accel makes them, and the same without it."""

from __future__ import annotations

from pathlib import Path

import nox

try:
    from ci_accel import Project
except ImportError:  # a contributor without the wheel: every session takes the old path
    project = None
else:
    project = Project.load()

nox.options.default_venv_backend = "uv|virtualenv"


def prepare(session: nox.Session) -> None:
    """Install the project and set BOOKSHOP_TEMPLATE_DB to a database with all migrations applied."""
    session.install("-e", ".[tests]")
    if project:
        project.template.ensure(session)  # built once, proved each time; says why
    else:
        template = str(Path("build/.template-migrated.db").resolve())
        session.run("python", "scripts/create_template_db.py", template)
        session.env["BOOKSHOP_TEMPLATE_DB"] = template


@nox.session(reuse_venv=True)
def unit_tests(session: nox.Session) -> None:
    """Run the tests, each on its own copy of the template."""
    prepare(session)
    session.run("pytest", *session.posargs)
