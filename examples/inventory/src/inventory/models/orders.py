"""What customers ordered."""

from __future__ import annotations

import enum
from datetime import datetime  # noqa: TC003 - SQLAlchemy evaluates the annotations of the models

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from inventory.db.metadata import Base
from inventory.db.types import EnumText, UtcDateTime
from inventory.models.catalogue import Product
from inventory.models.customers import Address, Customer
from inventory.models.promotions import Voucher
from inventory.models.warehouses import Warehouse


class OrderState(enum.Enum):
    """How far an order is."""

    PLACED = "placed"
    ALLOCATED = "allocated"
    BACKORDERED = "backordered"
    PARTLY_SHIPPED = "partly-shipped"
    SHIPPED = "shipped"
    CANCELLED = "cancelled"


class Order(Base):
    """What a customer ordered at one time, from one warehouse, to one address."""

    __tablename__ = "customer_order"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(20), unique=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey(Customer.id))
    warehouse_id: Mapped[int] = mapped_column(ForeignKey(Warehouse.id))
    address_id: Mapped[int] = mapped_column(ForeignKey(Address.id))
    voucher_id: Mapped[int | None] = mapped_column(ForeignKey(Voucher.id))
    state: Mapped[OrderState] = mapped_column(EnumText(OrderState), default=OrderState.PLACED, index=True)
    placed_at: Mapped[datetime] = mapped_column(UtcDateTime())
    priority: Mapped[int] = mapped_column(default=0, server_default="0")
    currency: Mapped[str] = mapped_column(String(3))
    goods_cents: Mapped[int]
    discount_cents: Mapped[int] = mapped_column(default=0, server_default="0")
    shipping_cents: Mapped[int]
    tax_cents: Mapped[int]
    customer: Mapped[Customer] = relationship()
    warehouse: Mapped[Warehouse] = relationship()
    address: Mapped[Address] = relationship()
    lines: Mapped[list[OrderLine]] = relationship(back_populates="order", cascade="all, delete-orphan")

    @property
    def total_cents(self) -> int:
        """What the customer pays."""
        return self.goods_cents - self.discount_cents + self.shipping_cents + self.tax_cents


class OrderLine(Base):
    """One product of an order, and how much of it is allocated, shipped and cancelled."""

    __tablename__ = "order_line"
    __table_args__ = (
        CheckConstraint("quantity > 0", name="quantity_positive"),
        CheckConstraint("shipped + cancelled <= quantity", name="not_more_than_ordered"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey(Order.id), index=True)
    product_id: Mapped[int] = mapped_column(ForeignKey(Product.id))
    quantity: Mapped[int]
    net_cents: Mapped[int]
    tax_cents: Mapped[int]
    allocated: Mapped[int] = mapped_column(default=0, server_default="0")
    shipped: Mapped[int] = mapped_column(default=0, server_default="0")
    cancelled: Mapped[int] = mapped_column(default=0, server_default="0")
    order: Mapped[Order] = relationship(back_populates="lines")
    product: Mapped[Product] = relationship()

    @property
    def open(self) -> int:
        """How much the customer still waits for."""
        return self.quantity - self.shipped - self.cancelled
