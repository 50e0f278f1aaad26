"""Report: what nobody wants."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from inventory.common.clock import start_of_day
from inventory.models.catalogue import Product
from inventory.models.stock import Movement, MovementKind
from inventory.models.warehouses import Bin
from inventory.reports.tables import Table, cents, count, text
from inventory.stock.valuation import value_product

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from inventory.models import Warehouse
    from inventory.reports.scope import Scope

DEAD_DAYS = 90


def last_moved(session: Session, warehouse: Warehouse, kind: MovementKind) -> dict[int, datetime]:
    """Return when each product last came or left for a reason, by the product's key."""
    moments = (
        select(Movement.product_id, func.max(Movement.moved_at))
        .join(Bin)
        .where(Bin.warehouse_id == warehouse.id, Movement.kind == kind)
        .group_by(Movement.product_id)
    )
    return dict(session.execute(moments).tuples().all())


def dead_stock(session: Session, scope: Scope) -> Table:
    """Return what has neither come nor left for ninety days, the most valuable first."""
    limit = start_of_day(scope.day - timedelta(days=DEAD_DAYS))
    received = last_moved(session, scope.warehouse, MovementKind.RECEIPT)
    issued = last_moved(session, scope.warehouse, MovementKind.ISSUE)
    columns = (text("SKU"), count("Pieces"), cents("Value"), text("Last sold"))
    table = Table(f"Dead stock of {scope.warehouse.code} on {scope.day}", columns, has_totals=True)
    for product in session.scalars(select(Product).where(Product.id.in_(received))):
        value = value_product(session, product, scope.warehouse)
        sold = issued.get(product.id)
        if value.quantity and max(received[product.id], sold or limit) <= limit:
            table.rows.append((product.sku, value.quantity, value.fifo_cents, str(sold.date()) if sold else "never"))
    table.rows.sort(key=lambda row: (-int(row[2] or 0), str(row[0])))
    return table
