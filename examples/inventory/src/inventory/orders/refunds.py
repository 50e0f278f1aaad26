"""Refunds: what the customer gets back, less what the condition of the goods has cost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inventory.common.errors import StateError
from inventory.models.returns import Condition, ReturnLine, ReturnState
from inventory.pricing.rounding import divide, percentage

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from inventory.models import Return

DEDUCTION_PERCENT: dict[Condition | None, int] = {Condition.AS_NEW: 0, Condition.OPENED: 20, Condition.DAMAGED: 60}


def refund_of(line: ReturnLine) -> int:
    """Return what a line is worth to the customer: its part of what was paid, tax included, less the deduction.

    The voucher's discount, which was taken from the whole order, is given back in proportion.
    """
    sold = line.order_line
    order = sold.order
    discount = divide(order.discount_cents * sold.net_cents, order.goods_cents) if order.discount_cents else 0
    paid = divide((sold.net_cents - discount + sold.tax_cents) * line.quantity, sold.quantity)
    return paid - percentage(paid, DEDUCTION_PERCENT[line.condition])


def refund(session: Session, request: Return) -> int:
    """Pay a return that has arrived, and return the sum.

    Raises:
        StateError: It has not arrived, or was paid already.
    """
    if request.state is not ReturnState.RECEIVED:
        raise StateError(what=f"return {request.number}", state=request.state.value, action="refund")
    for line in request.lines:
        line.refund_cents = refund_of(line)
    request.state = ReturnState.REFUNDED
    session.flush()
    return sum(line.refund_cents for line in request.lines)
