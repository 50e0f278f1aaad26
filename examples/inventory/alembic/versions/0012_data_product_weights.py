"""Set the weights of the first products."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"

PRODUCT = sa.table("product", sa.column("sku"), sa.column("weight_grams"))
WEIGHTS = {"HAM-001": 600, "SAW-001": 450, "MIL-001": 1050, "COF-001": 1000, "PHO-001": 190, "CAB-001": 40}


def upgrade() -> None:
    """Update one row for each product."""
    for sku, grams in WEIGHTS.items():
        op.execute(PRODUCT.update().where(PRODUCT.c.sku == sku).values(weight_grams=grams))
