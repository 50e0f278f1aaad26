"""The program `inventory`: one command for each action of the shop."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from inventory import catalogue, customers, orders, stock
from inventory.database import open_database, unit_of_work
from inventory.errors import InvalidValueError, InventoryError
from inventory.money import format_cents, to_cents

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

Command = Callable[["Session", argparse.Namespace], str]


def add_product(session: Session, arguments: argparse.Namespace) -> str:
    """Create a product."""
    product = catalogue.create_product(
        session,
        arguments.sku,
        arguments.name,
        category=arguments.category,
        price_cents=to_cents(arguments.price),
        weight_grams=arguments.grams,
    )
    return f"{product.sku} created"


def show_product(session: Session, arguments: argparse.Namespace) -> str:
    """Show a product and its stock in all warehouses."""
    product = catalogue.find_product(session, arguments.sku)
    lines = [f"{product.sku} {product.name}: {format_cents(product.price_cents)}"]
    for movement in stock.movements(session, product):
        words = (str(movement.moved_on), movement.warehouse.code, movement.kind.value, f"{movement.quantity:+}")
        lines.append(" ".join(filter(None, (*words, movement.reference))))
    return "\n".join(lines)


def receive(session: Session, arguments: argparse.Namespace) -> str:
    """Add goods to a warehouse."""
    product = catalogue.find_active_product(session, arguments.sku)
    warehouse = stock.find_warehouse(session, arguments.warehouse)
    stock.receive(session, product, warehouse, arguments.quantity, on=arguments.on)
    return f"{product.sku} in {warehouse.code}: {stock.on_hand(session, product, warehouse)}"


def transfer(session: Session, arguments: argparse.Namespace) -> str:
    """Move goods to another warehouse."""
    product = catalogue.find_product(session, arguments.sku)
    source, target = (stock.find_warehouse(session, code) for code in (arguments.warehouse, arguments.target))
    stock.transfer(session, product, source, target, arguments.quantity, on=arguments.on)
    return f"{product.sku} in {target.code}: {stock.on_hand(session, product, target)}"


def add_customer(session: Session, arguments: argparse.Namespace) -> str:
    """Register a customer."""
    customer = customers.register(session, arguments.name, arguments.email, country=arguments.country)
    return f"{customer.email} registered"


def place(session: Session, arguments: argparse.Namespace) -> str:
    """Place an order."""
    quantities = {}
    for item in arguments.items:
        sku, _, quantity = item.partition("=")
        if not quantity.isdecimal():
            raise InvalidValueError(field="item", reason=f"must look like SKU=QUANTITY, not {item!r}")
        quantities[sku] = int(quantity)
    customer = customers.find_customer(session, arguments.email)
    warehouse = stock.find_warehouse(session, arguments.warehouse)
    order = orders.place(session, customer, warehouse, quantities, on=arguments.on)
    return f"{order.number}: {format_cents(order.total_cents)}"


def allocate(session: Session, arguments: argparse.Namespace) -> str:
    """Reserve stock for an order."""
    order = orders.find_order(session, arguments.number)
    missing = orders.allocate(session, order)
    return f"{order.number} {order.state.value}, {missing} missing"


def ship(session: Session, arguments: argparse.Namespace) -> str:
    """Ship an allocated order."""
    order = orders.find_order(session, arguments.number)
    orders.ship(session, order, on=arguments.on)
    return f"{order.number} shipped"


def cancel(session: Session, arguments: argparse.Namespace) -> str:
    """Cancel an order that is not shipped."""
    order = orders.find_order(session, arguments.number)
    orders.cancel(session, order)
    return f"{order.number} cancelled"


COMMANDS: dict[str, tuple[Command, Sequence[str]]] = {
    "add-product": (add_product, ("sku", "name", "category", "price", "--grams")),
    "show-product": (show_product, ("sku",)),
    "receive": (receive, ("sku", "quantity", "--warehouse")),
    "transfer": (transfer, ("sku", "quantity", "target", "--warehouse")),
    "add-customer": (add_customer, ("name", "email", "country")),
    "place": (place, ("email", "items", "--warehouse")),
    "allocate": (allocate, ("number",)),
    "ship": (ship, ("number",)),
    "cancel": (cancel, ("number",)),
}
KINDS: dict[str, dict[str, object]] = {
    "quantity": {"type": int},
    "items": {"nargs": "+", "metavar": "SKU=QUANTITY"},
    "--grams": {"type": int, "default": 0},
    "--warehouse": {"default": "MAIN"},
}


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    parser = argparse.ArgumentParser(prog="inventory", description="Manage the inventory of a shop.")
    parser.add_argument("--database", type=Path, default=Path("inventory.db"), help="default: inventory.db")
    today = datetime.now(UTC).date()
    parser.add_argument("--on", type=date.fromisoformat, default=today, metavar="DATE", help="default: today")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for name, (command, names) in COMMANDS.items():
        subparser = commands.add_parser(name, help=command.__doc__)
        subparser.set_defaults(command=command)
        for argument in names:
            subparser.add_argument(argument, **KINDS.get(argument, {}))  # type: ignore[arg-type]  # KINDS has them
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command and return the exit code: 0, or 1 after an error of the application."""
    arguments = build_parser().parse_args(argv)
    engine = open_database(arguments.database)
    try:
        with unit_of_work(engine) as session:
            print(arguments.command(session, arguments))
    except InventoryError as error:
        print(f"inventory: {error}", file=sys.stderr)
        return 1
    finally:
        engine.dispose()
    return 0
