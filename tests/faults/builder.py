"""Build a database from `schema.sql` in the working directory, one statement at a time: `builder.py DB`.

Environment variables, which are not inputs, control the rest, so that one process can hang and the next one does not.
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
except ImportError:  # not available on every platform
    resource = None  # type: ignore[assignment]

MEET_PORT = "BUILDER_MEET_PORT"
"""Variable with a port on the loopback. The builder sends its process id there, and waits for a byte or the end."""

PAUSE = "BUILDER_PAUSE"
"""Variable with the seconds between two statements."""

LOG = "BUILDER_LOG"
"""Variable with a file to which each finished build appends a line."""

JOURNAL_MODE = "BUILDER_JOURNAL_MODE"
"""Variable with the journal mode of the database. With "wal", the schema is left in the write-ahead log."""

KEPT_WAL = "wal"


def build(database: Path, environment: dict[str, str]) -> None:
    """Build the database."""
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
            _log_build(environment)
            # Closing the connection would write the log into the main file.
            os._exit(0)
    _log_build(environment)


def _lift_size_limit() -> None:
    """Remove the limit on file sizes, which is meant for the process under test."""
    if resource is not None:
        _, most = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))


def _meet(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(b"%d\n" % os.getpid())
        connection.recv(1)


def _log_build(environment: dict[str, str]) -> None:
    """Append a line in one write, which is atomic among concurrent builders."""
    if LOG in environment:
        log = os.open(environment[LOG], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o666)
        os.write(log, b"%d\n" % os.getpid())
        os.close(log)


if __name__ == "__main__":
    build(Path(sys.argv[1]), dict(os.environ))
