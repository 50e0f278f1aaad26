"""Report: how fast the goods go, and for how many days they would last."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from inventory.models.stock import Movement, MovementKind
from inventory.models.warehouses import Bin
from inventory.pricing.rounding import divide
from inventory.reports.tables import Table, count, text
from inventory.stock.ledger import on_hand_at

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from inventory.models import Product
    from inventory.reports.scope import Scope


def stock_turnover(session: Session, scope: Scope) -> Table:
    """Return what left a warehouse in a period, the mean of its stock before and after, and its range in days.

    What did not leave at all has no range.
    """
    warehouse, period = scope.warehouse, scope.period
    columns = (text("SKU"), count("Issued"), count("Mean stock"), count("Days of supply"))
    table = Table(f"Stock turnover of {warehouse.code} in {period.name}", columns)
    moved = select(Movement).join(Bin).where(Bin.warehouse_id == warehouse.id, Movement.moved_at < period.until)
    issued: dict[Product, int] = {}
    for movement in session.scalars(moved):
        is_issue = movement.kind is MovementKind.ISSUE and movement.moved_at >= period.since
        pieces = -movement.quantity if is_issue else 0
        issued[movement.product] = issued.get(movement.product, 0) + pieces
    for product in sorted(issued, key=lambda product: product.sku):
        pieces = issued[product]
        stocks = [on_hand_at(session, product, warehouse, moment) for moment in (period.since, period.until)]
        mean = divide(sum(stocks), len(stocks))
        table.rows.append((product.sku, pieces, mean, divide(mean * period.days, pieces) if pieces else None))
    return table
