"""When to order more, how much, and from whom."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from inventory.common.errors import InvalidValueError
from inventory.common.units import whole_packs
from inventory.common.validation import not_negative
from inventory.models.purchasing import PurchaseLine, PurchaseOrder, PurchaseState
from inventory.models.replenishment import ReorderRule
from inventory.models.suppliers import Supplier, SupplierProduct
from inventory.stock.availability import available

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from inventory.models import Product, Warehouse


@dataclass(frozen=True)
class Suggestion:
    """What to order: a supplier of None means that nobody sells it who is not blocked."""

    product: Product
    quantity: int
    supplier: Supplier | None


def set_rule(session: Session, product: Product, warehouse: Warehouse, *, minimum: int, target: int) -> ReorderRule:
    """Say below which quantity a product is filled up to which; the newest rule counts.

    Raises:
        InvalidValueError: The minimum is negative, or the target not above it.
    """
    if target <= not_negative(minimum, "minimum"):
        raise InvalidValueError(field="target", reason=f"must be above the minimum of {minimum}")
    rule = session.get(ReorderRule, (product.id, warehouse.id)) or ReorderRule(product=product, warehouse=warehouse)
    rule.minimum, rule.target = minimum, target
    session.add(rule)
    session.flush()
    return rule


def on_order(session: Session, product: Product, warehouse: Warehouse) -> int:
    """Return how many pieces suppliers still owe."""
    pieces = (
        select(func.coalesce(func.sum(PurchaseLine.quantity - PurchaseLine.received), 0))
        .join(PurchaseOrder)
        .where(
            PurchaseLine.product_id == product.id,
            PurchaseOrder.warehouse_id == warehouse.id,
            PurchaseOrder.state.in_([PurchaseState.SENT, PurchaseState.PARTLY_RECEIVED]),
        )
    )
    return session.scalars(pieces).one()


def best_offer(session: Session, product: Product) -> SupplierProduct | None:
    """Return the preferred offer for a product, else the cheapest, else that of the fastest supplier."""
    offers = (
        select(SupplierProduct).join(Supplier).where(SupplierProduct.product_id == product.id, ~Supplier.is_blocked)
    )
    order = (SupplierProduct.is_preferred.desc(), SupplierProduct.cost_cents, Supplier.lead_time_days, Supplier.code)
    return session.scalars(offers.order_by(*order)).first()


def suggestions(session: Session, warehouse: Warehouse) -> list[Suggestion]:
    """Return what to order for a warehouse: full packs, not fewer than the supplier sells, by SKU."""
    found = []
    for rule in session.scalars(select(ReorderRule).where(ReorderRule.warehouse_id == warehouse.id)):
        expected = available(session, rule.product, warehouse) + on_order(session, rule.product, warehouse)
        if expected < rule.minimum:
            offer = best_offer(session, rule.product)
            quantity = rule.target - expected
            if offer is not None:
                quantity = whole_packs(max(quantity, offer.minimum_quantity), offer.pack_size)
            found.append(Suggestion(rule.product, quantity, offer.supplier if offer else None))
    return sorted(found, key=lambda suggestion: suggestion.product.sku)
