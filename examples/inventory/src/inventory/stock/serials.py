"""Serial numbers: each piece comes in once, and is sold once, unless it came back in between."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from inventory.common.errors import DuplicateRecordError, InvalidValueError, StateError, UnknownRecordError
from inventory.common.validation import text
from inventory.models.tracking import SerialNumber, SerialState

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from inventory.models import Product


def find_serial(session: Session, product: Product, number: str) -> SerialNumber:
    """Return the piece with this number.

    Raises:
        UnknownRecordError: There is none.
    """
    serials = select(SerialNumber).where(SerialNumber.product_id == product.id, SerialNumber.number == number)
    serial = session.scalars(serials).one_or_none()
    if serial is None:
        raise UnknownRecordError(SerialNumber, number)
    return serial


def check_count(product: Product, numbers: Sequence[str], quantity: int) -> None:
    """Let numbers pass of which there is exactly one for each piece.

    Raises:
        InvalidValueError: One occurs twice, or there are too few or too many.
    """
    if len(set(numbers)) != quantity or len(numbers) != quantity:
        reason = f"of {product.sku} must be {quantity} different ones, not {len(numbers)}"
        raise InvalidValueError(field="serial numbers", reason=reason)


def register(session: Session, product: Product, numbers: Sequence[str]) -> None:
    """Take pieces into the stock: new ones, or ones that had been sold.

    Raises:
        DuplicateRecordError: A piece with this number is there already, or was scrapped.
        InvalidValueError: A number is empty or too long.
    """
    for number in numbers:
        name = text(number, "serial number", 40)
        known = select(SerialNumber).where(SerialNumber.product_id == product.id, SerialNumber.number == name)
        serial = session.scalars(known).one_or_none()
        if serial is None:
            session.add(SerialNumber(product_id=product.id, number=name))
        elif serial.state is SerialState.SOLD:
            serial.state = SerialState.IN_STOCK
        else:
            raise DuplicateRecordError(SerialNumber, name)
    session.flush()


def withdraw(session: Session, product: Product, numbers: Sequence[str], state: SerialState) -> None:
    """Take pieces out of the stock, since they were sold or scrapped.

    Raises:
        StateError: A piece is no longer there.
        UnknownRecordError: There is no such piece.
    """
    for number in numbers:
        serial = find_serial(session, product, number)
        if serial.state is not SerialState.IN_STOCK:
            raise StateError(what=f"{product.sku} {number}", state=serial.state.value, action="withdraw")
        serial.state = state
    session.flush()


def numbers_in_stock(session: Session, product: Product) -> list[str]:
    """Return the numbers of all pieces that are there."""
    numbers = select(SerialNumber.number).where(
        SerialNumber.product_id == product.id,
        SerialNumber.state == SerialState.IN_STOCK,
    )
    return list(session.scalars(numbers.order_by(SerialNumber.number)))
