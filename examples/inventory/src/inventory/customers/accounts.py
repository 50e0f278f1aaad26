"""Customers: who they are, which conditions they have, and whether they may order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inventory.common.validation import email as valid_email
from inventory.common.validation import letters, not_negative, percent, text
from inventory.db.session import add_unique, find
from inventory.models.customers import Customer, CustomerGroup

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from inventory.models import PriceList


def register_customer(
    session: Session,
    name: str,
    email: str,
    *,
    country: str = "DE",
    currency: str = "EUR",
    vat_id: str | None = None,
    group: str = "STANDARD",
) -> Customer:
    """Add a customer to a group.

    Raises:
        DuplicateRecordError: Another one has the address.
        InvalidValueError: The name, the address, the country or the currency is wrong.
        UnknownRecordError: There is no such group.
    """
    customer = Customer(name=text(name, "name", 120), email=valid_email(email), vat_id=vat_id)
    customer.country = letters(country, "country", 2)
    customer.currency = letters(currency, "currency", 3)
    customer.group = find(session, CustomerGroup, CustomerGroup.code, group)
    return add_unique(session, customer, Customer.email, customer.email)


def find_customer(session: Session, email: str) -> Customer:
    """Return the customer with this address.

    Raises:
        UnknownRecordError: There is none.
    """
    return find(session, Customer, Customer.email, email.strip().lower())


def create_group(
    session: Session,
    code: str,
    name: str,
    *,
    discount_percent: int = 0,
    price_list: PriceList | None = None,
) -> CustomerGroup:
    """Add a group of customers with the same conditions.

    Raises:
        DuplicateRecordError: The code is taken.
        InvalidValueError: A text is empty or too long, or the discount no percentage.
    """
    group = CustomerGroup(code=text(code, "code", 12).upper(), name=text(name, "name", 80))
    group.discount_percent = percent(discount_percent, "discount")
    group.price_list_id = price_list.id if price_list else None
    return add_unique(session, group, CustomerGroup.code, group.code)


def set_credit_limit(customer: Customer, cents: int | None) -> None:
    """Limit what a customer may owe, or lift the limit.

    Raises:
        InvalidValueError: The limit is negative.
    """
    customer.credit_limit_cents = None if cents is None else not_negative(cents, "credit limit")


def block(customer: Customer) -> None:
    """Take no more orders from a customer."""
    customer.is_blocked = True


def unblock(customer: Customer) -> None:
    """Take orders from a customer again."""
    customer.is_blocked = False
