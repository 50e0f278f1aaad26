"""The desk at which a command does its work: a session, the time, who works there, and where the answer goes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from inventory.audit import record
from inventory.common.money import Money
from inventory.reports.rendering import render

if TYPE_CHECKING:
    from datetime import date, datetime

    from sqlalchemy.orm import Session

    from inventory.reports.tables import Table


@dataclass(frozen=True)
class Desk:
    """What every command gets."""

    session: Session
    at: datetime
    actor: str

    @property
    def day(self) -> date:
        """Today."""
        return self.at.date()

    def say(self, words: str) -> None:
        """Answer with a line."""
        print(words)

    def show(self, table: Table, form: str = "text") -> None:
        """Answer with a table."""
        print(render(table, form), end="")

    def note(self, action: str, entity: str, key: str, detail: str = "") -> None:
        """Write down in the audit trail what was done here."""
        record(self.session, self.actor, action, entity, key, at=self.at, detail=detail)


def written(cents: int, currency: str = "EUR") -> str:
    """Return an amount as it is printed."""
    return str(Money(cents, currency))
