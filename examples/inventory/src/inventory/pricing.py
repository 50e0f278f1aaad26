"""The price of an order: goods, discount, shipping and tax."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from inventory.errors import InvalidValueError
from inventory.models import QuantityDiscount, ShippingRate, TaxRate
from inventory.money import share

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.orm import Session

    from inventory.models import Customer, Product

FREE_SHIPPING_FROM_CENTS = 20_000
MAXIMUM_DISCOUNT_PERCENT = 25


@dataclass(frozen=True, slots=True)
class Quote:
    """The price of an order. All amounts are in cents."""

    goods: int
    discount: int
    shipping: int
    tax: int

    @property
    def total(self) -> int:
        """The amount of the invoice."""
        return self.goods - self.discount + self.shipping + self.tax


def quote(session: Session, customer: Customer, quantities: Mapping[Product, int]) -> Quote:
    """Calculate the price of an order. Each order line is rounded separately.

    Raises:
        InvalidValueError: The parcel is too heavy for the country of the customer.
    """
    goods = discount = tax = grams = 0
    for product, quantity in quantities.items():
        price = product.price_cents * quantity
        reduction = share(price, 100 * discount_percent(session, customer, quantity))
        goods += price
        discount += reduction
        tax += share(price - reduction, tax_basis_points(session, customer.country, product.tax_code))
        grams += product.weight_grams * quantity
    shipping = 0
    if goods - discount < FREE_SHIPPING_FROM_CENTS:
        shipping = shipping_cents(session, customer.country, grams)
        tax += share(shipping, tax_basis_points(session, customer.country, "standard"))
    return Quote(goods, discount, shipping, tax)


def discount_percent(session: Session, customer: Customer, quantity: int) -> int:
    """Return the discount on an order line: that of the group plus that of the quantity, up to a maximum."""
    wanted = select(QuantityDiscount.percent).where(QuantityDiscount.minimum_quantity <= quantity)
    best = session.scalars(wanted.order_by(QuantityDiscount.percent.desc()).limit(1)).one_or_none()
    return min(customer.group.discount_percent + (best or 0), MAXIMUM_DISCOUNT_PERCENT)


def tax_basis_points(session: Session, country: str, code: str) -> int:
    """Return the tax rate of a country, in hundredths of a per cent."""
    return session.scalars(select(TaxRate.basis_points).where(TaxRate.country == country, TaxRate.code == code)).one()


def shipping_cents(session: Session, country: str, grams: int) -> int:
    """Return the cost of a parcel.

    Raises:
        InvalidValueError: The parcel is too heavy for the country.
    """
    rates = select(ShippingRate.price_cents).where(ShippingRate.country == country, ShippingRate.maximum_grams >= grams)
    price = session.scalars(rates.order_by(ShippingRate.maximum_grams).limit(1)).one_or_none()
    if price is None:
        raise InvalidValueError(field="weight", reason=f"of a parcel to {country} is too high: {grams} g")
    return price
