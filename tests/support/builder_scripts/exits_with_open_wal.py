"""Build a database and exit without closing it: ``exits_with_open_wal.py DB``.

The whole schema is then in the ``-wal`` file.
"""

from __future__ import annotations

import os
import sqlite3
import sys

connection = sqlite3.connect(sys.argv[1])
connection.execute("PRAGMA journal_mode=WAL")
connection.execute("PRAGMA wal_autocheckpoint=0")
connection.executescript("CREATE TABLE book (title TEXT); INSERT INTO book VALUES ('in the wal');")
os._exit(0)
