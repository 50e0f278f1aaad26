"""The builder of the tests: makes a database from `schema.sql` in its working directory, one statement at a time.

A script that takes the path of the database. What else it does is said by its environment, which is no part of any
key, so that one process can hang where the next one does not.
"""

from __future__ import annotations

import os
import socket
import sqlite3
import sys
import time
from contextlib import closing
from pathlib import Path

try:
    import resource
except ImportError:  # not on every platform
    resource = None  # type: ignore[assignment]

MEET_PORT = "BUILDER_MEET_PORT"
"""A port on the loopback: the builder tells its process id there, and goes on when it hears a line or the end."""

PAUSE = "BUILDER_PAUSE"
"""Seconds between two statements."""

LOG = "BUILDER_LOG"
"""A file that gets a line for each database that was finished."""

JOURNAL_MODE = "BUILDER_JOURNAL_MODE"
"""Journal mode of the database: with "wal", the schema is left in the write-ahead log."""

KEPT_WAL = "wal"


def build(database: Path, environment: dict[str, str]) -> None:
    """Make the database."""
    _lift_size_limit()
    if MEET_PORT in environment:
        _meet(int(environment[MEET_PORT]))
    statements = [line for line in Path("schema.sql").read_text("utf-8").splitlines() if line]
    mode = environment.get(JOURNAL_MODE, "delete")
    with closing(sqlite3.connect(database, isolation_level=None)) as connection:
        connection.execute(f"PRAGMA journal_mode={mode}")
        for statement in statements:
            time.sleep(float(environment.get(PAUSE, "0")))
            connection.execute(statement)
        if mode == KEPT_WAL:
            _tell(environment)
            # Without closing: SQLite would bring the log into the main file.
            os._exit(0)
    _tell(environment)


def _lift_size_limit() -> None:
    """A limit on the size of files is for the process under test, not for its builder."""
    if resource is not None:
        _, most = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))


def _meet(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(b"%d\n" % os.getpid())
        connection.recv(1)


def _tell(environment: dict[str, str]) -> None:
    """One short write to a file that is open to append: whole, however many do it at once."""
    if LOG in environment:
        log = os.open(environment[LOG], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o666)
        os.write(log, b"%d\n" % os.getpid())
        os.close(log)


if __name__ == "__main__":
    build(Path(sys.argv[1]), dict(os.environ))
