"""Promises: made, kept, taken back, or forgotten after a while."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from inventory.common.errors import InvalidValueError, ShortageError, StateError
from inventory.common.validation import positive
from inventory.models.reservations import Reservation, ReservationState
from inventory.pricing.bundles import items_of
from inventory.stock.availability import available

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from inventory.models import OrderLine, Product, Warehouse


def reserve(
    session: Session,
    product: Product,
    warehouse: Warehouse,
    quantity: int,
    *,
    order_line: OrderLine | None = None,
    expires_at: datetime | None = None,
) -> Reservation:
    """Promise so many pieces.

    Raises:
        InvalidValueError: The quantity is not positive, or the product is a bundle.
        ShortageError: Fewer can be promised.
    """
    positive(quantity, "quantity")
    if items_of(session, product):
        raise InvalidValueError(field="product", reason=f"{product.sku} is a bundle: reserve what it contains")
    left = available(session, product, warehouse)
    if quantity > left:
        raise ShortageError(product.sku, quantity, left)
    reservation = Reservation(product=product, warehouse_id=warehouse.id, quantity=quantity, expires_at=expires_at)
    reservation.order_line_id = order_line.id if order_line else None
    session.add(reservation)
    session.flush()
    return reservation


def release(session: Session, reservation: Reservation) -> None:
    """Take a promise back.

    Raises:
        StateError: It is kept or taken back already.
    """
    _settle(session, reservation, ReservationState.RELEASED, "release")


def fulfil(session: Session, reservation: Reservation, quantity: int) -> None:
    """Keep a promise, or a part of it: the rest stays promised.

    Raises:
        InvalidValueError: The quantity is not positive.
        ShortageError: Less was promised.
        StateError: It is kept or taken back already.
    """
    if positive(quantity, "quantity") > reservation.quantity:
        raise ShortageError(reservation.product.sku, quantity, reservation.quantity)
    if quantity < reservation.quantity and reservation.state is ReservationState.ACTIVE:
        reservation.quantity -= quantity
        session.flush()
    else:
        _settle(session, reservation, ReservationState.FULFILLED, "fulfil")


def release_expired(session: Session, now: datetime) -> int:
    """Take back all promises whose time is over, and return how many these were."""
    expired = select(Reservation).where(Reservation.state == ReservationState.ACTIVE, Reservation.expires_at <= now)
    reservations = session.scalars(expired).all()
    for reservation in reservations:
        release(session, reservation)
    return len(reservations)


def reservations_for(session: Session, order_line: OrderLine) -> list[Reservation]:
    """Return the promises that an order line still has, the earliest first."""
    promises = select(Reservation).where(
        Reservation.order_line_id == order_line.id,
        Reservation.state == ReservationState.ACTIVE,
    )
    return list(session.scalars(promises.order_by(Reservation.id)))


def _settle(session: Session, reservation: Reservation, state: ReservationState, action: str) -> None:
    if reservation.state is not ReservationState.ACTIVE:
        raise StateError(what=f"reservation {reservation.id}", state=reservation.state.value, action=action)
    reservation.state = state
    session.flush()
