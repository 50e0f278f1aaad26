"""Steps about carts, orders, shipments and returns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from behave import given, step, then, when
from inventory.models import Condition, OrderState, ReturnState
from inventory.orders.allocation import allocate, allocate_all, queue
from inventory.orders.backorders import missing_pieces, promised_date
from inventory.orders.cancellation import cancel_order, cancel_pieces
from inventory.orders.cart import Cart
from inventory.orders.credit import credit_left_cents, exposure_cents
from inventory.orders.numbering import next_number, render_number, restart
from inventory.orders.packing import gross_grams, pack
from inventory.orders.placement import place_order, quote_cart
from inventory.orders.refunds import refund
from inventory.orders.returns import receive_return, reject_return, request_return, returnable
from inventory.orders.shipment import pick_list, set_tracking_code, ship, shipments_of
from inventory.orders.shipping_cost import parcel_cents, shipping_cents
from inventory.orders.states import can_become
from scene import (
    ask,
    attempt,
    customer,
    expect,
    expect_all,
    line_of,
    only_row,
    order,
    product,
    products,
    rows,
    shown,
    warehouse,
)

if TYPE_CHECKING:
    from behave import Row
    from scene import Scene

# The cart


@step("{count:Number} {sku:Sku} are put into the cart")
def fill_cart(context: Scene, count: int, sku: str) -> None:
    """Put pieces into the cart."""
    with attempt(context):
        context.things.cart.add(product(context, sku), count)


@step("the cart is to contain {count:Number} {sku:Sku}")
def change_cart(context: Scene, count: int, sku: str) -> None:
    """Say how many pieces are to be in the cart."""
    with attempt(context):
        context.things.cart.change(product(context, sku), count)


@step("a cart with {quantities:Items} is merged into the cart")
def merge_cart(context: Scene, quantities: dict[str, int]) -> None:
    """Put everything in that is in another cart."""
    with attempt(context):
        context.things.cart.merge(Cart(products(context, quantities)))


@then("the cart contains {contents}")
def cart_contains(context: Scene, contents: str) -> None:
    """Compare what is in the cart."""
    found = shown(context.things.cart.items)
    assert found == contents, found


@then("the cart weighs {grams:Number} g")
def cart_weighs(context: Scene, grams: int) -> None:
    """Compare the weight of everything in the cart."""
    assert context.things.cart.weight_grams == grams, context.things.cart.weight_grams


@when("{email:Email} asks what the cart costs")
def ask_cart_quote(context: Scene, email: str) -> None:
    """Ask for a quote with parcels to the default address."""
    day = context.things.now.date()
    ask(context, lambda: quote_cart(context.session, customer(context, email), context.things.cart, day=day))


# Placing orders


def place(context: Scene, email: str, quantities: dict[str, int], row: Row | None = None) -> None:
    """Place an order; a row may name a warehouse, a voucher, the city of an address and its owner, and express."""
    who = customer(context, email)
    house = warehouse(context, row.get("warehouse", "MAIN") if row else "MAIN")
    city = row.get("city", "") if row else ""
    owner = customer(context, row.get("owner", email)) if row else who
    with attempt(context):
        placed = place_order(
            context.session,
            who,
            Cart(products(context, quantities)),
            house,
            at=context.things.now,
            address=next(each for each in owner.addresses if each.city == city) if city else None,
            voucher_code=(row.get("voucher", "") or None) if row else None,
            is_express=row is not None and row.get("express", "no") == "yes",
        )
        context.things.orders.append(placed)


@step("{email:Email} orders {quantities:Items}")
def place_simple_order(context: Scene, email: str, quantities: dict[str, int]) -> None:
    """Order from the main warehouse to the default address."""
    place(context, email, quantities)


@step("{email:Email} orders {quantities:Items}, with")
def place_special_order(context: Scene, email: str, quantities: dict[str, int]) -> None:
    """Order as the table says."""
    place(context, email, quantities, only_row(context))


@step("{email:Email} orders nothing")
def place_empty_order(context: Scene, email: str) -> None:
    """Order with an empty cart."""
    place(context, email, {})


@then("the order is {state:Word}")
def order_is(context: Scene, state: str) -> None:
    """Compare the state of the last order."""
    assert order(context).state.value == state, order(context).state.value


@then("the order {number:Code} is {state:Word}")
def numbered_order_is(context: Scene, number: str, state: str) -> None:
    """Compare the state of one of several orders."""
    assert order(context, number).state.value == state, order(context, number).state.value


@then("the order has")
def order_has(context: Scene) -> None:
    """Compare the last order with a row."""
    expect(order(context), only_row(context))


@then("the order goes to {city}")
def order_goes_to(context: Scene, city: str) -> None:
    """Compare where the last order goes."""
    assert order(context).address.city == city, order(context).address.city


@then("the lines of the order are")
def order_lines_are(context: Scene) -> None:
    """Compare the lines of the last order."""
    expect_all(order(context).lines, rows(context))


@then("the open orders of {email:Email} come to {total:Cents}")
def exposure_is(context: Scene, email: str, total: int) -> None:
    """Compare what a customer owes already."""
    found = exposure_cents(context.session, customer(context, email))
    assert found == total, found


@when("I ask for how much {email:Email} may still order")
def ask_credit(context: Scene, email: str) -> None:
    """Ask for the credit that is left, in cents."""
    ask(context, lambda: credit_left_cents(context.session, customer(context, email)))


# Promising and shipping


@step("the order is allocated now")
def allocate_last(context: Scene) -> None:
    """Promise the last order what there is; the answer is how many pieces are missing."""
    ask(context, lambda: allocate(context.session, order(context)))


@step("the order {number:Code} is allocated now")
def allocate_numbered(context: Scene, number: str) -> None:
    """Promise one of several orders what there is; the answer is how many pieces are missing."""
    ask(context, lambda: allocate(context.session, order(context, number)))


@when("I ask which orders wait for {house:Code}")
def ask_queue(context: Scene, house: str) -> None:
    """Ask for the queue of a warehouse."""
    ask(context, lambda: queue(context.session, warehouse(context, house)))


@step("all orders of {house:Code} are allocated now")
def allocate_queue(context: Scene, house: str) -> None:
    """Go through the queue; the answer is which orders lack nothing."""
    ask(context, lambda: allocate_all(context.session, warehouse(context, house)))


@when("I ask which pieces are missing in {house:Code}")
def ask_missing(context: Scene, house: str) -> None:
    """Ask what the waiting orders lack."""
    ask(context, lambda: missing_pieces(context.session, warehouse(context, house)))


@when("I ask when the order can leave")
def ask_promise(context: Scene) -> None:
    """Ask for a day."""
    ask(context, lambda: promised_date(context.session, order(context), today=context.things.now.date()))


@when("I ask what to pick for the order")
def ask_pick_list(context: Scene) -> None:
    """Ask for the pieces to fetch."""
    ask(context, lambda: pick_list(context.session, order(context)))


def hand_over(context: Scene, numbers: dict[str, list[str]] | None) -> None:
    """Ship the last order."""
    with attempt(context):
        shipment = ship(context.session, order(context), at=context.things.now, serial_numbers=numbers)
        context.things.shipments.append(shipment)


@step("the order is handed over")
def ship_order(context: Scene) -> None:
    """Ship what is promised to the last order."""
    hand_over(context, None)


@step("the order is handed over with the {sku:Sku} {numbers:Names}")
def ship_numbers(context: Scene, sku: str, numbers: list[str]) -> None:
    """Ship what is promised to the last order: pieces with these serial numbers."""
    hand_over(context, {sku: numbers})


@then("the shipment has")
def shipment_has(context: Scene) -> None:
    """Compare the last shipment with a row."""
    expect(context.things.shipments[-1], only_row(context))


@then("the lines of the shipment are")
def shipment_lines_are(context: Scene) -> None:
    """Compare the lines of the last shipment."""
    expect_all(context.things.shipments[-1].lines, rows(context))


@then("the shipments of the order are {numbers}")
def shipments_are(context: Scene, numbers: str) -> None:
    """Compare the numbers of what left the house."""
    found = shown(shipments_of(context.session, order(context)))
    assert found == numbers, found


@step('the shipment is tracked as "{code}"')
def track(context: Scene, code: str) -> None:
    """Write down the carrier's code."""
    with attempt(context):
        set_tracking_code(context.things.shipments[-1], code)


