"""The stock: receive, transfer, count and ship goods. Each change of a level is a movement."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select

from inventory.database import find
from inventory.errors import InvalidValueError, ShortageError
from inventory.models import Movement, MovementKind, Order, OrderLine, Product, StockLevel, Warehouse

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy.orm import Session


def find_warehouse(session: Session, code: str) -> Warehouse:
    """Return the warehouse with a code.

    Raises:
        UnknownRecordError: The warehouse does not exist.
    """
    return find(session, Warehouse.code, code.upper(), Warehouse)


def check_quantity(quantity: int) -> None:
    """Check that a quantity is positive.

    Raises:
        InvalidValueError: The quantity is zero or negative.
    """
    if quantity <= 0:
        raise InvalidValueError(field="quantity", reason=f"must be positive, not {quantity}")


def on_hand(session: Session, product: Product, warehouse: Warehouse) -> int:
    """Return the quantity of a product in a warehouse."""
    level = select(StockLevel.on_hand).where(
        StockLevel.product_id == product.id, StockLevel.warehouse_id == warehouse.id
    )
    return session.scalars(level).one_or_none() or 0


def allocated(session: Session, product: Product, warehouse: Warehouse) -> int:
    """Return the quantity of a product that is reserved for orders."""
    reserved = (
        select(func.coalesce(func.sum(OrderLine.allocated), 0))
        .join(Order)
        .where(OrderLine.product_id == product.id, Order.warehouse_id == warehouse.id)
    )
    return session.scalars(reserved).one()


def available(session: Session, product: Product, warehouse: Warehouse) -> int:
    """Return the quantity of a product that is in a warehouse and not reserved."""
    return on_hand(session, product, warehouse) - allocated(session, product, warehouse)


def move(
    session: Session,
    product: Product,
    warehouse: Warehouse,
    quantity: int,
    kind: MovementKind,
    *,
    on: date,
    reference: str = "",
) -> None:
    """Change a stock level and record the movement."""
    level = session.scalars(
        select(StockLevel).where(StockLevel.product_id == product.id, StockLevel.warehouse_id == warehouse.id)
    ).one_or_none()
    if level is None:
        level = StockLevel(product_id=product.id, warehouse_id=warehouse.id, on_hand=0)
        session.add(level)
    level.on_hand += quantity
    movement = Movement(product_id=product.id, warehouse_id=warehouse.id, kind=kind, quantity=quantity, moved_on=on)
    movement.reference = reference
    session.add(movement)
    session.flush()


def receive(session: Session, product: Product, warehouse: Warehouse, quantity: int, *, on: date) -> None:
    """Add goods to a warehouse.

    Raises:
        InvalidValueError: The quantity is not positive.
    """
    check_quantity(quantity)
    move(session, product, warehouse, quantity, MovementKind.RECEIPT, on=on)


def transfer(
    session: Session, product: Product, source: Warehouse, target: Warehouse, quantity: int, *, on: date
) -> None:
    """Move available goods to another warehouse.

    Raises:
        InvalidValueError: The quantity is not positive, or the warehouses are the same.
        ShortageError: The source has fewer available pieces.
    """
    check_quantity(quantity)
    if source.id == target.id:
        raise InvalidValueError(field="target", reason=f"must not be the source: {source.code}")
    free = available(session, product, source)
    if free < quantity:
        raise ShortageError(product.sku, quantity, free)
    move(session, product, source, -quantity, MovementKind.TRANSFER, on=on, reference=f"to {target.code}")
    move(session, product, target, quantity, MovementKind.TRANSFER, on=on, reference=f"from {source.code}")


def count(session: Session, product: Product, warehouse: Warehouse, counted: int, *, on: date) -> int:
    """Correct a level to the counted quantity and return the difference.

    Raises:
        InvalidValueError: The quantity is negative, or smaller than the quantity that is reserved for orders.
    """
    if counted < 0:
        raise InvalidValueError(field="quantity", reason=f"must not be negative: {counted}")
    reserved = allocated(session, product, warehouse)
    if counted < reserved:
        raise InvalidValueError(field="quantity", reason=f"must not be below the {reserved} reserved pieces: {counted}")
    difference = counted - on_hand(session, product, warehouse)
    if difference:
        move(session, product, warehouse, difference, MovementKind.COUNT, on=on)
    return difference


def on_hand_at_end_of(session: Session, product: Product, warehouse: Warehouse, day: date) -> int:
    """Return the quantity of a product in a warehouse at the end of a day."""
    total = select(func.coalesce(func.sum(Movement.quantity), 0)).where(
        Movement.product_id == product.id, Movement.warehouse_id == warehouse.id, Movement.moved_on <= day
    )
    return session.scalars(total).one()


def movements(session: Session, product: Product) -> list[Movement]:
    """Return the movements of a product, the oldest first."""
    wanted = select(Movement).where(Movement.product_id == product.id).order_by(Movement.moved_on, Movement.id)
    return list(session.scalars(wanted))
