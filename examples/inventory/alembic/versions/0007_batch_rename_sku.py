"""A product's code is its SKU, and its name may be longer."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Rename the column, its constraint too, and widen the name."""
    with op.batch_alter_table("product") as batch:
        batch.drop_constraint("uq_product_code", type_="unique")
        batch.alter_column("code", new_column_name="sku", existing_type=sa.String(20), existing_nullable=False)
        batch.alter_column("name", type_=sa.String(160), existing_type=sa.String(120), existing_nullable=False)
    with op.batch_alter_table("product") as batch:
        batch.create_unique_constraint("uq_product_sku", ["sku"])


def downgrade() -> None:
    """Rename the column back."""
    with op.batch_alter_table("product") as batch:
        batch.drop_constraint("uq_product_sku", type_="unique")
        batch.alter_column("sku", new_column_name="code", existing_type=sa.String(20), existing_nullable=False)
        batch.alter_column("name", type_=sa.String(120), existing_type=sa.String(160), existing_nullable=False)
    with op.batch_alter_table("product") as batch:
        batch.create_unique_constraint("uq_product_code", ["code"])
