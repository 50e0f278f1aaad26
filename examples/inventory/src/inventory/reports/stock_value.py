"""Report: what the goods in a warehouse are worth."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inventory.reports.tables import Table, cents, count, text
from inventory.stock.valuation import value_warehouse

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from inventory.reports.scope import Scope


def stock_value(session: Session, scope: Scope) -> Table:
    """Return the worth of each product by both methods, the most valuable first; what is sold out is left out."""
    title = f"Stock value of {scope.warehouse.code}"
    columns = (text("SKU"), count("Pieces"), cents("FIFO"), cents("Average"), cents("Difference"))
    table = Table(title, columns, has_totals=True)
    for value in value_warehouse(session, scope.warehouse):
        if value.quantity:
            row = (value.sku, value.quantity, value.fifo_cents, value.average_cents, value.difference_cents)
            table.rows.append(row)
    return table
