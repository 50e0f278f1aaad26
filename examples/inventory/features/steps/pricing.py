"""Steps about prices, and everything that makes them lower or higher."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from behave import given, step, then, when
from inventory.common.money import Money
from inventory.db.session import find
from inventory.models import Category, CustomerGroup, PriceList, Promotion, Reduction, TaxRate, Voucher
from inventory.pricing.bundles import define_bundle, explode, items_of, share_price
from inventory.pricing.currency import convert, euro_micros, publish_rate
from inventory.pricing.discounts import combined_percent, take_off, volume_percent
from inventory.pricing.price_lists import create_price_list, prices_of, set_price, unit_price
from inventory.pricing.promotions import best_reduction, create_promotion, promotions_for
from inventory.pricing.quotes import quote
from inventory.pricing.rounding import charm, divide, percentage
from inventory.pricing.tax import basis_points, is_reverse_charge, tax_on
from inventory.pricing.vouchers import check_voucher, issue_voucher, voucher_cents
from scene import ask, attempt, customer, euros, expect, expect_all, only_row, product, products, rows, shown

if TYPE_CHECKING:
    from behave import Row
    from inventory.pricing.quotes import Quote
    from scene import Scene


def optional_day(row: Row, heading: str) -> date | None:
    """Read a day that a row may leave out."""
    words = row.get(heading, "")
    return date.fromisoformat(words) if words else None


def price_list(context: Scene, code: str) -> PriceList:
    """Return the list with this code."""
    return find(context.session, PriceList, PriceList.code, code)


# Lists


@step("this price list is created")
def add_list(context: Scene) -> None:
    """Add an empty list."""
    row = only_row(context)
    first, last, currency = optional_day(row, "from"), optional_day(row, "to"), row.get("currency", "EUR")
    with attempt(context):
        create_price_list(context.session, row["code"], "A list", currency=currency, valid_from=first, valid_to=last)


@given("the price list {code:Code} counts for everybody")
def make_default_list(context: Scene, code: str) -> None:
    """Make a list one of those that count for all groups."""
    price_list(context, code).is_default = True
    context.session.commit()


@step("{sku:Sku} costs {price:Cents} in {code:Code}")
def set_piece_price(context: Scene, sku: str, price: int, code: str) -> None:
    """Set the price of a single piece."""
    with attempt(context):
        set_price(context.session, price_list(context, code), product(context, sku), price)


@step("{sku:Sku} costs {price:Cents} in {code:Code} from {count:Number} pieces on")
def set_step_price(context: Scene, sku: str, price: int, code: str, count: int) -> None:
    """Set the price of one of so many pieces."""
    with attempt(context):
        own = price_list(context, code)
        set_price(context.session, own, product(context, sku), price, minimum_quantity=count)


@then("the prices of {sku:Sku} in {code:Code} are {prices}")
def prices_are(context: Scene, sku: str, code: str, prices: str) -> None:
    """Compare the prices, those for the largest quantities first."""
    found = prices_of(context.session, price_list(context, code), product(context, sku))
    words = shown([f"{euros(each.amount_cents)} from {each.minimum_quantity}" for each in found])
    assert words == prices, words


@when("I ask what one of {count:Number} {sku:Sku} costs the group {group:Code}")
def ask_unit_price(context: Scene, count: int, sku: str, group: str) -> None:
    """Ask for the price of a piece today."""
    buyers, day = find(context.session, CustomerGroup, CustomerGroup.code, group), context.things.now.date()
    ask(context, lambda: unit_price(context.session, product(context, sku), count, group=buyers, day=day))


# Discounts and rounding


@when("I ask for the volume discount on {goods:Cents}")
def ask_volume(context: Scene, goods: int) -> None:
    """Ask for a discount in percent."""
    ask(context, lambda: volume_percent(goods))


@when("the discounts {percents} are combined")
def ask_combined(context: Scene, percents: str) -> None:
    """Ask for several discounts as one, in percent."""
    ask(context, lambda: combined_percent(*[int(each) for each in percents.split(", ")]))


@when("{percent:Number} % are taken off {price:Cents}")
def ask_take_off(context: Scene, percent: int, price: int) -> None:
    """Ask for what is left, in cents."""
    ask(context, lambda: take_off(price, percent))


@when("{numerator:Number} is divided by {denominator:Number}")
def ask_division(context: Scene, numerator: int, denominator: int) -> None:
    """Ask for a rounded quotient."""
    ask(context, lambda: divide(numerator, denominator))


@when("I ask for {percent:Number} % of {price:Cents}")
def ask_percentage(context: Scene, percent: int, price: int) -> None:
    """Ask for a part of an amount, in cents."""
    ask(context, lambda: percentage(price, percent))


@when("the price {price:Cents} is made charming")
def ask_charm(context: Scene, price: int) -> None:
    """Ask for the next price that ends in 99, in cents."""
    ask(context, lambda: charm(price))


# Promotions


@step("this promotion starts")
def add_promotion(context: Scene) -> None:
    """Add a promotion; without days, one for the whole of the year."""
    row = only_row(context)
    own, branch = row.get("sku", ""), row.get("category", "")
    with attempt(context):
        create_promotion(
            context.session,
            row["code"],
            Reduction(row["reduction"]),
            int(row["value"]),
            starts_on=optional_day(row, "from") or date(2026, 1, 1),
            ends_on=optional_day(row, "to") or date(2026, 12, 31),
            product=product(context, own) if own else None,
            category=find(context.session, Category, Category.name, branch) if branch else None,
            minimum_quantity=int(row.get("minimum", "1")),
            is_stackable=row.get("stackable", "no") == "yes",
        )


@when("I ask which promotions hold for {count:Number} {sku:Sku}")
def ask_promotions(context: Scene, count: int, sku: str) -> None:
    """Ask for the promotions of today."""
    day = context.things.now.date()
    ask(context, lambda: promotions_for(context.session, product(context, sku), count, day))


@when("I ask what promotions take off {count:Number} {sku:Sku} at {price:Cents}")
def ask_reduction(context: Scene, count: int, sku: str, price: int) -> None:
    """Ask for the best reduction of today, in cents."""
    held: list[Promotion] = promotions_for(context.session, product(context, sku), count, context.things.now.date())
    ask(context, lambda: best_reduction(held, price, count))


# Vouchers


@step("this voucher is issued")
def add_voucher(context: Scene) -> None:
    """Add a voucher."""
    row = only_row(context)
    limit = row.get("limit", "")
    with attempt(context):
        issue_voucher(
            context.session,
            row["code"],
            Reduction(row["reduction"]),
            int(row["value"]),
            minimum_cents=int(row.get("minimum", "0")),
            usage_limit=int(limit) if limit else None,
            expires_on=optional_day(row, "expires"),
        )


@when('I ask what the voucher "{code}" takes off {goods:Cents}')
def ask_voucher(context: Scene, code: str, goods: int) -> None:
    """Ask for the reduction of an order of today, in cents."""
    day = context.things.now.date()
    ask(context, lambda: voucher_cents(check_voucher(context.session, code, goods, day=day), goods))


@then("the voucher {code:Code} has been used {count:Number} times")
def voucher_was_used(context: Scene, code: str, count: int) -> None:
    """Compare how often a voucher was used."""
    found = find(context.session, Voucher, Voucher.code, code).used
    assert found == count, found


# Taxes and currencies


@given("{country:Code} takes {points:Number} basis points of {kind:Word} tax from {day:Day} on")
def add_tax(context: Scene, country: str, points: int, kind: str, day: date) -> None:
    """Add a tax rate."""
    context.session.add(TaxRate(country=country, code=kind, basis_points=points, valid_from=day))
    context.session.commit()


@when("I ask for the {kind:Word} tax rate of {country:Code} on {day:Day}")
def ask_rate(context: Scene, kind: str, country: str, day: date) -> None:
    """Ask for a rate in hundredths of a percent."""
    ask(context, lambda: basis_points(context.session, country, kind, day))


@when("I ask for the tax on {net:Cents} at {points:Number} basis points")
def ask_tax(context: Scene, net: int, points: int) -> None:
    """Ask for a tax, in cents."""
    ask(context, lambda: tax_on(net, points))


@when("I ask whether {vat_id} pays at home for goods that go to {country:Code}")
def ask_reverse_charge(context: Scene, vat_id: str, country: str) -> None:
    """Ask whether the reverse charge holds."""
    ask(context, lambda: is_reverse_charge(country, None if vat_id == "nobody" else vat_id))


@step("{currency:Code} is worth {micros:Number} millionths of a euro from {day:Day} on")
def set_rate(context: Scene, currency: str, micros: int, day: date) -> None:
    """Publish an exchange rate."""
    with attempt(context):
        publish_rate(context.session, currency, micros, valid_from=day)


@when("I ask what one {currency:Code} is worth on {day:Day}")
def ask_exchange_rate(context: Scene, currency: str, day: date) -> None:
    """Ask for a rate in millionths of a euro."""
    ask(context, lambda: euro_micros(context.session, currency, day))


@when("{price:Cents} {source:Code} are converted to {target:Code}")
def ask_conversion(context: Scene, price: int, source: str, target: str) -> None:
    """Convert an amount at the rates of today."""
    day = context.things.now.date()
    ask(context, lambda: convert(context.session, Money(price, source), target, day=day))


# Bundles


@step("the bundle {sku:Sku} contains {contents:Items}")
def set_bundle(context: Scene, sku: str, contents: dict[str, int]) -> None:
    """Say what a bundle contains."""
    with attempt(context):
        define_bundle(context.session, product(context, sku), products(context, contents))


@when("I ask what {count:Number} {sku:Sku} consist of")
def ask_parts(context: Scene, count: int, sku: str) -> None:
    """Ask for what to take from the shelves."""
    ask(context, lambda: explode(context.session, product(context, sku), count))


@then("the items of the bundle {sku:Sku} are")
def bundle_items_are(context: Scene, sku: str) -> None:
    """Compare what a bundle contains."""
    expect_all(items_of(context.session, product(context, sku)), rows(context))


@when("the price {price:Cents} of {sku:Sku} is shared among its parts")
def ask_shares(context: Scene, price: int, sku: str) -> None:
    """Ask for the parts of a bundle's price, in cents."""
    everybody = find(context.session, CustomerGroup, CustomerGroup.code, "STANDARD")
    bundle, day = product(context, sku), context.things.now.date()
    ask(context, lambda: share_price(context.session, bundle, price, group=everybody, day=day))


# Quotes


def ask_for_quote(context: Scene, email: str, quantities: dict[str, int], row: Row) -> Quote:
    """Return a quote for what the row says about the way, today."""
    return quote(
        context.session,
        customer(context, email),
        products(context, quantities),
        country=row.get("country", "DE"),
        shipping_cents=int(row.get("shipping", "0")),
        day=context.things.now.date(),
        voucher_code=row.get("voucher", "") or None,
    )


@when("{email:Email} asks for a quote for {quantities:Items}")
def ask_quote(context: Scene, email: str, quantities: dict[str, int]) -> None:
    """Ask what products cost; the table may name a country, shipping in cents and a voucher."""
    row = only_row(context)
    ask(context, lambda: ask_for_quote(context, email, quantities, row))


@then("the quote has")
def quote_has(context: Scene) -> None:
    """Compare the sums of a quote."""
    assert context.answer is not None, context.error
    expect(context.answer, only_row(context))


@then("the lines of the quote are")
def quote_lines_are(context: Scene) -> None:
    """Compare what each product costs."""
    lines = getattr(context.answer, "lines", ())
    expect_all(lines, rows(context))
