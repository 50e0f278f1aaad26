"""What suppliers still owe: when it should come, what it will cost, and what is late."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from inventory.common.money import Money
from inventory.models.purchasing import PurchaseOrder
from inventory.pricing.currency import BASE_CURRENCY, convert
from inventory.purchasing.lead_times import working_days_between
from inventory.purchasing.states import ON_THE_WAY

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy.orm import Session

    from inventory.models import Warehouse

SERIOUSLY_LATE_DAYS = 5


@dataclass(frozen=True)
class Delay:
    """A purchase that should have come, and how many working days ago."""

    number: str
    supplier_code: str
    days: int

    @property
    def action(self) -> str:
        """What to do about it."""
        return "call the supplier" if self.days >= SERIOUSLY_LATE_DAYS else "send a reminder"


def on_the_way(session: Session, warehouse: Warehouse) -> list[PurchaseOrder]:
    """Return the purchases for a warehouse that are to come, in the order in which they are expected."""
    purchases = select(PurchaseOrder).where(
        PurchaseOrder.warehouse_id == warehouse.id,
        PurchaseOrder.state.in_(ON_THE_WAY),
    )
    return list(session.scalars(purchases.order_by(PurchaseOrder.expected_on, PurchaseOrder.id)))


def missing_of(purchase: PurchaseOrder) -> dict[str, int]:
    """Return how many pieces the supplier still owes, by SKU; what has come in full is left out."""
    return {line.product.sku: line.quantity - line.received for line in purchase.lines if line.received < line.quantity}


def arriving(session: Session, warehouse: Warehouse, *, until: date) -> dict[str, int]:
    """Return how many pieces should come to a warehouse up to a day, by SKU."""
    pieces: dict[str, int] = {}
    for purchase in on_the_way(session, warehouse):
        if purchase.expected_on is not None and purchase.expected_on <= until:
            for sku, quantity in missing_of(purchase).items():
                pieces[sku] = pieces.get(sku, 0) + quantity
    return dict(sorted(pieces.items()))


def overdue(session: Session, warehouse: Warehouse, *, today: date) -> list[Delay]:
    """Return which purchases should have come before today, the latest ones first."""
    delays = []
    for purchase in on_the_way(session, warehouse):
        if purchase.expected_on is not None and purchase.expected_on < today:
            days = working_days_between(purchase.expected_on, today)
            delays.append(Delay(purchase.number, purchase.supplier.code, days))
    return sorted(delays, key=lambda delay: (-delay.days, delay.number))


def committed_cents(session: Session, warehouse: Warehouse, *, day: date) -> int:
    """Return what the missing goods will cost, in euro cents by the rates of a day.

    Raises:
        NoExchangeRateError: A supplier's currency has no rate on that day.
    """
    total = 0
    for purchase in on_the_way(session, warehouse):
        cents = sum((line.quantity - line.received) * line.unit_cost_cents for line in purchase.lines)
        total += convert(session, Money(cents, purchase.supplier.currency), BASE_CURRENCY, day=day).cents
    return total
