"""Where the products come from, and under which conditions."""

from __future__ import annotations

from sqlalchemy import ForeignKey, String, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from inventory.db.metadata import Base
from inventory.models.catalogue import Product


class Supplier(Base):
    """Somebody from whom the wholesaler buys."""

    __tablename__ = "supplier"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(12), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    email: Mapped[str] = mapped_column(String(200))
    lead_time_days: Mapped[int] = mapped_column(default=7, server_default="7")
    currency: Mapped[str] = mapped_column(String(3), default="EUR", server_default="EUR")
    is_blocked: Mapped[bool] = mapped_column(default=False, server_default=false())


class SupplierProduct(Base):
    """What a supplier asks for one product."""

    __tablename__ = "supplier_product"

    supplier_id: Mapped[int] = mapped_column(ForeignKey(Supplier.id), primary_key=True)
    product_id: Mapped[int] = mapped_column(ForeignKey(Product.id), primary_key=True)
    supplier_sku: Mapped[str] = mapped_column(String(40))
    cost_cents: Mapped[int]
    minimum_quantity: Mapped[int] = mapped_column(default=1, server_default="1")
    pack_size: Mapped[int] = mapped_column(default=1, server_default="1")
    is_preferred: Mapped[bool] = mapped_column(default=False, server_default=false())
    supplier: Mapped[Supplier] = relationship()
    product: Mapped[Product] = relationship()
