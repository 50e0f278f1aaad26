"""Bundles: products that consist of others and cost less than these together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from inventory.common.errors import InventoryError
from inventory.common.money import share
from inventory.common.validation import positive
from inventory.models.catalogue import BundleItem, Product
from inventory.pricing.price_lists import unit_price

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from sqlalchemy.orm import Session

    from inventory.models import CustomerGroup


class BundleError(InventoryError):
    """Products cannot be bundled like this."""

    def __init__(self, sku: str, reason: str) -> None:
        super().__init__(f"bundle {sku} {reason}")


def items_of(session: Session, product: Product) -> list[BundleItem]:
    """Return what a bundle contains, in the order of the products; nothing for other products."""
    items = select(BundleItem).where(BundleItem.bundle_id == product.id)
    return list(session.scalars(items.order_by(BundleItem.product_id)))


def define_bundle(session: Session, bundle: Product, contents: Mapping[Product, int]) -> list[BundleItem]:
    """Say what a bundle contains; what it contained before no longer counts.

    Raises:
        BundleError: It would contain a bundle, as itself is one, or fewer than two pieces, or is in a bundle.
        InvalidValueError: A quantity is not positive.
    """
    for product, quantity in contents.items():
        positive(quantity, "quantity")
        if product is bundle or items_of(session, product):
            raise BundleError(bundle.sku, reason=f"must not contain the bundle {product.sku}")
    outer = session.scalars(select(BundleItem.bundle_id).where(BundleItem.product_id == bundle.id)).first()
    if outer is not None:
        raise BundleError(bundle.sku, reason=f"must not be in the bundle {session.get_one(Product, outer).sku}")
    if sum(contents.values()) <= 1:
        raise BundleError(bundle.sku, reason="must contain at least two pieces")
    for item in items_of(session, bundle):
        session.delete(item)
    session.flush()
    session.add_all(BundleItem(bundle_id=bundle.id, product=each, quantity=count) for each, count in contents.items())
    session.flush()
    return items_of(session, bundle)


def explode(session: Session, product: Product, quantity: int) -> dict[Product, int]:
    """Return what has to be taken from the shelves for so many pieces; a product that is no bundle is itself."""
    items = items_of(session, product)
    return {item.product: item.quantity * quantity for item in items} or {product: quantity}


def share_price(session: Session, bundle: Product, cents: int, *, group: CustomerGroup, day: date) -> dict[str, int]:
    """Return the price of a bundle shared among its products by SKU, in proportion to what they cost alone.

    Raises:
        InvalidValueError: It is no bundle.
        NoPriceError: A product in it has no price.
    """
    items = items_of(session, bundle)
    alone = [unit_price(session, item.product, 1, group=group, day=day).cents * item.quantity for item in items]
    return dict(zip([item.product.sku for item in items], share(cents, alone), strict=True))
