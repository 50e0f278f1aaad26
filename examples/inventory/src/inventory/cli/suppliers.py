"""Commands about suppliers: ``inventory supplier ...``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inventory.catalogue.products import find_product
from inventory.cli.arguments import amount
from inventory.cli.desk import written
from inventory.purchasing.comparison import compare
from inventory.purchasing.offers import find_offer, prefer, set_offer
from inventory.purchasing.suppliers import (
    block_supplier,
    find_supplier,
    register_supplier,
    suppliers_of,
    unblock_supplier,
)
from inventory.reports.tables import Table, cents, count, text

if TYPE_CHECKING:
    from argparse import Namespace

    from inventory.cli.commands import Groups
    from inventory.cli.desk import Desk


def register(desk: Desk, arguments: Namespace) -> None:
    """Add a supplier."""
    supplier = register_supplier(
        desk.session,
        arguments.code,
        arguments.name,
        arguments.email,
        lead_time_days=arguments.days,
        currency=arguments.currency,
    )
    desk.note("register", "supplier", supplier.code, supplier.name)
    desk.say(f"{supplier.code} registered")


def list_suppliers(desk: Desk, arguments: Namespace) -> None:
    """Print the suppliers."""
    table = Table("Suppliers", (text("Code"), text("Name"), count("Days"), text("Currency"), text("State")))
    for supplier in suppliers_of(desk.session, include_blocked=arguments.all):
        state = "blocked" if supplier.is_blocked else "active"
        table.rows.append((supplier.code, supplier.name, supplier.lead_time_days, supplier.currency, state))
    desk.show(table)


def offer(desk: Desk, arguments: Namespace) -> None:
    """Write down what a supplier asks for a product."""
    supplier, product = find_supplier(desk.session, arguments.code), find_product(desk.session, arguments.sku)
    set_offer(
        desk.session,
        supplier,
        product,
        arguments.cost,
        supplier_sku=arguments.their_sku or product.sku,
        minimum_quantity=arguments.minimum,
        pack_size=arguments.pack,
    )
    if arguments.prefer:
        prefer(desk.session, find_offer(desk.session, supplier, product))
    desk.say(f"{supplier.code}: {product.sku} at {written(arguments.cost, supplier.currency)}")


def compare_offers(desk: Desk, arguments: Namespace) -> None:
    """Print what a quantity costs at everybody who sells it."""
    product = find_product(desk.session, arguments.sku)
    columns = (text("Supplier"), count("Pieces"), cents("Total"), cents("Per piece needed"), text("Expected"))
    table = Table(f"{arguments.quantity} x {product.sku}", columns)
    for each in compare(desk.session, product, arguments.quantity, day=desk.day):
        costs = (each.total_cents, each.cents_per_needed_piece)
        table.rows.append((each.supplier.code, each.quantity, *costs, str(each.expected_on)))
    desk.show(table)


def change_state(desk: Desk, arguments: Namespace) -> None:
    """Buy no more from a supplier, or buy again."""
    supplier = find_supplier(desk.session, arguments.code)
    done = "unblocked" if supplier.is_blocked else "blocked"
    if supplier.is_blocked:
        unblock_supplier(supplier)
    else:
        block_supplier(supplier)
    desk.note(done, "supplier", supplier.code)
    desk.say(f"{supplier.code} {done}")


def add_commands(groups: Groups) -> None:
    """Add the group."""
    group = groups.add("supplier", "from whom we buy")
    adding = group.add("add", register, "add a supplier")
    for name in ("code", "name", "email"):
        adding.add_argument(name)
    adding.add_argument("--days", type=int, default=7, help="that a delivery takes")
    adding.add_argument("--currency", default="EUR")
    group.add("list", list_suppliers, "print the suppliers").add_argument("--all", action="store_true")
    offering = group.add("offer", offer, "write down what a product costs there")
    offering.add_argument("code")
    offering.add_argument("sku")
    offering.add_argument("cost", type=amount)
    offering.add_argument("--their-sku")
    offering.add_argument("--minimum", type=int, default=1)
    offering.add_argument("--pack", type=int, default=1)
    offering.add_argument("--prefer", action="store_true")
    comparing = group.add("compare", compare_offers, "print what a quantity costs everywhere")
    comparing.add_argument("sku")
    comparing.add_argument("quantity", type=int)
    group.add("toggle", change_state, "buy no more, or again").add_argument("code")
