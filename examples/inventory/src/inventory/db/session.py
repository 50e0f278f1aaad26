"""Units of work, and the look-up of records by the keys that people know."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from inventory.common.errors import DuplicateRecordError, UnknownRecordError
from inventory.db.metadata import Base

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Engine
    from sqlalchemy.orm import InstrumentedAttribute

Record = TypeVar("Record", bound=Base)


@contextmanager
def unit_of_work(engine: Engine) -> Iterator[Session]:
    """Yield a session whose changes are kept all together, or, after an exception, not at all."""
    with Session(engine) as session, session.begin():
        yield session


def find(session: Session, kind: type[Record], key: InstrumentedAttribute[str], value: str) -> Record:
    """Return the one record with this key.

    Raises:
        UnknownRecordError: There is none.
    """
    record = session.scalars(select(kind).where(key == value)).one_or_none()
    if record is None:
        raise UnknownRecordError(kind, value)
    return record


def add_unique(session: Session, record: Record, key: InstrumentedAttribute[str], value: str) -> Record:
    """Add a record whose key nobody else has.

    Raises:
        DuplicateRecordError: Somebody has it.
    """
    kind = type(record)
    with session.no_autoflush:
        taken = session.scalars(select(kind).where(key == value)).first()
    if taken is not None:
        raise DuplicateRecordError(kind, value)
    session.add(record)
    session.flush()
    return record
