"""Commands about customers' orders: ``inventory order ...``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inventory.cli.arguments import item, pair, products_of, serial_numbers_of
from inventory.cli.desk import written
from inventory.customers.accounts import find_customer
from inventory.db.session import find
from inventory.models.orders import Order
from inventory.orders.allocation import allocate, allocate_all
from inventory.orders.cancellation import cancel_order
from inventory.orders.cart import Cart
from inventory.orders.placement import place_order
from inventory.orders.shipment import ship
from inventory.reports.tables import Table, cents, count, text
from inventory.stock.places import find_warehouse

if TYPE_CHECKING:
    from argparse import Namespace

    from inventory.cli.commands import Groups
    from inventory.cli.desk import Desk


def order_of(desk: Desk, arguments: Namespace) -> Order:
    """Return the order that is spoken of, however its number is written."""
    return find(desk.session, Order, Order.number, arguments.number.upper())


def place(desk: Desk, arguments: Namespace) -> None:
    """Place an order."""
    cart = Cart()
    for product, quantity in products_of(desk.session, arguments.items).items():
        cart.add(product, quantity)
    order = place_order(
        desk.session,
        find_customer(desk.session, arguments.email),
        cart,
        find_warehouse(desk.session, arguments.warehouse),
        at=desk.at,
        voucher_code=arguments.voucher,
        is_express=arguments.express,
    )
    desk.note("place", "order", order.number, order.customer.email)
    desk.say(f"{order.number}: {written(order.total_cents, order.currency)}")


def show(desk: Desk, arguments: Namespace) -> None:
    """Print an order."""
    order = order_of(desk, arguments)
    columns = (text("SKU"), count("Ordered"), count("Allocated"), count("Shipped"), count("Open"), cents("Net"))
    table = Table(f"{order.number} of {order.customer.email}: {order.state.value}", columns, has_totals=True)
    for line in order.lines:
        row = (line.product.sku, line.quantity, line.allocated, line.shipped, line.open, line.net_cents)
        table.rows.append(row)
    desk.show(table)
    for name in ("goods", "discount", "shipping", "tax", "total"):
        desk.say(f"{name}: {written(getattr(order, f'{name}_cents'), order.currency)}")


def promise(desk: Desk, arguments: Namespace) -> None:
    """Promise an order its goods."""
    order = order_of(desk, arguments)
    missing = allocate(desk.session, order)
    desk.say(f"{order.number} {order.state.value}" + (f", {missing} pieces missing" if missing else ""))


def promise_all(desk: Desk, arguments: Namespace) -> None:
    """Promise all waiting orders of a warehouse their goods."""
    numbers = allocate_all(desk.session, find_warehouse(desk.session, arguments.warehouse))
    desk.say(f"allocated: {', '.join(numbers) or 'none'}")


def dispatch(desk: Desk, arguments: Namespace) -> None:
    """Hand an order's goods over to the carrier."""
    order = order_of(desk, arguments)
    shipment = ship(desk.session, order, at=desk.at, serial_numbers=serial_numbers_of(arguments.serial))
    desk.note("ship", "order", order.number, shipment.number)
    desk.say(f"{shipment.number}: {shipment.parcels} parcels, {shipment.weight_grams} g; order {order.state.value}")


def cancel(desk: Desk, arguments: Namespace) -> None:
    """Cancel an order."""
    order = order_of(desk, arguments)
    cancel_order(desk.session, order)
    desk.note("cancel", "order", order.number)
    desk.say(f"{order.number} cancelled")


def add_commands(groups: Groups) -> None:
    """Add the group."""
    group = groups.add("order", "what customers order")
    placing = group.add("place", place, "place an order")
    placing.add_argument("email")
    placing.add_argument("items", nargs="+", type=item, metavar="SKU=QUANTITY")
    placing.add_argument("--voucher")
    placing.add_argument("--express", action="store_true")
    group.add("show", show, "print an order").add_argument("number")
    group.add("allocate", promise, "promise an order its goods").add_argument("number")
    group.add("allocate-all", promise_all, "promise all waiting orders their goods")
    shipping = group.add("ship", dispatch, "hand goods over to the carrier")
    shipping.add_argument("number")
    shipping.add_argument("--serial", nargs="+", type=pair, default=[], metavar="SKU=NUMBER")
    group.add("cancel", cancel, "cancel an order").add_argument("number")
