"""Shipping: what is allocated leaves the house, in parcels, and its cost is known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from inventory.common.errors import InvalidValueError, InventoryError, StateError
from inventory.common.validation import text
from inventory.models.shipments import Shipment, ShipmentLine
from inventory.orders.numbering import next_number
from inventory.orders.packing import gross_grams, pack
from inventory.orders.states import advance, after_shipping, is_settled
from inventory.stock.issuing import issue
from inventory.stock.reservations import fulfil, reservations_for

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from inventory.models import Order, OrderLine, Product


class NothingToShipError(InventoryError):
    """Nothing of the order is allocated."""

    def __init__(self, number: str) -> None:
        super().__init__(f"nothing of order {number} can be shipped: allocate it first")


def pick_list(session: Session, order: Order) -> dict[Product, int]:
    """Return what is promised to an order: the pieces to fetch, bundles taken apart."""
    pieces: dict[Product, int] = {}
    for line in order.lines:
        for reservation in reservations_for(session, line):
            pieces[reservation.product] = pieces.get(reservation.product, 0) + reservation.quantity
    return pieces


def ship(
    session: Session,
    order: Order,
    *,
    at: datetime,
    serial_numbers: Mapping[str, Sequence[str]] | None = None,
) -> Shipment:
    """Hand over to the carrier what is promised to an order. Serial numbers are given by SKU.

    Raises:
        InvalidValueError: There are not as many serial numbers as pieces that have them.
        NothingToShipError: Nothing is promised.
        StateError: The order is shipped or cancelled, or a piece is no longer there.
        TooHeavyError: A piece is too heavy for a parcel.
    """
    if is_settled(order):
        raise StateError(what=f"order {order.number}", state=order.state.value, action="ship")
    items = pick_list(session, order)
    if not items:
        raise NothingToShipError(order.number)
    parcels = len(pack(items))
    shipment = Shipment(number=next_number(session, "shipment"), order=order, shipped_at=at, parcels=parcels)
    shipment.weight_grams = gross_grams(items, parcels)
    numbers = {sku: list(given) for sku, given in (serial_numbers or {}).items()}
    shipment.lines = [_ship_line(session, line, numbers, shipment) for line in order.lines if line.allocated]
    if unused := sorted(sku for sku, left in numbers.items() if left):
        raise InvalidValueError(field="serial numbers", reason=f"left over: {', '.join(unused)}")
    advance(order, after_shipping(order), "ship")
    session.add(shipment)
    session.flush()
    return shipment


def _ship_line(session: Session, line: OrderLine, numbers: dict[str, list[str]], shipment: Shipment) -> ShipmentLine:
    cost_cents = 0
    for promise in reservations_for(session, line):
        quantity, given = promise.quantity, numbers.get(promise.product.sku, [])
        own, given[:] = given[:quantity], given[quantity:]
        fulfil(session, promise, quantity)
        warehouse, reference = line.order.warehouse, shipment.number
        cost_cents += issue(
            session,
            promise.product,
            warehouse,
            quantity,
            at=shipment.shipped_at,
            reference=reference,
            serial_numbers=own,
        )
    shipped = ShipmentLine(order_line=line, quantity=line.allocated, cost_cents=cost_cents)
    line.shipped += line.allocated
    line.allocated = 0
    return shipped


def set_tracking_code(shipment: Shipment, code: str) -> None:
    """Write down under which code the carrier knows the parcels.

    Raises:
        InvalidValueError: It is empty or too long.
        StateError: The shipment has a code already.
    """
    if shipment.tracking_code is not None:
        raise StateError(what=f"shipment {shipment.number}", state="tracked", action="track")
    shipment.tracking_code = text(code, "tracking code", 40)


def shipments_of(session: Session, order: Order) -> list[Shipment]:
    """Return what left the house for an order, the earliest first."""
    return list(session.scalars(select(Shipment).where(Shipment.order_id == order.id).order_by(Shipment.id)))
