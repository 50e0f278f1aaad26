"""When to order more."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from inventory.db.metadata import Base
from inventory.models.catalogue import Product
from inventory.models.warehouses import Warehouse


class ReorderRule(Base):
    """Below the minimum, a warehouse is filled up to the target."""

    __tablename__ = "reorder_rule"
    __table_args__ = (CheckConstraint("target > minimum", name="target_above_minimum"),)

    product_id: Mapped[int] = mapped_column(ForeignKey(Product.id), primary_key=True)
    warehouse_id: Mapped[int] = mapped_column(ForeignKey(Warehouse.id), primary_key=True)
    minimum: Mapped[int]
    target: Mapped[int]
    product: Mapped[Product] = relationship()
    warehouse: Mapped[Warehouse] = relationship()
