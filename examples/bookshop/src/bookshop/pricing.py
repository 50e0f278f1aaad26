"""What an order costs. Whole cents throughout, so that no sum is ever a fraction off."""

from __future__ import annotations

FREE_SHIPPING_FROM_CENTS = 5_000
BULK_QUANTITY = 10
BULK_DISCOUNT_PERCENT = 5


def line_price(unit_price_cents: int, quantity: int) -> int:
    """Return the price of one order line, bulk discount taken off and half cents rounded up.

    Raises:
        ValueError: The quantity is not positive.
    """
    if quantity < 1:
        message = f"quantity must be positive, not {quantity}"
        raise ValueError(message)
    percent = 100 - (BULK_DISCOUNT_PERCENT if quantity >= BULK_QUANTITY else 0)
    return (unit_price_cents * quantity * percent + 50) // 100


def shipping_price(goods_cents: int, rate_cents: int) -> int:
    """Return what shipping costs: the country's rate, nothing from a certain value of goods on."""
    return 0 if goods_cents >= FREE_SHIPPING_FROM_CENTS else rate_cents
