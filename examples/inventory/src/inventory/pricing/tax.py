"""Value added tax: where goods go decides the rate; businesses of other countries pay at home."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from inventory.common.errors import InventoryError
from inventory.models.rates import TaxRate
from inventory.pricing.rounding import divide

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy.orm import Session

HOME_COUNTRY = "DE"
SHIPPING_CODE = "standard"
FULL = 10_000


class NoTaxRateError(InventoryError):
    """The country has no rate for this kind of product on that day: nothing can be sold there."""

    def __init__(self, country: str, code: str, day: date) -> None:
        super().__init__(f"no {code} tax rate of {country} on {day}")


def basis_points(session: Session, country: str, code: str, day: date) -> int:
    """Return the rate in hundredths of a percent: the newest that is not of the future.

    Raises:
        NoTaxRateError: There is none.
    """
    rates = select(TaxRate.basis_points).where(
        TaxRate.country == country,
        TaxRate.code == code,
        TaxRate.valid_from <= day,
    )
    rate = session.scalars(rates.order_by(TaxRate.valid_from.desc())).first()
    if rate is None:
        raise NoTaxRateError(country, code, day)
    return rate


def is_reverse_charge(country: str, vat_id: str | None) -> bool:
    """Return whether the customer pays the tax at home: a business abroad, which its VAT number begins with."""
    return vat_id is not None and country != HOME_COUNTRY and vat_id.startswith(country)


def tax_on(net_cents: int, points: int) -> int:
    """Return the tax on a net amount."""
    return divide(net_cents * points, FULL)


def net_of(gross_cents: int, points: int) -> int:
    """Return the net amount in a gross one: together with its tax it makes the gross one, give or take a cent."""
    return divide(gross_cents * FULL, FULL + points)
