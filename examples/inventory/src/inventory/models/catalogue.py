"""Products, their categories, and what depends on them in the price of an order."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint, true
from sqlalchemy.orm import Mapped, mapped_column, relationship

from inventory.database import Base


class Category(Base):
    """A group of products."""

    __tablename__ = "category"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    code: Mapped[str] = mapped_column(String(12), unique=True)


class Product(Base):
    """An article of the shop. The price is net of tax."""

    __tablename__ = "product"
    __table_args__ = (
        CheckConstraint("weight_grams >= 0", name="weight_not_negative"),
        CheckConstraint("price_cents >= 0", name="price_not_negative"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    sku: Mapped[str] = mapped_column(String(20), unique=True)
    name: Mapped[str] = mapped_column(String(160))
    category_id: Mapped[int] = mapped_column(ForeignKey(Category.id))
    weight_grams: Mapped[int] = mapped_column(default=0, server_default="0")
    price_cents: Mapped[int]
    tax_code: Mapped[str] = mapped_column(String(12), default="standard", server_default="standard")
    is_active: Mapped[bool] = mapped_column(default=True, server_default=true())
    category: Mapped[Category] = relationship()


class TaxRate(Base):
    """The tax of a country on the products with a tax code, in hundredths of a per cent."""

    __tablename__ = "tax_rate"
    __table_args__ = (UniqueConstraint("country", "code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    country: Mapped[str] = mapped_column(String(2))
    code: Mapped[str] = mapped_column(String(12))
    basis_points: Mapped[int]


class QuantityDiscount(Base):
    """The discount on an order line with at least this many pieces."""

    __tablename__ = "quantity_discount"

    minimum_quantity: Mapped[int] = mapped_column(primary_key=True)
    percent: Mapped[int]
