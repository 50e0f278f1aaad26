"""Report: how good the suppliers are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inventory.purchasing.lead_times import mean_lead_days
from inventory.purchasing.scoring import ranking
from inventory.reports.tables import Table, count, percent, text

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from inventory.reports.scope import Scope


def supplier_scores(session: Session, scope: Scope) -> Table:
    """Return the marks of all suppliers who are not blocked, the best first, and the days that they really need."""
    columns = (
        text("Supplier"),
        percent("Punctuality"),
        percent("Completeness"),
        percent("Price"),
        count("Days"),
        text("Grade"),
    )
    table = Table(f"Suppliers on {scope.day}", columns)
    for score in ranking(session, day=scope.day):
        marks = (score.punctuality, score.completeness, score.price)
        days = mean_lead_days(session, score.supplier)
        table.rows.append((score.supplier.code, *marks, days, score.grade))
    return table
