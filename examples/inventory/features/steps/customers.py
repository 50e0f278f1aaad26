"""Steps for the customers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from behave import given, then, when
from inventory import customers
from inventory.money import to_cents
from scene import unit_of_work

if TYPE_CHECKING:
    from scene import Scene


@when('I register "{name}" with the address "{email}" in {country}, group {group}')
def register(context: Scene, name: str, email: str, country: str, group: str) -> None:
    """Register a customer."""
    with unit_of_work(context) as session:
        customers.register(session, name, email, country=country, group=group)


@then('the customer {email} is "{name}" in {country} with {percent:d} % discount')
def customer_is(context: Scene, email: str, name: str, country: str, percent: int) -> None:
    """Compare the data of a customer."""
    customer = customers.find_customer(context.session, email)
    found = customer.email, customer.name, customer.country, customer.group.discount_percent
    assert found == (email, name, country, percent), found


@given("the credit limit of {email} is {limit} EUR")
def set_credit_limit(context: Scene, email: str, limit: str) -> None:
    """Set the credit limit of a customer."""
    with unit_of_work(context) as session:
        customers.find_customer(session, email).credit_limit_cents = to_cents(limit)


@given("the customer {email} is blocked")
def block(context: Scene, email: str) -> None:
    """Block a customer."""
    with unit_of_work(context) as session:
        customers.find_customer(session, email).is_blocked = True


@then("the unpaid orders of {email} amount to {cents:d} cents")
def unpaid_is(context: Scene, email: str, cents: int) -> None:
    """Compare the total of the orders that are not shipped."""
    found = customers.unpaid_cents(context.session, customers.find_customer(context.session, email))
    assert found == cents, found
