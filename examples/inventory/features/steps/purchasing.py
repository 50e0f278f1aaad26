"""Steps about buying: suppliers and offers, purchases, deliveries, invoices."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from behave import given, register_type, step, then, when
from inventory.purchasing import comparison, lead_times, offers, orders, outstanding, payment_terms, quantities
from inventory.purchasing.invoices import Invoice, InvoiceLine, approve, claim_cents, match
from inventory.purchasing.proposals import draft_proposals, propose
from inventory.purchasing.receipts import receive_purchase
from inventory.purchasing.scoring import ranking, score
from inventory.purchasing.sending import cancel_purchase, close_short, postpone, send_purchase
from inventory.purchasing.suppliers import (
    block_supplier,
    find_supplier,
    register_supplier,
    suppliers_of,
    unblock_supplier,
)
from inventory.purchasing.tolerances import is_price_accepted, most_accepted
from scene import Scene, ask, attempt, expect, expect_all, only_row, place, product, products, rows, typed, warehouse

if TYPE_CHECKING:
    from datetime import date

    from behave import Row
    from inventory.models import PurchaseOrder, Supplier

    class Office(Scene, Protocol):
        """The scene, and the papers that lie on the buyer's table."""

        purchase: PurchaseOrder
        invoice: Invoice


@typed(r"(?:[0-9]+/[0-9]+ )?net [0-9]+")
def terms(words: str) -> payment_terms.Terms:
    """Read terms of payment, like ``2/10 net 30``."""
    return payment_terms.parse_terms(words)


register_type(Terms=terms)


def supplier(context: Scene, code: str) -> Supplier:
    """Return the supplier with this code."""
    return find_supplier(context.session, code)


def register(context: Scene, row: Row) -> Supplier:
    """Register the supplier of a row."""
    code = row["code"]
    return register_supplier(
        context.session,
        code,
        row.get("name", "Somebody"),
        row.get("email", f"{code.lower()}@example.com"),
        lead_time_days=int(row.get("days", "5")),
        currency=row.get("currency", "EUR"),
    )


# Suppliers


@step("this supplier registers")
def register_one(context: Scene) -> None:
    """Register the one supplier of the table."""
    row = only_row(context)
    ask(context, lambda: register(context, row))


@given("the supplier {code:Code} in {currency:Code}, who delivers in {days:Number} days")
def add_supplier(context: Scene, code: str, currency: str, days: int) -> None:
    """Register a supplier who sells in a currency."""
    email = f"{code.lower()}@example.com"
    ask(
        context,
        lambda: register_supplier(context.session, code, code, email, lead_time_days=days, currency=currency),
    )


@step("nothing is bought from {code:Code} any more")
def bar_supplier(context: Scene, code: str) -> None:
    """Block a supplier."""
    with attempt(context):
        block_supplier(supplier(context, code))


@step("things are bought from {code:Code} again")
def admit_supplier(context: Scene, code: str) -> None:
    """Unblock a supplier."""
    with attempt(context):
        unblock_supplier(supplier(context, code))


@when('I look for the supplier "{words}"')
def look_for_supplier(context: Scene, words: str) -> None:
    """Find a supplier."""
    ask(context, lambda: find_supplier(context.session, words))


@when("I ask for the suppliers")
def ask_suppliers(context: Scene) -> None:
    """Ask from whom we buy."""
    ask(context, lambda: suppliers_of(context.session))


@when("I ask for the suppliers, blocked ones included")
def ask_all_suppliers(context: Scene) -> None:
    """Ask from whom we buy or bought."""
    ask(context, lambda: suppliers_of(context.session, include_blocked=True))


@then("the supplier {code:Code} has")
def supplier_has(context: Scene, code: str) -> None:
    """Compare a supplier with a row."""
    expect(supplier(context, code), only_row(context))


# Offers


@step("{code:Code} offers {sku:Sku} at {cost:Cents}")
def make_offer(context: Scene, code: str, sku: str, cost: int) -> None:
    """Write down a simple offer."""
    with attempt(context):
        seller, what = supplier(context, code), product(context, sku)
        offers.set_offer(context.session, seller, what, cost, supplier_sku=f"{code}-1")


@step("{code:Code} offers {sku:Sku} at {cost:Cents} in packs of {pack:Number}, at least {minimum:Number}")
def make_pack_offer(context: Scene, code: str, sku: str, cost: int, **numbers: int) -> None:
    """Write down an offer with conditions."""
    with attempt(context):
        seller, what = supplier(context, code), product(context, sku)
        pack, minimum = numbers["pack"], numbers["minimum"]
        offers.set_offer(
            context.session, seller, what, cost, supplier_sku="P", minimum_quantity=minimum, pack_size=pack
        )


