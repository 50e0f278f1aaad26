"""The engine that keeps SQLite's promises."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Engine, create_engine, event

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy.engine.interfaces import DBAPIConnection
    from sqlalchemy.pool import ConnectionPoolEntry


def open_database(path: Path) -> Engine:
    """Return an engine for the database file, with foreign keys enforced."""
    engine = create_engine(f"sqlite:///{path}")

    def enforce_foreign_keys(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
        cursor = connection.cursor()
        cursor.execute("PRAGMA foreign_keys = ON")  # off by default, for each connection anew
        cursor.close()

    event.listen(engine, "connect", enforce_foreign_keys)
    return engine
