"""What products cost: lists of prices, with better ones for larger quantities."""

from __future__ import annotations

from datetime import date  # noqa: TC003 - SQLAlchemy evaluates the annotations of the models

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from inventory.db.metadata import Base
from inventory.models.catalogue import Product


class PriceList(Base):
    """Prices in one currency, valid in a period whose ends may be open."""

    __tablename__ = "price_list"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(12), unique=True)
    name: Mapped[str] = mapped_column(String(80))
    currency: Mapped[str] = mapped_column(String(3), default="EUR", server_default="EUR")
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
    is_default: Mapped[bool] = mapped_column(default=False, server_default=false())


class Price(Base):
    """The price of one piece, from a quantity on."""

    __tablename__ = "price"
    __table_args__ = (
        UniqueConstraint("price_list_id", "product_id", "minimum_quantity"),
        CheckConstraint("amount_cents >= 0", name="amount_not_negative"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    price_list_id: Mapped[int] = mapped_column(ForeignKey(PriceList.id))
    product_id: Mapped[int] = mapped_column(ForeignKey(Product.id))
    minimum_quantity: Mapped[int] = mapped_column(default=1, server_default="1")
    amount_cents: Mapped[int]
    price_list: Mapped[PriceList] = relationship()
    product: Mapped[Product] = relationship()
