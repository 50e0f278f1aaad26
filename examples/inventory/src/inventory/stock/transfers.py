"""Transfers between warehouses: drafted, sent, received, with what got lost on the way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inventory.common.errors import BlockedError, InvalidValueError, ShortageError, StateError
from inventory.common.validation import not_negative, positive
from inventory.models.catalogue import Tracking
from inventory.models.stock import MovementKind
from inventory.models.transfers import Transfer, TransferLine, TransferState
from inventory.orders.numbering import next_number
from inventory.stock.availability import available
from inventory.stock.costing import last_cost
from inventory.stock.issuing import issue
from inventory.stock.receiving import receive

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy.orm import Session

    from inventory.models import Bin, Product, Warehouse


def draft_transfer(
    session: Session,
    source: Warehouse,
    target: Warehouse,
    items: Mapping[Product, int],
    *,
    at: datetime,
) -> Transfer:
    """Plan to send goods to another warehouse; nothing moves yet.

    Raises:
        BlockedError: The target has closed.
        InvalidValueError: Source and target are the same, nothing is to be sent, a quantity is not positive, or a
            product is tracked, the trail of which would end in the lorry.
    """
    if source is target:
        raise InvalidValueError(field="target", reason="must be another warehouse")
    if not target.is_active:
        raise BlockedError(what=f"warehouse {target.code}")
    if not items:
        raise InvalidValueError(field="items", reason="must not be empty")
    lines = []
    for product, quantity in items.items():
        if product.tracking is not Tracking.NONE:
            raise InvalidValueError(field="product", reason=f"{product.sku} is tracked by {product.tracking.value}")
        lines.append(TransferLine(product=product, quantity=positive(quantity, "quantity"), received=0))
    transfer = Transfer(number=next_number(session, "transfer"), source=source, target=target, created_at=at)
    transfer.lines = lines
    session.add(transfer)
    session.flush()
    return transfer


def send_transfer(session: Session, transfer: Transfer, *, at: datetime) -> None:
    """Load the lorry.

    Raises:
        ShortageError: The source cannot spare all: promises come first. Roll back: a part may have been loaded already.
        StateError: The transfer is no draft.
    """
    _require(transfer, TransferState.DRAFT, "send")
    for line in transfer.lines:
        free = available(session, line.product, transfer.source)
        if line.quantity > free:
            raise ShortageError(line.product.sku, line.quantity, free)
        kind, number = MovementKind.TRANSFER_OUT, transfer.number
        issue(session, line.product, transfer.source, line.quantity, at=at, reference=number, kind=kind)
    transfer.state = TransferState.IN_TRANSIT
    session.flush()


def receive_transfer(
    session: Session,
    transfer: Transfer,
    place: Bin,
    *,
    at: datetime,
    missing: Mapping[Product, int] | None = None,
) -> int:
    """Unload the lorry into a bin, and return how many pieces got lost on the way.

    Raises:
        BinFullError: The bin cannot hold all.
        InvalidValueError: The bin is not in the target, or something else or more is missing than was sent.
        StateError: The transfer is not on its way.
    """
    _require(transfer, TransferState.IN_TRANSIT, "receive")
    if place.warehouse_id != transfer.target_id:
        raise InvalidValueError(field="bin", reason=f"must be in {transfer.target.code}")
    absences = dict(missing or {})
    for product in absences.keys() - {line.product for line in transfer.lines}:
        raise InvalidValueError(field="missing", reason=f"must have been sent, which {product.sku} was not")
    lost = 0
    for line in transfer.lines:
        absent = not_negative(absences.get(line.product, 0), "missing")
        line.received = not_negative(line.quantity - absent, "received")
        lost += absent
        if line.received:
            cost, number = last_cost(session, line.product, transfer.source), transfer.number
            kind = MovementKind.TRANSFER_IN
            receive(
                session, line.product, place, line.received, unit_cost_cents=cost, at=at, reference=number, kind=kind
            )
    transfer.state = TransferState.RECEIVED
    session.flush()
    return lost


def cancel_transfer(session: Session, transfer: Transfer) -> None:
    """Give up a plan.

    Raises:
        StateError: The transfer is no draft: what is on its way has to arrive.
    """
    _require(transfer, TransferState.DRAFT, "cancel")
    transfer.state = TransferState.CANCELLED
    session.flush()


def _require(transfer: Transfer, state: TransferState, action: str) -> None:
    if transfer.state is not state:
        raise StateError(what=f"transfer {transfer.number}", state=transfer.state.value, action=action)
