"""Discounts that depend on how much is bought and on who buys."""

from __future__ import annotations

from inventory.common.validation import percent
from inventory.pricing.rounding import percentage

VOLUME_STEPS = ((500_000, 5), (200_000, 3), (50_000, 1))
MAXIMUM_PERCENT = 40


def volume_percent(goods_cents: int) -> int:
    """Return the discount on an order of this value: 1, 3, 5 percent from 500, 2,000, 5,000 euros on."""
    return next((discount for limit, discount in VOLUME_STEPS if goods_cents >= limit), 0)


def combined_percent(*percents: int) -> int:
    """Return several discounts as one, each taken from what the others leave, never above the maximum.

    Raises:
        InvalidValueError: One of them is not a percentage.
    """
    left = 10_000
    for value in percents:
        left = left * (100 - percent(value, "discount")) // 100
    return min((10_000 - left) // 100, MAXIMUM_PERCENT)


def take_off(cents: int, value: int) -> int:
    """Return what is left of an amount after a discount of so many percent.

    Raises:
        InvalidValueError: It is not a percentage.
    """
    return cents - percentage(cents, percent(value, "discount"))
