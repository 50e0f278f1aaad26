"""Report: what has to be sold soon, or thrown away."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from inventory.reports.tables import Table, count, text
from inventory.stock.lots import expiring

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from inventory.reports.scope import Scope

HORIZON_DAYS = 30
URGENT_DAYS = 7


def advice_for(days_left: int) -> str:
    """Return what to do with goods that expire in so many days."""
    if days_left < 0:
        return "throw away"
    return "sell at half price" if days_left <= URGENT_DAYS else "sell first"


def expiring_lots(session: Session, scope: Scope) -> Table:
    """Return the lots that expire within thirty days, those first that have expired."""
    until = scope.day + timedelta(days=HORIZON_DAYS)
    columns = (text("Expires"), text("SKU"), text("Lot"), count("Pieces"), count("Days left"), text("Advice"))
    table = Table(f"Lots of {scope.warehouse.code} that expire until {until}", columns)
    for lot in expiring(session, scope.warehouse, until=until):
        if lot.expires_on is not None:
            days = (lot.expires_on - scope.day).days
            row = (str(lot.expires_on), lot.product.sku, lot.number, lot.quantity, days, advice_for(days))
            table.rows.append(row)
    return table
