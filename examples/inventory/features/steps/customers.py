"""Steps about customers, their groups and their addresses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from behave import given, step, then, when
from inventory.customers.accounts import (
    block,
    create_group,
    find_customer,
    register_customer,
    set_credit_limit,
    unblock,
)
from inventory.customers.addresses import add_address, default_address, make_default
from inventory.db.session import find
from inventory.models import CustomerGroup, PriceList
from scene import ask, attempt, customer, expect, only_row, rows

if TYPE_CHECKING:
    from behave import Row
    from inventory.models import Customer
    from scene import Scene

HOMES = {"DE": ("20095", "Hamburg"), "AT": ("1010", "Wien"), "FR": ("75001", "Paris"), "CH": ("8001", "Zürich")}


def register(context: Scene, row: Row) -> Customer:
    """Register the customer that a row describes; what it does not say is as with most customers."""
    return register_customer(
        context.session,
        row.get("name", "Ada"),
        row["email"],
        country=row.get("country", "DE"),
        currency=row.get("currency", "EUR"),
        vat_id=row.get("vat id", "") or None,
        group=row.get("group", "STANDARD"),
    )


def settle(context: Scene, who: Customer) -> None:
    """Give a customer an address in the own country."""
    postcode, city = HOMES[who.country]
    add_address(context.session, who, "Marktplatz 1", postcode, city, country=who.country)


@given("the customer {email:Email}")
def add_customer(context: Scene, email: str) -> None:
    """Register a customer at home, with an address."""
    with attempt(context):
        settle(context, register_customer(context.session, "Ada", email))


@given("these customers")
def add_customers(context: Scene) -> None:
    """Register customers, each with an address in the own country."""
    for row in rows(context):
        with attempt(context):
            settle(context, register(context, row))


@step("this customer registers")
def register_from_table(context: Scene) -> None:
    """Register the one customer of the table, without an address."""
    row = only_row(context)
    ask(context, lambda: register(context, row))


@when('I look for the customer "{words}"')
def look_for_customer(context: Scene, words: str) -> None:
    """Find a customer by an address as somebody typed it."""
    ask(context, lambda: find_customer(context.session, words))


@then("the customer {email:Email} has")
def customer_has(context: Scene, email: str) -> None:
    """Compare a customer with a row."""
    expect(customer(context, email), only_row(context))


@step('the group "{code}" with a discount of {percent:Number} % is created')
def add_group(context: Scene, code: str, percent: int) -> None:
    """Add a group of customers."""
    with attempt(context):
        create_group(context.session, code, f"Group {code}", discount_percent=percent)


@step("the group {code:Code} with the price list {price_list:Code} is created")
def add_group_with_list(context: Scene, code: str, price_list: str) -> None:
    """Add a group of customers that has prices of its own."""
    with attempt(context):
        own = find(context.session, PriceList, PriceList.code, price_list)
        create_group(context.session, code, f"Group {code}", price_list=own)


@then("the group {code:Code} has")
def group_has(context: Scene, code: str) -> None:
    """Compare a group with a row."""
    expect(find(context.session, CustomerGroup, CustomerGroup.code, code), only_row(context))


@step("the credit limit of {email:Email} is set to {limit:Cents}")
def limit_credit(context: Scene, email: str, limit: int) -> None:
    """Limit what a customer may owe."""
    with attempt(context):
        set_credit_limit(customer(context, email), limit)


@step("the credit limit of {email:Email} is lifted")
def lift_limit(context: Scene, email: str) -> None:
    """Let a customer owe any sum."""
    with attempt(context):
        set_credit_limit(customer(context, email), None)


@step("{email:Email} is blocked")
def block_customer(context: Scene, email: str) -> None:
    """Take no more orders from a customer."""
    with attempt(context):
        block(customer(context, email))


@step("{email:Email} is unblocked")
def unblock_customer(context: Scene, email: str) -> None:
    """Take orders from a customer again."""
    with attempt(context):
        unblock(customer(context, email))


@step("{email:Email} adds this address")
def add_home(context: Scene, email: str) -> None:
    """Add the address of the table."""
    row = only_row(context)
    who, country = customer(context, email), row.get("country", "DE")
    ask(
        context, lambda: add_address(context.session, who, row["street"], row["postcode"], row["city"], country=country)
    )


@step("{email:Email} makes the address in {city} of {owner:Email} the default one")
def prefer_address(context: Scene, email: str, city: str, owner: str) -> None:
    """Let parcels go to an address, be it the customer's own or not."""
    with attempt(context):
        home = next(each for each in customer(context, owner).addresses if each.city == city)
        make_default(customer(context, email), home)


@when("I ask where parcels to {email:Email} go")
def ask_default(context: Scene, email: str) -> None:
    """Ask for the city of the default address."""
    ask(context, lambda: default_address(customer(context, email)).city)


@then("{email:Email} has {count:Number} addresses, of which {default:Number} is the default one")
def count_addresses(context: Scene, email: str, count: int, default: int) -> None:
    """Count the addresses of a customer."""
    addresses = customer(context, email).addresses
    assert len(addresses) == count, f"there are {len(addresses)}"
    assert sum(each.is_default for each in addresses) == default, [each.city for each in addresses if each.is_default]
