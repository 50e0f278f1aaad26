"""Customers, their groups, and the cost of a parcel to their country."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from inventory.database import Base


class CustomerGroup(Base):
    """Customers with the same discount."""

    __tablename__ = "customer_group"
    __table_args__ = (CheckConstraint("discount_percent BETWEEN 0 AND 100", name="discount_is_percentage"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(12), unique=True)
    discount_percent: Mapped[int] = mapped_column(default=0, server_default="0")


class Customer(Base):
    """A customer. Without a credit limit, the open orders may have any total."""

    __tablename__ = "customer"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    email: Mapped[str] = mapped_column(String(200), unique=True)
    country: Mapped[str] = mapped_column(String(2))
    group_id: Mapped[int] = mapped_column(ForeignKey(CustomerGroup.id), server_default="1")
    credit_limit_cents: Mapped[int | None]
    is_blocked: Mapped[bool] = mapped_column(default=False, server_default=false())
    group: Mapped[CustomerGroup] = relationship()


class ShippingRate(Base):
    """The cost of a parcel to a country, up to a weight."""

    __tablename__ = "shipping_rate"
    __table_args__ = (UniqueConstraint("country", "maximum_grams"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    country: Mapped[str] = mapped_column(String(2))
    maximum_grams: Mapped[int]
    price_cents: Mapped[int]
