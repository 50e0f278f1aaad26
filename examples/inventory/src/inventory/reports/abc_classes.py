"""Report: the few products that make most of the turnover."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inventory.reports.sold import share_of
from inventory.reports.tables import Table, cents, percent, text
from inventory.stock.abc import classify, turnover

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from inventory.reports.scope import Scope


def abc_classes(session: Session, scope: Scope) -> Table:
    """Return turnover, share, the shares so far and the class of each product that was sold in a period."""
    values = turnover(session, since=scope.period.since, until=scope.period.until)
    classes, whole, so_far = classify(values), sum(values.values()), 0
    columns = (text("SKU"), cents("Turnover"), percent("Share"), percent("So far"), text("Class"))
    table = Table(f"ABC analysis of {scope.period.name}", columns, has_totals=True)
    for sku, value in values.items():
        so_far += value
        table.rows.append((sku, value, share_of(value, whole), share_of(so_far, whole), classes[sku]))
    return table
