"""Where goods go when they have come in: to their like, into space, as few bins as possible."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inventory.common.errors import InventoryError
from inventory.common.validation import positive
from inventory.models.warehouses import BinKind
from inventory.stock.levels import free_space, level_in
from inventory.stock.movements import relocate
from inventory.stock.places import bins_of

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from inventory.models import Bin, Product, Warehouse


class NoSpaceError(InventoryError):
    """The storage bins together cannot hold that much."""

    def __init__(self, warehouse: str, left: int) -> None:
        super().__init__(f"no bin of {warehouse} has space for the last {left} pieces")


def plan_putaway(session: Session, product: Product, warehouse: Warehouse, quantity: int) -> list[tuple[Bin, int]]:
    """Return which storage bins take how many pieces: first those where the product lies, then the emptiest.

    Raises:
        InvalidValueError: The quantity is not positive.
        NoSpaceError: They do not have space for all.
    """
    positive(quantity, "quantity")
    ranked = []
    for place in bins_of(session, warehouse, BinKind.STORAGE):
        space = free_space(session, place)
        room = quantity if space is None else space
        ranked.append((level_in(session, product, place).on_hand == 0, -room, place.code, place, room))
    plan = []
    for _, _, _, place, room in sorted(ranked, key=lambda entry: entry[:3]):
        taken = min(room, quantity)
        if taken > 0:
            plan.append((place, taken))
            quantity -= taken
    if quantity:
        raise NoSpaceError(warehouse.code, quantity)
    return plan


def put_away(session: Session, product: Product, source: Bin, quantity: int, *, at: datetime) -> list[tuple[Bin, int]]:
    """Carry pieces from a receiving bin to storage, and return where they went.

    Raises:
        InvalidValueError: The quantity is not positive.
        NoSpaceError: Storage does not have space for all; none was carried.
        ShortageError: Fewer lie in the receiving bin.
    """
    plan = plan_putaway(session, product, source.warehouse, quantity)
    for target, pieces in plan:
        relocate(session, product, source, target, pieces, at=at)
    return plan
