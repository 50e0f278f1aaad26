"""Rename the product code to SKU."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Rename the column and its constraint."""
    with op.batch_alter_table("product") as batch:
        batch.drop_constraint("uq_product_code", type_="unique")
        batch.alter_column("code", new_column_name="sku", existing_type=sa.String(20), existing_nullable=False)
    with op.batch_alter_table("product") as batch:
        batch.create_unique_constraint("uq_product_sku", ["sku"])
