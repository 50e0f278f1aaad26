"""Purchase orders: drafted at the prices of the supplier's offers, and changed as long as they are drafts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inventory.common.errors import BlockedError, InvalidValueError, UnknownRecordError
from inventory.db.session import find
from inventory.models.purchasing import PurchaseLine, PurchaseOrder, PurchaseState
from inventory.orders.numbering import next_number
from inventory.purchasing.offers import find_offer
from inventory.purchasing.quantities import check_orderable
from inventory.purchasing.states import wrong_state
from inventory.purchasing.suppliers import require_active

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from sqlalchemy.orm import Session

    from inventory.models import Product, Supplier, Warehouse


def draft_purchase(
    session: Session,
    supplier: Supplier,
    warehouse: Warehouse,
    items: Mapping[Product, int],
    *,
    day: date,
) -> PurchaseOrder:
    """Write down what to order from a supplier; nothing is binding yet.

    Raises:
        BlockedError: Nothing is bought from the supplier any more, or the warehouse has closed.
        InvalidValueError: Nothing is to be ordered, or a quantity that the supplier does not sell.
        UnknownRecordError: The supplier does not sell one of the products.
    """
    require_active(supplier)
    if not warehouse.is_active:
        raise BlockedError(what=f"warehouse {warehouse.code}")
    if not items:
        raise InvalidValueError(field="items", reason="must not be empty")
    lines = [_line(session, supplier, product, quantity) for product, quantity in items.items()]
    purchase = PurchaseOrder(supplier=supplier, warehouse=warehouse, state=PurchaseState.DRAFT, ordered_on=day)
    purchase.number, purchase.lines = next_number(session, "purchase"), lines
    session.add(purchase)
    session.flush()
    return purchase


def find_purchase(session: Session, number: str) -> PurchaseOrder:
    """Return the purchase with this number.

    Raises:
        UnknownRecordError: There is none.
    """
    return find(session, PurchaseOrder, PurchaseOrder.number, number.strip().upper())


def line_of(purchase: PurchaseOrder, sku: str) -> PurchaseLine:
    """Return the line of a purchase with this product.

    Raises:
        UnknownRecordError: It has none.
    """
    for line in purchase.lines:
        if line.product.sku == sku:
            return line
    raise UnknownRecordError(PurchaseLine, f"{purchase.number}/{sku}")


def change_quantity(session: Session, purchase: PurchaseOrder, product: Product, quantity: int) -> None:
    """Order more or fewer pieces than drafted, or, with none, not this product; it may be a new one.

    Raises:
        InvalidValueError: The supplier does not sell that many, or nothing would be left.
        StateError: The purchase is no draft any more.
        UnknownRecordError: The supplier does not sell it, or the purchase has no line to take out.
    """
    if purchase.state is not PurchaseState.DRAFT:
        raise wrong_state(purchase, "change")
    others = [line for line in purchase.lines if line.product is not product]
    if quantity:
        others.append(_line(session, purchase.supplier, product, quantity))
    elif not others:
        raise InvalidValueError(field="items", reason="must not be empty: cancel the purchase instead")
    else:
        line_of(purchase, product.sku)
    purchase.lines = others
    session.flush()


def total_cents(purchase: PurchaseOrder) -> int:
    """Return what a purchase costs, in the supplier's currency."""
    return sum(line.quantity * line.unit_cost_cents for line in purchase.lines)


def _line(session: Session, supplier: Supplier, product: Product, quantity: int) -> PurchaseLine:
    offer = find_offer(session, supplier, product)
    return PurchaseLine(
        product=product,
        quantity=check_orderable(offer, quantity),
        received=0,
        unit_cost_cents=offer.cost_cents,
    )
