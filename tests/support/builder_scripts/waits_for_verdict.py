"""Build a database after the test has decided the exit code: ``waits_for_verdict.py DB STARTED VERDICT``.

STARTED and VERDICT are FIFOs. The script writes its process id to STARTED and reads the exit code from VERDICT. With 0
it builds the database.
"""

from __future__ import annotations

import os
import signal
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

LIFETIME = 600
"""Seconds after which the script ends itself, in case the test does not end it."""

signal.alarm(LIFETIME)
database, started, verdict = sys.argv[1:]
Path(started).write_text(str(os.getpid()), encoding="utf-8")
code = int(Path(verdict).read_text(encoding="utf-8"))
if code:
    sys.exit(code)
with closing(sqlite3.connect(database)) as connection:
    connection.executescript("CREATE TABLE book (title TEXT); INSERT INTO book VALUES ('gated');")
