"""Goods go out: from picking bins first, from the oldest lots, at the oldest costs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inventory.common.errors import ShortageError
from inventory.common.validation import positive
from inventory.models.catalogue import Tracking
from inventory.models.stock import MovementKind
from inventory.models.tracking import SerialState
from inventory.models.warehouses import BinKind
from inventory.stock.costing import consume
from inventory.stock.levels import levels_of
from inventory.stock.lots import take_from_lots
from inventory.stock.movements import move
from inventory.stock.serials import check_count, withdraw

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from inventory.models import Bin, Product, Warehouse


def plan_picks(session: Session, product: Product, warehouse: Warehouse, quantity: int) -> list[tuple[Bin, int]]:
    """Return how many pieces to take from which bins, none of them in quarantine.

    Raises:
        ShortageError: The bins hold fewer.
    """
    picks: list[tuple[Bin, int]] = []
    left = quantity
    for level in levels_of(session, product, warehouse):
        pieces = 0 if level.bin.kind is BinKind.QUARANTINE else min(level.on_hand, left)
        if pieces:
            picks.append((level.bin, pieces))
            left -= pieces
    if left:
        raise ShortageError(product.sku, quantity, quantity - left)
    return picks


def issue(
    session: Session,
    product: Product,
    warehouse: Warehouse,
    quantity: int,
    *,
    at: datetime,
    reference: str = "",
    serial_numbers: Sequence[str] = (),
    kind: MovementKind = MovementKind.ISSUE,
) -> int:
    """Take goods out of a warehouse for good, and return what they had cost.

    Raises:
        InvalidValueError: The quantity is not positive, or there are not as many serial numbers as pieces.
        ShortageError: Fewer lie outside of quarantine.
        StateError: A piece with one of the serial numbers is no longer there.
        UnknownRecordError: There is no piece with one of the serial numbers.
    """
    picks = plan_picks(session, product, warehouse, positive(quantity, "quantity"))
    if product.tracking is Tracking.SERIAL:
        check_count(product, serial_numbers, quantity)
        withdraw(session, product, serial_numbers, SerialState.SOLD)
    elif product.tracking is Tracking.LOT:
        take_from_lots(session, product, warehouse, quantity)
    for place, pieces in picks:
        move(session, product, place, -pieces, kind, at=at, reference=reference)
    return consume(session, product, warehouse, quantity)
