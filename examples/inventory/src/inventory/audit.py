"""The audit trail: who did what to which record."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from inventory.common.validation import text
from inventory.models.records import AuditEntry

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

DETAIL_LENGTH = 200


def record(session: Session, actor: str, action: str, entity: str, key: str, *, at: datetime, detail: str = "") -> None:
    """Write down that somebody did something to a record; a detail that is too long is cut.

    Raises:
        InvalidValueError: Nobody did it.
    """
    entry = AuditEntry(at=at, actor=text(actor, "actor", 80), action=action, entity=entity, entity_key=key)
    entry.detail = detail if len(detail) <= DETAIL_LENGTH else detail[: DETAIL_LENGTH - 1] + "…"
    session.add(entry)
    session.flush()


def history(session: Session, entity: str, key: str) -> list[AuditEntry]:
    """Return what happened to a record, the latest first."""
    entries = select(AuditEntry).where(AuditEntry.entity == entity, AuditEntry.entity_key == key)
    return list(session.scalars(entries.order_by(AuditEntry.at.desc(), AuditEntry.id.desc())))


def actions_of(session: Session, actor: str, *, since: datetime) -> list[AuditEntry]:
    """Return what somebody did from a moment on, the earliest first."""
    entries = select(AuditEntry).where(AuditEntry.actor == actor, AuditEntry.at >= since)
    return list(session.scalars(entries.order_by(AuditEntry.at, AuditEntry.id)))
