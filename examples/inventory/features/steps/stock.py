"""Steps for the stock."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from behave import step, then, when
from inventory import stock
from inventory.catalogue import find_active_product, find_product
from scene import unit_of_work

if TYPE_CHECKING:
    from scene import Scene


@step("{quantity:d} pieces of {sku} arrive in {warehouse}")
def receive(context: Scene, quantity: int, sku: str, warehouse: str) -> None:
    """Receive goods."""
    with unit_of_work(context) as session:
        place = stock.find_warehouse(session, warehouse)
        stock.receive(session, find_active_product(session, sku), place, quantity, on=context.today)


@step("{quantity:d} pieces of {sku} are transferred from {source} to {target}")
def transfer(context: Scene, quantity: int, sku: str, source: str, target: str) -> None:
    """Transfer goods."""
    with unit_of_work(context) as session:
        product = find_product(session, sku)
        origin, destination = stock.find_warehouse(session, source), stock.find_warehouse(session, target)
        stock.transfer(session, product, origin, destination, quantity, on=context.today)


@when("{quantity:d} pieces of {sku} are counted in {warehouse}")
def count(context: Scene, quantity: int, sku: str, warehouse: str) -> None:
    """Count goods."""
    with unit_of_work(context) as session:
        place = stock.find_warehouse(session, warehouse)
        context.difference = stock.count(session, find_product(session, sku), place, quantity, on=context.today)


@then("the difference is {difference:d}")
def difference_is(context: Scene, difference: int) -> None:
    """Compare the result of a count."""
    assert context.difference == difference, context.difference


@then("{warehouse} has {quantity:d} pieces of {sku}, {available:d} of them available")
def stock_is(context: Scene, warehouse: str, quantity: int, sku: str, available: int) -> None:
    """Compare the stock of a product in a warehouse."""
    product, place = find_product(context.session, sku), stock.find_warehouse(context.session, warehouse)
    found = stock.on_hand(context.session, product, place), stock.available(context.session, product, place)
    assert found == (quantity, available), found


@then("{warehouse} had {quantity:d} pieces of {sku} at the end of {day}")
def stock_was(context: Scene, warehouse: str, quantity: int, sku: str, day: str) -> None:
    """Compare an earlier stock of a product."""
    product, place = find_product(context.session, sku), stock.find_warehouse(context.session, warehouse)
    found = stock.on_hand_at_end_of(context.session, product, place, date.fromisoformat(day))
    assert found == quantity, found


@then("the movements of {sku} are")
def movements_are(context: Scene, sku: str) -> None:
    """Compare the movements of a product with a table."""
    assert context.table is not None, "the step needs a table"
    found = [
        [str(each.moved_on), each.warehouse.code, each.kind.value, str(each.quantity), each.reference]
        for each in stock.movements(context.session, find_product(context.session, sku))
    ]
    assert found == [list(row) for row in context.table], found
