"""Orders, their lines, and the sequence of their numbers."""

from __future__ import annotations

import enum
from datetime import date  # noqa: TC003 - SQLAlchemy evaluates the annotations of the models

from sqlalchemy import CheckConstraint, Enum, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from inventory.database import Base
from inventory.models.catalogue import Product
from inventory.models.customers import Customer
from inventory.models.stock import Warehouse


class OrderState(enum.Enum):
    """The progress of an order. A backordered one waits for stock."""

    PLACED = "placed"
    BACKORDERED = "backordered"
    ALLOCATED = "allocated"
    SHIPPED = "shipped"
    CANCELLED = "cancelled"


class Order(Base):
    """An order of a customer, delivered from one warehouse."""

    __tablename__ = "customer_order"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(20), unique=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey(Customer.id))
    warehouse_id: Mapped[int] = mapped_column(ForeignKey(Warehouse.id))
    state: Mapped[OrderState] = mapped_column(
        Enum(OrderState, native_enum=False, length=16, values_callable=lambda states: [each.value for each in states]),
        default=OrderState.PLACED,
        server_default="placed",
        index=True,
    )
    placed_on: Mapped[date]
    goods_cents: Mapped[int] = mapped_column(default=0, server_default="0")
    discount_cents: Mapped[int] = mapped_column(default=0, server_default="0")
    shipping_cents: Mapped[int] = mapped_column(default=0, server_default="0")
    tax_cents: Mapped[int] = mapped_column(default=0, server_default="0")
    customer: Mapped[Customer] = relationship()
    warehouse: Mapped[Warehouse] = relationship()
    lines: Mapped[list[OrderLine]] = relationship(back_populates="order", order_by="OrderLine.id")

    @property
    def total_cents(self) -> int:
        """The amount of the invoice."""
        return self.goods_cents - self.discount_cents + self.shipping_cents + self.tax_cents


class OrderLine(Base):
    """A product of an order. Allocated pieces are in the warehouse and reserved for the order."""

    __tablename__ = "order_line"
    __table_args__ = (
        CheckConstraint("quantity > 0", name="quantity_positive"),
        CheckConstraint("allocated BETWEEN 0 AND quantity", name="allocated_in_range"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey(Order.id), index=True)
    product_id: Mapped[int] = mapped_column(ForeignKey(Product.id))
    quantity: Mapped[int]
    allocated: Mapped[int] = mapped_column(default=0, server_default="0")
    order: Mapped[Order] = relationship(back_populates="lines")
    product: Mapped[Product] = relationship()


class NumberSequence(Base):
    """The next number of a kind of document."""

    __tablename__ = "number_sequence"

    name: Mapped[str] = mapped_column(String(20), primary_key=True)
    next_value: Mapped[int] = mapped_column(default=1, server_default="1")
