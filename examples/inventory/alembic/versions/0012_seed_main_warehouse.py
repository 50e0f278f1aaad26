"""The first two warehouses, three categories, and what the wholesaler began with."""

from __future__ import annotations

from decimal import Decimal

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"

WAREHOUSE = sa.table("warehouse", sa.column("id"), sa.column("code"), sa.column("name"))
BIN = sa.table("bin", sa.column("warehouse_id"), sa.column("code"))
CATEGORY = sa.table("category", sa.column("id"), sa.column("name"))
PRODUCT = sa.table(
    "product",
    sa.column("sku"),
    sa.column("name"),
    sa.column("category_id"),
    sa.column("unit"),
    sa.column("price", sa.Numeric(10, 2)),
)
WAREHOUSES = ((1, "MAIN", "Main warehouse"), (2, "NORD", "Northern warehouse"))
BINS = ("RECV", "A-01", "P-01", "QUAR")
CATEGORIES = ((1, "Tools"), (2, "Food"), (3, "Electronics"))
PRODUCTS = (
    ("HAM-001", "Claw hammer", 1, "piece", "14.90"),
    ("SAW-001", "Hand saw", 1, "piece", "24.50"),
    ("MIL-001", "Oat milk", 2, "litre", "1.99"),
    ("COF-001", "Coffee beans", 2, "kilogram", "17.95"),
    ("PHO-001", "Telephone", 3, "piece", "399.00"),
    ("CAB-001", "Network cable", 3, "metre", "0.89"),
)


def upgrade() -> None:
    """Insert them."""
    op.bulk_insert(WAREHOUSE, [{"id": key, "code": code, "name": name} for key, code, name in WAREHOUSES])
    op.bulk_insert(BIN, [{"warehouse_id": key, "code": code} for key, _, _ in WAREHOUSES for code in BINS])
    op.bulk_insert(CATEGORY, [{"id": key, "name": name} for key, name in CATEGORIES])
    op.bulk_insert(
        PRODUCT,
        [
            {"sku": sku, "name": name, "category_id": category, "unit": unit, "price": Decimal(price)}
            for sku, name, category, unit, price in PRODUCTS
        ],
    )


def downgrade() -> None:
    """Delete them."""
    op.execute(PRODUCT.delete().where(PRODUCT.c.sku.in_([row[0] for row in PRODUCTS])))
    op.execute(CATEGORY.delete().where(CATEGORY.c.id.in_([row[0] for row in CATEGORIES])))
    op.execute(BIN.delete().where(BIN.c.warehouse_id.in_([row[0] for row in WAREHOUSES])))
    op.execute(WAREHOUSE.delete().where(WAREHOUSE.c.id.in_([row[0] for row in WAREHOUSES])))
