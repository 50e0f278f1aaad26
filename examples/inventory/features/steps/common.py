"""Steps for all features: the example shop, the date, and errors."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from behave import given, step, then
from inventory.models import Customer, Movement, MovementKind, Product, StockLevel
from scene import unit_of_work
from sqlalchemy import select

if TYPE_CHECKING:
    from scene import Scene

CUSTOMERS = (
    ("Ada Lovelace", "ada@example.com", "DE", 1),
    ("Tom Turing", "tom@example.com", "AT", 2),
    ("Eve Hopper", "eve@example.com", "FR", 3),
)
PIECES = {1: 100, 2: 40}


@given("the example shop")
def example_shop(context: Scene) -> None:
    """Insert 100 pieces of each product in MAIN, 40 in NORD, and one customer of each group."""
    with unit_of_work(context) as session:
        for product_id in session.scalars(select(Product.id)):
            for warehouse_id, quantity in PIECES.items():
                where = {"product_id": product_id, "warehouse_id": warehouse_id}
                session.add(StockLevel(on_hand=quantity, **where))
                receipt = Movement(kind=MovementKind.RECEIPT, quantity=quantity, moved_on=context.today, **where)
                session.add(receipt)
        for name, email, country, group_id in CUSTOMERS:
            session.add(Customer(name=name, email=email, country=country, group_id=group_id))


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
