"""Supplier scoring: who comes in time, brings everything, and is not too dear."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from inventory.models.suppliers import SupplierProduct
from inventory.pricing.rounding import divide
from inventory.purchasing.comparison import cost_in_euros
from inventory.purchasing.lead_times import completed
from inventory.purchasing.offers import offers_for
from inventory.purchasing.suppliers import suppliers_of

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy.orm import Session

    from inventory.models import Supplier

FULL = 100
WEIGHTS = (50, 30, 20)
GRADES = ((90, "A"), (70, "B"))


@dataclass(frozen=True)
class Score:
    """How good a supplier is: three marks from 0 to 100."""

    supplier: Supplier
    punctuality: int
    completeness: int
    price: int

    @property
    def total(self) -> int:
        """The marks together: being in time counts most."""
        marks = (self.punctuality, self.completeness, self.price)
        return divide(sum(mark * weight for mark, weight in zip(marks, WEIGHTS, strict=True)), FULL)

    @property
    def grade(self) -> str:
        """A, B or C."""
        return next((grade for limit, grade in GRADES if self.total >= limit), "C")


def punctuality(session: Session, supplier: Supplier) -> int:
    """Return how many percent of a supplier's deliveries came in time; who never delivered was never late."""
    in_time = [day <= (purchase.expected_on or day) for purchase, day in completed(session, supplier)]
    return divide(FULL * sum(in_time), len(in_time)) if in_time else FULL


def completeness(session: Session, supplier: Supplier) -> int:
    """Return how many percent of the pieces came that were ordered from a supplier, of finished purchases."""
    lines = [line for purchase, _ in completed(session, supplier) for line in purchase.lines]
    ordered = sum(line.quantity for line in lines)
    return divide(FULL * sum(line.received for line in lines), ordered) if ordered else FULL


def price_mark(session: Session, supplier: Supplier, *, day: date) -> int:
    """Return how near a supplier's prices are to the lowest: 100 is the cheapest of all, 50 costs twice as much.

    Raises:
        NoExchangeRateError: A supplier's currency has no rate on that day.
    """
    marks = []
    for offer in session.scalars(select(SupplierProduct).where(SupplierProduct.supplier_id == supplier.id)):
        own = cost_in_euros(session, offer, 1, day=day)
        lowest = min(cost_in_euros(session, other, 1, day=day) for other in offers_for(session, offer.product))
        marks.append(divide(FULL * lowest, own) if own else FULL)
    return divide(sum(marks), len(marks)) if marks else FULL


def score(session: Session, supplier: Supplier, *, day: date) -> Score:
    """Return how good a supplier is."""
    return Score(
        supplier=supplier,
        punctuality=punctuality(session, supplier),
        completeness=completeness(session, supplier),
        price=price_mark(session, supplier, day=day),
    )


def ranking(session: Session, *, day: date) -> list[Score]:
    """Return the scores of all suppliers who are not blocked, the best first."""
    scores = [score(session, supplier, day=day) for supplier in suppliers_of(session)]
    return sorted(scores, key=lambda each: (-each.total, each.supplier.code))
