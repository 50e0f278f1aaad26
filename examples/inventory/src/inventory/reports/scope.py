"""What a report is about: a warehouse, a period, and the day on which somebody asks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from inventory.reports.periods import MONTH, parse_period, period_around
from inventory.stock.places import find_warehouse

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy.orm import Session

    from inventory.models import Warehouse
    from inventory.reports.periods import Period


@dataclass(frozen=True)
class Scope:
    """Each report takes from it what it needs: those about stock the warehouse, those about sales the period."""

    warehouse: Warehouse
    period: Period
    day: date


def make_scope(session: Session, *, day: date, warehouse: str = "MAIN", period: str = "") -> Scope:
    """Return a scope from what people type; without a period, the month to which the day belongs.

    Raises:
        InvalidValueError: The period is written wrongly.
        UnknownRecordError: There is no such warehouse.
    """
    chosen = parse_period(period) if period else period_around(day, MONTH)
    return Scope(find_warehouse(session, warehouse.upper()), chosen, day)
