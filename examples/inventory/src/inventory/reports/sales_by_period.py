"""Report: how sales went, month by month or day by day, and compared with the time before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inventory.reports.sold import orders_in, sales_in, share_of
from inventory.reports.tables import Table, cents, count, percent, text

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from inventory.reports.periods import Period
    from inventory.reports.scope import Scope


def net_sales(session: Session, period: Period) -> int:
    """Return what was sold in a period, in euro cents."""
    return sum(sale.net_cents for sale in sales_in(session, period))


def sales_by_period(session: Session, scope: Scope) -> Table:
    """Return the orders and the sales of each part of the period; parts without any are left out."""
    columns = (text("Period"), count("Orders"), cents("Net"), percent("Share"))
    table = Table(f"Sales in {scope.period.name}", columns, has_totals=True)
    whole = net_sales(session, scope.period)
    for part in scope.period.parts():
        if orders := orders_in(session, part):
            net = net_sales(session, part)
            table.rows.append((part.name, len(orders), net, share_of(net, whole)))
    return table


def sales_growth(session: Session, scope: Scope) -> Table:
    """Return the sales of the period and of the one before, and by how many percent they have grown."""
    now, before = scope.period, scope.period.previous()
    new, old = net_sales(session, now), net_sales(session, before)
    columns = (text("Period"), cents("Net"), percent("Growth"))
    growth = share_of(new - old, old) if old else None
    return Table(f"Growth in {now.name}", columns, [(before.name, old, None), (now.name, new, growth)])
