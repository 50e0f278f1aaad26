"""Stocktaking: open a sheet, count, post what differs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from inventory.common.errors import InvalidValueError, StateError, UnknownRecordError
from inventory.common.validation import not_negative
from inventory.models.catalogue import Product, Tracking
from inventory.models.counts import CountLine, CountSheet, CountState
from inventory.models.stock import StockLevel
from inventory.models.warehouses import Bin
from inventory.stock.adjustments import adjust

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from inventory.models import Warehouse


def open_sheet(session: Session, warehouse: Warehouse, *, at: datetime) -> CountSheet:
    """Write down what should lie in each bin; pieces with serial numbers are not counted but scanned.

    Raises:
        StateError: Another sheet of the warehouse is open.
    """
    sheets = select(CountSheet).where(CountSheet.warehouse_id == warehouse.id, CountSheet.state == CountState.OPEN)
    if session.scalars(sheets).first() is not None:
        raise StateError(what=f"count of {warehouse.code}", state=CountState.OPEN.value, action="open")
    levels = (
        select(StockLevel)
        .join(Bin)
        .join(Product)
        .where(Bin.warehouse_id == warehouse.id, StockLevel.on_hand > 0, Product.tracking != Tracking.SERIAL)
    )
    sheet = CountSheet(warehouse_id=warehouse.id, state=CountState.OPEN, opened_at=at)
    sheet.lines = [
        CountLine(product=level.product, bin=level.bin, expected=level.on_hand) for level in session.scalars(levels)
    ]
    session.add(sheet)
    session.flush()
    return sheet


def enter(sheet: CountSheet, product: Product, place: Bin, counted: int) -> None:
    """Write down what really lies there; a second count replaces the first.

    Raises:
        InvalidValueError: The number is negative.
        StateError: The sheet is no longer open.
        UnknownRecordError: The product should not be in this bin: adjust it instead.
    """
    _require_open(sheet, "enter into")
    for line in sheet.lines:
        if line.product_id == product.id and line.bin_id == place.id:
            line.counted = not_negative(counted, "counted")
            return
    raise UnknownRecordError(CountLine, f"{product.sku} in {place.code}")


def differences(sheet: CountSheet) -> dict[tuple[str, str], int]:
    """Return by how much the counts differ so far, by SKU and bin; what agrees is left out."""
    found = {
        (line.product.sku, line.bin.code): line.counted - line.expected
        for line in sheet.lines
        if line.counted is not None
    }
    return {key: difference for key, difference in found.items() if difference}


def post(session: Session, sheet: CountSheet, *, at: datetime) -> int:
    """Correct the stock by what differs, and return how many bins were corrected.

    Raises:
        InvalidValueError: Something has not been counted.
        StateError: The sheet is no longer open.
    """
    _require_open(sheet, "post")
    corrected = 0
    for line in sheet.lines:
        if line.counted is None:
            raise InvalidValueError(field="count", reason=f"of {line.product.sku} in {line.bin.code} is missing")
        if line.counted != line.expected:
            reason = f"count {sheet.id}"
            adjust(session, line.product, line.bin, line.counted - line.expected, reason=reason, at=at)
            corrected += 1
    sheet.state = CountState.POSTED
    session.flush()
    return corrected


def abandon(session: Session, sheet: CountSheet) -> None:
    """Throw a sheet away.

    Raises:
        StateError: It is no longer open.
    """
    _require_open(sheet, "abandon")
    sheet.state = CountState.ABANDONED
    session.flush()


def _require_open(sheet: CountSheet, action: str) -> None:
    if sheet.state is not CountState.OPEN:
        raise StateError(what=f"count {sheet.id}", state=sheet.state.value, action=action)
