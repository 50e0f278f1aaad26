"""Returns: requested in time, received in some condition."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from inventory.common.errors import InvalidValueError, InventoryError, StateError
from inventory.common.validation import positive, text
from inventory.models.catalogue import Tracking
from inventory.models.returns import Condition, Return, ReturnLine, ReturnState
from inventory.models.stock import MovementKind
from inventory.models.warehouses import BinKind
from inventory.orders.numbering import next_number
from inventory.orders.shipment import shipments_of
from inventory.pricing.bundles import items_of
from inventory.stock.costing import last_cost
from inventory.stock.places import bins_of
from inventory.stock.receiving import receive

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from inventory.models import Order, OrderLine

RETURN_DAYS = 30
RETURN_LOT = "RETURNED"


class ReturnError(InventoryError):
    """The goods cannot come back like this."""

    def __init__(self, number: str, reason: str) -> None:
        super().__init__(f"order {number}: {reason}")


def returnable(session: Session, line: OrderLine) -> int:
    """Return how many pieces of an order line may still come back: those shipped, without those of other returns."""
    pieces = (
        select(func.coalesce(func.sum(ReturnLine.quantity), 0))
        .join(Return)
        .where(ReturnLine.order_line_id == line.id, Return.state != ReturnState.REJECTED)
    )
    return line.shipped - session.scalars(pieces).one()


def request_return(
    session: Session, order: Order, items: Mapping[OrderLine, int], *, reason: str, at: datetime
) -> Return:
    """Announce that pieces of an order come back, up to thirty days after the last of them was shipped.

    Raises:
        InvalidValueError: A quantity is not positive, or there is no reason.
        ReturnError: Nothing was shipped, it is too late, a line is a bundle, or fewer pieces may come back.
    """
    shipments = shipments_of(session, order)
    if not shipments or not items:
        raise ReturnError(order.number, reason="nothing to return")
    if at - shipments[-1].shipped_at > timedelta(days=RETURN_DAYS):
        raise ReturnError(order.number, reason=f"more than {RETURN_DAYS} days ago")
    lines = []
    for line, quantity in items.items():
        if items_of(session, line.product):
            raise ReturnError(order.number, reason=f"{line.product.sku} was sold as a bundle")
        if positive(quantity, "quantity") > returnable(session, line):
            raise ReturnError(order.number, reason=f"{line.product.sku}: {returnable(session, line)} may come back")
        lines.append(ReturnLine(order_line=line, quantity=quantity))
    request = Return(order=order, state=ReturnState.REQUESTED, reason=text(reason, "reason", 200), requested_at=at)
    request.number, request.lines = next_number(session, "return"), lines
    session.add(request)
    session.flush()
    return request


def receive_return(
    session: Session,
    request: Return,
    conditions: Mapping[OrderLine, Condition],
    *,
    at: datetime,
    serial_numbers: Mapping[str, Sequence[str]] | None = None,
) -> None:
    """Take goods back: as new into the first receiving bin, all others into the first bin of quarantine.

    Raises:
        InvalidValueError: The condition of a line is missing, or serial numbers are.
        StateError: The return is not on its way.
    """
    if request.state is not ReturnState.REQUESTED:
        raise StateError(what=f"return {request.number}", state=request.state.value, action="receive")
    warehouse = request.order.warehouse
    for line in request.lines:
        product = line.order_line.product
        if line.order_line not in conditions:
            raise InvalidValueError(field="condition", reason=f"of {product.sku} is missing")
        line.condition = conditions[line.order_line]
        kind = BinKind.RECEIVING if line.condition is Condition.AS_NEW else BinKind.QUARANTINE
        receive(
            session,
            product,
            bins_of(session, warehouse, kind)[0],
            line.quantity,
            unit_cost_cents=last_cost(session, product, warehouse),
            at=at,
            reference=request.number,
            lot_number=RETURN_LOT if product.tracking is Tracking.LOT else "",
            serial_numbers=(serial_numbers or {}).get(product.sku, ()),
            kind=MovementKind.RETURN,
        )
    request.state = ReturnState.RECEIVED
    session.flush()


def reject_return(session: Session, request: Return) -> None:
    """Refuse a return that has not arrived: its pieces may be announced again.

    Raises:
        StateError: It has arrived, or was refused before.
    """
    if request.state is not ReturnState.REQUESTED:
        raise StateError(what=f"return {request.number}", state=request.state.value, action="reject")
    request.state = ReturnState.REJECTED
    session.flush()
