"""How much lies where, and every movement that led to it."""

from __future__ import annotations

import enum
from datetime import datetime  # noqa: TC003 - SQLAlchemy evaluates the annotations of the models

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from inventory.db.metadata import Base
from inventory.db.types import EnumText, UtcDateTime
from inventory.models.catalogue import Product
from inventory.models.warehouses import Bin, Warehouse


class MovementKind(enum.Enum):
    """Why goods moved."""

    RECEIPT = "receipt"
    ISSUE = "issue"
    TRANSFER_OUT = "transfer-out"
    TRANSFER_IN = "transfer-in"
    RELOCATION = "relocation"
    ADJUSTMENT = "adjustment"
    RETURN = "return"


class StockLevel(Base):
    """How many pieces of a product lie in a bin: the sum of all movements there."""

    __tablename__ = "stock_level"
    __table_args__ = (
        UniqueConstraint("product_id", "bin_id"),
        CheckConstraint("on_hand >= 0", name="on_hand_not_negative"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    product_id: Mapped[int] = mapped_column(ForeignKey(Product.id))
    bin_id: Mapped[int] = mapped_column(ForeignKey(Bin.id))
    on_hand: Mapped[int] = mapped_column(default=0, server_default="0")
    product: Mapped[Product] = relationship()
    bin: Mapped[Bin] = relationship()


class Movement(Base):
    """A quantity that came into a bin (positive) or left it (negative). Never changed, never deleted."""

    __tablename__ = "movement"
    __table_args__ = (Index(None, "product_id", "moved_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    product_id: Mapped[int] = mapped_column(ForeignKey(Product.id))
    bin_id: Mapped[int] = mapped_column(ForeignKey(Bin.id))
    kind: Mapped[MovementKind] = mapped_column(EnumText(MovementKind))
    quantity: Mapped[int]
    unit_cost_cents: Mapped[int | None]
    moved_at: Mapped[datetime] = mapped_column(UtcDateTime())
    reference: Mapped[str] = mapped_column(String(40), default="")
    product: Mapped[Product] = relationship()
    bin: Mapped[Bin] = relationship()


class CostLayer(Base):
    """What was paid for one receipt, and how much of it is still there: first in, first out."""

    __tablename__ = "cost_layer"
    __table_args__ = (CheckConstraint("remaining >= 0", name="remaining_not_negative"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    product_id: Mapped[int] = mapped_column(ForeignKey(Product.id))
    warehouse_id: Mapped[int] = mapped_column(ForeignKey(Warehouse.id))
    received_at: Mapped[datetime] = mapped_column(UtcDateTime())
    quantity: Mapped[int]
    remaining: Mapped[int]
    unit_cost_cents: Mapped[int]
