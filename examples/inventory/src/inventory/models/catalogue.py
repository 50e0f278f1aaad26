"""What the wholesaler sells: products in a tree of categories, and the barcodes on them."""

from __future__ import annotations

import enum

from sqlalchemy import CheckConstraint, ForeignKey, String, true
from sqlalchemy.orm import Mapped, mapped_column, relationship

from inventory.common.units import Unit
from inventory.db.metadata import Base
from inventory.db.types import EnumText


class Tracking(enum.Enum):
    """How closely single pieces are followed."""

    NONE = "none"
    LOT = "lot"
    SERIAL = "serial"


class Category(Base):
    """A branch of the catalogue."""

    __tablename__ = "category"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    code: Mapped[str] = mapped_column(String(12), unique=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("category.id"))


class Product(Base):
    """Something that is stored, ordered and sold; a bundle is a product, too, but lies nowhere."""

    __tablename__ = "product"
    __table_args__ = (CheckConstraint("weight_grams >= 0", name="weight_not_negative"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    sku: Mapped[str] = mapped_column(String(20), unique=True)
    name: Mapped[str] = mapped_column(String(160))
    category_id: Mapped[int] = mapped_column(ForeignKey(Category.id))
    unit: Mapped[Unit] = mapped_column(EnumText(Unit), default=Unit.PIECE, server_default="piece")
    weight_grams: Mapped[int] = mapped_column(default=0, server_default="0")
    tracking: Mapped[Tracking] = mapped_column(EnumText(Tracking), default=Tracking.NONE, server_default="none")
    shelf_life_days: Mapped[int | None]
    tax_code: Mapped[str] = mapped_column(String(12), default="standard", server_default="standard")
    abc_class: Mapped[str | None] = mapped_column(String(1))
    is_active: Mapped[bool] = mapped_column(default=True, server_default=true())
    category: Mapped[Category] = relationship()


class Barcode(Base):
    """A GTIN, and how many pieces the pack has on which it is printed."""

    __tablename__ = "barcode"

    id: Mapped[int] = mapped_column(primary_key=True)
    product_id: Mapped[int] = mapped_column(ForeignKey(Product.id), index=True)
    gtin: Mapped[str] = mapped_column(String(14), unique=True)
    pack_quantity: Mapped[int] = mapped_column(default=1, server_default="1")
    product: Mapped[Product] = relationship()


class BundleItem(Base):
    """One product of a bundle, and how often the bundle contains it."""

    __tablename__ = "bundle_item"
    __table_args__ = (CheckConstraint("quantity > 0", name="quantity_positive"),)

    bundle_id: Mapped[int] = mapped_column(ForeignKey(Product.id), primary_key=True)
    product_id: Mapped[int] = mapped_column(ForeignKey(Product.id), primary_key=True)
    quantity: Mapped[int]
    product: Mapped[Product] = relationship(foreign_keys=product_id)
