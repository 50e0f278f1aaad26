"""Sending purchases: from then on they bind, and until goods come they can be taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inventory.common.errors import InvalidValueError, InventoryError
from inventory.models.purchasing import PurchaseState
from inventory.purchasing.lead_times import expected_on
from inventory.purchasing.states import advance, is_on_the_way, wrong_state
from inventory.purchasing.suppliers import require_active

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy.orm import Session

    from inventory.models import PurchaseOrder


class ProductGoneError(InventoryError):
    """A product has left the catalogue since the purchase was drafted."""

    def __init__(self, number: str, skus: list[str]) -> None:
        super().__init__(f"purchase {number} asks for what is no longer sold: {', '.join(skus)}")


def send_purchase(session: Session, purchase: PurchaseOrder, *, day: date) -> date:
    """Order what was drafted, and return when it should be there.

    Raises:
        BlockedError: Nothing is bought from the supplier any more.
        ProductGoneError: A product has left the catalogue meanwhile.
        StateError: The purchase is no draft.
    """
    require_active(purchase.supplier)
    if gone := sorted(line.product.sku for line in purchase.lines if not line.product.is_active):
        raise ProductGoneError(purchase.number, gone)
    advance(purchase, PurchaseState.SENT, "send")
    expected = expected_on(purchase.supplier, day)
    purchase.ordered_on, purchase.expected_on = day, expected
    session.flush()
    return expected


def postpone(session: Session, purchase: PurchaseOrder, day: date) -> None:
    """Write down that the supplier has named another day.

    Raises:
        InvalidValueError: It lies before the order.
        StateError: The purchase is not on its way.
    """
    if not is_on_the_way(purchase):
        raise wrong_state(purchase, "postpone")
    if day < purchase.ordered_on:
        raise InvalidValueError(field="expected_on", reason=f"must not be before {purchase.ordered_on}")
    purchase.expected_on = day
    session.flush()


def cancel_purchase(session: Session, purchase: PurchaseOrder) -> None:
    """Take a purchase back of which nothing has come.

    Raises:
        StateError: Something has, or it is cancelled already.
    """
    advance(purchase, PurchaseState.CANCELLED, "cancel")
    session.flush()


def close_short(session: Session, purchase: PurchaseOrder) -> int:
    """Wait no longer for the rest of a purchase, and return how many pieces that are.

    Raises:
        StateError: Nothing has come, or nothing is missing.
    """
    if purchase.state is not PurchaseState.PARTLY_RECEIVED:
        raise wrong_state(purchase, "close")
    advance(purchase, PurchaseState.RECEIVED, "close")
    session.flush()
    return sum(line.quantity - line.received for line in purchase.lines)
