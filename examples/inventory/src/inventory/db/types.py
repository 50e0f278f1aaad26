"""Column types: enumerations stored as words, and moments that never lose their time zone."""

from __future__ import annotations

import enum
from datetime import datetime, timezone
from typing import TYPE_CHECKING, TypeVar

from sqlalchemy import DateTime, String
from sqlalchemy.exc import DontWrapMixin
from sqlalchemy.types import TypeDecorator

from inventory.common.errors import InvalidValueError

if TYPE_CHECKING:
    from sqlalchemy.engine.interfaces import Dialect

Word = TypeVar("Word", bound=enum.Enum)
WORD_LENGTH = 16


class NaiveMomentError(InvalidValueError, DontWrapMixin):
    """A moment has no time zone. SQLAlchemy hands it on as it is, not wrapped into an error of the statement."""

    def __init__(self) -> None:
        super().__init__(field="moment", reason="must have a time zone")


class EnumText(TypeDecorator[Word]):
    """A member of an enumeration, stored as its value: a new member needs no migration."""

    impl = String
    cache_ok = True

    def __init__(self, kind: type[Word]) -> None:
        super().__init__(WORD_LENGTH)
        self.kind = kind

    def process_bind_param(self, value: Word | None, dialect: Dialect) -> str | None:  # noqa: ARG002 - SQLAlchemy's
        """Return the word that is stored."""
        return None if value is None else str(value.value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Word | None:  # noqa: ARG002 - SQLAlchemy's
        """Return the member that the stored word stands for."""
        return None if value is None else self.kind(value)


class UtcDateTime(TypeDecorator[datetime]):
    """A moment. SQLite has no time zones, so it stores UTC."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's
        """Return the moment in UTC, without saying so.

        Raises:
            NaiveMomentError: The moment has no time zone: it could be any of 38.
        """
        if value is None:
            return None
        if value.tzinfo is None:
            raise NaiveMomentError
        return value.astimezone(timezone.utc).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's
        """Return the moment with its time zone."""
        return None if value is None else value.replace(tzinfo=timezone.utc)
