"""Goods on their way from one warehouse to another."""

from __future__ import annotations

import enum
from datetime import datetime  # noqa: TC003 - SQLAlchemy evaluates the annotations of the models

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from inventory.db.metadata import Base
from inventory.db.types import EnumText, UtcDateTime
from inventory.models.catalogue import Product
from inventory.models.warehouses import Warehouse


class TransferState(enum.Enum):
    """How far a transfer is."""

    DRAFT = "draft"
    IN_TRANSIT = "in-transit"
    RECEIVED = "received"
    CANCELLED = "cancelled"


class Transfer(Base):
    """A lorry's worth of goods, from a source to a target."""

    __tablename__ = "transfer"
    __table_args__ = (CheckConstraint("source_id <> target_id", name="goes_elsewhere"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(20), unique=True)
    source_id: Mapped[int] = mapped_column(ForeignKey(Warehouse.id))
    target_id: Mapped[int] = mapped_column(ForeignKey(Warehouse.id))
    state: Mapped[TransferState] = mapped_column(EnumText(TransferState), default=TransferState.DRAFT)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime())
    source: Mapped[Warehouse] = relationship(foreign_keys=source_id)
    target: Mapped[Warehouse] = relationship(foreign_keys=target_id)
    lines: Mapped[list[TransferLine]] = relationship(cascade="all, delete-orphan")


class TransferLine(Base):
    """One product of a transfer: what left, and what arrived."""

    __tablename__ = "transfer_line"
    __table_args__ = (CheckConstraint("quantity > 0", name="quantity_positive"),)

    transfer_id: Mapped[int] = mapped_column(ForeignKey(Transfer.id), primary_key=True)
    product_id: Mapped[int] = mapped_column(ForeignKey(Product.id), primary_key=True)
    quantity: Mapped[int]
    received: Mapped[int] = mapped_column(default=0, server_default="0")
    product: Mapped[Product] = relationship()
