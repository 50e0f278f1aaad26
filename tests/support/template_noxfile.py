"""Nox sessions that ensure the template database declared in ``template.json`` beside this file.

Each session appends one line of JSON to the file in the variable ANSWERS: its name, the outcome, the database in the
environment of a command, and the tables in it. CALL names another method than ``ensure``. SESSION_ENV has variables for
the session, as JSON.
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


def write_answer(session: nox.Session, **answer: object) -> None:
    """Append a line to ANSWERS."""
    with Path(os.environ["ANSWERS"]).open("a", encoding="utf-8") as answers:
        answers.write(json.dumps({"session": session.name, **answer}) + "\n")


def answer(session: nox.Session) -> None:
    """Ensure the database, and write the answer."""
    session.env.update(json.loads(os.environ.get("SESSION_ENV", "{}")))
    outcome = getattr(template, os.environ.get("CALL", "ensure"))(session)
    look = session.run("python", "-I", "-S", "-c", LOOK, str(template.env_var), silent=True, log=False)
    seen, tables = json.loads(look) if isinstance(look, str) else ("", [])
    write_answer(session, status=outcome.status, reasons=outcome.reasons, seen=seen, tables=tables)


@nox.session(venv_backend="none")
def bare(session: nox.Session) -> None:
    """Run without a virtual environment."""
    answer(session)


@nox.session(python=PYTHONS, venv_backend="uv|virtualenv", reuse_venv=True, allow_parallel=True)
def tests(session: nox.Session) -> None:
    """Run in a virtual environment for each interpreter."""
    answer(session)


@nox.session(venv_backend="none")
def both(session: nox.Session) -> None:
    """Pass both a session and an interpreter, which is an error."""
    try:
        template.ensure(session, python=sys.executable)
    except ValueError as error:
        write_answer(session, error=str(error))
