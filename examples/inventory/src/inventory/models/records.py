"""What the office needs: who did what, and which number comes next."""

from __future__ import annotations

from datetime import datetime  # noqa: TC003 - SQLAlchemy evaluates the annotations of the models

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from inventory.db.metadata import Base
from inventory.db.types import UtcDateTime


class AuditEntry(Base):
    """Somebody did something to a record."""

    __tablename__ = "audit_entry"
    __table_args__ = (Index(None, "entity", "entity_key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime())
    actor: Mapped[str] = mapped_column(String(80))
    action: Mapped[str] = mapped_column(String(40))
    entity: Mapped[str] = mapped_column(String(40))
    entity_key: Mapped[str] = mapped_column(String(40))
    detail: Mapped[str] = mapped_column(String(200), default="")


class NumberSequence(Base):
    """The next number of a kind of document, and how it is written."""

    __tablename__ = "number_sequence"

    name: Mapped[str] = mapped_column(String(20), primary_key=True)
    prefix: Mapped[str] = mapped_column(String(6))
    next_value: Mapped[int] = mapped_column(default=1, server_default="1")
    width: Mapped[int] = mapped_column(default=6, server_default="6")
