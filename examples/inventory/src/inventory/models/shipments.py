"""Parcels that left the house."""

from __future__ import annotations

from datetime import datetime  # noqa: TC003 - SQLAlchemy evaluates the annotations of the models

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from inventory.db.metadata import Base
from inventory.db.types import UtcDateTime
from inventory.models.orders import Order, OrderLine


class Shipment(Base):
    """One handing over to a carrier."""

    __tablename__ = "shipment"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(20), unique=True)
    order_id: Mapped[int] = mapped_column(ForeignKey(Order.id), index=True)
    shipped_at: Mapped[datetime] = mapped_column(UtcDateTime())
    weight_grams: Mapped[int]
    parcels: Mapped[int]
    tracking_code: Mapped[str | None] = mapped_column(String(40))
    order: Mapped[Order] = relationship()
    lines: Mapped[list[ShipmentLine]] = relationship(cascade="all, delete-orphan")


class ShipmentLine(Base):
    """How much of an order line was in a shipment, and what it had cost the wholesaler."""

    __tablename__ = "shipment_line"
    __table_args__ = (CheckConstraint("quantity > 0", name="quantity_positive"),)

    shipment_id: Mapped[int] = mapped_column(ForeignKey(Shipment.id), primary_key=True)
    order_line_id: Mapped[int] = mapped_column(ForeignKey(OrderLine.id), primary_key=True)
    quantity: Mapped[int]
    cost_cents: Mapped[int]
    order_line: Mapped[OrderLine] = relationship()