@step("the offer of {code:Code} for {sku:Sku} is preferred")
def prefer_offer(context: Scene, code: str, sku: str) -> None:
    """Ask this supplier first."""
    with attempt(context):
        offers.prefer(
            context.session, offers.find_offer(context.session, supplier(context, code), product(context, sku))
        )


@step("the offer of {code:Code} for {sku:Sku} is withdrawn")
def withdraw(context: Scene, code: str, sku: str) -> None:
    """Forget an offer."""
    with attempt(context):
        offers.withdraw_offer(context.session, supplier(context, code), product(context, sku))


@then("the offers for {sku:Sku} are")
def offers_are(context: Scene, sku: str) -> None:
    """Compare the offers for a product with a table."""
    found = [(each.supplier.code, each) for each in offers.offers_for(context.session, product(context, sku))]
    assert [code for code, _ in found] == [row["supplier code"] for row in rows(context)], found
    for (_, offer), row in zip(found, rows(context), strict=True):
        seen = (offer.cost_cents, offer.minimum_quantity, offer.pack_size, "yes" if offer.is_preferred else "no")
        assert [str(each) for each in seen] == [row[name] for name in ("cents", "minimum", "pack", "preferred")], seen


@when("I ask how many {sku:Sku} to buy of {code:Code} for {count:Number}")
def ask_orderable(context: Scene, sku: str, code: str, count: int) -> None:
    """Ask for the quantity, and how much of it is too much."""

    def answer() -> tuple[int, int]:
        offer = offers.find_offer(context.session, supplier(context, code), product(context, sku))
        return quantities.orderable(offer, count), quantities.surplus(offer, count)

    ask(context, answer)


@when("I compare what {count:Number} {sku:Sku} cost")
def compare_prices(context: Scene, count: int, sku: str) -> None:
    """Ask what pieces cost everywhere: code, quantity, total, cents for a needed piece, day."""
    day = context.things.now.date()

    def answer() -> list[tuple[object, ...]]:
        found = comparison.compare(context.session, product(context, sku), count, day=day)
        return [
            (each.supplier.code, each.quantity, each.total_cents, each.cents_per_needed_piece, each.expected_on)
            for each in found
        ]

    ask(context, answer)


@when("I ask for the cheapest {count:Number} {sku:Sku} that are here on {needed:Day}")
def ask_cheapest(context: Scene, count: int, sku: str, needed: date) -> None:
    """Ask who is cheapest and in time."""
    day = context.things.now.date()
    ask(
        context,
        lambda: (
            comparison.cheapest_until(context.session, product(context, sku), count, day=day, needed_on=needed).supplier
        ),
    )


# Purchases


@step("{quantities:Items} are drafted for {code:Code}")
def draft(context: Office, quantities: dict[str, int], code: str) -> None:
    """Draft a purchase for the main warehouse."""
    draft_for(context, quantities, code, "MAIN")


@step("{quantities:Items} are drafted for {code:Code}, to be brought to {house:Code}")
def draft_for(context: Office, quantities: dict[str, int], code: str, house: str) -> None:
    """Draft a purchase for a warehouse."""
    with attempt(context):
        items, day = products(context, quantities), context.things.now.date()
        where = warehouse(context, house)
        context.purchase = orders.draft_purchase(context.session, supplier(context, code), where, items, day=day)


@step("nothing is drafted for {code:Code}")
def draft_nothing(context: Office, code: str) -> None:
    """Draft an empty purchase."""
    draft(context, {}, code)


@step("{quantities:Items} are bought from {code:Code}")
def buy(context: Office, quantities: dict[str, int], code: str) -> None:
    """Draft a purchase, and send it."""
    draft(context, quantities, code)
    send(context)


@step("the purchase is to contain {count:Number} {sku:Sku}")
def change_line(context: Office, count: int, sku: str) -> None:
    """Change a draft."""
    with attempt(context):
        orders.change_quantity(context.session, context.purchase, product(context, sku), count)


@step("the purchase is sent now")
def send(context: Office) -> None:
    """Order what was drafted; the answer is when it should come."""
    ask(context, lambda: send_purchase(context.session, context.purchase, day=context.things.now.date()))


