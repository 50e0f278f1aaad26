"""The customers: register them and set the conditions of their orders."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select

from inventory.database import add, find
from inventory.errors import InvalidValueError
from inventory.identifiers import normalise_email
from inventory.models import Customer, CustomerGroup, Order, OrderState, TaxRate

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

DEFAULT_GROUP = "STANDARD"
UNPAID = (OrderState.PLACED, OrderState.BACKORDERED, OrderState.ALLOCATED)


def register(session: Session, name: str, email: str, *, country: str, group: str = DEFAULT_GROUP) -> Customer:
    """Register a customer.

    Raises:
        DuplicateRecordError: Another customer has the email address.
        InvalidValueError: The email address has a wrong format, or the shop does not deliver to the country.
        UnknownRecordError: The group does not exist.
    """
    address = normalise_email(email)
    countries = sorted(session.scalars(select(TaxRate.country).distinct()))
    if country.upper() not in countries:
        raise InvalidValueError(field="country", reason=f"must be one of {', '.join(countries)}, not {country}")
    customer = Customer(name=name.strip(), email=address, country=country.upper())
    customer.group_id = find_group(session, group).id
    return add(session, Customer.email, address, customer)


def find_customer(session: Session, email: str) -> Customer:
    """Return the customer with an email address.

    Raises:
        InvalidValueError: The email address has a wrong format.
        UnknownRecordError: The customer does not exist.
    """
    return find(session, Customer.email, normalise_email(email), Customer)


def find_group(session: Session, code: str) -> CustomerGroup:
    """Return the customer group with a code.

    Raises:
        UnknownRecordError: The group does not exist.
    """
    return find(session, CustomerGroup.code, code.upper(), CustomerGroup)


def unpaid_cents(session: Session, customer: Customer) -> int:
    """Return the total of the orders that are not shipped yet."""
    total = Order.goods_cents - Order.discount_cents + Order.shipping_cents + Order.tax_cents
    unpaid = select(func.coalesce(func.sum(total), 0)).where(Order.customer_id == customer.id, Order.state.in_(UNPAID))
    return session.scalars(unpaid).one()
