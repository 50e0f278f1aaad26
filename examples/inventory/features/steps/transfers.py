"""Steps about goods on their way from one warehouse to another, and about stocktaking."""

from __future__ import annotations

from typing import TYPE_CHECKING

from behave import step, then, when
from inventory.stock.counts import abandon, differences, enter, open_sheet, post
from inventory.stock.transfers import cancel_transfer, draft_transfer, receive_transfer, send_transfer
from scene import ask, attempt, expect_all, place, product, products, rows, warehouse

if TYPE_CHECKING:
    from scene import Scene


def draft(context: Scene, quantities: dict[str, int], source: str, target: str) -> None:
    """Plan to send goods."""
    with attempt(context):
        start, end, at = warehouse(context, source), warehouse(context, target), context.things.now
        transfer = draft_transfer(context.session, start, end, products(context, quantities), at=at)
        context.things.transfers.append(transfer)


@step("a transfer of {quantities:Items} from {source:Code} to {target:Code} is drafted")
def draft_some(context: Scene, quantities: dict[str, int], source: str, target: str) -> None:
    """Plan to send goods."""
    draft(context, quantities, source, target)


@step("an empty transfer from {source:Code} to {target:Code} is drafted")
def draft_nothing(context: Scene, source: str, target: str) -> None:
    """Plan to send an empty lorry."""
    draft(context, {}, source, target)


@step("the transfer is sent")
def send(context: Scene) -> None:
    """Load the lorry."""
    with attempt(context):
        send_transfer(context.session, context.things.transfers[-1], at=context.things.now)


@step("the transfer is received in {bin_code:Bin}")
def receive_all(context: Scene, bin_code: str) -> None:
    """Unload the lorry; the answer is how many pieces got lost."""
    transfer, at = context.things.transfers[-1], context.things.now
    ask(context, lambda: receive_transfer(context.session, transfer, place(context, bin_code), at=at))


@step("the transfer is received in {bin_code:Bin} without {lost:Items}")
def receive_rest(context: Scene, bin_code: str, lost: dict[str, int]) -> None:
    """Unload the lorry, from which something has vanished; the answer is how many pieces."""
    transfer, at, missing = context.things.transfers[-1], context.things.now, products(context, lost)
    ask(context, lambda: receive_transfer(context.session, transfer, place(context, bin_code), at=at, missing=missing))


@step("the transfer is cancelled")
def give_up(context: Scene) -> None:
    """Give the plan up."""
    with attempt(context):
        cancel_transfer(context.session, context.things.transfers[-1])


@then("the transfer {number:Code} is {state:Word}")
def transfer_is(context: Scene, number: str, state: str) -> None:
    """Compare the last transfer."""
    transfer = context.things.transfers[-1]
    assert (transfer.number, transfer.state.value) == (number, state), (transfer.number, transfer.state.value)


@then("the lines of the transfer are")
def transfer_lines_are(context: Scene) -> None:
    """Compare what left, and what arrived."""
    expect_all(context.things.transfers[-1].lines, rows(context))


@step("a count of {house:Code} is opened")
def open_count(context: Scene, house: str) -> None:
    """Write down what should lie in each bin."""
    with attempt(context):
        sheet = open_sheet(context.session, warehouse(context, house), at=context.things.now)
        context.things.sheets.append(sheet)


@step("{count:Number} {sku:Sku} are counted in {bin_code:Bin}")
def count_pieces(context: Scene, count: int, sku: str, bin_code: str) -> None:
    """Write down what really lies there."""
    with attempt(context):
        enter(context.things.sheets[-1], product(context, sku), place(context, bin_code), count)


@when("I ask for the differences of the count")
def ask_differences(context: Scene) -> None:
    """Ask by how much the counts differ so far."""
    ask(context, lambda: differences(context.things.sheets[-1]))


@step("the count is posted")
def post_count(context: Scene) -> None:
    """Correct the stock; the answer is how many bins were corrected."""
    ask(context, lambda: post(context.session, context.things.sheets[-1], at=context.things.now))


@step("the count is abandoned")
def abandon_count(context: Scene) -> None:
    """Throw the sheet away."""
    with attempt(context):
        abandon(context.session, context.things.sheets[-1])


@then("the count is {state:Word}")
def count_is(context: Scene, state: str) -> None:
    """Compare how far the count is."""
    assert context.things.sheets[-1].state.value == state, context.things.sheets[-1].state.value


@then("the lines of the count are")
def count_lines_are(context: Scene) -> None:
    """Compare what should be there, and what is."""
    expect_all(context.things.sheets[-1].lines, rows(context))
