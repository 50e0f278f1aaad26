"""The one door through which stock changes: a level is the sum of its movements, always."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from inventory.common.errors import InvalidValueError, InventoryError, ShortageError
from inventory.models.stock import Movement, MovementKind
from inventory.models.warehouses import Bin
from inventory.stock.levels import free_space, level_in

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from inventory.models import Product, Warehouse


class BinFullError(InventoryError):
    """The bin cannot hold that much more."""

    def __init__(self, code: str, asked: int, space: int) -> None:
        super().__init__(f"bin {code} has space for {space} more, not for {asked}")


def move(
    session: Session,
    product: Product,
    place: Bin,
    quantity: int,
    kind: MovementKind,
    *,
    at: datetime,
    reference: str = "",
    unit_cost_cents: int | None = None,
) -> Movement:
    """Put so many pieces into a bin or, with a negative quantity, take them out.

    Raises:
        BinFullError: It cannot hold them.
        InvalidValueError: The quantity is zero.
        ShortageError: Fewer lie there.
    """
    if quantity == 0:
        raise InvalidValueError(field="quantity", reason="must not be zero")
    level = level_in(session, product, place)
    space = free_space(session, place)
    if space is not None and quantity > space:
        raise BinFullError(place.code, quantity, space)
    if level.on_hand + quantity < 0:
        raise ShortageError(product.sku, -quantity, level.on_hand)
    level.on_hand += quantity
    movement = Movement(product=product, bin=place, kind=kind, quantity=quantity, moved_at=at, reference=reference)
    movement.unit_cost_cents = unit_cost_cents
    session.add(movement)
    session.flush()
    return movement


def relocate(session: Session, product: Product, source: Bin, target: Bin, quantity: int, *, at: datetime) -> None:
    """Carry pieces from one bin to another of the same warehouse.

    Raises:
        BinFullError: The target cannot hold them.
        InvalidValueError: Both are the same, stand in different warehouses, or the quantity is not positive.
        ShortageError: Fewer lie in the source.
    """
    if source is target or source.warehouse_id != target.warehouse_id:
        raise InvalidValueError(field="target", reason="must be another bin of the same warehouse")
    if quantity < 1:
        raise InvalidValueError(field="quantity", reason=f"must be positive, not {quantity}")
    move(session, product, source, -quantity, MovementKind.RELOCATION, at=at, reference=target.code)
    move(session, product, target, quantity, MovementKind.RELOCATION, at=at, reference=source.code)


def movements_of(session: Session, product: Product, warehouse: Warehouse) -> list[Movement]:
    """Return every movement of a product in a warehouse, the earliest first."""
    movements = select(Movement).join(Bin).where(Movement.product_id == product.id, Bin.warehouse_id == warehouse.id)
    return list(session.scalars(movements.order_by(Movement.moved_at, Movement.id)))