@step("the purchase is cancelled now")
def cancel(context: Office) -> None:
    """Take the purchase back."""
    with attempt(context):
        cancel_purchase(context.session, context.purchase)


@step("the purchase is closed short")
def close(context: Office) -> None:
    """Wait no longer; the answer is how many pieces never came."""
    ask(context, lambda: close_short(context.session, context.purchase))


@step("the purchase is postponed to {day:Day}")
def delay(context: Office, day: date) -> None:
    """Write down another day."""
    with attempt(context):
        postpone(context.session, context.purchase, day)


@step("{quantities:Items} arrive in {bin_code:Bin}")
def arrive(context: Office, quantities: dict[str, int], bin_code: str) -> None:
    """Book a delivery; the answer is what it costs in euro cents."""
    deliver(context, quantities, bin_code)


@step("{quantities:Items} arrive in {bin_code:Bin}, with")
def arrive_tracked(context: Office, quantities: dict[str, int], bin_code: str) -> None:
    """Book a delivery with the lots and serial numbers of the table."""
    lots = {row["sku"]: row.get("lot", "") for row in rows(context)}
    numbers = {row["sku"]: row.get("numbers", "").split() for row in rows(context)}
    deliver(context, quantities, bin_code, lots, numbers)


@step("nothing arrives in {bin_code:Bin}")
def arrive_empty(context: Office, bin_code: str) -> None:
    """Book an empty lorry."""
    deliver(context, {}, bin_code)


def deliver(
    context: Office,
    quantities: dict[str, int],
    bin_code: str,
    lots: dict[str, str] | None = None,
    numbers: dict[str, list[str]] | None = None,
) -> None:
    """Book a delivery."""

    def answer() -> int:
        return receive_purchase(
            context.session,
            context.purchase,
            place(context, bin_code),
            products(context, quantities),
            at=context.things.now,
            lot_numbers=lots,
            serial_numbers=numbers,
        )

    ask(context, answer)


@when('I look for the purchase "{words}"')
def look_for_purchase(context: Scene, words: str) -> None:
    """Find a purchase."""
    ask(context, lambda: orders.find_purchase(context.session, words))


@when("I ask what the purchase costs")
def ask_total(context: Office) -> None:
    """Ask for the sum."""
    ask(context, lambda: orders.total_cents(context.purchase))


@then("the purchase is {state:Word}")
def purchase_is(context: Office, state: str) -> None:
    """Compare the state of the last purchase."""
    assert context.purchase.state.value == state, context.purchase.state.value


@then("the purchase has")
def purchase_has(context: Office) -> None:
    """Compare the last purchase with a row."""
    expect(context.purchase, only_row(context))


@then("the lines of the purchase are")
def purchase_lines_are(context: Office) -> None:
    """Compare the lines of the last purchase."""
    expect_all(context.purchase.lines, rows(context))


# What is to come


@when("I ask what is on the way to {house:Code}")
def ask_on_the_way(context: Scene, house: str) -> None:
    """Ask for the purchases, and what is missing of each."""
    ask(
        context,
        lambda: [
            (each.number, outstanding.missing_of(each))
            for each in outstanding.on_the_way(context.session, warehouse(context, house))
        ],
    )


@when("I ask what arrives in {house:Code} until {day:Day}")
def ask_arriving(context: Scene, house: str, day: date) -> None:
    """Ask for pieces."""
    ask(context, lambda: outstanding.arriving(context.session, warehouse(context, house), until=day))


@when("I ask which purchases for {house:Code} are late")
def ask_late(context: Scene, house: str) -> None:
    """Ask for purchases, days and what to do."""
    today = context.things.now.date()
    ask(
        context,
        lambda: [
            (each.number, each.supplier_code, each.days, each.action)
            for each in outstanding.overdue(context.session, warehouse(context, house), today=today)
        ],
    )


@when("I ask what will have to be paid for {house:Code}")
def ask_committed(context: Scene, house: str) -> None:
    """Ask for a sum in euro cents."""
    day = context.things.now.date()
    ask(context, lambda: outstanding.committed_cents(context.session, warehouse(context, house), day=day))


@when("I ask for proposals for {house:Code}")
def ask_proposals(context: Scene, house: str) -> None:
    """Ask what to order: supplier, items, pieces, cents, day."""
    day = context.things.now.date()
    ask(
        context,
        lambda: [
            (each.supplier, list(each.items.items()), each.pieces, each.cost_cents, each.expected_on)
            for each in propose(context.session, warehouse(context, house), day=day)
        ],
    )


