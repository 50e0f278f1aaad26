"""Which price counts: the customer group's list before the default one, the best quantity that is reached."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from inventory.common.clock import is_within
from inventory.common.errors import InvalidValueError, InventoryError
from inventory.common.money import Money
from inventory.common.validation import letters, not_negative, positive, text
from inventory.db.session import add_unique
from inventory.models.price_lists import Price, PriceList

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy.orm import Session

    from inventory.models import CustomerGroup, Product


class NoPriceError(InventoryError):
    """No list that is valid on that day has a price for the product."""

    def __init__(self, sku: str, day: date) -> None:
        super().__init__(f"{sku} has no price on {day}")


def create_price_list(
    session: Session,
    code: str,
    name: str,
    *,
    currency: str = "EUR",
    valid_from: date | None = None,
    valid_to: date | None = None,
) -> PriceList:
    """Add an empty list.

    Raises:
        DuplicateRecordError: The code is taken.
        InvalidValueError: A text is empty or too long, or the period ends before it begins.
    """
    if valid_from is not None and valid_to is not None and valid_to < valid_from:
        raise InvalidValueError(field="valid_to", reason=f"must not be before {valid_from}")
    price_list = PriceList(code=text(code, "code", 12), name=text(name, "name", 80))
    price_list.currency = letters(currency, "currency", 3)
    price_list.valid_from, price_list.valid_to = valid_from, valid_to
    return add_unique(session, price_list, PriceList.code, price_list.code)


def set_price(
    session: Session, price_list: PriceList, product: Product, cents: int, *, minimum_quantity: int = 1
) -> Price:
    """Set what a piece costs from a quantity on; an older price for the same quantity is replaced.

    Raises:
        InvalidValueError: The price is negative, the quantity not positive, or more pieces would cost more each.
    """
    not_negative(cents, "price")
    positive(minimum_quantity, "minimum_quantity")
    steps = {price.minimum_quantity: price for price in prices_of(session, price_list, product)}
    for quantity, price in steps.items():
        if (quantity - minimum_quantity) * (price.amount_cents - cents) > 0:
            raise InvalidValueError(
                field="price", reason=f"must not rise: {quantity} pieces cost {price.amount_cents} each"
            )
    price = steps.get(minimum_quantity) or Price(price_list=price_list, product=product)
    price.minimum_quantity, price.amount_cents = minimum_quantity, cents
    session.add(price)
    session.flush()
    return price


def prices_of(session: Session, price_list: PriceList, product: Product) -> list[Price]:
    """Return the prices of a product in a list, those for the largest quantities first."""
    prices = select(Price).where(Price.price_list_id == price_list.id, Price.product_id == product.id)
    return list(session.scalars(prices.order_by(Price.minimum_quantity.desc())))


def unit_price(session: Session, product: Product, quantity: int, *, group: CustomerGroup, day: date) -> Money:
    """Return the price of one of so many pieces for a group of customers.

    Raises:
        NoPriceError: No valid list has one for so few pieces.
    """
    lists = list(session.scalars(select(PriceList).where(PriceList.is_default).order_by(PriceList.id)))
    if group.price_list_id is not None:
        lists.insert(0, session.get_one(PriceList, group.price_list_id))
    for price_list in lists:
        if is_within(day, price_list.valid_from, price_list.valid_to):
            for price in prices_of(session, price_list, product):
                if price.minimum_quantity <= quantity:
                    return Money(price.amount_cents, price_list.currency)
    raise NoPriceError(product.sku, day)
