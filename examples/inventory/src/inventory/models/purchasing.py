"""What the wholesaler ordered from suppliers."""

from __future__ import annotations

import enum
from datetime import date  # noqa: TC003 - SQLAlchemy evaluates the annotations of the models

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from inventory.db.metadata import Base
from inventory.db.types import EnumText
from inventory.models.catalogue import Product
from inventory.models.suppliers import Supplier
from inventory.models.warehouses import Warehouse


class PurchaseState(enum.Enum):
    """How far a purchase is."""

    DRAFT = "draft"
    SENT = "sent"
    PARTLY_RECEIVED = "partly-received"
    RECEIVED = "received"
    CANCELLED = "cancelled"


class PurchaseOrder(Base):
    """An order to a supplier, for one warehouse, in the supplier's currency."""

    __tablename__ = "purchase_order"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(20), unique=True)
    supplier_id: Mapped[int] = mapped_column(ForeignKey(Supplier.id))
    warehouse_id: Mapped[int] = mapped_column(ForeignKey(Warehouse.id))
    state: Mapped[PurchaseState] = mapped_column(EnumText(PurchaseState), default=PurchaseState.DRAFT, index=True)
    ordered_on: Mapped[date]
    expected_on: Mapped[date | None]
    supplier: Mapped[Supplier] = relationship()
    warehouse: Mapped[Warehouse] = relationship()
    lines: Mapped[list[PurchaseLine]] = relationship(cascade="all, delete-orphan")


class PurchaseLine(Base):
    """One product of a purchase: what was ordered, and what has come so far."""

    __tablename__ = "purchase_line"
    __table_args__ = (CheckConstraint("quantity > 0", name="quantity_positive"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    purchase_order_id: Mapped[int] = mapped_column(ForeignKey(PurchaseOrder.id), index=True)
    product_id: Mapped[int] = mapped_column(ForeignKey(Product.id))
    quantity: Mapped[int]
    received: Mapped[int] = mapped_column(default=0, server_default="0")
    unit_cost_cents: Mapped[int]
    product: Mapped[Product] = relationship()
