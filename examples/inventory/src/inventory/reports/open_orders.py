"""Report: which customers still wait, for how much, and until when."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from inventory.models.orders import Order
from inventory.orders.backorders import promised_date
from inventory.orders.states import is_settled
from inventory.reports.sold import in_euros
from inventory.reports.tables import Table, cents, count, text

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from inventory.reports.scope import Scope


def open_orders(session: Session, scope: Scope) -> Table:
    """Return the orders of a warehouse of which something is to be shipped, the earliest first."""
    columns = (
        text("Order"),
        text("Customer"),
        text("State"),
        count("Age"),
        count("Open"),
        count("Missing"),
        text("Promised"),
        cents("Total"),
    )
    table = Table(f"Open orders of {scope.warehouse.code} on {scope.day}", columns, has_totals=True)
    orders = select(Order).where(Order.warehouse_id == scope.warehouse.id).order_by(Order.placed_at, Order.id)
    for order in session.scalars(orders):
        if not is_settled(order):
            pieces = sum(line.open for line in order.lines)
            missing = pieces - sum(line.allocated for line in order.lines)
            promised = promised_date(session, order, today=scope.day)
            words = (order.number, order.customer.email, order.state.value)
            age, total = (scope.day - order.placed_at.date()).days, in_euros(session, order, order.total_cents)
            table.rows.append((*words, age, pieces, missing, str(promised) if promised else "nobody knows", total))
    return table