@step("the proposals for {house:Code} are drafted")
def draft_all(context: Scene, house: str) -> None:
    """Draft a purchase for each supplier."""
    ask(context, lambda: draft_proposals(context.session, warehouse(context, house), day=context.things.now.date()))


# Suppliers, looked at


@when("I ask when goods of {code:Code} are here that are ordered on {day:Day}")
def ask_expected(context: Scene, code: str, day: date) -> None:
    """Ask for a day."""
    ask(context, lambda: lead_times.expected_on(supplier(context, code), day))


@when("I ask when to order of {code:Code} what is needed on {day:Day}")
def ask_latest(context: Scene, code: str, day: date) -> None:
    """Ask for the last day."""
    ask(context, lambda: lead_times.latest_order_day(supplier(context, code), day))


@when("I ask how many days {code:Code} needs")
def ask_mean(context: Scene, code: str) -> None:
    """Ask for the mean of working days."""
    ask(context, lambda: lead_times.mean_lead_days(context.session, supplier(context, code)))


@step("we learn from what {code:Code} did")
def learn(context: Scene, code: str) -> None:
    """Change the lead time to the mean."""
    ask(context, lambda: lead_times.learn_lead_time(context.session, supplier(context, code)))


@when("I ask for the score of {code:Code}")
def ask_score(context: Scene, code: str) -> None:
    """Ask for the marks: punctuality, completeness, price, all together, grade."""

    def answer() -> tuple[object, ...]:
        found = score(context.session, supplier(context, code), day=context.things.now.date())
        return (found.punctuality, found.completeness, found.price, found.total, found.grade)

    ask(context, answer)


@when("I ask for the ranking of the suppliers")
def ask_ranking(context: Scene) -> None:
    """Ask who is best."""
    day = context.things.now.date()
    ask(context, lambda: [(each.supplier.code, each.total) for each in ranking(context.session, day=day)])


# Tolerances, invoices, payment


@when("I ask how many pieces are accepted if {count:Number} were ordered")
def ask_accepted(context: Scene, count: int) -> None:
    """Ask for a number of pieces."""
    ask(context, lambda: most_accepted(count))


@when("I ask whether {billed:Cents} is accepted instead of {ordered:Cents}")
def ask_price_accepted(context: Scene, billed: int, ordered: int) -> None:
    """Ask about a price."""
    ask(context, lambda: is_price_accepted(ordered, billed))


@given("an invoice in {currency:Code} of {day:Day} over")
def add_invoice(context: Office, currency: str, day: date) -> None:
    """Get an invoice with the lines of the table."""
    lines = [InvoiceLine(row["sku"], int(row["count"]), int(row["cents"])) for row in rows(context)]
    context.invoice = Invoice("4711", day, currency, tuple(lines))


@when("I match the invoice with the purchase")
def match_invoice(context: Office) -> None:
    """Ask what is wrong: SKU, finding, cents."""
    ask(
        context,
        lambda: [(each.sku, each.finding, each.cents) for each in match(context.purchase, context.invoice)],
    )


@when("I ask how much of the invoice is not owed")
def ask_claim(context: Office) -> None:
    """Ask for the claim."""
    ask(context, lambda: claim_cents(context.purchase, context.invoice))


@when("the invoice is approved")
def approve_invoice(context: Office) -> None:
    """Ask what to pay."""
    ask(context, lambda: approve(context.purchase, context.invoice))


@when('the terms "{words}" are read')
def read_terms(context: Scene, words: str) -> None:
    """Ask what terms mean: days, percent, days for the discount."""

    def answer() -> tuple[int, int, int]:
        found = payment_terms.parse_terms(words)
        return (found.days, found.discount_percent, found.discount_days)

    ask(context, answer)


@when("I ask when the invoice is due at {granted:Terms}")
def ask_due(context: Office, granted: payment_terms.Terms) -> None:
    """Ask for a day."""
    ask(context, lambda: payment_terms.due_on(granted, context.invoice))


@when("I ask what to pay on {day:Day} at {granted:Terms}")
def ask_payable(context: Office, day: date, granted: payment_terms.Terms) -> None:
    """Ask for cents, and how many days that is too late."""

    def answer() -> tuple[int, int]:
        cents = payment_terms.payable_cents(granted, context.invoice, paid_on=day)
        return (cents, payment_terms.days_late(granted, context.invoice, paid_on=day))

    ask(context, answer)
