"""Commands about purchases: ``inventory purchase ...``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inventory.cli.arguments import item, pair, products_of, serial_numbers_of
from inventory.cli.desk import written
from inventory.common.ids import normalise_sku
from inventory.purchasing.orders import draft_purchase, find_purchase, total_cents
from inventory.purchasing.outstanding import overdue
from inventory.purchasing.proposals import draft_proposals
from inventory.purchasing.receipts import receive_purchase
from inventory.purchasing.sending import cancel_purchase, close_short, send_purchase
from inventory.purchasing.suppliers import find_supplier
from inventory.reports.tables import Table, cents, count, text
from inventory.stock.places import find_bin, find_warehouse

if TYPE_CHECKING:
    from argparse import Namespace

    from inventory.cli.commands import Groups
    from inventory.cli.desk import Desk


def draft(desk: Desk, arguments: Namespace) -> None:
    """Write down what to order."""
    supplier, warehouse = find_supplier(desk.session, arguments.code), find_warehouse(desk.session, arguments.warehouse)
    items = products_of(desk.session, arguments.items)
    purchase = draft_purchase(desk.session, supplier, warehouse, items, day=desk.day)
    desk.say(f"{purchase.number}: {written(total_cents(purchase), supplier.currency)}")


def propose(desk: Desk, arguments: Namespace) -> None:
    """Draft what the rules say should be ordered."""
    warehouse = find_warehouse(desk.session, arguments.warehouse)
    for purchase in draft_proposals(desk.session, warehouse, day=desk.day):
        total = written(total_cents(purchase), purchase.supplier.currency)
        desk.say(f"{purchase.number} at {purchase.supplier.code}: {total}")


def send(desk: Desk, arguments: Namespace) -> None:
    """Order what was drafted."""
    purchase = find_purchase(desk.session, arguments.number)
    expected = send_purchase(desk.session, purchase, day=desk.day)
    desk.note("send", "purchase", purchase.number, purchase.supplier.code)
    desk.say(f"{purchase.number} sent to {purchase.supplier.email}, expected on {expected}")


def receive(desk: Desk, arguments: Namespace) -> None:
    """Book what has come."""
    purchase = find_purchase(desk.session, arguments.number)
    cost = receive_purchase(
        desk.session,
        purchase,
        find_bin(desk.session, purchase.warehouse, arguments.bin.upper()),
        products_of(desk.session, arguments.items),
        at=desk.at,
        lot_numbers={normalise_sku(sku): lot for sku, lot in arguments.lot},
        serial_numbers=serial_numbers_of(arguments.serial),
    )
    desk.note("receive", "purchase", purchase.number, written(cost))
    desk.say(f"{purchase.number} {purchase.state.value}: goods for {written(cost)}")


def end(desk: Desk, arguments: Namespace) -> None:
    """Cancel a purchase of which nothing has come, or wait no longer for the rest."""
    purchase = find_purchase(desk.session, arguments.number)
    if arguments.short:
        missing = close_short(desk.session, purchase)
        desk.say(f"{purchase.number} closed, {missing} pieces never came")
    else:
        cancel_purchase(desk.session, purchase)
        desk.say(f"{purchase.number} cancelled")


def show(desk: Desk, arguments: Namespace) -> None:
    """Print a purchase."""
    purchase = find_purchase(desk.session, arguments.number)
    columns = (text("SKU"), count("Ordered"), count("Received"), cents("Cost"))
    table = Table(f"{purchase.number} at {purchase.supplier.code}: {purchase.state.value}", columns, has_totals=True)
    for line in purchase.lines:
        table.rows.append((line.product.sku, line.quantity, line.received, line.quantity * line.unit_cost_cents))
    desk.show(table)


def late(desk: Desk, arguments: Namespace) -> None:
    """Print what should have come."""
    table = Table("Overdue purchases", (text("Purchase"), text("Supplier"), count("Days"), text("Action")))
    for delay in overdue(desk.session, find_warehouse(desk.session, arguments.warehouse), today=desk.day):
        table.rows.append((delay.number, delay.supplier_code, delay.days, delay.action))
    desk.show(table)


def add_commands(groups: Groups) -> None:
    """Add the group."""
    group = groups.add("purchase", "what we order from suppliers")
    drafting = group.add("draft", draft, "write down what to order")
    drafting.add_argument("code")
    drafting.add_argument("items", nargs="+", type=item, metavar="SKU=QUANTITY")
    group.add("propose", propose, "draft what the rules say")
    group.add("send", send, "order what was drafted").add_argument("number")
    receiving = group.add("receive", receive, "book what has come")
    receiving.add_argument("number")
    receiving.add_argument("items", nargs="+", type=item, metavar="SKU=QUANTITY")
    receiving.add_argument("--bin", default="RECV")
    receiving.add_argument("--lot", nargs="+", type=pair, default=[], metavar="SKU=LOT")
    receiving.add_argument("--serial", nargs="+", type=pair, default=[], metavar="SKU=NUMBER")
    group.add("show", show, "print a purchase").add_argument("number")
    group.add("late", late, "print what should have come")
    ending = group.add("end", end, "cancel a purchase")
    ending.add_argument("number")
    ending.add_argument("--short", action="store_true", help="a part has come, but the rest will not")
