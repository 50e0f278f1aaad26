"""Who orders, and where to."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, String, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from inventory.db.metadata import Base
from inventory.models.price_lists import PriceList


class CustomerGroup(Base):
    """Customers with the same conditions: a discount, and maybe a price list of their own."""

    __tablename__ = "customer_group"
    __table_args__ = (CheckConstraint("discount_percent BETWEEN 0 AND 100", name="discount_is_percentage"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(12), unique=True)
    name: Mapped[str] = mapped_column(String(80))
    discount_percent: Mapped[int] = mapped_column(default=0, server_default="0")
    price_list_id: Mapped[int | None] = mapped_column(ForeignKey(PriceList.id))


class Customer(Base):
    """Somebody who orders, on account up to the credit limit; without a limit, any sum."""

    __tablename__ = "customer"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    email: Mapped[str] = mapped_column(String(200), unique=True)
    country: Mapped[str] = mapped_column(String(2))
    currency: Mapped[str] = mapped_column(String(3), default="EUR", server_default="EUR")
    vat_id: Mapped[str | None] = mapped_column(String(16))
    group_id: Mapped[int] = mapped_column(ForeignKey(CustomerGroup.id))
    credit_limit_cents: Mapped[int | None]
    is_blocked: Mapped[bool] = mapped_column(default=False, server_default=false())
    group: Mapped[CustomerGroup] = relationship()
    addresses: Mapped[list[Address]] = relationship(cascade="all, delete-orphan")


class Address(Base):
    """Where a customer wants parcels to go; the default one unless an order says otherwise."""

    __tablename__ = "address"

    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey(Customer.id), index=True)
    street: Mapped[str] = mapped_column(String(120))
    postcode: Mapped[str] = mapped_column(String(12))
    city: Mapped[str] = mapped_column(String(80))
    country: Mapped[str] = mapped_column(String(2))
    is_default: Mapped[bool] = mapped_column(default=False, server_default=false())
