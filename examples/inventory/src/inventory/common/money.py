"""Money: whole cents of one currency, so that no sum is ever a fraction off."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

from inventory.common.errors import InvalidValueError, InventoryError

if TYPE_CHECKING:
    from collections.abc import Sequence

CENTS = 100


class CurrencyMismatchError(InventoryError):
    """Amounts of two currencies were added or compared."""

    def __init__(self, left: str, right: str) -> None:
        super().__init__(f"{left} and {right} do not mix: convert first")


@dataclass(frozen=True)
class Money:
    """An amount of one currency."""

    cents: int
    currency: str = "EUR"

    def __add__(self, other: Money) -> Money:
        return Money(self.cents + self._same(other), self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.cents - self._same(other), self.currency)

    def __mul__(self, factor: int) -> Money:
        return Money(self.cents * factor, self.currency)

    def __lt__(self, other: Money) -> bool:
        return self.cents < self._same(other)

    def __str__(self) -> str:
        sign = "-" if self.cents < 0 else ""
        return f"{sign}{abs(self.cents) // CENTS:,}.{abs(self.cents) % CENTS:02} {self.currency}"

    def _same(self, other: Money) -> int:
        if other.currency != self.currency:
            raise CurrencyMismatchError(self.currency, other.currency)
        return other.cents


def to_cents(amount: Decimal | str) -> int:
    """Return a decimal amount in whole cents, half a cent rounded away from zero."""
    return int((Decimal(amount) * CENTS).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def share(cents: int, weights: Sequence[int]) -> list[int]:
    """Share an amount among weights so that nothing is lost: the largest remainders get the cents left over.

    Raises:
        InvalidValueError: No weight is positive.
    """
    total = sum(weights)
    if total <= 0:
        raise InvalidValueError(field="weights", reason="must have a positive sum")
    shares = [cents * weight // total for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda index: (-(cents * weights[index] % total), index))
    for index in by_remainder[: cents - sum(shares)]:
        shares[index] += 1
    return shares
