"""Lots: which batch comes in, and which goes out first — the one that expires first."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select

from inventory.common.errors import ShortageError
from inventory.common.validation import text
from inventory.models.tracking import Lot

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from inventory.models import Product, Warehouse


def lots_of(session: Session, product: Product, warehouse: Warehouse) -> list[Lot]:
    """Return the lots of which something is left, those that expire first at the front, those that never do last."""
    lots = select(Lot).where(Lot.product_id == product.id, Lot.warehouse_id == warehouse.id, Lot.quantity > 0)
    return list(session.scalars(lots.order_by(Lot.expires_on.is_(None), Lot.expires_on, Lot.id)))


def put_into_lot(
    session: Session,
    product: Product,
    warehouse: Warehouse,
    number: str,
    quantity: int,
    *,
    day: date,
) -> Lot:
    """Add pieces to a lot; a new one expires when the product's shelf life is over, counted from the day.

    Raises:
        InvalidValueError: The number is empty or too long.
    """
    number = text(number, "lot number", 24)
    same = select(Lot).where(Lot.product_id == product.id, Lot.warehouse_id == warehouse.id, Lot.number == number)
    lot = session.scalars(same).one_or_none()
    if lot is None:
        lot = Lot(product=product, warehouse_id=warehouse.id, number=number, quantity=0)
        if product.shelf_life_days is not None:
            lot.expires_on = day + timedelta(days=product.shelf_life_days)
        session.add(lot)
    lot.quantity += quantity
    session.flush()
    return lot


def take_from_lots(session: Session, product: Product, warehouse: Warehouse, quantity: int) -> dict[str, int]:
    """Take pieces from the lots that expire first, and return how many from which.

    Raises:
        ShortageError: The lots hold fewer.
    """
    lots = lots_of(session, product, warehouse)
    held = sum(lot.quantity for lot in lots)
    if quantity > held:
        raise ShortageError(product.sku, quantity, held)
    taken: dict[str, int] = {}
    for lot in lots:
        pieces = min(lot.quantity, quantity - sum(taken.values()))
        if pieces:
            lot.quantity -= pieces
            taken[lot.number] = pieces
    session.flush()
    return taken


def expiring(session: Session, warehouse: Warehouse, *, until: date) -> list[Lot]:
    """Return the lots in a warehouse that expire up to a day, this one included, the first at the front."""
    lots = select(Lot).where(Lot.warehouse_id == warehouse.id, Lot.quantity > 0, Lot.expires_on <= until)
    return list(session.scalars(lots.order_by(Lot.expires_on, Lot.id)))
