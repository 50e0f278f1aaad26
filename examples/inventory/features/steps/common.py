"""Steps for all features: the example shop, the date, and errors."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from behave import given, step, then
from inventory.customers import register
from inventory.models import Product
from inventory.stock import find_warehouse, receive
from scene import unit_of_work
from sqlalchemy import select

if TYPE_CHECKING:
    from scene import Scene

CUSTOMERS = (
    ("Ada Lovelace", "ada@example.com", "DE", "STANDARD"),
    ("Tom Turing", "tom@example.com", "AT", "TRADE"),
    ("Eve Hopper", "eve@example.com", "FR", "STAFF"),
)
PIECES = {"MAIN": 100, "NORD": 40}


@given("the example shop")
def example_shop(context: Scene) -> None:
    """Receive 100 pieces of each product in MAIN and 40 in NORD, and register a customer of each group."""
    with unit_of_work(context) as session:
        for code, quantity in PIECES.items():
            warehouse = find_warehouse(session, code)
            for product in session.scalars(select(Product).order_by(Product.id)):
                receive(session, product, warehouse, quantity, on=context.today)
        for name, email, country, group in CUSTOMERS:
            register(session, name, email, country=country, group=group)


@step("today is {day}")
def set_today(context: Scene, day: str) -> None:
    """Set the date for the following steps."""
    context.today = date.fromisoformat(day)


@then("it fails: {message}")
def fails(context: Scene, message: str) -> None:
    """Compare the error of the last action."""
    assert context.error is not None, "there is no error"
    assert str(context.error) == message, str(context.error)
    context.error_is_expected = True
