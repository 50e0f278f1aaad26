"""What the goods are worth, by either method, and by how much these differ."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from inventory.models.catalogue import Product
from inventory.models.stock import Movement
from inventory.models.warehouses import Bin
from inventory.stock.average import average_cost
from inventory.stock.costing import layers_of

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from inventory.models import Warehouse


@dataclass(frozen=True)
class Valuation:
    """The worth of one product in one warehouse."""

    sku: str
    quantity: int
    fifo_cents: int
    average_cents: int

    @property
    def difference_cents(self) -> int:
        """By how much the newer receipts, which first-in-first-out leaves on the shelf, were dearer."""
        return self.fifo_cents - self.average_cents


def value_product(session: Session, product: Product, warehouse: Warehouse) -> Valuation:
    """Return what a product in a warehouse is worth."""
    layers = layers_of(session, product, warehouse)
    average = average_cost(session, product, warehouse)
    fifo_cents = sum(layer.remaining * layer.unit_cost_cents for layer in layers)
    return Valuation(product.sku, average.quantity, fifo_cents, average.value_cents)


def value_warehouse(session: Session, warehouse: Warehouse) -> list[Valuation]:
    """Return what each product that ever moved in a warehouse is worth, the most valuable first."""
    moved = select(Movement.product_id).join(Bin).where(Bin.warehouse_id == warehouse.id)
    products = session.scalars(select(Product).where(Product.id.in_(moved)))
    values = [value_product(session, product, warehouse) for product in products]
    return sorted(values, key=lambda value: (-value.fifo_cents, value.sku))
