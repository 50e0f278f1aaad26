"""Allocation: promising the goods to the orders, the urgent and the early ones first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from inventory.common.errors import StateError
from inventory.models.orders import Order, OrderLine, OrderState
from inventory.orders.states import advance
from inventory.pricing.bundles import explode
from inventory.stock.availability import available
from inventory.stock.reservations import reserve

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from inventory.models import Warehouse

WAITING = (OrderState.PLACED, OrderState.BACKORDERED, OrderState.PARTLY_SHIPPED)


def allocate_line(session: Session, line: OrderLine) -> int:
    """Promise as many pieces of a line as there are, and return how many are still missing."""
    warehouse = line.order.warehouse
    wanted = line.open - line.allocated
    pieces = min(wanted, available(session, line.product, warehouse))
    if pieces:
        for product, quantity in explode(session, line.product, pieces).items():
            reserve(session, product, warehouse, quantity, order_line=line)
        line.allocated += pieces
        session.flush()
    return wanted - pieces


def allocate(session: Session, order: Order) -> int:
    """Promise an order what there is of it, and return how many pieces are missing: with none, it is allocated.

    An order of which a part was shipped stays in that state.

    Raises:
        StateError: It is not waiting for goods.
    """
    if order.state not in WAITING:
        raise StateError(what=f"order {order.number}", state=order.state.value, action="allocate")
    missing = sum(allocate_line(session, line) for line in order.lines)
    if order.state is not OrderState.PARTLY_SHIPPED:
        advance(order, OrderState.BACKORDERED if missing else OrderState.ALLOCATED, "allocate")
    session.flush()
    return missing


def queue(session: Session, warehouse: Warehouse) -> list[Order]:
    """Return the orders that wait for goods of a warehouse: by priority, then the earliest first."""
    orders = select(Order).where(Order.warehouse_id == warehouse.id, Order.state.in_(WAITING))
    return list(session.scalars(orders.order_by(Order.priority.desc(), Order.placed_at, Order.id)))


def allocate_all(session: Session, warehouse: Warehouse) -> list[str]:
    """Go through the queue, and return the numbers of the orders of which nothing is missing now."""
    return [order.number for order in queue(session, warehouse) if not allocate(session, order)]
