"""Report: who buys most."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inventory.reports.sold import sales_in, share_of
from inventory.reports.tables import Table, cents, count, percent, text

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from inventory.reports.scope import Scope


def sales_by_customer(session: Session, scope: Scope) -> Table:
    """Return orders and sales of each customer, the best first, and which part of all sales these are."""
    orders: dict[str, set[int]] = {}
    sales: dict[str, int] = {}
    for sale in sales_in(session, scope.period):
        email = sale.line.order.customer.email
        orders.setdefault(email, set()).add(sale.line.order_id)
        sales[email] = sales.get(email, 0) + sale.net_cents
    whole = sum(sales.values())
    columns = (text("Customer"), count("Orders"), cents("Net"), percent("Share"))
    table = Table(f"Sales by customer in {scope.period.name}", columns, has_totals=True)
    for email in sorted(sales, key=lambda email: (-sales[email], email)):
        table.rows.append((email, len(orders[email]), sales[email], share_of(sales[email], whole)))
    return table
