"""Insert the categories and products."""

from __future__ import annotations

from decimal import Decimal

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

CATEGORY = sa.table("category", sa.column("id"), sa.column("name"))
PRODUCT = sa.table(
    "product",
    sa.column("id"),
    sa.column("sku"),
    sa.column("name"),
    sa.column("category_id"),
    sa.column("price", sa.Numeric(10, 2)),
)
CATEGORIES = ((1, "Tools"), (2, "Food"), (3, "Electronics"))
PRODUCTS = (
    (1, "HAM-001", "Claw hammer", 1, Decimal("14.90")),
    (2, "SAW-001", "Hand saw", 1, Decimal("24.50")),
    (3, "MIL-001", "Oat milk", 2, Decimal("1.99")),
    (4, "COF-001", "Coffee beans", 2, Decimal("17.95")),
    (5, "PHO-001", "Telephone", 3, Decimal("399.00")),
    (6, "CAB-001", "Network cable", 3, Decimal("0.89")),
)


def upgrade() -> None:
    """Insert the first catalogue of the shop."""
    op.bulk_insert(CATEGORY, [{"id": key, "name": name} for key, name in CATEGORIES])
    columns = ("id", "sku", "name", "category_id", "price")
    op.bulk_insert(PRODUCT, [dict(zip(columns, row, strict=True)) for row in PRODUCTS])
