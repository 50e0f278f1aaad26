"""Report: what comes back, and what that costs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from inventory.models.returns import Return, ReturnLine, ReturnState
from inventory.models.shipments import Shipment, ShipmentLine
from inventory.reports.sold import in_euros, share_of
from inventory.reports.tables import Table, cents, count, percent, text

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from inventory.reports.scope import Scope


def returned_goods(session: Session, scope: Scope) -> Table:
    """Return how many pieces left and came back in a period, and what was refunded; refused returns do not count."""
    since, until = scope.period.since, scope.period.until
    pieces: dict[str, list[int]] = {}
    shipped = select(ShipmentLine).join(Shipment, Shipment.id == ShipmentLine.shipment_id)
    for line in session.scalars(shipped.where(Shipment.shipped_at >= since, Shipment.shipped_at < until)):
        pieces.setdefault(line.order_line.product.sku, [0, 0, 0])[0] += line.quantity
    returned = select(ReturnLine).join(Return, Return.id == ReturnLine.return_id)
    asked = (Return.requested_at >= since, Return.requested_at < until, Return.state != ReturnState.REJECTED)
    for back in session.scalars(returned.where(*asked)):
        entry = pieces.setdefault(back.order_line.product.sku, [0, 0, 0])
        entry[1] += back.quantity
        entry[2] += in_euros(session, back.order_line.order, back.refund_cents)
    columns = (text("SKU"), count("Shipped"), count("Returned"), percent("Rate"), cents("Refunded"))
    table = Table(f"Returns in {scope.period.name}", columns, has_totals=True)
    for sku, (left, came, refunded) in sorted(pieces.items()):
        table.rows.append((sku, left, came, share_of(came, left) if left else None, refunded))
    return table
