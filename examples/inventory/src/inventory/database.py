"""The connection to the database, the base class of the models, and functions to find and add records."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

from sqlalchemy import Engine, MetaData, create_engine, event, select
from sqlalchemy.orm import DeclarativeBase, InstrumentedAttribute, Session

from inventory.errors import DuplicateRecordError, UnknownRecordError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy.engine.interfaces import DBAPIConnection


class Base(DeclarativeBase):
    """The base class of the models. Every constraint has a name, because batch migrations need one to change it."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        },
    )


Record = TypeVar("Record", bound=Base)


def open_database(path: Path) -> Engine:
    """Return an engine for a database file. Foreign keys are enforced."""
    engine = create_engine(f"sqlite:///{path}")

    def enforce_foreign_keys(connection: DBAPIConnection, _entry: object) -> None:
        cursor = connection.cursor()
        cursor.execute("PRAGMA foreign_keys = ON")  # SQLite's default is off, for each connection
        cursor.close()

    event.listen(engine, "connect", enforce_foreign_keys)
    return engine


@contextmanager
def unit_of_work(engine: Engine) -> Iterator[Session]:
    """Open a session that commits at the end and rolls back after an exception."""
    with Session(engine) as session, session.begin():
        yield session


def find(session: Session, key: InstrumentedAttribute[str], value: str, kind: type[Record]) -> Record:
    """Return the record with a key.

    Raises:
        UnknownRecordError: No record has the key.
    """
    record = session.scalars(select(kind).where(key == value)).one_or_none()
    if record is None:
        raise UnknownRecordError(kind.__name__.lower(), value)
    return record


def add(session: Session, key: InstrumentedAttribute[str], value: str, record: Record) -> Record:
    """Add a record with a key that must be unique.

    Raises:
        DuplicateRecordError: Another record has the key.
    """
    kind = type(record)
    with session.no_autoflush:
        duplicate = session.scalars(select(kind).where(key == value)).first()
    if duplicate is not None:
        raise DuplicateRecordError(kind.__name__.lower(), value)
    session.add(record)
    session.flush()
    return record
