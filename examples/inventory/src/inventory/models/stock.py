"""Warehouses, stock levels, and the movements that explain the levels."""

from __future__ import annotations

import enum
from datetime import date  # noqa: TC003 - SQLAlchemy evaluates the annotations of the models

from sqlalchemy import CheckConstraint, Enum, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from inventory.database import Base
from inventory.models.catalogue import Product


class MovementKind(enum.Enum):
    """The reason for a movement."""

    RECEIPT = "receipt"
    SHIPMENT = "shipment"
    TRANSFER = "transfer"
    COUNT = "count"


class Warehouse(Base):
    """A place with stock."""

    __tablename__ = "warehouse"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(8), unique=True)
    name: Mapped[str] = mapped_column(String(80))


class StockLevel(Base):
    """The quantity of a product in a warehouse: the sum of its movements."""

    __tablename__ = "stock_level"
    __table_args__ = (
        UniqueConstraint("product_id", "warehouse_id"),
        CheckConstraint("on_hand >= 0", name="on_hand_not_negative"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    product_id: Mapped[int] = mapped_column(ForeignKey(Product.id))
    warehouse_id: Mapped[int] = mapped_column(ForeignKey(Warehouse.id))
    on_hand: Mapped[int] = mapped_column(default=0, server_default="0")
    product: Mapped[Product] = relationship()
    warehouse: Mapped[Warehouse] = relationship()


class Movement(Base):
    """A change of a stock level. The quantity is negative for goods that leave the warehouse."""

    __tablename__ = "movement"
    __table_args__ = (Index(None, "product_id", "moved_on"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    product_id: Mapped[int] = mapped_column(ForeignKey(Product.id))
    warehouse_id: Mapped[int] = mapped_column(ForeignKey(Warehouse.id))
    kind: Mapped[MovementKind] = mapped_column(
        Enum(MovementKind, native_enum=False, length=12, values_callable=lambda kinds: [kind.value for kind in kinds]),
        server_default="receipt",
    )
    quantity: Mapped[int]
    moved_on: Mapped[date]
    reference: Mapped[str] = mapped_column(String(40), default="", server_default="")
    warehouse: Mapped[Warehouse] = relationship()
