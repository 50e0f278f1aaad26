"""What was sold: the lines that all reports about sales begin with, in euros, without vouchers and tax."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from inventory.common.money import Money
from inventory.models.orders import Order, OrderState
from inventory.pricing.currency import BASE_CURRENCY, convert
from inventory.pricing.rounding import divide

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from inventory.models import OrderLine
    from inventory.reports.periods import Period

FULL = 100


@dataclass(frozen=True)
class Sale:
    """An order line, and what it brought."""

    line: OrderLine
    net_cents: int
    tax_cents: int


def orders_in(session: Session, period: Period) -> list[Order]:
    """Return the orders of a period that were not cancelled, the earliest first."""
    orders = select(Order).where(
        Order.placed_at >= period.since,
        Order.placed_at < period.until,
        Order.state != OrderState.CANCELLED,
    )
    return list(session.scalars(orders.order_by(Order.placed_at, Order.id)))


def in_euros(session: Session, order: Order, cents: int) -> int:
    """Return an amount of an order in euro cents, by the rate of the day on which it was placed."""
    return convert(session, Money(cents, order.currency), BASE_CURRENCY, day=order.placed_at.date()).cents


def kept(line: OrderLine, cents: int) -> int:
    """Return which part of an amount of a line belongs to the pieces that were not cancelled."""
    return divide(cents * (line.quantity - line.cancelled), line.quantity)


def net_of_voucher(line: OrderLine) -> int:
    """Return what a line brought, in the order's currency: the order's voucher is shared among its lines."""
    net = kept(line, line.net_cents)
    return net - (divide(line.order.discount_cents * net, line.order.goods_cents) if net else 0)


def sales_in(session: Session, period: Period) -> list[Sale]:
    """Return what was sold in a period, the earliest first."""
    return [
        Sale(
            line=line,
            net_cents=in_euros(session, order, net_of_voucher(line)),
            tax_cents=in_euros(session, order, kept(line, line.tax_cents)),
        )
        for order in orders_in(session, period)
        for line in order.lines
    ]


def share_of(part: int, whole: int) -> int:
    """Return a part in percent of the whole; of nothing, it is nothing."""
    return divide(part * FULL, whole) if whole else 0
