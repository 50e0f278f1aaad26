"""Report: how long customers wait for their goods."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from inventory.models.shipments import Shipment
from inventory.pricing.rounding import divide
from inventory.purchasing.lead_times import working_days_between
from inventory.reports.sold import share_of
from inventory.reports.tables import Table, count, percent, text

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from inventory.reports.scope import Scope

PROMISED_DAYS = 2


def delivery_times(session: Session, scope: Scope) -> Table:
    """Return after how many working days parcels left, by country, and how many of them were as fast as promised."""
    waits: dict[str, list[int]] = {}
    period = (Shipment.shipped_at >= scope.period.since, Shipment.shipped_at < scope.period.until)
    for shipment in session.scalars(select(Shipment).where(*period)):
        days = working_days_between(shipment.order.placed_at.date(), shipment.shipped_at.date())
        waits.setdefault(shipment.order.address.country, []).append(days)
    columns = (text("Country"), count("Shipments"), count("Mean days"), count("Slowest"), percent("In time"))
    table = Table(f"Delivery times in {scope.period.name}", columns)
    for country, days_waited in sorted(waits.items()):
        number = len(days_waited)
        in_time = share_of(sum(days <= PROMISED_DAYS for days in days_waited), number)
        table.rows.append((country, number, divide(sum(days_waited), number), max(days_waited), in_time))
    return table
