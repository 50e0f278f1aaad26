"""Steps about what the movements say: the past, what to order, and which products matter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from behave import given, step, then, when
from inventory.common.clock import start_of_day
from inventory.db.session import find
from inventory.models import PurchaseLine, PurchaseOrder, PurchaseState, Supplier, SupplierProduct
from inventory.stock.abc import classify, reclassify, turnover
from inventory.stock.ledger import discrepancies, issued_between, on_hand_at, totals_by_kind
from inventory.stock.levels import level_in
from inventory.stock.reorder import best_offer, set_rule, suggestions
from scene import ask, attempt, place, product, rows, shown, warehouse

if TYPE_CHECKING:
    from datetime import date

    from scene import Scene


@then("on {day:Day}, {count:Number} {sku:Sku} were on hand in {house:Code}")
def were_on_hand(context: Scene, day: date, count: int, sku: str, house: str) -> None:
    """Compare how many pieces were there at nine o'clock of a day."""
    moment = context.things.now.replace(year=day.year, month=day.month, day=day.day)
    found = on_hand_at(context.session, product(context, sku), warehouse(context, house), moment)
    assert found == count, found


@when("I ask what came and went of {sku:Sku} from {first:Day} to before {end:Day}")
def ask_totals(context: Scene, sku: str, first: date, end: date) -> None:
    """Ask for the movements of a period, by kind."""
    since, until = start_of_day(first), start_of_day(end)
    ask(context, lambda: totals_by_kind(context.session, product(context, sku), since=since, until=until))


@when("I ask how many {sku:Sku} customers got from {first:Day} to before {end:Day}")
def ask_issued(context: Scene, sku: str, first: date, end: date) -> None:
    """Ask for the issues of a period."""
    since, until = start_of_day(first), start_of_day(end)
    ask(context, lambda: issued_between(context.session, product(context, sku), since=since, until=until))


@when("somebody writes {count:Number} {sku:Sku} over the level in {bin_code:Bin}")
def tamper(context: Scene, count: int, sku: str, bin_code: str) -> None:
    """Change a level without a movement, as no service would."""
    level_in(context.session, product(context, sku), place(context, bin_code)).on_hand = count
    context.session.flush()


@then("the books disagree about {discrepancy}")
def books_disagree(context: Scene, discrepancy: str) -> None:
    """Compare the levels that are not the sum of their movements; then undo what made them so."""
    found = shown(discrepancies(context.session))
    assert found == discrepancy, found
    context.session.rollback()


@then("the books agree")
def books_agree(context: Scene) -> None:
    """Hold every level to be the sum of its movements."""
    found = discrepancies(context.session)
    assert not found, found


@given("these suppliers")
def add_suppliers(context: Scene) -> None:
    """Add suppliers that deliver in so many days."""
    for row in rows(context):
        supplier = Supplier(code=row["code"], name=row["code"], email=f"{row['code'].lower()}@example.com")
        supplier.lead_time_days, supplier.currency = int(row["days"]), "EUR"
        supplier.is_blocked = row.get("blocked", "no") == "yes"
        context.session.add(supplier)
    context.session.commit()


@given("these offers")
def add_offers(context: Scene) -> None:
    """Add what suppliers ask for products."""
    for row in rows(context):
        supplier = find(context.session, Supplier, Supplier.code, row["supplier"])
        offer = SupplierProduct(supplier=supplier, product=product(context, row["sku"]), supplier_sku="X")
        offer.cost_cents, offer.is_preferred = int(row["cents"]), row.get("preferred", "no") == "yes"
        offer.minimum_quantity, offer.pack_size = int(row.get("minimum", "1")), int(row.get("pack", "1"))
        context.session.add(offer)
    context.session.commit()


@given("{count:Number} {sku:Sku} from {supplier:Code} for {house:Code} are on order, {state:Word}")
def add_purchase(context: Scene, **words: int | str) -> None:
    """Add a purchase as it stands in the books."""
    purchase = PurchaseOrder(number="PO-TEST", ordered_on=context.things.now.date())
    purchase.supplier = find(context.session, Supplier, Supplier.code, str(words["supplier"]))
    purchase.warehouse, purchase.state = warehouse(context, str(words["house"])), PurchaseState(words["state"])
    line = PurchaseLine(product=product(context, str(words["sku"])), quantity=int(words["count"]), unit_cost_cents=100)
    line.received = 0
    purchase.lines = [line]
    context.session.add(purchase)
    context.session.commit()


@step("below {minimum:Number}, {sku:Sku} in {house:Code} is filled up to {target:Number}")
def add_rule(context: Scene, minimum: int, sku: str, house: str, target: int) -> None:
    """Say when to order more."""
    with attempt(context):
        what, where = product(context, sku), warehouse(context, house)
        set_rule(context.session, what, where, minimum=minimum, target=target)


@when("I ask what to order for {house:Code}")
def ask_suggestions(context: Scene, house: str) -> None:
    """Ask for products, quantities and suppliers."""
    found = suggestions(context.session, warehouse(context, house))
    ask(context, lambda: [(each.quantity, each.product, each.supplier or "nobody") for each in found])


@when("I ask who has the best offer for {sku:Sku}")
def ask_best_offer(context: Scene, sku: str) -> None:
    """Ask for a supplier."""
    offer = best_offer(context.session, product(context, sku))
    ask(context, lambda: offer.supplier if offer else None)


@when("I ask for the turnover from {first:Day} to before {end:Day}")
def ask_turnover(context: Scene, first: date, end: date) -> None:
    """Ask what each product brought."""
    ask(context, lambda: turnover(context.session, since=start_of_day(first), until=start_of_day(end)))


@when("values of {values:Items} are classified")
def ask_classes(context: Scene, values: dict[str, int]) -> None:
    """Ask for the classes with the usual limits."""
    ask(context, lambda: classify(values))


@when("values of {values:Items} are classified with the limits {a_limit:Number} and {b_limit:Number}")
def ask_classes_with_limits(context: Scene, values: dict[str, int], a_limit: int, b_limit: int) -> None:
    """Ask for the classes with other limits."""
    ask(context, lambda: classify(values, a_percent=a_limit, b_percent=b_limit))


@when("the products are classified by their turnover from {first:Day} to before {end:Day}")
def classify_products(context: Scene, first: date, end: date) -> None:
    """Give each product its class; the answer is how many there are of each."""
    ask(context, lambda: reclassify(context.session, since=start_of_day(first), until=start_of_day(end)))
