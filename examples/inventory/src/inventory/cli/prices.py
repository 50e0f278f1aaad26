"""Commands about prices: ``inventory price ...``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inventory.catalogue.products import find_product
from inventory.cli.arguments import amount, item, products_of
from inventory.cli.desk import written
from inventory.customers.accounts import find_customer
from inventory.db.session import find
from inventory.models.price_lists import PriceList
from inventory.orders.cart import Cart
from inventory.orders.placement import quote_cart
from inventory.pricing.margins import check_margin, margin_percent, price_for_margin
from inventory.pricing.price_lists import prices_of, set_price
from inventory.pricing.rounding import to_step
from inventory.pricing.tax import HOME_COUNTRY, basis_points, net_of
from inventory.reports.tables import Table, cents, count
from inventory.stock.costing import last_cost
from inventory.stock.places import find_warehouse

if TYPE_CHECKING:
    from argparse import Namespace

    from inventory.cli.commands import Groups
    from inventory.cli.desk import Desk


def change(desk: Desk, arguments: Namespace) -> None:
    """Set a price that leaves a margin above what the last pieces have cost; one with tax is taken apart."""
    product = find_product(desk.session, arguments.sku)
    price_list = find(desk.session, PriceList, PriceList.code, arguments.list.upper())
    net = arguments.amount
    if arguments.gross:
        net = net_of(net, basis_points(desk.session, HOME_COUNTRY, product.tax_code, desk.day))
    cost = last_cost(desk.session, product, find_warehouse(desk.session, arguments.warehouse))
    if cost:
        check_margin(net, cost)
    price = set_price(desk.session, price_list, product, net, minimum_quantity=arguments.minimum)
    words = f"{written(net, price_list.currency)} from {price.minimum_quantity} on"
    desk.note("price", "product", product.sku, words)
    desk.say(f"{product.sku}: {words}")


def show(desk: Desk, arguments: Namespace) -> None:
    """Print the prices of a product in a list."""
    product = find_product(desk.session, arguments.sku)
    price_list = find(desk.session, PriceList, PriceList.code, arguments.list.upper())
    table = Table(f"{product.sku} in {price_list.code}", (count("From"), cents("Price")))
    for price in reversed(prices_of(desk.session, price_list, product)):
        table.rows.append((price.minimum_quantity, price.amount_cents))
    desk.show(table)


def suggest(desk: Desk, arguments: Namespace) -> None:
    """Print a price that leaves a margin above what the last pieces have cost."""
    product = find_product(desk.session, arguments.sku)
    cost = last_cost(desk.session, product, find_warehouse(desk.session, arguments.warehouse))
    price = price_for_margin(cost, arguments.margin, charming=arguments.charming)
    if arguments.step:
        price = to_step(price, arguments.step)
    earned = f", margin {margin_percent(price, cost)} %" if price else ""
    desk.say(f"{product.sku}: cost {written(cost)}, price {written(price)}{earned}")


def quote(desk: Desk, arguments: Namespace) -> None:
    """Print what a customer would pay."""
    customer, cart = find_customer(desk.session, arguments.email), Cart()
    for product, quantity in products_of(desk.session, arguments.items).items():
        cart.add(product, quantity)
    offer = quote_cart(desk.session, customer, cart, day=desk.day, voucher_code=arguments.voucher)
    for line in offer.lines:
        desk.say(f"{line.quantity} x {line.product.sku}: {written(line.net_cents, offer.currency)}")
    for name in ("discount", "shipping", "tax", "total"):
        desk.say(f"{name}: {written(getattr(offer, f'{name}_cents'), offer.currency)}")


def add_commands(groups: Groups) -> None:
    """Add the group."""
    group = groups.add("price", "what things cost")
    setting = group.add("set", change, "set a price")
    setting.add_argument("sku")
    setting.add_argument("amount", type=amount)
    setting.add_argument("--list", default="RETAIL")
    setting.add_argument("--minimum", type=int, default=1)
    setting.add_argument("--gross", action="store_true", help="the amount includes the tax at home")
    showing = group.add("show", show, "print the prices of a product")
    showing.add_argument("sku")
    showing.add_argument("--list", default="RETAIL")
    asking = group.add("suggest", suggest, "find a price with a margin")
    asking.add_argument("sku")
    asking.add_argument("--margin", type=int, required=True, metavar="PERCENT")
    asking.add_argument("--charming", action="store_true")
    asking.add_argument("--step", type=int, default=0, metavar="CENTS")
    quoting = group.add("quote", quote, "print what a customer would pay")
    quoting.add_argument("email")
    quoting.add_argument("items", nargs="+", type=item, metavar="SKU=QUANTITY")
    quoting.add_argument("--voucher")
