"""Corrections: what was found, what was lost, what broke."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inventory.common.errors import InvalidValueError, ShortageError
from inventory.common.validation import text
from inventory.models.catalogue import Tracking
from inventory.models.stock import MovementKind
from inventory.models.tracking import SerialState
from inventory.stock.costing import add_layer, consume, last_cost
from inventory.stock.levels import level_in
from inventory.stock.lots import put_into_lot, take_from_lots
from inventory.stock.movements import move
from inventory.stock.serials import withdraw

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from inventory.models import Bin, Movement, Product

FOUND_LOT = "FOUND"


def adjust(session: Session, product: Product, place: Bin, difference: int, *, reason: str, at: datetime) -> Movement:
    """Correct what lies in a bin. Found pieces are worth what the last ones cost; found lots go by that name.

    Raises:
        BinFullError: The bin cannot hold what was found.
        InvalidValueError: There is no difference or no reason, or pieces with serial numbers are to be corrected
            without naming them.
        ShortageError: Fewer lie there than were lost.
    """
    reason = text(reason, "reason", 40)
    if product.tracking is Tracking.SERIAL:
        raise InvalidValueError(field="product", reason=f"{product.sku} has serial numbers: receive or scrap pieces")
    cost = last_cost(session, product, place.warehouse) if difference > 0 else None
    kind = MovementKind.ADJUSTMENT
    movement = move(session, product, place, difference, kind, at=at, reference=reason, unit_cost_cents=cost)
    if cost is None:
        consume(session, product, place.warehouse, -difference)
        if product.tracking is Tracking.LOT:
            take_from_lots(session, product, place.warehouse, -difference)
    else:
        add_layer(session, product, place.warehouse, difference, cost, at=at)
        if product.tracking is Tracking.LOT:
            put_into_lot(session, product, place.warehouse, FOUND_LOT, difference, day=at.date())
    return movement


def scrap_piece(session: Session, product: Product, place: Bin, serial_number: str, *, at: datetime) -> int:
    """Throw away one piece with a serial number, and return what it had cost.

    Raises:
        ShortageError: None lies in the bin.
        StateError: The piece is no longer there.
        UnknownRecordError: There is no such piece.
    """
    if level_in(session, product, place).on_hand == 0:
        raise ShortageError(product.sku, 1, 0)
    withdraw(session, product, [serial_number], SerialState.SCRAPPED)
    move(session, product, place, -1, MovementKind.ADJUSTMENT, at=at, reference=f"scrapped {serial_number}"[:40])
    return consume(session, product, place.warehouse, 1)
