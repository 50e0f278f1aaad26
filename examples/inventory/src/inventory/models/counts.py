"""Stocktaking: what should be in the bins, and what is."""

from __future__ import annotations

import enum
from datetime import datetime  # noqa: TC003 - SQLAlchemy evaluates the annotations of the models

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from inventory.db.metadata import Base
from inventory.db.types import EnumText, UtcDateTime
from inventory.models.catalogue import Product
from inventory.models.warehouses import Bin, Warehouse


class CountState(enum.Enum):
    """How far a count is."""

    OPEN = "open"
    POSTED = "posted"
    ABANDONED = "abandoned"


class CountSheet(Base):
    """One walk through a warehouse with a pencil."""

    __tablename__ = "count_sheet"

    id: Mapped[int] = mapped_column(primary_key=True)
    warehouse_id: Mapped[int] = mapped_column(ForeignKey(Warehouse.id))
    state: Mapped[CountState] = mapped_column(EnumText(CountState), default=CountState.OPEN)
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime())
    lines: Mapped[list[CountLine]] = relationship(cascade="all, delete-orphan")


class CountLine(Base):
    """A product in a bin: the number in the books when the sheet was opened, and the one that was counted."""

    __tablename__ = "count_line"

    sheet_id: Mapped[int] = mapped_column(ForeignKey(CountSheet.id), primary_key=True)
    product_id: Mapped[int] = mapped_column(ForeignKey(Product.id), primary_key=True)
    bin_id: Mapped[int] = mapped_column(ForeignKey(Bin.id), primary_key=True)
    expected: Mapped[int]
    counted: Mapped[int | None]
    product: Mapped[Product] = relationship()
    bin: Mapped[Bin] = relationship()
