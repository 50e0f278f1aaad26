"""Report: which branches of the catalogue sell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from inventory.catalogue.categories import descendants, path_of
from inventory.models.catalogue import Category
from inventory.reports.sold import sales_in
from inventory.reports.tables import Table, cents, count, text

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from inventory.reports.scope import Scope


def sales_by_category(session: Session, scope: Scope) -> Table:
    """Return the sales of each category, alone and with all below it, in the order of their paths.

    There are no totals: what is sold in one category counts for all above it, too.
    """
    own: dict[int, int] = {}
    pieces: dict[int, int] = {}
    for sale in sales_in(session, scope.period):
        key = sale.line.product.category_id
        own[key] = own.get(key, 0) + sale.net_cents
        pieces[key] = pieces.get(key, 0) + sale.line.quantity - sale.line.cancelled
    columns = (text("Category"), count("Pieces"), cents("Net"), cents("With all below"))
    table = Table(f"Sales by category in {scope.period.name}", columns)
    for category in session.scalars(select(Category)):
        branch = [each.id for each in descendants(session, category)]
        if any(key in own for key in branch):
            together = sum(own.get(key, 0) for key in branch)
            alone = own.get(category.id, 0)
            table.rows.append((path_of(session, category), pieces.get(category.id, 0), alone, together))
    table.rows.sort(key=lambda row: str(row[0]))
    return table
