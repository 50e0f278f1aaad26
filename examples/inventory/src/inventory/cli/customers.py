"""Commands about customers: ``inventory customer ...``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inventory.cli.arguments import amount
from inventory.cli.desk import written
from inventory.customers.accounts import block, find_customer, register_customer, set_credit_limit, unblock
from inventory.customers.addresses import add_address
from inventory.orders.credit import credit_left_cents, exposure_cents

if TYPE_CHECKING:
    from argparse import Namespace

    from inventory.cli.commands import Groups
    from inventory.cli.desk import Desk


def register(desk: Desk, arguments: Namespace) -> None:
    """Add a customer."""
    customer = register_customer(
        desk.session,
        arguments.name,
        arguments.email,
        country=arguments.country,
        currency=arguments.currency,
        vat_id=arguments.vat_id,
        group=arguments.group.upper(),
    )
    desk.note("register", "customer", customer.email, customer.name)
    desk.say(f"{customer.email} registered")


def give_address(desk: Desk, arguments: Namespace) -> None:
    """Add an address to a customer."""
    customer = find_customer(desk.session, arguments.email)
    country = arguments.country or customer.country
    address = add_address(
        desk.session,
        customer,
        arguments.street,
        arguments.postcode,
        arguments.city,
        country=country,
    )
    desk.say(f"{address.postcode} {address.city}, {address.country}" + (" (default)" if address.is_default else ""))


def show(desk: Desk, arguments: Namespace) -> None:
    """Print what is known about a customer."""
    customer = find_customer(desk.session, arguments.email)
    desk.say(f"{customer.name} <{customer.email}>" + (" (blocked)" if customer.is_blocked else ""))
    desk.say(f"group: {customer.group.name}")
    desk.say(f"owes: {written(exposure_cents(desk.session, customer), customer.currency)}")
    left = credit_left_cents(desk.session, customer)
    desk.say("credit: unlimited" if left is None else f"credit: {written(left, customer.currency)}")


def limit(desk: Desk, arguments: Namespace) -> None:
    """Limit what a customer may owe, or lift the limit."""
    customer = find_customer(desk.session, arguments.email)
    set_credit_limit(customer, arguments.amount)
    words = "unlimited" if arguments.amount is None else written(arguments.amount, customer.currency)
    desk.note("limit", "customer", customer.email, words)
    desk.say(f"{customer.email}: {words}")


def bar(desk: Desk, arguments: Namespace) -> None:
    """Take no more orders from a customer."""
    customer = find_customer(desk.session, arguments.email)
    block(customer)
    desk.note("block", "customer", customer.email)
    desk.say(f"{customer.email} blocked")


def admit(desk: Desk, arguments: Namespace) -> None:
    """Take orders from a customer again."""
    customer = find_customer(desk.session, arguments.email)
    unblock(customer)
    desk.note("unblock", "customer", customer.email)
    desk.say(f"{customer.email} unblocked")


def add_commands(groups: Groups) -> None:
    """Add the group."""
    group = groups.add("customer", "who orders")
    adding = group.add("add", register, "add a customer")
    adding.add_argument("name")
    adding.add_argument("email")
    adding.add_argument("--country", default="DE")
    adding.add_argument("--currency", default="EUR")
    adding.add_argument("--vat-id")
    adding.add_argument("--group", default="STANDARD")
    address = group.add("address", give_address, "add an address")
    for name in ("email", "street", "postcode", "city"):
        address.add_argument(name)
    address.add_argument("--country")
    group.add("show", show, "print a customer").add_argument("email")
    limiting = group.add("limit", limit, "limit what a customer may owe")
    limiting.add_argument("email")
    limiting.add_argument("amount", nargs="?", type=amount)
    group.add("block", bar, "take no more orders").add_argument("email")
    group.add("unblock", admit, "take orders again").add_argument("email")
