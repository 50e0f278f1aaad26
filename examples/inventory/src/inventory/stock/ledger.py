"""The past: what was there when, and whether the books agree with themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select

from inventory.models.stock import Movement, MovementKind, StockLevel
from inventory.models.warehouses import Bin

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from inventory.models import Product, Warehouse


def on_hand_at(session: Session, product: Product, warehouse: Warehouse, moment: datetime) -> int:
    """Return how many pieces were there at a moment, movements of that very moment included."""
    pieces = (
        select(func.coalesce(func.sum(Movement.quantity), 0))
        .join(Bin)
        .where(Movement.product_id == product.id, Bin.warehouse_id == warehouse.id, Movement.moved_at <= moment)
    )
    return session.scalars(pieces).one()


def totals_by_kind(session: Session, product: Product, *, since: datetime, until: datetime) -> dict[MovementKind, int]:
    """Return what came and went in a period, of which the end does not belong to it, for each reason."""
    totals = (
        select(Movement.kind, func.sum(Movement.quantity))
        .where(Movement.product_id == product.id, Movement.moved_at >= since, Movement.moved_at < until)
        .group_by(Movement.kind)
    )
    return dict(session.execute(totals).tuples().all())


def issued_between(session: Session, product: Product, *, since: datetime, until: datetime) -> int:
    """Return how many pieces customers got in a period."""
    return -totals_by_kind(session, product, since=since, until=until).get(MovementKind.ISSUE, 0)


def discrepancies(session: Session) -> list[tuple[str, str, int, int]]:
    """Return where a level is not the sum of its movements: SKU, bin, level, sum. The list should be empty."""
    sums = (
        select(Movement.product_id, Movement.bin_id, func.sum(Movement.quantity).label("total"))
        .group_by(Movement.product_id, Movement.bin_id)
        .subquery()
    )
    same = (sums.c.product_id == StockLevel.product_id) & (sums.c.bin_id == StockLevel.bin_id)
    total = func.coalesce(sums.c.total, 0)
    wrong = select(StockLevel, total).outerjoin(sums, same).where(StockLevel.on_hand != total).order_by(StockLevel.id)
    return [(level.product.sku, level.bin.code, level.on_hand, moved) for level, moved in session.execute(wrong)]
