"""Steps for the catalogue."""

from __future__ import annotations

from typing import TYPE_CHECKING

from behave import given, then, when
from inventory.catalogue import create_category, create_product, find_product
from inventory.database import find
from inventory.identifiers import normalise_sku
from inventory.models import Category
from inventory.money import format_cents, to_cents
from scene import unit_of_work

if TYPE_CHECKING:
    from scene import Scene


@when('I add the category "{name}"')
def add_category(context: Scene, name: str) -> None:
    """Create a category."""
    with unit_of_work(context) as session:
        create_category(session, name)


@then('the category {code} is "{name}"')
def category_is(context: Scene, code: str, name: str) -> None:
    """Compare the name of a category."""
    found = find(context.session, Category.code, code, Category).name
    assert found == name, found


@when('I add the product "{sku}" named "{name}" to {category} for {price} EUR')
def add_product(context: Scene, sku: str, name: str, category: str, price: str) -> None:
    """Create a product."""
    with unit_of_work(context) as session:
        create_product(session, sku, name, category=category, price_cents=to_cents(price))


@then('the product {sku} is "{name}" of {category}')
def product_is(context: Scene, sku: str, name: str, category: str) -> None:
    """Compare the name and the category of a product."""
    product = find_product(context.session, sku)
    assert product.sku == normalise_sku(sku)
    assert (product.name, product.category.code) == (name, category), (product.name, product.category.code)


@given("the price of {sku} is changed to {price} EUR")
@when("the price of {sku} is changed to {price} EUR")
def change_price(context: Scene, sku: str, price: str) -> None:
    """Change the price of a product."""
    with unit_of_work(context) as session:
        find_product(session, sku).price_cents = to_cents(price)


@then("the price of {sku} is {cents:d} cents, printed as {printed}")
def price_is(context: Scene, sku: str, cents: int, printed: str) -> None:
    """Compare the price of a product, in cents and in words."""
    found = find_product(context.session, sku).price_cents
    assert (found, format_cents(found)) == (cents, printed), (found, format_cents(found))


@given("the product {sku} is discontinued")
@when("the product {sku} is discontinued")
def discontinue(context: Scene, sku: str) -> None:
    """Remove a product from sale."""
    with unit_of_work(context) as session:
        find_product(session, sku).is_active = False
