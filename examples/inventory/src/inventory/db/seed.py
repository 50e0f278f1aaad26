"""What a new database begins with: the rows that the migrations have inserted so far, in today's shape."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from inventory.common.ids import category_code
from inventory.common.units import Unit
from inventory.models import (
    Bin,
    BinKind,
    Category,
    CustomerGroup,
    ExchangeRate,
    NumberSequence,
    Price,
    PriceList,
    Product,
    ShippingRate,
    TaxRate,
    Tracking,
    Warehouse,
)

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from inventory.models import Base

WAREHOUSES = (("MAIN", "Main warehouse"), ("NORD", "Northern warehouse"))
BINS = (
    ("RECV", BinKind.RECEIVING, None),
    ("A-01", BinKind.STORAGE, 500),
    ("P-01", BinKind.PICKING, 100),
    ("QUAR", BinKind.QUARANTINE, None),
)
CATEGORIES = ("Tools", "Food", "Electronics")
PRODUCTS = (
    ("HAM-001", "Claw hammer", 1, Unit.PIECE, 600, Tracking.NONE, None, "standard", 1_490),
    ("SAW-001", "Hand saw", 1, Unit.PIECE, 450, Tracking.NONE, None, "standard", 2_450),
    ("MIL-001", "Oat milk", 2, Unit.LITRE, 1_050, Tracking.LOT, 180, "reduced", 199),
    ("COF-001", "Coffee beans", 2, Unit.KILOGRAM, 1_000, Tracking.LOT, 365, "reduced", 1_795),
    ("PHO-001", "Telephone", 3, Unit.PIECE, 190, Tracking.SERIAL, None, "standard", 39_900),
    ("CAB-001", "Network cable", 3, Unit.METRE, 40, Tracking.NONE, None, "standard", 89),
)
TAX_RATES = (
    ("DE", "standard", 1_900),
    ("DE", "reduced", 700),
    ("AT", "standard", 2_000),
    ("AT", "reduced", 1_000),
    ("FR", "standard", 2_000),
    ("FR", "reduced", 550),
)
EXCHANGE_RATES = (("USD", 920_000), ("GBP", 1_170_000), ("CHF", 1_050_000))
SEQUENCES = (("order", "SO"), ("shipment", "SH"), ("return", "RT"), ("transfer", "TR"), ("purchase", "PO"))
GROUPS = (("STANDARD", "Standard customers", 0), ("TRADE", "Trade customers", 10))
SHIPPING_RATES = (
    ("DE", 2_000, 490),
    ("DE", 10_000, 890),
    ("DE", 31_500, 1_690),
    ("AT", 2_000, 990),
    ("AT", 10_000, 1_490),
    ("FR", 2_000, 1_190),
)


def seed(session: Session) -> None:
    """Insert all of it into empty tables."""
    rows: list[Base] = []
    for key, (code, name) in enumerate(WAREHOUSES, start=1):
        rows.append(Warehouse(id=key, code=code, name=name))
        rows += [Bin(warehouse_id=key, code=place, kind=kind, capacity=capacity) for place, kind, capacity in BINS]
    rows += [Category(id=key, name=name, code=category_code(name)) for key, name in enumerate(CATEGORIES, start=1)]
    retail = PriceList(id=1, code="RETAIL", name="Retail prices", is_default=True)
    rows.append(retail)
    for key, (sku, name, category, unit, grams, tracking, days, tax_code, cents) in enumerate(PRODUCTS, start=1):
        product = Product(id=key, sku=sku, name=name, category_id=category, unit=unit, weight_grams=grams)
        product.tracking, product.shelf_life_days, product.tax_code = tracking, days, tax_code
        rows += [product, Price(price_list_id=retail.id, product_id=key, amount_cents=cents)]
    since = date(2020, 1, 1)
    rows += [
        TaxRate(country=land, code=code, basis_points=points, valid_from=since) for land, code, points in TAX_RATES
    ]
    since = date(2024, 1, 1)
    rows += [ExchangeRate(currency=code, euro_micros=micros, valid_from=since) for code, micros in EXCHANGE_RATES]
    rows += [NumberSequence(name=name, prefix=prefix) for name, prefix in SEQUENCES]
    rows += [CustomerGroup(code=code, name=name, discount_percent=percent) for code, name, percent in GROUPS]
    rows += [
        ShippingRate(country=land, maximum_grams=grams, price_cents=cents) for land, grams, cents in SHIPPING_RATES
    ]
    session.add_all(rows)
    session.flush()
