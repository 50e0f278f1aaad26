"""Amounts of money, in cents. A revision converts prices with `to_cents`, too."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from inventory.errors import InvalidValueError

CENT = Decimal("0.01")
BASIS_POINTS = 10_000


def to_cents(amount: Decimal | str) -> int:
    """Convert an amount of euros to cents. Half a cent is rounded up.

    Raises:
        InvalidValueError: The amount is not a number, or it is negative.
    """
    try:
        cents = int(Decimal(amount).quantize(CENT, ROUND_HALF_UP) * 100)
    except (InvalidOperation, ValueError, OverflowError):
        raise InvalidValueError(field="amount", reason=f"must be a number, not {amount!r}") from None
    if cents < 0:
        raise InvalidValueError(field="amount", reason=f"must not be negative: {amount}")
    return cents


def share(cents: int, basis_points: int) -> int:
    """Return a share of an amount, given in hundredths of a per cent. Half a cent is rounded up."""
    return (cents * basis_points + BASIS_POINTS // 2) // BASIS_POINTS


def format_cents(cents: int) -> str:
    """Format cents as euros, such as `12.05 EUR`."""
    return f"{cents // 100}.{cents % 100:02} EUR"
