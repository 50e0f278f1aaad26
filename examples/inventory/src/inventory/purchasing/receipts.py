"""Goods receipt: what a supplier's lorry brings, booked against the purchase, at its price in euros."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inventory.common.errors import InvalidValueError
from inventory.common.money import Money
from inventory.common.validation import positive
from inventory.pricing.currency import BASE_CURRENCY, convert
from inventory.purchasing.orders import line_of
from inventory.purchasing.states import advance, after_receipt, is_on_the_way, wrong_state
from inventory.purchasing.tolerances import check_delivery
from inventory.stock.receiving import receive

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from inventory.models import Bin, Product, PurchaseOrder


def receive_purchase(
    session: Session,
    purchase: PurchaseOrder,
    place: Bin,
    delivered: Mapping[Product, int],
    *,
    at: datetime,
    lot_numbers: Mapping[str, str] | None = None,
    serial_numbers: Mapping[str, Sequence[str]] | None = None,
) -> int:
    """Put what has come into a bin, and return what it costs in euro cents. Lots and serial numbers go by SKU.

    A few pieces too many are kept, once: from then on they count as ordered.

    Raises:
        InvalidValueError: The bin stands in another warehouse, nothing has come, or as in `receive`. Roll back: a part
            may be in the bin already.
        OverDeliveryError: Far too many pieces have come. Roll back, too.
        StateError: The purchase is not on its way.
        UnknownRecordError: Something has come that was not ordered.
    """
    if not is_on_the_way(purchase):
        raise wrong_state(purchase, "receive")
    if place.warehouse_id != purchase.warehouse_id:
        raise InvalidValueError(field="bin", reason=f"must stand in warehouse {purchase.warehouse.code}")
    if not delivered:
        raise InvalidValueError(field="delivered", reason="must not be empty")
    cost_cents = 0
    for product, quantity in delivered.items():
        line = line_of(purchase, product.sku)
        check_delivery(product.sku, line.quantity, line.received, positive(quantity, "quantity"))
        price = Money(line.unit_cost_cents, purchase.supplier.currency)
        unit_cents = convert(session, price, BASE_CURRENCY, day=at.date()).cents
        receive(
            session,
            product,
            place,
            quantity,
            unit_cost_cents=unit_cents,
            at=at,
            reference=purchase.number,
            lot_number=(lot_numbers or {}).get(product.sku, ""),
            serial_numbers=(serial_numbers or {}).get(product.sku, ()),
        )
        line.received += quantity
        line.quantity = max(line.quantity, line.received)
        cost_cents += unit_cents * quantity
    advance(purchase, after_receipt(purchase), "receive")
    session.flush()
    return cost_cents