# Cancelling


@step("the order is cancelled now")
def cancel_last(context: Scene) -> None:
    """Cancel the last order."""
    with attempt(context):
        cancel_order(context.session, order(context))


@step("{count:Number} {sku:Sku} of the order are cancelled")
def cancel_some(context: Scene, count: int, sku: str) -> None:
    """Cancel pieces; the answer is by how many cents the order became cheaper."""
    ask(context, lambda: cancel_pieces(context.session, line_of(context, sku), count))


# Returns


@step('a return of {quantities:Items} is requested because of "{reason}"')
def ask_back(context: Scene, quantities: dict[str, int], reason: str) -> None:
    """Announce that pieces of the last order come back."""
    lines = {line_of(context, sku): count for sku, count in quantities.items()}
    with attempt(context):
        request = request_return(context.session, order(context), lines, reason=reason, at=context.things.now)
        context.things.returns.append(request)


@step("a return of nothing is requested")
def ask_nothing_back(context: Scene) -> None:
    """Announce an empty parcel."""
    with attempt(context):
        request_return(context.session, order(context), {}, reason="none", at=context.things.now)


@when("I ask how many {sku:Sku} of the order may come back")
def ask_returnable(context: Scene, sku: str) -> None:
    """Ask for a number of pieces."""
    ask(context, lambda: returnable(context.session, line_of(context, sku)))


