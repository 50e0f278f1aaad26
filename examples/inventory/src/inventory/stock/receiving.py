"""Goods come in: counted, paid for, and tracked as closely as the product wants."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inventory.common.errors import BlockedError, InvalidValueError
from inventory.common.validation import positive
from inventory.models.catalogue import Tracking
from inventory.models.stock import MovementKind
from inventory.pricing.bundles import items_of
from inventory.stock.costing import add_layer
from inventory.stock.lots import put_into_lot
from inventory.stock.movements import move
from inventory.stock.serials import check_count, register

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from inventory.models import Bin, Movement, Product


def receive(
    session: Session,
    product: Product,
    place: Bin,
    quantity: int,
    *,
    unit_cost_cents: int,
    at: datetime,
    reference: str = "",
    lot_number: str = "",
    serial_numbers: Sequence[str] = (),
    kind: MovementKind = MovementKind.RECEIPT,
) -> Movement:
    """Put goods that came from outside into a bin.

    Raises:
        BinFullError: It cannot hold them.
        BlockedError: The product has left the catalogue, or the warehouse has closed.
        DuplicateRecordError: A piece with one of the serial numbers is there already.
        InvalidValueError: The quantity or the cost is wrong, the product is a bundle, the lot's number is missing, or
            there are not as many serial numbers as pieces.
    """
    positive(quantity, "quantity")
    if not product.is_active:
        raise BlockedError(product.sku)
    if not place.warehouse.is_active:
        raise BlockedError(what=f"warehouse {place.warehouse.code}")
    if items_of(session, product):
        raise InvalidValueError(field="product", reason=f"{product.sku} is a bundle: receive what it contains")
    if product.tracking is Tracking.SERIAL:
        check_count(product, serial_numbers, quantity)
        register(session, product, serial_numbers)
    elif product.tracking is Tracking.LOT:
        put_into_lot(session, product, place.warehouse, lot_number, quantity, day=at.date())
    add_layer(session, product, place.warehouse, quantity, unit_cost_cents, at=at)
    return move(
        session,
        product,
        place,
        quantity,
        kind,
        at=at,
        reference=reference,
        unit_cost_cents=unit_cost_cents,
    )
