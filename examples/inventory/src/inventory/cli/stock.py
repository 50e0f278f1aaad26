"""Commands about the stock: ``inventory stock ...``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inventory.catalogue.products import find_product
from inventory.cli.arguments import amount
from inventory.cli.desk import written
from inventory.reports.tables import Table, count, text
from inventory.stock.adjustments import adjust
from inventory.stock.availability import available
from inventory.stock.ledger import discrepancies
from inventory.stock.levels import levels_of
from inventory.stock.movements import movements_of, relocate
from inventory.stock.places import find_bin, find_warehouse
from inventory.stock.putaway import put_away
from inventory.stock.receiving import receive
from inventory.stock.reorder import set_rule

if TYPE_CHECKING:
    from argparse import Namespace

    from inventory.cli.commands import Action, Group, Groups, Parser
    from inventory.cli.desk import Desk
    from inventory.models import Bin, Product, Warehouse


def product_and_warehouse(desk: Desk, arguments: Namespace) -> tuple[Product, Warehouse]:
    """Return what nearly every command here is about."""
    return find_product(desk.session, arguments.sku), find_warehouse(desk.session, arguments.warehouse)


def place(desk: Desk, warehouse: Warehouse, code: str) -> Bin:
    """Return a bin, however its code is written."""
    return find_bin(desk.session, warehouse, code.upper())


def show_stock(desk: Desk, arguments: Namespace) -> None:
    """Print where a product lies, and how much of it can be promised."""
    product, warehouse = product_and_warehouse(desk, arguments)
    table = Table(f"{product.sku} in {warehouse.code}", (text("Bin"), text("Kind"), count("Pieces")), has_totals=True)
    for level in levels_of(desk.session, product, warehouse):
        table.rows.append((level.bin.code, level.bin.kind.value, level.on_hand))
    desk.show(table)
    desk.say(f"available: {available(desk.session, product, warehouse)}")


def show_movements(desk: Desk, arguments: Namespace) -> None:
    """Print every movement of a product."""
    product, warehouse = product_and_warehouse(desk, arguments)
    columns = (text("Day"), text("Kind"), text("Bin"), count("Pieces"), text("Reference"))
    table = Table(f"Movements of {product.sku} in {warehouse.code}", columns)
    for move in movements_of(desk.session, product, warehouse):
        day = str(move.moved_at.date())
        table.rows.append((day, move.kind.value, move.bin.code, move.quantity, move.reference))
    desk.show(table)


def receive_stock(desk: Desk, arguments: Namespace) -> None:
    """Put goods into a bin that came without a purchase."""
    product, warehouse = product_and_warehouse(desk, arguments)
    receive(
        desk.session,
        product,
        place(desk, warehouse, arguments.bin),
        arguments.quantity,
        unit_cost_cents=arguments.cost,
        at=desk.at,
        lot_number=arguments.lot,
        serial_numbers=arguments.serial,
    )
    desk.note("receive", "product", product.sku, f"{arguments.quantity} at {written(arguments.cost)}")
    desk.say(f"{arguments.quantity} x {product.sku} received")


def put_stock_away(desk: Desk, arguments: Namespace) -> None:
    """Carry goods from receiving to storage."""
    product, warehouse = product_and_warehouse(desk, arguments)
    source = place(desk, warehouse, arguments.source)
    for target, pieces in put_away(desk.session, product, source, arguments.quantity, at=desk.at):
        desk.say(f"{pieces} to {target.code}")


def move_stock(desk: Desk, arguments: Namespace) -> None:
    """Carry goods from one bin to another."""
    product, warehouse = product_and_warehouse(desk, arguments)
    source, target = place(desk, warehouse, arguments.source), place(desk, warehouse, arguments.target)
    relocate(desk.session, product, source, target, arguments.quantity, at=desk.at)
    desk.say(f"{arguments.quantity} x {product.sku} from {source.code} to {target.code}")


def adjust_stock(desk: Desk, arguments: Namespace) -> None:
    """Correct what lies in a bin."""
    product, warehouse = product_and_warehouse(desk, arguments)
    bin_ = place(desk, warehouse, arguments.bin)
    adjust(desk.session, product, bin_, arguments.difference, reason=arguments.reason, at=desk.at)
    desk.note("adjust", "product", product.sku, f"{arguments.difference:+} in {bin_.code}: {arguments.reason}")
    desk.say(f"{product.sku} in {bin_.code}: {arguments.difference:+}")


def set_reorder_rule(desk: Desk, arguments: Namespace) -> None:
    """Say when to order more."""
    product, warehouse = product_and_warehouse(desk, arguments)
    rule = set_rule(desk.session, product, warehouse, minimum=arguments.minimum, target=arguments.target)
    desk.say(f"{product.sku}: below {rule.minimum}, fill up to {rule.target}")


def check_books(desk: Desk, _arguments: Namespace) -> None:
    """Print where a level is not the sum of its movements."""
    table = Table("Discrepancies", (text("SKU"), text("Bin"), count("Level"), count("Movements")))
    table.rows += discrepancies(desk.session)
    desk.show(table)


def _add(group: Group, action: Action, name: str, purpose: str) -> Parser:
    parser = group.add(name, action, purpose)
    parser.add_argument("sku")
    return parser


def add_commands(groups: Groups) -> None:
    """Add the group."""
    group = groups.add("stock", "what lies where")
    _add(group, show_stock, "show", "print where a product lies")
    _add(group, show_movements, "movements", "print how it got there")
    receipt = _add(group, receive_stock, "receive", "put goods into a bin")
    receipt.add_argument("quantity", type=int)
    receipt.add_argument("--bin", default="RECV")
    receipt.add_argument("--cost", type=amount, required=True, help="of one piece")
    receipt.add_argument("--lot", default="")
    receipt.add_argument("--serial", nargs="+", default=[])
    away = _add(group, put_stock_away, "put-away", "carry goods to storage")
    away.add_argument("quantity", type=int)
    away.add_argument("--source", default="RECV")
    move = _add(group, move_stock, "move", "carry goods to another bin")
    move.add_argument("quantity", type=int)
    move.add_argument("source")
    move.add_argument("target")
    correction = _add(group, adjust_stock, "adjust", "correct what lies in a bin")
    correction.add_argument("bin")
    correction.add_argument("difference", type=int)
    correction.add_argument("--reason", required=True)
    rule = _add(group, set_reorder_rule, "rule", "say when to order more")
    rule.add_argument("minimum", type=int)
    rule.add_argument("target", type=int)
    group.add("check", check_books, "hold the books against themselves")