@step("the return arrives")
def take_back(context: Scene) -> None:
    """Receive the last return: the table says in which condition each product is, and its serial numbers."""
    conditions = {line_of(context, row["sku"]): Condition(row["condition"]) for row in rows(context)}
    numbers = {row["sku"]: row.get("numbers", "").split() for row in rows(context)}
    with attempt(context):
        request, at = context.things.returns[-1], context.things.now
        receive_return(context.session, request, conditions, at=at, serial_numbers=numbers)


@step("the return is refunded now")
def pay_back(context: Scene) -> None:
    """Pay the last return; the answer is the sum in cents."""
    ask(context, lambda: refund(context.session, context.things.returns[-1]))


@step("the return is rejected now")
def refuse(context: Scene) -> None:
    """Refuse the last return."""
    with attempt(context):
        reject_return(context.session, context.things.returns[-1])


@then("the return {number:Code} is {state:Word}")
def return_is(context: Scene, number: str, state: str) -> None:
    """Compare the last return."""
    request = context.things.returns[-1]
    assert (request.number, request.state) == (number, ReturnState(state)), (request.number, request.state)


@then("the lines of the return are")
def return_lines_are(context: Scene) -> None:
    """Compare the lines of the last return."""
    expect_all(context.things.returns[-1].lines, rows(context))


# Numbers, parcels, states


@when('the number {value:Number} is printed after "{prefix}" with {width:Number} digits')
def ask_printed(context: Scene, value: int, prefix: str, width: int) -> None:
    """Ask for the number of a document."""
    ask(context, lambda: render_number(prefix, value, width=width))


@step("the next number of {kind:Word} documents is drawn")
def draw(context: Scene, kind: str) -> None:
    """Draw a number."""
    ask(context, lambda: next_number(context.session, kind))


@step("{kind:Word} documents go on at {value:Number}")
def go_on(context: Scene, kind: str, value: int) -> None:
    """Let a sequence go on at a higher number."""
    with attempt(context):
        restart(context.session, kind, at=value)


@when("{quantities:Items} are packed")
def ask_parcels(context: Scene, quantities: dict[str, int]) -> None:
    """Ask which pieces go into which parcel."""
    parcels = pack(products(context, quantities)) if quantities else []
    ask(context, lambda: [f"[{shown(parcel)}]" for parcel in parcels])


@when("{quantities:Items} are packed into parcels of {limit:Number} g")
def ask_small_parcels(context: Scene, quantities: dict[str, int], limit: int) -> None:
    """Ask which pieces go into which parcel of another carrier."""
    pieces = products(context, quantities)
    ask(context, lambda: [f"[{shown(parcel)}]" for parcel in pack(pieces, limit_grams=limit)])


@when("{quantities:Items} in {count:Number} parcels are weighed")
def ask_weight(context: Scene, quantities: dict[str, int], count: int) -> None:
    """Ask what pieces weigh with their boxes, in grams."""
    ask(context, lambda: gross_grams(products(context, quantities), count))


@when("I ask for the price of parcels of {grams:Number} g to {country:Code}")
def ask_parcel_price(context: Scene, grams: int, country: str) -> None:
    """Ask what the carrier wants, in cents."""
    ask(context, lambda: parcel_cents(context.session, country, grams))


@when("I ask what a customer pays for {grams:Number} g to {country:Code} with goods for {goods:Cents}")
def ask_shipping(context: Scene, grams: int, country: str, goods: int) -> None:
    """Ask what the customer pays for parcels, in cents."""
    ask(context, lambda: shipping_cents(context.session, country, grams, goods))


@given("the order is marked as {state:Word}")
def mark(context: Scene, state: str) -> None:
    """Put the last order into a state."""
    order(context).state = OrderState(state)
    context.session.commit()


@when("I ask what the order can become")
def ask_ways(context: Scene) -> None:
    """Ask for the states into which the last order may go, or in which it may stay."""
    ask(context, lambda: [state for state in OrderState if can_become(order(context), state)])
