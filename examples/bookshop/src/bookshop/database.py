"""The declarative base of all models, and the engine that keeps SQLite's promises."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Engine, MetaData, create_engine, event
from sqlalchemy.orm import DeclarativeBase

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy.engine.interfaces import DBAPIConnection
    from sqlalchemy.pool import ConnectionPoolEntry


class Base(DeclarativeBase):
    """Every constraint gets a name: SQLite's batch migrations can only change what they can name."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_name)s",
            "uq": "uq_%(table_name)s_%(column_0_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        },
    )


def open_database(path: Path) -> Engine:
    """Return an engine for the database file, with foreign keys enforced."""
    engine = create_engine(f"sqlite:///{path}")

    def enforce_foreign_keys(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
        cursor = connection.cursor()
        cursor.execute("PRAGMA foreign_keys = ON")  # off by default, for each connection anew
        cursor.close()

    event.listen(engine, "connect", enforce_foreign_keys)
    return engine
