"""Promises: goods that still lie there but are no longer for everybody."""

from __future__ import annotations

import enum
from datetime import datetime  # noqa: TC003 - SQLAlchemy evaluates the annotations of the models

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from inventory.db.metadata import Base
from inventory.db.types import EnumText, UtcDateTime
from inventory.models.catalogue import Product
from inventory.models.orders import OrderLine
from inventory.models.warehouses import Warehouse


class ReservationState(enum.Enum):
    """What became of a promise."""

    ACTIVE = "active"
    FULFILLED = "fulfilled"
    RELEASED = "released"


class Reservation(Base):
    """A promise of a quantity in a warehouse, for an order line or until a moment."""

    __tablename__ = "reservation"
    __table_args__ = (
        CheckConstraint("quantity > 0", name="quantity_positive"),
        Index(None, "product_id", "warehouse_id", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    product_id: Mapped[int] = mapped_column(ForeignKey(Product.id))
    warehouse_id: Mapped[int] = mapped_column(ForeignKey(Warehouse.id))
    order_line_id: Mapped[int | None] = mapped_column(ForeignKey(OrderLine.id))
    quantity: Mapped[int]
    state: Mapped[ReservationState] = mapped_column(EnumText(ReservationState), default=ReservationState.ACTIVE)
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    product: Mapped[Product] = relationship()
