"""What is earned: margins, and prices that leave one."""

from __future__ import annotations

from inventory.common.errors import InvalidValueError, InventoryError
from inventory.common.validation import positive
from inventory.pricing.rounding import charm, divide

MINIMUM_MARGIN_PERCENT = 8
FULL = 100


class MarginError(InventoryError):
    """A price would leave too little."""

    def __init__(self, price_cents: int, cost_cents: int) -> None:
        super().__init__(f"{price_cents} cents leave less than {MINIMUM_MARGIN_PERCENT} % above a cost of {cost_cents}")


def margin_percent(price_cents: int, cost_cents: int) -> int:
    """Return which part of a price is earned, in percent; negative where it does not cover the cost.

    Raises:
        InvalidValueError: The price is not positive.
    """
    return divide((price_cents - cost_cents) * FULL, positive(price_cents, "price"))


def check_margin(price_cents: int, cost_cents: int) -> None:
    """Let a price pass that leaves the smallest margin that the wholesaler can live with.

    Raises:
        InvalidValueError: The price is not positive.
        MarginError: It leaves less.
    """
    if margin_percent(price_cents, cost_cents) < MINIMUM_MARGIN_PERCENT:
        raise MarginError(price_cents, cost_cents)


def price_for_margin(cost_cents: int, percent: int, *, charming: bool = False) -> int:
    """Return the price of which so many percent are earned; a charming one ends in 99.

    Raises:
        InvalidValueError: The margin is not between 0 and 99 percent.
    """
    if not 0 <= percent < FULL:
        raise InvalidValueError(field="margin", reason=f"must be from 0 to 99 percent, not {percent}")
    price = divide(cost_cents * FULL, FULL - percent)
    return charm(price) if charming else price
