"""Cancelling: a whole order, as long as nothing of it was shipped, or what a line still waits for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inventory.common.errors import InvalidValueError, StateError
from inventory.common.validation import positive
from inventory.models.orders import OrderState
from inventory.models.promotions import Voucher
from inventory.orders.states import advance, after_shipping, is_settled
from inventory.pricing.bundles import explode
from inventory.pricing.rounding import divide
from inventory.pricing.vouchers import give_back
from inventory.stock.reservations import release, reservations_for, reserve

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from inventory.models import Order, OrderLine


def cancel_order(session: Session, order: Order) -> None:
    """Cancel an order: its promises are taken back, its voucher can be used again.

    Raises:
        StateError: A part of it was shipped, or it is cancelled already.
    """
    if is_settled(order):
        raise StateError(what=f"order {order.number}", state=order.state.value, action="cancel")
    advance(order, OrderState.CANCELLED, "cancel")
    for line in order.lines:
        _release(session, line)
        line.cancelled = line.quantity
    if order.voucher_id is not None:
        give_back(session.get_one(Voucher, order.voucher_id))
    session.flush()


def cancel_pieces(session: Session, line: OrderLine, quantity: int) -> int:
    """Cancel pieces of a line that were not shipped, and return by how much the order became cheaper, with tax.

    What was missing anyway goes first, then what was promised. An order of which nothing is left is cancelled, one of
    which nothing is missing any more is allocated. The voucher's discount shrinks in proportion.

    Raises:
        InvalidValueError: The quantity is not positive, or fewer pieces are open.
        ShortageError: What is to stay promised has vanished from the stock.
        StateError: The order is shipped or cancelled.
    """
    order = line.order
    if is_settled(order):
        raise StateError(what=f"order {order.number}", state=order.state.value, action="change")
    if positive(quantity, "quantity") > line.open:
        raise InvalidValueError(field="quantity", reason=f"must be at most {line.open}, which are open")
    if quantity == sum(each.open for each in order.lines) and not any(each.shipped for each in order.lines):
        total_cents = order.total_cents
        cancel_order(session, order)
        return total_cents
    kept = min(line.allocated, line.open - quantity)
    _release(session, line)
    line.allocated = kept
    if kept:
        for product, pieces in explode(session, line.product, kept).items():
            reserve(session, product, order.warehouse, pieces, order_line=line)
    net, tax = (_part(cents, line, quantity) for cents in (line.net_cents, line.tax_cents))
    discount = divide(order.discount_cents * net, order.goods_cents) if order.discount_cents else 0
    line.cancelled += quantity
    order.goods_cents -= net
    order.discount_cents -= discount
    order.tax_cents -= tax
    if any(each.shipped for each in order.lines):
        advance(order, after_shipping(order), "change")
    elif order.state is OrderState.BACKORDERED and all(each.open == each.allocated for each in order.lines):
        advance(order, OrderState.ALLOCATED, "change")
    session.flush()
    return net - discount + tax


def _part(cents: int, line: OrderLine, quantity: int) -> int:
    """Return the part of further pieces in an amount: together with the earlier ones, no cent too much or too few."""
    return divide(cents * (line.cancelled + quantity), line.quantity) - divide(cents * line.cancelled, line.quantity)


def _release(session: Session, line: OrderLine) -> None:
    for reservation in reservations_for(session, line):
        release(session, reservation)
    line.allocated = 0
