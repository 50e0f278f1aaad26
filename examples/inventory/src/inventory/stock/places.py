"""Warehouses and bins: how they are opened, found and closed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select

from inventory.common.errors import DuplicateRecordError, InventoryError, UnknownRecordError
from inventory.common.validation import letters, positive, text
from inventory.db.session import add_unique, find
from inventory.models.stock import StockLevel
from inventory.models.warehouses import Bin, BinKind, Warehouse

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


class NotEmptyError(InventoryError):
    """The warehouse cannot close while goods are in it."""

    def __init__(self, code: str, pieces: int) -> None:
        super().__init__(f"warehouse {code} still holds {pieces} pieces")


def open_warehouse(session: Session, code: str, name: str, *, country: str = "DE") -> Warehouse:
    """Add a warehouse without bins.

    Raises:
        DuplicateRecordError: The code is taken.
        InvalidValueError: A text is empty or too long, or the country does not have two letters.
    """
    warehouse = Warehouse(code=text(code, "code", 8).upper(), name=text(name, "name", 80))
    warehouse.country = letters(country, "country", 2)
    return add_unique(session, warehouse, Warehouse.code, warehouse.code)


def find_warehouse(session: Session, code: str) -> Warehouse:
    """Return the warehouse with this code.

    Raises:
        UnknownRecordError: There is none.
    """
    return find(session, Warehouse, Warehouse.code, code)


def add_bin(
    session: Session,
    warehouse: Warehouse,
    code: str,
    *,
    kind: BinKind = BinKind.STORAGE,
    capacity: int | None = None,
) -> Bin:
    """Add a bin; without a capacity it is never full.

    Raises:
        DuplicateRecordError: The warehouse has a bin with this code.
        InvalidValueError: The code is empty or too long, or the capacity not positive.
    """
    code = text(code, "code", 16).upper()
    if code in {each.code for each in bins_of(session, warehouse)}:
        raise DuplicateRecordError(Bin, code)
    place = Bin(warehouse=warehouse, code=code, kind=kind)
    place.capacity = None if capacity is None else positive(capacity, "capacity")
    session.add(place)
    session.flush()
    return place


def bins_of(session: Session, warehouse: Warehouse, kind: BinKind | None = None) -> list[Bin]:
    """Return the bins of a warehouse, or those of one kind, in the order of their codes."""
    bins = select(Bin).where(Bin.warehouse_id == warehouse.id).order_by(Bin.code)
    return list(session.scalars(bins if kind is None else bins.where(Bin.kind == kind)))


def find_bin(session: Session, warehouse: Warehouse, code: str) -> Bin:
    """Return the bin with this code in a warehouse.

    Raises:
        UnknownRecordError: There is none.
    """
    for place in bins_of(session, warehouse):
        if place.code == code:
            return place
    raise UnknownRecordError(Bin, code)


def close_warehouse(session: Session, warehouse: Warehouse) -> None:
    """Take a warehouse out of service.

    Raises:
        NotEmptyError: Goods are in it.
    """
    pieces = select(func.sum(StockLevel.on_hand)).join(Bin).where(Bin.warehouse_id == warehouse.id)
    if left := session.scalars(pieces).one():
        raise NotEmptyError(warehouse.code, left)
    warehouse.is_active = False
    session.flush()
