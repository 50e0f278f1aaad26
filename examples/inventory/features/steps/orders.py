"""Steps for the orders."""

from __future__ import annotations

from typing import TYPE_CHECKING

from behave import step, then
from inventory import orders
from inventory.customers import find_customer
from inventory.stock import find_warehouse
from scene import unit_of_work

if TYPE_CHECKING:
    from scene import Scene


def quantities(items: str) -> dict[str, int]:
    """Return the quantity by SKU from words such as `2 HAM-001, 1 SAW-001`, or from `nothing`."""
    pairs = [] if items == "nothing" else [item.split(" ") for item in items.split(", ")]
    return {sku: int(quantity) for quantity, sku in pairs}


@step("{email} orders {items} from {warehouse}")
def place(context: Scene, email: str, items: str, warehouse: str) -> None:
    """Place an order."""
    with unit_of_work(context) as session:
        customer, location = find_customer(session, email), find_warehouse(session, warehouse)
        context.order = orders.place(session, customer, location, quantities(items), on=context.today)


@step("the order is allocated")
def allocate(context: Scene) -> None:
    """Reserve stock for the last order."""
    with unit_of_work(context) as session:
        context.missing = orders.allocate(session, context.order)


@step("the order is shipped")
def ship(context: Scene) -> None:
    """Ship the last order."""
    with unit_of_work(context) as session:
        orders.ship(session, context.order, on=context.today)


@step("the order is cancelled")
def cancel(context: Scene) -> None:
    """Cancel the last order."""
    with unit_of_work(context) as session:
        orders.cancel(session, context.order)


@then("the state of the order is {state}")
def state_is(context: Scene, state: str) -> None:
    """Compare the state of the last order."""
    assert context.order.state.value == state, context.order.state


@then("{missing:d} pieces are missing")
def missing_is(context: Scene, missing: int) -> None:
    """Compare the result of the last allocation."""
    assert context.missing == missing, context.missing


@step("the number of the order is {number}")
def number_is(context: Scene, number: str) -> None:
    """Compare the number of the last order, and find it by this number."""
    assert orders.find_order(context.session, number) is context.order, context.order.number


@then("the {amount} of the order is {cents:d} cents")
def amount_is(context: Scene, amount: str, cents: int) -> None:
    """Compare an amount of the last order: goods, discount, shipping, tax or total."""
    found = getattr(context.order, f"{amount}_cents")
    assert found == cents, found
