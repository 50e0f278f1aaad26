"""Build a database that contains its inputs: ``stores_input_files.py DB FOLDER``.

The only inputs are the folder's files and the environment variable FLAVOUR. Every change of an input changes the
database.
"""

from __future__ import annotations

import os
import sqlite3
import sys
from contextlib import closing
from pathlib import Path


def build(database: str, folder: str, flavour: str) -> None:
    """Store the path and content of every file, and the flavour."""
    found = sorted((os.fsencode(path.relative_to(folder)), path) for path in Path(folder).rglob("*") if path.is_file())
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("CREATE TABLE input (path BLOB PRIMARY KEY, content BLOB NOT NULL)")
        connection.execute("CREATE TABLE flavour (name TEXT)")
        connection.execute("INSERT INTO flavour VALUES (?)", [flavour])
        connection.executemany("INSERT INTO input VALUES (?, ?)", [(name, path.read_bytes()) for name, path in found])


if __name__ == "__main__":
    build(sys.argv[1], sys.argv[2], os.environ["FLAVOUR"])
