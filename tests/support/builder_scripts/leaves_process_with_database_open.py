"""Build a database and leave a process with it open: ``leaves_process_with_database_open.py DB KIND GO DONE``.

KIND is how the database is open: ``wal`` and ``delete`` (an idle connection in that journal mode), ``immediate`` and
``exclusive`` (a transaction with an uncommitted row), ``handle`` (an open file). The process waits for a write to the
FIFO ``GO``, then writes into the database and reports the result to the FIFO ``DONE``.
"""

from __future__ import annotations

import os
import signal
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

LIFETIME = 600
"""Seconds after which the remaining process ends itself, in case the test does not end it."""

WRITE = "INSERT INTO book VALUES ('written later')"


def stay(database: str, kind: str, go: Path, done: Path, ready: int) -> None:
    """Open the database, signal readiness, wait, and write into the database."""
    signal.alarm(LIFETIME)
    handle = os.open(database, os.O_RDWR)
    with closing(sqlite3.connect(database, isolation_level=None)) as connection:
        connection.execute("SELECT * FROM book").fetchall()
        if kind in {"immediate", "exclusive"}:
            connection.execute(f"BEGIN {kind}")
            connection.execute(WRITE)
        os.write(ready, b"x")
        os.close(ready)
        go.read_text(encoding="utf-8")
        try:
            if kind == "handle":
                verdict = f"wrote {os.pwrite(handle, bytes(os.fstat(handle).st_size), 0)} bytes"
            else:
                connection.execute("COMMIT" if connection.in_transaction else WRITE)
                verdict = "committed"
        except sqlite3.Error as error:
            verdict = str(error)
        done.write_text(verdict, encoding="utf-8")


def main(database: str, kind: str, go: str, done: str) -> None:
    """Build the database and exit once a forked process has it open."""
    with closing(sqlite3.connect(database)) as connection:
        connection.execute(f"PRAGMA journal_mode={'wal' if kind == 'wal' else 'delete'}")
        connection.executescript("CREATE TABLE book (title TEXT); INSERT INTO book VALUES ('built');")
    wait, ready = os.pipe()
    if os.fork() == 0:
        os.setsid()
        os.close(wait)
        stay(database, kind, Path(go), Path(done), ready)
        os._exit(0)
    os.close(ready)
    os.read(wait, 1)


if __name__ == "__main__":
    main(*sys.argv[1:])
