"""Cost layers: the goods that came first go first, at the price that was paid for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select

from inventory.common.errors import ShortageError
from inventory.common.validation import not_negative
from inventory.models.stock import CostLayer

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from inventory.models import Product, Warehouse


def add_layer(
    session: Session,
    product: Product,
    warehouse: Warehouse,
    quantity: int,
    unit_cost_cents: int,
    *,
    at: datetime,
) -> CostLayer:
    """Add what a receipt cost.

    Raises:
        InvalidValueError: The cost is negative.
    """
    layer = CostLayer(product_id=product.id, warehouse_id=warehouse.id, received_at=at, quantity=quantity)
    layer.remaining, layer.unit_cost_cents = quantity, not_negative(unit_cost_cents, "unit_cost_cents")
    session.add(layer)
    session.flush()
    return layer


def layers_of(session: Session, product: Product, warehouse: Warehouse) -> list[CostLayer]:
    """Return the layers of which something is left, the oldest first."""
    layers = select(CostLayer).where(
        CostLayer.product_id == product.id,
        CostLayer.warehouse_id == warehouse.id,
        CostLayer.remaining > 0,
    )
    return list(session.scalars(layers.order_by(CostLayer.received_at, CostLayer.id)))


def consume(session: Session, product: Product, warehouse: Warehouse, quantity: int) -> int:
    """Take pieces from the oldest layers, and return what these had cost together.

    Raises:
        ShortageError: The layers hold fewer.
    """
    layers = layers_of(session, product, warehouse)
    held = sum(layer.remaining for layer in layers)
    if quantity > held:
        raise ShortageError(product.sku, quantity, held)
    cost_cents = 0
    for layer in layers:
        taken = min(layer.remaining, quantity)
        layer.remaining -= taken
        quantity -= taken
        cost_cents += taken * layer.unit_cost_cents
    session.flush()
    return cost_cents


def last_cost(session: Session, product: Product, warehouse: Warehouse) -> int:
    """Return what a piece cost when goods came last; nothing is known to have cost nothing."""
    newest = select(CostLayer.unit_cost_cents).where(
        CostLayer.product_id == product.id,
        CostLayer.warehouse_id == warehouse.id,
    )
    return session.scalars(newest.order_by(CostLayer.received_at.desc(), CostLayer.id.desc())).first() or 0


def fifo_value(session: Session, warehouse: Warehouse) -> int:
    """Return what all goods in a warehouse have cost, by their layers."""
    value = select(func.coalesce(func.sum(CostLayer.remaining * CostLayer.unit_cost_cents), 0))
    return session.scalars(value.where(CostLayer.warehouse_id == warehouse.id)).one()
