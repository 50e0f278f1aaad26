"""Commands about products: ``inventory product ...``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inventory.catalogue.barcodes import assign_barcode, barcodes_of, scan
from inventory.catalogue.categories import path_of
from inventory.catalogue.products import create_product, discontinue, find_product, reinstate, search
from inventory.common.units import Unit, format_weight, parse_weight
from inventory.db.session import find
from inventory.models.catalogue import Category, Tracking
from inventory.reports.tables import Table, count, text

if TYPE_CHECKING:
    from argparse import Namespace

    from inventory.cli.commands import Groups
    from inventory.cli.desk import Desk


def add_product(desk: Desk, arguments: Namespace) -> None:
    """Take a product into the catalogue."""
    category = find(desk.session, Category, Category.code, arguments.category.upper())
    product = create_product(
        desk.session,
        arguments.sku,
        arguments.name,
        category,
        unit=Unit(arguments.unit),
        weight_grams=parse_weight(arguments.weight),
        tracking=Tracking(arguments.tracking),
        shelf_life_days=arguments.shelf_life,
        tax_code=arguments.tax,
    )
    desk.note("create", "product", product.sku, product.name)
    desk.say(f"{product.sku} created")


def list_products(desk: Desk, arguments: Namespace) -> None:
    """Print the products in whose names all words occur."""
    table = Table("Products", (text("SKU"), text("Name"), text("Category"), count("Grams")))
    for product in search(desk.session, " ".join(arguments.words)):
        table.rows.append((product.sku, product.name, path_of(desk.session, product.category), product.weight_grams))
    desk.show(table, arguments.format)


def show_product(desk: Desk, arguments: Namespace) -> None:
    """Print what is known about a product."""
    product = find_product(desk.session, arguments.sku)
    desk.say(f"{product.sku} {product.name}" + ("" if product.is_active else " (discontinued)"))
    desk.say(f"category: {path_of(desk.session, product.category)}")
    desk.say(f"weight: {format_weight(product.weight_grams)}")
    desk.say(f"tracking: {product.tracking.value}")
    for gtin in barcodes_of(desk.session, product):
        desk.say(f"barcode: {gtin}")


def take_out(desk: Desk, arguments: Namespace) -> None:
    """Take a product out of the catalogue."""
    product = find_product(desk.session, arguments.sku)
    discontinue(desk.session, product)
    desk.note("discontinue", "product", product.sku)
    desk.say(f"{product.sku} discontinued")


def take_back(desk: Desk, arguments: Namespace) -> None:
    """Take a product back into the catalogue."""
    product = find_product(desk.session, arguments.sku)
    reinstate(product)
    desk.note("reinstate", "product", product.sku)
    desk.say(f"{product.sku} reinstated")


def set_barcode(desk: Desk, arguments: Namespace) -> None:
    """Say which barcode a pack has."""
    product = find_product(desk.session, arguments.sku)
    barcode = assign_barcode(desk.session, product, arguments.gtin, pack_quantity=arguments.pack)
    desk.say(f"{barcode.gtin} is {arguments.pack} x {product.sku}")


def scan_barcode(desk: Desk, arguments: Namespace) -> None:
    """Print what is behind a barcode."""
    product, pieces = scan(desk.session, arguments.gtin)
    desk.say(f"{pieces} x {product.sku} {product.name}")


def add_commands(groups: Groups) -> None:
    """Add the group."""
    group = groups.add("product", "products in the catalogue")
    add = group.add("add", add_product, "take a product into the catalogue")
    add.add_argument("sku")
    add.add_argument("name")
    add.add_argument("--category", required=True)
    add.add_argument("--unit", choices=[unit.value for unit in Unit], default=Unit.PIECE.value)
    add.add_argument("--weight", default="0 g")
    add.add_argument("--tracking", choices=[kind.value for kind in Tracking], default=Tracking.NONE.value)
    add.add_argument("--shelf-life", type=int, metavar="DAYS")
    add.add_argument("--tax", default="standard")
    listed = group.add("list", list_products, "search by words of the name")
    listed.add_argument("words", nargs="*")
    listed.add_argument("--format", default="text")
    group.add("show", show_product, "print a product").add_argument("sku")
    group.add("discontinue", take_out, "take a product out").add_argument("sku")
    group.add("reinstate", take_back, "take a product back").add_argument("sku")
    barcode = group.add("barcode", set_barcode, "say which barcode a pack has")
    barcode.add_argument("sku")
    barcode.add_argument("gtin")
    barcode.add_argument("--pack", type=int, default=1)
    group.add("scan", scan_barcode, "print what is behind a barcode").add_argument("gtin")
