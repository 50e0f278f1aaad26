"""Report: what to order, from whom, and what it will cost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inventory.purchasing.proposals import propose
from inventory.reports.tables import Table, cents, count, text

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from inventory.reports.scope import Scope


def replenishment(session: Session, scope: Scope) -> Table:
    """Return what should be ordered for a warehouse, one row for each supplier, in euros."""
    columns = (text("Supplier"), text("Items"), count("Pieces"), cents("Cost"), text("Expected"))
    table = Table(f"Replenishment of {scope.warehouse.code} on {scope.day}", columns, has_totals=True)
    for proposal in propose(session, scope.warehouse, day=scope.day):
        items = ", ".join(f"{product.sku} x {quantity}" for product, quantity in proposal.items.items())
        if proposal.supplier is None:
            table.rows.append(("nobody", items, proposal.pieces, None, "-"))
        else:
            cost, expected = proposal.cost_cents, str(proposal.expected_on)
            table.rows.append((proposal.supplier.code, items, proposal.pieces, cost, expected))
    return table
