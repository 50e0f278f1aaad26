"""Steps about what comes into warehouses, lies there, is promised and goes out."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from behave import given, step, then, when
from inventory.models import BinKind
from inventory.stock.adjustments import adjust, scrap_piece
from inventory.stock.availability import available, available_everywhere, reserved, usable
from inventory.stock.average import average_cost
from inventory.stock.costing import consume, fifo_value, last_cost, layers_of
from inventory.stock.issuing import issue, plan_picks
from inventory.stock.levels import contents_of, free_space, on_hand
from inventory.stock.lots import expiring, lots_of, take_from_lots
from inventory.stock.movements import movements_of, relocate
from inventory.stock.places import add_bin, bins_of, close_warehouse, find_bin, find_warehouse, open_warehouse
from inventory.stock.putaway import plan_putaway, put_away
from inventory.stock.receiving import receive
from inventory.stock.reservations import fulfil, release, release_expired, reserve
from inventory.stock.serials import find_serial, numbers_in_stock
from inventory.stock.valuation import value_product, value_warehouse
from scene import ask, attempt, euros, expect, expect_all, only_row, place, product, rows, shown, warehouse

if TYPE_CHECKING:
    from datetime import date

    from scene import Scene

# Warehouses and bins


@step('the warehouse "{code}" in {country:Code} is opened')
def open_house(context: Scene, code: str, country: str) -> None:
    """Add a warehouse without bins."""
    ask(context, lambda: open_warehouse(context.session, code, "Another warehouse", country=country))


@step("{code:Code} is closed")
def close_house(context: Scene, code: str) -> None:
    """Take a warehouse out of service."""
    with attempt(context):
        close_warehouse(context.session, warehouse(context, code))


@when("I look for the warehouse {code:Code}")
def look_for_warehouse(context: Scene, code: str) -> None:
    """Find a warehouse."""
    ask(context, lambda: find_warehouse(context.session, code))


@when("I look for the bin {code:Code} in {house:Code}")
def look_for_bin(context: Scene, code: str, house: str) -> None:
    """Find a bin."""
    ask(context, lambda: find_bin(context.session, warehouse(context, house), code))


@step('{house:Code} gets the {kind:Word} bin "{code}" for {capacity:Number} pieces')
def add_limited_bin(context: Scene, house: str, kind: str, code: str, capacity: int) -> None:
    """Add a bin that may be full one day."""
    with attempt(context):
        add_bin(context.session, warehouse(context, house), code, kind=BinKind(kind), capacity=capacity)


@step('{house:Code} gets the unlimited {kind:Word} bin "{code}"')
def add_unlimited_bin(context: Scene, house: str, kind: str, code: str) -> None:
    """Add a bin that is never full."""
    with attempt(context):
        add_bin(context.session, warehouse(context, house), code, kind=BinKind(kind))


@then("the warehouse {code:Code} has")
def warehouse_has(context: Scene, code: str) -> None:
    """Compare a warehouse with a row."""
    expect(warehouse(context, code), only_row(context))


@then("the bins of {house:Code} are {codes}")
def bins_are(context: Scene, house: str, codes: str) -> None:
    """Compare the bins of a warehouse."""
    found = shown(bins_of(context.session, warehouse(context, house)))
    assert found == codes, found


@then("the {kind:Word} bins of {house:Code} are {codes}")
def bins_of_kind_are(context: Scene, kind: str, house: str, codes: str) -> None:
    """Compare the bins of one kind."""
    found = shown(bins_of(context.session, warehouse(context, house), BinKind(kind)))
    assert found == codes, found


@then("the bin {bin_code:Bin} has space for {space}")
def bin_has_space(context: Scene, bin_code: str, space: str) -> None:
    """Compare how many more pieces a bin can hold."""
    found = free_space(context.session, place(context, bin_code))
    assert space == ("any number" if found is None else str(found)), found


@then("the bin {bin_code:Bin} holds {contents}")
def bin_holds(context: Scene, bin_code: str, contents: str) -> None:
    """Compare what lies in a bin."""
    found = shown(contents_of(context.session, place(context, bin_code)))
    assert found == contents, found


# Coming in


@step("{count:Number} {sku:Sku} are received in {bin_code:Bin} at {cost:Cents}")
def receive_pieces(context: Scene, count: int, sku: str, bin_code: str, cost: int) -> None:
    """Receive pieces that nobody tracks."""
    with attempt(context):
        target, at = place(context, bin_code), context.things.now
        receive(context.session, product(context, sku), target, count, unit_cost_cents=cost, at=at, reference="test")


@given("this stock")
def receive_stock(context: Scene) -> None:
    """Receive what a table lists: lots and serial numbers where it names them."""
    for row in rows(context):
        with attempt(context):
            receive(
                context.session,
                product(context, row["sku"]),
                place(context, row.get("bin", "A-01")),
                int(row["count"]),
                unit_cost_cents=int(row.get("cents", "100")),
                at=context.things.now,
                lot_number=row.get("lot", ""),
                serial_numbers=row.get("numbers", "").split(),
            )


@step("this is received")
def receive_one(context: Scene) -> None:
    """Receive what the one row of the table says."""
    assert len(rows(context).rows) == 1, "one at a time: an error belongs to one row"
    receive_stock(context)


@step("{count:Number} {sku:Sku} are put away from {bin_code:Bin}")
def put_pieces_away(context: Scene, count: int, sku: str, bin_code: str) -> None:
    """Carry pieces from receiving to storage."""
    at = context.things.now
    ask(context, lambda: put_away(context.session, product(context, sku), place(context, bin_code), count, at=at))


@when("I ask where {count:Number} {sku:Sku} would be put away in {house:Code}")
def ask_putaway(context: Scene, count: int, sku: str, house: str) -> None:
    """Plan without carrying."""
    ask(context, lambda: plan_putaway(context.session, product(context, sku), warehouse(context, house), count))


@step("{count:Number} {sku:Sku} are carried from {source:Bin} to {target:Bin}")
def carry(context: Scene, count: int, sku: str, source: str, target: str) -> None:
    """Relocate pieces."""
    with attempt(context):
        start, end = place(context, source), place(context, target)
        relocate(context.session, product(context, sku), start, end, count, at=context.things.now)


# Going out


@step("{count:Number} {sku:Sku} are issued from {house:Code}")
def issue_pieces(context: Scene, count: int, sku: str, house: str) -> None:
    """Take pieces out for good; the answer is what they had cost."""
    at = context.things.now
    ask(context, lambda: issue(context.session, product(context, sku), warehouse(context, house), count, at=at))


@step("{count:Number} {sku:Sku} are issued from {house:Code}, numbers {numbers:Names}")
def issue_numbers(context: Scene, count: int, sku: str, house: str, numbers: list[str]) -> None:
    """Take pieces with serial numbers out for good; the answer is what they had cost."""
    what, where, at = product(context, sku), warehouse(context, house), context.things.now
    ask(context, lambda: issue(context.session, what, where, count, at=at, serial_numbers=numbers))


@when("I ask from where {count:Number} {sku:Sku} would be picked in {house:Code}")
def ask_picks(context: Scene, count: int, sku: str, house: str) -> None:
    """Plan without issuing."""
    ask(context, lambda: plan_picks(context.session, product(context, sku), warehouse(context, house), count))


@then("they had cost {cost:Cents}")
def had_cost(context: Scene, cost: int) -> None:
    """Compare what the pieces had cost that went out."""
    assert context.answer == cost, context.answer


@step('{difference:Number} {sku:Sku} are corrected in {bin_code:Bin} because of "{reason}"')
def correct(context: Scene, difference: int, sku: str, bin_code: str, reason: str) -> None:
    """Add what was found, take off what was lost."""
    with attempt(context):
        where, at = place(context, bin_code), context.things.now
        adjust(context.session, product(context, sku), where, difference, reason=reason, at=at)


@step("the {sku:Sku} {serial_number:Code} in {bin_code:Bin} is scrapped")
def scrap(context: Scene, sku: str, serial_number: str, bin_code: str) -> None:
    """Throw one piece away; the answer is what it had cost."""
    what, at = product(context, sku), context.things.now
    ask(context, lambda: scrap_piece(context.session, what, place(context, bin_code), serial_number, at=at))


# Promises


@step("{count:Number} {sku:Sku} are reserved in {house:Code}")
def reserve_pieces(context: Scene, count: int, sku: str, house: str) -> None:
    """Promise pieces for good."""
    with attempt(context):
        promise = reserve(context.session, product(context, sku), warehouse(context, house), count)
        context.things.reservations.append(promise)


@step("{count:Number} {sku:Sku} are reserved in {house:Code} for {minutes:Number} minutes")
def reserve_for_a_while(context: Scene, count: int, sku: str, house: str, minutes: int) -> None:
    """Promise pieces for a while."""
    with attempt(context):
        end = context.things.now + timedelta(minutes=minutes)
        promise = reserve(context.session, product(context, sku), warehouse(context, house), count, expires_at=end)
        context.things.reservations.append(promise)


@step("the reservation is released")
def release_last(context: Scene) -> None:
    """Take the last promise back."""
    with attempt(context):
        release(context.session, context.things.reservations[-1])


@step("{count:Number} of the reservation are fulfilled")
def fulfil_last(context: Scene, count: int) -> None:
    """Keep the last promise, or a part of it."""
    with attempt(context):
        fulfil(context.session, context.things.reservations[-1], count)


@step("expired reservations are released")
def release_old(context: Scene) -> None:
    """Take back what has expired; the answer is how many promises these were."""
    ask(context, lambda: release_expired(context.session, context.things.now))


@then("the reservation is {state:Word} over {count:Number}")
def reservation_is(context: Scene, state: str, count: int) -> None:
    """Compare the last promise."""
    promise = context.things.reservations[-1]
    assert (promise.state.value, promise.quantity) == (state, count), (promise.state.value, promise.quantity)


@given("somebody takes {count:Number} {sku:Sku} out of the cost layers in {house:Code}")
def empty_layers(context: Scene, count: int, sku: str, house: str) -> None:
    """Change layers without a movement, as no service would."""
    consume(context.session, product(context, sku), warehouse(context, house), count)
    context.session.commit()


# What there is


@then("{count:Number} {sku:Sku} are on hand in {house:Code}")
def are_on_hand(context: Scene, count: int, sku: str, house: str) -> None:
    """Compare how many pieces lie in a warehouse."""
    found = on_hand(context.session, product(context, sku), warehouse(context, house))
    assert found == count, found


@then("{count:Number} {sku:Sku} are on hand everywhere")
def are_on_hand_everywhere(context: Scene, count: int, sku: str) -> None:
    """Compare how many pieces lie in all warehouses together."""
    found = on_hand(context.session, product(context, sku))
    assert found == count, found


@then("of {sku:Sku}, {house:Code} has usable {fit:Number}, reserved {promised:Number}, available {free:Number}")
def availability_is(context: Scene, **words: int | str) -> None:
    """Compare what can be promised, and why."""
    what, where = product(context, str(words["sku"])), warehouse(context, str(words["house"]))
    found = [count(context.session, what, where) for count in (usable, reserved, available)]
    assert found == [words["fit"], words["promised"], words["free"]], found


@when("I ask where {sku:Sku} is available")
def ask_available(context: Scene, sku: str) -> None:
    """Ask for what each warehouse can promise."""
    ask(context, lambda: available_everywhere(context.session, product(context, sku)))


@then("the lots of {sku:Sku} in {house:Code} are {lots}")
def lots_are(context: Scene, sku: str, house: str, lots: str) -> None:
    """Compare the lots of a product, the one that expires first at the front."""
    found = lots_of(context.session, product(context, sku), warehouse(context, house))
    words = shown([(lot.number, lot.quantity, lot.expires_on or "never") for lot in found])
    assert words == lots, words


@given("somebody takes {count:Number} {sku:Sku} out of the lots in {house:Code}")
def empty_lots(context: Scene, count: int, sku: str, house: str) -> None:
    """Change lots without a movement, as no service would."""
    take_from_lots(context.session, product(context, sku), warehouse(context, house), count)
    context.session.commit()


@when("I ask which lots in {house:Code} expire until {day:Day}")
def ask_expiring(context: Scene, house: str, day: date) -> None:
    """Ask for what has to be sold soon."""
    lots = expiring(context.session, warehouse(context, house), until=day)
    ask(context, lambda: [(lot.product, lot.number, lot.quantity, lot.expires_on) for lot in lots])


@then("the {sku:Sku} in stock have the numbers {numbers}")
def numbers_are(context: Scene, sku: str, numbers: str) -> None:
    """Compare the serial numbers that are there."""
    found = shown(numbers_in_stock(context.session, product(context, sku)))
    assert found == numbers, found


@then("the {sku:Sku} with the number {serial_number:Code} is {state:Word}")
def piece_is(context: Scene, sku: str, serial_number: str, state: str) -> None:
    """Compare where a piece is in its life."""
    found = find_serial(context.session, product(context, sku), serial_number).state.value
    assert found == state, found


@then("the movements of {sku:Sku} in {house:Code} are")
def movements_are(context: Scene, sku: str, house: str) -> None:
    """Compare every movement, the earliest first."""
    expect_all(movements_of(context.session, product(context, sku), warehouse(context, house)), rows(context))


# What it is worth


@then("the cost layers of {sku:Sku} in {house:Code} are {layers}")
def layers_are(context: Scene, sku: str, house: str, layers: str) -> None:
    """Compare what is left of each receipt, and what a piece of it had cost."""
    found = layers_of(context.session, product(context, sku), warehouse(context, house))
    words = shown([f"{layer.remaining} at {euros(layer.unit_cost_cents)}" for layer in found])
    assert words == layers, words


@then("a piece of {sku:Sku} cost {cost:Cents} when it last came to {house:Code}")
def last_cost_is(context: Scene, sku: str, cost: int, house: str) -> None:
    """Compare the cost of the newest receipt."""
    found = last_cost(context.session, product(context, sku), warehouse(context, house))
    assert found == cost, found


@then("the moving average of {sku:Sku} in {house:Code} is {count:Number} pieces at {cost:Cents}")
def average_is(context: Scene, sku: str, house: str, count: int, cost: int) -> None:
    """Compare the moving average."""
    found = average_cost(context.session, product(context, sku), warehouse(context, house))
    assert (found.quantity, found.unit_cents) == (count, cost), found


@then("all goods in {house:Code} have cost {value:Cents}")
def goods_have_cost(context: Scene, house: str, value: int) -> None:
    """Compare the sum over all layers of a warehouse."""
    found = fifo_value(context.session, warehouse(context, house))
    assert found == value, found


@then("{sku:Sku} in {house:Code} is valued at")
def is_valued_at(context: Scene, sku: str, house: str) -> None:
    """Compare the worth of a product by both methods."""
    expect(value_product(context.session, product(context, sku), warehouse(context, house)), only_row(context))


@then("the goods in {house:Code} are valued at")
def are_valued_at(context: Scene, house: str) -> None:
    """Compare the worth of every product, the most valuable first."""
    expect_all(value_warehouse(context.session, warehouse(context, house)), rows(context))
