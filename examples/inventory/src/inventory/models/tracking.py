"""Lots and serial numbers: pieces that are followed one by one, or batch by batch."""

from __future__ import annotations

import enum
from datetime import date  # noqa: TC003 - SQLAlchemy evaluates the annotations of the models

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from inventory.db.metadata import Base
from inventory.db.types import EnumText
from inventory.models.catalogue import Product
from inventory.models.warehouses import Warehouse


class SerialState(enum.Enum):
    """Where a single piece is in its life."""

    IN_STOCK = "in-stock"
    SOLD = "sold"
    SCRAPPED = "scrapped"


class Lot(Base):
    """What is left of one batch in one warehouse."""

    __tablename__ = "lot"
    __table_args__ = (
        UniqueConstraint("product_id", "warehouse_id", "number"),
        CheckConstraint("quantity >= 0", name="quantity_not_negative"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    product_id: Mapped[int] = mapped_column(ForeignKey(Product.id))
    warehouse_id: Mapped[int] = mapped_column(ForeignKey(Warehouse.id))
    number: Mapped[str] = mapped_column(String(24))
    expires_on: Mapped[date | None]
    quantity: Mapped[int] = mapped_column(default=0, server_default="0")
    product: Mapped[Product] = relationship()


class SerialNumber(Base):
    """One piece that has a name of its own."""

    __tablename__ = "serial_number"
    __table_args__ = (UniqueConstraint("product_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    product_id: Mapped[int] = mapped_column(ForeignKey(Product.id))
    number: Mapped[str] = mapped_column(String(40))
    state: Mapped[SerialState] = mapped_column(EnumText(SerialState), default=SerialState.IN_STOCK)
