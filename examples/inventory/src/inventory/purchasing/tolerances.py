"""How far a delivery or an invoice may be off before somebody has to look at it."""

from __future__ import annotations

from inventory.common.errors import InventoryError
from inventory.pricing.rounding import percentage

OVER_DELIVERY_PERCENT = 5
PRICE_PERCENT = 2
PRICE_CENTS = 50


class OverDeliveryError(InventoryError):
    """More has come than the wholesaler has to keep."""

    def __init__(self, sku: str, delivered: int, limit: int) -> None:
        super().__init__(f"{sku}: {delivered} delivered, at most {limit} accepted")


def most_accepted(ordered: int) -> int:
    """Return up to how many pieces are kept of a product of which so many were ordered."""
    return ordered + ordered * OVER_DELIVERY_PERCENT // 100


def check_delivery(sku: str, ordered: int, received: int, quantity: int) -> None:
    """Let pieces pass that are not many too many; if all that were ordered are here, each one is too many.

    Raises:
        OverDeliveryError: They are.
    """
    limit = most_accepted(ordered) if received < ordered else ordered
    if received + quantity > limit:
        raise OverDeliveryError(sku, received + quantity, limit)


def is_price_accepted(ordered_cents: int, billed_cents: int) -> bool:
    """Return whether a price is near enough to the one that was agreed: two percent above, but never half a euro."""
    return billed_cents - ordered_cents <= min(percentage(ordered_cents, PRICE_PERCENT), PRICE_CENTS)
