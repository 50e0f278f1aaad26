"""Builds a database when told: ``waits_for_verdict.py DB STARTED VERDICT``, two FIFOs.

Writes its process id to ``STARTED``, then reads ``VERDICT``: a number other than 0 is its exit code.
"""

from __future__ import annotations

import os
import signal
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

LIFETIME = 60
"""Seconds after which it dies, whatever became of the test."""

signal.alarm(LIFETIME)
database, started, verdict = sys.argv[1:]
Path(started).write_text(str(os.getpid()), encoding="utf-8")
code = int(Path(verdict).read_text(encoding="utf-8"))
if code:
    sys.exit(code)
with closing(sqlite3.connect(database)) as connection:
    connection.executescript("CREATE TABLE book (title TEXT); INSERT INTO book VALUES ('gated');")
