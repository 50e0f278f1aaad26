"""Offers: what a supplier asks for a product, and which supplier is asked first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from inventory.common.errors import InvalidValueError, UnknownRecordError
from inventory.common.validation import not_negative, positive, text
from inventory.models.suppliers import Supplier, SupplierProduct
from inventory.pricing.bundles import items_of
from inventory.purchasing.suppliers import require_active

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from inventory.models import Product


def set_offer(
    session: Session,
    supplier: Supplier,
    product: Product,
    cost_cents: int,
    *,
    supplier_sku: str,
    minimum_quantity: int = 1,
    pack_size: int = 1,
) -> SupplierProduct:
    """Write down what a supplier asks for a piece, in the supplier's currency; an older offer is replaced.

    Raises:
        BlockedError: Nothing is bought from the supplier any more.
        InvalidValueError: The product is a bundle, which nobody delivers, or a text or a number is wrong.
    """
    require_active(supplier)
    if items_of(session, product):
        raise InvalidValueError(field="product", reason=f"{product.sku} is a bundle: buy what it contains")
    key = (supplier.id, product.id)
    offer = session.get(SupplierProduct, key) or SupplierProduct(supplier=supplier, product=product)
    offer.cost_cents = not_negative(cost_cents, "cost")
    offer.supplier_sku = text(supplier_sku, "supplier_sku", 40)
    offer.minimum_quantity = positive(minimum_quantity, "minimum_quantity")
    offer.pack_size = positive(pack_size, "pack_size")
    session.add(offer)
    session.flush()
    return offer


def find_offer(session: Session, supplier: Supplier, product: Product) -> SupplierProduct:
    """Return what a supplier asks for a product.

    Raises:
        UnknownRecordError: The supplier does not sell it.
    """
    offer = session.get(SupplierProduct, (supplier.id, product.id))
    if offer is None:
        raise UnknownRecordError(SupplierProduct, f"{supplier.code}/{product.sku}")
    return offer


def offers_for(session: Session, product: Product) -> list[SupplierProduct]:
    """Return the offers for a product of all who are not blocked, in the order of their codes."""
    offers = (
        select(SupplierProduct).join(Supplier).where(SupplierProduct.product_id == product.id, ~Supplier.is_blocked)
    )
    return list(session.scalars(offers.order_by(Supplier.code)))


def prefer(session: Session, offer: SupplierProduct) -> None:
    """Ask this supplier first for the product, and no longer the one who was asked first so far.

    Raises:
        BlockedError: Nothing is bought from the supplier any more.
    """
    require_active(offer.supplier)
    for other in session.scalars(select(SupplierProduct).where(SupplierProduct.product_id == offer.product_id)):
        other.is_preferred = other is offer
    session.flush()


def withdraw_offer(session: Session, supplier: Supplier, product: Product) -> None:
    """Forget what a supplier asked for a product.

    Raises:
        UnknownRecordError: The supplier does not sell it.
    """
    session.delete(find_offer(session, supplier, product))
    session.flush()
