"""What makes things cheaper for a while: promotions for everybody, vouchers for those who have one."""

from __future__ import annotations

import enum
from datetime import date  # noqa: TC003 - SQLAlchemy evaluates the annotations of the models

from sqlalchemy import CheckConstraint, ForeignKey, String, false
from sqlalchemy.orm import Mapped, mapped_column

from inventory.db.metadata import Base
from inventory.db.types import EnumText
from inventory.models.catalogue import Category, Product


class Reduction(enum.Enum):
    """How a promotion or a voucher reduces what is paid."""

    PERCENT = "percent"
    AMOUNT = "amount"
    FREE_PIECES = "free-pieces"


class Promotion(Base):
    """A reduction for a product, a category with all below it, or everything; both days belong to it."""

    __tablename__ = "promotion"
    __table_args__ = (CheckConstraint("starts_on <= ends_on", name="starts_before_end"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(20), unique=True)
    reduction: Mapped[Reduction] = mapped_column(EnumText(Reduction))
    value: Mapped[int]
    product_id: Mapped[int | None] = mapped_column(ForeignKey(Product.id))
    category_id: Mapped[int | None] = mapped_column(ForeignKey(Category.id))
    minimum_quantity: Mapped[int] = mapped_column(default=1, server_default="1")
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    is_stackable: Mapped[bool] = mapped_column(default=False, server_default=false())


class Voucher(Base):
    """A code that reduces a whole order, a limited number of times."""

    __tablename__ = "voucher"
    __table_args__ = (CheckConstraint("used >= 0", name="used_not_negative"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(20), unique=True)
    reduction: Mapped[Reduction] = mapped_column(EnumText(Reduction))
    value: Mapped[int]
    minimum_cents: Mapped[int] = mapped_column(default=0, server_default="0")
    usage_limit: Mapped[int | None]
    used: Mapped[int] = mapped_column(default=0, server_default="0")
    expires_on: Mapped[date | None]
