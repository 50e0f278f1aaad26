"""Lead times: what suppliers promise, what they keep, and when to order so that goods are there in time."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from inventory.common.clock import add_working_days, is_working_day
from inventory.models.purchasing import PurchaseOrder, PurchaseState
from inventory.models.stock import Movement, MovementKind
from inventory.pricing.rounding import divide

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from inventory.models import Supplier

DELIVERIES_TO_LEARN_FROM = 3


def expected_on(supplier: Supplier, day: date) -> date:
    """Return when goods should be there that are ordered on a day."""
    return add_working_days(day, supplier.lead_time_days)


def latest_order_day(supplier: Supplier, needed_on: date) -> date:
    """Return the last working day on which to order what has to be there on a day."""
    day = needed_on
    while not is_working_day(day) or expected_on(supplier, day) > needed_on:
        day -= timedelta(days=1)
    return day


def delivered_on(session: Session, purchase: PurchaseOrder) -> date | None:
    """Return on which day goods of a purchase came last, or None if none have come."""
    latest = select(func.max(Movement.moved_at)).where(
        Movement.reference == purchase.number,
        Movement.kind == MovementKind.RECEIPT,
    )
    moment: datetime | None = session.scalars(latest).one()
    return moment.date() if moment else None


def completed(session: Session, supplier: Supplier) -> list[tuple[PurchaseOrder, date]]:
    """Return the finished purchases from a supplier, and when the last goods of each came, the earliest first."""
    purchases = select(PurchaseOrder).where(
        PurchaseOrder.supplier_id == supplier.id,
        PurchaseOrder.state == PurchaseState.RECEIVED,
    )
    days = [(each, delivered_on(session, each)) for each in session.scalars(purchases.order_by(PurchaseOrder.id))]
    return [(purchase, day) for purchase, day in days if day is not None]


def working_days_between(first: date, last: date) -> int:
    """Return how many working days after a day another one is."""
    return sum(is_working_day(first + timedelta(days=count)) for count in range(1, (last - first).days + 1))


def mean_lead_days(session: Session, supplier: Supplier) -> int:
    """Return how many working days a supplier has needed so far; of one who never delivered, how many he promises."""
    needed = [working_days_between(purchase.ordered_on, day) for purchase, day in completed(session, supplier)]
    return divide(sum(needed), len(needed)) if needed else supplier.lead_time_days


def learn_lead_time(session: Session, supplier: Supplier) -> bool:
    """Believe what a supplier does instead of what he says, and return whether that changes anything.

    Fewer than three deliveries teach nothing.
    """
    mean = mean_lead_days(session, supplier)
    if len(completed(session, supplier)) < DELIVERIES_TO_LEARN_FROM or mean == supplier.lead_time_days:
        return False
    supplier.lead_time_days = mean
    session.flush()
    return True
