"""Warehouses and the bins in them."""

from __future__ import annotations

import enum

from sqlalchemy import ForeignKey, String, UniqueConstraint, true
from sqlalchemy.orm import Mapped, mapped_column, relationship

from inventory.db.metadata import Base
from inventory.db.types import EnumText


class BinKind(enum.Enum):
    """What a bin is for. Goods in quarantine are there, but nobody may promise them."""

    RECEIVING = "receiving"
    STORAGE = "storage"
    PICKING = "picking"
    QUARANTINE = "quarantine"


class Warehouse(Base):
    """A building full of bins."""

    __tablename__ = "warehouse"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(8), unique=True)
    name: Mapped[str] = mapped_column(String(80))
    country: Mapped[str] = mapped_column(String(2), default="DE", server_default="DE")
    is_active: Mapped[bool] = mapped_column(default=True, server_default=true())


class Bin(Base):
    """A place in a warehouse, which may hold a limited number of pieces."""

    __tablename__ = "bin"
    __table_args__ = (UniqueConstraint("warehouse_id", "code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    warehouse_id: Mapped[int] = mapped_column(ForeignKey(Warehouse.id))
    code: Mapped[str] = mapped_column(String(16))
    kind: Mapped[BinKind] = mapped_column(EnumText(BinKind), default=BinKind.STORAGE, server_default="storage")
    capacity: Mapped[int | None]
    warehouse: Mapped[Warehouse] = relationship()
