"""Build a large database, then edit an input: ``edits_input_before_slow_copy.py DB``."""

from __future__ import annotations

import sqlite3
import sys
from contextlib import closing
from pathlib import Path

SIZE = 250_000_000
"""Size of the database in bytes. Reading it takes longer than a waiting process needs to notice a free lock."""

with closing(sqlite3.connect(sys.argv[1])) as connection:
    connection.executescript(f"CREATE TABLE blob (content); INSERT INTO blob VALUES (zeroblob({SIZE}));")
with Path("schema/1.sql").open("a", encoding="utf-8") as schema:
    schema.write("-- edited\n")
