"""Rates that authorities, banks and carriers set: taxes, currencies, parcels."""

from __future__ import annotations

from datetime import date  # noqa: TC003 - SQLAlchemy evaluates the annotations of the models

from sqlalchemy import String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from inventory.db.metadata import Base


class TaxRate(Base):
    """What a country takes from a kind of product, in hundredths of a percent, from a day on."""

    __tablename__ = "tax_rate"
    __table_args__ = (UniqueConstraint("country", "code", "valid_from"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    country: Mapped[str] = mapped_column(String(2))
    code: Mapped[str] = mapped_column(String(12))
    basis_points: Mapped[int]
    valid_from: Mapped[date]


class ExchangeRate(Base):
    """How many millionths of a euro one unit of a currency is worth, from a day on."""

    __tablename__ = "exchange_rate"
    __table_args__ = (UniqueConstraint("currency", "valid_from"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    currency: Mapped[str] = mapped_column(String(3))
    euro_micros: Mapped[int]
    valid_from: Mapped[date]


class ShippingRate(Base):
    """What a parcel up to a weight costs. The wholesaler delivers to the countries that stand here."""

    __tablename__ = "shipping_rate"

    country: Mapped[str] = mapped_column(String(2), primary_key=True)
    maximum_grams: Mapped[int] = mapped_column(primary_key=True)
    price_cents: Mapped[int]
