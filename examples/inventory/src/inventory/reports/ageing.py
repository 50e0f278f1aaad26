"""Report: how long the goods have been lying there, and how much money is tied up in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from inventory.models.catalogue import Product
from inventory.models.stock import CostLayer
from inventory.reports.tables import Table, cents, text

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from inventory.reports.scope import Scope

STEPS = (30, 90, 180)
HEADINGS = ("up to 30 days", "31-90 days", "91-180 days", "older")


def step_of(days: int) -> int:
    """Return in which column goods of this age stand."""
    return sum(days > step for step in STEPS)


def ageing(session: Session, scope: Scope) -> Table:
    """Return what the goods of each age have cost, by SKU."""
    layers = (
        select(Product.sku, CostLayer)
        .join(CostLayer, CostLayer.product_id == Product.id)
        .where(CostLayer.warehouse_id == scope.warehouse.id, CostLayer.remaining > 0)
    )
    values: dict[str, list[int]] = {}
    for sku, layer in session.execute(layers.order_by(Product.sku)):
        days = (scope.day - layer.received_at.date()).days
        values.setdefault(sku, [0] * len(HEADINGS))[step_of(days)] += layer.remaining * layer.unit_cost_cents
    columns = (text("SKU"), *map(cents, HEADINGS), cents("Together"))
    table = Table(f"Age of the stock of {scope.warehouse.code} on {scope.day}", columns, has_totals=True)
    table.rows += [(sku, *steps, sum(steps)) for sku, steps in values.items()]
    return table
