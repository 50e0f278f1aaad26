"""What the carrier asks, and when the customer does not have to pay it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from inventory.common.errors import InventoryError
from inventory.models.rates import ShippingRate

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

FREE_FROM_CENTS = 25_000
FREE_COUNTRY = "DE"


class NoDeliveryError(InventoryError):
    """The wholesaler does not deliver to the country."""

    def __init__(self, country: str) -> None:
        super().__init__(f"no delivery to {country}")


def parcel_cents(session: Session, country: str, grams: int) -> int:
    """Return what parcels of this weight cost: as many of the largest as are full, and the smallest for the rest.

    Raises:
        NoDeliveryError: There is no rate for the country.
    """
    rates = select(ShippingRate).where(ShippingRate.country == country).order_by(ShippingRate.maximum_grams)
    steps = session.scalars(rates).all()
    if not steps:
        raise NoDeliveryError(country)
    largest = steps[-1]
    full, rest = divmod(grams, largest.maximum_grams)
    cents = full * largest.price_cents
    if rest or not full:
        cents += next(step.price_cents for step in steps if rest <= step.maximum_grams)
    return cents


def shipping_cents(session: Session, country: str, grams: int, goods_cents: int) -> int:
    """Return what a customer pays for the parcels: nothing at home, from a certain value of goods on.

    Raises:
        NoDeliveryError: There is no rate for the country.
    """
    cents = parcel_cents(session, country, grams)
    return 0 if country == FREE_COUNTRY and goods_cents >= FREE_FROM_CENTS else cents
