"""Sessions that ensure a template database: ``template.json`` beside this file has its arguments.

Each session appends to the file that ANSWERS names one line of JSON: its name, what ``ensure`` answered, and what a
command of the session sees: the database in its environment, and the tables in it. CALL names another method,
SESSION_ENV has variables for the session, as JSON.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import nox

import ci_accel

template = ci_accel.TemplateDB(**json.loads(Path("template.json").read_text(encoding="utf-8")))
PYTHONS = os.environ.get("PYTHONS", sys.executable).split(os.pathsep)
LOOK = """
import json, os, sqlite3, sys
path = os.environ.get(sys.argv[1], "")
rows = sqlite3.connect(path).execute("SELECT name FROM sqlite_master ORDER BY 1") if path else ()
print(json.dumps([path, [name for name, in rows]]))
"""


def tell(session: nox.Session, **answer: object) -> None:
    """Append an answer."""
    with Path(os.environ["ANSWERS"]).open("a", encoding="utf-8") as answers:
        answers.write(json.dumps({"session": session.name, **answer}) + "\n")


def answer(session: nox.Session) -> None:
    """Ensure the database, and tell what came of it."""
    session.env.update(json.loads(os.environ.get("SESSION_ENV", "{}")))
    outcome = getattr(template, os.environ.get("CALL", "ensure"))(session)
    look = session.run("python", "-I", "-S", "-c", LOOK, str(template.env_var), silent=True, log=False)
    seen, tables = json.loads(look) if isinstance(look, str) else ("", [])
    tell(session, status=outcome.status, reasons=outcome.reasons, seen=seen, tables=tables)


@nox.session(venv_backend="none")
def bare(session: nox.Session) -> None:
    """Run without an environment of its own."""
    answer(session)


@nox.session(python=PYTHONS, venv_backend="uv|virtualenv", reuse_venv=True, allow_parallel=True)
def tests(session: nox.Session) -> None:
    """Run in an environment for each interpreter."""
    answer(session)


@nox.session(venv_backend="none")
def both(session: nox.Session) -> None:
    """Give an interpreter beside the session."""
    try:
        template.ensure(session, python=sys.executable)
    except ValueError as error:
        tell(session, error=str(error))
