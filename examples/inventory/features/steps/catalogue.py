"""Steps about products, categories and barcodes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from behave import given, step, then, when
from inventory.catalogue.barcodes import assign_barcode, barcodes_of, scan, scan_all
from inventory.catalogue.categories import ancestors, create_category, descendants, move_category, path_of
from inventory.catalogue.products import create_product, discontinue, find_product, reinstate, search
from inventory.common.units import Unit
from inventory.db.session import find
from inventory.models import Category, PriceList, Tracking
from inventory.pricing.price_lists import set_price
from scene import ask, attempt, expect, only_row, product, rows, shown

if TYPE_CHECKING:
    from behave import Row
    from inventory.models import Product
    from scene import Scene


def category(context: Scene, name: str) -> Category:
    """Return the category with this name."""
    return find(context.session, Category, Category.name, name)


def make_product(context: Scene, row: Row) -> Product:
    """Add the product that a row describes; what it does not say is as with most products."""
    days = row.get("shelf life", "")
    return create_product(
        context.session,
        row["sku"],
        row.get("name", "Thing"),
        category(context, row.get("category", "Tools")),
        unit=Unit(row.get("unit", "piece")),
        weight_grams=int(row.get("grams", "100")),
        tracking=Tracking(row.get("tracking", "none")),
        shelf_life_days=int(days) if days else None,
        tax_code=row.get("tax", "standard"),
    )


@given("these products")
def add_products(context: Scene) -> None:
    """Add products, with prices in the retail list where the table names them."""
    retail = find(context.session, PriceList, PriceList.code, "RETAIL")
    for row in rows(context):
        with attempt(context):
            made = make_product(context, row)
            if row.get("cents", ""):
                set_price(context.session, retail, made, int(row["cents"]))


@when("this product is created")
def create_from_table(context: Scene) -> None:
    """Add the one product of the table."""
    row = only_row(context)
    ask(context, lambda: make_product(context, row))


@when('I look for the product "{words}"')
def look_for_product(context: Scene, words: str) -> None:
    """Find a product by a SKU as somebody typed it."""
    ask(context, lambda: find_product(context.session, words))


@when('I search the catalogue for "{words}"')
def search_catalogue(context: Scene, words: str) -> None:
    """Search the names of the products."""
    ask(context, lambda: search(context.session, words))


@step("{sku:Sku} is discontinued")
def discontinue_product(context: Scene, sku: str) -> None:
    """Take a product out of the catalogue."""
    with attempt(context):
        discontinue(context.session, product(context, sku))


@step("{sku:Sku} is reinstated")
def reinstate_product(context: Scene, sku: str) -> None:
    """Take a product back into the catalogue."""
    with attempt(context):
        reinstate(product(context, sku))


@then("the product {sku:Sku} has")
def product_has(context: Scene, sku: str) -> None:
    """Compare a product with a row."""
    expect(product(context, sku), only_row(context))


@step('the category "{name}" is created')
def create_root(context: Scene, name: str) -> None:
    """Add a category at the top."""
    ask(context, lambda: create_category(context.session, name))


@step('the subcategory "{name}" of "{parent}" is created')
def create_below(context: Scene, name: str, parent: str) -> None:
    """Add a category below another one."""
    ask(context, lambda: create_category(context.session, name, parent=category(context, parent)))


@step('the category "{name}" is moved below "{parent}"')
def move_below(context: Scene, name: str, parent: str) -> None:
    """Hang a category below another one."""
    with attempt(context):
        move_category(context.session, category(context, name), category(context, parent))


@step('the category "{name}" is moved to the top')
def move_to_top(context: Scene, name: str) -> None:
    """Make a category a root."""
    with attempt(context):
        move_category(context.session, category(context, name), None)


@then('the path of the category "{name}" is {path}')
def path_is(context: Scene, name: str, path: str) -> None:
    """Compare a category's place in the tree."""
    assert path_of(context.session, category(context, name)) == path, path_of(context.session, category(context, name))


@then('the categories from "{name}" down are {codes}')
def descendants_are(context: Scene, name: str, codes: str) -> None:
    """Compare what is below a category."""
    found = shown(descendants(context.session, category(context, name)))
    assert found == codes, found


@then('the categories from "{name}" up are {codes}')
def ancestors_are(context: Scene, name: str, codes: str) -> None:
    """Compare what is above a category."""
    found = shown(ancestors(context.session, category(context, name)))
    assert found == codes, found


@step('the barcode "{gtin}" is assigned to a pack of {count:Number} {sku:Sku}')
def assign(context: Scene, gtin: str, count: int, sku: str) -> None:
    """Say which barcode a pack has."""
    with attempt(context):
        assign_barcode(context.session, product(context, sku), gtin, pack_quantity=count)


@step('the barcode "{gtin}" is assigned to {sku:Sku}')
def assign_piece(context: Scene, gtin: str, sku: str) -> None:
    """Say which barcode a single piece has."""
    with attempt(context):
        assign_barcode(context.session, product(context, sku), gtin)


@when('"{gtin}" is scanned')
def scan_one(context: Scene, gtin: str) -> None:
    """Scan one pack."""
    ask(context, lambda: scan(context.session, gtin))


@when("these packs are scanned: {gtins}")
def scan_many(context: Scene, gtins: str) -> None:
    """Scan packs, one after the other."""
    ask(context, lambda: scan_all(context.session, gtins.split(", ")))


@then("the barcodes of {sku:Sku} are {gtins}")
def barcodes_are(context: Scene, sku: str, gtins: str) -> None:
    """Compare the barcodes of a product."""
    found = shown(barcodes_of(context.session, product(context, sku)))
    assert found == gtins, found
