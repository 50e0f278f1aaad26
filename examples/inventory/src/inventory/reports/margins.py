"""Report: what is earned with each product that left the house."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from inventory.models.shipments import Shipment, ShipmentLine
from inventory.pricing.margins import MINIMUM_MARGIN_PERCENT, margin_percent
from inventory.pricing.rounding import divide
from inventory.reports.sold import in_euros, net_of_voucher
from inventory.reports.tables import Table, cents, percent, text

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from inventory.reports.scope import Scope


def revenue_of(session: Session, shipped: ShipmentLine) -> int:
    """Return what the customer pays for the pieces of a shipment, in euro cents without tax."""
    line = shipped.order_line
    net = divide(net_of_voucher(line) * shipped.quantity, line.quantity - line.cancelled)
    return in_euros(session, line.order, net)


def remark_on(margin: int | None) -> str:
    """Return what somebody should think about a margin."""
    if margin is None:
        return "given away"
    if margin < 0:
        return "sold at a loss"
    return "too small" if margin < MINIMUM_MARGIN_PERCENT else ""


def margins(session: Session, scope: Scope) -> Table:
    """Return revenue, cost and margin of each product that was shipped in a period, the smallest margin first."""
    revenue: dict[str, int] = {}
    cost: dict[str, int] = {}
    shipped = select(ShipmentLine).join(Shipment, Shipment.id == ShipmentLine.shipment_id)
    period = (Shipment.shipped_at >= scope.period.since, Shipment.shipped_at < scope.period.until)
    for line in session.scalars(shipped.where(*period)):
        sku = line.order_line.product.sku
        revenue[sku] = revenue.get(sku, 0) + revenue_of(session, line)
        cost[sku] = cost.get(sku, 0) + line.cost_cents
    columns = (text("SKU"), cents("Revenue"), cents("Cost"), cents("Earned"), percent("Margin"), text("Remark"))
    table = Table(f"Margins in {scope.period.name}", columns, has_totals=True)
    for sku in sorted(revenue, key=lambda sku: (revenue[sku] - cost[sku], sku)):
        margin = margin_percent(revenue[sku], cost[sku]) if revenue[sku] else None
        table.rows.append((sku, revenue[sku], cost[sku], revenue[sku] - cost[sku], margin, remark_on(margin)))
    return table
