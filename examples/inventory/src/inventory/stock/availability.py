"""What can be promised: what is there, without quarantine, without what is promised already."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select

from inventory.models.reservations import Reservation, ReservationState
from inventory.models.stock import StockLevel
from inventory.models.warehouses import Bin, BinKind, Warehouse
from inventory.pricing.bundles import items_of

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from inventory.models import Product


def usable(session: Session, product: Product, warehouse: Warehouse) -> int:
    """Return how many pieces lie outside of quarantine."""
    pieces = (
        select(func.coalesce(func.sum(StockLevel.on_hand), 0))
        .join(Bin)
        .where(StockLevel.product_id == product.id, Bin.warehouse_id == warehouse.id, Bin.kind != BinKind.QUARANTINE)
    )
    return session.scalars(pieces).one()


def reserved(session: Session, product: Product, warehouse: Warehouse) -> int:
    """Return how many pieces are promised."""
    pieces = select(func.coalesce(func.sum(Reservation.quantity), 0)).where(
        Reservation.product_id == product.id,
        Reservation.warehouse_id == warehouse.id,
        Reservation.state == ReservationState.ACTIVE,
    )
    return session.scalars(pieces).one()


def available(session: Session, product: Product, warehouse: Warehouse) -> int:
    """Return how many pieces can be promised, never less than none; of a bundle, as many as its products make."""
    if items := items_of(session, product):
        return min(available(session, item.product, warehouse) // item.quantity for item in items)
    return max(usable(session, product, warehouse) - reserved(session, product, warehouse), 0)


def available_everywhere(session: Session, product: Product) -> dict[str, int]:
    """Return what each warehouse in service can promise, by its code; those that cannot are left out."""
    warehouses = session.scalars(select(Warehouse).where(Warehouse.is_active).order_by(Warehouse.code))
    pieces = {warehouse.code: available(session, product, warehouse) for warehouse in warehouses}
    return {code: quantity for code, quantity in pieces.items() if quantity}
