"""Build a large database and leave a process that locks it during the copy: ``locks_database_while_copied.py DB``."""

from __future__ import annotations

import os
import signal
import sqlite3
import sys
from pathlib import Path

LIFETIME = 600
"""Seconds after which the remaining process ends itself, in case the test does not end it."""

LOCK_TIMEOUT = 180.0
"""Seconds to wait for the lock."""

BLOBS = 40
"""Size of the database in megabytes: large enough that the copy takes several steps."""

FILL = """
CREATE TABLE blob (content);
WITH RECURSIVE number (n) AS (VALUES (1) UNION ALL SELECT n + 1 FROM number WHERE n < {})
INSERT INTO blob SELECT zeroblob(1000000) FROM number;
"""

database = sys.argv[1]
connection = sqlite3.connect(database)
connection.executescript(FILL.format(BLOBS))
connection.close()
wait, ready = os.pipe()
if os.fork() == 0:
    signal.alarm(LIFETIME)
    os.setsid()
    os.close(wait)
    # The process that started the builder waits until its output is closed.
    os.dup2(os.open(os.devnull, os.O_RDWR), 1)
    os.dup2(1, 2)
    folder = os.open(Path(database).parent, os.O_RDONLY)
    names = set(os.listdir(folder))
    connection = sqlite3.connect(database, isolation_level=None, timeout=LOCK_TIMEOUT)
    connection.execute("BEGIN IMMEDIATE")
    os.write(ready, b"x")
    os.close(ready)
    while set(os.listdir(folder)) <= {*names, f"{Path(database).name}-journal"}:
        pass
    connection.execute("ROLLBACK")
    connection.execute("BEGIN EXCLUSIVE")
    signal.pause()
os.close(ready)
os.read(wait, 1)
