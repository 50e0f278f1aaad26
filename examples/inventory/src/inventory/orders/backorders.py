"""Backorders: what customers wait for, and until when."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from inventory.common.clock import add_working_days
from inventory.models.orders import Order, OrderState
from inventory.pricing.bundles import explode
from inventory.stock.reorder import best_offer

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy.orm import Session

    from inventory.models import Product, Warehouse

HANDLING_DAYS = 1
BACKLOG = (OrderState.BACKORDERED, OrderState.PARTLY_SHIPPED)


def missing_pieces(session: Session, warehouse: Warehouse) -> dict[Product, int]:
    """Return how many pieces of which products the waiting orders of a warehouse lack, bundles taken apart."""
    missing: dict[Product, int] = {}
    orders = select(Order).where(Order.warehouse_id == warehouse.id, Order.state.in_(BACKLOG))
    for order in session.scalars(orders.order_by(Order.id)):
        for line in order.lines:
            for product, quantity in explode(session, line.product, line.open - line.allocated).items():
                missing[product] = missing.get(product, 0) + quantity
    return {product: quantity for product, quantity in missing.items() if quantity}


def promised_date(session: Session, order: Order, *, today: date) -> date | None:
    """Return when an order can leave: the next working day if all is there, else when the slowest supplier delivered.

    None means that nobody sells what is missing.
    """
    days = 0
    for line in order.lines:
        if line.open > line.allocated:
            for product in explode(session, line.product, 1):
                offer = best_offer(session, product)
                if offer is None:
                    return None
                days = max(days, offer.supplier.lead_time_days)
    return add_working_days(today, days + HANDLING_DAYS)
