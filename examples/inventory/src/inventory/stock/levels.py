"""How much lies where."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select

from inventory.models.stock import StockLevel
from inventory.models.warehouses import Bin, BinKind

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from inventory.models import Product, Warehouse


def level_in(session: Session, product: Product, place: Bin) -> StockLevel:
    """Return how much of a product lies in a bin; where none ever lay, a new level of zero."""
    levels = select(StockLevel).where(StockLevel.product_id == product.id, StockLevel.bin_id == place.id)
    level = session.scalars(levels).one_or_none()
    if level is None:
        level = StockLevel(product=product, bin=place, on_hand=0)
        session.add(level)
        session.flush()
    return level


def levels_of(session: Session, product: Product, warehouse: Warehouse) -> list[StockLevel]:
    """Return where in a warehouse a product lies: picking bins first, then storage, in the order of their codes."""
    levels = (
        select(StockLevel)
        .join(Bin)
        .where(StockLevel.product_id == product.id, Bin.warehouse_id == warehouse.id, StockLevel.on_hand > 0)
    )
    order = (Bin.kind != BinKind.PICKING, Bin.kind != BinKind.STORAGE, Bin.code)
    return list(session.scalars(levels.order_by(*order)))


def contents_of(session: Session, place: Bin) -> dict[str, int]:
    """Return what lies in a bin: the pieces by SKU."""
    levels = session.scalars(select(StockLevel).where(StockLevel.bin_id == place.id, StockLevel.on_hand > 0))
    return dict(sorted((level.product.sku, level.on_hand) for level in levels))


def on_hand(session: Session, product: Product, warehouse: Warehouse | None = None) -> int:
    """Return how many pieces of a product are there, in one warehouse or in all, quarantine included."""
    pieces = select(func.coalesce(func.sum(StockLevel.on_hand), 0)).join(Bin).where(StockLevel.product_id == product.id)
    if warehouse is not None:
        pieces = pieces.where(Bin.warehouse_id == warehouse.id)
    return session.scalars(pieces).one()


def free_space(session: Session, place: Bin) -> int | None:
    """Return how many more pieces a bin can hold, or None if its capacity is unlimited."""
    if place.capacity is None:
        return None
    pieces = select(func.coalesce(func.sum(StockLevel.on_hand), 0)).where(StockLevel.bin_id == place.id)
    return place.capacity - session.scalars(pieces).one()
