"""Report: how full the bins are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inventory.reports.sold import share_of
from inventory.reports.tables import Table, count, percent, text
from inventory.stock.levels import contents_of
from inventory.stock.places import bins_of

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from inventory.reports.scope import Scope


def bin_usage(session: Session, scope: Scope) -> Table:
    """Return how many products and pieces lie in each bin of a warehouse, and which part of it they fill."""
    columns = (text("Bin"), text("Kind"), count("Products"), count("Pieces"), count("Capacity"), percent("Full"))
    table = Table(f"Bins of {scope.warehouse.code}", columns)
    for place in bins_of(session, scope.warehouse):
        contents = contents_of(session, place)
        pieces = sum(contents.values())
        full = None if place.capacity is None else share_of(pieces, place.capacity)
        table.rows.append((place.code, place.kind.value, len(contents), pieces, place.capacity, full))
    return table
