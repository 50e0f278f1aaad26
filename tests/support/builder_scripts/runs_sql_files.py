"""Build a database from the SQL files of a folder: ``runs_sql_files.py DB [FOLDER]``. No other file is read.

The SQL can call ``env(name)``, ``cwd()``, ``executable()`` and ``python_version()``. If the variable RUNS_LOG names a
file, each run appends a line to it.
"""

from __future__ import annotations

import os
import platform
import sqlite3
import sys
from contextlib import closing
from pathlib import Path


def build(database: str, folder: str = "schema") -> None:
    """Run all SQL files, sorted by the bytes of their paths."""
    log = os.environ.get("RUNS_LOG")
    if log is not None:
        with Path(log).open("a", encoding="utf-8") as runs:
            runs.write(f"{database}\n")
    with closing(sqlite3.connect(database)) as connection:
        connection.create_function("env", 1, os.environ.get)
        connection.create_function("cwd", 0, lambda: str(Path.cwd()))
        connection.create_function("executable", 0, lambda: sys.executable)
        connection.create_function("python_version", 0, platform.python_version)
        for path in sorted(Path(folder).rglob("*"), key=os.fsencode):
            if path.is_file():
                connection.executescript(path.read_text(encoding="utf-8"))


if __name__ == "__main__":
    build(*sys.argv[1:])
