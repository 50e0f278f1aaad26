"""Build a database and change an input at the same time: ``changes_inputs_while_building.py DB HOW``.

HOW names the change: ``edited`` or ``removed`` (``schema/1.sql``), ``put back`` (``schema/1.sql`` is edited, read, and
restored) or ``joined`` (``schema/2.sql`` is added).
"""

from __future__ import annotations

import sqlite3
import sys
from contextlib import closing
from pathlib import Path

database, how = sys.argv[1:]
schema = Path("schema/1.sql")
before = schema.read_text(encoding="utf-8")
meanwhile = before if how == "joined" else "CREATE TABLE meanwhile (x);"
(Path("schema/2.sql") if how == "joined" else schema).write_text(meanwhile, encoding="utf-8")
with closing(sqlite3.connect(database)) as connection:
    connection.executescript(meanwhile)
if how == "removed":
    schema.unlink()
if how == "put back":
    schema.write_text(before, encoding="utf-8")
