"""What customers send back."""

from __future__ import annotations

import enum
from datetime import datetime  # noqa: TC003 - SQLAlchemy evaluates the annotations of the models

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from inventory.db.metadata import Base
from inventory.db.types import EnumText, UtcDateTime
from inventory.models.orders import Order, OrderLine


class ReturnState(enum.Enum):
    """How far a return is."""

    REQUESTED = "requested"
    RECEIVED = "received"
    REFUNDED = "refunded"
    REJECTED = "rejected"


class Condition(enum.Enum):
    """What came out of the box."""

    AS_NEW = "as-new"
    OPENED = "opened"
    DAMAGED = "damaged"


class Return(Base):
    """Goods that a customer sends back, and why."""

    __tablename__ = "return_request"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(20), unique=True)
    order_id: Mapped[int] = mapped_column(ForeignKey(Order.id), index=True)
    state: Mapped[ReturnState] = mapped_column(EnumText(ReturnState), default=ReturnState.REQUESTED)
    reason: Mapped[str] = mapped_column(String(200))
    requested_at: Mapped[datetime] = mapped_column(UtcDateTime())
    order: Mapped[Order] = relationship()
    lines: Mapped[list[ReturnLine]] = relationship(cascade="all, delete-orphan")


class ReturnLine(Base):
    """How much of an order line comes back, in which condition, for how much money."""

    __tablename__ = "return_line"
    __table_args__ = (CheckConstraint("quantity > 0", name="quantity_positive"),)

    return_id: Mapped[int] = mapped_column(ForeignKey(Return.id), primary_key=True)
    order_line_id: Mapped[int] = mapped_column(ForeignKey(OrderLine.id), primary_key=True)
    quantity: Mapped[int]
    condition: Mapped[Condition | None] = mapped_column(EnumText(Condition))
    refund_cents: Mapped[int] = mapped_column(default=0, server_default="0")
    order_line: Mapped[OrderLine] = relationship()
