"""Price comparison: what a quantity really costs at each supplier, packs nobody needs included."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from inventory.common.errors import InventoryError
from inventory.common.money import Money
from inventory.pricing.currency import BASE_CURRENCY, convert
from inventory.pricing.rounding import divide
from inventory.purchasing.lead_times import expected_on
from inventory.purchasing.offers import offers_for
from inventory.purchasing.quantities import orderable

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy.orm import Session

    from inventory.models import Product, Supplier, SupplierProduct


class NoSupplierError(InventoryError):
    """Nobody sells the product in time."""

    def __init__(self, sku: str) -> None:
        super().__init__(f"nobody sells {sku} in time")


@dataclass(frozen=True)
class Comparison:
    """What so many pieces cost at one supplier, in euro cents, and when they would be there."""

    supplier: Supplier
    quantity: int
    total_cents: int
    needed: int
    expected_on: date

    @property
    def cents_per_needed_piece(self) -> int:
        """What a piece costs that is needed, if nobody ever buys the others."""
        return divide(self.total_cents, self.needed)


def cost_in_euros(session: Session, offer: SupplierProduct, quantity: int, *, day: date) -> int:
    """Return what pieces cost in euro cents, by the rate of the day.

    Raises:
        NoExchangeRateError: The supplier's currency has none.
    """
    return convert(session, Money(offer.cost_cents * quantity, offer.supplier.currency), BASE_CURRENCY, day=day).cents


def compare(session: Session, product: Product, quantity: int, *, day: date) -> list[Comparison]:
    """Return what so many pieces cost at everybody who sells them: the cheapest first, of these the fastest.

    Raises:
        InvalidValueError: The quantity is not positive.
        NoExchangeRateError: A supplier's currency has no rate on that day.
    """
    found = []
    for offer in offers_for(session, product):
        bought = orderable(offer, quantity)
        cents = cost_in_euros(session, offer, bought, day=day)
        found.append(Comparison(offer.supplier, bought, cents, quantity, expected_on(offer.supplier, day)))
    return sorted(found, key=lambda each: (each.total_cents, each.expected_on, each.supplier.code))


def cheapest_until(session: Session, product: Product, quantity: int, *, day: date, needed_on: date) -> Comparison:
    """Return the cheapest way to have so many pieces on a day.

    Raises:
        NoSupplierError: There is none.
    """
    for each in compare(session, product, quantity, day=day):
        if each.expected_on <= needed_on:
            return each
    raise NoSupplierError(product.sku)
